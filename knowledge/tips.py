"""Which article is a good tip now: a list by age, what the child was told already, and what the parent likes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from knowledge.model import AgeBand, Domain

LIST = Path(__file__).resolve().parent / "tips.yaml"


@dataclass(frozen=True, slots=True)
class Tip:
    """An article for children of these ages. `best_by` (months): until when it is best told; None: until the end."""

    article: str
    ages: AgeBand
    best_by: float | None = None

    def turn(self, months: float) -> tuple[bool, float, float, str]:
        """What sorts first is told first: what passes soonest, then what is past its best, the latest first."""
        best = self.best_by or self.ages.end
        return (best <= months, best if best > months else -best, self.ages.start, self.article)

    def suits(self, months: float) -> bool:
        return self.ages.start <= months < self.ages.end


@cache
def tips() -> tuple[Tip, ...]:
    """The whole list, the early ages first."""
    listed = yaml.load(LIST.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    return tuple(
        Tip(article, AgeBand(float(start), float(end)), float(best[0]) if best else None)
        for article, (start, end, *best) in listed.items()
    )


def choose(
    open_to: Iterable[tuple[Tip, Domain]], likes: Mapping[Domain, int], told: Mapping[Domain, int], months: float = 0
) -> Tip | None:
    """The next of the tips that suit and were not told: the domain that is behind its share, then what passes soonest.

    `months` is the child's age. A domain that was asked for more of (`likes`) gets a larger share; `told` counts what
    the child's family got.
    """
    found = list(open_to)
    if not found:
        return None

    def share(domain: Domain) -> float:
        return told.get(domain, 0) / (1 + likes.get(domain, 0))

    order = list(Domain)
    best = min({domain for _, domain in found}, key=lambda d: (share(d), order.index(d)))
    return min((tip for tip, domain in found if domain is best), key=lambda t: t.turn(months))
