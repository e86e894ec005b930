"""A booking gets another time: the offer to tap; for care in blocks the block that fits, or which there are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.core.families.model import Child
from bot.dialogue.care import blocks
from bot.dialogue.care.form import BookingForm, kept
from bot.dialogue.care.offers import nonce, take_press
from bot.dialogue.care.replies import nothing_free
from bot.dialogue.care.words import kind_words, name_of, offer_price, span_words
from bot.dialogue.desk import Desk
from bot.dialogue.reply import Button, Reply, Say, rows, say
from bot.dialogue.turn import Outcome, Turn
from scheduler.care.model.booking import Party
from scheduler.care.model.centre import Centre
from scheduler.care.model.search import Found, NothingFree, Offer, Point, Reason

SHOWN = 4


def propose(
    turn: Turn, desk: Desk, form: BookingForm, children: tuple[Child, ...], found: Found, near: Point | None,
    last: Centre | None, first: tuple[Say, ...],
) -> Outcome:  # fmt: skip
    """The new time with the tap that moves; or why not, and what there is instead."""
    assert form.moving is not None
    party, wish = desk.party(form.moving), form.wish(children, turn.zone)
    offers = [o.giving_back(party) for o in found.offers]
    if offers and not _another_block(form, offers[0], party, turn):
        return kept(turn, form, _move_reply(turn, form, offers[0]), first)
    nothing = found.nothing or NothingFree((Reason.NO_SUCH_CARE,), (), (), ())
    asked = replace(wish, end=wish.start + timedelta(minutes=form.minutes) if form.minutes else None)
    rule = blocks.rule(turn, desk, asked)
    if rule is not None and set(nothing.reasons) <= {Reason.NO_SUCH_CARE}:
        fit = [o.giving_back(party) for o in blocks.instead(desk, asked, near) if not _is_now(o, party)]
        buttons = [Button(_label(turn, o), take_press("take", o, nonce(turn, form))) for o in fit[:SHOWN]]
        parts = (rule, say("booking.blocks_free")) if buttons else (rule,)
        return kept(turn, form, Reply(parts, rows(*buttons, *_stay(form))), first)
    nothing = replace(
        nothing,
        near_in_time=tuple(o.giving_back(party) for o in nothing.near_in_time if not _is_now(o, party)),
        near_in_place=tuple(o.giving_back(party) for o in nothing.near_in_place),
    )
    reply = nothing_free(turn, wish, nothing, nonce(turn, form), moving=form.moving, last=last)
    return kept(turn, form, reply, first)


def _another_block(form: BookingForm, offer: Offer, party: Party, turn: Turn) -> bool:
    """Whether what is offered is not what was said: the block around another hour, or the booking as it stands."""
    if not offer.care_type.blocks:
        return False
    if _is_now(offer, party):
        return True
    return form.clock is not None and form.start(turn.zone) != offer.starts_at


def _is_now(offer: Offer, party: Party) -> bool:
    first = party[0]
    return (offer.centre.id, offer.starts_at, offer.ends_at) == (first.centre_id, first.starts_at, first.ends_at)


def _label(turn: Turn, offer: Offer) -> Say:
    """At the centre of the booking, so without its name."""
    return say(
        "booking.offer_kind", kind=kind_words(offer.care_type.kind), start=f"{offer.local_start:%H:%M}",
        end=f"{offer.local_end:%H:%M}", price=offer_price(offer),
    )  # fmt: skip


def _stay(form: BookingForm) -> tuple[Button, ...]:
    return Button(say("booking.other_time"), "when"), Button(say("booking.keep_as_is"), "stopbook")


def _move_reply(turn: Turn, form: BookingForm, offer: Offer) -> Reply:
    words = say(
        "booking.move_to", name=name_of(offer.centre, turn), price=offer_price(offer),
        when=span_words(offer.starts_at, offer.ends_at, offer.centre.zone),
    )  # fmt: skip
    move = Button(say("booking.move_yes"), take_press("moveto", offer, nonce(turn, form)))
    return Reply((words,), rows(move, *_stay(form)))
