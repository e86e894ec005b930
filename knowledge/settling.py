"""What health workers do with questions of one meaning: link, begin an article, dismiss, take that back.

open -> linked (an article answers it, or will) -> answered (the parent was told)
     -> dismissed, with a reason;  linked, dismissed -> open again while nobody was told
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core import audit
from bot.core.language import Language
from bot.core.staff.model import Action, Actor, permit
from knowledge.content_rules import same_phrasing
from knowledge.editing import drafting
from knowledge.editing.revisions import StepNotAllowed, newest_edit
from knowledge.model import Domain, KnowledgeError, article_from_json
from knowledge.question_groups import in_groups
from knowledge.store import ArticleRow, QuestionRow

REASONS = ("not_about_children", "not_a_question", "private", "one_of_a_kind", "test")
LONGEST_REASON = 200


class QuestionSettled(KnowledgeError):
    """The question was linked, answered or dismissed already."""


class DismissedWithoutReason(KnowledgeError):
    """Say why a question needs no answer."""


class AlreadyTold(KnowledgeError):
    """The family has been told: this cannot be taken back."""


@dataclass(frozen=True, slots=True)
class Linked:
    """`phrasing`: added to a draft of the article; `busy`: not added, the article is being reviewed."""

    questions: int
    article_id: str
    phrasing: bool = False
    busy: bool = False


def link_group(
    session: Session, actor: Actor, group_id: str, article_id: str, now: datetime, *, phrasing: str = ""
) -> Linked:
    """This article answers all of them; `phrasing` is added to its draft. Raises QuestionSettled, KnowledgeError."""
    permit(actor, Action.QUESTIONS_SETTLE)
    rows = _open_rows(session, group_id)
    if session.get(ArticleRow, article_id) is None:
        raise KnowledgeError(f"no article {article_id}")
    language = Language(rows[0].language)
    added, busy = False, False
    if phrasing.strip() and actor.may(Action.ARTICLES_WRITE):
        try:
            added = add_phrasing(session, actor, article_id, phrasing.strip(), language, now)
        except StepNotAllowed:
            busy = True
    _linked(rows, actor, article_id, now)
    audit.record(
        session, at=now, actor=actor.audit_name, action="question.linked", subject=article_id, questions=len(rows)
    )
    return Linked(len(rows), article_id, added, busy)


def draft_from_group(
    session: Session, actor: Actor, group_id: str, *, article_id: str, domain: Domain, now: datetime, phrasing: str = ""
) -> Linked:
    """Begin an article with the question as its first phrasing; the families are told when it is live."""
    permit(actor, Action.QUESTIONS_SETTLE)
    rows = _open_rows(session, group_id)
    question = phrasing.strip() or rows[0].text
    drafting.new_article(session, actor, article_id=article_id, domain=domain, now=now, question=question)
    _linked(rows, actor, article_id, now)
    audit.record(
        session, at=now, actor=actor.audit_name, action="question.drafted", subject=article_id, questions=len(rows)
    )
    return Linked(len(rows), article_id, phrasing=True)


def dismiss_group(session: Session, actor: Actor, group_id: str, reason: str, now: datetime) -> int:
    """They need no answer, and why. Raises QuestionSettled, DismissedWithoutReason."""
    permit(actor, Action.QUESTIONS_SETTLE)
    if not reason.strip():
        raise DismissedWithoutReason(group_id)
    rows = _open_rows(session, group_id)
    for row in rows:
        row.state, row.reason = "dismissed", reason.strip()[:LONGEST_REASON]
        row.settled_by, row.settled_at = actor.id, now
    audit.record(
        session, at=now, actor=actor.audit_name, action="question.dismissed", subject=group_id, questions=len(rows)
    )
    return len(rows)


def reopen_group(session: Session, actor: Actor, group_id: str, now: datetime) -> int:
    """Take linking or dismissing back. Raises AlreadyTold when nothing is left that was not told."""
    permit(actor, Action.QUESTIONS_SETTLE)
    rows = session.scalars(
        select(QuestionRow)
        .where(QuestionRow.state.in_(("linked", "dismissed")), QuestionRow.told_at.is_(None), in_groups([group_id]))
        .with_for_update()
    ).all()
    if not rows:
        raise AlreadyTold(group_id)
    for row in rows:
        row.state, row.article_id, row.reason, row.settled_by, row.settled_at = "open", None, "", "", None
    audit.record(
        session, at=now, actor=actor.audit_name, action="question.reopened", subject=group_id, questions=len(rows)
    )
    return len(rows)


def answered(session: Session, actor: Actor, question_id: str, now: datetime) -> QuestionRow:
    """A person writes to this parent: the question is answered. Raises QuestionSettled, KnowledgeError."""
    permit(actor, Action.INBOX)
    row = session.get_one(QuestionRow, question_id, with_for_update=True, populate_existing=True)
    if row.state not in ("open", "linked"):
        raise QuestionSettled(question_id)
    row.state, row.told_at = "answered", now
    row.settled_by, row.settled_at = actor.id, now
    return row


def add_phrasing(
    session: Session, actor: Actor, article_id: str, phrasing: str, language: Language, now: datetime
) -> bool:
    """Into the article's draft; False when it has it already. Raises StepNotAllowed while it is being reviewed."""
    row = session.get_one(ArticleRow, article_id)
    revision = drafting.draft(session, actor, row.id, now)
    article = article_from_json(revision.body)
    own = article.phrasings.get(language, ())
    if same_phrasing(phrasing) in {same_phrasing(known) for known in own}:
        return False
    last = newest_edit(session, revision.id)
    grown = replace(article, phrasings={**article.phrasings, language: (*own, phrasing[:300])})
    drafting.save(
        session, actor, article_id, grown, revision_id=revision.id, based_on=last.number if last else 0, now=now
    )
    return True


def _linked(rows: Sequence[QuestionRow], actor: Actor, article_id: str, now: datetime) -> None:
    """A parent who asked it several times is told once."""
    seen: set[str] = set()
    for row in rows:
        again = row.parent_id is not None and row.parent_id in seen
        row.state, row.article_id = ("answered" if again else "linked"), article_id
        row.settled_by, row.settled_at = actor.id, now
        if again:
            row.told_at = now
        seen.add(row.parent_id or "")


def _open_rows(session: Session, group_id: str) -> Sequence[QuestionRow]:
    rows = session.scalars(
        select(QuestionRow)
        .where(QuestionRow.state == "open", in_groups([group_id]))
        .order_by(QuestionRow.asked_at.desc(), QuestionRow.id)
        .with_for_update()
    ).all()
    if not rows:
        raise QuestionSettled(group_id)
    return rows
