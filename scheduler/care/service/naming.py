"""Which centre a message names: whole, or as families shorten it (蒲公英 for 蒲公英托育园, Dandelion)."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, literal, select
from sqlalchemy.orm import Session

from scheduler.care.model.centre import Centre
from scheduler.care.service.reading import facts
from scheduler.care.store import CentreRow, RoomRow

SHORT = 3  # characters of a Chinese name that families use for it
_COMMON = frozenset({
    "centre", "center", "nursery", "care", "house", "baby", "child", "children", "evening", "hourly",
    "tomorrow", "today", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    "morning", "afternoon", "please", "cancel", "booking", "another", "book", "hours", "which", "family",
    "infant", "school", "group", "session", "early", "community", "river", "night", "garden", "price",
    "where", "there", "would", "could", "bridge", "model", "little",
})  # fmt: skip


def centre_named_in(session: Session, text: str) -> Centre | None:
    """The one bookable centre that the text names; None when it names none, or a short name fits several."""
    bookable = select(RoomRow.centre_id).distinct()
    active = select(CentreRow.id).where(CentreRow.active, CentreRow.id.in_(bookable))
    said = literal(text[:400], String)
    found = session.scalars(active.where(_inside(said, CentreRow.name), func.length(CentreRow.name) >= SHORT)).all()
    if not found and not text.isascii():
        short = func.substr(CentreRow.name, 1, SHORT)
        found = session.scalars(active.where(_inside(said, short), func.length(CentreRow.name) >= SHORT)).all()
    if not found:
        words = [w for w in re.findall(r"[A-Za-z]{5,}", text) if w.lower() not in _COMMON]
        for word in words[:12]:
            english = cast(CentreRow.about, String).ilike(f'%"en": "%{word}%')
            named = session.scalars(active.where(english)).all()
            named = [i for i in named if word.lower() in facts(session, [i])[i].centre.called("en").lower()]
            if len(named) == 1:
                found = named
                break
    return facts(session, [found[0]])[found[0]].centre if len(found) == 1 else None


def _inside(text: ColumnElement[str], part: Any) -> ColumnElement[bool]:
    """Whether the text holds the part, on both kinds of database."""
    return func.replace(text, part, "") != text
