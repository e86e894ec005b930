"""From a reminder to a letter in the outbox: who reads it, whether it is still wanted, and its words.

One function, `send_reminder(house, id)`, does it wherever it runs: in `sprout run` and in `sprout worker`.
A claimed reminder becomes `handed` in the transaction that writes its letter; a crash before that leaves it claimed
until the lease is over, a crash after it leaves a letter that is sent once. Words are made now and not when it was
planned, from the rows as they are: what was cancelled or done meanwhile has no words, and is not sent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.core.families import service as families
from bot.core.families.store import ParentRow
from bot.core.logs import places
from bot.delivery import outbox
from bot.delivery.outbox import Priority
from bot.desk import HouseDesk
from bot.dialogue import reminders as own_words
from bot.dialogue.care import reminders as care_words
from bot.dialogue.desk import Desk
from bot.dialogue.plan.reminder import plan_words
from bot.dialogue.reply import Reply
from bot.dialogue.tips import tip_words
from bot.dialogue.turn import Turn, reading
from bot.house import House
from scheduler.reminders import service
from scheduler.reminders.model import RANK, Kind, State
from scheduler.reminders.quiet import MANNER, Manner, QuietHours
from scheduler.reminders.service import choices, own
from scheduler.reminders.service.claiming import LEASE

log = logging.getLogger("sprout.reminders")

BATCH, BATCHES = 50, 10  # claimed at a time, and in one look
Words = Callable[[Turn, Desk, dict[str, Any]], Reply | None]

WORDS: dict[Kind, Words] = {
    Kind.BOOKING: care_words.booking_words,
    Kind.HOLD: care_words.hold_words,
    Kind.OWN: own_words.own_words,
    Kind.FOLLOW_UP: own_words.follow_up_words,
    Kind.PLAN: plan_words,
    Kind.TIP: tip_words,
}
"""How each kind is put into words; None as an answer: there is nothing to say any more."""

_ABOUT_A_CHILD = frozenset({Kind.PLAN, Kind.TIP, Kind.FOLLOW_UP})
FETCHED = frozenset({"web"})
"""Channels that are read when the parent comes by: nobody is woken, and a letter waits there until its end."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one look did."""

    handed: int = 0
    settled: int = 0
    expired: int = 0


def send_reminder(house: House, reminder_id: int) -> bool:
    """Write the letter of a claimed reminder; whether one was written. Safe to call again at any time."""
    with house.database.begin() as session:
        return hand_over(house, session, reminder_id, house.clock())


def hand_over(house: House, session: Session, reminder_id: int, now: datetime) -> bool:
    """The same within a transaction of the caller."""
    row = service.claimed_row(session, reminder_id, now)
    if row is None:
        return False
    kind = Kind(row.kind)
    parent = families.parent_by_id(session, row.parent_id or "")
    if parent is None:
        service.close(row, State.CANCELLED, "nobody", now)
        return False
    choice = choices.choice_of(session, parent.id)
    if not choice.wants(kind):
        service.close(row, State.CANCELLED, "off", now)
        return False
    if kind in _ABOUT_A_CHILD and families.mourns(session, parent.family_id):
        service.close(row, State.CANCELLED, "loss", now)
        return False
    if session.get_one(ParentRow, parent.id).blocked_at is not None:
        service.close(row, State.SUSPENDED, "blocked", now)
        return False
    quiet = choice.quiet or QuietHours()
    if MANNER[kind] is not Manner.STAYS and quiet.holds_at(now, parent.zone) and parent.channel not in FETCHED:
        service.later(row, quiet.ends_after(now, parent.zone), now)
        return False
    reply = WORDS[kind](reading(parent, now), HouseDesk(house, session, parent, now), {**row.payload, "id": row.id})
    if reply is None:
        service.close(row, State.CANCELLED, "over", now)
        return False
    ends = row.expires_at if parent.channel in FETCHED else service.until_when(row, quiet, parent.zone, now)
    letter = outbox.write(
        session, [house.renderer.render(reply, parent.speaks)], channel=parent.channel, address=parent.address,
        now=now, kind=letter_kind(kind), priority=Priority(RANK[kind]),
        key=f"reminder:{row.id}:{row.letters}", expires_at=ends,
    )[0]  # fmt: skip
    service.handed(row, letter.id)
    return True


def letter_kind(kind: Kind) -> str:
    """The kind of its rows in the outbox; outbox.REPEATED says which are sent again when their fate is unknown."""
    return f"remind_{kind.value}"


def look(
    house: House, *, batch: int = BATCH, lease: timedelta = LEASE, stop: Callable[[], bool] = lambda: False
) -> Round:
    """One tick: settle what was sent, let go what is too late, write the letters of all that is due."""
    now = house.clock()
    with house.database.begin() as session:
        service.free_leases(session, now)
        settled, expired = service.settle(session, now), service.expire(session, now)
    handed = 0
    for _ in range(BATCHES):  # then the fate of those that were sent meanwhile is read
        ids = claim(house, batch, lease) if not stop() else []
        if not ids:
            break
        handed += write_letters(house, ids)
    return Round(handed, settled, expired)


def tend(house: House) -> None:
    """What need not be looked at every second: next times of own reminders, letters that nobody will read in time."""
    now = house.clock()
    with house.database.begin() as session:
        own.plan_ahead(session, now)
        service.expire_letters(session, now)
        service.suspend(session)


def claim(house: House, most: int, lease: timedelta = LEASE) -> list[int]:
    """Looks without a lock first."""
    now = house.clock()
    with house.database.read() as session:
        if not service.is_due(session, now):
            return []
    with house.database.begin() as session:
        return service.claim_due(session, now, most=most, lease=lease)


def write_letters(house: House, ids: Sequence[int]) -> int:
    """The letters of claimed reminders, in one transaction; if one cannot be written, each in its own.

    The one that cannot is tried again when its lease is over.
    """
    try:
        with house.database.begin() as session:
            # In the order of their ids, as whoever cancels them: neither waits for the other in a circle.
            return sum(hand_over(house, session, reminder_id, house.clock()) for reminder_id in sorted(ids))
    except Exception as error:
        log.warning("reminders.one_by_one error=%s", type(error).__name__)
    written = 0
    for reminder_id in ids:
        try:
            written += send_reminder(house, reminder_id)
        except Exception as error:
            log.error("reminder.failed id=%s error=%s\n%s", reminder_id, type(error).__name__, places(error))
    return written
