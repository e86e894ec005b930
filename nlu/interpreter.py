"""What a message means: the shapes that the rest of the house sees, whoever did the understanding."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.core.language import Language


class Intent(StrEnum):
    """What a parent wants. The names are those of the Rasa domain."""

    ASK_GUIDANCE = "ask_guidance"
    EMERGENCY = "emergency"
    BOOK_CARE = "book_care"
    BOOK_GROUP_SESSION = "book_group_session"
    MY_BOOKINGS = "my_bookings"
    CANCEL_BOOKING = "cancel_booking"
    RESCHEDULE_BOOKING = "reschedule_booking"
    FIND_CENTRE = "find_centre"
    OPENING_HOURS_OR_PRICE = "opening_hours_or_price"
    WAITLIST = "waitlist"
    TALK_TO_HUMAN = "talk_to_human"
    GREET = "greet"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    PRIVACY_OR_DELETE = "privacy_or_delete"
    SET_REMINDER = "set_reminder"
    VACCINATION_SCHEDULE = "vaccination_schedule"
    AFFIRM = "affirm"
    DENY = "deny"
    OUT_OF_SCOPE = "out_of_scope"
    FALLBACK = "nlu_fallback"


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing named in the message; `kind` is care_type, food, symptom, place or child_count."""

    kind: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Parse:
    """One understanding of one message. `ranking` is (intent, confidence 0-1), best first."""

    text: str
    language: Language
    intent: Intent
    confidence: float
    ranking: tuple[tuple[Intent, float], ...] = ()
    entities: tuple[Entity, ...] = ()
    source: str = "nearest"  # "rasa" or "nearest"

    def entity(self, kind: str) -> str | None:
        return next((e.value for e in self.entities if e.kind == kind), None)


class Interpreter(Protocol):
    def parse(self, text: str) -> Parse:
        """Never raises for any text; an empty one is FALLBACK with confidence 0."""
        ...
