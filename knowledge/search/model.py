"""What is asked of the index, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from bot.core.language import Language

Vectors = npt.NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]  # n texts to n rows of length 1


class Verdict(StrEnum):
    """Whether to show the first article, to ask which of the first three is meant, or to say that there is none."""

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
    """`score` is a probability among all articles, given that one of them answers the question."""

    article: str
    score: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best articles, best first, and whether to trust the first."""

    candidates: tuple[Candidate, ...]
    verdict: Verdict
