"""Lists of articles, what waits for whom, and what became of each revision. Reads only; never reads whole articles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from knowledge.editing.store import CommentRow, EditRow
from knowledge.model import NEVER_OVERDUE, Domain, Status
from knowledge.store import ArticleRow, RevisionRow

FLAGGED_BEFORE = timedelta(days=30)  # before `review_by`
PAGE = 50
STATES = (
    "draft", "in_review", "scheduled", "published", "not_approved", "due", "overdue", "not_served", "retired",
)  # fmt: skip

Live, Open = aliased(RevisionRow), aliased(RevisionRow)


@dataclass(frozen=True, slots=True)
class Line:
    """One article of a list."""

    id: str
    domain: str
    title_zh: str
    title_en: str
    live_number: int | None
    approved_locally: bool
    open_status: str | None
    review_by: date | None
    saved_at: datetime | None
    owner: str

    def is_due(self, today: date) -> bool:
        return self.review_by is not None and self.review_by - FLAGGED_BEFORE <= today

    def is_overdue(self, today: date) -> bool:
        return self.review_by is not None and self.review_by <= today

    def is_left_out(self, today: date) -> bool:
        """Live, but no longer served, because nobody looked at it in time."""
        return self.is_overdue(today) and self.domain in NEVER_OVERDUE


@dataclass(frozen=True, slots=True)
class Filters:
    domain: str = ""
    state: str = ""
    missing: str = ""  # a language that has no title
    text: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    lines: tuple[Line, ...]
    total: int
    page: int
    pages: int


def listed(session: Session, filters: Filters, today: date, *, page: int = 1, size: int = PAGE) -> Listed:
    """One page of the articles that pass the filters, what needs a hand first."""
    where = _where(filters, today)
    total = session.scalar(_joined(select(func.count(ArticleRow.id))).where(where)) or 0
    pages = max(1, -(-total // size))
    page = min(max(1, page), pages)
    in_hand = case((Open.status == Status.IN_REVIEW.value, 0), (Open.id.is_not(None), 1), else_=2)
    query = (
        _joined(_columns())
        .where(where)
        .order_by(in_hand, Live.review_by.is_(None), Live.review_by, ArticleRow.id)
        .limit(size)
        .offset((page - 1) * size)
    )
    return Listed(tuple(Line(*row) for row in session.execute(query)), total, page, pages)


def line(session: Session, article_id: str) -> Line | None:
    row = session.execute(_joined(_columns()).where(ArticleRow.id == article_id)).first()
    return Line(*row) if row else None


def counts(session: Session, today: date, *, staff_id: str = "") -> dict[str, int]:
    """How many articles are in each state of STATES; `mine_due` and `to_review` are this person's."""
    wanted = {state: _state(state, today) for state in STATES}
    wanted["mine_due"] = and_(_state("due", today), ArticleRow.owner == staff_id) if staff_id else false()
    columns = [func.count(case((rule, 1))).label(name) for name, rule in wanted.items()]
    row = session.execute(_joined(select(*columns))).one()
    found = {name: int(count) for name, count in row._mapping.items()}
    waiting = select(Open.writers).select_from(ArticleRow).join(Open, Open.id == ArticleRow.open_revision_id)
    writers = session.scalars(waiting.where(Open.status == Status.IN_REVIEW.value)).all()
    found["to_review"] = sum(staff_id not in own for own in writers)
    return found


@dataclass(frozen=True, slots=True)
class Progress:
    """Of taking over the shipped articles of a domain."""

    domain: Domain
    done: int
    total: int


def progress(session: Session) -> list[Progress]:
    """How far the local team is with approving what is live, by domain."""
    rows = session.execute(
        select(ArticleRow.domain, func.count(), func.count(case((Live.approved_locally.is_(True), 1))))
        .join(Live, Live.id == ArticleRow.live_revision_id)
        .group_by(ArticleRow.domain)
    ).all()
    found = {domain: (total, done) for domain, total, done in rows}
    return [Progress(d, found.get(d, (0, 0))[1], found.get(d, (0, 0))[0]) for d in Domain]


def next_to_take_over(session: Session, *, domain: str = "", after: str = "") -> str | None:
    """The next live article without local approval and without an open draft, in the order of ids."""
    query = (
        select(ArticleRow.id)
        .join(Live, Live.id == ArticleRow.live_revision_id)
        .where(Live.approved_locally.is_(False), ArticleRow.open_revision_id.is_(None))
        .order_by(ArticleRow.id)
        .limit(1)
    )
    if domain:
        query = query.where(ArticleRow.domain == domain)
    behind = session.scalar(query.where(ArticleRow.id > after))
    return behind or (session.scalar(query) if after else None)


def revisions(session: Session, article_id: str) -> Sequence[RevisionRow]:
    """Newest first."""
    query = select(RevisionRow).where(RevisionRow.article_id == article_id).order_by(RevisionRow.number.desc())
    return session.scalars(query).all()


def edits(session: Session, article_id: str) -> Sequence[EditRow]:
    """Newest first."""
    query = select(EditRow).where(EditRow.article_id == article_id).order_by(EditRow.at.desc(), EditRow.number.desc())
    return session.scalars(query).all()


def refused_edits(session: Session, article_id: str, staff_id: str) -> Sequence[EditRow]:
    """What this person wrote while a colleague was quicker, and has not merged yet."""
    query = select(EditRow).where(
        EditRow.article_id == article_id, EditRow.writer == staff_id, EditRow.kind == "refused"
    )
    return session.scalars(query.order_by(EditRow.at.desc())).all()


def comments(session: Session, article_id: str) -> Sequence[CommentRow]:
    """Oldest first."""
    return session.scalars(
        select(CommentRow).where(CommentRow.article_id == article_id).order_by(CommentRow.at, CommentRow.id)
    ).all()


def _columns() -> Any:
    return select(
        ArticleRow.id, ArticleRow.domain, ArticleRow.title_zh, ArticleRow.title_en, Live.number,
        func.coalesce(Live.approved_locally, false()), Open.status, Live.review_by,
        func.coalesce(Open.saved_at, Live.published_at), ArticleRow.owner,
    )  # fmt: skip


def _joined(query: Any) -> Any:
    """With the live and the open revision beside each article."""
    return (
        query.select_from(ArticleRow)
        .outerjoin(Live, Live.id == ArticleRow.live_revision_id)
        .outerjoin(Open, Open.id == ArticleRow.open_revision_id)
    )


def _where(filters: Filters, today: date) -> ColumnElement[bool]:
    rules = [_state(filters.state, today) if filters.state in STATES else true()]
    if filters.domain:
        rules.append(ArticleRow.domain == filters.domain)
    if filters.missing in ("zh", "en"):
        rules.append((ArticleRow.title_zh if filters.missing == "zh" else ArticleRow.title_en) == "")
    if filters.owner:
        rules.append(ArticleRow.owner == filters.owner)
    words = " ".join(filters.text.lower().split())
    if words:
        rules.append(ArticleRow.search_text.contains(words, autoescape=True))
    return and_(*rules)


def _state(state: str, today: date) -> ColumnElement[bool]:
    live = Live.id.is_not(None)
    match state:
        case "draft" | "in_review" | "scheduled":
            return Open.status == state
        case "published":
            return live
        case "not_approved":
            return and_(live, Live.approved_locally.is_(False))
        case "due":
            return and_(live, Live.review_by <= today + FLAGGED_BEFORE)
        case "overdue":
            return and_(live, Live.review_by <= today)
        case "not_served":
            return and_(live, Live.review_by <= today, ArticleRow.domain.in_([d.value for d in NEVER_OVERDUE]))
    return and_(Live.id.is_(None), or_(Open.id.is_(None), Open.status == Status.RETIRED.value))
