"""Questions, danger and helpfulness of a month, from what was counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.core.counting.model import AGE_BANDS
from bot.core.counting.store import HappeningRow
from bot.statistics.hiding import Table, hidden_table
from bot.statistics.period import Month
from knowledge.model import Domain

OUTCOMES = ("answered", "unsure", "unanswered")
LEVELS = ("emergency_now", "urgent_today", "check", "soon")
DOMAINS = (*(domain.value for domain in Domain), "")
AGES = (*(name for _, _, name in AGE_BANDS), "37+", "")


@dataclass(frozen=True, slots=True)
class Talk:
    """`by_day`, `by_hour`: questions, how answered; labels are days (ISO) and hours."""

    outcomes: Table
    by_domain: Table
    by_ages: Table
    by_language: Table
    by_hour: Table
    by_day: Table
    danger: Table
    checks: Table | None  # what came of check questions; None where their number is hidden
    calls: Table
    helpful: Table
    chosen: Table
    hand_overs: Table


def talk(session: Session, month: Month) -> Talk:
    counted = _Counted(session, month)
    by_outcome = counted.by("question", HappeningRow.outcome)
    outcomes = hidden_table(["all"], OUTCOMES, [[by_outcome.get((o,), 0) for o in OUTCOMES]])
    totals = outcomes.cells[-1]

    def questions(column: Any, labels: Sequence[Any]) -> Table:
        found = counted.by("question", column, HappeningRow.outcome)
        numbers = [[found.get((label, outcome), 0) for outcome in OUTCOMES] for label in labels]
        return hidden_table([str(label) for label in labels], OUTCOMES, numbers, shown_totals=totals)

    by_day = counted.by("question", HappeningRow.day)
    days = month.days
    levels = counted.by("danger", HappeningRow.about)
    danger = hidden_table(["all"], LEVELS, [[levels.get((level,), 0) for level in LEVELS]])
    helped = counted.by("feedback", HappeningRow.about, HappeningRow.outcome)
    return Talk(
        outcomes=outcomes,
        by_domain=questions(HappeningRow.about, DOMAINS),
        by_ages=questions(HappeningRow.ages, AGES),
        by_language=questions(HappeningRow.language, ("zh", "en")),
        by_hour=questions(HappeningRow.hour, range(24)),
        by_day=hidden_table(
            [day.isoformat() for day in days], ["questions"], [[by_day.get((day,), 0)] for day in days],
            shown_totals=(totals[-1], totals[-1]),
        ) if days else hidden_table([], ["questions"], []),
        danger=danger,
        checks=_checks(counted, danger),
        calls=_line(counted, "call", ("called",)),
        helpful=hidden_table(
            DOMAINS, ("helped", "not_helped"),
            [[helped.get((domain, word), 0) for word in ("helped", "not_helped")] for domain in DOMAINS],
        ),
        chosen=_line(counted, "choice", ("chosen", "none")),
        hand_overs=_line(counted, "hand_over", ("asked",)),
    )  # fmt: skip


class _Counted:
    def __init__(self, session: Session, month: Month) -> None:
        self._session, self._month = session, month

    def by(self, kind: str, *columns: Any) -> dict[tuple[Any, ...], int]:
        rows = self._session.execute(
            select(*columns, func.sum(HappeningRow.times))
            .where(
                HappeningRow.day >= self._month.first,
                HappeningRow.day < self._month.over,
                HappeningRow.kind == kind,
            )
            .group_by(*columns)
        )
        return {tuple(key): int(times) for *key, times in rows}


def _line(counted: _Counted, kind: str, words: Sequence[str]) -> Table:
    found = counted.by(kind, HappeningRow.outcome)
    return hidden_table(["all"], words, [[found.get((word,), 0) for word in words]])


def _checks(counted: _Counted, danger: Table) -> Table | None:
    """Check questions: a sign was confirmed, none of them, or no answer; in all as many as the table of levels says."""
    asked = danger.cells[0][LEVELS.index("check")]
    if asked is None:
        return None
    found = counted.by("check", HappeningRow.outcome)
    confirmed = min(found.get(("confirmed",), 0), asked)
    cleared = min(found.get(("cleared",), 0), asked - confirmed)
    return hidden_table(
        ["all"], ("confirmed", "cleared", "no_answer"), [[confirmed, cleared, asked - confirmed - cleared]]
    )
