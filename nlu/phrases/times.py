"""Dates, times, ranges and changes in a message, zh and en. Unclear and past times are questioned, never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time

from bot.core.language import Language, detect
from nlu.phrases.ages import ages_in
from nlu.phrases.composing import compose
from nlu.phrases.durations import read_duration
from nlu.phrases.mentions import Mentions, mentions_in
from nlu.phrases.numbers import clean, pattern
from nlu.phrases.when import When

__all__ = ["When", "read_duration", "read_when"]

_DAY_OR_CLOCK = r"(?=\s*(?:下|上|早|晚|中|明|后|大后|周|礼拜|星期|这|本|[0-9一二两三四五六七八九十]))"
_TO_ZH = re.compile(
    rf"(?:改|换|挪|调|移|变|延|推迟|提前|提早|顺延|推|调整)(?:成|到|为|在|至|去)(?!底)|(?:改|换){_DAY_OR_CLOCK}"
    r"|(?<=[点半分刻])的(?=我|想|能不|可不)|不是.{1,8}?是"
)
_MOVE_EN = pattern(
    r"\b(?:mov(?:e|ing)|shift|push|chang(?:e|ing)|switch|reschedul(?:e|ing)|swap|bring|rebook|postpone|put)\b"
)
_TO_EN = pattern(r"\b(?:to|for)\b")
_MEANT = pattern(
    r"\b(?:but (?:i )?meant|i meant|meant|should be|should have been)\b|\b(?:make (?:it|that)"
    r"|no,? (?=it'?s)|actually,?)(?= )"
)
_INSTEAD = pattern(r"\b(?:instead of|rather than)\b")
_SAME_TIME = pattern(r"同一?个?(?:时间|点|钟点)|(?:钟点|时间|点)(?:不变|照旧|一样|还一样)|\bsame (?:time|hours?)\b")
_LATER = pattern(r"\bback (?:by )?$|(?:往后|向后|推迟|延后|延迟|顺延|后推|推后|晚)(?:推|延|挪|移|到|来)?了?\s*$")
_EARLIER = pattern(r"\b(?:forward|up) (?:by )?$|(?:往前|向前|提前|提早|早)(?:推|挪|移|到|来)?\s*$")
_LATER_EN = pattern(r"^\s*(?:later|back)\b")
_EARLIER_EN = pattern(r"^\s*(?:earlier|sooner|forward)\b")
_HALF_DAY = pattern(r"(?<!in )\bhalf(?: an?)?[ -]day\b(?! later)")
_TRIES = 6  # markers of a change that are looked at in one message


def read_when(text: str, *, now: datetime, language: Language | None = None) -> When:
    """What the message says about time, in the zone of `now`; see When for how to read the answer.

    `language` decides only whether 3/12 is 12 March or 3 December. Raises ValueError for a naive `now`.
    """
    if now.tzinfo is None:
        raise ValueError("now needs a zone")
    cleaned = clean(text)
    blank = _without_ages(cleaned, now)
    spoken = language or detect(text)
    whole = mentions_in(blank, now, spoken, reminder=False)
    change = _moved(blank, whole, now, spoken)
    if change is not None:
        return change
    return _ahead(whole, compose(whole, now), now)


def _without_ages(text: str, now: datetime) -> str:
    """The same text with child ages blanked: 8个月 and '18 months' are no times; nor is a half day, a kind of care."""
    for age in reversed(ages_in(text, today=now.date())):
        text = text[: age.start] + " " * (age.end - age.start) + text[age.end :]
    return _HALF_DAY.sub(lambda found: " " * len(found.group()), text)


def _ahead(said: Mentions, when: When, now: datetime) -> When:
    """'提前一天提醒', 'a week before': the reminder's own time, earlier than the time named."""
    early = next((s for s in said.stretches if s.role == "ahead"), None)
    if early is None or not said.reminder or when.also:
        return when
    if when.start and not early.whole_days:
        start = when.start - early.length
        return replace(
            when, start=start, end=None, duration=None, day=start.date(), question="past" if start < now else None
        )
    if when.start and early.whole_days:
        start = when.start - early.length
        return replace(
            when, start=None, end=None, duration=None, day=start.date(), clock=start.time(), question="no_time"
        )
    if when.day and early.whole_days:
        day = when.day - early.length
        return replace(when, day=day, question="past" if day < now.date() else "no_time")
    return when


def _splits(text: str) -> Iterator[tuple[str, str]]:
    """Ways to cut a message into the old time and the new one."""
    for match in _TO_ZH.finditer(text):
        yield text[: match.start()], text[match.end() :]
    for match in _MEANT.finditer(text):
        yield text[: match.start()], " to" + text[match.end() :]
    if verb := _MOVE_EN.search(text):
        for match in _TO_EN.finditer(text, verb.end()):
            yield text[: match.start()], text[match.start() :]


def _moved(text: str, whole: Mentions, now: datetime, language: Language) -> When | None:
    """Old and new time of a booking that moves, or a correction alone; None when nothing moves."""
    if match := _INSTEAD.search(text):
        return _instead(text, match, whole, now)
    for tried, (left, right) in enumerate(_splits(text)):
        if tried >= _TRIES:
            break
        new_said = mentions_in(right, now, language, whole.reminder)
        starts = [day.start for day in new_said.days] + [clock.start for clock in new_said.clocks]
        starts += [part.start for part in new_said.parts]
        if _SAME_TIME.search(right):
            starts.append(0)
        if not starts or min(starts) > 14:
            continue
        old = compose(mentions_in(left, now, language, whole.reminder), now)
        return _joined(old, new_said, right, now)
    return _shifted(whole, now)


def _joined(old: When, new_said: Mentions, right: str, now: datetime) -> When | None:
    old_day = old.start.date() if old.start and old.clock is None else old.day if old.clock is None else None
    new = compose(new_said, now, on=None if new_said.days else old_day, correction=True)
    if not new.says_anything:
        return None
    new_day = new.day or old_day
    if _SAME_TIME.search(right) and old.start and new_day and not new.start:
        start = datetime.combine(new_day, old.start.timetz())
        new = replace(new, start=start, day=new_day, question="past" if start < now else None)
    if new.start and old.start and old.end and not new.end:
        length = old.end - old.start
        new = replace(new, end=new.start + length, duration=length)
    if not old.says_anything:
        return new
    return replace(old, also=(new,), change=True, question="past" if _gone(old, now) else new.question)


def _gone(when: When, now: datetime) -> bool:
    return when.start is not None and when.start < now


def _instead(text: str, match: re.Match[str], whole: Mentions, now: datetime) -> When | None:
    """'eleven instead of ten', 'Friday rather than Thursday': the new time stands first."""
    new_clock = next((c for c in reversed(whole.clocks) if c.end <= match.start()), None)
    old_clock = next((c for c in whole.clocks if c.start >= match.end()), None)
    rest = [c for c in whole.clocks if c not in (new_clock, old_clock)]
    new_days, old_days = (
        [d for d in whole.days if d.end <= match.start()],
        [d for d in whole.days if d.start >= match.end()],
    )
    if new_clock and old_clock:
        new = compose(replace(whole, clocks=sorted([new_clock, *rest], key=lambda c: c.start)), now)
        old = compose(replace(whole, clocks=sorted([old_clock, *rest], key=lambda c: c.start)), now)
    elif new_days and old_days:
        new = compose(replace(whole, days=new_days), now)
        old = compose(replace(whole, days=old_days), now)
    else:
        return None
    return replace(old, also=(new,), change=True, question="past" if _gone(old, now) else new.question)


def _shifted(whole: Mentions, now: datetime) -> When | None:
    """'往后推一个钟头', 'an hour later': the old time, then the same moved by that length."""
    if whole.reminder:
        return None
    for stretch in whole.stretches:
        left, right = whole.text[max(0, stretch.start - 8) : stretch.start], whole.text[stretch.end : stretch.end + 12]
        later = _LATER.search(left) or _LATER_EN.match(right)
        if not later and not _EARLIER.search(left) and not _EARLIER_EN.match(right):
            continue
        old = compose(replace(whole, stretches=[s for s in whole.stretches if s is not stretch]), now)
        move = stretch.length if later else -stretch.length
        if old.start is None:
            return None
        start, end = old.start + move, old.end + move if old.end else None
        clock: time | None = start.time() if old.clock else None
        gone = start < now
        new = replace(old, start=start, end=end, day=start.date(), clock=clock, question="past" if gone else None)
        return replace(old, also=(new,), change=True, question="past" if gone or _gone(old, now) else None)
    return None


def meant(when: When) -> When:
    """The time that a booking is to have: the new one where it changes."""
    return when.also[-1] if when.change else when
