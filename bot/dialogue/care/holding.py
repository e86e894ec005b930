"""A place is held for ten minutes and shown; or it is said why not; or it is given back."""

from __future__ import annotations

from dataclasses import replace

from bot.core.families.model import Child
from bot.dialogue.care.confirming import done, search_again
from bot.dialogue.care.form import BookingForm, kept
from bot.dialogue.care.replies import held_reply, refused
from bot.dialogue.desk import Desk
from bot.dialogue.reply import Reply, Say, say
from bot.dialogue.turn import Outcome, Turn
from scheduler.care.model.booking import Party, State
from scheduler.care.model.errors import CareError, RoomFull
from scheduler.care.model.search import Offer, Wish


def hold(
    turn: Turn,
    desk: Desk,
    form: BookingForm,
    children: tuple[Child, ...],
    offer: Offer | Wish,
    *,
    key: str,
    first: tuple[Say, ...] = (),
) -> Outcome:
    """Hold the places and show them; a refusal says why and keeps the form."""
    try:
        party = desk.hold(offer, children, key)
    except RoomFull:
        return kept(turn, form, Reply((say("booking.just_taken"),), search_again()), first)
    except CareError as error:
        return kept(turn, form, refused(error), first)
    return show_party(turn, desk, form, party, first=first)


def show_party(turn: Turn, desk: Desk, form: BookingForm, party: Party, *, first: tuple[Say, ...] = ()) -> Outcome:
    """A held party waits for the tap; one that is booked already (a late double tap) is shown as booked."""
    state = party[0].state
    if state is State.BOOKED:
        return done(turn, desk, party)
    if state is not State.HELD or (party[0].held_until or turn.now) <= turn.now:
        return kept(turn, replace(form, held=None), Reply((say("booking.hold_over"),), search_again()), first)
    form = replace(form, held=party[0].party_id, day=party[0].local_start.date().isoformat())
    return kept(turn, form, held_reply(turn, desk, party, _other_hours(turn, form, party)), first)


def _other_hours(turn: Turn, form: BookingForm, party: Party) -> tuple[str, str] | None:
    """The hours asked for, when what is held is the whole block around them."""
    start, end = form.start(turn.zone), form.end(turn.zone)
    if start is None or end is None or form.group is not None:
        return None
    same = (start, end) == (party[0].starts_at, party[0].ends_at)
    return None if same else (f"{start:%H:%M}", f"{end:%H:%M}")


def release(desk: Desk, party_id: str) -> None:
    """Give a hold back; one that is over already is no matter."""
    try:
        if desk.party(party_id)[0].state is State.HELD:
            desk.cancel(party_id)
    except CareError:
        return
