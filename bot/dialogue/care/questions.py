"""What the booking form asks: one thing at a time, each with buttons that answer it in one tap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.dialogue.care.form import BookingForm
from bot.dialogue.care.words import day_words
from bot.dialogue.reply import Button, Reply, rows, say
from bot.dialogue.turn import Turn
from bot.dialogue.words import age_words
from scheduler.care.model.centre import CareKind

DAYS_SHOWN = 7
# From when, how many minutes: what families book most, by part of the day.
HOURS = {
    "morning": (("0900", 120), ("0800", 240), ("0900", 180), ("1000", 120)),
    "noon": (("1200", 120), ("1130", 180)),
    "afternoon": (("1430", 120), ("1400", 120), ("1500", 120), ("1300", 240)),
    "evening": (("1800", 120), ("1730", 180), ("1800", 180)),
}
ANY_HOURS = (("0900", 120), ("0800", 240), ("1430", 120), ("1330", 240), ("1800", 120))
LENGTHS = (60, 120, 180, 240)


def leave(form: BookingForm | None = None) -> Button:
    """Out of the form; the booking that it moves stays."""
    moving = form is not None and form.moving is not None
    return Button(say("booking.keep_as_is" if moving else "booking.leave_it"), "stopbook")


def ask_consent() -> Reply:
    return Reply(
        (say("booking.needs_consent"),),
        rows(Button(say("talk.consent_yes"), "consent:yes"), Button(say("booking.look_only"), "centres"), leave()),
    )


def ask_children(turn: Turn, age: float | None = None) -> Reply:
    """Who it is for; a stated age that no known child has is offered as another child."""
    children = turn.parent.children
    buttons = [Button(age_words(c.months(turn.today)), f"kids:{c.id}") for c in children]
    if age is not None:
        buttons.append(Button(say("booking.another_child", age=age_words(age)), "kids:new"))
    if len(children) > 1:
        buttons.append(Button(say("booking.both" if len(children) == 2 else "booking.all_children"), "kids:all"))
    return Reply((say("booking.ask_children"),), rows(*buttons, leave()))


def ask_day(turn: Turn, form: BookingForm, among: Sequence[date] = ()) -> Reply:
    """One of the coming days, or of those that the parent's word may mean."""
    if among:
        buttons = [Button(day_words(d), f"day:{d.isoformat()}") for d in among]
        return Reply((say("booking.ask_which_day"),), (*rows(*buttons, width=2), (leave(form),)))
    buttons = []
    for day in (turn.today + timedelta(days=n) for n in range(DAYS_SHOWN)):
        ahead, label = (day - turn.today).days, day_words(day)
        if ahead == 0 and form.clock is not None and _gone(turn, form.clock):
            continue
        named = ("booking.today", "booking.tomorrow")[ahead] if ahead < 2 else None
        buttons.append(Button(say(named, day=label) if named else label, f"day:{day.isoformat()}"))
    words = say("booking.ask_day_to" if form.moving else "booking.ask_day")
    return Reply((words,), (*rows(*buttons, width=2), (leave(form),)))


def ask_hours(turn: Turn, form: BookingForm) -> Reply:
    """Ready-made hours; a full day when nothing was said about the part of the day."""
    day = day_words(datetime.fromisoformat(form.day or "").date())
    if form.care_kind in (CareKind.HALF_DAY, CareKind.TEMPORARY):
        halves = (Button(say("booking.morning"), "hours:0900:-"), Button(say("booking.afternoon"), "hours:1430:-"))
        return Reply((say("booking.ask_half", day=day),), (halves, (leave(form),)))
    hours = [h for h in HOURS.get(form.part or "", ANY_HOURS) if not _over(turn, form, h[0])]
    if form.minutes is not None:
        starts = sorted({begin for begin, _ in hours})
        buttons = [Button(say("booking.from", start=_clock(s)), f"hours:{s}:{form.minutes}") for s in starts]
    else:
        buttons = [
            Button(say("booking.hours", start=_clock(begin), end=_end(begin, minutes)), f"hours:{begin}:{minutes}")
            for begin, minutes in hours
        ]
        if form.part is None:
            buttons.append(Button(say("booking.kind_full_day"), "hours:full_day:-"))
    return Reply((say("booking.ask_hours", day=day),), (*rows(*buttons, width=2), (leave(form),)))


def ask_length(turn: Turn, form: BookingForm) -> Reply:
    start = form.start(turn.zone)
    assert start is not None
    buttons = [
        Button(
            say("booking.until", hours=minutes // 60, end=f"{start + timedelta(minutes=minutes):%H:%M}"),
            f"hours:-:{minutes}",
        )
        for minutes in LENGTHS
    ]
    words = say("booking.ask_length", day=day_words(start.date()), start=f"{start:%H:%M}")
    return Reply((words,), (*rows(*buttons, width=2), (leave(form),)))


def _gone(turn: Turn, clock: str) -> bool:
    return time.fromisoformat(clock) <= turn.now.astimezone(ZoneInfo(turn.zone)).time()


def _over(turn: Turn, form: BookingForm, begin: str) -> bool:
    now = turn.now.astimezone(ZoneInfo(turn.zone))
    return form.day == now.date().isoformat() and time(int(begin[:2]), int(begin[2:])) <= now.time()


def _clock(begin: str) -> str:
    return f"{int(begin[:2])}:{begin[2:]}"


def _end(begin: str, minutes: int) -> str:
    whole = int(begin[:2]) * 60 + int(begin[2:]) + minutes
    return f"{whole // 60}:{whole % 60:02d}"
