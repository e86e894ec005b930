"""The free places of a centre in the coming week, as a picture and in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from bot.dialogue.care.words import day_words, name_of
from bot.dialogue.desk import Desk
from bot.dialogue.reply import Button, Picture, Reply, Route, Say, rows, say
from bot.dialogue.turn import Outcome, Press, Turn
from bot.dialogue.words import age_words
from scheduler.care.model.booking import State
from scheduler.care.model.centre import Centre
from scheduler.care.model.errors import CareError
from scheduler.care.model.search import FreeDay

MANY = 3
LINES = 4  # days told in words
_LEGEND = ("many", "few", "full", "own")


def on_week(turn: Turn, press: Press, desk: Desk) -> Outcome:
    """`week:<centre>`."""
    try:
        centre = desk.centre(int(press.argument())).centre
    except (ValueError, CareError):
        return Outcome((Reply((say("talk.old_button"),)),), turn.conversation, Route.CENTRES)
    child = turn.child
    if child is None:
        return Outcome((Reply((say("booking.left_by_age"),)),), turn.conversation, Route.CENTRES)
    week = [d for d in desk.free_week(centre.id, child) if d.free]
    book = Button(say("booking.book_here"), f"at:{centre.id}")
    if not week:
        none = Reply((say("booking.left_unknown"),), rows(Button(say("booking.other_centres"), "centres")))
        return Outcome((none,), turn.conversation, Route.CENTRES)
    picture = Picture("week", _facts(turn, desk, centre, week), say("booking.week_words", lines=_words(week)))
    words = say("booking.week_title", name=name_of(centre, turn), age=age_words(child.months(turn.today)))
    reply = Reply((words,), rows(book, Button(say("booking.other_centres"), "centres")), picture=picture)
    return Outcome((reply,), turn.conversation, Route.CENTRES)


def free_on(turn: Turn, desk: Desk, centre_id: int, day: date) -> Say | None:
    """From when to when there is room for the family's child at the centre on that day; None when that is unknown."""
    if turn.child is None:
        return None
    found = [d for d in desk.free_week(centre_id, turn.child) if d.day == day and d.free]
    return _words(found)[0] if found else None


def _hours(day: FreeDay) -> dict[int, int]:
    """The least of the half hours of each hour."""
    hours: dict[int, int] = {}
    for minute, places in day.free.items():
        hours[minute // 60] = min(hours.get(minute // 60, places), places)
    return hours


def _facts(turn: Turn, desk: Desk, centre: Centre, week: Sequence[FreeDay]) -> dict[str, object]:
    own: dict[str, list[list[float]]] = {}
    for party in desk.bookings():
        for stay in party:
            if stay.centre_id == centre.id and stay.state in (State.BOOKED, State.HELD):
                begins, ends = stay.local_start, stay.local_end
                span = [begins.hour + begins.minute / 60, ends.hour + ends.minute / 60]
                own.setdefault(begins.date().isoformat(), []).append(span)
    days = [
        {
            "name": Say(f"booking.weekday_{d.day.weekday()}"),
            "date": say("booking.week_date", month=Say(f"booking.month_{d.day.month}"), day=d.day.day),
            "hours": [
                [hour, "full" if free == 0 else "few" if free < MANY else "many", str(free) if free else "-"]
                for hour, free in sorted(_hours(d).items())
            ],
            "own": own.get(d.day.isoformat(), []),
        }
        for d in week
    ]
    hours = sorted({h for d in week for h in _hours(d)})
    now = turn.now.astimezone(ZoneInfo(centre.zone))
    legend = [(state, Say(f"booking.week_{state}")) for state in _LEGEND if state != "own" or any(own.values())]
    return {
        "title": name_of(centre, turn), "subtitle": say("booking.week_subtitle"), "days": days,
        "hours": list(range(hours[0], hours[-1] + 1)), "legend": legend,
        "footer": say("booking.week_footer", time=f"{now:%H:%M}"),
    }  # fmt: skip


def _words(week: Sequence[FreeDay]) -> list[Say]:
    """The first days, and from when to when there is room."""
    lines = []
    for day in week[:LINES]:
        free = [hour for hour, places in sorted(_hours(day).items()) if places > 0]
        spans: list[list[int]] = []
        for hour in free:
            if spans and spans[-1][1] == hour:
                spans[-1][1] = hour + 1
            else:
                spans.append([hour, hour + 1])
        shown = " ".join(f"{first}:00–{last}:00" for first, last in spans)
        key = "booking.week_line" if shown else "booking.week_line_full"
        lines.append(say(key, day=day_words(day.day), hours=shown))
    return lines
