"""All mentions of time in one stretch of text, yesterday's already left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.core.language import Language
from nlu.phrases import repeats
from nlu.phrases.calendar_days import Day
from nlu.phrases.clocks import Clock, Part, clocks, parts
from nlu.phrases.days import days
from nlu.phrases.durations import Stretch, stretches
from nlu.phrases.numbers import pattern
from nlu.phrases.other_days import other_day

_REMINDER = pattern(r"提醒|叫我|叫醒|喊我|喊一声|闹钟|叫一声|通知我|\bremind|\bnudge|\bping me|\balarm|\bwake me")
_DAYTIME = pattern(
    r"打针|疫苗|体检|复查|门诊|医生|医院|社区|\b(?:clinic|jabs?|vaccin|appointment|check-?up|doctor|hospital)"
)


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
