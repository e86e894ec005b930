"""The desk of the child health plan, over one Session. Whatever changes a plan changes its reminders with it."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from bot.core.families import service as families
from bot.plan_calendar import plan_file
from bot.reminder_desk import ReminderHouseDesk
from scheduler.reminders.model import Kind
from scheduler.reminders.plan import service as plans
from scheduler.reminders.plan.model import MarkState, Plan
from scheduler.reminders.service.planning import cancel_child
from scheduler.reminders.store import ReminderRow


class PlanHouseDesk(ReminderHouseDesk):
    """Implements bot.dialogue.desk.PlanDesk."""

    def plan(self, child_id: str) -> Plan | None:
        if not self._is_own(child_id):
            return None
        return plans.plan_of(self._session, child_id, self._today)

    def mark_plan(self, child_id: str, item: str, state: MarkState | None, day: date | None) -> None:
        if self._is_own(child_id):
            plans.mark(self._session, child_id, item, state, self._now, day=day)

    def mark_earlier_done(self, child_id: str) -> int:
        if not self._is_own(child_id):
            return 0
        return plans.mark_earlier_done(self._session, child_id, self._today, self._now)

    def plan_reminder(self, reminder_id: int) -> tuple[str, list[str]] | None:
        row = self._session.get(ReminderRow, reminder_id)
        if row is None or row.parent_id != self._parent.id or row.kind != Kind.PLAN:
            return None
        return str(row.payload["child"]), [str(item) for item in row.payload["items"]]

    def correct_birth(self, child_id: str, birth_date: date, precision: str) -> None:
        families.correct_child(
            self._session, self._parent.family_id, child_id, birth_date=birth_date, precision=precision
        )
        self.plan_changed(child_id)

    def born_early(self, child_id: str, weeks: int) -> None:
        families.correct_child(self._session, self._parent.family_id, child_id, weeks_early=weeks)
        self.plan_changed(child_id)

    # its calendar

    def plan_file(self, child_id: str) -> bytes:
        plan = self.plan(child_id)
        if plan is None:
            raise LookupError(child_id)
        return plan_file(self._house.renderer, plan, of=child_id[:8], language=self._parent.speaks, now=self._now)

    def plan_address(self, child_id: str) -> str:
        secret = plans.open_feed(self._session, self._parent.id, child_id, self._now)
        return f"{self._house.settings.address}/calendar/{secret}.ics"

    def end_plan_address(self, child_id: str) -> bool:
        return plans.end_feed(self._session, self._parent.id, child_id)

    def name_in_plan_address(self, child_id: str, *, named: bool) -> None:
        plans.name_in_feed(self._session, self._parent.id, child_id, named=named)

    # what changes with the family

    def plan_changed(self, child_id: str) -> None:
        """A child was added, or its birth date corrected."""
        self.parent()
        plans.replan(self._session, child_id, self._now)

    def plans_changed(self) -> None:
        """A parent agreed, joined, or turned reminders on or off."""
        plans.replan_family(self._session, self._parent.family_id, self._now)

    def forget_plan(self, child_id: str) -> None:
        """The child is removed: nothing about it may still be sent."""
        if self._is_own(child_id):
            cancel_child(self._session, child_id, self._now)

    def turn_reminders(self, kind: Kind, *, on: bool) -> None:
        super().turn_reminders(kind, on=on)
        if kind is Kind.PLAN and on:
            plans.replan_family(self._session, self._parent.family_id, self._now)

    def join(self, code: str) -> str:
        became = super().join(code)
        if became == "joined":
            self.plans_changed()
        return became

    @property
    def _today(self) -> date:
        return self._now.astimezone(ZoneInfo(self._parent.zone)).date()

    def _is_own(self, child_id: str) -> bool:
        return any(c.id == child_id for c in self.parent().children)
