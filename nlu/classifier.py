"""From a vector and words to intents: one linear model, used inside Rasa and inside the app.

Both environments share this file, so an answer does not change when Rasa comes or goes. It needs numpy to predict,
scikit-learn and scipy only to fit, and nothing of the app.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlu.embedding import Vectors
from nlu.tokens import terms

SEEN_AT_LEAST = 2  # texts that must hold a term before it counts


@dataclass(frozen=True)
class Settings:
    """`c` is scikit-learn's inverse regularisation; `balance` 0 leaves rare intents rare, 1 makes all equal;
    `word_weight` is the length of the word part beside a vector of length 1;
    `prior` multiplies an intent's probability (training holds more of it than real messages do)."""

    c: float = 10.0
    balance: float = 0.4
    word_weight: float = 1.0
    max_iterations: int = 200
    prior: Mapping[str, float] | None = None


class IntentModel:
    """Multinomial logistic regression over [embedding ; tf-idf of words, pairs and triples]."""

    def __init__(
        self,
        intents: Sequence[str],
        vocabulary: Mapping[str, int],
        idf: Vectors,
        weights: Vectors,
        bias: Vectors,
        word_weight: float,
    ) -> None:
        self.intents = list(intents)
        self._vocabulary = dict(vocabulary)
        self._idf = idf  # (terms,)
        self._weights = weights  # (dimension + terms, intents)
        self._bias = bias  # (intents,), the priors included
        self._word_weight = word_weight

    @property
    def dimension(self) -> int:
        """Of the embedding that it was fitted on."""
        return int(self._weights.shape[0] - len(self._vocabulary))

    def probabilities(self, vector: Vectors, text: str) -> list[tuple[str, float]]:
        """(intent, 0-1), best first; `vector` is the (dimension,) embedding of `text`."""
        scores = self._bias + np.asarray(vector, dtype=np.float32) @ self._weights[: self.dimension]
        positions, values = _counted(text, self._vocabulary, self._idf, self._word_weight)
        if positions.size:
            scores = scores + values @ self._weights[self.dimension + positions]
        odds = np.exp(scores - scores.max())
        shares = odds / odds.sum()
        return [(self.intents[i], float(shares[i])) for i in np.argsort(-shares, kind="stable")]

    def save(self, path: Path) -> None:
        names = json.dumps({"intents": self.intents, "terms": list(self._vocabulary)}).encode()
        with path.open("wb") as file:
            np.savez_compressed(
                file,
                names=np.frombuffer(names, dtype=np.uint8),
                idf=self._idf,
                weights=self._weights.astype(np.float16),
                bias=self._bias,
                word_weight=np.float32(self._word_weight),
            )

    @classmethod
    def load(cls, path: Path) -> IntentModel:
        """OSError when it is not there, ValueError or KeyError when it is not such a file."""
        with np.load(path, allow_pickle=False) as stored:
            names = json.loads(stored["names"].tobytes())
            vocabulary = {term: i for i, term in enumerate(names["terms"])}
            weights = stored["weights"].astype(np.float32)
            return cls(
                names["intents"], vocabulary, stored["idf"], weights, stored["bias"], float(stored["word_weight"])
            )


def fit(vectors: Vectors, texts: Sequence[str], intents: Sequence[str], settings: Settings) -> IntentModel:
    """Train on n texts with their (n, dimension) vectors; 5 s for 6,000. ValueError for under two intents."""
    from scipy.sparse import csr_matrix, hstack
    from sklearn.linear_model import LogisticRegression

    vocabulary, idf = _vocabulary(texts)
    rows = [_counted(text, vocabulary, idf, settings.word_weight) for text in texts]
    ends = np.cumsum([0, *(len(positions) for positions, _ in rows)])
    positions = np.concatenate([p for p, _ in rows])
    values = np.concatenate([v for _, v in rows])
    words = csr_matrix((values, positions, ends), shape=(len(texts), len(vocabulary)))
    counts = Counter(intents)
    shares = {intent: (len(intents) / (len(counts) * n)) ** settings.balance for intent, n in counts.items()}
    machine = LogisticRegression(C=settings.c, class_weight=shares, max_iter=settings.max_iterations)
    machine.fit(hstack([csr_matrix(vectors), words]).tocsr(), list(intents))
    prior = settings.prior or {}
    pull = np.log([max(prior.get(str(name), 1.0), 1e-6) for name in machine.classes_])
    bias = np.asarray(machine.intercept_ + pull, dtype=np.float32)
    weights = np.asarray(machine.coef_.T, dtype=np.float32)
    return IntentModel(
        [str(name) for name in machine.classes_], vocabulary, idf, weights, bias, float(settings.word_weight)
    )


def _vocabulary(texts: Sequence[str]) -> tuple[dict[str, int], Vectors]:
    documents = Counter(term for text in texts for term in set(terms(text)))
    kept = sorted(term for term, n in documents.items() if n >= SEEN_AT_LEAST)
    idf = [np.log((1 + len(texts)) / (1 + documents[term])) + 1 for term in kept]
    return {term: i for i, term in enumerate(kept)}, np.asarray(idf, dtype=np.float32)


def _counted(
    text: str, vocabulary: Mapping[str, int], idf: Vectors, weight: float
) -> tuple[NDArray[np.int64], Vectors]:
    """Positions of the known terms and their tf-idf, scaled so that the row has the length `weight`."""
    counts = Counter(position for term in terms(text) if (position := vocabulary.get(term)) is not None)
    positions = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
    times = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
    values = (1 + np.log(times)) * idf[positions] if counts else times
    length = float(np.linalg.norm(values))
    return positions, np.asarray(values * (weight / length) if length else values, dtype=np.float32)
