"""Each morning a notice to the staff of a centre: how many children come, when the first, and whether adults are short.

No names and no ages: the list itself is in the console.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bot.core.staff.model import Action, Actor
from bot.core.staff.service import actor_of
from bot.dialogue.reply import Say, say
from bot.house import House
from bot.notices import staff_who_may, tell
from scheduler.care.centre_side.day import centre_day
from scheduler.care.model.booking import State
from scheduler.care.model.day import CentreDay
from scheduler.care.model.errors import UnknownCentre

BEFORE_OPENING = timedelta(hours=1)
_COMING = frozenset({State.BOOKED, State.ATTENDED})


def of_the_day(house: House) -> int:
    """From an hour before a centre opens until it is open: one notice to each of its staff; returns how many."""
    now = house.clock()
    written = 0
    with house.database.read() as session:
        people = [(row, actor_of(row)) for row in staff_who_may(house, session, Action.CENTRE_DAY)]
    people = [(row, actor) for row, actor in people if row.telegram_chat or row.email]
    for row, actor in people:
        for centre_id in sorted(actor.centre_ids):
            with house.database.begin() as session:
                day = _day_to_tell(session, actor, centre_id, now)
                if day is not None:
                    key = f"day:{centre_id}:{day.day}:{row.id[:8]}"
                    link = f"{house.settings.address}/console/centres/{centre_id}"
                    written += tell(house, session, [row], words(day, row.language, link), now, key=key)
    return written


def _day_to_tell(session: Session, actor: Actor, centre_id: str, now: datetime) -> CentreDay | None:
    try:
        day = centre_day(session, actor, int(centre_id), None, now)
    except (UnknownCentre, ValueError):
        return None
    opens = day.first
    return day if opens is not None and opens - BEFORE_OPENING <= now < opens + BEFORE_OPENING else None


def words(day: CentreDay, language: str, link: str) -> Say:
    """The first line is the subject of the e-mail."""
    coming = [line.booking for line in day.lines if line.booking.state in _COMING]
    name = day.centre.called(language)
    if not coming and not day.groups:
        return say("console_centre_morning.nobody", centre=name, link=link)
    zone = ZoneInfo(day.centre.zone)
    first = min((b.starts_at for b in coming), default=None)
    parts = [say("console_centre_morning.children", count=len({b.child_id or b.id for b in coming}))]
    if first is not None:
        parts.append(say("console_centre_morning.first", clock=f"{first.astimezone(zone):%H:%M}"))
    if day.said_coming:
        parts.append(say("console_centre_morning.coming", count=day.said_coming))
    if day.groups:
        parts.append(say("console_centre_morning.groups", count=len(day.groups)))
    if day.waiting:
        parts.append(say("console_centre_morning.waiting", count=day.waiting))
    if not all(room.ratio_kept for room in day.rooms):
        parts.append(say("console_centre_morning.short"))
    return say("console_centre_morning.day", centre=name, lines=parts, link=link)
