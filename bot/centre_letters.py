"""A message of a centre's staff to the parents of a room, a group session or one booking, through the outbox."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core import audit
from bot.core.families import service as families
from bot.core.families.store import ParentRow
from bot.core.staff.model import Actor
from bot.delivery import outbox
from bot.delivery.outbox import Priority
from bot.delivery.store import OutboxRow
from bot.dialogue.reply import Button, Reply, rows, say
from bot.house import House
from scheduler.care.centre_side.letters import LONGEST, About, families_about
from scheduler.care.model.errors import NotAllowed
from scheduler.care.service.reading import centre

LINGERS = timedelta(hours=12)
"""A message is still sent so long after the stay, or after it was written: 'you forgot the teddy'."""


def write_to_families(
    house: House, session: Session, actor: Actor, centre_id: int, about: About, text: str, key: str, now: datetime
) -> int:
    """To every adult of these families, in the staff member's words and name; returns how many families.

    The same `key` twice writes once. The audit log keeps to whom, not what. NotAllowed(message), NotPermitted.
    """
    said = text.strip()
    if not 0 < len(said) <= LONGEST:
        raise NotAllowed("message")
    ids, until = families_about(session, actor, centre_id, about)
    expires_at = max(until, now) + LINGERS if until is not None else None
    own = centre(session, centre_id)
    parents = session.scalars(select(ParentRow.id).where(ParentRow.family_id.in_(ids), ParentRow.blocked_at.is_(None)))
    for parent_id in parents.all():
        parent = families.parent_by_id(session, parent_id)
        own_key = f"centre:{key}:{parent_id}"
        if parent is None or _written(session, own_key):
            continue
        words = say(
            "booking.from_centre" if own.phone else "booking.from_centre_no_phone",
            name=own.called(parent.speaks.value), who=actor.name, text=said, phone=own.phone,
        )  # fmt: skip
        reply = Reply((words,), rows(Button(say("booking.my_bookings"), "bookings")))
        outbox.write(
            session, [house.renderer.render(reply, parent.speaks)], channel=parent.channel, address=parent.address,
            now=now, kind="centre", priority=Priority.BOOKING, key=own_key, expires_at=expires_at,
        )  # fmt: skip
    audit.record(
        session, at=now, actor=actor.audit_name, action="centre.message", subject=str(centre_id), about=about.name,
        families=len(ids),
    )  # fmt: skip
    return len(ids)


def _written(session: Session, key: str) -> bool:
    return session.scalar(select(OutboxRow.id).where(OutboxRow.key == key)) is not None
