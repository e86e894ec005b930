"""Use cases of families. They take a Session and never commit."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.families.model import CONSENT_VERSION, Child, Parent
from bot.core.families.store import ChildRow, ConversationRow, FamilyRow, ParentRow
from bot.core.ids import new_id
from bot.core.language import Language


def known_at(session: Session, channel: str, address: str) -> Parent | None:
    """The parent at this address, if anybody has written from there."""
    row = session.scalar(select(ParentRow).where(ParentRow.channel == channel, ParentRow.address == address))
    return _parent(session, row) if row is not None else None


def parent_at(
    session: Session, channel: str, address: str, *, now: datetime, zone: str, language: Language = Language.ZH
) -> Parent:
    """The parent at this address; a stranger gets a row, a family and no child.

    `language`: what a stranger is taken to speak until a message shows it.
    """
    row = session.scalar(select(ParentRow).where(ParentRow.channel == channel, ParentRow.address == address))
    if row is None:
        family = FamilyRow(id=new_id(), created_at=now)
        session.add(family)
        session.flush()
        row = ParentRow(
            id=new_id(), family_id=family.id, channel=channel, address=address, zone=zone, created_at=now,
            last_language=language.value, consent_version=0, welcomed=False,
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


def give_consent(session: Session, parent_id: str, now: datetime, version: int = CONSENT_VERSION) -> None:
    row = session.get_one(ParentRow, parent_id)
    row.consent_at, row.consent_version = now, version


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


def correct_child(
    session: Session,
    family_id: str,
    child_id: str,
    *,
    birth_date: date | None = None,
    precision: str = "day",
    weeks_early: int | None = None,
) -> None:
    """What a parent tells better later: the birth date with its precision, or how many weeks early."""
    row = session.get(ChildRow, child_id)
    if row is None or row.family_id != family_id:
        return
    if birth_date is not None:
        row.birth_date, row.precision = birth_date, precision
    if weeks_early is not None:
        row.weeks_early = weeks_early
    session.flush()


def is_alone(session: Session, parent: Parent) -> bool:
    """Whether no other parent is left in the family."""
    others = select(ParentRow.id).where(ParentRow.family_id == parent.family_id, ParentRow.id != parent.id)
    return session.scalar(others.limit(1)) is None


def adults_of(session: Session, family_id: str) -> tuple[str, ...]:
    """The ids of all parents of a family."""
    return tuple(session.scalars(select(ParentRow.id).where(ParentRow.family_id == family_id).order_by(ParentRow.id)))


def set_blocked(session: Session, channel: str, address: str, at: datetime | None) -> None:
    """The parent blocked the bot (`at`), or came back (None)."""
    row = session.scalar(select(ParentRow).where(ParentRow.channel == channel, ParentRow.address == address))
    if row is not None:
        row.blocked_at = at


def conversation_state(session: Session, parent_id: str) -> dict[str, Any]:
    row = session.get(ConversationRow, parent_id)
    return dict(row.state) if row is not None else {}


def mourns(session: Session, family_id: str) -> bool:
    """Whether an adult of the family told of the loss of a child: nobody is then reminded of vaccines, or gets tips."""
    states = select(ConversationRow.state).join(ParentRow, ParentRow.id == ConversationRow.parent_id)
    return any(state.get("loss") for state in session.scalars(states.where(ParentRow.family_id == family_id)))


def told_of_loss(session: Session, parent_id: str, now: datetime, *, told: bool) -> None:
    """Kept in the talk at once, so that whatever is planned in the same turn knows of it."""
    state = conversation_state(session, parent_id)
    keep_conversation(session, parent_id, {**state, "loss": told}, now)
    session.flush()


def keep_conversation(session: Session, parent_id: str, state: dict[str, Any], now: datetime) -> None:
    row = session.get(ConversationRow, parent_id)
    if row is None:
        session.add(ConversationRow(parent_id=parent_id, state=state, updated_at=now))
    elif row.state != state:
        row.state, row.updated_at = state, now
