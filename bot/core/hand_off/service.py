"""Use cases of hand-offs. They take a Session and never commit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.families.store import ParentRow
from bot.core.hand_off.model import TeamHours
from bot.core.hand_off.store import HandOffLineRow, HandOffRow
from bot.core.ids import new_id


class HandOffError(Exception):
    """Something that the rules of hand-offs do not allow."""


class AlreadyClaimed(HandOffError):
    """A colleague has this chat."""


class NotOpen(HandOffError):
    """The chat has been released."""


def hand_over(session: Session, parent_id: str, text: str, hours: TeamHours, now: datetime) -> HandOffRow:
    """Open a hand-off for this parent; the open one if there is one."""
    row = open_for(session, parent_id)
    if row is None:
        row = HandOffRow(
            id=new_id(),
            parent_id=parent_id,
            state="waiting",
            opened_at=now,
            reply_by=hours.reply_by(now),
            claimed_by="",
        )
        session.add(row)
        session.flush()
    add_line(session, row.id, "parent", text, now)
    return row


def open_for(session: Session, parent_id: str) -> HandOffRow | None:
    return session.scalars(
        select(HandOffRow).where(HandOffRow.parent_id == parent_id, HandOffRow.state != "released").limit(1)
    ).first()


def is_with_a_person(session: Session, channel: str, address: str) -> bool:
    """Whether the parent at this address waits for, or talks to, a person."""
    parent = select(ParentRow.id).where(ParentRow.channel == channel, ParentRow.address == address)
    open_one = select(HandOffRow.id).where(HandOffRow.parent_id.in_(parent), HandOffRow.state != "released")
    return session.scalar(open_one.limit(1)) is not None


def open_hand_offs(session: Session) -> Sequence[HandOffRow]:
    """Everything that waits or is being answered, the earliest promise first."""
    return session.scalars(select(HandOffRow).where(HandOffRow.state != "released").order_by(HandOffRow.reply_by)).all()


def lines_of(session: Session, hand_off_id: str) -> Sequence[HandOffLineRow]:
    return session.scalars(
        select(HandOffLineRow).where(HandOffLineRow.hand_off_id == hand_off_id).order_by(HandOffLineRow.id)
    ).all()


def add_line(session: Session, hand_off_id: str, author: str, text: str, now: datetime) -> None:
    if text.strip():
        session.add(HandOffLineRow(hand_off_id=hand_off_id, at=now, author=author, text=text[:4000]))


def note(session: Session, hand_off_id: str, author: str, text: str, now: datetime) -> None:
    """For the team only: the parent is not sent it (but finds it in an export of what is kept)."""
    if text.strip():
        session.add(HandOffLineRow(hand_off_id=hand_off_id, at=now, author=author, text=text[:4000], kind="note"))


def claim(session: Session, hand_off_id: str, who: str, who_id: str = "") -> HandOffRow:
    """Take a chat; raises AlreadyClaimed, NotOpen. `who_id` tells two people of one name apart."""
    row = session.get_one(HandOffRow, hand_off_id, with_for_update=True, populate_existing=True)
    if row.state == "released":
        raise NotOpen(hand_off_id)
    mine = row.claimed_by_id == who_id and (bool(who_id) or row.claimed_by == who)
    if row.state == "claimed" and not mine:
        raise AlreadyClaimed(row.claimed_by)
    row.state, row.claimed_by, row.claimed_by_id = "claimed", who, who_id
    return row


def take_over(session: Session, hand_off_id: str, who: str, who_id: str) -> HandOffRow:
    """From a colleague whose shift ends; raises NotOpen."""
    row = session.get_one(HandOffRow, hand_off_id, with_for_update=True, populate_existing=True)
    if row.state == "released":
        raise NotOpen(hand_off_id)
    row.state, row.claimed_by, row.claimed_by_id = "claimed", who, who_id
    return row


def reply(session: Session, hand_off_id: str, who: str, text: str, now: datetime, who_id: str = "") -> HandOffRow:
    """A team member answers; claims the chat if nobody has."""
    row = claim(session, hand_off_id, who, who_id)
    row.first_reply_at = row.first_reply_at or now
    add_line(session, hand_off_id, who, text, now)
    return row


def release(session: Session, hand_off_id: str, now: datetime) -> HandOffRow:
    """Back to the bot; releasing twice changes nothing."""
    row = session.get_one(HandOffRow, hand_off_id, with_for_update=True, populate_existing=True)
    if row.state != "released":
        row.state, row.released_at = "released", now
    return row
