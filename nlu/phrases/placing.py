"""A day and clock times put together: which half of the day, where a range ends, what must be asked."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from nlu.phrases import repeats
from nlu.phrases.clocks import Clock
from nlu.phrases.mentions import Mentions
from nlu.phrases.when import When

CARE_OPENS, CARE_CLOSES = 7, 19  # a bare '3点' is read inside these hours
_PART_FOLLOWS = re.compile(r"^\s*(?:in the |at |this |tomorrow |on [a-z]+ |[a-z]+day )?$")


def part_of(clock: Clock, said: Mentions) -> str | None:
    for part in said.parts:
        ascii_word = said.text[part.start : part.end].isascii()  # in Chinese the part of the day stands first
        if ascii_word and 0 <= part.start - clock.end <= 16 and _PART_FOLLOWS.match(said.text[clock.end : part.start]):
            return part.name
    before = [part for part in said.parts if part.end <= clock.start]
    if not before:
        return None
    part = before[-1]
    between = [other for other in said.clocks if part.end <= other.start < clock.start]
    return None if between and part.name != "evening" else part.name


def _hours(clock: Clock, part: str | None) -> list[int]:
    """The hours of the day that a clock time can mean, 24-26 for the small hours of the next day."""
    hour = clock.hour
    if clock.exact or part is None:
        return [hour] if clock.exact else [12] if hour == 12 else [hour, hour + 12]
    if part == "morning":
        return [hour]
    if part == "noon":
        return [hour + 12 if hour <= 3 else hour]
    if part == "afternoon":
        return [hour + 12 if hour < 12 else 12]
    if part == "evening":
        return [24] if hour == 12 else [hour, hour + 12] if hour < 4 else [hour + 12]
    return [hour if hour <= 6 else 24 if hour == 12 else hour + 12]


def _at(day: date, hour: int, minute: int, now: datetime) -> datetime:
    return datetime.combine(day, time(hour % 24, minute), tzinfo=now.tzinfo) + timedelta(days=hour // 24)


def _pick(clock: Clock, part: str | None, day: date, now: datetime, reminder: bool) -> tuple[datetime, bool]:
    """The moment meant, and whether the half of the day must be asked about."""
    hours = _hours(clock, part)
    if len(hours) == 1:
        return _at(day, hours[0], clock.minute, now), False
    in_care = [hour for hour in hours if CARE_OPENS <= hour < CARE_CLOSES]
    hour = in_care[0] if in_care else hours[-1]
    chosen = _at(day, hour, clock.minute, now)
    later = _at(day, hours[-1], clock.minute, now)
    unsure = not in_care or (reminder and clock.hour >= 6) or (chosen < now <= later and part is None)
    return chosen, unsure


def _first_after(clock: Clock, part: str | None, start: datetime, now: datetime) -> datetime | None:
    """The end of a range: its own part of the day if said, else the first such clock time after the start."""
    hours = _hours(clock, part)
    if part is None and not clock.exact:
        hours = [clock.hour % 12, clock.hour % 12 + 12]
    readings = [_at(start.date(), hour, clock.minute, now) for hour in hours]
    after = [moment for moment in readings if moment > start]
    if after:
        return after[0]
    overnight = [moment + timedelta(days=1) for moment in readings]
    return overnight[0] if start.hour >= 18 and overnight[0] - start <= timedelta(hours=14) else None


def placed(
    base: When,
    said: Mentions,
    start_clock: Clock | None,
    end_clock: Clock | None,
    named: date | None,
    last: date | None,
    now: datetime,
    *,
    correction: bool = False,
) -> When:
    """A day, a last day and the clock times put together."""
    day = named or now.date()
    if start_clock is None:
        question = "past" if named and (last or named) < now.date() else "no_time"
        end = datetime.combine(last, time(23, 59), tzinfo=now.tzinfo) if last and named and last >= named else None
        if end_clock and named:
            end = _pick(end_clock, part_of(end_clock, said), named, now, False)[0]
        return replace(base, day=named, end=end, question=question)
    start, unsure = _pick(start_clock, base.part_of_day, day, now, said.any_hour)
    end, duration = None, base.duration
    if end_clock is not None:
        end_part = part_of(end_clock, said)
        if end_part == base.part_of_day and not start_clock.exact and base.part_of_day is not None:
            end_part = _own_part(end_clock, start_clock, said)
        start, unsure = _before_exact_end(start_clock, end_clock, base.part_of_day, end_part, start, unsure, now)
        end = _first_after(end_clock, end_part, start, now)
        duration = end - start if end else None
    elif duration is not None and duration < timedelta(days=1):
        end = start + duration
    clock = start.time() if named is None else None
    result = replace(base, start=start, end=end, duration=duration, day=start.date(), clock=clock)
    if end_clock is not None and end is None:
        return replace(result, question="ambiguous")
    if last and last > day and end is not None:
        rule = f"FREQ=DAILY{repeats.until(last, now.tzinfo)}"
        result = replace(result, end=end + (last - day), repeat=base.repeat or rule)
    if correction and named is None:
        return replace(result, start=None, end=None, day=None, question="which_half_of_day" if unsure else None)
    if unsure:
        flipped = start + timedelta(hours=12 if start.hour < 12 else -12)
        ahead = tuple(When(start=m, day=m.date()) for m in sorted((start, flipped)) if m >= now)
        return replace(result, start=None, end=None, question="which_half_of_day", also=ahead)
    if start < now:
        return replace(result, question="past")
    return result


def _own_part(end_clock: Clock, start_clock: Clock, said: Mentions) -> str | None:
    """The part said between the two ends of a range or right after it; the start's part does not bind the end."""
    own = [part.name for part in said.parts if start_clock.end <= part.start and part.end <= end_clock.start]
    return own[-1] if own else None


def _before_exact_end(
    start_clock: Clock,
    end_clock: Clock,
    part: str | None,
    end_part: str | None,
    start: datetime,
    unsure: bool,
    now: datetime,
) -> tuple[datetime, bool]:
    """'3-5pm' starts at 15:00: the latest reading of a bare start that lies before a known end."""
    if start_clock.exact or part is not None or not (end_clock.exact or end_part):
        return start, unsure
    end_hours = _hours(end_clock, end_part)
    readings = [_at(start.date(), hour, start_clock.minute, now) for hour in _hours(start_clock, None)]
    before = [moment for moment in readings if moment < _at(start.date(), end_hours[0], end_clock.minute, now)]
    if len(end_hours) == 1 and before and part is None:
        close = [moment for moment in before if moment.hour >= CARE_OPENS] or before
        return close[-1], False
    return start, unsure
