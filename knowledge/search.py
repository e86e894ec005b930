"""Finding the article: every phrasing of both languages in one index, scored by a linear classifier and by nearness.

A classifier over all phrasings finds far more than the nearest phrasing does; nearness finds an article
that was published a second ago. Both scores are probabilities over articles and are added.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from bot.core.language import Language
from knowledge.model import Article, Published

Vectors = npt.NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]


class Verdict(StrEnum):
    SURE = "sure"
    UNSURE = "unsure"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    language: Language
    age_months: float | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    article: str
    score: float


@dataclass(frozen=True, slots=True)
class Ranking:
    candidates: tuple[Candidate, ...]
    verdict: Verdict


class Finder:
    """An index over one state of the shelf. Immutable: a new state gets a new Finder."""

    SURE_SCORE = 0.30
    SURE_MARGIN = 0.08
    NOTHING_BELOW = 0.10

    def __init__(self, shelf: Sequence[Published], embed: Embed, embed_many: Embed | None = None) -> None:
        self._embed = embed
        self._ids = [p.article.id for p in shelf]
        self._articles = {p.article.id: p.article for p in shelf}
        texts, owners = _examples([p.article for p in shelf])
        self._owners = np.array(owners, dtype=np.int64)
        self._vectors = (embed_many or embed)(texts) if texts else np.zeros((0, 1), np.float32)
        self._weights = _ridge(self._vectors, self._owners, len(self._ids)) if texts else None

    def search(self, question: Question, *, most: int = 5) -> Ranking:
        """The best `most` articles for a question, best first, and whether to trust the first."""
        if self._weights is None or not question.text.strip():
            return Ranking((), Verdict.NOTHING)
        vector = self._embed([question.text])[0]
        linear = np.append(vector, np.float32(1)) @ self._weights
        nearest = np.full(len(self._ids), -1.0, np.float32)
        np.maximum.at(nearest, self._owners, self._vectors @ vector)
        scores = _softmax(linear * 12 + nearest * 8)
        scores *= np.array([self._age_prior(i, question.age_months) for i in self._ids])
        order = np.argsort(-scores)[:most]
        found = tuple(Candidate(self._ids[i], float(scores[i])) for i in order)
        return Ranking(found, self._verdict(found))

    def _age_prior(self, article: str, months: float | None) -> float:
        if months is None:
            return 1.0
        ages = self._articles[article].ages
        outside = max(ages.start - months, months - ages.end, 0.0)
        return float(np.exp(-outside / 6.0)) * 0.9 + 0.1

    def _verdict(self, found: tuple[Candidate, ...]) -> Verdict:
        if not found or found[0].score < self.NOTHING_BELOW:
            return Verdict.NOTHING
        second = found[1].score if len(found) > 1 else 0.0
        sure = found[0].score >= self.SURE_SCORE and found[0].score - second >= self.SURE_MARGIN
        return Verdict.SURE if sure else Verdict.UNSURE


def _examples(articles: Sequence[Article]) -> tuple[list[str], list[int]]:
    texts: list[str] = []
    owners: list[int] = []
    for number, article in enumerate(articles):
        for language, text in article.texts.items():
            own = [text.title, text.short, *article.phrasings.get(language, ())]
            texts += own
            owners += [number] * len(own)
    return texts, owners


def _ridge(vectors: Vectors, owners: npt.NDArray[np.int64], classes: int, penalty: float = 0.5) -> Vectors:
    """Least squares against one-hot targets: a linear classifier in closed form, in a second or two."""
    x = np.hstack([vectors, np.ones((len(vectors), 1), np.float32)])
    gram = x.T @ x + penalty * np.eye(x.shape[1], dtype=np.float32)
    targets = np.zeros((len(vectors), classes), np.float32)
    targets[np.arange(len(vectors)), owners] = 1.0
    weights: Vectors = np.linalg.solve(gram, x.T @ targets).astype(np.float32)
    return weights


def _softmax(values: Vectors) -> Vectors:
    exponent = np.exp(values - values.max())
    result: Vectors = exponent / exponent.sum()
    return result
