"""What is counted for the city, without a word that anybody wrote and without who it was."""

from __future__ import annotations

from dataclasses import dataclass

AGE_BANDS = ((0, 6, "0-5"), (6, 12, "6-11"), (12, 24, "12-23"), (24, 37, "24-36"))
UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class Happening:
    """`kind` is question, choice, danger, check, call, feedback, hand_over or search; the rest as far as it is known.

    `about` is the domain of an article, the level of a danger, or the care type of a search.
    """

    kind: str
    outcome: str
    about: str = UNKNOWN
    ages: str = UNKNOWN
    language: str = UNKNOWN
    place: str = UNKNOWN  # the district that a search for care was about


def age_band(months: float | None) -> str:
    """The band of an age as it is counted; empty when it is not known."""
    if months is None:
        return UNKNOWN
    return next((name for start, end, name in AGE_BANDS if start <= months < end), "37+")
