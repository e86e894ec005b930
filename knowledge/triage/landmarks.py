"""How alike a message is to some thousand messages of the corpus: a curved border between danger and everyday life.

A linear classifier cannot say "this, but only when a newborn does it". With likeness to landmarks (a Gaussian kernel,
approximated after Nyström) it can, and stays one multiplication by numbers that are kept on disk.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from knowledge.triage.features import Vectors

COUNT = 3000
_SHARPNESS = 1.0
_EMBEDDING_SCALE, _STRUCTURE_SCALE = 1.5, 0.25
_SEED = 20261118


@dataclass(frozen=True, slots=True)
class Landmarks:
    """Points (n, embedding + structure)."""

    points: Vectors

    def likeness(self, vectors: Vectors, structures: Vectors) -> Vectors:
        """(messages, n): 1 for the landmark itself, towards 0 for what is unlike it."""
        messages = _placed(vectors, structures)
        apart = (messages**2).sum(1)[:, None] + (self.points**2).sum(1)[None, :] - 2 * messages @ self.points.T
        likeness: Vectors = np.exp(-_SHARPNESS * np.maximum(apart, 0)).astype(np.float32)
        return likeness


def choose(vectors: Vectors, structures: Vectors) -> tuple[Landmarks, Vectors]:
    """Landmarks among these messages, and the matrix (n, n) that makes their likeness fit for a linear classifier."""
    from sklearn.kernel_approximation import Nystroem

    table = _placed(vectors, structures)
    found = Nystroem(gamma=_SHARPNESS, n_components=min(COUNT, len(table)), random_state=_SEED).fit(table)
    return Landmarks(found.components_.astype(np.float32)), found.normalization_.T.astype(np.float32)


def _placed(vectors: Vectors, structures: Vectors) -> Vectors:
    scale = _EMBEDDING_SCALE * np.sqrt(vectors.shape[1] / 512)  # two models side by side share one length
    return np.hstack([vectors * np.float32(scale), structures * np.float32(_STRUCTURE_SCALE)]).astype(np.float32)
