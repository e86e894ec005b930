"""Group sessions and courses: what meets, a seat held and confirmed, the line for a full one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core.families.model import Child
from bot.dialogue.care import holding, waiting
from bot.dialogue.care.form import BookingForm, kept, point
from bot.dialogue.care.offers import nonce
from bot.dialogue.care.questions import ask_consent
from bot.dialogue.care.replies import place_name, refused
from bot.dialogue.care.words import span_words
from bot.dialogue.desk import Desk
from bot.dialogue.reply import Button, Reply, Route, Say, rows, say
from bot.dialogue.turn import Outcome, Press, Turn
from nlu.phrases.same_thing import shared_words
from scheduler.care.model.errors import CareError, GroupFull, PlaceStillFree
from scheduler.care.model.group import GroupSession

LONGEST = 30  # characters of a message that only chooses among meetings
PARTS = {"morning": (6, 12), "noon": (11, 14), "afternoon": (12, 18), "evening": (17, 22)}  # hours of the day


def show(turn: Turn, desk: Desk) -> Outcome:
    """/groups, 'Saturday's play group for my 8-month-old': meetings for the age, on the day when one was named."""
    since, until = _days(turn)
    near = point(turn.conversation.near)
    found = desk.groups(near, turn.age_months, since, until)
    parts: list[Say] = []
    if not found and since is not None:
        found = desk.groups(near, turn.age_months, None, None)
        parts.append(say("booking.no_group_then"))
    if not found:
        return _said(turn, Reply((say("booking.no_groups"),), rows(Button(say("talk.menu_centres"), "centres"))))
    named = _named(turn, found)
    if named and len(named) < len(found):
        found = named
    if not parts:
        key = "booking.groups_for_age" if turn.age_months is not None else "booking.groups"
        parts.append(say(key, months=int(turn.age_months or 0)))
    parts += [_lines(turn, desk, g) for g in found]
    made = nonce(turn)
    buttons = [Button(_label(turn, g), f"{'seat' if g.places_left > 0 else 'gwait'}:{g.id}:{made}") for g in found]
    turn = replace(turn, conversation=turn.conversation.asking("groups"))
    return _said(turn, Reply(tuple(parts), rows(*buttons)))


def below_the_list(turn: Turn, desk: Desk) -> Outcome | None:
    """'At the weekend', 'the one with four meetings' below a list of meetings; None when it says something else."""
    if turn.conversation.waiting != "groups" or len(turn.text) > LONGEST:
        return None
    when = turn.understood.when
    named = _named(turn, [desk.group(int(i)) for i in _listed(turn)])
    if len(named) == 1:
        return on_seat(turn, Press("seat", (str(named[0].id), nonce(turn))), desk)
    asks_for_care = when is not None and (when.start or when.clock or when.duration)
    return show(turn, desk) if when is not None and when.says_anything and not asks_for_care else None


def _listed(turn: Turn) -> list[str]:
    presses = [Press.read(p) for p in turn.conversation.choices]
    return [p.argument() for p in presses if p.verb in ("seat", "gwait") and p.argument().isdigit()]


def _named(turn: Turn, groups: Sequence[GroupSession]) -> list[GroupSession]:
    """Those whose title the message shares most with; none when it shares nothing, or alike with all."""
    shared = {g.id: shared_words(turn.text, g.series.titled(turn.language.value)) for g in groups}
    most = max(shared.values(), default=0)
    return [g for g in groups if shared[g.id] == most] if most else []


def _days(turn: Turn) -> tuple[datetime | None, datetime | None]:
    when = turn.understood.when
    day: date | None = None
    if when is not None and when.question != "past":
        day = when.start.date() if when.start else when.day
    if day is None and when is not None and when.question == "ambiguous":
        days = sorted({d for d in (w.day or (w.start.date() if w.start else None) for w in (when, *when.also)) if d})
        if days:
            begins = datetime.combine(days[0], time(), ZoneInfo(turn.zone))
            return begins, begins + (days[-1] - days[0]) + timedelta(days=1)
    if day is None:
        return None, None
    first = datetime.combine(day, time(), ZoneInfo(turn.zone))
    part = PARTS.get(when.part_of_day or "") if when is not None else None
    if part is not None:
        return first + timedelta(hours=part[0]), first + timedelta(hours=part[1])
    last = when.end if when is not None and when.start is None and when.end else first + timedelta(days=1)
    return first, last


def _lines(turn: Turn, desk: Desk, group: GroupSession) -> Say:
    series, language = group.series, turn.language.value
    blanks: dict[str, object] = {
        "title": series.titled(language),
        "when": span_words(group.starts_at, group.ends_at, series.zone),
        "place": place_name(turn, desk, series),
        "ages": say("booking.ages", low=series.from_months, high=series.to_months),
        "left": say("booking.seats_left", places=group.places_left)
        if group.places_left > 0
        else say("booking.seats_none"),
        "about": series.about.get(language) or "",
    }
    if series.course:
        return Say("booking.course_line", {**blanks, "meetings": len(group.meetings)})
    return Say("booking.group_line", blanks)


def _label(turn: Turn, group: GroupSession) -> Say:
    key = "booking.seat" if group.places_left > 0 else "booking.seat_wait"
    return say(
        key, title=group.series.titled(turn.language.value),
        weekday=Say(f"booking.weekday_{group.local_start.weekday()}"), start=f"{group.local_start:%H:%M}",
    )  # fmt: skip


def on_seat(turn: Turn, press: Press, desk: Desk) -> Outcome:
    """A seat for ten minutes; the family then confirms."""
    number = press.argument()
    if not number.isdigit():
        return show(turn, desk)
    if not turn.parent.consented:
        form = BookingForm.begin(turn.now, group=int(number))
        return kept(turn, form, ask_consent())
    return hold(turn, desk, int(number), press.argument(1))


def hold(turn: Turn, desk: Desk, group_id: int, made: str) -> Outcome:
    try:
        group = desk.group(group_id)
        child = fitting(turn, group)
        party = desk.hold_group(group_id, child, f"{turn.parent.id}:g{group_id}:{made}")
    except GroupFull:
        return _join(turn, desk, group_id, made)
    except CareError as error:
        return _said(turn, refused(error))
    return holding.show_party(turn, desk, BookingForm.begin(turn.now, group=group_id), party)


def on_wait(turn: Turn, press: Press, desk: Desk) -> Outcome:
    number = press.argument()
    if not number.isdigit() or not turn.parent.consented:
        return on_seat(turn, press, desk)
    return _join(turn, desk, int(number), press.argument(1))


def _join(turn: Turn, desk: Desk, group_id: int, made: str) -> Outcome:
    try:
        child = fitting(turn, desk.group(group_id))
        party = desk.wait_group(group_id, child, f"w{turn.parent.id}:g{group_id}:{made}")
    except PlaceStillFree:
        return hold(turn, desk, group_id, made)
    except CareError as error:
        return _said(turn, refused(error))
    return waiting.waits(turn, desk, party)


def fitting(turn: Turn, group: GroupSession) -> Child | None:
    """The child of the right age; else the youngest, so that the refusal can say why."""
    series, day = group.series, group.local_start.date()
    fit = [c for c in turn.parent.children if series.from_months <= c.months(day) < series.to_months]
    return next(iter(fit), turn.child)


def _said(turn: Turn, reply: Reply) -> Outcome:
    return Outcome((reply,), replace(turn.conversation), Route.BOOKING)
