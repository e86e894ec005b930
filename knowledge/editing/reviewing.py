"""Approving: four eyes, without a way around.

Nobody approves a revision that they edited, whatever their roles; two people who both edited it need a third. What was
restored or imported counts as written by everybody who wrote it then. An approver sees a version; has it changed
since, nothing happens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core import audit
from bot.core.ids import new_id
from bot.core.language import Language
from bot.core.staff.model import Action, Actor, permit
from knowledge.content_rules import Remark, check_article, same_phrasing
from knowledge.editing.revisions import NoSuchArticle, StepNotAllowed, article_row, needed, open_revision, take_step
from knowledge.editing.store import CommentRow
from knowledge.model import Article, KnowledgeError, Status, article_from_json, article_to_json
from knowledge.service import bump_version, describe, digest
from knowledge.store import ArticleRow, RevisionRow, SourceRow


class OwnWork(KnowledgeError):
    """Nobody approves what they have written or edited."""


class NotReady(KnowledgeError):
    """The article breaks rules of the content; `remarks` says which."""

    def __init__(self, remarks: Sequence[Remark]) -> None:
        super().__init__(", ".join(sorted({r.code for r in remarks})))
        self.remarks = tuple(remarks)


class ReasonMissing(KnowledgeError):
    """This step needs a word to the colleagues: why."""


class DayMissing(KnowledgeError):
    """The day of the next look, or of publication, has to be in the future."""


def remarks_on(session: Session, article: Article, today: date) -> list[Remark]:
    """Everything that `sprout content check` would say about it, against what is in the database."""
    sources = set(session.scalars(select(SourceRow.id)))
    known = set(session.scalars(select(ArticleRow.id)))
    return [*check_article(article, sources, known, today), *_taken(session, article)]


def submit(
    session: Session, actor: Actor, article_id: str, *, version: int, now: datetime, today: date, note: str = ""
) -> None:
    """Hand the draft to the reviewers. Raises NotReady, StepNotAllowed, ChangedMeanwhile."""
    permit(actor, Action.ARTICLES_WRITE)
    row = article_row(session, article_id, version=version)
    revision = needed(session, row)
    wrong = [r for r in remarks_on(session, article_from_json(revision.body), today) if r.is_error]
    if wrong:
        raise NotReady(wrong)
    take_step(revision, Status.IN_REVIEW)
    revision.writers = revision.writers or [actor.id]  # who hands in an unchanged text stands for it
    row.owner = revision.writers[-1]
    _said(session, actor, revision, "submitted", note, now)
    _done(session, actor, row, "submitted", now, revision)


def withdraw(session: Session, actor: Actor, article_id: str, *, version: int, now: datetime) -> None:
    """Take it back to go on writing; also what was approved for later."""
    permit(actor, Action.ARTICLES_WRITE)
    row = article_row(session, article_id, version=version)
    revision = needed(session, row)
    if revision.status == Status.DRAFT.value:
        raise StepNotAllowed(article_id)
    take_step(revision, Status.DRAFT)
    revision.reviewer, revision.publish_at = "", None
    _done(session, actor, row, "withdrawn", now, revision)


def send_back(session: Session, actor: Actor, article_id: str, *, version: int, comment: str, now: datetime) -> None:
    """Not yet, and why. Raises ReasonMissing."""
    permit(actor, Action.ARTICLES_REVIEW)
    if not comment.strip():
        raise ReasonMissing(article_id)
    row = article_row(session, article_id, version=version)
    revision = needed(session, row)
    if revision.status == Status.DRAFT.value:
        raise StepNotAllowed(article_id)
    take_step(revision, Status.DRAFT)
    revision.reviewer, revision.publish_at = "", None
    _said(session, actor, revision, "sent_back", comment, now)
    _done(session, actor, row, "sent_back", now, revision)


def approve(
    session: Session, actor: Actor, article_id: str, *, version: int, now: datetime, today: date,
    publish_at: datetime | None = None, comment: str = "",
) -> None:  # fmt: skip
    """Publish now, or at `publish_at`. Raises OwnWork, NotReady, StepNotAllowed, ChangedMeanwhile, DayMissing."""
    permit(actor, Action.ARTICLES_REVIEW)
    row = article_row(session, article_id, version=version)
    revision = needed(session, row)
    if revision.status != Status.IN_REVIEW.value:
        raise StepNotAllowed(article_id)
    if actor.id in revision.writers:
        raise OwnWork(article_id)
    wrong = [r for r in remarks_on(session, article_from_json(revision.body), today) if r.is_error]
    if wrong:
        raise NotReady(wrong)
    revision.reviewer = actor.id
    _said(session, actor, revision, "approved", comment, now)
    if publish_at is not None:
        if publish_at <= now:
            raise DayMissing(article_id)
        take_step(revision, Status.SCHEDULED)
        revision.publish_at = publish_at
        _done(session, actor, row, "scheduled", now, revision)
        return
    _go_live(session, row, revision, now)
    _done(session, actor, row, "published", now, revision)


def is_anything_due(session: Session, now: datetime) -> bool:
    """Whether `publish_due` has something to do."""
    query = select(RevisionRow.id).where(
        RevisionRow.status == Status.SCHEDULED.value, RevisionRow.publish_at <= now
    )  # fmt: skip
    return session.scalars(query.limit(1)).first() is not None


def publish_due(session: Session, now: datetime) -> list[str]:
    """Put what was approved for a moment that has come before the parents; returns the articles."""
    due = select(RevisionRow.article_id).where(
        RevisionRow.status == Status.SCHEDULED.value, RevisionRow.publish_at <= now
    )
    published = []
    for article_id in session.scalars(due.order_by(RevisionRow.publish_at)).all():
        row = article_row(session, article_id)  # the lock first, then the look: another process may be as quick
        revision = open_revision(session, row)
        if revision is None or revision.status != Status.SCHEDULED.value or revision.publish_at is None:
            continue
        if revision.publish_at > now:
            continue
        _go_live(session, row, revision, now)
        row.version += 1
        audit.record(
            session, at=now, actor="system", action="article.published", subject=row.id, revision=revision.number,
            approved_by=revision.reviewer,
        )  # fmt: skip
        published.append(article_id)
    return published


def comment(session: Session, actor: Actor, article_id: str, text: str, now: datetime) -> None:
    """A word to the colleagues, on the open revision or on the live one. Raises ReasonMissing when empty."""
    permit(actor, Action.ARTICLES_READ)
    if not text.strip():
        raise ReasonMissing(article_id)
    row = article_row(session, article_id)
    revision = open_revision(session, row) or session.get(RevisionRow, row.live_revision_id or "")
    if revision is None:
        raise NoSuchArticle(article_id)
    _said(session, actor, revision, "comment", text, now)


def retire(session: Session, actor: Actor, article_id: str, *, version: int, reason: str, now: datetime) -> None:
    """No longer served, until another revision is approved; an import does not bring it back. Raises ReasonMissing."""
    permit(actor, Action.ARTICLES_RETIRE)
    if not reason.strip():
        raise ReasonMissing(article_id)
    row = article_row(session, article_id, version=version)
    live = _live(session, row)
    take_step(live, Status.RETIRED)
    row.live_revision_id = None
    _said(session, actor, live, "retired", reason, now)
    bump_version(session)
    _done(session, actor, row, "retired", now, live)


def still_right(
    session: Session, actor: Actor, article_id: str, *, version: int, review_by: date, now: datetime, today: date
) -> None:
    """A person looked at the live article: it is right, and due again by `review_by`. Counts as local approval.

    Raises OwnWork, DayMissing.
    """
    permit(actor, Action.ARTICLES_REVIEW)
    row = article_row(session, article_id, version=version)
    live = _live(session, row)
    if actor.id in live.writers:
        raise OwnWork(article_id)
    if review_by <= today:
        raise DayMissing(article_id)
    article = replace(article_from_json(live.body), review_by=review_by)
    live.body, live.digest, live.review_by = article_to_json(article), digest(article), review_by
    live.approved_locally, live.reviewer = True, actor.id
    bump_version(session)
    _done(session, actor, row, "still_right", now, live)


def accept_seed(session: Session, actor: Actor, article_id: str, *, version: int, now: datetime) -> None:
    """The local team takes over a shipped article as it stands. Raises OwnWork, StepNotAllowed."""
    permit(actor, Action.ARTICLES_REVIEW)
    row = article_row(session, article_id, version=version)
    live = _live(session, row)
    if live.approved_locally:
        raise StepNotAllowed(article_id)
    if actor.id in live.writers:
        raise OwnWork(article_id)
    live.approved_locally, live.reviewer = True, actor.id
    row.owner = row.owner or actor.id
    bump_version(session)
    _done(session, actor, row, "accepted", now, live)


def _live(session: Session, row: ArticleRow) -> RevisionRow:
    live = session.get(RevisionRow, row.live_revision_id) if row.live_revision_id else None
    if live is None:
        raise StepNotAllowed(row.id)
    return live


def _go_live(session: Session, row: ArticleRow, revision: RevisionRow, now: datetime) -> None:
    old = session.get(RevisionRow, row.live_revision_id) if row.live_revision_id else None
    if old is not None:
        take_step(old, Status.RETIRED)
    take_step(revision, Status.PUBLISHED)
    article = article_from_json(revision.body)
    revision.published_at, revision.approved_locally, revision.publish_at = now, True, None
    row.live_revision_id, row.open_revision_id, row.domain = revision.id, None, article.domain.value
    describe(row, article)
    bump_version(session)


def _taken(session: Session, article: Article) -> list[Remark]:
    """Phrasings that stand in another article too."""
    own = {same_phrasing(p): (language, p) for language in Language for p in article.phrasings.get(language, ())}
    found = []
    rows = session.execute(
        select(ArticleRow.id, ArticleRow.search_text).where(
            ArticleRow.id != article.id, ArticleRow.live_revision_id.is_not(None)
        )
    )
    for other, words in rows:
        for key in own.keys() & set(words.split("\n")):
            language, phrasing = own[key]
            blanks = {"phrasing": phrasing, "other": other}
            found.append(Remark(f"phrasings.{language}", "phrasing_taken", blanks, phrasing[:24]))
    return found


def _said(session: Session, actor: Actor, revision: RevisionRow, kind: str, text: str, now: datetime) -> None:
    if kind == "comment" or text.strip():
        session.add(
            CommentRow(
                id=new_id(), article_id=revision.article_id, revision_id=revision.id, kind=kind, writer=actor.id,
                writer_name=actor.name, text=text.strip()[:4000], at=now,
            )
        )  # fmt: skip


def _done(session: Session, actor: Actor, row: ArticleRow, step: str, now: datetime, revision: RevisionRow) -> None:
    row.version += 1
    audit.record(
        session, at=now, actor=actor.audit_name, action=f"article.{step}", subject=row.id, revision=revision.number
    )
