"""Booking care: one sentence, or taps, or both.

form -> consent? -> which children? -> which day? -> from when? -> how long? -> search
search -> several places, and nobody knows where the family is -> a list to tap
       -> else the nearest is HELD for ten minutes -> confirm / another centre / another time / leave it
       -> nothing free -> why, what is near in time and place, the waiting list
At most one question a turn; what is known is never asked again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.dialogue import account
from bot.dialogue.care.form import PARTS, BookingForm, filled, kept, known_children
from bot.dialogue.care.holding import hold, release
from bot.dialogue.care.offers import MINUTE, hold_key, wish_of
from bot.dialogue.care.questions import (
    ask_children,
    ask_consent,
    ask_day,
    ask_hours,
    ask_length,
)
from bot.dialogue.care.searching import search
from bot.dialogue.desk import Desk
from bot.dialogue.reply import Button, Reply, Route, Say, rows, say
from bot.dialogue.turn import Conversation, Outcome, Press, Turn
from bot.dialogue.words import age_words
from nlu.phrases.ages import ChildAge
from nlu.phrases.booking_talk import place_said, says_only_pickup
from nlu.phrases.choosing import leading_choice
from nlu.phrases.hurry import any_time, says_now
from nlu.phrases.times import When
from scheduler.care.model.centre import CareKind
from scheduler.care.model.errors import CareError

READY = timedelta(minutes=30)
"""The shortest notice that centres ask for."""
HALF_HOUR = timedelta(minutes=30)
USUAL = timedelta(hours=2)
EARLIEST = 7  # the hour in which the first centre opens


def start(turn: Turn, desk: Desk) -> Outcome:
    """/book, the menu's button: an open form goes on, else a new one begins."""
    return go_on(turn, desk, BookingForm.of(turn.conversation, turn.now) or BookingForm.begin(turn.now))


def by_sentence(turn: Turn, desk: Desk) -> Outcome:
    """'Tomorrow at three for two hours': into the open form, or into a new one."""
    typed = place_said(turn.text)
    there = desk.centre_at(typed) if typed else None
    if there is not None and there.lat is not None and there.lon is not None:
        turn = replace(turn, conversation=replace(turn.conversation, near=(there.lat, there.lon)))
    form = BookingForm.of(turn.conversation, turn.now) or _from_the_list(turn)
    return go_on(turn, desk, with_message(turn, desk, form))


def _from_the_list(turn: Turn) -> BookingForm:
    """A new form; it knows the centre whose card was shown just now, or what the list of centres was filtered by."""
    shown = turn.conversation.waiting_for if turn.conversation.waiting == "centres" else {}
    centre = shown.get("centre")
    number = leading_choice(turn.text)
    listed = [p for p in turn.conversation.choices if p.startswith("centre:")]
    if centre is None and shown is turn.conversation.waiting_for and number is not None and number < len(listed):
        centre = Press.read(listed[number]).argument()
    form = BookingForm.begin(turn.now, centre=int(centre) if centre is not None else None)
    return form.with_filters([str(f) for f in shown.get("filters", ())])


def with_message(turn: Turn, desk: Desk, form: BookingForm) -> BookingForm:
    form = _until_pickup(_soon(filled(form, turn), turn), turn)
    named = desk.centre_named_in(turn.text)
    if named is not None:
        form = replace(form, centre=named.id, not_centres=())
    return form


def _soon(form: BookingForm, turn: Turn) -> BookingForm:
    """'Right now' is the next half hour in which a centre can be ready; 'any time' begins the usual way."""
    if form.clock is not None or form.in_blocks:
        return form
    if says_now(turn.text) and form.day in (None, turn.today.isoformat()):
        ahead = turn.now.astimezone(ZoneInfo(turn.zone)) + READY
        begins = ahead + (HALF_HOUR - timedelta(minutes=ahead.minute % 30, seconds=ahead.second)) % HALF_HOUR
        return replace(form, day=begins.date().isoformat(), clock=f"{begins:%H:%M}", part=None)
    if any_time(turn.text) and form.day is not None:
        return replace(form, clock=f"{PARTS[form.part or 'morning']:%H:%M}", part=None)
    return form


def _until_pickup(form: BookingForm, turn: Turn) -> BookingForm:
    """'I can only pick her up at half past seven' ends the stay: two hours before that are proposed."""
    said = turn.understood.when
    if said is None or said.duration or form.in_blocks:
        return form
    if said.end is not None and said.start is None and form.clock is None:
        ends = said.end.astimezone(ZoneInfo(turn.zone))
        if ends.minute % 5 or ends.hour == 0:  # the end of a day or a week, no hour that was said
            return form
    elif said.start is not None and said.end is None and form.clock is not None and says_only_pickup(turn.text):
        ends = datetime.combine(turn.today, time.fromisoformat(form.clock))
    else:
        return form
    length = timedelta(minutes=form.minutes) if form.minutes else USUAL
    fits = ends - length >= ends.replace(hour=EARLIEST, minute=0)
    return replace(form, clock=f"{ends - length:%H:%M}", part=None, minutes=int(length / MINUTE)) if fits else form


def _keep_age(turn: Turn, desk: Desk, form: BookingForm) -> BookingForm:
    """The age said for this booking is a child of the family: it is not asked for again."""
    before = {c.id for c in turn.parent.children}
    account.keep_stated_age(turn, desk, turn.understood.age or ChildAge(form.age or 0, 0, 0, "month"))
    new = tuple(c.id for c in desk.parent().children if c.id not in before)
    return replace(form, children=new, age=None)


def go_on(turn: Turn, desk: Desk, form: BookingForm, *, first: tuple[Say, ...] = ()) -> Outcome:
    """Ask the next thing that is missing, or search. `first` is said above it."""
    if not turn.parent.consented:
        return kept(turn, form, ask_consent(), first)
    turn = replace(turn, parent=desk.parent())
    if not turn.parent.children and form.age is not None and form.count in (None, 1):
        form = _keep_age(turn, desk, form)
        turn = replace(turn, parent=desk.parent())
        ages = [age_words(c.months(turn.today)) for c in turn.parent.children]
        first = (*first, say("booking.for_age", ages=ages)) if ages else first
    children = known_children(turn, form)
    if children is None:
        if not turn.parent.children or (form.count or 0) > len(turn.parent.children):
            return _ask_birth_date(turn, form, first)
        return kept(turn, form, ask_children(turn, form.age), first)
    form = replace(form, children=tuple(c.id for c in children))
    said = turn.understood.when
    if said is not None and said.question == "past":
        return kept(turn, replace(form, day=None), ask_day(turn, form), (*first, say("booking.in_the_past")))
    days = _choices(turn, form, said) if said is not None and said.question == "ambiguous" else []
    if len(days) > 1:
        return kept(turn, form, ask_day(turn, form, days), first)
    if days:
        form = replace(form, day=days[0].isoformat())
    if form.day is None and said is not None and said.repeat is not None:
        first = (*first, say("booking.one_at_a_time"))
    if form.day is None or date.fromisoformat(form.day) < turn.today:
        return kept(turn, replace(form, day=None), ask_day(turn, form), first)
    if form.start(turn.zone) is None:
        return kept(turn, form, ask_hours(turn, form), first)
    if form.minutes is None and not form.in_blocks:
        return kept(turn, form, ask_length(turn, form), first)
    return search(turn, desk, form, children, first)


def _choices(turn: Turn, form: BookingForm, when: When) -> list[date]:
    """The days that an unclear word ('at the weekend') may mean; today is none when care would have begun by now."""
    days = [w.day or (w.start.date() if w.start else None) for w in (when, *when.also)]
    found = sorted({d for d in days if d is not None})
    start = replace(form, day=turn.today.isoformat()).start(turn.zone)
    return [d for d in found if d > turn.today or start is None or start > turn.now] if len(found) > 1 else []


def _ask_birth_date(turn: Turn, form: BookingForm, first: tuple[Say, ...]) -> Outcome:
    key = "booking.ask_other_birth_date" if turn.parent.children else "booking.ask_birth_date"
    reply = Reply((*first, say(key)), rows(Button(say("booking.leave_it"), "stopbook")))
    conversation = replace(turn.conversation.asking("birth_date"), form=form.as_json())
    return Outcome((reply,), conversation, Route.BOOKING)


def on_take(turn: Turn, press: Press, desk: Desk) -> Outcome:
    """An offer was tapped."""
    form = BookingForm.of(turn.conversation, turn.now) or BookingForm.begin(turn.now)
    children = known_children(turn, form)
    wish = wish_of(press, children or ())
    if wish is None:
        return go_on(turn, desk, form)
    begins = wish.start.astimezone(ZoneInfo(turn.zone))
    form = replace(
        form, day=begins.date().isoformat(), clock=f"{begins:%H:%M}", centre=wish.centre_id,
        minutes=int(((wish.end or wish.start) - wish.start) / MINUTE),
    )  # fmt: skip
    if form.moving is not None and wish.kind is not None:
        form = replace(form, kind=wish.kind.value)
    if children is None or not turn.parent.consented:
        return go_on(turn, desk, form)
    if form.moving is not None:
        return search(turn, desk, form, children)
    return hold(turn, desk, form, children, wish, key=hold_key(turn, wish, press.argument(4)))


def stop(turn: Turn, desk: Desk) -> Outcome:
    """Given up: a held place goes back at once."""
    form = BookingForm.of(turn.conversation, turn.now)
    if form is not None and form.held is not None:
        release(desk, form.held)
    key = "booking.kept_as_is" if form is not None and form.moving else "booking.left"
    conversation: Conversation = replace(turn.conversation.asked(), form={}, put_off={})
    return Outcome((Reply((say(key),)),), conversation, Route.BOOKING)


def another_centre(turn: Turn, desk: Desk) -> Outcome:
    form = BookingForm.of(turn.conversation, turn.now)
    if form is None:
        return start(turn, desk)
    passed = form.not_centres
    if form.held is not None:
        try:
            centre = desk.party(form.held)[0].centre_id
            passed = (*passed, centre) if centre is not None else passed
        except CareError:
            pass
        release(desk, form.held)
    elif form.centre is not None:
        passed = (*passed, form.centre)
    return go_on(turn, desk, replace(form, centre=None, not_centres=passed, held=None, tries=form.tries + 1))


def another_time(turn: Turn, desk: Desk) -> Outcome:
    form = BookingForm.of(turn.conversation, turn.now)
    if form is None:
        return start(turn, desk)
    if form.held is not None:
        release(desk, form.held)
    empty = replace(form, day=None, clock=None, part=None, held=None, tries=form.tries + 1)
    return go_on(turn, desk, empty if form.moving else replace(empty, minutes=None))


def on_day(turn: Turn, press: Press, desk: Desk) -> Outcome:
    form = BookingForm.of(turn.conversation, turn.now) or BookingForm.begin(turn.now)
    try:
        day = date.fromisoformat(press.argument())
    except ValueError:
        return go_on(turn, desk, form)
    return go_on(turn, desk, replace(form, day=day.isoformat()))


def on_hours(turn: Turn, press: Press, desk: Desk) -> Outcome:
    """`hours:0900:120`, `hours:-:120` (only the length), `hours:full_day:-`."""
    form = BookingForm.of(turn.conversation, turn.now) or BookingForm.begin(turn.now)
    first, minutes = press.argument(), press.argument(1)
    if first in {k.value for k in CareKind}:
        form = replace(form, kind=first, clock=None, minutes=None)
    elif first.isdigit() and len(first) == 4:
        form = replace(form, clock=f"{first[:2]}:{first[2:]}", part=None)
    if minutes.isdigit():
        form = replace(form, minutes=int(minutes))
    return go_on(turn, desk, form)


def on_children(turn: Turn, press: Press, desk: Desk) -> Outcome:
    form = BookingForm.of(turn.conversation, turn.now) or BookingForm.begin(turn.now)
    if press.argument() == "new" and form.age is not None and turn.parent.consented:
        return go_on(turn, desk, _keep_age(turn, desk, form))
    everyone = tuple(c.id for c in turn.parent.children)
    chosen = everyone if press.argument() == "all" else tuple(i for i in everyone if i == press.argument())
    return go_on(turn, desk, replace(form, children=chosen, count=None, age=None))
