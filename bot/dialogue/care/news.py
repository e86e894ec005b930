"""What a family is told without having asked: its turn in the line, a place that was lost."""

from __future__ import annotations

from bot.dialogue.care.offers import nonce, take_press
from bot.dialogue.care.replies import what_line
from bot.dialogue.care.words import clock_words, offer_label
from bot.dialogue.desk import CareDesk
from bot.dialogue.reply import Button, Reply, rows, say
from bot.dialogue.turn import Turn
from scheduler.care.model.events import (
    BookingCancelled,
    BookingConfirmed,
    BookingMoved,
    CareEvent,
    OfferLapsed,
    OfferMade,
    PlaceLost,
    WaitEnded,
)


def news(turn: Turn, desk: CareDesk, event: CareEvent) -> Reply | None:
    """The message, or None for what the family did itself."""
    book = Button(say("talk.menu_book"), "book")
    match event:
        case OfferMade(party=party, until=until):
            words = say(
                "booking.offer_news", until=clock_words(until, party[0].zone), what=what_line(turn, desk, party)
            )
            yes, no = f"ok:{party[0].party_id}", f"decline:{party[0].party_id}"
            return Reply((words,), rows(Button(say("booking.offer_yes"), yes), Button(say("booking.offer_no"), no)))
        case OfferLapsed():
            return Reply((say("booking.offer_lapsed"),), rows(book))
        case WaitEnded():
            return Reply((say("booking.wait_ended"),), rows(book))
        case PlaceLost(party=party, alternatives=alternatives, waiting=waiting):
            parts = [say("booking.wait_lost" if waiting else "booking.place_lost", what=what_line(turn, desk, party))]
            if alternatives:
                parts.append(say("booking.place_lost_others"))
            made = nonce(turn)
            others = [
                Button(offer_label(o, turn, with_day=True), take_press("take", o, made)) for o in alternatives[:3]
            ]
            return Reply(tuple(parts), rows(*others, book))
    return None


def note(turn: Turn, desk: CareDesk, event: CareEvent) -> Reply | None:
    """For the other adults of a family: what one of them booked, moved or cancelled."""
    match event:
        case BookingConfirmed(party=party):
            key = "booking.note_booked"
        case BookingMoved(new=party):
            key = "booking.note_moved"
        case BookingCancelled(party=party):
            key = "booking.note_cancelled"
        case _:
            return None
    words = say(key, what=what_line(turn, desk, party), code=party[0].code)
    return Reply((words,), rows(Button(say("booking.my_bookings"), "bookings")))
