"""The audit log: who did what to what, when. Rows are only ever added; never message text, names or birth dates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.core.db import Base, UtcTime
from bot.core.ids import new_id


class AuditRow(Base):
    __tablename__ = "audit"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    actor: Mapped[str] = mapped_column(String(80))  # "parent:<id>", "staff:<id>", "system"
    action: Mapped[str] = mapped_column(String(40), index=True)
    subject: Mapped[str] = mapped_column(String(120), default="")
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


_ADD = insert(AuditRow.__table__)  # type: ignore[arg-type]


def record(session: Session, *, at: datetime, actor: str, action: str, subject: str = "", **detail: Any) -> None:
    """Add one line to the log, in the caller's transaction."""
    line = {"id": new_id(), "at": at, "actor": actor, "action": action, "subject": subject, "detail": detail}
    session.execute(_ADD, line)
