"""The desk: what a dialogue may ask the rest of the house to do. Implemented in bot/assistant.py, over one Session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.core.families.model import Parent
from bot.core.language import Language
from knowledge.model import Published
from knowledge.triage.model import Sign


@dataclass(frozen=True, slots=True)
class Found:
    """The articles for a question, best first; `verdict` is sure, unsure or nothing.

    `also` are articles that another question of the same message clearly asks for.
    """

    verdict: str
    candidates: tuple[tuple[str, float], ...]
    also: tuple[str, ...] = ()

    @property
    def best(self) -> str | None:
        return self.candidates[0][0] if self.candidates else None


@dataclass(frozen=True, slots=True)
class HandOff:
    """A chat that waits for, or is with, a person."""

    id: str
    reply_by: datetime
    in_hours: bool
    hours: str


class GuidanceDesk(Protocol):
    def find(self, text: str, language: Language, age_months: float | None) -> Found: ...
    def article(self, article_id: str) -> Published | None: ...
    def keep_question(self, text: str, language: Language, age_months: float | None, why: str, found: Found) -> bool:
        """Store a question for the health workers, if the parent consented; whether it was stored."""
        ...

    def record_feedback(self, revision_id: str, *, helped: bool) -> None: ...
    def sign(self, sign_id: str) -> Sign: ...


class FamilyDesk(Protocol):
    def choose_language(self, language: Language) -> None: ...
    def welcome(self) -> None: ...
    def give_consent(self) -> None: ...
    def withdraw_consent(self) -> None: ...
    def add_child(self, birth_date: date, precision: str) -> Parent: ...
    def remove_child(self, child_id: str) -> None: ...
    def export(self) -> bytes: ...
    def forget(self) -> None: ...


class PersonDesk(Protocol):
    def hand_over(self, text: str) -> HandOff: ...
    def take_back(self, hand_off_id: str) -> None: ...


class Desk(GuidanceDesk, FamilyDesk, PersonDesk, Protocol):
    """Everything together."""


def titles(desk: GuidanceDesk, ids: Sequence[str], language: Language) -> list[tuple[str, str]]:
    """(id, title) of those articles that are live."""
    found = ((i, desk.article(i)) for i in ids)
    return [(i, p.article.texts[language].title) for i, p in found if p is not None]
