"""Group series as the rules see them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduler.care.model.centre import Money
from scheduler.care.model.group import GroupKind, GroupSeries
from scheduler.care.store import GroupSeriesRow


def all_series(session: Session, ids: Iterable[int] | None = None) -> list[GroupSeries]:
    query = select(GroupSeriesRow).order_by(GroupSeriesRow.id)
    if ids is not None:
        query = query.where(GroupSeriesRow.id.in_(list(ids)))
    return [series_of(row) for row in session.scalars(query)]


def add_series(session: Session, source_key: str, series: GroupSeries) -> int:
    """Keep a series under its key, or bring the kept one up to date; its meetings are generated apart."""
    row = session.scalar(select(GroupSeriesRow).where(GroupSeriesRow.source_key == source_key))
    if row is None:
        row = GroupSeriesRow(source_key=source_key)
        session.add(row)
    for name in ("centre_id", "domain", "zone", "first", "minutes", "families", "from_months", "to_months"):
        setattr(row, name, getattr(series, name))
    row.kind, row.rule, row.course, row.lat, row.lon = (
        series.kind.value,
        series.rule,
        series.course,
        series.lat,
        series.lon,
    )
    row.about = _about(series)
    session.flush()
    return row.id


def _about(series: GroupSeries) -> dict[str, Any]:
    return {
        "titles": dict(series.titles),
        "about": dict(series.about),
        "host": series.host,
        "place": series.place,
        "address": series.address,
        "languages": list(series.languages),
        "left_out": [m.isoformat() for m in series.left_out],
        "added": [m.isoformat() for m in series.added],
        "price": [series.price.amount, series.price.currency] if series.price else None,
        "lead_minutes": series.lead_minutes,
    }


def series_of(row: GroupSeriesRow) -> GroupSeries:
    about = row.about
    price = about.get("price")
    return GroupSeries(
        id=row.id,
        kind=GroupKind(row.kind),
        domain=row.domain,
        titles=about["titles"],
        zone=row.zone,
        first=row.first,
        minutes=row.minutes,
        families=row.families,
        from_months=row.from_months,
        to_months=row.to_months,
        rule=row.rule,
        left_out=tuple(datetime.fromisoformat(m) for m in about.get("left_out", ())),
        added=tuple(datetime.fromisoformat(m) for m in about.get("added", ())),
        course=row.course,
        host=about.get("host", ""),
        about=about.get("about", {}),
        place=about.get("place", ""),
        address=about.get("address", ""),
        lat=row.lat,
        lon=row.lon,
        centre_id=row.centre_id,
        languages=tuple(about.get("languages", ())),
        price=Money(price[0], price[1]) if price else None,
        lead_minutes=about.get("lead_minutes", 0),
    )
