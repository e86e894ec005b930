"""Writing: one open revision an article, every edit kept, nothing of two people's work lost.

A form is loaded with the number of the newest edit and posted with it. Has somebody else saved in between, the posted
text is kept as a refused edit, beside the draft, until it is merged; nothing is overwritten and nothing is dropped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core import audit
from bot.core.ids import new_id
from bot.core.language import Language
from bot.core.staff.model import Action, Actor, permit
from knowledge.content_rules import same_phrasing
from knowledge.editing.fields import from_fields
from knowledge.editing.revisions import (
    NoSuchArticle,
    StepNotAllowed,
    article_row,
    begin,
    edit,
    keep,
    needed,
    newest,
    newest_edit,
    next_number,
    open_revision,
    take_step,
    write_down,
)
from knowledge.editing.store import EditRow
from knowledge.model import Article, Domain, KnowledgeError, Status, article_from_json, article_to_json
from knowledge.service import describe, digest
from knowledge.store import ArticleRow, RevisionRow

LOOK_AGAIN = timedelta(days=365)  # the first guess for `review_by` of a new article
RESERVED = frozenset({"new", "takeover", "exchange", "export", "import", "sources"})  # pages of the console
_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class ArticleExists(KnowledgeError):
    """There is an article with this id."""


class NotAnId(KnowledgeError):
    """An id has 3 to 80 small letters, digits and hyphens, and begins with a letter."""


@dataclass(frozen=True, slots=True)
class Saved:
    """`number`: of the newest edit that counts. `refused`: the edit that was kept aside, when somebody was quicker."""

    revision_id: str
    number: int
    at: datetime | None
    refused: str = ""
    quicker: str = ""  # the name of who saved in between


def new_article(
    session: Session, actor: Actor, *, article_id: str, domain: Domain, now: datetime, question: str = ""
) -> RevisionRow:
    """An empty draft; `question` is its first phrasing. Raises NotPermitted, NotAnId, ArticleExists."""
    permit(actor, Action.ARTICLES_WRITE)
    if not is_an_id(article_id):
        raise NotAnId(article_id)
    if session.get(ArticleRow, article_id) is not None:
        raise ArticleExists(article_id)
    review_by = (now + LOOK_AGAIN).date()
    fields = {"domain": domain.value, "ages": "0-36", "review_by": review_by.isoformat()}
    language = "zh" if re.search(r"[\u3400-\u9fff]", question) else "en"
    article = from_fields(article_id, {**fields, f"{language}.phrasings": question})
    row = ArticleRow(id=article_id, domain=domain.value, created_at=now, version=1, owner=actor.id)
    session.add(row)
    session.flush()
    describe(row, article)
    revision = begin(session, actor, row, article, now)
    audit.record(session, at=now, actor=actor.audit_name, action="article.begun", subject=article_id)
    return revision


def is_an_id(article_id: str) -> bool:
    return 3 <= len(article_id) <= 80 and _ID.fullmatch(article_id) is not None and article_id not in RESERVED


def draft(session: Session, actor: Actor, article_id: str, now: datetime) -> RevisionRow:
    """The open draft, or a new one that says what is live (or what was last). Raises StepNotAllowed during review."""
    permit(actor, Action.ARTICLES_WRITE)
    row = article_row(session, article_id)
    revision = open_revision(session, row)
    if revision is not None:
        if revision.status != Status.DRAFT.value:
            raise StepNotAllowed(article_id)
        return revision
    base = session.get(RevisionRow, row.live_revision_id) if row.live_revision_id else newest(session, article_id)
    if base is None:
        raise NoSuchArticle(article_id)
    row.version += 1
    # What never was approved is still the work of those who wrote it, also in a new revision.
    writers = list(base.writers) if base.published_at is None else None
    return begin(session, actor, row, article_from_json(base.body), now, writers=writers)


def save(
    session: Session,
    actor: Actor,
    article_id: str,
    article: Article,
    *,
    revision_id: str,
    based_on: int,
    now: datetime,
    tab: str = "",
    kind: str = "saved",
    note: str = "",
) -> Saved:
    """Keep what the form holds. `based_on`: number of the edit that the form was loaded with.

    Anything may be saved in a draft; `reviewing.submit` is where mistakes stop it. Raises NotPermitted, NoSuchArticle.
    """
    permit(actor, Action.ARTICLES_WRITE)
    row = article_row(session, article_id)
    article = replace(article, id=article_id)
    revision = open_revision(session, row)
    if revision is None or revision.id != revision_id or revision.status != Status.DRAFT.value:
        return _refuse(session, actor, row, revision_id, article, now, based_on=based_on, tab=tab)
    last = newest_edit(session, revision.id)
    own = last is not None and last.writer == actor.id and bool(tab) and last.tab == tab
    if last is not None and last.number != based_on and not own:
        if revision.digest == digest(article):
            return Saved(revision.id, last.number, last.at)
        return _refuse(session, actor, row, revision.id, article, now, based_on=based_on, tab=tab)
    if last is not None and revision.digest == digest(article):
        return Saved(revision.id, last.number, revision.saved_at)
    edit = keep(session, revision, actor, article, now, kind=kind, based_on=based_on, tab=tab, note=note)
    write_down(row, revision, actor, article, now)
    return Saved(revision.id, edit.number, now)


def add_phrasing(
    session: Session, actor: Actor, article_id: str, language: Language, phrasing: str, now: datetime
) -> Saved | None:
    """Another way to ask, in the open draft or a new one; None when it stands there already.

    Raises StepNotAllowed while the article is in review.
    """
    revision = draft(session, actor, article_id, now)
    article = article_from_json(revision.body)
    own = article.phrasings.get(language, ())
    words = " ".join(phrasing.split())
    if not words or same_phrasing(words) in {same_phrasing(p) for p in own}:
        return None
    last = newest_edit(session, revision.id)
    article = replace(article, phrasings={**article.phrasings, language: (*own, words)})
    number = last.number if last else 0
    return save(session, actor, article_id, article, revision_id=revision.id, based_on=number, now=now)


def merge(
    session: Session, actor: Actor, refused_id: str, article: Article, *, based_on: int, now: datetime, tab: str = ""
) -> Saved:
    """Put what was refused, merged by hand, into the draft; a second quicker person refuses it again.

    Who wrote what was refused counts as a writer of the draft, whoever merges it.
    """
    refused = edit(session, refused_id)
    saved = save(
        session, actor, refused.article_id, article, revision_id=_open_id(session, refused.article_id),
        based_on=based_on, now=now, tab=tab, kind="merged",
    )  # fmt: skip
    if not saved.refused:
        revision = session.get_one(RevisionRow, saved.revision_id)
        revision.writers = list(dict.fromkeys([*revision.writers, refused.writer]))
        settle(session, actor, refused_id)
    return saved


def settle(session: Session, actor: Actor, refused_id: str) -> None:
    """A refused edit is done with; it stays in the history."""
    permit(actor, Action.ARTICLES_WRITE)
    row = edit(session, refused_id)
    if row.kind == "refused":
        row.kind = "settled"


def set_aside(session: Session, actor: Actor, article_id: str, *, version: int, now: datetime) -> None:
    """Give up the draft; it stays in the history. Raises StepNotAllowed, ChangedMeanwhile."""
    permit(actor, Action.ARTICLES_WRITE)
    row = article_row(session, article_id, version=version)
    revision = needed(session, row)
    take_step(revision, Status.RETIRED)
    row.open_revision_id = None
    row.version += 1
    audit.record(session, at=now, actor=actor.audit_name, action="article.set_aside", subject=article_id)


def restore(session: Session, actor: Actor, edit_id: str, now: datetime, *, version: int | None = None) -> RevisionRow:
    """An older text as the newest draft. Whoever wrote it then counts as a writer now, so that nobody approves it
    by way of a colleague. Raises StepNotAllowed while another draft is open.
    """
    old = edit(session, edit_id)
    source = session.get_one(RevisionRow, old.revision_id)
    return _restored(session, actor, old.article_id, old.body, {*source.writers, old.writer}, now, version)


def restore_revision(
    session: Session, actor: Actor, revision_id: str, now: datetime, *, version: int | None = None
) -> RevisionRow:
    """As `restore`, for what a whole revision said in the end."""
    source = session.get(RevisionRow, revision_id)
    if source is None:
        raise NoSuchArticle(revision_id)
    return _restored(session, actor, source.article_id, source.body, set(source.writers), now, version)


def _restored(
    session: Session, actor: Actor, article_id: str, body: dict[str, object], writers: set[str], now: datetime,
    version: int | None,
) -> RevisionRow:  # fmt: skip
    permit(actor, Action.ARTICLES_WRITE)
    row = article_row(session, article_id, version=version)
    revision = open_revision(session, row)
    article = article_from_json(body)
    if revision is None:
        row.version += 1
        revision = begin(session, actor, row, article, now, kind="restored", writers=sorted({*writers, actor.id}))
    elif revision.status == Status.DRAFT.value:
        last = newest_edit(session, revision.id)
        based_on = last.number if last else 0
        keep(session, revision, actor, article, now, kind="restored", based_on=based_on, tab="", note="")
        revision.writers = sorted({*revision.writers, *writers})
        write_down(row, revision, actor, article, now)
    else:
        raise StepNotAllowed(article_id)
    audit.record(session, at=now, actor=actor.audit_name, action="article.restored", subject=article_id)
    return revision


def _open_id(session: Session, article_id: str) -> str:
    return article_row(session, article_id).open_revision_id or ""


def _refuse(
    session: Session, actor: Actor, row: ArticleRow, revision_id: str, article: Article, now: datetime,
    *, based_on: int, tab: str,
) -> Saved:  # fmt: skip
    """Keep the text aside; later texts of the same page take its place."""
    known = session.get(RevisionRow, revision_id)
    home = known if known is not None and known.article_id == row.id else newest(session, row.id)
    if home is None:
        raise NoSuchArticle(row.id)
    last = newest_edit(session, home.id)
    before = select(EditRow).where(
        EditRow.revision_id == home.id, EditRow.kind == "refused", EditRow.writer == actor.id, EditRow.tab == tab
    )
    aside = session.scalars(before.limit(1)).first() if tab else None
    if aside is None:
        aside = EditRow(
            id=new_id(), revision_id=home.id, article_id=row.id, number=next_number(session, home.id), kind="refused",
            based_on=based_on, writer=actor.id, writer_name=actor.name, tab=tab, begun_at=now,
        )  # fmt: skip
        session.add(aside)
    aside.body, aside.at = article_to_json(article), now
    session.flush()
    quicker = last.writer_name if last is not None and last.writer != actor.id else ""
    return Saved(home.id, last.number if last else 0, now, aside.id, quicker)
