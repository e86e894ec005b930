"""The rows behind an article in work: its open revision, the steps of its life, and its edits."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.core.ids import new_id
from bot.core.staff.model import Actor
from knowledge.editing import presence
from knowledge.editing.store import EditRow
from knowledge.model import ALLOWED_STEPS, Article, KnowledgeError, Status, article_from_json, article_to_json
from knowledge.service import describe, digest
from knowledge.store import ArticleRow, RevisionRow

SITTING = timedelta(minutes=10)  # autosaves of one page within it are one edit in the history
NOT_COUNTED = ("refused", "settled")  # edits that never were what the draft says


class NoSuchArticle(KnowledgeError):
    """No article, revision or edit with this id."""


class StepNotAllowed(KnowledgeError):
    """The revision is not in a state from which this step leads on."""


class ChangedMeanwhile(KnowledgeError):
    """Somebody changed the article after the page was loaded: look again before deciding."""


def article_row(session: Session, article_id: str, *, version: int | None = None) -> ArticleRow:
    """Locked until the transaction ends. Raises NoSuchArticle, ChangedMeanwhile (when `version` is another one)."""
    row = session.get(ArticleRow, article_id, with_for_update=True)
    if row is None:
        raise NoSuchArticle(article_id)
    if version is not None and row.version != version:
        raise ChangedMeanwhile(article_id)
    return row


def open_revision(session: Session, row: ArticleRow) -> RevisionRow | None:
    """The one being worked on."""
    return session.get(RevisionRow, row.open_revision_id) if row.open_revision_id else None


def needed(session: Session, row: ArticleRow) -> RevisionRow:
    """As `open_revision`; raises StepNotAllowed without one."""
    revision = open_revision(session, row)
    if revision is None:
        raise StepNotAllowed(row.id)
    return revision


def take_step(revision: RevisionRow, to: Status) -> None:
    """Raises StepNotAllowed."""
    if to not in ALLOWED_STEPS[Status(revision.status)]:
        raise StepNotAllowed(f"{revision.status} -> {to}")
    revision.status = to.value


def begin(
    session: Session, actor: Actor, row: ArticleRow, article: Article, now: datetime,
    *, kind: str = "begun", writers: list[str] | None = None,
) -> RevisionRow:  # fmt: skip
    """A new open revision; nobody has edited in it yet, unless `writers` come with the text."""
    number = session.scalar(select(func.max(RevisionRow.number)).where(RevisionRow.article_id == row.id)) or 0
    revision = RevisionRow(
        id=new_id(),
        article_id=row.id,
        number=number + 1,
        status=Status.DRAFT.value,
        body=article_to_json(article),
        digest=digest(article),
        origin="console",
        author=actor.id,
        review_by=article.review_by,
        created_at=now,
        saved_at=now,
        writers=writers or [],
    )
    session.add(revision)
    session.flush()
    row.open_revision_id = revision.id
    keep(session, revision, actor, article, now, kind=kind, based_on=0, tab="", note="")
    return revision


def newest(session: Session, article_id: str) -> RevisionRow | None:
    """The revision with the highest number, whatever became of it."""
    query = select(RevisionRow).where(RevisionRow.article_id == article_id).order_by(RevisionRow.number.desc())
    return session.scalars(query.limit(1)).first()


def newest_edit(session: Session, revision_id: str) -> EditRow | None:
    """The newest edit that counts; seeds have none."""
    query = (
        select(EditRow)
        .where(EditRow.revision_id == revision_id, EditRow.kind.not_in(NOT_COUNTED))
        .order_by(EditRow.number.desc())
        .limit(1)
    )
    return session.scalars(query).first()


def edit(session: Session, edit_id: str) -> EditRow:
    row = session.get(EditRow, edit_id)
    if row is None:
        raise NoSuchArticle(edit_id)
    return row


def text_before(session: Session, refused: EditRow) -> Article:
    """What the writer of a refused edit had before them: the base of a merge, as near as it was kept."""
    query = (
        select(EditRow)
        .where(
            EditRow.revision_id == refused.revision_id,
            EditRow.number <= refused.based_on,
            EditRow.kind.not_in(NOT_COUNTED),
        )
        .order_by(EditRow.number.desc())
        .limit(1)
    )
    base = session.scalars(query).first()
    return article_from_json((base or refused).body)


def write_down(row: ArticleRow, revision: RevisionRow, actor: Actor, article: Article, now: datetime) -> None:
    revision.body = article_to_json(article)
    revision.digest = digest(article)
    revision.review_by = article.review_by
    revision.saved_at = now
    if actor.id not in revision.writers:
        revision.writers = [*revision.writers, actor.id]
    row.version += 1
    if row.live_revision_id is None:
        row.domain = article.domain.value
        describe(row, article)


def keep(
    session: Session, revision: RevisionRow, actor: Actor, article: Article, now: datetime,
    *, kind: str, based_on: int, tab: str, note: str,
) -> EditRow:  # fmt: skip
    """The next edit; an autosave takes the place of the one before in the same sitting, unless a colleague looks on
    (their page may rest on it).
    """
    number = next_number(session, revision.id)
    last = newest_edit(session, revision.id)
    sitting = (
        last is not None
        and kind == last.kind == "autosaved"
        and (last.writer, last.tab) == (actor.id, tab)
        and now - last.begun_at < SITTING
        and not presence.others(session, revision.article_id, tab, now)
    )
    if last is not None and sitting:
        last.number, last.body, last.at = number, article_to_json(article), now
        session.flush()
        return last
    kept = EditRow(
        id=new_id(), revision_id=revision.id, article_id=revision.article_id, number=number, kind=kind,
        body=article_to_json(article), based_on=based_on, writer=actor.id, writer_name=actor.name, tab=tab,
        note=note[:500], begun_at=now, at=now,
    )  # fmt: skip
    session.add(kept)
    session.flush()
    return kept


def next_number(session: Session, revision_id: str) -> int:
    return (session.scalar(select(func.max(EditRow.number)).where(EditRow.revision_id == revision_id)) or 0) + 1
