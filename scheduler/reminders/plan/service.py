"""Use cases of the child health plan. They take a Session and never commit; reminders change with the marks."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.core.families import service as families
from bot.core.families.store import ChildRow, ParentRow
from scheduler.reminders.model import Kind, Planned, State
from scheduler.reminders.plan.model import Birth, Mark, MarkState, Plan, build
from scheduler.reminders.plan.reminding import Reader, for_its_day, reminders
from scheduler.reminders.plan.schedule import Schedule, schedule
from scheduler.reminders.plan.store import PlanEditionRow, PlanFeedRow, PlanMarkRow
from scheduler.reminders.service import cancel_about, put
from scheduler.reminders.service.choices import choice_of
from scheduler.reminders.store import ReminderRow, letters

_HAVE_LEFT = frozenset({State.SENT, State.AMBIGUOUS, State.FAILED})


def plan_of(session: Session, child_id: str, today: date, of: Schedule | None = None) -> Plan | None:
    """The plan of a child; None when there is no such child."""
    row = session.get(ChildRow, child_id)
    if row is None:
        return None
    birth = Birth(row.birth_date, row.precision, row.weeks_early)
    return build(of or schedule(), birth, _marks(session, child_id), today)


def _marks(session: Session, child_id: str) -> dict[str, Mark]:
    rows = session.scalars(select(PlanMarkRow).where(PlanMarkRow.child_id == child_id))
    return {row.item: Mark(MarkState(row.state), row.day) for row in rows}


def _one_at_a_time(session: Session, child_id: str) -> ChildRow | None:
    """Two adults of a family may change the plan of a child at the same moment: the second waits for the first."""
    return session.get(ChildRow, child_id, with_for_update=True)


def mark(
    session: Session, child_id: str, item: str, state: MarkState | None, now: datetime, *, day: date | None = None
) -> None:
    """Done (on `day`, if told), put off until `day`, or not wanted; None takes a mark back."""
    _one_at_a_time(session, child_id)
    row = session.get(PlanMarkRow, (child_id, item))
    if state is None:
        if row is not None:
            session.delete(row)
    elif row is None:
        session.add(PlanMarkRow(child_id=child_id, item=item, state=state.value, day=day, marked_at=now))
    else:
        row.state, row.day, row.marked_at = state.value, day, now
    session.flush()
    replan(session, child_id, now)


def mark_earlier_done(session: Session, child_id: str, today: date, now: datetime) -> int:
    """'All of that was done': what began long ago and was never marked; how many. The days stay unknown."""
    _one_at_a_time(session, child_id)
    plan = plan_of(session, child_id, today)
    earlier = plan.earlier() if plan is not None else ()
    for entry in earlier:
        session.merge(PlanMarkRow(child_id=child_id, item=entry.item.id, state="done", day=None, marked_at=now))
    session.flush()
    replan(session, child_id, now)
    return len(earlier)


def replan(session: Session, child_id: str, now: datetime, of: Schedule | None = None) -> int:
    """The reminders of a child are what the plan asks for now, for every parent who agreed; how many changed."""
    used = of or schedule()
    session.flush()
    child = _one_at_a_time(session, child_id)
    wanted: dict[str, Planned] = {}
    if child is not None and not families.mourns(session, child.family_id):
        parents = select(ParentRow).where(ParentRow.family_id == child.family_id, ParentRow.consent_at.is_not(None))
        for parent in session.scalars(parents).all():
            if choice_of(session, parent.id).wants(Kind.PLAN):
                zone = ZoneInfo(parent.zone)
                plan = plan_of(session, child_id, now.astimezone(zone).date(), used)
                assert plan is not None
                reader = Reader(parent.id, child_id, parent.zone, child.created_at.astimezone(zone).date())
                wanted |= {p.key: p for p in reminders(plan, reader)}
    kept, left = _kept(session, child_id)
    wanted = {p.key: p for p in (for_its_day(planned, left) for planned in wanted.values())}
    changed = 0
    for key, row in kept.items():
        if key not in wanted and row.state in ("pending", "claimed", "suspended", "handed"):
            changed += cancel_about(session, key, now, why="replaced")
    for key, planned in wanted.items():
        before = kept.get(key)
        same = before is not None and (before.due_at, before.expires_at, before.payload) == (
            planned.due_at, planned.expires_at, planned.payload
        )  # fmt: skip
        if before is not None and same and before.state not in ("cancelled", "expired"):
            continue
        if planned.expires_at <= now and before is None:
            continue
        changed += put(session, planned, now)
    if child is not None:
        session.merge(PlanEditionRow(child_id=child_id, edition=used.edition))
        session.flush()
    return changed


def _kept(session: Session, child_id: str) -> tuple[dict[str, ReminderRow], list[tuple[str, datetime]]]:
    """The reminders of a child's plan by key; key and time of those that have left for the parent."""
    rows = session.execute(
        select(ReminderRow, letters.c.state)
        .join(letters, letters.c.id == ReminderRow.letter_id, isouter=True)
        .where(ReminderRow.child_id == child_id, ReminderRow.kind == Kind.PLAN.value)
    ).all()
    left = [
        (row.key, row.due_at)
        for row, letter in rows
        if row.state in _HAVE_LEFT or (row.state == State.HANDED and letter not in ("pending", "expired"))
    ]
    return {row.key: row for row, _ in rows}, left


def replan_family(session: Session, family_id: str, now: datetime) -> None:
    """After somebody joined, left, agreed, or turned reminders on or off."""
    session.flush()
    for child_id in session.scalars(select(ChildRow.id).where(ChildRow.family_id == family_id)).all():
        replan(session, child_id, now)


def out_of_date(session: Session, most: int = 50) -> list[str]:
    """Children whose reminders were planned by another edition of the schedule, or never."""
    current = select(PlanEditionRow.child_id).where(PlanEditionRow.edition == schedule().edition)
    query = select(ChildRow.id).where(ChildRow.id.not_in(current)).order_by(ChildRow.id).limit(most)
    return list(session.scalars(query))


# the calendar


def open_feed(session: Session, parent_id: str, child_id: str, now: datetime) -> str:
    """The secret of the parent's calendar of a child; the same until it is ended."""
    row = _feed(session, parent_id, child_id)
    if row is None:
        row = PlanFeedRow(
            secret=secrets.token_urlsafe(32), parent_id=parent_id, child_id=child_id, named=False, created_at=now
        )
        session.add(row)
        session.flush()
    return row.secret


def end_feed(session: Session, parent_id: str, child_id: str) -> bool:
    """Whoever has the address sees nothing any more; whether there was one."""
    found = delete(PlanFeedRow).where(PlanFeedRow.parent_id == parent_id, PlanFeedRow.child_id == child_id)
    return bool(getattr(session.execute(found), "rowcount", 0))


def name_in_feed(session: Session, parent_id: str, child_id: str, *, named: bool) -> None:
    row = _feed(session, parent_id, child_id)
    if row is not None:
        row.named = named


def feed_at(session: Session, secret: str) -> PlanFeedRow | None:
    """The feed of a secret, compared by the database's index: 256 bits are not guessed by timing."""
    return session.get(PlanFeedRow, secret)


def _feed(session: Session, parent_id: str, child_id: str) -> PlanFeedRow | None:
    query = select(PlanFeedRow).where(PlanFeedRow.parent_id == parent_id, PlanFeedRow.child_id == child_id)
    return session.scalar(query)
