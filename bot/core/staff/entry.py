"""Getting in: password, second factor, and the sign-in that a browser holds.

password -> (second factor, where it is on) -> signed in -> idle too long | too old | signed out | epoch has moved on

A sign-in gets a new token at each of these steps, so that one planted before is worth nothing.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

import pyotp
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.core import audit
from bot.core.ids import new_code
from bot.core.staff.model import IDLE, LONGEST, StaffError
from bot.core.staff.sealing import KeyLost, Seal, is_sealed
from bot.core.staff.service import DemoAccount, WrongPassword, account, check_present, digest, hasher
from bot.core.staff.store import StaffRow, StaffSignInRow

_SEEN_EVERY = timedelta(minutes=1)  # not a write for every click
_HALF_WAY = timedelta(minutes=10)  # between password and code
RECOVERY_CODES = 8


class WrongCode(StaffError):
    """Not the code of this half minute, or one that was used."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """Of a browser, as the frame needs it; `key` is the digest of its token."""

    key: str
    staff: StaffRow
    passed_second: bool


@cache
def _nobody() -> str:
    """A hash to compare with when there is no such login, so that the answer takes as long."""
    return hasher().hash(secrets.token_urlsafe(16))


def check_password(session: Session, login: str, password: str, *, allow_demo: bool) -> StaffRow:
    """The account; raises WrongPassword, equally late whoever it is."""
    row = session.scalar(select(StaffRow).where(StaffRow.login == login.strip().lower()))
    right, better = hasher().verify_and_update(password[:1000], row.password_hash if row else _nobody())
    if row is None or not right or not row.active or (row.demo and not allow_demo):
        raise WrongPassword(row.id if row else "")
    if better:
        row.password_hash = better
    return row


def sign_in(session: Session, row: StaffRow, now: datetime, *, device: str = "") -> str:
    """A new token; with a second factor it opens nothing but the question for the code."""
    _sweep(session, now)
    token = secrets.token_urlsafe(32)
    passed = row.totp_since is None
    session.add(
        StaffSignInRow(
            id=digest(token), staff_id=row.id, epoch=row.epoch, device=device[:60], passed_second=passed,
            started_at=now, seen_at=now,
        )
    )  # fmt: skip
    if passed:
        _entered(session, row, now)
    return token


def renew(session: Session, row: StaffRow, token: str, now: datetime) -> str:
    """A new token for the browser at hand after all others were ended (a changed password)."""
    sign_out(session, token)
    fresh = secrets.token_urlsafe(32)
    session.add(
        StaffSignInRow(
            id=digest(fresh), staff_id=row.id, epoch=row.epoch, device="", passed_second=True, started_at=now,
            seen_at=now,
        )
    )  # fmt: skip
    return fresh


def signed_in(session: Session, token: str, now: datetime) -> SignIn | None:
    """Who holds this token, if it still counts. Does not write; see `seen`."""
    row = session.get(StaffSignInRow, digest(token)) if token else None
    if row is None:
        return None
    staff = account(session, row.staff_id)
    longest = LONGEST if row.passed_second else _HALF_WAY
    if not staff.active or row.epoch != staff.epoch or now - row.started_at >= longest or now - row.seen_at >= IDLE:
        return None
    return SignIn(row.id, staff, row.passed_second)


def needs_touch(session: Session, key: str, now: datetime) -> bool:
    row = session.get(StaffSignInRow, key)
    return row is not None and now - row.seen_at > _SEEN_EVERY


def seen(session: Session, key: str, now: datetime) -> None:
    """The browser is in use."""
    if (row := session.get(StaffSignInRow, key)) is not None:
        row.seen_at = now


def sign_out(session: Session, token: str) -> None:
    session.execute(delete(StaffSignInRow).where(StaffSignInRow.id == digest(token)))


def sign_ins_of(session: Session, staff_id: str, now: datetime) -> list[StaffSignInRow]:
    """The browsers in which this person is signed in now, the latest first."""
    staff = account(session, staff_id)
    rows = session.scalars(
        select(StaffSignInRow)
        .where(
            StaffSignInRow.staff_id == staff_id,
            StaffSignInRow.epoch == staff.epoch,
            StaffSignInRow.seen_at > now - IDLE,
            StaffSignInRow.started_at > now - LONGEST,
        )
        .order_by(StaffSignInRow.seen_at.desc())
    )
    return list(rows)


# The second factor


@dataclass(frozen=True, slots=True)
class NewSecret:
    """Not yet in force and kept nowhere: the page holds it, `sealed` for this account, until its first code comes."""

    secret: str
    sealed: str
    address: str  # otpauth://, for the QR code


def new_totp(row: StaffRow, seal: Seal, issuer: str, *, sealed: str = "") -> NewSecret:
    """A new secret, or the one of the page (`sealed`). Raises DemoAccount."""
    if row.demo:
        raise DemoAccount
    try:
        secret = seal.open(sealed, _pending(row)) if is_sealed(sealed) else ""
    except KeyLost:
        secret = ""
    secret = secret or pyotp.random_base32()
    address = pyotp.TOTP(secret).provisioning_uri(name=row.login, issuer_name=issuer)
    return NewSecret(secret, seal.close(secret, _pending(row)), address)


def confirm_totp(session: Session, row: StaffRow, seal: Seal, sealed: str, code: str, now: datetime) -> list[str]:
    """The first code puts it in force; returns the recovery codes, shown once. Raises WrongCode, KeyLost, DemoAccount.

    `sealed`: of `new_totp`.
    """
    if row.demo:
        raise DemoAccount
    if row.totp_since is not None or not is_sealed(sealed):
        raise WrongCode
    secret = seal.open(sealed, _pending(row))
    _take_code(row, secret, code, now)
    row.totp_since, row.totp_secret = now, seal.close(secret, row.id)
    codes = [f"{new_code(5)}-{new_code(5)}" for _ in range(RECOVERY_CODES)]
    row.recovery = [digest(c) for c in codes]
    audit.record(session, at=now, actor=f"staff:{row.id}", action="staff.totp_on", subject=row.id)
    return codes


def drop_totp(session: Session, row: StaffRow, password: str, now: datetime) -> None:
    """Raises WrongPassword."""
    check_present(row, password)
    row.totp_secret, row.totp_since, row.recovery = "", None, []
    audit.record(session, at=now, actor=f"staff:{row.id}", action="staff.totp_off", subject=row.id)


def _pending(row: StaffRow) -> str:
    """What a secret is sealed for before it is in force."""
    return f"{row.id}:pending:{row.epoch}"


def pass_second(session: Session, seal: Seal, token: str, code: str, now: datetime) -> str:
    """Code or recovery code; returns the token that replaces the half-way one. Raises WrongCode, KeyLost.

    Without the key of the seal the recovery codes still open, and so does a link to a new password.
    """
    half = signed_in(session, token, now)
    if half is None or half.passed_second:
        raise WrongCode
    row = session.get_one(StaffRow, half.staff.id, with_for_update=True, populate_existing=True)
    typed = code.strip().upper().replace(" ", "")
    if digest(typed) in row.recovery:
        row.recovery = [d for d in row.recovery if d != digest(typed)]
        audit.record(session, at=now, actor=f"staff:{row.id}", action="staff.recovery_used", subject=row.id)
    else:
        secret = seal.open(row.totp_secret, row.id)
        _take_code(row, secret, typed, now)
        if not is_sealed(row.totp_secret):
            row.totp_secret = seal.close(secret, row.id)
    old = session.get_one(StaffSignInRow, half.key)
    fresh = secrets.token_urlsafe(32)
    session.add(
        StaffSignInRow(
            id=digest(fresh), staff_id=row.id, epoch=row.epoch, device=old.device, passed_second=True,
            started_at=now, seen_at=now,
        )
    )  # fmt: skip
    session.delete(old)
    _entered(session, row, now)
    return fresh


def _take_code(row: StaffRow, secret: str, code: str, now: datetime) -> None:
    """Accept a code of this step or the two beside it, and never one twice (RFC 6238, 5.2)."""
    totp = pyotp.TOTP(secret)
    step = int(now.timestamp()) // 30
    for candidate in (step - 1, step, step + 1):
        if candidate > row.totp_step and hmac.compare_digest(totp.generate_otp(candidate), code.strip()):
            row.totp_step = candidate
            return
    raise WrongCode


def _entered(session: Session, row: StaffRow, now: datetime) -> None:
    row.signed_in_at = now
    audit.record(session, at=now, actor=f"staff:{row.id}", action="staff.signed_in", subject=row.id)


def _sweep(session: Session, now: datetime) -> None:
    session.execute(delete(StaffSignInRow).where(StaffSignInRow.started_at < now - LONGEST))
