"""Weights of the kinds of evidence: the conditional logit that makes the right article most probable."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from knowledge.search.model import Vectors

Evidence = Vectors  # (questions, articles, kinds)


def fit_weights(evidence: Evidence, right: NDArray[np.int64], penalty: float = 1e-3) -> NDArray[np.float64]:
    """One weight for each kind, none below 0; the mean log-probability of the right article is highest."""
    scale = evidence.std(axis=(0, 1)).astype(np.float64)
    scaled = evidence / np.maximum(scale, 1e-9)
    rows = np.arange(len(right))

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = scaled @ weights
        scores -= scores.max(axis=1, keepdims=True)
        raised = np.exp(scores)
        total = raised.sum(axis=1, keepdims=True)
        missed = -float((scores[rows, right] - np.log(total[:, 0])).mean())
        expected = np.einsum("qa,qak->qk", raised / total, scaled)
        slope = (expected - scaled[rows, right]).mean(axis=0)
        return missed + penalty * float(weights @ weights), slope + 2 * penalty * weights

    kinds = evidence.shape[-1]
    found = minimize(loss, np.ones(kinds), jac=True, method="L-BFGS-B", bounds=[(0, None)] * kinds)
    weights: NDArray[np.float64] = found.x / np.maximum(scale, 1e-9)
    return weights
