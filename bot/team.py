"""What the health team does that reaches a parent: answering a chat, releasing it, telling of a new answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.core import audit
from bot.core.families import service as families
from bot.core.families.model import Parent
from bot.core.hand_off import service as hand_offs
from bot.core.hand_off.store import HandOffRow
from bot.delivery import outbox
from bot.delivery.outbox import Priority
from bot.dialogue.reply import Card, Reply, say
from bot.house import House
from knowledge import questions


def claim(house: House, session: Session, hand_off_id: str, who: str, now: datetime) -> HandOffRow:
    """Take a chat and let the parent know who has it; raises AlreadyClaimed, NotOpen."""
    row = hand_offs.claim(session, hand_off_id, who)
    _write(house, session, row.parent_id, Reply((say("person.claimed", who=who),)), now, key=f"claim:{row.id}:{who}")
    audit.record(session, at=now, actor=f"staff:{who}", action="hand_off.claimed", subject=row.id)
    return row


def answer(house: House, session: Session, hand_off_id: str, who: str, text: str, now: datetime) -> HandOffRow:
    """A team member's words, delivered in the parent's channel."""
    row = hand_offs.reply(session, hand_off_id, who, text, now)
    reply = Reply((say("person.reply_from", who=who), say("danger.literal", text=text)))
    _write(house, session, row.parent_id, reply, now)
    audit.record(session, at=now, actor=f"staff:{who}", action="hand_off.answered", subject=row.id)
    return row


def release(house: House, session: Session, hand_off_id: str, who: str, now: datetime) -> HandOffRow:
    """Back to the bot, which says so."""
    row = hand_offs.release(session, hand_off_id, now)
    _write(house, session, row.parent_id, Reply((say("person.released"),)), now, key=f"released:{row.id}")
    audit.record(session, at=now, actor=f"staff:{who}", action="hand_off.released", subject=row.id)
    return row


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
    if not house.team_hours.open_at(now):
        return 0
    with house.database.read() as session:
        house.library.refresh(session)
        if not questions.to_tell(session):
            return 0
    with house.database.begin() as session:
        return tell_of_new_answers(house, session, now)


def _write(
    house: House, session: Session, parent_id: str, reply: Reply, now: datetime, *, key: str | None = None
) -> None:
    parent = families.parent_by_id(session, parent_id)
    if parent is not None:
        _send(house, session, parent, reply, now, key=key, priority=Priority.PERSON)


def _send(
    house: House, session: Session, parent: Parent, reply: Reply, now: datetime, *, key: str | None, priority: Priority
) -> None:
    message = house.renderer.render(reply, parent.speaks)
    outbox.write(
        session, [message], channel=parent.channel, address=parent.address, now=now,
        kind="person", priority=priority, key=key,
    )  # fmt: skip
