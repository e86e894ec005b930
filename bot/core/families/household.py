"""Sharing a family: two parents and a grandparent, each at an address of their own, with the same children."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.core import audit
from bot.core.families.model import Parent
from bot.core.families.privacy import forget_empty_family
from bot.core.families.service import is_alone
from bot.core.families.store import ChildRow, InvitationRow, ParentRow
from bot.core.ids import new_code

VALID = timedelta(hours=48)


def invite(session: Session, parent: Parent, now: datetime) -> str:
    """A code for the family, valid for two days; a newer one ends the older ones."""
    session.execute(delete(InvitationRow).where(InvitationRow.family_id == parent.family_id))
    code = new_code()
    session.add(InvitationRow(code=code, family_id=parent.family_id, parent_id=parent.id, expires_at=now + VALID))
    audit.record(session, at=now, actor=f"parent:{parent.id}", action="family.invited", subject=parent.family_id)
    session.flush()
    return code


def family_of(session: Session, code: str, now: datetime) -> str | None:
    """The family that the code invites to; None when there is no such code, or its time is over."""
    row = session.get(InvitationRow, code.upper())
    return row.family_id if row is not None and row.expires_at > now else None


def move_to(session: Session, parent: Parent, family_id: str, now: datetime) -> None:
    """The parent joins the family. One who leaves nobody behind brings the children that are not known there yet.

    Bookings of the old family are not moved: the caller settles them first.
    """
    row = session.get_one(ParentRow, parent.id)
    old = row.family_id
    alone = is_alone(session, parent)
    session.execute(delete(InvitationRow).where(InvitationRow.parent_id == parent.id))
    row.family_id = family_id
    session.flush()
    if alone:
        known = set(session.scalars(select(ChildRow.birth_date).where(ChildRow.family_id == family_id)))
        for child in session.scalars(select(ChildRow).where(ChildRow.family_id == old)):
            if child.birth_date not in known:
                child.family_id = family_id
        session.flush()
        forget_empty_family(session, old)
        session.expire_all()
    audit.record(session, at=now, actor=f"parent:{parent.id}", action="family.joined", subject=family_id)
