"""Families as the rules see them: plain data, no table, no clock.

No names are asked for. A child is a birth date with its precision (a parent may say only "8 months").
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from bot.core.language import Language

DAYS_A_MONTH = 30.4375
CONSENT_VERSION = 2  # of what talk.start_consent says; 2 names that the team reads unsure messages


@dataclass(frozen=True, slots=True)
class Child:
    id: str
    birth_date: date
    precision: str
    weeks_early: int = 0
    label: str = ""

    def months(self, today: date) -> float:
        """Completed age in months with days as decimals; 0 before birth."""
        return age_in_months(self.birth_date, today)

    def corrected_months(self, today: date) -> float:
        """Age from the due date, for development of a child born early."""
        return max(0.0, self.months(today) - self.weeks_early * 7 / DAYS_A_MONTH)


@dataclass(frozen=True, slots=True)
class Parent:
    id: str
    family_id: str
    channel: str
    address: str
    language: Language | None
    last_language: Language
    zone: str
    consented: bool
    welcomed: bool
    children: tuple[Child, ...] = ()

    @property
    def speaks(self) -> Language:
        """The language to write in when nothing was just said."""
        return self.language or self.last_language


def age_in_months(born: date, today: date) -> float:
    """Whole calendar months plus the remaining days as a part of a month; a month too short ends on its last day."""
    if today <= born:
        return 0.0
    months = (today.year - born.year) * 12 + today.month - born.month
    if _month_anniversary(born, months) > today:
        months -= 1
    return months + min(0.99, (today - _month_anniversary(born, months)).days / DAYS_A_MONTH)


def born_at_age(months: float, today: date) -> date:
    """The birth date of a child of this age: whole calendar months, the rest in days."""
    whole = int(months)
    return _month_anniversary(today, -whole) - timedelta(days=round((months - whole) * DAYS_A_MONTH))


def _month_anniversary(born: date, months: int) -> date:
    years, month = divmod(born.month - 1 + months, 12)
    last_day = monthrange(born.year + years, month + 1)[1]
    return date(born.year + years, month + 1, min(born.day, last_day))
