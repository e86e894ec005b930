"""From a form that is full to a held place, a list to tap, or why there is nothing."""

from __future__ import annotations

from dataclasses import replace

from bot.core.families.model import Child
from bot.dialogue.care import blocks, moving
from bot.dialogue.care.form import BookingForm, highest_price, kept
from bot.dialogue.care.holding import hold
from bot.dialogue.care.offers import hold_key, nonce, take_press
from bot.dialogue.care.replies import nothing_free
from bot.dialogue.care.starting_point import starting_point
from bot.dialogue.care.words import offer_label, span_words
from bot.dialogue.desk import Desk
from bot.dialogue.reply import Button, Reply, Say, rows, say
from bot.dialogue.turn import Outcome, Turn
from scheduler.care.model.search import Filters, Offer


def search(
    turn: Turn, desk: Desk, form: BookingForm, children: tuple[Child, ...], first: tuple[Say, ...] = ()
) -> Outcome:
    near, last = starting_point(turn, desk)
    wish = form.wish(children, turn.zone)
    filters = Filters(
        registered="registered" in form.filters,
        language="en" if "english" in form.filters else None,
        price_at_most=highest_price(form.filters),
    )
    found = desk.search(wish, near, filters)
    offers = [o for o in found.offers if o.centre.id not in form.not_centres]
    if found.offers and not offers:
        offers, form = list(found.offers), replace(form, not_centres=())
        first = (*first, say("booking.no_other_centre"))
    if "cheap" in form.filters or near is None:
        offers.sort(key=lambda o: o.price.amount)
    if form.moving is not None:
        return moving.propose(turn, desk, form, children, replace(found, offers=tuple(offers)), near, last, first)
    if not offers:
        assert found.nothing is not None
        rule = blocks.rule(turn, desk, wish)
        reply = nothing_free(turn, wish, found.nothing, nonce(turn, form), moving=None, rule=rule, last=last)
        return kept(turn, form, reply, first)
    if len(offers) > 1 and near is None and form.centre is None:
        return kept(turn, form, _choose_centre(turn, form, offers[:3]), first)
    return hold(turn, desk, form, children, offers[0], key=hold_key(turn, offers[0], nonce(turn, form)), first=first)


def _choose_centre(turn: Turn, form: BookingForm, offers: list[Offer]) -> Reply:
    made = nonce(turn, form)
    buttons = [Button(offer_label(o, turn), take_press("take", o, made)) for o in offers]
    first = offers[0]
    return Reply(
        (say("booking.choose_centre", when=span_words(first.starts_at, first.ends_at, first.centre.zone)),),
        rows(*buttons, Button(say("booking.leave_it"), "stopbook")),
        ask_location=True,
    )
