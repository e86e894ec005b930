"""One age found in a text, with how strongly it belongs to the child that the message is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

DAYS_A_MONTH = 30.4375

# How strongly an age belongs to the child of the message.
NOT_THE_CHILD = 0  # a rule's limit, a stretch of time, somebody else's child
HINT = 1  # a word without a number: newborn, 新生儿
WEAK = 2  # an older sibling, a corrected age, 'at the 6 week check'
PLAIN = 3  # an age without an owner: '两岁半 发烧'
OWNED = 4  # 'my son is 26 months', '宝宝八个月'
NOW = 5  # 'he is now 2y2m', '现在两岁半'


@dataclass(frozen=True, slots=True)
class AgeMention:
    months: float
    start: int
    end: int
    precision: str
    strength: int = PLAIN
    corrected: bool = False
    upper: bool = False
    birth_date: date | None = None

    def with_(self, **changes: object) -> AgeMention:
        return replace(self, **changes)  # type: ignore[arg-type]


def clause_before(text: str, position: int, reach: int = 24) -> str:
    """What stands left of a position in its own clause, at most `reach` characters."""
    left = text[max(0, position - reach) : position]
    cut = max((left.rfind(mark) for mark in ",.;!?\n:()"), default=-1)
    return left[cut + 1 :]


def clause_after(text: str, position: int, reach: int = 24) -> str:
    """What stands right of a position in its own clause, at most `reach` characters."""
    right = text[position : position + reach]
    cuts = [cut for mark in ",.;!?\n:()" if (cut := right.find(mark)) >= 0]
    return right[: min(cuts)] if cuts else right


def without_overlaps(found: Iterable[AgeMention], length: int) -> list[AgeMention]:
    """The first reading of each place wins: forms are tried from the most to the least specific."""
    taken = bytearray(length)
    kept = []
    for mention in found:
        if not any(taken[mention.start : mention.end]):
            taken[mention.start : mention.end] = b"\x01" * (mention.end - mention.start)
            kept.append(mention)
    return kept
