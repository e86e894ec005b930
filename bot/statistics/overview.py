"""The city's page: who may look, and everything on it; and each table as a file for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from bot.core.counting.store import HappeningRow
from bot.core.staff.model import Action, Actor, permit
from bot.statistics.care import Care, care
from bot.statistics.hiding import Table
from bot.statistics.period import Month
from bot.statistics.talk import Talk, talk
from knowledge.editing.exchange import escaped
from knowledge.model import NEVER_OVERDUE, Domain
from knowledge.store import ArticleRow, RevisionRow

SOON = timedelta(days=30)  # before an article's review day


@dataclass(frozen=True, slots=True)
class Content:
    """Articles of a domain: live, to be looked at within 30 days, past their day; `out`: so late that not served."""

    domain: str
    live: int
    due: int
    late: int
    out: int


@dataclass(frozen=True, slots=True)
class Overview:
    month: Month
    talk: Talk
    care: Care
    content: tuple[Content, ...]


def overview(session: Session, actor: Actor, month: Month, now: datetime) -> Overview:
    """Raises NotPermitted."""
    permit(actor, Action.CITY_READ)
    today = now.astimezone(month.zone).date()
    counted = month.until(now)
    return Overview(month, talk(session, counted), care(session, counted), _content(session, today))


def months(session: Session, today: Month) -> list[Month]:
    """Months that have numbers, the newest first; the present one always."""
    first = session.scalar(select(func.min(HappeningRow.day)))
    found = [today]
    while first is not None and found[-1].first > first and len(found) < 120:
        found.append(found[-1].before())
    return found


def as_csv(
    table: Table, row_name: Callable[[str], str], column_name: Callable[[str], str], words: Sequence[str]
) -> str:
    """`words`: of the corner, of 'all', and of a hidden number. What a spreadsheet takes for a formula is text."""
    corner, all_, hidden = words
    out = io.StringIO()
    writer = csv.writer(out)
    heads = [corner, *(column_name(name) for name in table.columns), all_]
    writer.writerow([escaped(head) for head in heads])
    names = [*(row_name(name) for name in table.rows), all_]
    for name, line in zip(names, table.cells, strict=True):
        writer.writerow([escaped(name), *(hidden if value is None else value for value in line)])
    return "\ufeff" + out.getvalue()


def _content(session: Session, today: date) -> tuple[Content, ...]:
    due = and_(RevisionRow.review_by > today, RevisionRow.review_by <= today + SOON)
    past = RevisionRow.review_by <= today
    rows = session.execute(
        select(ArticleRow.domain, func.count(), func.count(case((due, 1))), func.count(case((past, 1))))
        .join(RevisionRow, RevisionRow.id == ArticleRow.live_revision_id)
        .group_by(ArticleRow.domain)
    )
    found = {domain: counts for domain, *counts in rows}
    never = {domain.value for domain in NEVER_OVERDUE}
    lines = [(domain.value, *found.get(domain.value, (0, 0, 0))) for domain in Domain]
    return tuple(Content(name, live, soon, late, late if name in never else 0) for name, live, soon, late in lines)
