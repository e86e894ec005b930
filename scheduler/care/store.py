"""Tables of care: centres, rooms, cells, bookings, group sessions, free uses, health forms.

`booked` in a cell or group session is a count of the bookings that take a place there; `capacity` is the larger of
`target` (what size, staff and hours allow now) and `booked`, so that a room that loses staff takes nobody new.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.core.db import Base, UtcTime


class CentreRow(Base):
    """`source` and `source_key` say which register it came from; `digest` is of the register's row."""

    __tablename__ = "care_centre"
    __table_args__ = (
        UniqueConstraint("source", "source_key"),
        Index("ix_care_centre_place", "lat", "lon"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    source: Mapped[str] = mapped_column(String(40))
    source_key: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64), default="")
    name: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(300))
    zone: Mapped[str] = mapped_column(String(40))
    lat: Mapped[float | None] = mapped_column(Float, nullable=True)
    lon: Mapped[float | None] = mapped_column(Float, nullable=True)
    registration: Mapped[str] = mapped_column(String(80), default="")
    phone: Mapped[str] = mapped_column(String(60), default="")
    from_months: Mapped[int | None] = mapped_column(Integer, nullable=True)
    to_months: Mapped[int | None] = mapped_column(Integer, nullable=True)
    hours: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict)  # {"mon": ["08:00-18:00"]}
    about: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # the further fields of model.Centre
    active: Mapped[bool] = mapped_column(Boolean, default=True)


class CentreDayRow(Base):
    """A day on which the usual hours do not hold; no spans: closed."""

    __tablename__ = "care_centre_day"

    centre_id: Mapped[int] = mapped_column(ForeignKey("care_centre.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    spans: Mapped[list[str]] = mapped_column(JSON, default=list)
    reason: Mapped[str] = mapped_column(String(80), default="")


class RoomRow(Base):
    __tablename__ = "care_room"
    __table_args__ = (
        UniqueConstraint("centre_id", "name"),
        CheckConstraint("size >= 0 and adults >= 0 and same_day_reserve >= 0", name="counts"),
        CheckConstraint("age_group in ('infants','toddlers','older','mixed')", name="age_group"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("care_centre.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    names: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True), nullable=True)  # by language
    age_group: Mapped[str] = mapped_column(String(10))
    from_months: Mapped[int] = mapped_column(Integer)
    to_months: Mapped[int] = mapped_column(Integer)
    size: Mapped[int] = mapped_column(Integer)
    adults: Mapped[int] = mapped_column(Integer)
    same_day_reserve: Mapped[int] = mapped_column(Integer, default=0)


class StaffRow(Base):
    """Fewer (or more) adults than usual in a room for a time; the newest row that covers a half hour holds."""

    __tablename__ = "care_staff"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("care_room.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(UtcTime)
    ends_at: Mapped[datetime] = mapped_column(UtcTime)
    adults: Mapped[int] = mapped_column(Integer)


class CareTypeRow(Base):
    __tablename__ = "care_type"
    __table_args__ = (UniqueConstraint("centre_id", "kind"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("care_centre.id"))
    kind: Mapped[str] = mapped_column(String(12))
    fee: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    rules: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # the further fields of model.CareType


class CellRow(Base):
    """Half an hour of a room. `half_hour` counts half hours since 1970, UTC."""

    __tablename__ = "care_cell"
    __table_args__ = (
        CheckConstraint("booked >= 0 and booked <= capacity", name="never_overbooked"),
        CheckConstraint("target >= 0", name="target"),
        {"sqlite_with_rowid": False},
    )

    room_id: Mapped[int] = mapped_column(ForeignKey("care_room.id"), primary_key=True, autoincrement=False)
    half_hour: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    booked: Mapped[int] = mapped_column(Integer, default=0)
    capacity: Mapped[int] = mapped_column(Integer)
    target: Mapped[int] = mapped_column(Integer)


class GroupSeriesRow(Base):
    __tablename__ = "care_group_series"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    source_key: Mapped[str] = mapped_column(String(80), unique=True)
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("care_centre.id"), nullable=True, index=True)
    kind: Mapped[str] = mapped_column(String(20))
    domain: Mapped[str] = mapped_column(String(20))
    zone: Mapped[str] = mapped_column(String(40))
    first: Mapped[datetime] = mapped_column(DateTime(timezone=False))  # wall clock of the zone
    minutes: Mapped[int] = mapped_column(Integer)
    families: Mapped[int] = mapped_column(Integer)
    from_months: Mapped[int] = mapped_column(Integer)
    to_months: Mapped[int] = mapped_column(Integer)
    rule: Mapped[str] = mapped_column(String(200), default="")
    course: Mapped[bool] = mapped_column(Boolean, default=False)
    lat: Mapped[float | None] = mapped_column(Float, nullable=True)
    lon: Mapped[float | None] = mapped_column(Float, nullable=True)
    about: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # the further fields of model.GroupSeries


class GroupSessionRow(Base):
    __tablename__ = "care_group_session"
    __table_args__ = (
        UniqueConstraint("series_id", "starts_at"),
        CheckConstraint("booked >= 0 and booked <= capacity", name="never_overbooked"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("care_group_series.id"))
    starts_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(UtcTime)
    booked: Mapped[int] = mapped_column(Integer, default=0)
    capacity: Mapped[int] = mapped_column(Integer)
    target: Mapped[int] = mapped_column(Integer)


class CareFamilyRow(Base):
    """One row a family: locked while the family books, so that its own limits hold."""

    __tablename__ = "care_family"

    family_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    last_centre_id: Mapped[int | None] = mapped_column(Integer, nullable=True)


class BookingRow(Base):
    """One line of a party. Exactly one of `room_id` and `group_session_id` is set."""

    __tablename__ = "care_booking"
    __table_args__ = (
        UniqueConstraint("code", "line"),
        UniqueConstraint("request_key", "line"),
        CheckConstraint(
            "state in ('waitlisted','held','booked','attended','no_show','expired','cancelled')", name="state"
        ),
        CheckConstraint("(room_id is null) <> (group_session_id is null)", name="one_kind"),
        CheckConstraint("ends_at > starts_at", name="in_order"),
        Index("ix_care_booking_room", "room_id", "starts_at"),
        Index("ix_care_booking_family", "family_id", "ends_at"),
        Index(
            "ix_care_booking_due",
            "held_until",
            sqlite_where=text("state = 'held'"),
            postgresql_where=text("state = 'held'"),
        ),
        Index(
            "ix_care_booking_waiting",
            "room_id",
            "group_session_id",
            sqlite_where=text("state = 'waitlisted'"),
            postgresql_where=text("state = 'waitlisted'"),
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    party_id: Mapped[str] = mapped_column(String(32), index=True)
    line: Mapped[int] = mapped_column(Integer)
    code: Mapped[str] = mapped_column(String(10))
    request_key: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(10))
    family_id: Mapped[str] = mapped_column(String(32))
    booked_by: Mapped[str] = mapped_column(String(32))
    child_id: Mapped[str | None] = mapped_column(String(32), nullable=True)
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("care_centre.id"), nullable=True)
    room_id: Mapped[int | None] = mapped_column(ForeignKey("care_room.id"), nullable=True)
    care_type_id: Mapped[int | None] = mapped_column(ForeignKey("care_type.id"), nullable=True)
    kind: Mapped[str | None] = mapped_column(String(12), nullable=True)
    group_session_id: Mapped[int | None] = mapped_column(ForeignKey("care_group_session.id"), nullable=True, index=True)
    starts_at: Mapped[datetime] = mapped_column(UtcTime)
    ends_at: Mapped[datetime] = mapped_column(UtcTime)
    zone: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    held_until: Mapped[datetime | None] = mapped_column(UtcTime, nullable=True)
    offered_at: Mapped[datetime | None] = mapped_column(UtcTime, nullable=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcTime, nullable=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime, nullable=True)
    late_minutes: Mapped[int | None] = mapped_column(Integer, nullable=True)
    coming_at: Mapped[datetime | None] = mapped_column(UtcTime, nullable=True)
    arrived_at: Mapped[datetime | None] = mapped_column(UtcTime, nullable=True)
    left_at: Mapped[datetime | None] = mapped_column(UtcTime, nullable=True)
    guest: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True), nullable=True)  # model.Guest
    price: Mapped[int | None] = mapped_column(Integer, nullable=True)
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    free_use: Mapped[int | None] = mapped_column(Integer, nullable=True)
    moved_from: Mapped[str | None] = mapped_column(String(32), nullable=True)
    why: Mapped[str] = mapped_column(String(20), default="")


class FreeUseRow(Base):
    """Free uses of one child in one calendar year."""

    __tablename__ = "care_free_use"
    __table_args__ = (CheckConstraint("used >= 0 and used <= allowed", name="never_more"),)

    child_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    family_id: Mapped[str] = mapped_column(String(32), index=True)
    used: Mapped[int] = mapped_column(Integer, default=0)
    allowed: Mapped[int] = mapped_column(Integer)


class HealthFormRow(Base):
    __tablename__ = "care_health_form"

    child_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    family_id: Mapped[str] = mapped_column(String(32), index=True)
    allergies: Mapped[str] = mapped_column(Text, default="")
    medicines: Mapped[str] = mapped_column(Text, default="")
    collectors: Mapped[list[str]] = mapped_column(JSON, default=list)
    consent_at: Mapped[datetime] = mapped_column(UtcTime)
    consent_by: Mapped[str] = mapped_column(String(32))
    confirmed_at: Mapped[datetime] = mapped_column(UtcTime)
