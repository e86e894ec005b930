"""A sick child and care, both ways: 'fever 39, may she still come tomorrow?', and care booked while a child is ill."""

from __future__ import annotations

from datetime import timedelta

from bot.dialogue.care.form import BookingForm
from bot.dialogue.care.replies import what_line
from bot.dialogue.care.words import name_of
from bot.dialogue.desk import Desk
from bot.dialogue.reply import Button, Reply, Say, rows, say
from bot.dialogue.turn import Turn
from nlu.phrases.booking_talk import asks_if_a_sick_child_may_come, is_about_illness
from scheduler.care.model.booking import Party, State
from scheduler.care.model.errors import CareError

SOON = timedelta(hours=48)


def may_come(turn: Turn, desk: Desk) -> Reply | None:
    """The centre's rule when the message asks it; None when it does not."""
    if not asks_if_a_sick_child_may_come(turn.text):
        return None
    return _rule(turn, desk, next(iter(_soon(turn, desk)), None), _held_at(turn, desk))


def about_care(turn: Turn, desk: Desk) -> Reply | None:
    """Below guidance on an illness: the booking of the next two days, if there is one."""
    if not is_about_illness(turn.text):
        return None
    soon = _soon(turn, desk)
    return _rule(turn, desk, soon[0]) if soon else None


def _held_at(turn: Turn, desk: Desk) -> int | None:
    """The centre of the place that is held in an open booking."""
    form = BookingForm.of(turn.conversation, turn.now)
    if form is None or form.held is None:
        return None
    try:
        return desk.party(form.held)[0].centre_id
    except CareError:
        return None


def _soon(turn: Turn, desk: Desk) -> list[Party]:
    return [
        p
        for p in desk.bookings()
        if p[0].state is State.BOOKED and p[0].room_id is not None and p[0].starts_at < turn.now + SOON
    ]


def _rule(turn: Turn, desk: Desk, party: Party | None, held_at: int | None = None) -> Reply:
    centre_id = party[0].centre_id if party is not None else held_at
    if centre_id is None:
        return Reply((say("booking.sick_general"),))
    centre = desk.centre(centre_id).centre
    parts: list[Say] = []
    own_rules = centre.rules.get(turn.language.value)
    if own_rules:
        rules = "\n".join(f"· {r}" for r in own_rules)
        parts.append(say("booking.sick_rules", name=name_of(centre, turn), rules=rules))
    elif centre.fever_limit is not None and centre.well_for_hours is not None:
        parts.append(
            say(
                "booking.sick_rule", name=name_of(centre, turn), limit=f"{centre.fever_limit:g}",
                hours=centre.well_for_hours,
            )
        )  # fmt: skip
    else:
        parts.append(say("booking.sick_general"))
    if party is None:
        return Reply(tuple(parts))
    parts.append(say("booking.sick_booking", what=what_line(turn, desk, party)))
    buttons = rows(
        Button(say("booking.sick_away"), f"away:{party[0].party_id}"),
        Button(say("booking.change_time"), f"shift:{party[0].party_id}"),
        Button(say("booking.sick_wait"), f"mine:{party[0].party_id}"),
    )
    return Reply(tuple(parts), buttons)
