"""Centres near the family: a list, one card, filters, the pin on the map.

place: shared now > typed > shared earlier > the centre used last > unknown (then it is asked for, below the list)
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from bot.dialogue.care import booking
from bot.dialogue.care.form import BookingForm, highest_price, wanted_in
from bot.dialogue.care.starting_point import starting_point
from bot.dialogue.care.words import day_words, kind_words, money, name_and_way, name_of
from bot.dialogue.desk import CentreCard, Desk
from bot.dialogue.reply import Button, Picture, Reply, Route, Say, Venue, rows, say
from bot.dialogue.turn import Outcome, Press, Turn
from nlu.interpreter import Intent
from nlu.phrases.booking_talk import place_said, price_in
from scheduler.care.model.centre import CareType, Money
from scheduler.care.model.errors import CareError
from scheduler.care.model.search import WALK, Filters, Near, Point
from scheduler.care.model.times import say_span

SHOWN = 3
CHEAP = 3000  # an hour, in the smallest unit
LONGEST_FILTER = 60  # characters of a message that only adds a filter
LONGEST_PLACE = 40  # characters of a message that only says where one is
LONGEST_PRESS = 40  # bytes of the filters in a button
FILTER_BUTTONS = ("open_now", "weekend", "evening", "registered", "cheap", "english")


def find(turn: Turn, desk: Desk) -> Outcome:
    """A message that looks for a centre, or asks for hours or price."""
    named = desk.centre_named_in(turn.text)
    if named is not None:
        return show(turn, desk, desk.centre(named.id))
    typed = turn.understood.parse.entity("place") or place_said(turn.text)
    where = desk.centre_at(typed) if typed else None
    if where is not None and where.lat is not None and where.lon is not None:
        turn = replace(turn, conversation=replace(turn.conversation, near=(where.lat, where.lon)))
        form = BookingForm.of(turn.conversation, turn.now)
        if form is not None and form.day is not None and form.held is None:
            return booking.go_on(turn, desk, form)
    words = () if typed is None or where is not None else (say("booking.place_unknown", place=typed),)
    return nearby(turn, desk, wanted_in(turn.text), words)


def nearby(turn: Turn, desk: Desk, chosen: Collection[str] = (), first: tuple[Say, ...] = ()) -> Outcome:
    near, last = starting_point(turn, desk)
    cards = desk.centres(near, wanted(turn, chosen), SHOWN)
    turn = replace(turn, conversation=turn.conversation.asking("centres", filters=sorted(chosen)))
    if chosen:
        first = (*first, say("booking.only", filters=[filter_words(f) for f in sorted(chosen)]))
    if not cards:
        reply = Reply((*first, say("booking.no_centre_like_that")), rows(Button(say("booking.all_centres"), "centres")))
        return _centres(turn, replace(reply, ask_location=near is None))
    in_walk = any(c.near.in_walk for c in cards)
    head = "booking.centres_unknown" if near is None else "booking.centres_walk" if in_walk else "booking.centres_far"
    if last is not None:
        head = f"{head}_last"
    name = name_of(last, turn) if last is not None else ""
    parts = [*first, say(head, minutes=WALK, name=name), *(_lines(turn, c, short=True) for c in cards)]
    buttons = [(Button(say("booking.look_at", name=name_of(c.centre, turn)), f"centre:{c.centre.id}"),) for c in cards]
    others = [
        Button(Say(f"booking.filter_{f}"), f"centres:{'+'.join(sorted({*chosen, f}))}")
        for f in FILTER_BUTTONS
        if f not in chosen and len("+".join(chosen)) < LONGEST_PRESS
    ]
    if chosen:
        others.append(Button(say("booking.no_filters"), "centres"))
    return _centres(
        turn, Reply(tuple(parts), (*buttons, *rows(*others, width=2)), ask_location=turn.conversation.near is None)
    )


def wanted(turn: Turn, chosen: Collection[str]) -> Filters:
    """The filters of the words said or the button pressed, and the age of the child that is known."""
    return Filters(
        age_months=turn.age_months,
        registered="registered" in chosen,
        open_now="open_now" in chosen,
        evening="evening" in chosen,
        weekend="weekend" in chosen,
        language="en" if "english" in chosen else None,
        price_at_most=highest_price(chosen) or (CHEAP if "cheap" in chosen else None),
    )


def filter_words(name: str) -> Say:
    price = highest_price([name])
    return say("booking.filter_under", price=price // 100) if price is not None else Say(f"booking.filter_{name}")


def more_filters(turn: Turn, desk: Desk) -> Outcome | None:
    """'有备案的', 'open at weekends' below a list: the list again, with that too; None when it says something else."""
    said = wanted_in(turn.text)
    when = turn.understood.when
    asks_for_care = when is not None and (when.clock or when.start or when.duration or when.part_of_day == "morning")
    if asks_for_care and price_in(turn.text) is None:
        return None
    if turn.conversation.waiting != "centres" or not said or len(turn.text) > LONGEST_FILTER:
        return None
    return nearby(turn, desk, {*said, *map(str, turn.conversation.waiting_for.get("filters", ()))})


def from_where(turn: Turn, desk: Desk) -> Outcome | None:
    """'我在人民广场' below a list that asked where the family is: no topic of its own."""
    no_request = turn.understood.parse.intent in (Intent.OUT_OF_SCOPE, Intent.FALLBACK)
    if turn.conversation.waiting != "centres" or not no_request or len(turn.text) > LONGEST_PLACE:
        return None
    return find(turn, desk) if turn.understood.parse.entity("place") else None


def on_list(turn: Turn, press: Press, desk: Desk) -> Outcome:
    known = {*FILTER_BUTTONS}
    chosen = {f for f in press.argument().split("+") if f in known or re.fullmatch(r"under\d{1,3}", f)}
    return nearby(turn, desk, chosen)


def on_centre(turn: Turn, press: Press, desk: Desk) -> Outcome:
    card = _card(desk, press)
    return show(turn, desk, card) if card else nearby(turn, desk)


def _card(desk: Desk, press: Press) -> CentreCard | None:
    try:
        return desk.centre(int(press.argument()))
    except (ValueError, CareError):
        return None


def show(turn: Turn, desk: Desk, card: CentreCard) -> Outcome:
    """The whole card with its pin."""
    centre, near = card.centre, starting_point(turn, desk)[0] if turn.conversation.near is not None else None
    if near is not None and centre.lat is not None and centre.lon is not None:
        card = replace(card, near=Near(centre, near.metres_to(Point(centre.lat, centre.lon))))
    parts = [_lines(turn, card, short=False)]
    language = turn.language.value
    parts += has(turn, card)
    if centre.routine.get(language):
        parts.append(say("booking.routine", routine=centre.routine[language]))
    if centre.rules.get(language):
        parts.append(say("booking.rules", rules="\n".join(f"· {r}" for r in centre.rules[language])))
    buttons = [Button(say("booking.book_here"), f"at:{centre.id}")] if centre.bookable else []
    if centre.bookable and turn.parent.children:
        buttons.append(Button(say("booking.week_look"), f"week:{centre.id}"))
    buttons.append(Button(say("booking.other_centres"), "centres"))
    venue = None
    if centre.lat is not None and centre.lon is not None:
        venue = Venue(name_of(centre, turn), centre.address, centre.lat, centre.lon)
    alt = say("booking.photo_of", name=name_of(centre, turn))
    picture = Picture("photo", dict(card.photo), alt) if card.photo is not None else None
    turn = replace(turn, conversation=turn.conversation.asking("centres", centre=centre.id))
    return _centres(turn, Reply(tuple(parts), rows(*buttons), venue=venue, picture=picture))


def has(turn: Turn, card: CentreCard) -> list[Say]:
    """What the centre has, as far as the parent can read it."""
    known = card.centre.has(turn.language.value)
    return [say("booking.has", things=list(known))] if known else []


def on_book_here(turn: Turn, press: Press, desk: Desk) -> Outcome:
    card = _card(desk, press)
    form = BookingForm.of(turn.conversation, turn.now) or BookingForm.begin(turn.now)
    return booking.go_on(turn, desk, replace(form, centre=card.centre.id if card else None, not_centres=()))


def _lines(turn: Turn, card: CentreCard, *, short: bool) -> Say:
    centre = card.centre
    low = min((r.from_months for r in card.rooms), default=centre.from_months or 0)
    high = max((r.to_months for r in card.rooms), default=centre.to_months or 36)
    blanks: dict[str, object] = {
        "name": name_and_way(card.near, turn),
        "registration": say("booking.registered", number=centre.registration)
        if centre.registered
        else say("booking.not_registered"),
        "hours": _hours(turn, card),
        "ages": say("booking.ages", low=low, high=high),
        "prices": [price_words(c) for c in card.care_types] or say("booking.ask_price"),
        "left": _left(turn, card),
    }
    if short:
        return Say("booking.centre_short", blanks)
    return Say("booking.centre_long", {**blanks, "address": centre.address, "phone": centre.phone or "-"})


def _left(turn: Turn, card: CentreCard) -> Say:
    if not card.centre.bookable:
        return say("booking.why_not_bookable")
    if not turn.parent.children:
        return say("booking.left_by_age")
    if card.free_on is None or card.places_left is None:
        return say("booking.left_unknown")
    return say("booking.left_on", day=day_words(card.free_on), places=card.places_left)


def _hours(turn: Turn, card: CentreCard) -> Say:
    """Today's hours; on a closed day those of the next open weekday."""
    today = turn.now.astimezone(ZoneInfo(card.centre.zone)).date()
    for day in (today + timedelta(days=n) for n in range(7)):
        spans = card.centre.hours.get(day.weekday(), ())
        if spans:
            hours = " ".join(say_span(s) for s in spans)
            if day == today:
                return say("booking.open_today" if card.open_now else "booking.hours_today", hours=hours)
            return say("booking.hours_next", day=_weekday(day), hours=hours)
    return say("booking.hours_unknown")


def _weekday(day: date) -> Say:
    return Say(f"booking.weekday_{day.weekday()}")


def price_words(care_type: CareType) -> Say:
    fee = care_type.fee
    if fee.flat is not None:
        key = "booking.per_block_free" if care_type.free_uses else "booking.per_block"
        return say(key, kind=kind_words(care_type.kind), price=money(Money(fee.flat, fee.currency)))
    return say("booking.per_hour", kind=kind_words(care_type.kind), price=money(Money(fee.per_hour or 0, fee.currency)))


def located(turn: Turn, desk: Desk) -> Outcome:
    """The place was shared: an open booking looks again from there, else the centres near it."""
    if turn.location is not None:
        near = (round(turn.location[0], 3), round(turn.location[1], 3))
        turn = replace(turn, conversation=replace(turn.conversation, near=near))
    form = BookingForm.of(turn.conversation, turn.now)
    if form is not None and form.day is not None and form.held is None:
        return booking.go_on(turn, desk, form)
    return nearby(turn, desk)


def _centres(turn: Turn, reply: Reply) -> Outcome:
    return Outcome((reply,), turn.conversation, Route.CENTRES)
