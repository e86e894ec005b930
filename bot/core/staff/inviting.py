"""Invitation links: into a new account, or to a new password of an account that is there. Never committed here.

A link holds a random token, of which only the digest is kept; it works once, and for INVITED_FOR.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core import audit
from bot.core.ids import new_id
from bot.core.language import Language
from bot.core.staff.model import INVITED_FOR, Action, Actor, Role, StaffError, permit
from bot.core.staff.service import (
    DemoAccount,
    account,
    check_new_password,
    check_roles,
    digest,
    end_all,
    end_links,
    hasher,
    new_account,
)
from bot.core.staff.store import StaffInvitationRow, StaffRow


class LinkNotValid(StaffError):
    """No such invitation, or it is over or used."""


def open_invitations(session: Session, now: datetime) -> Sequence[StaffInvitationRow]:
    return session.scalars(
        select(StaffInvitationRow)
        .where(StaffInvitationRow.used_at.is_(None), StaffInvitationRow.expires_at > now)
        .order_by(StaffInvitationRow.created_at.desc())
    ).all()


def invite(
    session: Session, actor: Actor, now: datetime, *, roles: Collection[Role], centres: Collection[str] = (),
    note: str = "",
) -> str:  # fmt: skip
    """The token of a new link, shown once; raises NotPermitted, RoleMissing."""
    permit(actor, Action.STAFF_MANAGE)
    return invite_from_outside(session, now, roles=roles, centres=centres, note=note, by=actor.audit_name)


def invite_from_outside(
    session: Session, now: datetime, *, roles: Collection[Role], centres: Collection[str] = (), note: str = "",
    by: str = "system",
) -> str:  # fmt: skip
    """For whoever runs `sprout` on the server itself: the way in for the first admin."""
    check_roles(roles, centres)
    row, token = _new_link(now, by)
    row.roles, row.centres, row.note = sorted(roles), sorted(centres), note.strip()[:60]
    session.add(row)
    audit.record(session, at=now, actor=by, action="staff.invited", subject=row.id, roles=sorted(roles))
    return token


def new_password_link(session: Session, actor: Actor, staff_id: str, now: datetime) -> str:
    """For somebody who has forgotten the password or lost the second factor: a link that sets both anew."""
    permit(actor, Action.STAFF_MANAGE)
    return password_link_from_outside(session, account(session, staff_id), now, by=actor.audit_name)


def password_link_from_outside(session: Session, person: StaffRow, now: datetime, *, by: str = "system") -> str:
    """For whoever runs `sprout` on the server itself: the way back in for the last admin. Raises DemoAccount."""
    if person.demo:
        raise DemoAccount
    row, token = _new_link(now, by)
    row.staff_id, row.note = person.id, person.name
    session.add(row)
    audit.record(session, at=now, actor=by, action="staff.password_link", subject=person.id)
    return token


def invitation(session: Session, token: str, now: datetime) -> StaffInvitationRow:
    """Raises LinkNotValid."""
    row = session.scalar(select(StaffInvitationRow).where(StaffInvitationRow.digest == digest(token)).with_for_update())
    if row is None or row.used_at is not None or row.expires_at <= now:
        raise LinkNotValid
    return row


def withdraw_invitation(session: Session, actor: Actor, invitation_id: str, now: datetime) -> None:
    permit(actor, Action.STAFF_MANAGE)
    row = session.get(StaffInvitationRow, invitation_id)
    if row is not None and row.used_at is None:
        row.expires_at = min(row.expires_at, now)
        audit.record(session, at=now, actor=actor.audit_name, action="staff.invitation_withdrawn", subject=row.id)


def accept(
    session: Session, token: str, now: datetime, *, login: str, name: str, password: str, language: Language
) -> StaffRow:
    """A new account, or a new password; the link is used up. Raises StaffError."""
    link = invitation(session, token, now)
    if link.staff_id is not None:
        person = account(session, link.staff_id)
        check_new_password(password, person.login)
        person.password_hash = hasher().hash(password)
        person.totp_secret, person.totp_since, person.recovery = "", None, []
        end_all(session, person)
        end_links(session, person.id, now)
    else:
        check_new_password(password, login.strip().lower())
        person = new_account(session, now, login=login, name=name, kept=hasher().hash(password), language=language)
        person.roles, person.centres = list(link.roles), list(link.centres)
    link.used_at = now
    audit.record(session, at=now, actor=f"staff:{person.id}", action="staff.link_used", subject=link.id)
    return person


def _new_link(now: datetime, by: str) -> tuple[StaffInvitationRow, str]:
    token = secrets.token_urlsafe(24)
    row = StaffInvitationRow(
        id=new_id(), digest=digest(token), roles=[], centres=[], invited_by=by, created_at=now,
        expires_at=now + INVITED_FOR,
    )  # fmt: skip
    return row, token
