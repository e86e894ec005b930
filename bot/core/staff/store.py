"""Tables of staff: accounts, invitation links, sign-ins. Of links and sign-ins only a digest is kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Boolean, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.core.db import Base, UtcTime


class StaffRow(Base):
    """`epoch` grows when all sign-ins of a person end; `totp_step` is the last 30-second step whose code was used."""

    __tablename__ = "staff"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    login: Mapped[str] = mapped_column(String(120), unique=True)  # lower case; an e-mail address or a short name
    name: Mapped[str] = mapped_column(String(60))
    password_hash: Mapped[str] = mapped_column(String(200))
    roles: Mapped[list[str]] = mapped_column(JSON, default=list)
    centres: Mapped[list[str]] = mapped_column(JSON, default=list)
    language: Mapped[str] = mapped_column(String(2), default="zh")
    email: Mapped[str] = mapped_column(String(120), default="")  # for notices; empty: none
    telegram_chat: Mapped[str] = mapped_column(String(80), default="")  # for notices; empty: none
    totp_secret: Mapped[str] = mapped_column(String(64), default="")  # sealed: see sealing.py; never shown again
    totp_since: Mapped[datetime | None] = mapped_column(UtcTime, nullable=True)  # confirmed
    totp_step: Mapped[int] = mapped_column(Integer, default=0)
    recovery: Mapped[list[str]] = mapped_column(JSON, default=list)  # digests of unused recovery codes
    epoch: Mapped[int] = mapped_column(Integer, default=0)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    demo: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    signed_in_at: Mapped[datetime | None] = mapped_column(UtcTime, nullable=True)


class StaffInvitationRow(Base):
    """A link that makes one account, or, with `staff_id`, sets a new password of an account that is there."""

    __tablename__ = "staff_invitation"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    roles: Mapped[list[str]] = mapped_column(JSON, default=list)
    centres: Mapped[list[str]] = mapped_column(JSON, default=list)
    note: Mapped[str] = mapped_column(String(60), default="")  # for whom, in the inviter's words
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"), nullable=True)
    invited_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcTime, nullable=True)


class StaffSignInRow(Base):
    """A browser in which somebody is signed in; it counts only while its epoch is the person's."""

    __tablename__ = "staff_sign_in"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)  # digest of what the cookie holds
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    epoch: Mapped[int] = mapped_column(Integer)
    device: Mapped[str] = mapped_column(String(60), default="")
    passed_second: Mapped[bool] = mapped_column(Boolean, default=True)  # False: the code is still to come
    started_at: Mapped[datetime] = mapped_column(UtcTime)
    seen_at: Mapped[datetime] = mapped_column(UtcTime)
