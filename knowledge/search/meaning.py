"""Articles as clouds of vectors: which cloud a message most likely comes from, and which phrasings it is near to.

The classifier is linear discriminant analysis: every article has its own centre, all share one spread. It has a
closed form, so that 10,000 phrasings are learnt in a fraction of a second and a new article is known at once.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from knowledge.search.model import Vectors

_SHRINKAGE = 0.4  # of the shared spread towards a ball; 0.3 to 0.5 are alike
_FEW = 20  # articles that changed: more of them are computed anew
_MOST_STEPS = 200  # of bringing up to date, before rounding could count
_NEAREST = 3  # phrasings of an article that speak for it; the single nearest is noisier


class MeaningIndex:
    """Over the phrasings of each article, one array (phrasings, dimension) for each."""

    def __init__(self, clouds: Sequence[Vectors], before: MeaningIndex | None = None) -> None:
        """`before`: an index over mostly the same arrays, whose shared spread is then only brought up to date."""
        self._articles = len(clouds)
        self._clouds = {id(cloud): cloud for cloud in clouds}
        if not clouds:
            return
        counts = np.array([len(c) for c in clouds])
        self._phrasings = np.concatenate(clouds).astype(np.float32, copy=False)
        owners = np.repeat(np.arange(len(clouds)), counts)
        centres = np.stack([c.mean(axis=0) for c in clouds]).astype(np.float32)
        self._scatter, self._steps = self._scatter_of(clouds, centres[owners], before)
        self._weights, self._offsets = _discriminant(self._scatter, len(self._phrasings), centres)
        self._members = _members(counts)

    def _scatter_of(
        self, clouds: Sequence[Vectors], centres: Vectors, before: MeaningIndex | None
    ) -> tuple[Vectors, int]:
        """Summed outer products of what is off its centre, and how often it was only brought up to date."""
        if before is not None and before._clouds and before._steps < _MOST_STEPS:
            new = [c for key, c in self._clouds.items() if key not in before._clouds]
            gone = [c for key, c in before._clouds.items() if key not in self._clouds]
            if len(new) + len(gone) <= _FEW and len(self._clouds) == len(clouds):
                scatter = before._scatter.copy()
                for sign, changed in ((1, new), (-1, gone)):
                    for cloud in changed:
                        off = (cloud - cloud.mean(axis=0)).astype(np.float32)
                        scatter += np.float32(sign) * (off.T @ off)
                return scatter, before._steps + 1
        off_centre = self._phrasings - centres
        return off_centre.T @ off_centre, 0

    def likelihoods(self, vectors: Vectors) -> Vectors:
        """(texts, articles): log-likelihoods, up to a constant of each text."""
        if not self._articles:
            return np.zeros((len(vectors), 0), np.float32)
        likelihoods: Vectors = vectors @ self._weights + self._offsets
        return likelihoods

    def nearness(self, vectors: Vectors) -> Vectors:
        """(texts, articles): the mean cosine of the nearest three phrasings."""
        if not self._articles:
            return np.zeros((len(vectors), 0), np.float32)
        near = np.empty((len(vectors), self._articles), np.float32)
        for number, vector in enumerate(vectors):
            cosines = np.append(self._phrasings @ vector, np.float32(-1))
            near[number] = np.partition(cosines[self._members], -_NEAREST, axis=1)[:, -_NEAREST:].mean(axis=1)
        return near


def _discriminant(scatter: Vectors, count: int, centres: Vectors) -> tuple[Vectors, Vectors]:
    """Weights (dimension, articles) and offsets (articles,)."""
    spread = scatter / np.float32(count)
    dimension = len(spread)
    ball = np.float32(max(float(np.trace(spread)) / dimension, 1e-4)) * np.eye(dimension, dtype=np.float32)
    weights = np.linalg.solve((1 - _SHRINKAGE) * spread + _SHRINKAGE * ball, centres.T).astype(np.float32)
    return weights, (-0.5 * (centres.T * weights).sum(axis=0)).astype(np.float32)


def _members(counts: np.ndarray) -> np.ndarray:
    """(articles, most phrasings): the rows of each article; -1 where it has fewer, after its own up to three times."""
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    width = max(int(counts.max()), _NEAREST)
    places = np.broadcast_to(np.arange(width), (len(counts), width))
    rows = starts[:, None] + places % counts[:, None]
    own = places < np.maximum(counts, _NEAREST)[:, None]
    return np.where(own, rows, -1)
