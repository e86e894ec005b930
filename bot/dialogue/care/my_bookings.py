"""The family's own bookings: list, one in full, change, cancel, not coming, late."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.dialogue.care.day_picture import day_picture
from bot.dialogue.care.replies import booked_reply, refused, what_line
from bot.dialogue.care.words import clock_words, name_of, party_times, span_words
from bot.dialogue.desk import Desk
from bot.dialogue.reply import Button, Reply, Route, Say, rows, say
from bot.dialogue.turn import Outcome, Press, Turn
from bot.dialogue.words import age_words
from nlu.phrases.booking_talk import comes_late, will_not_come
from scheduler.care.model.booking import NO_SHOW_MEMORY, NO_SHOWS_COUNT, Party, State
from scheduler.care.model.errors import CareError

SHOWN = 5
LATE = (15, 30)  # minutes offered as buttons


def show_all(turn: Turn, desk: Desk) -> Outcome:
    """/bookings."""
    parties = desk.bookings()
    if not parties:
        buttons = rows(Button(say("talk.menu_book"), "book"), Button(say("talk.menu_groups"), "groups"), width=2)
        return _said(turn, Reply((say("booking.none_yet"),), buttons))
    lines = [line(turn, desk, p) for p in parties[:SHOWN]]
    buttons = rows(*(Button(short(turn, desk, p), f"mine:{p[0].party_id}") for p in parties[:SHOWN]))
    more = [say("booking.more", count=len(parties) - SHOWN)] if len(parties) > SHOWN else []
    household = (Button(say("booking.household"), "household"),)
    return _said(turn, Reply((say("booking.your_bookings"), *lines, *more), (*buttons, household)))


def line(turn: Turn, desk: Desk, party: Party) -> Say:
    """One booking in the list: state, what, code, who booked when it was not this parent."""
    state = state_words(turn, desk, party)
    key = "booking.list_line" if party[0].booked_by == turn.parent.id else "booking.list_line_by_other"
    return say(key, state=state, what=what_line(turn, desk, party), code=party[0].code)


def state_words(turn: Turn, desk: Desk, party: Party) -> Say:
    first = party[0]
    if first.state is State.WAITLISTED:
        return say("booking.state_waiting", place=desk.line_of(first.party_id))
    if first.state is State.HELD:
        key = "booking.state_offered" if first.is_offer else "booking.state_held"
        return say(key, until=clock_words(first.held_until or turn.now, first.zone))
    return say("booking.state_booked")


def short(turn: Turn, desk: Desk, party: Party) -> Say:
    first = party[0]
    name = (
        desk.group(first.group_session_id).series.titled(turn.language.value)
        if first.group_session_id is not None
        else name_of(desk.centre(first.centre_id or 0).centre, turn)
    )
    return say("booking.short", name=name, when=span_words(first.starts_at, first.ends_at, first.zone))


def on_mine(turn: Turn, press: Press, desk: Desk) -> Outcome:
    try:
        return show_one(turn, desk, desk.party(press.argument()))
    except CareError as error:
        return _said(turn, refused(error))


def show_one(turn: Turn, desk: Desk, party: Party) -> Outcome:
    """One booking with everything that can be done about it now."""
    first, buttons = party[0], []
    if first.state is State.HELD:
        buttons = [Button(say("booking.confirm"), f"ok:{first.party_id}")]
    if first.state is State.BOOKED and first.ends_at > turn.now:
        if first.group_session_id is None and first.starts_at > turn.now:
            buttons.append(Button(say("booking.change_time"), f"shift:{first.party_id}"))
        if _is_today(turn, party):
            buttons += [Button(say("booking.late", minutes=m), f"late:{first.party_id}:{m}") for m in LATE]
            buttons.append(Button(say("booking.not_today"), f"away:{first.party_id}"))
        buttons.append(Button(say("booking.file_and_map"), f"papers:{first.party_id}"))
    key = "booking.leave_line" if first.state is State.WAITLISTED else "booking.cancel"
    if first.state in (State.HELD, State.BOOKED, State.WAITLISTED):
        buttons.append(Button(say(key), f"uncare:{first.party_id}"))
    buttons.append(Button(say("booking.all_bookings"), "bookings"))
    turn = replace(turn, conversation=replace(turn.conversation, party=first.party_id))
    return _said(turn, Reply((line(turn, desk, party),), rows(*buttons)))


def _is_today(turn: Turn, party: Party) -> bool:
    return party[0].local_start.date() == turn.now.astimezone(ZoneInfo(party[0].zone)).date()


def on_papers(turn: Turn, press: Press, desk: Desk) -> Outcome:
    """The calendar file, the pin and the picture of the day once more."""
    try:
        return _said(turn, *booked_reply(turn, desk, desk.party(press.argument()), all_papers=True))
    except CareError as error:
        return _said(turn, refused(error))


def on_day_look(turn: Turn, press: Press, desk: Desk) -> Outcome:
    """The child's day at the centre, as a picture."""
    try:
        picture = day_picture(turn, desk, desk.party(press.argument()))
    except CareError as error:
        return _said(turn, refused(error))
    if picture is None:
        return _said(turn, Reply((say("talk.old_button"),)))
    return _said(turn, Reply((picture.alt,), picture=picture))


# cancelling


def cancel_by_sentence(turn: Turn, desk: Desk) -> Outcome:
    """'Cancel tomorrow's booking', 'not coming today': the booking that is meant, or a choice."""
    parties = about(turn, [p for p in desk.bookings() if p[0].state is not State.HELD or p[0].is_offer])
    if not parties:
        return show_all(turn, desk)
    parties = talked_about(turn, parties)
    if len(parties) == 1:
        today = _is_today(turn, parties[0]) and will_not_come(turn.text)
        return ask_away(turn, desk, parties[0]) if today else ask_cancel(turn, desk, parties[0])
    return choose(turn, desk, parties, "uncare")


def about(turn: Turn, parties: list[Party]) -> list[Party]:
    """Those on the day that was named; all when none was."""
    when = turn.understood.when
    day = (when.start.date() if when.start else when.day) if when is not None else None
    return [p for p in parties if p[0].local_start.date() == day] if day is not None else parties


def talked_about(turn: Turn, parties: list[Party]) -> list[Party]:
    """Of several the one that was booked or shown last, when no day was named."""
    last = [p for p in parties if p[0].party_id == turn.conversation.party]
    when = turn.understood.when
    names_another = when is not None and (bool(when.also) or (when.day is not None and not when.change))
    return last if last and not names_another else parties


def choose(turn: Turn, desk: Desk, parties: list[Party], verb: str) -> Outcome:
    buttons = [Button(short(turn, desk, p), f"{verb}:{p[0].party_id}") for p in parties[:SHOWN]]
    return _said(turn, Reply((say("booking.which_one"),), rows(*buttons)))


def on_cancel(turn: Turn, press: Press, desk: Desk) -> Outcome:
    try:
        return ask_cancel(turn, desk, desk.party(press.argument()))
    except CareError as error:
        return _said(turn, refused(error))


def ask_cancel(turn: Turn, desk: Desk, party: Party) -> Outcome:
    """The rules first, then two buttons; of twins also one alone."""
    first = party[0]
    rule = "booking.cancel_rule_free" if any(b.free_use for b in party) else "booking.cancel_rule"
    if first.state is State.WAITLISTED:
        rule = "booking.leave_line_rule"
    parts = (
        say("booking.cancel_sure", what=what_line(turn, desk, party)),
        say(rule, count=NO_SHOWS_COUNT, days=NO_SHOW_MEMORY.days),
    )
    buttons = [Button(say("booking.cancel_yes"), f"undo:{first.party_id}")]
    booked = [b for b in party if b.state is State.BOOKED and b.child_id]
    if len({b.child_id for b in booked}) > 1:
        ages = {c.id: age_words(c.months(turn.today)) for c in turn.parent.children}
        alike = len({str(a) for i, a in ages.items() if i in {b.child_id for b in booked}}) < len(booked)
        key = "booking.cancel_one_of" if alike else "booking.cancel_one"
        buttons += [
            Button(say(key, age=ages[b.child_id], number=number), f"undo:{first.party_id}:{b.line}")
            for number, b in enumerate(booked, 1)
            if b.child_id in ages
        ]
    reply = Reply(parts, rows(*buttons, Button(say("booking.keep_it"), f"mine:{first.party_id}")))
    return _asked(turn, reply, f"undo:{first.party_id}")


def _asked(turn: Turn, reply: Reply, press: str) -> Outcome:
    """Sure? A yes in words is as good as the tap."""
    return Outcome((reply,), turn.conversation.asking("sure", press=press), Route.BOOKING)


def sure(turn: Turn, desk: Desk) -> Outcome:
    """The yes to 'cancel this one?' or 'not coming today?'."""
    pressed = Press.read(str(turn.conversation.waiting_for.get("press", "")))
    turn = replace(turn, conversation=turn.conversation.asked())
    return on_away(turn, pressed, desk) if pressed.verb == "away" else on_undo(turn, pressed, desk)


def kept_it(turn: Turn, desk: Desk) -> Outcome:
    """The no to the same."""
    pressed = Press.read(str(turn.conversation.waiting_for.get("press", "")))
    return on_mine(replace(turn, conversation=turn.conversation.asked()), pressed, desk)


def on_undo(turn: Turn, press: Press, desk: Desk) -> Outcome:
    one = press.argument(1)
    try:
        desk.cancel(press.argument(), line=int(one) if one.isdigit() else None)
    except CareError as error:
        return _said(turn, refused(error))
    turn = replace(turn, conversation=turn.conversation.asked())
    buttons = rows(Button(say("talk.menu_book"), "book"), Button(say("booking.my_bookings"), "bookings"), width=2)
    return _said(turn, Reply((say("booking.cancelled"),), buttons))


def ask_away(turn: Turn, desk: Desk, party: Party) -> Outcome:
    buttons = rows(
        Button(say("booking.not_today"), f"away:{party[0].party_id}"),
        Button(say("booking.keep_it"), f"mine:{party[0].party_id}"),
    )
    reply = Reply((say("booking.away_sure", what=what_line(turn, desk, party)),), buttons)
    return _asked(turn, reply, f"away:{party[0].party_id}")


def on_away(turn: Turn, press: Press, desk: Desk) -> Outcome:
    """'Not coming today': free at once."""
    try:
        desk.cancel(press.argument(), why="not_coming")
    except CareError as error:
        return _said(turn, refused(error))
    turn = replace(turn, conversation=turn.conversation.asked())
    return _said(turn, Reply((say("booking.away_done"),), rows(Button(say("booking.book_again"), "book"))))


def late_by_sentence(turn: Turn, desk: Desk) -> Outcome | None:
    """'Half an hour late' for today's booking, else for the next one; None when there is none."""
    when = turn.understood.when
    if not comes_late(turn.text):
        return None
    booked = [p for p in desk.bookings() if p[0].state is State.BOOKED]
    meant_one = [p for p in booked if _is_today(turn, p)] or about(turn, booked)
    if not meant_one:
        return None
    length = when.duration if when is not None and when.duration else timedelta(minutes=LATE[0])
    return _late(turn, desk, meant_one[0][0].party_id, int(length.total_seconds() // 60))


def on_late(turn: Turn, press: Press, desk: Desk) -> Outcome:
    minutes = press.argument(1)
    return _late(turn, desk, press.argument(), int(minutes) if minutes.isdigit() else LATE[0])


def _late(turn: Turn, desk: Desk, party_id: str, minutes: int) -> Outcome:
    try:
        party = desk.running_late(party_id, minutes)
    except CareError as error:
        return _said(turn, refused(error))
    end = clock_words(party[0].ends_at, party[0].zone)
    when = party_times(party)[0]
    key = "booking.late_told" if _is_today(turn, party) else "booking.late_told_day"
    return _said(turn, Reply((say(key, minutes=minutes, end=end, when=when),)))


def _said(turn: Turn, *replies: Reply) -> Outcome:
    return Outcome(replies, turn.conversation, Route.BOOKING)
