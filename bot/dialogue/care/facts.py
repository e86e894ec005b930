"""'Where is it, how much, what do I bring?' about the place at hand, in the middle of a booking or after it.

at hand: the centre whose card was shown last > the place that is held > the booking talked about last
         > the family's only coming booking (where, price, what to bring, phone)
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.dialogue.care import centres, health
from bot.dialogue.care.form import BookingForm
from bot.dialogue.care.replies import held_buttons, whereabouts
from bot.dialogue.care.words import clock_words, party_price, party_times
from bot.dialogue.desk import CentreCard, Desk
from bot.dialogue.reply import Button, Reply, Route, Rows, Say, rows, say
from bot.dialogue.turn import Outcome, Turn
from nlu.phrases.centre_facts import Fact, facts_asked
from scheduler.care.model.booking import NO_SHOW_MEMORY, NO_SHOWS_COUNT, Party, State
from scheduler.care.model.errors import CareError

OF_A_STAY: frozenset[Fact] = frozenset({"when", "cancel", "hold", "late"})
PLAIN: frozenset[Fact] = frozenset({"where", "price", "bring", "phone"})


@dataclass(frozen=True, slots=True)
class _AtHand:
    """What 'it' is: a centre, and the party there if there is one. A group session may meet outside of any centre."""

    card: CentreCard | None
    party: Party = ()

    @property
    def held(self) -> bool:
        return bool(self.party) and self.party[0].state is State.HELD


def asked(turn: Turn, desk: Desk) -> Outcome | None:
    """The answer, with the buttons that go on; None when nothing of the kind is asked, or of no place."""
    wanted = facts_asked(turn.text)
    if not wanted or desk.centre_named_in(turn.text) is not None:
        return None
    it = _at_hand(turn, desk, wanted)
    if it is None or (not it.party and OF_A_STAY & set(wanted)):
        return None
    venue = whereabouts(turn, desk, it.party, it.card.centre if it.card else None)[3] if "where" in wanted else None
    parts = [part for fact in wanted for part in _said(turn, desk, it, fact)]
    if it.held and "hold" not in wanted:
        parts.append(say("booking.fact_held", until=clock_words(it.party[0].held_until or turn.now, it.party[0].zone)))
    reply = Reply(tuple(parts), _ways(it), venue=venue)
    return _then_the_card(turn, desk, Outcome((reply,), turn.conversation, Route.BOOKING))


def _at_hand(turn: Turn, desk: Desk, wanted: tuple[Fact, ...]) -> _AtHand | None:
    shown = turn.conversation.waiting_for.get("centre") if turn.conversation.waiting == "centres" else None
    form = BookingForm.of(turn.conversation, turn.now)
    held = form.held if form is not None else None
    party_id = held or turn.conversation.party
    try:
        if shown is not None:
            return _AtHand(desk.centre(int(shown)))
        if party_id:
            party = desk.party(party_id)
            if party[0].state is State.BOOKED or (party[0].held_until or turn.now) > turn.now:
                return _of(desk, party)
        if form is not None and form.centre is not None:
            return _AtHand(desk.centre(form.centre))
    except CareError:
        return None
    coming = [p for p in desk.bookings() if p[0].state is State.BOOKED]
    only = len(coming) == 1 and set(wanted) <= PLAIN and form is None and turn.conversation.waiting is None
    return _of(desk, coming[0]) if only and turn.conversation.topic is None else None


def _of(desk: Desk, party: Party) -> _AtHand:
    centre_id = party[0].centre_id
    if party[0].group_session_id is not None:
        centre_id = desk.group(party[0].group_session_id).series.centre_id
    return _AtHand(desk.centre(centre_id) if centre_id is not None else None, party)


def _said(turn: Turn, desk: Desk, it: _AtHand, fact: Fact) -> list[Say]:
    centre, language = it.card.centre if it.card else None, turn.language.value
    phone = centre.phone if centre else ""
    ask_them = say("booking.fact_ask_them", phone=phone) if phone else say("booking.fact_unknown")
    match fact:
        case "where":
            title, address, _, venue = whereabouts(turn, desk, it.party, centre)
            name = venue.name if venue else title
            if not address:
                return [ask_them]
            there = say("booking.address_phone" if phone else "booking.address", address=address, phone=phone)
            return [say("booking.fact_where", name=name, there=there)]
        case "price":
            if it.party:
                return [say("booking.fact_price", price=party_price(it.party) or say("booking.free"))]
            prices = [centres.price_words(c) for c in it.card.care_types] if it.card else []
            return [say("booking.fact_prices", prices=prices) if prices else ask_them]
        case "bring":
            things = list(centre.bring.get(language) or ()) if centre else []
            if it.party and it.party[0].group_session_id is not None:
                return [say("booking.fact_bring_group")]
            return [say("booking.bring", things=things) if things else ask_them]
        case "phone":
            return [say("booking.fact_phone", phone=phone) if phone else say("booking.fact_unknown")]
        case "when":
            return [*party_times(it.party)]
        case "day":
            routine = centre.routine.get(language) if centre else None
            return [say("booking.routine", routine=routine) if routine else ask_them]
        case "has":
            registered = say("booking.registered", number=centre.registration) if centre and centre.registered else None
            has = centres.has(turn, it.card) if it.card else []
            return [*([registered] if registered else []), *has] or [ask_them]
        case "cancel":
            free = any(b.free_use for b in it.party)
            rule = "booking.cancel_rule_free" if free else "booking.cancel_rule"
            return [say(rule, count=NO_SHOWS_COUNT, days=NO_SHOW_MEMORY.days)]
        case "hold":
            if not it.held:
                return [say("booking.fact_no_hold")]
            until = clock_words(it.party[0].held_until or turn.now, it.party[0].zone)
            return [say("booking.fact_held_until", until=until)]
        case "late":
            return [say("booking.fact_late")]


def _ways(it: _AtHand) -> Rows:
    if it.held:
        return held_buttons(it.party)
    if it.party:
        return rows(Button(say("booking.my_bookings"), "bookings"))
    assert it.card is not None
    book = [Button(say("booking.book_here"), f"at:{it.card.centre.id}")] if it.card.centre.bookable else []
    return rows(*book, Button(say("booking.other_centres"), "centres"))


def _then_the_card(turn: Turn, desk: Desk, outcome: Outcome) -> Outcome:
    """A health card that is being filled goes on below the answer: one question a turn, and it is this one."""
    talk = turn.conversation
    if talk.waiting not in health.ASKED:
        return outcome
    waits = {"waiting": talk.waiting, **talk.waiting_for}
    card = health.back(replace(turn, conversation=replace(talk.asked(), put_off=waits)), desk)
    if card is None:
        return outcome
    answer = replace(outcome.replies[0], buttons=())
    first, *others = card.replies
    again = replace(first, parts=(*answer.parts, *first.parts), venue=answer.venue)
    return replace(card, replies=(again, *others))
