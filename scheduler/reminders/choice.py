"""What a parent wants to be reminded of, and when not. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from scheduler.reminders.model import Kind
from scheduler.reminders.quiet import QuietHours

MOST_TIPS_A_WEEK = 3
CHOSEN = (Kind.BOOKING, Kind.PLAN, Kind.TIP, Kind.FOLLOW_UP, Kind.OWN)
"""The kinds that a parent turns on and off; the others are answers to what the parent is doing right now."""


@dataclass(frozen=True, slots=True)
class Choice:
    """`quiet` None: as usual."""

    off: frozenset[Kind] = frozenset()
    tips_a_week: int = 1
    quiet: QuietHours | None = None

    def wants(self, kind: Kind) -> bool:
        if kind is Kind.TIP and self.tips_a_week == 0:
            return False
        return kind not in self.off
