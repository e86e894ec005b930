"""How often a group session meets, as a form asks it, to and from an RRULE (RFC 5545)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

BYDAY = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Every(StrEnum):
    ONCE = "once"
    WEEK = "week"
    TWO_WEEKS = "two_weeks"
    MONTH = "month"  # the same weekday of the month as the first meeting: the second Tuesday
    OWN = "own"  # a rule that this form cannot show; it is kept as it is


@dataclass(frozen=True, slots=True)
class Repeat:
    """`until` (the last day) or `times` (meetings in all) end it; neither: it goes on."""

    every: Every
    weekdays: tuple[int, ...] = ()
    until: date | None = None
    times: int | None = None
    own: str = ""

    def rule(self, first: datetime) -> str:
        if self.every is Every.ONCE:
            return ""
        if self.every is Every.OWN:
            return self.own
        if self.every is Every.MONTH:
            parts = ["FREQ=MONTHLY", f"BYDAY={(first.day - 1) // 7 + 1}{BYDAY[first.weekday()]}"]
        else:
            days = sorted({*self.weekdays} or {first.weekday()})
            parts = ["FREQ=WEEKLY", f"BYDAY={','.join(BYDAY[d] for d in days)}"]
            if self.every is Every.TWO_WEEKS:
                parts.append("INTERVAL=2")
        if self.times is not None:
            parts.append(f"COUNT={self.times}")
        elif self.until is not None:
            parts.append(f"UNTIL={self.until:%Y%m%d}T235959")
        return ";".join(parts)


def repeat_of(rule: str) -> Repeat:
    """What the form shows for a rule."""
    if not rule:
        return Repeat(Every.ONCE)
    known = dict(part.split("=", 1) for part in rule.removeprefix("RRULE:").split(";") if "=" in part)
    own = Repeat(Every.OWN, own=rule)
    if not set(known) <= {"FREQ", "BYDAY", "INTERVAL", "COUNT", "UNTIL"}:
        return own
    try:
        until = datetime.strptime(known["UNTIL"][:8], "%Y%m%d").date() if "UNTIL" in known else None  # noqa: DTZ007
        times = int(known["COUNT"]) if "COUNT" in known else None
        weekdays = _weekdays(known.get("BYDAY", "").split(",") if known.get("BYDAY") else ())
    except ValueError:
        monthly = known.get("FREQ") == "MONTHLY" and "INTERVAL" not in known and known.get("BYDAY", "")[1:] in BYDAY
        if not monthly:
            return own
        until = datetime.strptime(known["UNTIL"][:8], "%Y%m%d").date() if "UNTIL" in known else None  # noqa: DTZ007
        return Repeat(Every.MONTH, (), until, int(known["COUNT"]) if "COUNT" in known else None)
    if known.get("FREQ") != "WEEKLY" or known.get("INTERVAL", "1") not in ("1", "2"):
        return own
    return Repeat(Every.TWO_WEEKS if known.get("INTERVAL") == "2" else Every.WEEK, weekdays, until, times)


def _weekdays(named: Sequence[str]) -> tuple[int, ...]:
    return tuple(BYDAY.index(n) for n in named)
