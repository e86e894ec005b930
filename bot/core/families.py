"""Families: who talks to us, their children, their consent. The least that the service needs, and nothing more.

No names are asked for. A child is a birth date with its precision (a parent may say only "8 months").
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Date, ForeignKey, Integer, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.core.db import Base
from bot.core.ids import new_id
from bot.core.language import Language
from bot.core.time import UtcTime

DAYS_A_MONTH = 30.4375


class FamilyRow(Base):
    __tablename__ = "family"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class ParentRow(Base):
    """One person at one channel address, for example ("telegram", "12345")."""

    __tablename__ = "parent"
    __table_args__ = (UniqueConstraint("channel", "address"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    family_id: Mapped[str] = mapped_column(ForeignKey("family.id"), index=True)
    channel: Mapped[str] = mapped_column(String(12))
    address: Mapped[str] = mapped_column(String(80))
    language: Mapped[str | None] = mapped_column(String(2), nullable=True)  # chosen by the parent
    last_language: Mapped[str] = mapped_column(String(2), default="zh")  # of the last message
    zone: Mapped[str] = mapped_column(String(40), default="Asia/Shanghai")
    consent_at: Mapped[datetime | None] = mapped_column(UtcTime, nullable=True)
    consent_version: Mapped[int] = mapped_column(Integer, default=0)
    welcomed: Mapped[bool] = mapped_column(Boolean, default=False)
    blocked_at: Mapped[datetime | None] = mapped_column(UtcTime, nullable=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class ChildRow(Base):
    __tablename__ = "child"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    family_id: Mapped[str] = mapped_column(ForeignKey("family.id"), index=True)
    birth_date: Mapped[date] = mapped_column(Date)
    precision: Mapped[str] = mapped_column(String(8))  # day | week | month | year
    weeks_early: Mapped[int] = mapped_column(Integer, default=0)  # for the corrected age
    label: Mapped[str] = mapped_column(String(20), default="")  # what the family calls the child here; never asked for
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class ConversationRow(Base):
    """Where a talk stands: one row a parent, so that any process can take the next message."""

    __tablename__ = "conversation"

    parent_id: Mapped[str] = mapped_column(ForeignKey("parent.id"), primary_key=True)
    state: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)


@dataclass(frozen=True, slots=True)
class Child:
    id: str
    birth_date: date
    precision: str
    weeks_early: int = 0
    label: str = ""

    def months(self, today: date) -> float:
        """Completed age in months with days as decimals; 0 before birth."""
        return age_in_months(self.birth_date, today)

    def corrected_months(self, today: date) -> float:
        """Age from the due date, for development of a child born early."""
        return max(0.0, self.months(today) - self.weeks_early * 7 / DAYS_A_MONTH)


@dataclass(frozen=True, slots=True)
class Parent:
    id: str
    family_id: str
    channel: str
    address: str
    language: Language | None
    last_language: Language
    zone: str
    consented: bool
    welcomed: bool
    children: tuple[Child, ...] = ()

    @property
    def speaks(self) -> Language:
        """The language to write in when nothing was just said."""
        return self.language or self.last_language


def age_in_months(born: date, today: date) -> float:
    """Whole calendar months plus the remaining days as a part of a month."""
    if today <= born:
        return 0.0
    months = (today.year - born.year) * 12 + today.month - born.month
    days = today.day - born.day
    if days < 0:
        months -= 1
        days = (today - _month_anniversary(born, months)).days
    return months + days / DAYS_A_MONTH


def _month_anniversary(born: date, months: int) -> date:
    year, month = divmod(born.month - 1 + months, 12)
    for day in (born.day, 30, 29, 28):
        try:
            return date(born.year + year, month + 1, day)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def parent_at(session: Session, channel: str, address: str, *, now: datetime, zone: str) -> Parent:
    """The parent at this address; a stranger gets a row, a family and no child."""
    row = session.scalar(select(ParentRow).where(ParentRow.channel == channel, ParentRow.address == address))
    if row is None:
        family = FamilyRow(id=new_id(), created_at=now)
        session.add(family)
        session.flush()
        row = ParentRow(
            id=new_id(), family_id=family.id, channel=channel, address=address, zone=zone, created_at=now,
            last_language=Language.ZH.value, consent_version=0, welcomed=False,
        )  # fmt: skip
        session.add(row)
        session.flush()
    return _parent(session, row)


def parent_by_id(session: Session, parent_id: str) -> Parent | None:
    row = session.get(ParentRow, parent_id)
    return _parent(session, row) if row is not None else None


def _parent(session: Session, row: ParentRow) -> Parent:
    children = session.scalars(
        select(ChildRow).where(ChildRow.family_id == row.family_id).order_by(ChildRow.birth_date.desc())
    )
    return Parent(
        id=row.id,
        family_id=row.family_id,
        channel=row.channel,
        address=row.address,
        language=Language(row.language) if row.language else None,
        last_language=Language(row.last_language),
        zone=row.zone,
        consented=row.consent_at is not None,
        welcomed=row.welcomed,
        children=tuple(Child(c.id, c.birth_date, c.precision, c.weeks_early, c.label) for c in children),
    )


def choose_language(session: Session, parent_id: str, language: Language | None) -> None:
    session.get_one(ParentRow, parent_id).language = language.value if language else None


def heard_in(session: Session, parent_id: str, language: Language) -> None:
    row = session.get_one(ParentRow, parent_id)
    if row.last_language != language.value:
        row.last_language = language.value


def give_consent(session: Session, parent_id: str, now: datetime, version: int = 1) -> None:
    row = session.get_one(ParentRow, parent_id)
    row.consent_at, row.consent_version = now, version


def withdraw_consent(session: Session, parent_id: str) -> None:
    session.get_one(ParentRow, parent_id).consent_at = None


def welcome(session: Session, parent_id: str) -> None:
    session.get_one(ParentRow, parent_id).welcomed = True


def add_child(session: Session, family_id: str, *, birth_date: date, precision: str, now: datetime) -> str:
    row = ChildRow(id=new_id(), family_id=family_id, birth_date=birth_date, precision=precision, created_at=now)
    session.add(row)
    session.flush()
    return row.id


def remove_child(session: Session, family_id: str, child_id: str) -> None:
    row = session.get(ChildRow, child_id)
    if row is not None and row.family_id == family_id:
        session.delete(row)


def set_blocked(session: Session, channel: str, address: str, at: datetime | None) -> None:
    """The parent blocked the bot (`at`), or came back (None)."""
    row = session.scalar(select(ParentRow).where(ParentRow.channel == channel, ParentRow.address == address))
    if row is not None:
        row.blocked_at = at


def conversation_state(session: Session, parent_id: str) -> dict[str, Any]:
    row = session.get(ConversationRow, parent_id)
    return dict(row.state) if row is not None else {}


def keep_conversation(session: Session, parent_id: str, state: dict[str, Any], now: datetime) -> None:
    row = session.get(ConversationRow, parent_id)
    if row is None:
        session.add(ConversationRow(parent_id=parent_id, state=state, updated_at=now))
    elif row.state != state:
        row.state, row.updated_at = state, now
