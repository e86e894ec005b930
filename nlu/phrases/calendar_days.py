"""The shape of a named day, and the small calendar sums behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

STALE_AFTER = 60  # days: a date without a year that passed longer ago than this means next year's


@dataclass(frozen=True, slots=True)
class Day:
    """A day (or `day`..`last`) as said. `others` are further readings; `day` None: named but not determined (月底)."""

    day: date | None
    start: int
    end: int
    last: date | None = None
    others: tuple[date, ...] = ()
    past: bool = False  # a day that the words themselves put into the past: yesterday, 上周三
    weekday: bool = False  # a bare weekday: today's own name may mean today or in a week


def valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def coming(month: int, day: int, today: date, year: str | None = None) -> date | None:
    """The date this year; next year's when it passed long ago (STALE_AFTER)."""
    if year:
        return valid(int(year) + (2000 if len(year) == 2 else 0), month, day)
    this_year = valid(today.year, month, day)
    if this_year and (today - this_year).days > STALE_AFTER:
        return valid(today.year + 1, month, day)
    return this_year


def month_ahead(today: date, months: int) -> date:
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    return date(year, month + 1, 1)


def month_span(first: date) -> tuple[date, date]:
    return first, month_ahead(first, 1) - timedelta(days=1)


def day_of_month(day: int, today: date, rel: str | None) -> date | None:
    if rel:
        ahead = 2 if rel.startswith("下下") else 1 if rel.startswith(("下", "next")) else 0
        first = month_ahead(today, ahead)
        return valid(first.year, first.month, day)
    for ahead in range(12):
        first = month_ahead(today, ahead)
        found = valid(first.year, first.month, day)
        if found and found >= today:
            return found
    return None


def ordered(span: tuple[date, date], match: re.Match[str]) -> tuple[date, int, int, date]:
    return span[0], match.start(), match.end(), span[1]


def plain(found: date | None, match: re.Match[str]) -> Day | None:
    return Day(found, *match.span()) if found else None
