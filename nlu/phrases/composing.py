"""From mentions (days, clock times, parts of the day, lengths) to one time, or to the question that must be asked."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from bot.core.language import Language
from nlu.phrases import repeats
from nlu.phrases.clocks import JOIN, Clock, Part, clocks, parts
from nlu.phrases.days import Day, days
from nlu.phrases.durations import Stretch, stretches
from nlu.phrases.other_days import other_day
from nlu.phrases.when import When

CARE_OPENS, CARE_CLOSES = 7, 19  # a bare '3点' is read inside these hours
_REMINDER = re.compile(r"提醒|叫我|叫醒|喊我|喊一声|闹钟|叫一声|通知我|\bremind|\bnudge|\bping me|\balarm|\bwake me")
_DAYTIME = re.compile(
    r"打针|疫苗|体检|复查|门诊|医生|医院|社区|\b(?:clinic|jabs?|vaccin|appointment|check-?up|doctor|hospital)"
)
_OR = re.compile(r"^\s*(?:的?(?:还是|或者?|要么)|or)\s*(?:for |at |on )?\s*$")
_TOGETHER = re.compile(r"^\s*(?:和|跟|与|及|,|and|&|、)?\s*$")
_THROUGH = re.compile(r"^\s*(?:到|至|-|~|to|till|until|through)\s*$")
_BETWEEN = re.compile(r"\bbetween\s*$")
_ENDS_RIGHT = re.compile(
    r"^(?:钟)?(?:左右)?(?:前|就|再|来|去|想|能|要|给|可以|我|他爸|奶奶|准时)*(?:接(?!着|种)|走|结束|离园|放学|下课)"
)
_STARTS_RIGHT = re.compile(r"^(?:钟)?(?:左右)?(?:就|再|来|去|想|能|要|给|可以|我|准时)*(?:送|入园|开始)")
_ENDS_LEFT = re.compile(
    r"\b(?:pick(?:ed)?[ -]?(?:him |her |them |up)*(?:up)?|collect\w*|finish\w*|end|ends|until|till"
    r"|til)\b[^,.;!?0-9]{0,18}$|接[他她娃]?(?:是|在|还是)?$"
)
_STARTS_LEFT = re.compile(
    r"\b(?:drop(?:ping)?[ -]?(?:him |her |them )?off|start\w*|arriv\w*|bring)\b[^,.;!?0-9]{0,14}$"
)
_PART_FOLLOWS = re.compile(r"^\s*(?:in the |at |this |tomorrow |on [a-z]+ |[a-z]+day )?$")


@dataclass(frozen=True, slots=True)
class Mentions:
    """All that one stretch of text says about time; yesterday's clock times are already left out."""

    text: str
    days: list[Day]
    clocks: list[Clock]
    parts: list[Part]
    stretches: list[Stretch]
    past_day: Day | None
    repeat: tuple[str, int, int] | None
    reminder: bool
    office_hours: bool  # a clinic, a vaccination: in the daytime even when it is about a reminder

    @property
    def any_hour(self) -> bool:
        """Whether a bare '8' may as well be the evening's."""
        return self.reminder and not self.office_hours


def mentions_in(text: str, now: datetime, language: Language, reminder: bool) -> Mentions:
    """Collects the mentions of a cleaned text in which ages have been blanked out."""
    found = days(text, now.date(), language)
    if not found and (other := other_day(text, now.date(), language)):
        found = [Day(*other)]
    repeat = repeats.repeat_of(text)
    spans = bytearray(len(text))
    for day in found:
        spans[day.start : day.end] = b"\x01" * (day.end - day.start)
    times = [clock for clock in clocks(_without_chinese_days(text, found)) if not any(spans[clock.start : clock.end])]
    if repeat:
        found = [day for day in found if not repeat[1] <= day.start < repeat[2]]
    live, past = [d for d in found if not d.past], [d for d in found if d.past]

    def belongs_to_the_past(position: int, end: int) -> bool:
        before = [day for day in found if day.start <= position]
        if not before or not before[-1].past or position - before[-1].end > 30:
            return False
        return not any(day.start >= end and day.start - end <= 4 for day in live)

    return Mentions(
        text,
        live,
        [c for c in times if not belongs_to_the_past(c.start, c.end)] if past else times,
        [p for p in parts(text) if not belongs_to_the_past(p.start, p.end)] if past else parts(text),
        [s for s in stretches(text) if not (repeat and repeat[1] <= s.start < repeat[2])],
        past[0] if past else None,
        repeat,
        reminder or _REMINDER.search(text) is not None,
        _DAYTIME.search(text) is not None,
    )


def _without_chinese_days(text: str, found: list[Day]) -> str:
    """Chinese day names run into the clock time (周六十点): blanked, so that 六十 is not read as one number."""
    for day in found:
        said = text[day.start : day.end]
        if not said.isascii():
            text = text[: day.start] + " " * len(said) + text[day.end :]
    return text


def _part_of(clock: Clock, said: Mentions) -> str | None:
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


def _roles(said: Mentions) -> tuple[Clock | None, Clock | None, bool]:
    """Start clock, end clock, and whether two were offered as alternatives."""
    for left, right in zip(said.clocks, said.clocks[1:], strict=False):
        between = said.text[left.end : right.start]
        joined_by_and = between.strip() in ("and", "和") and _BETWEEN.search(
            said.text[max(0, left.start - 9) : left.start]
        )
        if len(between) <= 24 and (JOIN.match(between) or joined_by_and):
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
        if _OR.match(between):
            return replace(left, others=(right.day,)), None, True
        if _THROUGH.match(between) and left.day < right.day:
            return left, right.day, False
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
    part = _part_of(start_clock, said) if start_clock else said.parts[0].name if said.parts else None
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
    result = _placed(base, said, start_clock, end_clock, named, last, now, correction=correction)
    if alternatives and start_clock and end_clock:
        other = _placed(base, said, end_clock, None, named, None, now, correction=correction)
        first = _placed(base, said, start_clock, None, named, None, now, correction=correction)
        return replace(first, question="ambiguous", also=(other,))
    if said.repeat and (bound := _until(said)):
        result = replace(result, repeat=f"{result.repeat}{repeats.until(bound, now.tzinfo)}")
    others = day.others if day else ()
    if day and day.weekday and day.day == now.date() and not said.repeat:
        if result.start and result.start < now:
            return _placed(base, said, start_clock, end_clock, now.date() + timedelta(weeks=1), None, now)
        others = (now.date() + timedelta(weeks=1),)
    if others:
        readings = tuple(_placed(base, said, start_clock, end_clock, other, None, now) for other in others)
        return replace(result, question="ambiguous", also=readings)
    return result


def _until(said: Mentions) -> date | None:
    return next((d.day for d in said.days if d.day and repeats.ends_on(said.text, d.start)), None)


def _placed(
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
            end = _pick(end_clock, _part_of(end_clock, said), named, now, False)[0]
        return replace(base, day=named, end=end, question=question)
    start, unsure = _pick(start_clock, base.part_of_day, day, now, said.any_hour)
    end, duration = None, base.duration
    if end_clock is not None:
        end_part = _part_of(end_clock, said)
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
        found = _placed(base, said, start_clock, end_clock, day, None, now)
        passed = found.question == "past" or (
            ahead == 0 and found.question == "which_half_of_day" and not said.any_hour
        )
        if not passed:
            return replace(found, clock=found.start.time() if found.start else None)
    return replace(base, question="no_time")
