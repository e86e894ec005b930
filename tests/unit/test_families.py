"""Ages, by the calendar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.families.model import DAYS_A_MONTH, Child, age_in_months, born_at_age

DAYS = st.dates(date(2020, 1, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    ("born", "today", "months"),
    [
        (date(2026, 3, 18), date(2026, 11, 18), 8),
        (date(2024, 2, 29), date(2025, 2, 28), 12),
        (date(2026, 1, 31), date(2026, 2, 28), 1),
        (date(2026, 11, 18), date(2026, 11, 18), 0),
        (date(2027, 1, 1), date(2026, 11, 18), 0),
    ],
)
def test_whole_months_are_counted_by_the_calendar(born: date, today: date, months: int) -> None:
    assert int(age_in_months(born, today)) == months


@given(DAYS, st.integers(0, 1500))
def test_a_child_never_gets_younger(born: date, days: int) -> None:
    today = born + timedelta(days=days)
    assert age_in_months(born, today) <= age_in_months(born, today + timedelta(days=1)) + 1e-9


@given(DAYS, st.integers(0, 1500))
def test_the_age_stays_close_to_the_days_lived(born: date, days: int) -> None:
    assert abs(age_in_months(born, born + timedelta(days=days)) - days / DAYS_A_MONTH) < 0.12


def test_the_corrected_age_counts_from_the_due_date() -> None:
    child = Child("c", date(2026, 5, 18), "day", weeks_early=8)
    assert child.months(date(2026, 11, 18)) == pytest.approx(6)
    assert child.corrected_months(date(2026, 11, 18)) == pytest.approx(6 - 56 / DAYS_A_MONTH)


@given(st.floats(0, 60), DAYS)
def test_a_birth_date_made_from_an_age_has_that_age(months: float, today: date) -> None:
    assert abs(age_in_months(born_at_age(months, today), today) - months) < 0.15
