"""Use cases of knocking: a browser asks for it, and letters that nobody has fetched are knocked for.

A knock is a row of the outbox, channel "push", with the priority and the kind of the letter that it is for; several
letters that wait together are one knock. It waits for the end of the quiet hours as its kind does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.orm import Session

from bot.core.families import service as families
from bot.core.families.store import ParentRow
from bot.core.ids import new_id
from bot.delivery.store import OutboxRow
from bot.push.places import checked
from bot.push.sealing import read_keys
from bot.push.store import PushSubscriptionRow
from scheduler.reminders.model import Kind
from scheduler.reminders.quiet import MANNER, Manner, QuietHours
from scheduler.reminders.service import choices

CHANNEL, FETCHED = "push", "web"
MOST = 5
"""Browsers of one parent."""
PATIENCE = timedelta(seconds=35)  # an open chat page has fetched a letter by then
USEFUL = timedelta(hours=24)


def subscribe(
    session: Session, parent_id: str, endpoint: str, p256dh: str, auth: str, now: datetime, *, stand_in: str = ""
) -> None:
    """Knock at this browser from now on; again changes nothing. Raises NotAllowed, BadKey."""
    checked(endpoint, stand_in=stand_in)
    read_keys(p256dh, auth)
    row = session.scalar(select(PushSubscriptionRow).where(PushSubscriptionRow.endpoint == endpoint))
    if row is None:
        newest = session.scalar(select(func.max(OutboxRow.id))) or 0
        row = PushSubscriptionRow(
            id=new_id(), parent_id=parent_id, endpoint=endpoint, p256dh=p256dh, auth=auth, knocked_up_to=newest,
            created_at=now,
        )  # fmt: skip
        session.add(row)
    row.parent_id, row.p256dh, row.auth = parent_id, p256dh, auth
    session.flush()
    mine = select(PushSubscriptionRow.id).where(PushSubscriptionRow.parent_id == parent_id)
    for old in session.scalars(mine.order_by(PushSubscriptionRow.created_at.desc()).offset(MOST)).all():
        drop(session, old)


def unsubscribe(session: Session, parent_id: str, endpoint: str) -> None:
    """No more knocks at this browser."""
    row = session.scalar(
        select(PushSubscriptionRow).where(
            PushSubscriptionRow.endpoint == endpoint, PushSubscriptionRow.parent_id == parent_id
        )
    )
    if row is not None:
        drop(session, row.id)


def drop(session: Session, subscription_id: str) -> None:
    """The browser is gone, and the knocks that it did not get."""
    session.execute(delete(PushSubscriptionRow).where(PushSubscriptionRow.id == subscription_id))
    session.execute(
        delete(OutboxRow).where(
            OutboxRow.channel == CHANNEL, OutboxRow.address == subscription_id, OutboxRow.state == "pending"
        )
    )


def knock(session: Session, now: datetime) -> int:
    """Write knocks for the letters that wait on chat pages; how many."""
    rows = session.execute(
        select(PushSubscriptionRow, OutboxRow)
        .join(ParentRow, ParentRow.id == PushSubscriptionRow.parent_id)
        .join(OutboxRow, (OutboxRow.channel == ParentRow.channel) & (OutboxRow.address == ParentRow.address))
        .where(ParentRow.channel == FETCHED, OutboxRow.id > PushSubscriptionRow.knocked_up_to, *_waits(now))
        .order_by(PushSubscriptionRow.id, OutboxRow.id)
    ).all()
    waiting: dict[str, tuple[PushSubscriptionRow, list[OutboxRow]]] = {}
    for subscription, letter in rows:
        waiting.setdefault(subscription.id, (subscription, []))[1].append(letter)
    return sum(_knock_once(session, *one, now) for one in waiting.values())


def _waits(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Letters that are no answers, and that nobody has fetched for a while."""
    fresh = or_(OutboxRow.expires_at.is_(None), OutboxRow.expires_at > now)
    return (
        OutboxRow.state == "pending",
        OutboxRow.inbox_id.is_(None),
        OutboxRow.due_at <= now - PATIENCE,
        fresh,
    )


def _knock_once(
    session: Session, subscription: PushSubscriptionRow, letters: Sequence[OutboxRow], now: datetime
) -> int:
    """One knock for what may come now, and one for what waits for the morning."""
    parent = families.parent_by_id(session, subscription.parent_id)
    if parent is None:
        return 0
    quiet, zone = choices.choice_of(session, parent.id).quiet or QuietHours(), parent.zone
    groups: dict[datetime, list[OutboxRow]] = {}
    for letter in letters:
        groups.setdefault(now if _stays(letter.kind) else quiet.ends_after(now, zone), []).append(letter)
    for due_at, together in groups.items():
        ends = max(letter.expires_at or now + USEFUL for letter in together)
        silent_from = quiet.next_start(due_at, zone)
        if silent_from is not None and not any(_stays(letter.kind) for letter in together):
            ends = min(ends, silent_from)
        if due_at < ends:
            session.add(_row(subscription, together, due_at, ends, now))
    subscription.knocked_up_to = max(letter.id for letter in letters)
    session.flush()
    return len(groups)


def _row(
    subscription: PushSubscriptionRow, letters: Sequence[OutboxRow], due_at: datetime, ends: datetime, now: datetime
) -> OutboxRow:
    first = min(letters, key=lambda letter: letter.priority)
    return OutboxRow(
        key=f"push:{subscription.id}:{letters[-1].id}", channel=CHANNEL, address=subscription.id, kind=first.kind,
        priority=first.priority, payload={"letters": [letter.id for letter in letters]}, due_at=due_at,
        expires_at=ends, created_at=now,
    )  # fmt: skip


def _stays(kind: str) -> bool:
    """Whether a letter of this kind may come in the night: all but the reminders that wait for the morning."""
    name = kind.removeprefix("remind_")
    return name == kind or name not in set(Kind) or MANNER[Kind(name)] is Manner.STAYS


def still_waits(session: Session, letters: Sequence[int]) -> bool:
    """Whether any of these letters was neither fetched nor taken back."""
    query = select(OutboxRow.id).where(OutboxRow.id.in_(list(letters)), OutboxRow.state == "pending")
    return session.scalar(query.limit(1)) is not None
