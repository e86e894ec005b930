"""Open questions by meaning. A question joins its group once it has come in: a list of thousands needs no model.

Each process may look for new ones; the page shows those that have no group yet as groups of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Select, and_, case, delete, func, or_, select
from sqlalchemy.orm import Session

from bot.core.ids import new_id
from knowledge.search import Embed
from knowledge.store import QuestionGroupRow, QuestionRow

ALIKE = 0.62  # cosine of joint vectors above which two questions are one for the health worker
PAGE = 20  # groups
SHOWN = 3  # questions of each group on the list
WHYS = ("unanswered", "unsure", "did_not_help")
MOST_AT_ONCE = 100  # questions that one look puts into groups: about two seconds

_GROUP = func.coalesce(QuestionRow.group_id, QuestionRow.id)


@dataclass(frozen=True, slots=True)
class Filters:
    """`why`: one of WHYS; `words` in the question; `state`: open, or settled for what was done with them."""

    why: str = ""
    language: str = ""
    words: str = ""
    state: str = "open"

    def rule(self) -> ColumnElement[bool]:
        rules: list[ColumnElement[bool]] = [
            QuestionRow.state == "open" if self.state == "open" else QuestionRow.state != "open"
        ]
        if self.why in WHYS:
            rules.append(QuestionRow.why == self.why)
        if self.language in ("zh", "en"):
            rules.append(QuestionRow.language == self.language)
        if self.words.strip():
            rules.append(QuestionRow.text.icontains(self.words.strip(), autoescape=True))
        return and_(*rules)


@dataclass(frozen=True, slots=True)
class Group:
    """Questions of one meaning. Ages in months of those whose age is known; `whys`: how each was answered, counted."""

    id: str
    count: int
    newest: datetime
    youngest: float | None
    oldest: float | None
    whys: dict[str, int]
    questions: tuple[QuestionRow, ...] = ()

    @property
    def lead(self) -> QuestionRow:
        return self.questions[0]


@dataclass(frozen=True, slots=True)
class Listed:
    groups: tuple[Group, ...]
    groups_in_all: int
    questions_in_all: int
    page: int
    size: int = PAGE
    whys: dict[str, int] = field(default_factory=dict)

    @property
    def pages(self) -> int:
        return max(1, -(-self.groups_in_all // self.size))


def group_new(session: Session, embed: Embed, *, most: int = MOST_AT_ONCE) -> int:
    """Put questions without a group into theirs, or into a new one; returns how many there were."""
    fresh = session.scalars(_without_group().order_by(QuestionRow.asked_at).limit(most)).all()
    if not fresh:
        return 0
    _forget_empty(session)
    known = session.execute(select(QuestionGroupRow.id, QuestionGroupRow.vector)).all()
    ids = [row.id for row in known]
    vectors = embed([question.text for question in fresh])
    width = vectors.shape[1]
    same_model = [len(row.vector) == 2 * width for row in known]
    leads = np.zeros((len(known) + len(fresh), width), np.float32)
    for place, row in enumerate(known):
        if same_model[place]:
            leads[place] = np.frombuffer(row.vector, np.float16)
    for question, vector in zip(fresh, vectors, strict=True):
        scores = leads[: len(ids)] @ vector
        best = int(np.argmax(scores)) if len(ids) else -1
        if best >= 0 and float(scores[best]) >= ALIKE:
            question.group_id = ids[best]
            continue
        group = QuestionGroupRow(id=new_id(), vector=vector.astype(np.float16).tobytes())
        session.add(group)
        leads[len(ids)] = vector
        ids.append(group.id)
        question.group_id = group.id
    session.flush()
    return len(fresh)


def texts_without_group(session: Session, *, most: int = MOST_AT_ONCE) -> list[str]:
    """What `group_new` would put into groups now, so that the vectors can be made before the transaction."""
    return [row.text for row in session.scalars(_without_group().order_by(QuestionRow.asked_at).limit(most))]


def listed(session: Session, filters: Filters, *, page: int = 1, size: int = PAGE) -> Listed:
    """Groups, the most asked first, then the newest; each with its newest questions."""
    rule = filters.rule()
    counted = [func.count(case((QuestionRow.why == why, 1))).label(why) for why in WHYS]
    totals = session.execute(select(func.count(func.distinct(_GROUP)), func.count(), *counted).where(rule)).one()
    groups, questions = int(totals[0]), int(totals[1])
    page = max(1, min(page, -(-groups // size) or 1))
    rows = session.execute(
        _grouped(rule)
        .order_by(func.count().desc(), func.max(QuestionRow.asked_at).desc(), _GROUP)
        .limit(size)
        .offset((page - 1) * size)
    ).all()
    shown = _newest_of(session, [row[0] for row in rows], rule)
    found = tuple(_group(row, shown.get(row[0], ())) for row in rows)
    whys = dict(zip(WHYS, map(int, totals[2:]), strict=True))
    return Listed(found, groups, questions, page, size, whys)


def group(session: Session, group_id: str, *, state: str = "open", most: int = 100) -> Group | None:
    """One group with its newest questions; None when nothing of it is in that state any more."""
    rule = and_(Filters(state=state).rule(), in_groups([group_id]))
    row = session.execute(_grouped(rule)).first()
    if row is None:
        return None
    questions = session.scalars(
        select(QuestionRow).where(rule).order_by(QuestionRow.asked_at.desc(), QuestionRow.id).limit(most)
    ).all()
    return _group(row, questions)


def neighbours(session: Session, group_id: str, filters: Filters) -> tuple[str, str]:
    """The groups before and after this one in the list; empty where there is none."""
    rows = session.execute(
        _grouped(filters.rule()).order_by(func.count().desc(), func.max(QuestionRow.asked_at).desc(), _GROUP)
    ).all()
    ids = [row[0] for row in rows]
    if group_id not in ids:
        return "", ids[0] if ids else ""
    place = ids.index(group_id)
    return ids[place - 1] if place else "", ids[place + 1] if place + 1 < len(ids) else ""


def in_groups(group_ids: Sequence[str]) -> ColumnElement[bool]:
    """The questions of these groups, those that are a group of one included. Uses the indexes."""
    alone = and_(QuestionRow.group_id.is_(None), QuestionRow.id.in_(group_ids))
    return or_(QuestionRow.group_id.in_(group_ids), alone)


def _without_group() -> Select[QuestionRow]:
    return select(QuestionRow).where(QuestionRow.state == "open", QuestionRow.group_id.is_(None))


def _grouped(rule: ColumnElement[bool]) -> Any:
    whys = [func.count(case((QuestionRow.why == why, 1))) for why in WHYS]
    ages = QuestionRow.age_months
    newest = func.max(QuestionRow.asked_at)
    return select(_GROUP, func.count(), newest, func.min(ages), func.max(ages), *whys).where(rule).group_by(_GROUP)


def _group(row: Any, questions: Sequence[QuestionRow]) -> Group:
    id, count, newest, youngest, oldest, *whys = row
    counted = {why: int(times) for why, times in zip(WHYS, whys, strict=True) if times}
    return Group(id, int(count), newest, youngest, oldest, counted, tuple(questions))


def _newest_of(session: Session, group_ids: Sequence[str], rule: ColumnElement[bool]) -> dict[str, list[QuestionRow]]:
    if not group_ids:
        return {}
    number = func.row_number().over(partition_by=_GROUP, order_by=(QuestionRow.asked_at.desc(), QuestionRow.id))
    inner = select(QuestionRow.id, number.label("place")).where(rule, in_groups(group_ids)).subquery()
    rows = session.scalars(
        select(QuestionRow)
        .join(inner, inner.c.id == QuestionRow.id)
        .where(inner.c.place <= SHOWN)
        .order_by(inner.c.place)
    )
    found: dict[str, list[QuestionRow]] = {}
    for row in rows:
        found.setdefault(row.group_id or row.id, []).append(row)
    return found


def _forget_empty(session: Session) -> None:
    """Groups whose questions have all been deleted, with their families, go too."""
    used = set(session.scalars(select(QuestionRow.group_id).distinct()))
    empty = [id for id in session.scalars(select(QuestionGroupRow.id)) if id not in used]
    for start in range(0, len(empty), 500):
        session.execute(delete(QuestionGroupRow).where(QuestionGroupRow.id.in_(empty[start : start + 500])))
