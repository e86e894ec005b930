"""The waiting line: joining, where one stands, an offer taken or declined."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.care import booking, holding, my_bookings
from bot.dialogue.care.form import BookingForm, kept, known_children
from bot.dialogue.care.offers import hold_key, wish_of
from bot.dialogue.care.replies import refused, what_line
from bot.dialogue.desk import Desk
from bot.dialogue.reply import Button, Reply, Route, rows, say
from bot.dialogue.turn import Outcome, Press, Turn
from scheduler.care.model.booking import Party, State
from scheduler.care.model.errors import CareError, PlaceStillFree


def by_sentence(turn: Turn, desk: Desk) -> Outcome:
    """'Where am I in the line', 'put me on the list': the line, the open form, or how it works."""
    waiting = [p for p in desk.bookings() if p[0].state is State.WAITLISTED]
    if waiting:
        lines = [my_bookings.line(turn, desk, p) for p in waiting[: my_bookings.SHOWN]]
        buttons = [Button(say("booking.leave_line"), f"uncare:{p[0].party_id}") for p in waiting[: my_bookings.SHOWN]]
        return Outcome((Reply(tuple(lines), rows(*buttons)),), turn.conversation, Route.BOOKING)
    form = BookingForm.of(turn.conversation, turn.now)
    if form is not None or (turn.understood.when is not None and turn.understood.when.says_anything):
        return booking.by_sentence(turn, desk)
    ways = rows(Button(say("talk.menu_book"), "book"), Button(say("talk.menu_groups"), "groups"), width=2)
    return Outcome((Reply((say("booking.not_waiting"),), ways),), turn.conversation, Route.BOOKING)


def on_wait(turn: Turn, press: Press, desk: Desk) -> Outcome:
    form = BookingForm.of(turn.conversation, turn.now) or BookingForm.begin(turn.now)
    children = known_children(turn, form)
    wish = wish_of(press, children or ())
    if wish is None or not children or not turn.parent.consented:
        return booking.go_on(turn, desk, form)
    try:
        party = desk.wait(wish, f"w{hold_key(turn, wish, press.argument(4))}")
    except PlaceStillFree:
        return holding.hold(turn, desk, form, children, wish, key=hold_key(turn, wish, press.argument(4)))
    except CareError as error:
        return kept(turn, form, refused(error))
    return waits(turn, desk, party)


def waits(turn: Turn, desk: Desk, party: Party) -> Outcome:
    if party[0].state is not State.WAITLISTED:
        return my_bookings.show_one(turn, desk, party)
    place = desk.line_of(party[0].party_id)
    reply = Reply(
        (say("booking.waiting", place=place, what=what_line(turn, desk, party)),),
        rows(Button(say("booking.leave_line"), f"uncare:{party[0].party_id}")),
    )
    return Outcome((reply,), replace(turn.conversation.asked(), form={}), Route.BOOKING)


def on_decline(turn: Turn, press: Press, desk: Desk) -> Outcome:
    """An offer is not wanted: the next in line gets it at once."""
    try:
        desk.cancel(press.argument(), why="declined")
    except CareError as error:
        return Outcome((refused(error),), turn.conversation, Route.BOOKING)
    return Outcome((Reply((say("booking.declined"),)),), turn.conversation, Route.BOOKING)
