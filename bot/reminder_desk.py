"""The desk of reminders, over one Session: what the dialogues may ask of scheduler/reminders."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.care_desk import CareHouseDesk
from scheduler.reminders import service as reminders
from scheduler.reminders.choice import Choice
from scheduler.reminders.model import Kind, Planned
from scheduler.reminders.own import OwnReminder
from scheduler.reminders.quiet import QuietHours
from scheduler.reminders.service import choices, listing, own

ASK_AT, ASK_UNTIL = time(10), time(20, 30)
"""When a family is asked how the child is, the day after urgent advice."""


class ReminderHouseDesk(CareHouseDesk):
    """Implements bot.dialogue.desk.ReminderDesk."""

    def remind(self, words: str, starts_at: datetime, rule: str) -> OwnReminder:
        choices.turn(self._session, self._parent.id, Kind.OWN, on=True)
        return own.remind(self._session, self._parent.id, words, starts_at, rule, self._parent.zone, self._now)

    def own_reminders(self) -> list[OwnReminder]:
        return own.listed(self._session, self._parent.id)

    def own_reminder(self, own_id: str) -> OwnReminder | None:
        return own.own_reminder(self._session, own_id, self._parent.id)

    def end_own(self, own_id: str) -> OwnReminder | None:
        return own.end(self._session, own_id, self._parent.id, self._now)

    def snooze(self, reminder_id: int, minutes: int) -> datetime | None:
        return own.snooze(self._session, reminder_id, self._parent.id, minutes, self._now)

    def coming_reminders(self, most: int) -> list[tuple[Kind, datetime, str]]:
        return listing.coming(self._session, self._parent.id, self._now, most=most)

    def reminder_choice(self) -> Choice:
        return choices.choice_of(self._session, self._parent.id)

    def turn_reminders(self, kind: Kind, *, on: bool) -> None:
        choices.turn(self._session, self._parent.id, kind, on=on)
        if not on:
            reminders.withhold(self._session, self._parent.id, kind, self._now)

    def set_tips(self, a_week: int) -> None:
        choices.set_tips(self._session, self._parent.id, a_week)
        choices.turn(self._session, self._parent.id, Kind.TIP, on=a_week > 0)

    def set_quiet(self, quiet: QuietHours) -> None:
        choices.set_quiet(self._session, self._parent.id, quiet)
        reminders.quiet_hours_changed(self._session, self._parent.id, self._now)

    def follow_up(self, sign: str) -> datetime:
        zone = ZoneInfo(self._parent.zone)
        day = self._now.astimezone(zone).date() + timedelta(days=1)
        due_at = datetime.combine(day, ASK_AT, zone)
        planned = Planned(
            key=f"follow_up:{self._parent.id}:{day}",
            kind=Kind.FOLLOW_UP,
            parent_id=self._parent.id,
            child_id=None,
            about=f"follow_up:{self._parent.id}",
            due_at=due_at,
            expires_at=datetime.combine(day, ASK_UNTIL, zone),
            payload={"sign": sign},
        )
        choices.turn(self._session, self._parent.id, Kind.FOLLOW_UP, on=True)
        reminders.put(self._session, planned, self._now)
        return due_at

    def no_follow_up(self) -> None:
        reminders.cancel_about(self._session, f"follow_up:{self._parent.id}", self._now, why="no_need")
