"""Planning: insert, move, take back. The same key is the same reminder, so planning twice changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, Select, Table, and_, bindparam, or_, select, text, update
from sqlalchemy.orm import Session

from bot.core.db import insert_into
from bot.core.families.store import ParentRow
from scheduler.reminders.model import OPEN, RANK, RENEWABLE, WAITING, Kind, Planned, State
from scheduler.reminders.quiet import QuietHours, moved
from scheduler.reminders.store import ReminderChoiceRow, ReminderRow, letters

_ROW, _PARENT, _CHOICE = (cast(Table, t.__table__) for t in (ReminderRow, ParentRow, ReminderChoiceRow))


def put(session: Session, planned: Planned, now: datetime) -> bool:
    """Plan a reminder, or move the one with this key; whether it now waits to be sent.

    Its time is moved out of the parent's quiet hours as its kind wants it. What was sent is not sent again; what would
    be over before it is due is not planned, and taken back if it was.
    """
    due_at = _outside_quiet_hours(planned, _quiet_of(session, planned.parent_id))
    over = due_at >= planned.expires_at or planned.expires_at <= now
    if not over and _inserted(session, [(planned, due_at)], now):
        return True
    row = session.scalar(_locked(select(ReminderRow).where(ReminderRow.key == planned.key)))
    if over or row is None:
        if row is not None and row.state in OPEN:
            _close([row], session, State.EXPIRED, "over", now)
        return False
    if row.state == State.HANDED:
        same = row.payload == planned.payload and row.expires_at == planned.expires_at and due_at <= now
        if same or not letter_taken_back(session, row):
            return False
    elif row.state not in WAITING | RENEWABLE:
        return False
    if row.state != State.SUSPENDED:
        row.state, row.why, row.leased_until, row.letter_id, row.settled_at = State.PENDING.value, "", None, None, None
    row.kind, row.rank, row.about, row.payload = planned.kind.value, RANK[planned.kind], planned.about, planned.payload
    row.parent_id, row.child_id = planned.parent_id, planned.child_id
    row.due_at, row.expires_at = due_at, planned.expires_at
    session.flush()
    return True


def put_all(session: Session, planned: Sequence[Planned], now: datetime) -> int:
    """The same for several; those that are new are written in one go. How many now wait to be sent."""
    quiet = {i: _quiet_of(session, i) for i in dict.fromkeys(p.parent_id for p in planned)}
    due = [(p, _outside_quiet_hours(p, quiet[p.parent_id])) for p in planned]
    new = [(p, due_at) for p, due_at in due if due_at < p.expires_at and p.expires_at > now]
    added = _inserted(session, new, now) if new else set()
    return len(added) + sum(put(session, p, now) for p in planned if p.key not in added)


def _inserted(session: Session, planned: Sequence[tuple[Planned, datetime]], now: datetime) -> set[str]:
    """The keys of those that were not there."""
    session.flush()
    values = [
        {
            "key": p.key, "kind": p.kind.value, "rank": RANK[p.kind], "parent_id": p.parent_id,
            "child_id": p.child_id, "about": p.about, "payload": p.payload, "state": State.PENDING.value,
            "why": "", "due_at": due_at, "expires_at": p.expires_at, "letters": 0, "created_at": now,
        }
        for p, due_at in planned
    ]  # fmt: skip
    new = insert_into(session, _ROW).on_conflict_do_nothing(index_elements=["key"]).returning(_ROW.c.key)
    return set(session.scalars(new, values).all())


def cancel_about(session: Session, about: str, now: datetime, *, why: str = "") -> int:
    """Take back what belongs to this, or to something below it ("plan:CHILD" takes "plan:CHILD:ITEM"); how many."""
    return _cancel(session, belongs_to(about), now, why)


def replace_about(session: Session, about: str, planned: Sequence[Planned], now: datetime) -> int:
    """What belongs to this is what is planned here and nothing else; how many of them wait to be sent.

    What was sent stays sent. `planned` may belong to `about` or to something below it.
    """
    kept = [p.key for p in planned]
    _cancel(session, and_(belongs_to(about), ReminderRow.key.not_in(kept)), now, "replaced")
    return put_all(session, planned, now)


def withhold(session: Session, parent_id: str, kind: Kind, now: datetime) -> int:
    """The parent turned a kind off: letters that have not left are taken back; how many.

    What is only planned stays, for the parent may turn the kind on again; while it is off it is not sent when due.
    """
    handed = ReminderRow.state == State.HANDED.value
    return _cancel(
        session, and_(ReminderRow.parent_id == parent_id, ReminderRow.kind == kind.value, handed), now, "off"
    )


def cancel_child(session: Session, child_id: str, now: datetime) -> int:
    """Take back everything about a child."""
    return _cancel(session, ReminderRow.child_id == child_id, now, "child")


def belongs_to(about: str) -> ColumnElement[bool]:
    """`about` itself or below it; ';' is the character after ':'."""
    below = and_(ReminderRow.about >= f"{about}:", ReminderRow.about < f"{about};")
    return or_(ReminderRow.about == about, below)


_STATES = ",".join(f"'{s.value}'" for s in sorted(OPEN))
_ANYTHING = (
    select(_ROW.c.id)
    .where(
        text(f"reminder.state in ({_STATES})"),
        or_(
            *(
                or_(
                    _ROW.c.about == bindparam(which),
                    _ROW.c.about.between(bindparam(f"{which}_"), bindparam(f"{which}__")),
                )
                for which in ("one", "other")
            )
        ),
    )
    .limit(1)
)


def anything_open(session: Session, one: str, other: str) -> bool:
    """Whether anything that belongs to either is planned or handed over."""
    session.flush()
    values = {
        "one": one,
        "one_": f"{one}:",
        "one__": f"{one};",
        "other": other,
        "other_": f"{other}:",
        "other__": f"{other};",
    }
    return session.execute(_ANYTHING, values).first() is not None


def _cancel(session: Session, which: ColumnElement[bool], now: datetime, why: str) -> int:
    query = select(ReminderRow).where(which, ReminderRow.state.in_([s.value for s in OPEN]))
    rows = session.scalars(_locked(query.order_by(ReminderRow.id))).all()
    _close(rows, session, State.CANCELLED, why, now)
    return len(rows)


def _locked(query: Select[ReminderRow]) -> Select[ReminderRow]:
    """As they are once nobody else changes them, not as they were read before."""
    return query.with_for_update().execution_options(populate_existing=True)


def _close(rows: Iterable[ReminderRow], session: Session, state: State, why: str, now: datetime) -> None:
    """A letter that is being sent cannot be taken back: its reminder stays as it is."""
    for row in rows:
        if row.state == State.HANDED and not letter_taken_back(session, row):
            continue
        row.state, row.why, row.settled_at, row.leased_until = state.value, why, now, None
    session.flush()


def letter_taken_back(session: Session, row: ReminderRow) -> bool:
    """Whether the letter had not left yet; it is cancelled then."""
    taken = session.execute(
        update(letters).where(letters.c.id == row.letter_id, letters.c.state == "pending").values(state="cancelled")
    )
    return bool(getattr(taken, "rowcount", 0))


_QUIET = (
    select(_PARENT.c.zone, _CHOICE.c.quiet_from, _CHOICE.c.quiet_until)
    .select_from(_PARENT.outerjoin(_CHOICE, _CHOICE.c.parent_id == _PARENT.c.id))
    .where(_PARENT.c.id == bindparam("parent"))
)


def _quiet_of(session: Session, parent_id: str | None) -> tuple[QuietHours, str] | None:
    """When this parent is not woken, on the clock of which zone; None for a team's chat."""
    if parent_id is None:
        return None
    session.flush()
    zone, first, last = session.execute(_QUIET, {"parent": parent_id}).first() or (None, None, None)
    own = QuietHours(first, last) if first is not None and last is not None else QuietHours()
    return own, zone or "Asia/Shanghai"


def _outside_quiet_hours(planned: Planned, quiet: tuple[QuietHours, str] | None) -> datetime:
    return planned.due_at if quiet is None else moved(planned.due_at, planned.kind, *quiet, planned.expires_at)
