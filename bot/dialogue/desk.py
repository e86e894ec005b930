"""The desk: what a dialogue may ask the rest of the house to do. Implemented in bot/desk.py, over one Session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.core.families.model import Child, Parent
from bot.core.language import Language
from knowledge.model import Domain, Published
from knowledge.triage.model import Danger, Sign
from scheduler.care.model.booking import HealthForm, Party
from scheduler.care.model.centre import CareType, Centre, Room
from scheduler.care.model.group import GroupSession
from scheduler.care.model.search import Filters, FreeDay, Near, Offer, Point, Wish
from scheduler.care.model.search import Found as PlacesFound
from scheduler.reminders.choice import Choice
from scheduler.reminders.model import Kind
from scheduler.reminders.own import OwnReminder
from scheduler.reminders.plan.model import MarkState, Plan
from scheduler.reminders.quiet import QuietHours


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
    who: str = ""  # the colleague who has it; empty while it waits


@dataclass(frozen=True, slots=True)
class CentreCard:
    """A centre as a parent sees it: how far, its rooms and care types, and what is free at the next opening."""

    near: Near
    rooms: tuple[Room, ...]
    care_types: tuple[CareType, ...]
    open_now: bool
    places_left: int | None = None  # on `free_on`, for the family's youngest child; None when unknown
    free_on: date | None = None
    photo: Mapping[str, object] | None = None  # facts of the drawing `photo`, when the centre has one

    @property
    def centre(self) -> Centre:
        return self.near.centre


class GuidanceDesk(Protocol):
    def find(self, text: str, language: Language, age_months: float | None) -> Found: ...
    def article(self, article_id: str) -> Published | None: ...
    def keep_question(self, text: str, language: Language, age_months: float | None, why: str, found: Found) -> bool:
        """Store a question for the health workers, if the parent consented; whether it was stored."""
        ...

    def record_feedback(self, revision_id: str, *, helped: bool) -> None: ...
    def sign(self, sign_id: str) -> Sign: ...
    def danger_in(self, text: str, age_months: float | None) -> Danger | None: ...


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


class PlacesDesk(Protocol):
    """Centres and free places. Refusals are raised as scheduler.care.model.errors."""

    def search(self, wish: Wish, near: Point | None, filters: Filters | None = None) -> PlacesFound: ...
    def centres(self, near: Point | None, filters: Filters, limit: int = 3) -> list[CentreCard]: ...
    def centre(self, centre_id: int) -> CentreCard: ...
    def centre_named_in(self, text: str) -> Centre | None:
        """The centre whose name the message holds, whole or as families shorten it."""
        ...

    def centre_at(self, place: str) -> Centre | None:
        """A centre in the street or quarter that was typed: the nearest thing to a map that we have."""
        ...

    def last_centre(self) -> Centre | None: ...
    def knows_centre(self, centre_id: int, *, besides: str) -> bool:
        """Whether the family has booked there before, this party aside."""
        ...

    def free_week(self, centre_id: int, child: Child) -> list[FreeDay]:
        """Free places of the coming days for the child."""
        ...


class BookingsDesk(Protocol):
    """What a family books. A `key` makes a double tap one request. Refusals as above."""

    def hold(self, offer: Offer | Wish, children: tuple[Child, ...], key: str) -> Party: ...
    def wait(self, wish: Wish, key: str) -> Party: ...
    def move(self, party_id: str, wish: Wish, key: str) -> Party: ...
    def confirm(self, party_id: str) -> Party: ...
    def cancel(self, party_id: str, *, line: int | None = None, why: str = "parent") -> Party: ...
    def running_late(self, party_id: str, minutes: int) -> Party: ...

    def will_come(self, party_id: str, starts_at: datetime | None) -> Party: ...
    def bookings(self) -> list[Party]: ...
    def party(self, party_id: str) -> Party: ...
    def line_of(self, party_id: str) -> int: ...
    def reminds_of_bookings(self) -> bool:
        """Whether the parent wants to be reminded of them."""
        ...

    def calendar(self, party: Party, *, title: str, place: str, geo: tuple[float, float] | None) -> bytes: ...
    def groups(
        self, near: Point | None, age_months: float | None, since: datetime | None, until: datetime | None
    ) -> list[GroupSession]: ...
    def group(self, group_session_id: int) -> GroupSession: ...
    def hold_group(self, group_session_id: int, child: Child | None, key: str) -> Party: ...
    def wait_group(self, group_session_id: int, child: Child | None, key: str) -> Party: ...


class HouseholdDesk(Protocol):
    def parent(self) -> Parent:
        """The parent as it is now, after what this turn did."""
        ...

    def health_form(self, child_id: str) -> HealthForm | None: ...
    def keep_health_form(self, child_id: str, allergies: str, medicines: str, collectors: tuple[str, ...]) -> None: ...
    def confirm_health_form(self, child_id: str) -> None: ...
    def invite(self) -> str: ...
    def join(self, code: str) -> str:
        """`joined`, `unknown` (no such code, or over), `own` (of this family), `has_bookings` (settle them first)."""
        ...

    def others(self) -> int:
        """How many other adults share the family."""
        ...


class ReminderDesk(Protocol):
    """What a parent is reminded of, and what not. `remind` raises scheduler.reminders.own.TooManyReminders."""

    def remind(self, words: str, starts_at: datetime, rule: str) -> OwnReminder: ...
    def own_reminders(self) -> list[OwnReminder]: ...
    def own_reminder(self, own_id: str) -> OwnReminder | None: ...
    def end_own(self, own_id: str) -> OwnReminder | None: ...
    def snooze(self, reminder_id: int, minutes: int) -> datetime | None: ...
    def coming_reminders(self, most: int) -> list[tuple[Kind, datetime, str]]:
        """Kind, when, and the id of an own reminder; the next first."""
        ...

    def reminder_choice(self) -> Choice: ...
    def turn_reminders(self, kind: Kind, *, on: bool) -> None: ...
    def set_tips(self, a_week: int) -> None: ...
    def set_quiet(self, quiet: QuietHours) -> None: ...
    def follow_up(self, sign: str) -> datetime:
        """Ask tomorrow how the child is; returns when."""
        ...

    def no_follow_up(self) -> None: ...


class PlanDesk(Protocol):
    """The health plan of a child of the family; of another child there is none."""

    def plan(self, child_id: str) -> Plan | None: ...
    def mark_plan(self, child_id: str, item: str, state: MarkState | None, day: date | None) -> None:
        """`day`: when it was done, or until when it is put off. A state of None takes the mark back."""
        ...

    def mark_earlier_done(self, child_id: str) -> int: ...
    def plan_reminder(self, reminder_id: int) -> tuple[str, list[str]] | None:
        """The child and the items of a reminder that this parent got."""
        ...

    def correct_birth(self, child_id: str, birth_date: date, precision: str) -> None: ...
    def born_early(self, child_id: str, weeks: int) -> None: ...
    def plan_file(self, child_id: str) -> bytes: ...
    def plan_address(self, child_id: str) -> str:
        """Where a calendar fetches the plan; made when there is none yet."""
        ...

    def end_plan_address(self, child_id: str) -> bool: ...
    def name_in_plan_address(self, child_id: str, *, named: bool) -> None: ...


class TipDesk(Protocol):
    def next_tip(self, reminder_id: int | None = None) -> tuple[Published, float] | None:
        """The article for the age of one of the children, and that age in months.

        It is not given again, unless the reminder that brings it is lost.
        """
        ...

    def like_tips(self, domain: Domain) -> None: ...
    def mourning(self, *, told: bool) -> bool:
        """The family lost a child: no tips, no reminders of its plan, and the parent's own ones rest.

        Not `told`: it was a misunderstanding. Whether there are own reminders that this changed.
        """
        ...


class CareDesk(PlacesDesk, BookingsDesk, HouseholdDesk, Protocol):
    """What the dialogues of booking need."""


class Desk(GuidanceDesk, FamilyDesk, PersonDesk, CareDesk, ReminderDesk, PlanDesk, TipDesk, Protocol):
    """Everything together."""


def titles(desk: GuidanceDesk, ids: Sequence[str], language: Language) -> list[tuple[str, str]]:
    """(id, title) of those articles that are live."""
    found = ((i, desk.article(i)) for i in ids)
    return [(i, p.article.texts[language].title) for i, p in found if p is not None]
