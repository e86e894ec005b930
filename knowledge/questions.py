"""Questions that the bot could not answer well: grouped by meaning, linked to an article, dismissed, answered.

OPEN -> LINKED (an article answers it; its author is told later that it is live) -> ANSWERED (the parent was told)
     -> DISMISSED (with a reason)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.model import KnowledgeError
from knowledge.search import Embed
from knowledge.store import ArticleRow, QuestionRow

ALIKE = 0.62  # cosine of joint vectors above which two questions are one for the health worker


class QuestionSettled(KnowledgeError):
    """The question was linked or dismissed already."""


@dataclass(frozen=True, slots=True)
class QuestionGroup:
    """Questions that mean the same; `lead` is the one nearest to the others' middle."""

    lead: QuestionRow
    questions: tuple[QuestionRow, ...]

    @property
    def count(self) -> int:
        return len(self.questions)


def open_questions(session: Session, *, most: int = 1000) -> Sequence[QuestionRow]:
    """The newest first."""
    return session.scalars(
        select(QuestionRow).where(QuestionRow.state == "open").order_by(QuestionRow.asked_at.desc()).limit(most)
    ).all()


def grouped(questions: Sequence[QuestionRow], embed: Embed) -> list[QuestionGroup]:
    """Questions by meaning, the most asked first. Each joins the first group whose lead is alike."""
    if not questions:
        return []
    vectors = embed([q.text for q in questions])
    groups: list[list[int]] = []
    for number in range(len(questions)):
        home = next((g for g in groups if float(vectors[g[0]] @ vectors[number]) >= ALIKE), None)
        if home is None:
            groups.append([number])
        else:
            home.append(number)
    found = []
    for members in groups:
        middle = np.mean(vectors[members], axis=0)
        lead = max(members, key=lambda n: float(vectors[n] @ middle))
        found.append(QuestionGroup(questions[lead], tuple(questions[n] for n in members)))
    return sorted(found, key=lambda g: (-g.count, g.lead.id))


def link(session: Session, question_id: str, article_id: str) -> QuestionRow:
    """This article answers it; the parent is told once it is live. Raises QuestionSettled, KnowledgeError."""
    row = _open(session, question_id)
    if session.get(ArticleRow, article_id) is None:
        raise KnowledgeError(f"no article {article_id}")
    row.state, row.article_id = "linked", article_id
    return row


def dismiss(session: Session, question_id: str) -> QuestionRow:
    row = _open(session, question_id)
    row.state = "dismissed"
    return row


def to_tell(session: Session) -> Sequence[QuestionRow]:
    """Linked questions whose article is live and whose parent was not told yet."""
    return session.scalars(
        select(QuestionRow)
        .join(ArticleRow, ArticleRow.id == QuestionRow.article_id)
        .where(
            QuestionRow.state == "linked",
            QuestionRow.parent_id.is_not(None),
            QuestionRow.told_at.is_(None),
            ArticleRow.live_revision_id.is_not(None),
        )
        .order_by(QuestionRow.asked_at)
    ).all()


def told(row: QuestionRow, now: datetime) -> None:
    row.state, row.told_at = "answered", now


def _open(session: Session, question_id: str) -> QuestionRow:
    row = session.get_one(QuestionRow, question_id, with_for_update=True)
    if row.state != "open":
        raise QuestionSettled(question_id)
    return row
