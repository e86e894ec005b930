"""Time travel: the true way of reminders, at another time, in a transaction that is undone."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot import reminding
from bot.core.families.store import ParentRow
from bot.delivery.letters import from_payload
from bot.delivery.store import OutboxRow
from bot.house import House
from scheduler.reminders import service
from scheduler.reminders.model import State
from scheduler.reminders.service import own
from scheduler.reminders.store import ReminderRow


@dataclass(frozen=True, slots=True)
class Foreseen:
    """`what` is `sent`, or why not: pending (quiet hours), cancelled, suspended, expired, and a code."""

    id: int
    kind: str
    due_at: datetime
    channel: str
    address: str
    what: str
    text: str = ""
    buttons: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "due_at": self.due_at.isoformat()}


def foresee(house: House, at: datetime, *, most: int = 50) -> list[Foreseen]:
    """What would be handed over at that time, the most urgent first. Nothing is kept."""
    found: list[Foreseen] = []
    with house.database.undone() as session:
        own.plan_ahead(session, at)
        service.expire(session, at)
        for reminder_id in service.claim_due(session, at, most=most):
            reminding.hand_over(house, session, reminder_id, at)
            found.append(_foreseen(session, reminder_id))
    return found


def _foreseen(session: Session, reminder_id: int) -> Foreseen:
    row = session.get_one(ReminderRow, reminder_id)
    parent = session.get(ParentRow, row.parent_id) if row.parent_id else None
    channel, address = (parent.channel, parent.address) if parent else ("", "")
    if row.state != State.HANDED or row.letter_id is None:
        return Foreseen(row.id, row.kind, row.due_at, channel, address, f"{row.state} {row.why}".strip())
    letter = session.get_one(OutboxRow, row.letter_id)
    message = from_payload(letter.payload)
    buttons = tuple(button.label for line in message.buttons for button in line)
    return Foreseen(row.id, row.kind, row.due_at, letter.channel, letter.address, "sent", message.plain, buttons)
