"""A booking moves to another time: which one, the form that knows all but its new time, and the tap that moves it."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.care import booking
from bot.dialogue.care.form import BookingForm, kept, with_time
from bot.dialogue.care.my_bookings import choose, show_all, talked_about
from bot.dialogue.care.offers import hold_key, wish_of
from bot.dialogue.care.replies import booked_reply, refused, what_line
from bot.dialogue.care.words import party_times
from bot.dialogue.desk import Desk
from bot.dialogue.reply import Route, say
from bot.dialogue.turn import Outcome, Press, Turn
from nlu.phrases.times import meant
from scheduler.care.model.booking import Party, State
from scheduler.care.model.errors import CareError


def change_by_sentence(turn: Turn, desk: Desk) -> Outcome:
    """'Move it to Friday at nine': with one booking that one, else a choice."""
    parties = [p for p in desk.bookings() if p[0].state is State.BOOKED and p[0].group_session_id is None]
    if not parties:
        return show_all(turn, desk)
    when = turn.understood.when
    if len(parties) > 1 and when is not None and when.change and when.also:
        old = when.also[0]
        day = old.start.date() if old.start else old.day
        parties = [p for p in parties if p[0].local_start.date() == day] or parties
    parties = talked_about(turn, parties)
    if len(parties) > 1:
        return choose(turn, desk, parties, "shift")
    return move(turn, desk, parties[0])


def on_shift(turn: Turn, press: Press, desk: Desk) -> Outcome:
    try:
        return move(turn, desk, desk.party(press.argument()))
    except CareError as error:
        return Outcome((refused(error),), turn.conversation, Route.BOOKING)


def move(turn: Turn, desk: Desk, party: Party) -> Outcome:
    """A form that knows all of the booking but its new time."""
    first = party[0]
    length = int((first.ends_at - first.starts_at).total_seconds() // 60)
    form = BookingForm.begin(
        turn.now,
        children=tuple(dict.fromkeys(b.child_id for b in party if b.child_id)),
        centre=first.centre_id,
        kind=first.kind.value if first.kind else None,
        minutes=length,
        moving=first.party_id,
    )
    when = turn.understood.when
    if when is not None and when.says_anything:
        said = meant(when)
        if (said.day is None and said.start is None) or said.clock is not None:
            form = replace(form, day=first.local_start.date().isoformat())
        form = with_time(form, said, turn)
        if form.clock is None and form.part is None:
            form = replace(form, clock=f"{first.local_start:%H:%M}")
    words = (say("booking.moving", when=party_times(party)[0]),)
    return booking.go_on(turn, desk, form, first=words)


def on_move_to(turn: Turn, press: Press, desk: Desk) -> Outcome:
    form = BookingForm.of(turn.conversation, turn.now)
    children = tuple(c for c in turn.parent.children if form is not None and c.id in form.children)
    wish = wish_of(press, children)
    if form is None or form.moving is None or wish is None or not children:
        return show_all(turn, desk)
    try:
        party = desk.move(form.moving, wish, f"{form.moving}:{hold_key(turn, wish, press.argument(4))[-36:]}")
    except CareError as error:
        return kept(turn, form, refused(error))
    replies = booked_reply(turn, desk, party)
    moved = say("booking.moved", code=party[0].code, what=what_line(turn, desk, party))
    replies[0] = replace(replies[0], parts=(moved, *replies[0].parts[1:]))
    return Outcome(tuple(replies), replace(turn.conversation.asked(), form={}, party=party[0].party_id), Route.BOOKING)
