"""Danger signs: what a message may mean for a child's life, and the fixed words for it. Pure; no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.core.language import Language


class Level(StrEnum):
    """How far a message goes. CHECK: doubtful, so the parent is asked about the signs that matter."""

    EMERGENCY_NOW = "emergency_now"
    URGENT_TODAY = "urgent_today"
    SOON = "soon"
    CHECK = "check"

    @property
    def rank(self) -> int:
        return {"emergency_now": 4, "urgent_today": 3, "check": 2, "soon": 1}[self.value]


@dataclass(frozen=True, slots=True)
class SignWords:
    """The approved words of one sign in one language: its name, what to do in the next minutes, what not to do."""

    name: str
    do_now: tuple[str, ...]
    do_not: tuple[str, ...] = ()
    first: str = ""  # replaces the usual first sentence of the level (self-harm, violence)


@dataclass(frozen=True, slots=True)
class Sign:
    """A danger sign of the field's lists, for children of `from_months` up to `to_months` (exclusive)."""

    id: str
    level: Level
    topic: str
    words: dict[Language, SignWords]
    sources: tuple[str, ...]
    from_months: float = 0.0
    to_months: float = 37.0
    call: str = "emergency"  # whom to call: emergency | police | mental_health | none
    about_parent: bool = False


@dataclass(frozen=True, slots=True)
class Danger:
    """What the check found. `signs` fired, the most urgent first; with CHECK they are the signs to ask about."""

    level: Level
    signs: tuple[str, ...]
    score: float = 1.0
    age_unknown: bool = False  # an age-limited sign fired although no age is known: ask it in the same reply
    first_aid: bool = False  # a bare first-aid question: give the first aid, ask whether it is happening now
