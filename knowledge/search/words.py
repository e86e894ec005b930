"""Articles as bags of words: what a message shares with everything that an article says, in either script.

Chinese is read as runs of one to three characters, so that no dictionary of words is needed; anything in Latin
letters as words, pairs of words, and pieces of three to five letters, so that a typo or an ending costs little.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise

import numpy as np
import numpy.typing as npt
from scipy import sparse

from knowledge.search.model import Vectors

_RUNS = re.compile(r"[\u3400-\u9fff]+|[a-z0-9.]+")
_LATIN = re.compile(r"[a-z0-9.]+")
_COLUMNS = 1 << 21  # a token's column is its checksum; no dictionary has to grow with a new article
_LONGEST = 4000  # characters of a message that are looked at


def fold(text: str) -> str:
    """Full-width forms, capitals and blanks made alike."""
    return " ".join(unicodedata.normalize("NFKC", text[:_LONGEST].encode("utf-8", "ignore").decode()).lower().split())


def tokens(text: str) -> Iterator[str]:
    """The pieces of a folded text, as often as they occur."""
    runs: list[str] = _RUNS.findall(text)
    words = [run for run in runs if run[0] <= "\u3000"]
    pairs = (f"{a} {b}" for a, b in pairwise(words))
    return chain(chain.from_iterable(map(_tokens_of_run, runs)), pairs)


@lru_cache(maxsize=1 << 15)  # the same words come back all the time
def _tokens_of_run(run: str) -> tuple[str, ...]:
    if run[0] > "\u3000":
        return tuple(_pieces(run, 1, 3))
    word = f"<{run}>"
    return (word, *("#" + piece for piece in _pieces(word, 3, 5) if piece != word))


@lru_cache(maxsize=1 << 18)
def _column(token: str) -> int:
    return zlib.crc32(token.encode()) % _COLUMNS


def _pieces(run: str, shortest: int, longest: int) -> Iterator[str]:
    for size in range(shortest, longest + 1):
        for start in range(len(run) - size + 1):
            yield run[start : start + size]


@dataclass(frozen=True, slots=True)
class Bag:
    """Columns and how often each occurs."""

    columns: npt.NDArray[np.int32]
    counts: npt.NDArray[np.float32]

    @property
    def weights(self) -> Vectors:
        """The tenth mention says little more than the first."""
        weights: Vectors = 1 + np.log(self.counts)
        return weights


def bag(texts: Iterable[str]) -> Bag:
    counted = Counter(map(_column, chain.from_iterable(tokens(fold(text)) for text in texts)))
    order = sorted(counted)
    return Bag(np.array(order, np.int32), np.array([counted[column] for column in order], np.float32))


class WordIndex:
    """TF-IDF of whole articles; a score is a cosine, 0 to 1."""

    def __init__(self, bags: Sequence[Bag]) -> None:
        self._articles = len(bags)
        columns = np.concatenate([b.columns for b in bags]) if bags else np.zeros(0, np.int32)
        holders = np.bincount(columns, minlength=_COLUMNS)
        self._rarity = (np.log((1 + len(bags)) / (1 + holders)) + 1).astype(np.float32)
        self._rarity[holders == 0] = 0.0  # a word that no article has does not make a message longer
        values = [b.weights * self._rarity[b.columns] for b in bags]
        values = [v / max(float(np.linalg.norm(v)), 1e-9) for v in values]
        owners = np.repeat(np.arange(len(bags), dtype=np.int32), [len(b.columns) for b in bags])
        flat = np.concatenate(values) if values else np.zeros(0, np.float32)
        self._matrix = sparse.csr_array((flat, (columns, owners)), shape=(_COLUMNS, max(len(bags), 1)))

    def scores(self, texts: Sequence[str]) -> Vectors:
        """(texts, articles)"""
        found = np.zeros((len(texts), self._articles), np.float32)
        for number, text in enumerate(texts):
            words = bag([text])
            weights = words.weights * self._rarity[words.columns]
            length = float(np.linalg.norm(weights))
            if length and self._articles:
                found[number] = (weights / length) @ self._matrix[words.columns]
        return found
