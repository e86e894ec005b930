"""Where a browser wants to be told that a message waits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.core.db import Base, UtcTime


class PushSubscriptionRow(Base):
    """One browser of a parent. It goes with the parent, and when its push service says that it is gone."""

    __tablename__ = "push_subscription"
    __table_args__ = (UniqueConstraint("endpoint"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)  # the address of its knocks in the outbox
    parent_id: Mapped[str] = mapped_column(ForeignKey("parent.id", ondelete="CASCADE"), index=True)
    endpoint: Mapped[str] = mapped_column(String(1000))  # a secret of its push service: whoever has it can knock
    p256dh: Mapped[str] = mapped_column(String(90))  # the browser's public key, base64url
    auth: Mapped[str] = mapped_column(String(30))  # the secret shared with the browser, base64url
    knocked_up_to: Mapped[int] = mapped_column(Integer)  # letters with a greater id were not knocked for yet
    created_at: Mapped[datetime] = mapped_column(UtcTime)
