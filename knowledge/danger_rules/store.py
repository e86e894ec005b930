"""Tables of danger rules at work."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.core.db import Base, UtcTime


class RuleApprovalRow(Base):
    """Somebody stands for what a rule says. Of other content than `digest` it says nothing."""

    __tablename__ = "danger_rule_approval"
    __table_args__ = (Index("ix_danger_rule_approval", "rule_id", "digest"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    rule_id: Mapped[str] = mapped_column(String(60))
    digest: Mapped[str] = mapped_column(String(64))
    staff_id: Mapped[str] = mapped_column(String(32))
    staff_name: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(UtcTime)
    note: Mapped[str] = mapped_column(Text, default="")


class RuleChangeRow(Base):
    """A proposed rule, whole: draft -> published (its approver is another person) -> replaced; or withdrawn."""

    __tablename__ = "danger_rule_change"
    __table_args__ = (
        CheckConstraint("state in ('draft','published','replaced','withdrawn')", name="state"),
        Index("ix_danger_rule_change", "state", "rule_id"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    rule_id: Mapped[str] = mapped_column(String(60))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)  # as an entry of rules.yaml
    examples: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # {"fires": [...], "quiet": [...]}
    digest: Mapped[str] = mapped_column(String(64))
    based_on: Mapped[str] = mapped_column(String(64), default="")  # digest of the rule that it changes
    state: Mapped[str] = mapped_column(String(10), default="draft")
    version: Mapped[int] = mapped_column(Integer, default=1)  # two people on one draft: the later save is told
    note: Mapped[str] = mapped_column(Text, default="")
    writers: Mapped[list[str]] = mapped_column(JSON, default=list)  # staff ids
    writer_names: Mapped[list[str]] = mapped_column(JSON, default=list)
    changed_at: Mapped[datetime] = mapped_column(UtcTime)
    trial: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # the report of the last trial run
    trial_digest: Mapped[str] = mapped_column(String(64), default="")  # of the content that was tried
    approved_by: Mapped[str] = mapped_column(String(32), default="")
    approved_name: Mapped[str] = mapped_column(String(60), default="")
    published_at: Mapped[datetime | None] = mapped_column(UtcTime, nullable=True)


class RulesState(Base):
    """One row; `version` grows with every published change, so that each process knows when to look."""

    __tablename__ = "danger_rules_state"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(Integer, default=0)
