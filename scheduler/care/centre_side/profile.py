"""What a centre says about itself: shown to parents on its card, and when they have booked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime

from sqlalchemy.orm import Session

from bot.core import audit
from bot.core.staff.model import Action, Actor, permit
from scheduler.care.model.centre import LEGAL, AgeGroup
from scheduler.care.model.errors import NotAllowed, ProfileChanged, UnknownCentre
from scheduler.care.service.districts import district_in, districts
from scheduler.care.service.reading import CentreFacts, centre_facts
from scheduler.care.store import CentreRow, RoomRow

LONGEST_LINE, MOST_LINES, LONGEST_ROUTINE, LONGEST_DISTRICT = 80, 12, 400, 30
HOTTEST, COOLEST = 39.0, 36.5  # °C, between which a limit for admission makes sense


@dataclass(frozen=True, slots=True)
class Profile:
    """Lists and texts by language where parents read them."""

    name_en: str = ""
    phone: str = ""
    website: str = ""
    facilities: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    bring: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rules: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    routine: Mapping[str, str] = field(default_factory=dict)
    fever_limit: float | None = None
    well_for_hours: int | None = None
    district: str = ""  # empty: what the address says

    @property
    def mark(self) -> str:
        """Names what was shown: a form that is based on something else by now is not kept."""
        return hashlib.sha256(repr([(f.name, getattr(self, f.name)) for f in fields(self)]).encode()).hexdigest()[:24]


def profile(session: Session, actor: Actor, centre_id: int) -> CentreFacts:
    permit(actor, Action.CENTRE_DAY, centre_id=centre_id)
    return centre_facts(session, centre_id)


def kept_profile(session: Session, actor: Actor, centre_id: int) -> Profile:
    """As the form shows it."""
    permit(actor, Action.CENTRE_DAY, centre_id=centre_id)
    own, about = centre_facts(session, centre_id).centre, session.get_one(CentreRow, centre_id).about
    return Profile(
        own.names.get("en", ""), own.phone, own.website, own.facilities, own.languages, own.bring, own.rules,
        own.routine, own.fever_limit, own.well_for_hours, str(about.get("district") or ""),
    )  # fmt: skip


def known_districts(session: Session, actor: Actor, centre_id: int) -> tuple[str, list[str]]:
    """(of this centre's address, all that centres are in): to choose from rather than to write anew."""
    permit(actor, Action.CENTRE_DAY, centre_id=centre_id)
    own = district_in(centre_facts(session, centre_id).centre.address)
    return own, sorted({name for name in districts(session).values() if name})


def keep_profile(
    session: Session, actor: Actor, centre_id: int, said: Profile, now: datetime, *, seen: str = ""
) -> None:
    """NotAllowed(lines, routine, phone, website, fever, well, district) when something is too long or cannot be meant.

    `seen`: mark of the profile that the form showed; ProfileChanged when a colleague has kept another one since.
    """
    permit(actor, Action.CENTRE_CHANGE, centre_id=centre_id)
    lists = [said.facilities, said.languages, *said.bring.values(), *said.rules.values()]
    if any(len(lines) > MOST_LINES or any(len(line) > LONGEST_LINE for line in lines) for lines in lists):
        raise NotAllowed("lines")
    if any(len(words) > LONGEST_ROUTINE for words in said.routine.values()):
        raise NotAllowed("routine")
    if len(said.phone) > 60 or len(said.name_en) > LONGEST_LINE:
        raise NotAllowed("phone")
    if said.website and (not said.website.startswith("https://") or len(said.website) > 200):
        raise NotAllowed("website")
    if said.fever_limit is not None and not COOLEST <= said.fever_limit <= HOTTEST:
        raise NotAllowed("fever")
    if said.well_for_hours is not None and not 0 <= said.well_for_hours <= 168:
        raise NotAllowed("well")
    if len(said.district) > LONGEST_DISTRICT or "\n" in said.district:
        raise NotAllowed("district")
    row = _row(session, centre_id)
    if seen and kept_profile(session, actor, centre_id).mark != seen:
        raise ProfileChanged
    names = {k: v for k, v in row.about.get("names", {}).items() if k != "en"}
    told = {
        "names": names | ({"en": said.name_en} if said.name_en else {}),
        "website": said.website,
        "facilities": list(said.facilities),
        "languages": list(said.languages),
        "bring": {k: list(v) for k, v in said.bring.items() if v},
        "rules": {k: list(v) for k, v in said.rules.items() if v},
        "routine": {k: v for k, v in said.routine.items() if v},
        "fever_limit": said.fever_limit,
        "well_for_hours": said.well_for_hours,
        "district": said.district,
    }
    changed = sorted(k for k, v in told.items() if (row.about.get(k) or None) != (v or None))
    if row.phone != said.phone:
        changed.append("phone")
    row.phone = said.phone
    row.about = {k: v for k, v in {**row.about, **told}.items() if v not in (None, "", [], {})}
    audit.record(
        session, at=now, actor=actor.audit_name, action="centre.profile", subject=str(centre_id), changed=changed
    )
    session.flush()


def keep_photo(session: Session, actor: Actor, centre_id: int, name: str, now: datetime) -> None:
    """`name` of a kept picture file; "" takes the photo away."""
    permit(actor, Action.CENTRE_CHANGE, centre_id=centre_id)
    row = _row(session, centre_id)
    row.about = {k: v for k, v in {**row.about, "photo": name}.items() if v != ""}
    audit.record(session, at=now, actor=actor.audit_name, action="centre.photo", subject=str(centre_id))
    session.flush()


def keep_room(
    session: Session,
    actor: Actor,
    centre_id: int,
    room_id: int,
    now: datetime,
    *,
    name_en: str,
    from_months: int,
    to_months: int,
) -> None:
    """The English name and the ages, within those of the law for the group; new bookings follow, old ones stay."""
    permit(actor, Action.CENTRE_CHANGE, centre_id=centre_id)
    row = session.get(RoomRow, room_id)
    if row is None or row.centre_id != centre_id:
        raise UnknownCentre
    law = LEGAL[AgeGroup(row.age_group)]
    if not law.from_months <= from_months < to_months <= law.to_months or len(name_en) > LONGEST_LINE:
        raise NotAllowed("months")
    row.from_months, row.to_months = from_months, to_months
    row.names = {k: v for k, v in {**(row.names or {}), "en": name_en}.items() if v} or None
    audit.record(session, at=now, actor=actor.audit_name, action="room.profile", subject=str(room_id))
    session.flush()


def _row(session: Session, centre_id: int) -> CentreRow:
    row = session.get(CentreRow, centre_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise UnknownCentre
    return row
