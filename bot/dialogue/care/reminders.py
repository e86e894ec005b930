"""What a family is reminded of about a booking: the day before, two hours before, and before a held place is let go.

The booking is read when the words are made: one that is no longer as planned is not spoken of.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.dialogue.care.replies import what_line, whereabouts
from bot.dialogue.care.words import clock_words
from bot.dialogue.desk import CareDesk
from bot.dialogue.reply import Button, Reply, Route, Rows, Say, rows, say
from bot.dialogue.turn import Outcome, Press, Turn
from scheduler.care.model.booking import Party, State
from scheduler.care.model.errors import CareError

LATE_MINUTES = 15


def booking_words(turn: Turn, desk: CareDesk, payload: dict[str, Any]) -> Reply | None:
    """The reminder, or None when these hours are no longer booked."""
    starts_at = datetime.fromisoformat(str(payload["starts_at"]))
    party = _party(desk, payload)
    lines = tuple(b for b in party if b.state is State.BOOKED and b.starts_at == starts_at)
    if not lines or starts_at <= turn.now:
        return None
    first = lines[0]
    centre = desk.centre(first.centre_id).centre if first.centre_id is not None else None
    _, address, _, venue = whereabouts(turn, desk, lines, centre)
    today = first.local_start.date() == turn.now.astimezone(first.local_start.tzinfo).date()
    parts: list[Say] = [say("reminders.booking_today" if today else "reminders.booking_ahead",
                            what=what_line(turn, desk, lines), start=clock_words(starts_at, first.zone))]  # fmt: skip
    if address:
        phone = centre.phone if centre else ""
        parts.append(say("booking.address_phone" if phone else "booking.address", address=address, phone=phone))
    if centre is not None and first.group_session_id is None:
        bring = centre.bring.get(turn.language.value) or ()
        if bring:
            parts.append(say("booking.bring", things=list(bring)))
    return Reply(tuple(parts), _buttons(lines, today=today), venue=venue)


def _buttons(party: Party, *, today: bool) -> Rows:
    first = party[0].party_id
    coming = Button(say("reminders.coming"), f"coming:{first}:{int(party[0].starts_at.timestamp()) // 60}")
    away = Button(say("reminders.not_coming"), f"away:{first}" if today and len(party) == 1 else f"uncare:{first}")
    if party[0].group_session_id is not None:
        return rows(coming, away, width=2)
    if today:
        return ((coming, away), (Button(say("booking.late", minutes=LATE_MINUTES), f"late:{first}:{LATE_MINUTES}"),))
    return ((coming, away), (Button(say("booking.change_time"), f"shift:{first}"),))


def hold_words(turn: Turn, desk: CareDesk, payload: dict[str, Any]) -> Reply | None:
    """'Your place is kept for three more minutes'; None when it was booked or let go meanwhile."""
    held = tuple(b for b in _party(desk, payload) if b.state is State.HELD)
    if not held or held[0].held_until is None or held[0].held_until <= turn.now:
        return None
    first = held[0]
    until = clock_words(held[0].held_until, first.zone)
    no = Button(say("booking.offer_no"), f"decline:{first.party_id}")
    buttons = (Button(say("booking.confirm"), f"ok:{first.party_id}"), *([no] if first.is_offer else []))
    return Reply((say("reminders.hold_ends", until=until, what=what_line(turn, desk, held)),), rows(*buttons))


def _party(desk: CareDesk, payload: dict[str, Any]) -> Party:
    try:
        return desk.party(str(payload["party"]))
    except CareError:
        return ()


def on_coming(turn: Turn, press: Press, desk: CareDesk) -> Outcome:
    """'We are coming': the centre sees it, and the parent reads when."""
    minute = press.argument(1)
    starts_at = datetime.fromtimestamp(int(minute) * 60, UTC) if minute.isdigit() and len(minute) < 10 else None
    try:
        party = desk.will_come(press.argument(), starts_at)
    except CareError:
        return Outcome((Reply((say("booking.not_found"),)),), turn.conversation, Route.BOOKING)
    start = clock_words(party[0].starts_at, party[0].zone)
    return Outcome((Reply((say("reminders.see_you", start=start),)),), turn.conversation, Route.BOOKING)
