"""Child ages in a message, zh and en. Pure rules without the date library: the danger check reads ages too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from nlu.phrases import age_en, age_zh, birth_dates
from nlu.phrases.age_mention import NOT_THE_CHILD, AgeMention, without_overlaps
from nlu.phrases.numbers import clean

UPPER_MONTHS = 48  # an older child is not the one that this bot is asked about


@dataclass(frozen=True, slots=True)
class ChildAge:
    """`months` is the completed age, days as decimals; with `upper` a bound not reached yet."""

    months: float
    start: int
    end: int
    precision: str  # "day" | "week" | "month" | "year"
    birth_date: date | None = None
    corrected: bool = False
    upper: bool = False


def _mentions(text: str, today: date) -> list[AgeMention]:
    cleaned = clean(text)
    found = [*birth_dates.mentions(cleaned, today), *age_zh.mentions(cleaned), *age_en.mentions(cleaned)]
    return sorted(without_overlaps(found, len(cleaned)), key=lambda mention: mention.start)


def _child_age(mention: AgeMention) -> ChildAge:
    return ChildAge(
        round(mention.months, 2),
        mention.start,
        mention.end,
        mention.precision,
        mention.birth_date,
        mention.corrected,
        mention.upper,
    )


def ages_in(text: str, *, today: date) -> list[ChildAge]:
    """Every age of a child in the message, siblings and corrected ages too, in order; no stretches of time."""
    return [_child_age(mention) for mention in _mentions(text, today) if mention.strength > NOT_THE_CHILD]


def child_age(text: str, *, today: date) -> ChildAge | None:
    """The age of the child that the message is about, the youngest when several are equally meant; None if not said."""
    meant = [m for m in _mentions(text, today) if m.strength > NOT_THE_CHILD and m.months < UPPER_MONTHS]
    if not meant:
        return None
    return _child_age(min(meant, key=lambda m: (-m.strength, m.corrected, m.months)))
