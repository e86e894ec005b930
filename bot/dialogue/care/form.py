"""An unfinished booking: what is known so far. Plain JSON in the conversation, so it can be resumed tomorrow."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.families.model import Child
from bot.dialogue.reply import Reply, Route, Say
from bot.dialogue.turn import Conversation, Outcome, Turn
from nlu.phrases.booking_talk import filters_in, half_day, price_in, until_noon, whole_day
from nlu.phrases.household_talk import which_child
from nlu.phrases.times import When, meant
from scheduler.care.model.centre import CareKind
from scheduler.care.model.search import Point, Wish

BLOCKS = {CareKind.TEMPORARY, CareKind.HALF_DAY, CareKind.FULL_DAY}
"""Care types whose length the centre sets: a start is enough."""
KEPT = timedelta(days=7)
SAME_AGE = 1.5  # months between a stated age and a known child that are still the same child
EVENING = time(17)
FIRST_HOUR, LAST_HOUR = 7, 21  # the hours in which care begins: 'four o'clock' is 16:00
PARTS = {"morning": time(9), "noon": time(12), "afternoon": time(14, 30), "evening": time(18)}


@dataclass(frozen=True, slots=True)
class BookingForm:
    """All times are local to the family; `part` is a part of the day without a clock time."""

    children: tuple[str, ...] = ()
    count: int | None = None
    day: str | None = None
    clock: str | None = None
    part: str | None = None
    minutes: int | None = None
    kind: str | None = None
    centre: int | None = None
    not_centres: tuple[int, ...] = ()
    filters: tuple[str, ...] = ()
    held: str | None = None  # the party held now
    moving: str | None = None  # the party that this form moves
    group: int | None = None  # the group session of the held seat
    age: float | None = None  # months, said for this booking
    tries: int = 0  # holds given up: the next one is a new request
    begun: str = ""

    def as_json(self) -> dict[str, Any]:
        fresh = asdict(BookingForm())
        kept = {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items() if v != fresh[k]}
        return {"what": "care", **kept}

    @classmethod
    def of(cls, conversation: Conversation, now: datetime) -> BookingForm | None:
        """The open form; None when there is none, or it is too old to be meant."""
        data = conversation.form
        if data.get("what") != "care":
            return None
        fields = cls.__dataclass_fields__
        known: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items() if k in fields}
        form = cls(**known)
        return form if form.begun and now - datetime.fromisoformat(form.begun) < KEPT else None

    @classmethod
    def begin(cls, now: datetime, **known: Any) -> BookingForm:
        return cls(begun=now.isoformat(), **known)

    def with_filters(self, said: Collection[str]) -> BookingForm:
        """Also these, as far as they mean something when the time is known."""
        kept = {f for f in said if f in IN_A_SEARCH or highest_price([f]) is not None}
        return replace(self, filters=tuple(sorted({*self.filters, *kept})))

    @property
    def care_kind(self) -> CareKind | None:
        return CareKind(self.kind) if self.kind else None

    @property
    def in_blocks(self) -> bool:
        return self.care_kind in BLOCKS

    def start(self, zone: str) -> datetime | None:
        """When care begins; for care in blocks a part of the day is enough, for a full day the day."""
        if self.day is None:
            return None
        clock = time.fromisoformat(self.clock) if self.clock else None
        if clock is None and self.care_kind is CareKind.FULL_DAY:
            clock = PARTS["morning"]
        if clock is None and self.in_blocks and self.part in PARTS:
            clock = PARTS[self.part]
        if clock is None:
            return None
        return datetime.combine(date.fromisoformat(self.day), clock, ZoneInfo(zone))

    def end(self, zone: str) -> datetime | None:
        start = self.start(zone)
        if start is None or self.minutes is None or self.in_blocks:
            return None
        return start + timedelta(minutes=self.minutes)

    def wish(self, children: Sequence[Child], zone: str) -> Wish:
        """What to search for; only when `start` is known."""
        start = self.start(zone)
        assert start is not None
        return Wish(tuple(children), start, self.end(zone), self.care_kind, self.centre)


def known_children(turn: Turn, form: BookingForm) -> tuple[Child, ...] | None:
    """The children to book for, or None when that has to be asked."""
    family = turn.parent.children
    chosen = tuple(c for c in family if c.id in form.children)
    if chosen and len(chosen) == len(form.children):
        return chosen
    if form.count is not None and form.count == len(family):
        return family
    if form.age is not None and not _of_age(turn, form.age):
        return None
    if len(family) == 1 and form.count in (None, 1):
        return family
    return None


def filled(form: BookingForm, turn: Turn) -> BookingForm:
    """The form with what this message says; a later word replaces an earlier one."""
    parse, when = turn.understood.parse, turn.understood.when
    kind = parse.entity("care_type")
    if kind is not None and kind != form.kind:
        form = replace(form, kind=kind, minutes=form.minutes if CareKind(kind) not in BLOCKS else None)
    elif kind is None and whole_day(turn.text) and (when is None or when.duration is None or when.clock is None):
        form = replace(form, kind=CareKind.FULL_DAY.value, clock=None, minutes=None)
    elif kind is None and half_day(turn.text) and (when is None or when.duration is None):
        form = replace(form, kind=CareKind.HALF_DAY.value, minutes=None)
    count = parse.entity("child_count")
    if count is not None and count.isdigit():
        form = replace(form, count=int(count), children=())
    form = _for_whom(form, turn)
    form = form.with_filters(wanted_in(turn.text))
    form = with_time(form, meant(when), turn) if when is not None else form
    return _until_noon(form) if until_noon(turn.text) else form


IN_A_SEARCH = frozenset({"registered", "english", "cheap"})
"""Filters that still mean something when the time is known."""


def wanted_in(text: str) -> frozenset[str]:
    """What a centre must have, the highest price (`under30`) included."""
    price = price_in(text)
    return filters_in(text) | ({f"under{price}"} if price is not None else set())


def highest_price(filters: Collection[str]) -> int | None:
    """An hour, in the smallest unit."""
    prices = [int(f.removeprefix("under")) * 100 for f in filters if f.startswith("under")]
    return min(prices, default=None)


def _until_noon(form: BookingForm) -> BookingForm:
    clock = time.fromisoformat(form.clock) if form.clock else None
    if clock is None or clock >= time(12) or form.minutes is not None:
        return form
    return replace(form, minutes=12 * 60 - clock.hour * 60 - clock.minute)


def _for_whom(form: BookingForm, turn: Turn) -> BookingForm:
    age = turn.understood.age
    if age is not None:
        same = _of_age(turn, age.months)
        children = (same[0].id,) if len(same) == 1 else ()
        return replace(form, age=age.months, children=children, count=None if children else form.count)
    which, family = which_child(turn.text), turn.parent.children
    if which is None or len(family) < 2:
        return form
    chosen = family if which == "both" else family[-1:] if which == "eldest" else family[:1]
    return replace(form, children=tuple(c.id for c in chosen), count=None)


def _of_age(turn: Turn, months: float) -> list[Child]:
    return [c for c in turn.parent.children if abs(c.months(turn.today) - months) <= SAME_AGE]


def with_time(form: BookingForm, when: When, turn: Turn) -> BookingForm:
    """Day, clock time and length, as far as they were said."""
    if when.question == "past" and when.start is not None:  # the day was wrong, not the hours
        when = replace(when, day=None, clock=when.start.astimezone(ZoneInfo(turn.zone)).time(), start=None)
    elif when.question in ("past", "ambiguous"):
        return form
    local = when.start.astimezone(ZoneInfo(turn.zone)) if when.start else None
    clock = local.time() if local is not None else when.clock
    only_clock = when.clock is not None
    day = when.day if when.day is not None and not (only_clock and form.day) else None
    if local is not None and day is None and not (only_clock and form.day):
        day = local.date()
    if day is not None:
        form = replace(form, day=day.isoformat())
    if clock is not None:
        if only_clock or when.question == "which_half_of_day":
            clock = _in_the_day(clock, when.part_of_day or form.part, form, turn)
        form = replace(form, clock=clock.strftime("%H:%M"), part=None)
    elif when.part_of_day in PARTS:
        form = replace(form, part=when.part_of_day, clock=None)
    if when.duration is not None and when.duration <= timedelta(hours=14):
        form = replace(form, minutes=int(when.duration.total_seconds() // 60))
    return form


def _in_the_day(clock: time, part: str | None, form: BookingForm, turn: Turn) -> time:
    """'Four o'clock' without morning or afternoon: the reading in which care is open, and not over today."""
    local_now = turn.now.astimezone(ZoneInfo(turn.zone))
    today = form.day is None or form.day == local_now.date().isoformat()
    readings = [clock, time((clock.hour + 12) % 24, clock.minute)]
    evening = part in (None, "evening") and form.clock and time.fromisoformat(form.clock) >= EVENING
    if evening:  # 'make it seven' of a booking in the evening
        readings.sort(reverse=True)
    for reading in readings:
        if not FIRST_HOUR <= reading.hour < LAST_HOUR or (part in ("afternoon", "evening") and reading.hour < 12):
            continue
        if not today or reading > local_now.time():
            return reading
    return clock


def point(place: tuple[float, float] | None) -> Point | None:
    return Point(*place) if place else None


def kept(turn: Turn, form: BookingForm, reply: Reply, first: tuple[Say, ...] = ()) -> Outcome:
    """The reply, with the form kept open."""
    conversation = replace(turn.conversation.asking("booking"), form=form.as_json())
    return Outcome((replace(reply, parts=(*first, *reply.parts)),), conversation, Route.BOOKING)
