"""Use cases of accounts: inviting, changing, ending. They take a Session and never commit. Signing in: entry.py."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache

from pwdlib import PasswordHash
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.core import audit
from bot.core.ids import new_id
from bot.core.language import Language
from bot.core.staff.model import INVITED_FOR, SHORTEST_PASSWORD, Action, Actor, Role, StaffError, permit
from bot.core.staff.store import StaffInvitationRow, StaffRow, StaffSignInRow

_LOGIN = re.compile(r"[a-z0-9._%+@-]{2,120}")
_EMAIL = re.compile(r"[^\s@<>,;\x00-\x1f]{1,64}@[A-Za-z0-9.-]{1,55}")
_CHAT = re.compile(r"-?[0-9]{1,20}|@[A-Za-z0-9_]{4,32}")


class LinkNotValid(StaffError):
    """No such invitation, or it is over or used."""


class LoginTaken(StaffError):
    """Somebody has this login."""


class LoginOdd(StaffError):
    """A login is an e-mail address or a short name of Latin letters and digits."""


class PasswordTooShort(StaffError):
    """Below SHORTEST_PASSWORD characters, or the same character over and over, or the login itself."""


class NameMissing(StaffError):
    """A person needs a name: parents read it."""


class WrongPassword(StaffError):
    """Unknown login, wrong password or closed account; which of them is not said."""


class DemoAccount(StaffError):
    """Everybody who tries the demo shares this account, so its password and second factor stay as they are."""


class LastAdmin(StaffError):
    """Nobody would be left who can invite."""


class AddressOdd(StaffError):
    """Not an e-mail address, or not the number or @name of a Telegram chat."""


class RoleMissing(StaffError):
    """At least one role; centre staff at least one centre."""


@cache
def hasher() -> PasswordHash:
    """Argon2id with the library's parameters (64 MB, 3 rounds)."""
    return PasswordHash.recommended()


def digest(token: str) -> str:
    """What is kept of a random token."""
    return hashlib.sha256(token.encode()).hexdigest()


def actor_of(row: StaffRow) -> Actor:
    return Actor(
        id=row.id,
        name=row.name,
        roles=frozenset(Role(r) for r in row.roles),
        centre_ids=frozenset(str(c) for c in row.centres),
        language=Language(row.language),
    )


def everybody(session: Session) -> Sequence[StaffRow]:
    return session.scalars(select(StaffRow).order_by(StaffRow.active.desc(), StaffRow.name)).all()


def account(session: Session, staff_id: str) -> StaffRow:
    """Raises NoResultFound."""
    return session.get_one(StaffRow, staff_id)


def name_of(session: Session, staff_id: str) -> str:
    """The person's name for pages; the id itself when the account is not there."""
    row = session.get(StaffRow, staff_id)
    return row.name if row is not None else staff_id


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
    _check_roles(roles, centres)
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
        _check_password(password, person.login)
        person.password_hash = hasher().hash(password)
        person.totp_secret, person.totp_since, person.recovery = "", None, []
        _end_all(session, person)
    else:
        _check_password(password, login.strip().lower())
        person = _new(session, now, login=login, name=name, kept=hasher().hash(password), language=language)
        person.roles, person.centres = list(link.roles), list(link.centres)
    link.used_at = now
    audit.record(session, at=now, actor=f"staff:{person.id}", action="staff.link_used", subject=link.id)
    return person


def create_demo(
    session: Session, now: datetime, *, login: str, name: str, password: str, roles: Collection[Role],
    centres: Collection[str], language: Language,
) -> StaffRow:  # fmt: skip
    """One of the accounts that the login page of a demo lists."""
    row = _new(session, now, login=login, name=name, kept=_kept_once(password), language=language)
    row.roles, row.centres, row.demo = sorted(roles), sorted(centres), True
    return row


@cache
def _kept_once(password: str) -> str:
    """The demo's people share one password, so one hash does for all of them."""
    return hasher().hash(password)


def change_roles(
    session: Session, actor: Actor, staff_id: str, now: datetime, *, roles: Collection[Role], centres: Collection[str]
) -> StaffRow:
    """Takes effect with the next click; raises RoleMissing, LastAdmin."""
    permit(actor, Action.STAFF_MANAGE)
    _check_roles(roles, centres)
    row = account(session, staff_id)
    if Role.ADMIN not in roles:
        _keep_an_admin(session, row)
    before = list(row.roles)
    row.roles, row.centres = sorted(roles), sorted(centres)
    audit.record(
        session, at=now, actor=actor.audit_name, action="staff.roles_changed", subject=row.id,
        before=before, after=sorted(roles), centres=sorted(centres),
    )  # fmt: skip
    return row


def set_active(session: Session, actor: Actor, staff_id: str, now: datetime, *, active: bool) -> StaffRow:
    """Closing an account ends all its sign-ins at once; raises LastAdmin."""
    permit(actor, Action.STAFF_MANAGE)
    row = account(session, staff_id)
    if not active:
        _keep_an_admin(session, row)
        _end_all(session, row)
    row.active = active
    action = "staff.opened" if active else "staff.closed"
    audit.record(session, at=now, actor=actor.audit_name, action=action, subject=row.id)
    return row


def end_sign_ins(session: Session, actor: Actor, staff_id: str, now: datetime) -> None:
    """Sign out everywhere: one's own account, or, for an admin, anybody's."""
    permit(actor, Action.ACCOUNT if staff_id == actor.id else Action.STAFF_MANAGE)
    _end_all(session, account(session, staff_id))
    audit.record(session, at=now, actor=actor.audit_name, action="staff.signed_out_everywhere", subject=staff_id)


def change_profile(
    session: Session, actor: Actor, now: datetime, *, name: str, email: str, telegram_chat: str
) -> StaffRow:
    """`email`, `telegram_chat`: where notices go, or empty. Raises NameMissing, AddressOdd."""
    permit(actor, Action.ACCOUNT)
    email, telegram_chat = email.strip(), telegram_chat.strip()
    if (email and not _EMAIL.fullmatch(email)) or (telegram_chat and not _CHAT.fullmatch(telegram_chat)):
        raise AddressOdd
    row = account(session, actor.id)
    row.name, row.email, row.telegram_chat = _name(name), email, telegram_chat
    audit.record(session, at=now, actor=actor.audit_name, action="staff.profile_changed", subject=row.id)
    return row


def change_password(session: Session, actor: Actor, now: datetime, *, present: str, new: str) -> StaffRow:
    """Ends all sign-ins; raises WrongPassword, PasswordTooShort, DemoAccount."""
    permit(actor, Action.ACCOUNT)
    row = account(session, actor.id)
    check_present(row, present)
    set_password(session, row, new)
    audit.record(session, at=now, actor=actor.audit_name, action="staff.password_changed", subject=row.id)
    return row


def check_present(row: StaffRow, password: str) -> None:
    """Before something that a stranger at an open screen must not do; raises WrongPassword."""
    if not hasher().verify(password[:1000], row.password_hash):
        raise WrongPassword


def choose_language(session: Session, actor: Actor, language: Language) -> None:
    account(session, actor.id).language = language.value


def set_password(session: Session, row: StaffRow, password: str) -> None:
    """Ends all sign-ins; raises PasswordTooShort, DemoAccount."""
    if row.demo:
        raise DemoAccount
    _check_password(password, row.login)
    row.password_hash = hasher().hash(password)
    _end_all(session, row)


def _new(session: Session, now: datetime, *, login: str, name: str, kept: str, language: Language) -> StaffRow:
    """`kept`: the hash of the password."""
    login = login.strip().lower()
    if not _LOGIN.fullmatch(login):
        raise LoginOdd
    name = _name(name)
    if session.scalar(select(StaffRow.id).where(StaffRow.login == login)) is not None:
        raise LoginTaken
    row = StaffRow(
        id=new_id(), login=login, name=name, password_hash=kept, language=language.value,
        roles=[], centres=[], email=login if _EMAIL.fullmatch(login) else "", created_at=now, epoch=0, active=True,
        demo=False, recovery=[],
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def _new_link(now: datetime, by: str) -> tuple[StaffInvitationRow, str]:
    token = secrets.token_urlsafe(24)
    row = StaffInvitationRow(
        id=new_id(), digest=digest(token), roles=[], centres=[], invited_by=by, created_at=now,
        expires_at=now + INVITED_FOR,
    )  # fmt: skip
    return row, token


def _name(name: str) -> str:
    name = " ".join(name.split())[:60]
    if not name:
        raise NameMissing
    return name


def _check_roles(roles: Collection[Role], centres: Collection[str]) -> None:
    if not roles or (Role.CENTRE_STAFF in roles and not centres):
        raise RoleMissing


def _check_password(password: str, login: str) -> None:
    if len(password) < SHORTEST_PASSWORD or len(set(password)) < 5 or password.lower() == login:
        raise PasswordTooShort


def _keep_an_admin(session: Session, row: StaffRow) -> None:
    if Role.ADMIN not in row.roles or not row.active:
        return
    query = select(StaffRow).where(StaffRow.active, StaffRow.id != row.id)
    if not row.demo:
        query = query.where(StaffRow.demo.is_(False))  # outside a demo those cannot get in
    others = session.scalars(query.with_for_update())
    if not any(Role.ADMIN in other.roles for other in others):
        raise LastAdmin


def _end_all(session: Session, row: StaffRow) -> None:
    row.epoch += 1
    session.execute(delete(StaffSignInRow).where(StaffSignInRow.staff_id == row.id))
