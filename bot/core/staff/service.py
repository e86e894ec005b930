"""Use cases of accounts: changing, closing. They take a Session and never commit. Also: entry.py, inviting.py."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache

from pwdlib import PasswordHash
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.core import audit
from bot.core.ids import new_id
from bot.core.language import Language
from bot.core.staff.model import SHORTEST_PASSWORD, Action, Actor, Role, StaffError, permit
from bot.core.staff.store import StaffInvitationRow, StaffRow, StaffSignInRow

_LOGIN = re.compile(r"[a-z0-9._%+@-]{2,120}")
_EMAIL = re.compile(r"[^\s@<>,;\x00-\x1f]{1,64}@[A-Za-z0-9.-]{1,55}")
_CHAT = re.compile(r"-?[0-9]{1,20}|@[A-Za-z0-9_]{4,32}")


class LoginTaken(StaffError):
    """Somebody has this login."""


class LoginOdd(StaffError):
    """A login is an e-mail address or a short name of Latin letters and digits."""


class PasswordTooShort(StaffError):
    """Below SHORTEST_PASSWORD characters, or the same character over and over, or the login itself."""


class NameMissing(StaffError):
    """A person needs a name: parents read it."""


class WrongPassword(StaffError):
    """Unknown login, wrong password or closed account; which of them is not said. `staff_id`: for the audit log."""

    def __init__(self, staff_id: str = "") -> None:
        super().__init__()
        self.staff_id = staff_id


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


def create_demo(
    session: Session, now: datetime, *, login: str, name: str, password: str, roles: Collection[Role],
    centres: Collection[str], language: Language,
) -> StaffRow:  # fmt: skip
    """One of the accounts that the login page of a demo lists."""
    row = new_account(session, now, login=login, name=name, kept=_kept_once(password), language=language)
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
    check_roles(roles, centres)
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
        end_all(session, row)
        end_links(session, row.id, now)
    row.active = active
    action = "staff.opened" if active else "staff.closed"
    audit.record(session, at=now, actor=actor.audit_name, action=action, subject=row.id)
    return row


def end_sign_ins(session: Session, actor: Actor, staff_id: str, now: datetime) -> None:
    """Sign out everywhere: one's own account, or, for an admin, anybody's."""
    permit(actor, Action.ACCOUNT if staff_id == actor.id else Action.STAFF_MANAGE)
    end_all(session, account(session, staff_id))
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
    end_links(session, row.id, now)
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
    check_new_password(password, row.login)
    row.password_hash = hasher().hash(password)
    end_all(session, row)


def new_account(session: Session, now: datetime, *, login: str, name: str, kept: str, language: Language) -> StaffRow:
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


def _name(name: str) -> str:
    name = " ".join(name.split())[:60]
    if not name:
        raise NameMissing
    return name


def check_roles(roles: Collection[Role], centres: Collection[str]) -> None:
    if not roles or (Role.CENTRE_STAFF in roles and not centres):
        raise RoleMissing


def check_new_password(password: str, login: str) -> None:
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


def end_links(session: Session, staff_id: str, now: datetime) -> None:
    """Links to a new password of this account that nobody has used: they count no more."""
    session.execute(
        update(StaffInvitationRow)
        .where(
            StaffInvitationRow.staff_id == staff_id,
            StaffInvitationRow.used_at.is_(None),
            StaffInvitationRow.expires_at > now,
        )
        .values(expires_at=now)
    )


def end_all(session: Session, row: StaffRow) -> None:
    row.epoch += 1
    session.execute(delete(StaffSignInRow).where(StaffSignInRow.staff_id == row.id))
