"""'Remind me every morning at nine to give vitamin D': what and when; what is missing is asked.

said -> when is clear, what is clear -> set, with the date and a button to undo
        when is unclear             -> times as buttons; a time in words is heard too
        what is not said            -> asked
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.dialogue.desk import Desk
from bot.dialogue.reminders.words import moment_words, times_words
from bot.dialogue.reply import Button, Reply, Route, rows, say
from bot.dialogue.turn import Outcome, Press, Turn
from nlu.phrases.booking_talk import lets_go
from nlu.phrases.reminder_talk import (
    asks_to_be_reminded,
    is_of_the_plan,
    is_only_stop,
    names_a_day,
    what_for,
    wish_beside_the_past,
)
from nlu.phrases.times import read_when
from nlu.phrases.when import When
from scheduler.reminders.model import Kind
from scheduler.reminders.own import OwnReminder, TooManyReminders

LONGEST = 120  # characters of what a parent wants to be reminded of
USUAL = (time(9), time(12), time(20))  # offered when only the day is known
PARTS = {
    "morning": (time(8), time(9), time(10)), "noon": (time(11, 30), time(12), time(13)),
    "afternoon": (time(14), time(15), time(16)), "evening": (time(18), time(19), time(20)),
    "night": (time(20), time(21), time(22)),
}  # fmt: skip
_REST = 8  # characters beside a time: more of them are a message of its own
_THING = 40  # characters: what a reminder is for, said in answer to 'when?'
_MINUTE = 60
_LONGEST_SNOOZE = 24 * 60


@dataclass(frozen=True, slots=True)
class Wish:
    """What is known of a reminder so far."""

    words: str = ""
    at: datetime | None = None
    rule: str = ""
    day: date | None = None  # said, while the time is not

    def as_json(self) -> dict[str, str]:
        at, day = self.at.isoformat() if self.at else "", self.day.isoformat() if self.day else ""
        return {"words": self.words, "at": at, "rule": self.rule, "day": day}

    @classmethod
    def from_json(cls, data: dict[str, object]) -> Wish:
        at, day = str(data.get("at", "")), str(data.get("day", ""))
        return cls(
            str(data.get("words", "")), datetime.fromisoformat(at) if at else None, str(data.get("rule", "")),
            date.fromisoformat(day) if day else None,
        )  # fmt: skip


def asked(turn: Turn, desk: Desk) -> Outcome:
    """A message that wants to be reminded of something."""
    words, when = _words(turn), turn.understood.when
    if when is not None and when.question == "past" and when.start is None and not when.repeat:
        now = turn.now.astimezone(ZoneInfo(turn.zone))
        rest, asks_for_it = wish_beside_the_past(turn.text, now=now, language=turn.language) or ("", False)
        if asks_for_it:
            return _ask_ahead(turn, rest)
        if rest:
            words, when = _words(turn, rest) or words, read_when(rest, now=now, language=turn.language)
    if not words and (when is None or not when.says_anything):
        return _ask_what(turn, Wish())
    return _with_time(turn, desk, Wish(words), when)


def _ask_ahead(turn: Turn, rest: str) -> Outcome:
    """A day that is over was asked for: the same clock time from now on, else times that are near."""
    now = turn.now.astimezone(ZoneInfo(turn.zone))
    when = read_when(rest, now=now, language=turn.language)
    days, times = (turn.today, turn.today + timedelta(days=1)), _soon(turn)
    if when.clock is not None:
        told = {_at(turn, day, when.clock) for day in days} | {a.start for a in when.also if a.start is not None}
        times = sorted(told)
    elif when.part_of_day in PARTS:
        times = [_at(turn, day, clock) for day in days for clock in PARTS[when.part_of_day]]
    return _ask_time(turn, Wish(_words(turn, rest)), [t for t in times if t > turn.now], "reminders.past_day")


def _words(turn: Turn, text: str = "") -> str:
    return what_for(text or turn.text, now=turn.now.astimezone(ZoneInfo(turn.zone)), language=turn.language)


def waited(turn: Turn, desk: Desk) -> Outcome | None:
    """The answer to 'when?' or 'what for?'; None when this message is something else."""
    wish, when = Wish.from_json(turn.conversation.waiting_for), turn.understood.when
    match turn.conversation.waiting:
        case "reminder_time" | "reminder_words" if lets_go(turn.text) or is_only_stop(turn.text):
            return _said(turn, Reply((say("reminders.dropped"),)))
        case "reminder_time" | "reminder_words" if asks_to_be_reminded(turn.text) and _words(turn):
            return None  # another wish
        case "reminder_time" if when is not None and when.says_anything and len(_words(turn)) <= _REST:
            return _with_time(turn, desk, wish, _on_the_day(turn, wish, when))
        case "reminder_time" if not wish.words and _is_a_thing(turn):
            times = [datetime.fromisoformat(t) for t in turn.conversation.waiting_for.get("times", ())]
            return _ask_time(turn, replace(wish, words=_words(turn) or turn.text.strip()), times, "reminders.when")
        case "reminder_words" if len(turn.text) <= LONGEST and not turn.text.rstrip().endswith(("?", "？")):
            return _set(turn, desk, Wish(turn.text.strip(), wish.at, wish.rule))
    return None


def _is_a_thing(turn: Turn) -> bool:
    """Whether a message without a time may say what for: short, and no question."""
    said, when = turn.text.strip(), turn.understood.when
    timeless = when is None or not when.says_anything
    return timeless and len(said) <= _THING and not said.endswith(("?", "？", "吗", "呢"))


def _on_the_day(turn: Turn, wish: Wish, when: When) -> When:
    """'In the evening' after 'on Friday' is Friday evening."""
    now = turn.now.astimezone(ZoneInfo(turn.zone))
    if wish.day is None or names_a_day(turn.text, now=now, language=turn.language):
        return when
    return read_when(f"{wish.day.isoformat()} {turn.text}", now=now)


def _with_time(turn: Turn, desk: Desk, wish: Wish, when: When | None) -> Outcome:
    when = when or When(question="nothing")
    words, rule = wish.words, when.repeat or wish.rule
    if when.question == "past" and rule and when.clock is not None and when.repeat is None:
        return _set(turn, desk, Wish(words, _at(turn, turn.today + timedelta(days=1), when.clock), rule))
    if when.question == "past":
        clock = when.clock or (when.start.astimezone(ZoneInfo(turn.zone)).time() if when.start else None)
        tomorrow = [_at(turn, turn.today + timedelta(days=1), clock)] if clock else []
        return _ask_time(turn, Wish(words, rule=rule), tomorrow, "reminders.past")
    if when.question in ("ambiguous", "which_half_of_day"):
        times = [a.start for a in when.also if a.start]
        return _ask_time(turn, Wish(words, rule=rule, day=when.day or wish.day), times, "reminders.which_time")
    if rule.startswith("FREQ=HOURLY") and when.start is None:
        hours = int(dict(p.split("=", 1) for p in rule.split(";")).get("INTERVAL", "1"))
        return _set(turn, desk, Wish(words, turn.now + timedelta(hours=hours), rule))
    if when.start is None and when.clock is not None:
        return _set(turn, desk, Wish(words, _at(turn, when.day or turn.today, when.clock), rule))
    if when.start is None:
        usual = PARTS.get(when.part_of_day or "", USUAL)
        day = when.day or (_next_day(turn, rule) if rule or when.part_of_day else None)
        times = [_at(turn, day, t) for t in usual] if day else _soon(turn)
        return _ask_time(turn, Wish(words, rule=rule, day=when.day or wish.day), times, "reminders.when")
    return _set(turn, desk, Wish(words, when.start, rule))


def _next_day(turn: Turn, rule: str) -> date:
    return turn.today if rule else turn.today + timedelta(days=1)


def _soon(turn: Turn) -> list[datetime]:
    """In an hour, tonight, tomorrow morning."""
    tonight, tomorrow = _at(turn, turn.today, time(20)), _at(turn, turn.today + timedelta(days=1), time(9))
    return [turn.now + timedelta(hours=1), tonight, tomorrow]


def _at(turn: Turn, day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, ZoneInfo(turn.zone))


def _ask_time(turn: Turn, wish: Wish, times: list[datetime], key: str) -> Outcome:
    coming = [t for t in times if t > turn.now or wish.rule][:3]
    buttons = [
        Button(say("reminders.clock", clock=f"{t.astimezone(ZoneInfo(turn.zone)):%H:%M}") if wish.rule
               else moment_words(t, turn.zone), f"remat:{int(t.timestamp()) // _MINUTE}")
        for t in coming
    ]  # fmt: skip
    if is_of_the_plan(wish.words):
        buttons.append(Button(say("reminders.by_plan"), "plan"))
    what = say(key, words=wish.words or say("reminders.it"))
    conversation = turn.conversation.asking("reminder_time", **wish.as_json(), times=[t.isoformat() for t in coming])
    return Outcome((Reply((what,), rows(*buttons)),), conversation, Route.REMINDERS)


def on_time(turn: Turn, press: Press, desk: Desk) -> Outcome:
    """One of the offered times."""
    minute = _number(press.argument(), 99_999_999)
    if turn.conversation.waiting != "reminder_time" or minute is None:
        return _said(turn, Reply((say("talk.old_button"),)))
    wish = Wish.from_json(turn.conversation.waiting_for)
    return _set(turn, desk, Wish(wish.words, datetime.fromtimestamp(minute * _MINUTE, UTC), wish.rule))


def _set(turn: Turn, desk: Desk, wish: Wish) -> Outcome:
    if wish.at is None:
        return _ask_time(turn, wish, _soon(turn), "reminders.when")
    if wish.at <= turn.now and not wish.rule:
        return _ask_time(turn, Wish(wish.words), [], "reminders.past")
    if not wish.words:
        return _ask_what(turn, wish)
    sleeping = len(desk.own_reminders()) if Kind.OWN in desk.reminder_choice().off else 0
    try:
        own = desk.remind(wish.words[:LONGEST], wish.at, wish.rule)
    except TooManyReminders:
        return _said(turn, Reply((say("reminders.too_many"),), rows(Button(say("reminders.mine"), "remown"))))
    reply = is_set(own)
    if sleeping:
        mine = rows(Button(say("reminders.mine"), "remown"))
        reply = replace(reply, parts=(*reply.parts, say("reminders.others_again", count=sleeping)),
                        buttons=(*reply.buttons, *mine))  # fmt: skip
    return _said(turn, reply)


def asked_in_a_form(turn: Turn, desk: Desk) -> Outcome | None:
    """'Remind me on the 31st to pay' in the middle of a booking is about a reminder, not about the booking."""
    if not turn.conversation.form or turn.conversation.waiting in ("reminder_time", "reminder_words"):
        return None
    question = turn.text.rstrip().endswith(("?", "？", "吗", "什么", "呢"))
    if question or not asks_to_be_reminded(turn.text) or not _words(turn):
        return None
    return asked(turn, desk)


def _ask_what(turn: Turn, wish: Wish) -> Outcome:
    conversation = turn.conversation.asking("reminder_words", **wish.as_json())
    return Outcome((Reply((say("reminders.what_for"),)),), conversation, Route.REMINDERS)


def is_set(own: OwnReminder) -> Reply:
    buttons = rows(Button(say("reminders.undo"), f"unown:{own.id}"), Button(say("reminders.all"), "reminders"), width=2)
    return Reply((say("reminders.set", when=times_words(own), words=own.words),), buttons)


def on_undo(turn: Turn, press: Press, desk: Desk) -> Outcome:
    """No more of an own reminder."""
    ended = desk.end_own(press.argument())
    if ended is None:
        return _said(turn, Reply((say("reminders.gone"),)))
    return _said(turn, Reply((say("reminders.ended", words=ended.words),)))


def on_snooze(turn: Turn, press: Press, desk: Desk) -> Outcome:
    number, minutes = _number(press.argument(), 2**31 - 1), _number(press.argument(1), _LONGEST_SNOOZE)
    again = desk.snooze(number, minutes) if number is not None and minutes is not None else None
    if again is None:
        return _said(turn, Reply((say("reminders.gone"),)))
    return _said(turn, Reply((say("reminders.snoozed", when=moment_words(again, turn.zone)),)))


def _number(said: str, most: int) -> int | None:
    """Of a button that anybody may have made up."""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 12 and int(said) <= most else None


def _said(turn: Turn, *replies: Reply) -> Outcome:
    return Outcome(replies, turn.conversation.asked(), Route.REMINDERS)
