"""A room's day as a picture: one bar for each half hour, x in per cent of the width, y in pixels. Only numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.care.model.day import HalfHour, RoomDay

HEIGHT = 44
"""Pixels of the fullest bar; a room of twenty still shows a single child as two pixels."""
GAP = 0.12  # of a half hour's width, between bars
HALF_HOUR = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Bar:
    """`places` and `taken` are heights in pixels from the ground up."""

    x: float
    width: float
    places: float
    taken: float
    half_hour: HalfHour

    @property
    def short(self) -> bool:
        """Too few adults for the children booked."""
        return not self.half_hour.ratio_kept

    @property
    def full(self) -> bool:
        return self.half_hour.left == 0


@dataclass(frozen=True, slots=True)
class RoomPicture:
    room: RoomDay
    bars: tuple[Bar, ...]
    hours: tuple[tuple[float, datetime], ...]
    """Where the hours are written: every second one, so that they fit on a phone."""
    duty: tuple[tuple[float, float, int, bool], ...]
    """Runs of the same number of adults on duty: x, width, adults, whether they are enough all along."""
    now: float | None
    """Where the line of this moment stands; None outside the day."""


def room_picture(room: RoomDay, first: datetime, last: datetime, now: datetime) -> RoomPicture:
    """All rooms of a centre share `first` and `last`, so that their bars stand below each other."""
    whole = (last - first) / HALF_HOUR
    tallest = max((max(h.places, h.taken) for h in room.half_hours), default=0) or 1
    unit, width = HEIGHT / tallest, 100 / whole
    bars = tuple(
        Bar(
            round((h.at - first) / HALF_HOUR * width + width * GAP / 2, 3),
            round(width * (1 - GAP), 3),
            round(h.places * unit, 2),
            round(h.taken * unit, 2),
            h,
        )
        for h in room.half_hours
    )
    step = 2 if whole <= 28 else 3
    begins = first.replace(minute=0) if first.minute == 0 else first.replace(minute=0) + timedelta(hours=1)
    hours = []
    while begins < last:
        hours.append((round((begins - first) / HALF_HOUR * width, 3), begins))
        begins += timedelta(hours=step)
    line = round((now - first) / (last - first) * 100, 3) if first <= now <= last else None
    return RoomPicture(room, bars, tuple(hours), _duty(bars), line)


def _duty(bars: Sequence[Bar]) -> tuple[tuple[float, float, int, bool], ...]:
    runs: list[list[Bar]] = []
    for bar in bars:
        last = runs[-1][-1] if runs else None
        follows = last is not None and bar.half_hour.at - last.half_hour.at == HALF_HOUR
        if last is not None and follows and last.half_hour.adults == bar.half_hour.adults:
            runs[-1].append(bar)
        else:
            runs.append([bar])
    return tuple(
        (
            run[0].x,
            round(run[-1].x + run[-1].width - run[0].x, 3),
            run[0].half_hour.adults,
            not any(b.short for b in run),
        )
        for run in runs
    )
