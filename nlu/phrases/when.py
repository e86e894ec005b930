"""What a message says about time: the shape that `times.read_when` gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta


@dataclass(frozen=True, slots=True)
class When:
    """A time as far as it was said; what is unclear carries a `question`, and nothing is guessed.

    question   None, or why to ask: "past" | "ambiguous" | "which_half_of_day" | "no_time" | "nothing"
    also       the further readings of an ambiguous time; with `change`, the new time of a booking that moves
    clock      the clock time when no day was said ("改成四点": start stays None; "下午三点": start is today's)
    repeat     RRULE text; `start` is then the first time. For several days (周一到周五 8-17点) start..end is
               the whole, `duration` one day's share, and `repeat` the days
    A span of days without hours ("next month") has `day` its first, and `end` 23:59 of its last day.
    """

    start: datetime | None = None
    end: datetime | None = None
    duration: timedelta | None = None
    day: date | None = None
    part_of_day: str | None = None
    repeat: str | None = None
    question: str | None = None
    also: tuple[When, ...] = ()
    clock: time | None = None
    change: bool = False

    @property
    def says_anything(self) -> bool:
        """Whether a day, a clock time or a part of the day was said (a length of time alone does not count)."""
        return bool(self.start or self.day or self.clock or self.part_of_day or self.repeat or self.also) or (
            self.question not in (None, "nothing")
        )
