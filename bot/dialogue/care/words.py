"""Times, prices and places of care as parents read them: keys and blanks, never a sentence."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.core.language import Language
from bot.dialogue.reply import Say, say
from bot.dialogue.turn import Turn
from scheduler.care.model.booking import Booking, Party
from scheduler.care.model.centre import CareKind, Centre, Money, Room
from scheduler.care.model.search import WALK, Near, Offer

COURSE_SHOWN = 6


def day_words(day: date) -> Say:
    """Thu 19 Nov / 11月19日 周四."""
    return say(
        "booking.day",
        month=Say(f"booking.month_{day.month}"),
        day=day.day,
        weekday=Say(f"booking.weekday_{day.weekday()}"),
    )


def span_words(start: datetime, end: datetime, zone: str) -> Say:
    """The day with its weekday, and from when to when, on the clock of the place."""
    there, until = start.astimezone(ZoneInfo(zone)), end.astimezone(ZoneInfo(zone))
    return say("booking.span", day=day_words(there.date()), start=f"{there:%H:%M}", end=f"{until:%H:%M}")


def from_words(start: datetime, zone: str) -> Say:
    """The same without an end, where the centre sets it."""
    there = start.astimezone(ZoneInfo(zone))
    return say("booking.span_from", day=day_words(there.date()), start=f"{there:%H:%M}")


def clock_words(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%H:%M}"


def kind_words(kind: CareKind | None) -> Say:
    return Say(f"booking.kind_{kind.value}") if kind else say("booking.kind_group")


def money(amount: Money) -> Say:
    if amount.amount == 0:
        return say("booking.free")
    if amount.currency == "CNY":
        return say("booking.yuan", amount=amount.text)
    return say("booking.money", amount=amount.text, currency=amount.currency)


def distance(near: Near) -> Say | None:
    """Walking minutes within the neighbourhood circle, kilometres beyond; None when unknown, or for the place that
    is measured from."""
    if near.minutes is None or near.metres is None or near.metres < 1:
        return None
    if near.minutes <= 2 * WALK:
        return say("booking.walk", minutes=near.minutes)
    return say("booking.kilometres", km=f"{near.metres / 1000:.1f}")


def name_of(centre: Centre, turn: Turn) -> str:
    return centre.called(turn.language.value)


def room_name(room: Room, turn: Turn) -> str | Say:
    """In the parent's language; where only the Chinese name is written, others read the age group."""
    named = room.names.get(turn.language.value)
    if named or turn.language is Language.ZH:
        return named or room.name
    return Say(f"booking.room_{room.group.value}")


def name_and_way(near: Near, turn: Turn) -> Say:
    way = distance(near)
    if way is None:
        return say("booking.name", name=name_of(near.centre, turn))
    return say("booking.name_and_way", name=name_of(near.centre, turn), way=way)


def offer_price(offer: Offer) -> Say:
    """The price of all children; when free uses are taken, which number this one is."""
    if offer.free_uses:
        first = offer.free_uses[0]
        key = "booking.free_use" if offer.price.amount == 0 else "booking.free_use_and"
        return say(key, number=first.used + 1, allowed=first.allowed, rest=money(offer.price))
    return money(offer.price)


def party_price(party: Party) -> Say | None:
    prices = [b.price for b in party if b.price is not None]
    if not prices:
        return None
    whole = Money(sum(p.amount for p in prices), prices[0].currency)
    free = [b.free_use for b in party if b.free_use is not None]
    if free:
        key = "booking.free_use" if whole.amount == 0 else "booking.free_use_and"
        return say(key, number=free[0], allowed=12, rest=money(whole))
    return money(whole)


def offer_label(offer: Offer, turn: Turn, *, with_day: bool = False) -> Say:
    """A button: name, way, time, price; the day when it is another than asked."""
    return say(
        "booking.offer_day" if with_day else "booking.offer",
        name=name_and_way(offer.near, turn),
        day=day_words(offer.local_start.date()),
        start=f"{offer.local_start:%H:%M}",
        end=f"{offer.local_end:%H:%M}",
        price=offer_price(offer),
    )


def party_times(party: Party) -> list[Say]:
    """One line a stay or meeting; children who come together share one."""
    seen: dict[tuple[datetime, datetime], Booking] = {}
    for booking in party:
        seen.setdefault((booking.starts_at, booking.ends_at), booking)
    return [span_words(b.starts_at, b.ends_at, b.zone) for b in list(seen.values())[:COURSE_SHOWN]]
