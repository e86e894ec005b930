"""Care in blocks (two hours of temporary care, half and full days): the hours a centre has, when others were asked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from bot.dialogue.care.words import from_words, kind_words, name_of, span_words
from bot.dialogue.desk import Desk
from bot.dialogue.reply import Say, say
from bot.dialogue.turn import Turn
from scheduler.care.model.search import Offer, Point, Wish
from scheduler.care.model.times import day_at, say_span, wall

WEEK = 7


def rule(turn: Turn, desk: Desk, wish: Wish) -> Say | None:
    """'Temporary care there: Mon-Fri 09:00-11:00, 14:30-16:30'; None when the centre, or the kind wished for, is not
    bound to blocks."""
    if wish.centre_id is None:
        return None
    card = desk.centre(wish.centre_id)
    meant = [c for c in card.care_types if wish.kind in (None, c.kind)]
    if not meant or not all(c.blocks for c in meant):
        return None
    care, zone = meant[0], card.centre.zone
    hours: dict[str, object] = {
        "name": name_of(card.centre, turn),
        "kind": kind_words(care.kind),
        "blocks": [say_span(b).replace("-", "–") for b in care.blocks],
        "when": span_words(wish.start, wish.end, zone) if wish.end else from_words(wish.start, zone),
    }
    if len(care.weekdays) == WEEK:
        return Say("booking.in_blocks", hours)
    return Say("booking.in_blocks_on", {**hours, "days": days_words(care.weekdays)})


def instead(desk: Desk, wish: Wish, near: Point | None) -> list[Offer]:
    """At the same centre on the same day: its blocks, nearest first, then the hours asked for in care by the hour."""
    assert wish.centre_id is not None
    card = desk.centre(wish.centre_id)
    zone = card.centre.zone
    day = day_at(wish.start, zone)
    tries = [
        replace(wish, start=wall(day, begins, zone), end=wall(day, ends, zone), kind=c.kind)
        for c in card.care_types
        if c.kind is wish.kind
        for begins, ends in c.blocks
    ]
    tries.sort(key=lambda w: abs(w.start - wish.start))
    if wish.end is not None:
        tries += [replace(wish, kind=c.kind) for c in card.care_types if not c.blocks]
    return [offer for w in tries for offer in desk.search(w, near).offers]


def days_words(weekdays: Collection[int]) -> Say | list[Say]:
    """Mon-Fri for days in a row, else each of them."""
    days = sorted(weekdays)
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        first, last = Say(f"booking.weekday_{days[0]}"), Say(f"booking.weekday_{days[-1]}")
        return say("booking.days_to", first=first, last=last)
    return [Say(f"booking.weekday_{d}") for d in days]
