"""What happened to bookings, told to the families: an offer of the waiting list, a place that was lost.

Written to the outbox in the transaction in which it happened, to every adult of the family, in the language of each.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.care_desk import CareHouseDesk, plan_reminders
from bot.core.db import tried_again
from bot.core.families import service as families
from bot.core.families.store import ParentRow
from bot.delivery import outbox
from bot.delivery.outbox import Priority
from bot.dialogue.care.news import news, note
from bot.dialogue.turn import reading
from bot.house import House
from scheduler.care import service as care
from scheduler.care.model.events import BookingMoved, CareEvent, OfferMade, Tell
from scheduler.reminders import service as reminders


def care_news(house: House, session: Session, now: datetime, by: str = "") -> Tell:
    """The listener of one transaction, of the parent `by` or of nobody in particular."""
    return partial(_tell, house, session, now, by)


def _tell(house: House, session: Session, now: datetime, by: str, event: CareEvent) -> None:
    party = event.new if isinstance(event, BookingMoved) else event.party
    _plan_reminders(session, event, now)
    if not party:
        return
    family = select(ParentRow.id).where(ParentRow.family_id == party[0].family_id, ParentRow.blocked_at.is_(None))
    for parent_id in session.scalars(family).all():
        parent = families.parent_by_id(session, parent_id)
        if parent is None:
            continue
        desk = CareHouseDesk(house, session, parent, now)
        reply = news(reading(parent, now), desk, event)
        if reply is None and by and parent.id != by:
            reply = note(reading(parent, now), desk, event)
        if reply is None:
            continue
        outbox.write(
            session, [house.renderer.render(reply, parent.speaks)], channel=parent.channel, address=parent.address,
            now=now, kind="booking",
            priority=Priority.WAITLIST_OFFER if isinstance(event, OfferMade) else Priority.BOOKING,
            key=f"{type(event).__name__}:{party[0].party_id}:{party[0].line}:{parent.id}",
            expires_at=event.until if isinstance(event, OfferMade) else None,
        )  # fmt: skip


def _plan_reminders(session: Session, event: CareEvent, now: datetime) -> None:
    """The reminders of a booking change with it, in the same transaction; read anew, so that any event will do."""
    party = event.new if isinstance(event, BookingMoved) else event.party
    if not party:
        return
    if isinstance(event, BookingMoved):
        reminders.cancel_for(session, event.old[0].party_id, now)
    first = party[0]
    if isinstance(event, OfferMade):
        adults = families.adults_of(session, first.family_id)
        reminders.plan_hold(session, first.party_id, adults, event.until, now, offered=True)
        return
    plan_reminders(session, first.party_id, first.family_id, now)


@tried_again
def sweep(house: House) -> int:
    """What time does by itself: holds and offers lapse, the line is served; returns what changed."""
    now = house.clock()
    with house.database.begin() as session:
        return care.sweep(session, now, house.care_news(session, now))


@tried_again
def open_days(house: House) -> int:
    """Places and meetings of the coming days, made ahead; returns how many were new."""
    with house.database.begin() as session:
        now = house.clock()
        return care.generate_cells(session, now) + care.generate_group_sessions(session, now)
