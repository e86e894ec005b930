"""The tap that books a held place, and what is shown then."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.care.form import BookingForm, kept
from bot.dialogue.care.replies import booked_reply, card_first, refused
from bot.dialogue.desk import Desk
from bot.dialogue.reply import Button, Reply, Route, rows, say
from bot.dialogue.turn import Outcome, Press, Turn
from scheduler.care.model.booking import Party
from scheduler.care.model.errors import CareError, HealthFormMissing, HoldExpired, WrongStep


def on_confirm(turn: Turn, press: Press, desk: Desk) -> Outcome:
    """The tap that books: also accepts an offer of the waiting list, and says that the health card still holds."""
    return confirm(turn, desk, press.argument())


def confirm(turn: Turn, desk: Desk, party_id: str) -> Outcome:
    form = BookingForm.of(turn.conversation, turn.now)
    try:
        party = desk.confirm(party_id)
    except HealthFormMissing as error:
        child_id = error.child_ids[0]
        conversation = turn.conversation.asking("health_card_consent", party=party_id, child=child_id)
        return Outcome((card_first(turn, desk, party_id, child_id),), conversation, Route.BOOKING)
    except HoldExpired:
        return kept(
            turn, replace(form or BookingForm.begin(turn.now), held=None),
            Reply((say("booking.hold_over"),), search_again()),
        )  # fmt: skip
    except CareError as error:
        reply = refused(error) if not isinstance(error, WrongStep) else Reply((say("booking.is_over"),), mine_button())
        return Outcome((reply,), turn.conversation, Route.BOOKING)
    for child_id in {b.child_id for b in party if b.child_id}:
        desk.confirm_health_form(child_id)
    return done(turn, desk, party)


def done(turn: Turn, desk: Desk, party: Party) -> Outcome:
    """Booked: what, where, the code, what to bring; the form is closed."""
    conversation = replace(turn.conversation.asked(), form={}, put_off={}, party=party[0].party_id)
    return Outcome(tuple(booked_reply(turn, desk, party)), conversation, Route.BOOKING)


def mine_button() -> tuple[tuple[Button, ...], ...]:
    return rows(Button(say("booking.my_bookings"), "bookings"))


def search_again() -> tuple[tuple[Button, ...], ...]:
    return rows(
        Button(say("booking.search_again"), "again"), Button(say("booking.other_time"), "when"),
        Button(say("booking.leave_it"), "stopbook"),
    )  # fmt: skip
