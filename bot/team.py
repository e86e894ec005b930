"""What the health team does that reaches a parent: answering a chat, releasing it, telling of a new answer."""

from __future__ import annotations

from datetime import datetime

import numpy as np
from sqlalchemy.orm import Session

from bot.core import audit
from bot.core.families import service as families
from bot.core.families.model import Parent
from bot.core.hand_off import service as hand_offs
from bot.core.hand_off.hours import team_hours
from bot.core.hand_off.store import HandOffRow
from bot.core.staff.model import Actor
from bot.delivery import outbox
from bot.delivery.outbox import Priority
from bot.dialogue.guidance import ways_out
from bot.dialogue.reply import Card, Reply, Say, say
from bot.house import House
from knowledge import question_groups, questions, settling
from knowledge.model import KnowledgeError
from knowledge.store import QuestionRow

LONGEST_ANSWER = 3000  # characters that a person writes to the parent of a question


class NoWords(KnowledgeError):
    """There is nothing to send."""


class NobodyToTell(KnowledgeError):
    """The family has deleted what we knew of it: nobody can be written to."""


class ArticleGone(hand_offs.HandOffError):
    """The article is not live any more."""


def claim(house: House, session: Session, hand_off_id: str, who: str, now: datetime, *, who_id: str = "") -> HandOffRow:
    """Take a chat and let the parent know who has it; taking it twice says it once. Raises AlreadyClaimed, NotOpen."""
    row = hand_offs.claim(session, hand_off_id, who, who_id)
    return _claimed(house, session, row, who, now, who_id) if session.is_modified(row) else row


def take_over(house: House, session: Session, hand_off_id: str, who: str, now: datetime, *, who_id: str) -> HandOffRow:
    """Take a chat from a colleague; the parent is told who has it now. Raises NotOpen."""
    row = hand_offs.take_over(session, hand_off_id, who, who_id)
    return _claimed(house, session, row, who, now, who_id) if session.is_modified(row) else row


def _claimed(house: House, session: Session, row: HandOffRow, who: str, now: datetime, who_id: str) -> HandOffRow:
    reply = Reply((say("person.claimed", who=who),))
    _write(house, session, row.parent_id, reply, now)
    audit.record(session, at=now, actor=f"staff:{who_id or who}", action="hand_off.claimed", subject=row.id)
    return row


def answer(
    house: House, session: Session, hand_off_id: str, who: str, text: str, now: datetime, *, who_id: str = "",
    article_id: str = "",
) -> HandOffRow:  # fmt: skip
    """A team member's words, an article, or both, delivered in the parent's channel; raises ArticleGone."""
    article = house.library.article(article_id) if article_id else None
    if article_id and article is None:
        raise ArticleGone(article_id)
    row = hand_offs.reply(session, hand_off_id, who, text, now, who_id)
    parent = families.parent_by_id(session, row.parent_id)
    parts: list[Say | Card] = [say("person.reply_from", who=who)]
    if text.strip():
        parts.append(say("talk.literal", text=text))
    if article is not None and parent is not None:
        title = article.article.texts[parent.speaks].title
        hand_offs.add_line(session, row.id, who, title, now)
        today = now.astimezone(house.zone).date()
        parts.append(Card(article, parent.children[0].months(today) if parent.children else None))
    _write(house, session, row.parent_id, Reply(tuple(parts)), now)
    audit.record(session, at=now, actor=f"staff:{who_id or who}", action="hand_off.answered", subject=row.id)
    return row


def release(
    house: House, session: Session, hand_off_id: str, who: str, now: datetime, *, who_id: str = ""
) -> HandOffRow:
    """Back to the bot, which says so."""
    row = hand_offs.release(session, hand_off_id, now)
    if not session.is_modified(row):
        return row
    _write(house, session, row.parent_id, Reply((say("person.released"),)), now)
    audit.record(session, at=now, actor=f"staff:{who_id or who}", action="hand_off.released", subject=row.id)
    return row


def answer_question(
    house: House, session: Session, actor: Actor, question_id: str, text: str, now: datetime
) -> QuestionRow:
    """A person's own words to the parent of one question, with the way to ask back. Raises QuestionSettled, NoWords."""
    if not text.strip():
        raise NoWords(question_id)
    row = settling.answered(session, actor, question_id, now)
    parent = families.parent_by_id(session, row.parent_id or "")
    if parent is None:
        raise NobodyToTell(question_id)
    asked = row.asked_at.astimezone(house.zone).strftime("%m-%d")
    words = say("person.answered_question", who=actor.name, when=asked, question=short(row.text))
    reply = Reply((words, say("talk.literal", text=text.strip()[:LONGEST_ANSWER])), ways_out())
    _send(house, session, parent, reply, now, key=f"question:{row.id}", priority=Priority.PERSON)
    audit.record(session, at=now, actor=actor.audit_name, action="question.answered", subject=row.id)
    return row


def short(question: str, most: int = 60) -> str:
    return question if len(question) <= most else f"{question[: most - 1]}…"


def tell_of_new_answers(house: House, session: Session, now: datetime) -> int:
    """Send the card to every parent whose question has an answer now; returns how many.

    It is called approved only when the local team has approved it.
    """
    done = 0
    for row in questions.to_tell(session):
        article = house.library.article(row.article_id or "")
        parent = families.parent_by_id(session, row.parent_id or "")
        if article is None or parent is None:
            continue
        asked = row.asked_at.astimezone(house.zone).strftime("%m-%d")
        words = "person.answered_now" if article.approved_locally else "person.found_now"
        reply = Reply((say(words, when=asked), Card(article, row.age_months)))
        _send(house, session, parent, reply, now, key=f"answered:{row.id}", priority=Priority.PLAN)
        questions.told(row, now)
        done += 1
    return done


def tell_families(house: House) -> int:
    """A look whether anybody waits, in the team's hours only; then the telling; returns how many were told."""
    now = house.clock()
    with house.database.read() as session:
        if not team_hours(session, house.team_hours).open_at(now):
            return 0
        house.library.refresh(session, today=now.astimezone(house.zone).date())
        if not questions.to_tell(session):
            return 0
    with house.database.begin() as session:
        return tell_of_new_answers(house, session, now)


def group_new_questions(house: House) -> int:
    """A look for questions that came in, to put them to those of the same meaning; returns how many there were."""
    with house.database.read() as session:
        texts = question_groups.texts_without_group(session)
    if not texts:
        return 0
    vectors = dict(zip(texts, house.library.embed(texts), strict=True))  # not while others wait to write
    with house.database.begin() as session:
        return question_groups.group_new(
            session,
            lambda wanted: np.stack([vectors[t] if t in vectors else house.library.embed([t])[0] for t in wanted]),
        )


def _write(house: House, session: Session, parent_id: str, reply: Reply, now: datetime) -> None:
    parent = families.parent_by_id(session, parent_id)
    if parent is not None:
        _send(house, session, parent, reply, now, key=None, priority=Priority.PERSON)


def _send(
    house: House, session: Session, parent: Parent, reply: Reply, now: datetime, *, key: str | None, priority: Priority
) -> None:
    message = house.renderer.render(reply, parent.speaks)
    outbox.write(
        session, [message], channel=parent.channel, address=parent.address, now=now,
        kind="person", priority=priority, key=key,
    )  # fmt: skip
