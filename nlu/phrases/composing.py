"""From mentions (days, clock times, parts of the day, lengths) to one time, or to the question that must be asked."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from nlu.phrases import repeats
from nlu.phrases.calendar_days import Day
from nlu.phrases.clocks import JOIN, Clock
from nlu.phrases.mentions import Mentions
from nlu.phrases.numbers import pattern
from nlu.phrases.placing import part_of, placed
from nlu.phrases.when import When

_OR = re.compile(r"^\s*(?:的?(?:还是|或者?|要么)|or)\s*(?:for |at |on )?\s*$")
_BESIDE = re.compile(r"^[ ,(的]{0,3}$")
_TOGETHER = re.compile(r"^\s*(?:和|跟|与|及|,|and|&|、)?\s*$")
_THROUGH = re.compile(r"^\s*(?:到|至|-|~|to|till|until|through)\s*$")
_BETWEEN = pattern(r"\bbetween\s*$")
_ENDS_RIGHT = re.compile(
    r"^(?:钟)?(?:左右)?(?:前|就|再|来|去|想|能|要|给|可以|我|他爸|奶奶|准时)*(?:接(?!着|种)|走|结束|离园|放学|下课)"
)
_STARTS_RIGHT = re.compile(r"^(?:钟)?(?:左右)?(?:就|再|来|去|想|能|要|给|可以|我|准时)*(?:送|入园|开始)")
_ENDS_LEFT = pattern(
    r"\b(?:pick(?:ed)?[ -]?(?:him |her |them |up)*(?:up)?|collect\w*|finish\w*|end|ends|until|till"
    r"|til)\b[^,.;!?0-9]{0,18}$|(?:接[他她娃]?(?:是|在|还是)?|到|至)$"
)
_STARTS_LEFT = pattern(r"\b(?:drop(?:ping)?[ -]?(?:him |her |them )?off|start\w*|arriv\w*|bring)\b[^,.;!?0-9]{0,14}$")


def _roles(said: Mentions) -> tuple[Clock | None, Clock | None, bool]:
    """Start clock, end clock, and whether two were offered as alternatives."""
    for left, right in zip(said.clocks, said.clocks[1:], strict=False):
        between = said.text[left.end : right.start]
        joined_by_and = between.strip() in ("and", "和") and _BETWEEN.search(
            said.text[max(0, left.start - 9) : left.start]
        )
        open_end = said.text[: left.start].endswith(("到", "至"))  # 加班到八点: an end without a start
        if not open_end and len(between) <= 24 and (JOIN.match(between) or joined_by_and):
            return left, right, False
    starts, ends, plain = [], [], []
    for clock in said.clocks:
        left_text, right_text = said.text[max(0, clock.start - 34) : clock.start], said.text[clock.end : clock.end + 12]
        if _ENDS_RIGHT.match(right_text) or _ENDS_LEFT.search(left_text):
            ends.append(clock)
        elif _STARTS_RIGHT.match(right_text) or _STARTS_LEFT.search(left_text):
            starts.append(clock)
        else:
            plain.append(clock)
    for left, right in zip(said.clocks, said.clocks[1:], strict=False):
        if _OR.match(said.text[left.end : right.start]):
            return left, right, True
    start = next(iter(starts or plain), None)
    end = ends[0] if ends else None
    return start, end, False


def _dated(left: Day, right: Day) -> Day:
    """'Saturday 28 November': the date counts; a weekday that contradicts it is asked about."""
    dated, named = (right, left) if left.weekday else (left, right)
    agree = dated.day is None or named.day is None or dated.day.weekday() == named.day.weekday()
    return replace(dated, others=() if agree or named.day is None else (named.day,))


def _day_span(said: Mentions) -> tuple[Day | None, date | None, bool]:
    """The day meant, the last day when several are, and whether they are alternatives."""
    known = [day for day in said.days if day.day is not None]
    if said.repeat:
        known = [day for day in known if not repeats.ends_on(said.text, day.start)]
    if not known:
        open_day = next((day for day in said.days if day.day is None), None)
        return open_day, None, False
    first = known[0]
    for left, right in itertools.pairwise(known):
        between = said.text[left.end : right.start]
        assert left.day is not None
        assert right.day is not None
        if left.weekday != right.weekday and not (left.last or right.last) and _BESIDE.match(between):
            return _dated(left, right), None, False
        if _OR.match(between):
            return replace(left, others=(right.day,)), None, True
        if _THROUGH.match(between):
            until = right.day + timedelta(weeks=1 if right.weekday and right.day < left.day else 0)
            if until > left.day:
                return replace(left, weekday=False), until, False
        if _TOGETHER.match(between) and right.day - left.day == timedelta(days=1):
            return left, right.day, False
    return first, first.last, False


def compose(said: Mentions, now: datetime, *, on: date | None = None, correction: bool = False) -> When:
    """One time from its mentions; `on` is the day already known, `correction` leaves an unsaid day open."""
    day, last, _ = _day_span(said)
    start_clock, end_clock, alternatives = _roles(said)
    lengths = [s for s in said.stretches if s.role == "for"]
    duration = next((s.length for s in lengths if not s.whole_days), lengths[0].length if lengths else None)
    from_now = next((s for s in said.stretches if s.role == "in" and not s.whole_days), None)
    part = part_of(start_clock, said) if start_clock else said.parts[0].name if said.parts else None
    base = When(duration=duration, part_of_day=part, repeat=said.repeat[0] if said.repeat else None)
    if from_now and not start_clock and not day:
        return replace(base, start=(now + from_now.length).replace(second=0, microsecond=0), part_of_day=None)
    if day is not None and day.day is None and on is None:
        clock = time(start_clock.hour, start_clock.minute) if start_clock else None
        return replace(base, clock=clock, question="ambiguous")
    if day is None and on is None and not start_clock and not part and not said.repeat:
        if said.past_day is not None:
            return replace(base, day=said.past_day.day, question="past")
        return replace(base, question="nothing")
    named = day.day if day and day.day else on
    if named is None and said.repeat:
        return _first_of(base, said, start_clock, end_clock, now)
    result = placed(base, said, start_clock, end_clock, named, last, now, correction=correction)
    if alternatives and start_clock and end_clock:
        other = placed(base, said, end_clock, None, named, None, now, correction=correction)
        first = placed(base, said, start_clock, None, named, None, now, correction=correction)
        return replace(first, question="ambiguous", also=(other,))
    if said.repeat and (bound := _until(said)):
        result = replace(result, repeat=f"{result.repeat}{repeats.until(bound, now.tzinfo)}")
    others = day.others if day else ()
    if day and day.weekday and day.day == now.date() and not said.repeat:
        if result.start and result.start < now:
            return placed(base, said, start_clock, end_clock, now.date() + timedelta(weeks=1), None, now)
        others = (now.date() + timedelta(weeks=1),)
    if others:
        readings = tuple(placed(base, said, start_clock, end_clock, other, None, now) for other in others)
        return replace(result, question="ambiguous", also=readings)
    return result


def _until(said: Mentions) -> date | None:
    return next((d.day for d in said.days if d.day and repeats.ends_on(said.text, d.start)), None)


def _first_of(base: When, said: Mentions, start_clock: Clock | None, end_clock: Clock | None, now: datetime) -> When:
    """The first time of a repetition from now on."""
    rule = base.repeat or ""
    if bound := _until(said):
        base = replace(base, repeat=rule + repeats.until(bound, now.tzinfo))
    if start_clock is None:
        return replace(base, question="no_time")
    weekdays = repeats.weekdays_of(rule)
    month_day = re.search(r"BYMONTHDAY=(\d+)", rule)
    for ahead in range(62):
        day = now.date() + timedelta(days=ahead)
        if (weekdays and day.weekday() not in weekdays) or (month_day and day.day != int(month_day[1])):
            continue
        found = placed(base, said, start_clock, end_clock, day, None, now)
        passed = found.question == "past" or (
            ahead == 0 and found.question == "which_half_of_day" and not said.any_hour
        )
        if not passed:
            return replace(found, clock=found.start.time() if found.start else None)
    return replace(base, question="no_time")
