"""The hours of the health team as the team keeps them in the console; until it does, those of the deployment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.core import audit
from bot.core.hand_off.model import TeamHours
from bot.core.hand_off.service import HandOffError
from bot.core.hand_off.store import TeamHoursRow, TeamPromiseRow
from bot.core.staff.model import Action, Actor, permit


class HoursOdd(HandOffError):
    """A day ends before it begins, nobody is ever there, or the promise is not 5 minutes to 24 hours."""


def team_hours(session: Session, usual: TeamHours) -> TeamHours:
    """`usual`: what holds when nobody has chosen any, and the zone."""
    promise = session.get(TeamPromiseRow, 1)
    if promise is None:
        return usual
    week = {
        row.weekday: (time.fromisoformat(row.opens), time.fromisoformat(row.closes))
        for row in session.scalars(select(TeamHoursRow))
    }
    return replace(usual, week=week, within=timedelta(minutes=promise.within_minutes))


def keep_hours(
    session: Session, actor: Actor, now: datetime, *, week: Mapping[int, tuple[time, time]], within_minutes: int
) -> None:
    """Holds from the next chat on: what was promised stays. Raises NotPermitted, HoursOdd."""
    permit(actor, Action.TEAM_HOURS)
    if not week or not 5 <= within_minutes <= 24 * 60 or any(closes <= opens for opens, closes in week.values()):
        raise HoursOdd
    session.execute(delete(TeamHoursRow))
    session.add_all(
        TeamHoursRow(weekday=day, opens=f"{opens:%H:%M}", closes=f"{closes:%H:%M}")
        for day, (opens, closes) in week.items()
    )
    promise = session.get(TeamPromiseRow, 1)
    if promise is None:
        session.add(TeamPromiseRow(id=1, within_minutes=within_minutes))
    else:
        promise.within_minutes = within_minutes
    audit.record(
        session, at=now, actor=actor.audit_name, action="team_hours.changed",
        days=sorted(week), within_minutes=within_minutes,
    )  # fmt: skip
