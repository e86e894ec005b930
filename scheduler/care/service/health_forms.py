"""The health form of a child, and a family that leaves: what is kept about it goes, and no place leaks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.core import audit
from scheduler.care.model.booking import TAKES_A_PLACE, HealthForm, Party, State
from scheduler.care.model.events import Tell, tell_nobody
from scheduler.care.service.booking import drop, lock_party
from scheduler.care.service.waiting import release
from scheduler.care.store import BookingRow, CareFamilyRow, FreeUseRow, HealthFormRow


def keep_health_form(
    session: Session,
    child_id: str,
    family_id: str,
    now: datetime,
    *,
    allergies: str,
    medicines: str,
    collectors: Sequence[str],
    consent_by: str,
) -> HealthForm:
    """Write the form, or write it anew; the parent who writes it has agreed that the centre may read it."""
    row = session.get(HealthFormRow, child_id)
    if row is None:
        row = HealthFormRow(child_id=child_id, family_id=family_id)
        session.add(row)
    row.allergies, row.medicines, row.collectors = allergies, medicines, list(collectors)
    row.consent_at, row.consent_by, row.confirmed_at = now, consent_by, now
    session.flush()
    audit.record(session, at=now, actor=f"parent:{consent_by}", action="health_form.kept", subject=child_id)
    return form_of(row)


def health_form(session: Session, child_id: str) -> HealthForm | None:
    row = session.get(HealthFormRow, child_id)
    return form_of(row) if row is not None else None


def confirm_health_form(session: Session, child_id: str, now: datetime) -> HealthForm | None:
    """Still right today; None when there is none yet."""
    row = session.get(HealthFormRow, child_id)
    if row is None:
        return None
    row.confirmed_at = now
    return form_of(row)


def forms_missing(session: Session, party: Party) -> tuple[str, ...]:
    """Children of held stays in a room without a form; a group session, where a parent stays, needs none."""
    held = {b.child_id for b in party if b.state is State.HELD and b.room_id is not None and b.child_id is not None}
    known = session.scalars(select(HealthFormRow.child_id).where(HealthFormRow.child_id.in_(held))).all()
    return tuple(sorted(held - set(known)))


def delete_health_forms(session: Session, family_id: str) -> None:
    """Consent was withdrawn."""
    session.execute(delete(HealthFormRow).where(HealthFormRow.family_id == family_id))


def forget_family(session: Session, family_id: str, now: datetime, tell: Tell = tell_nobody) -> None:
    """Cancel what is open and delete all that care keeps about the family; the counts of past cells follow."""
    ids = session.scalars(select(BookingRow.party_id).where(BookingRow.family_id == family_id).distinct()).all()
    for party_id in sorted(ids):
        rows = lock_party(session, party_id)
        open_rows = [r for r in rows if r.state in (State.HELD, State.BOOKED, State.WAITLISTED)]
        drop(session, open_rows, now, tell, why="forgotten", actor="system")
        release(session, [r for r in rows if State(r.state) in TAKES_A_PLACE], now, tell)
    for table in (BookingRow, FreeUseRow, HealthFormRow, CareFamilyRow):
        session.execute(delete(table).where(table.family_id == family_id).execution_options(synchronize_session=False))
    session.expire_all()


def form_of(row: HealthFormRow) -> HealthForm:
    return HealthForm(
        row.child_id, row.allergies, row.medicines, tuple(row.collectors), row.consent_at, row.consent_by,
        row.confirmed_at,
    )  # fmt: skip
