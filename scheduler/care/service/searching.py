"""Free places near a family for a wish; and when there are none, why, and what is near in time and place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from scheduler.care.model.booking import FreeUses, year_of
from scheduler.care.model.centre import CareType, DayChange, Money
from scheduler.care.model.search import (
    Filters,
    Found,
    Near,
    NothingFree,
    Offer,
    Point,
    Reason,
    Refusal,
    Wish,
    most_telling,
)
from scheduler.care.model.stay import Stay, allocate, rooms_for, stay_at
from scheduler.care.model.times import day_at, half_hours
from scheduler.care.service.free_uses import free_uses
from scheduler.care.service.nearest import nearest_facts
from scheduler.care.service.places import free_in_spans
from scheduler.care.service.reading import CentreFacts, centre, centre_facts, day_changes

CENTRES_TRIED = 12
NEAREST = 3  # of them, where another time is looked for first
AT_MOST_TWO = 8  # of OTHER_HOURS: those within two hours
OTHER_HOURS = tuple(timedelta(minutes=m) for m in (30, -30, 60, -60, 90, -90, 120, -120, 180, -180, 240, -240))
OTHER_DAYS = tuple(timedelta(days=d) for d in (1, 2, 3, 7))


def search_places(
    session: Session,
    wish: Wish,
    near: Point | None,
    now: datetime,
    filters: Filters | None = None,
    *,
    limit: int = 5,
    alternatives: bool = True,
) -> Found:
    """Offers for the wish, nearest first, the cheapest care type of each centre; or NothingFree with reasons.

    Without `near` the wished centre's own place counts. Alternatives: other times within four hours and on the next
    days (only these when the time has passed) at the nearest (or wished) centres, else at those beyond; and other
    centres at the same time.
    """
    known = _centres(session, wish, near, now, filters or Filters())
    if not known:
        return Found((), NothingFree((Reason.NO_CENTRE,), (), (), ()))
    offers, refusals = _try(session, wish, known, now)
    if offers:
        return Found(tuple(offers[:limit]))
    in_time: tuple[Offer, ...] = ()
    in_place: tuple[Offer, ...] = ()
    if alternatives:
        past = Reason.PAST in most_telling(refusals)
        days = [(known[:NEAREST], OTHER_DAYS), (known[NEAREST:], OTHER_DAYS)]
        hours = [(known[:NEAREST], OTHER_HOURS[:AT_MOST_TWO]), (known, OTHER_HOURS)]
        in_time = _other_times(session, wish, days if past else hours + days, now)
        in_place = () if past else _other_places(session, wish, known, near, now, filters)
    return Found((), NothingFree(most_telling(refusals), tuple(refusals), in_time, in_place))


def alternatives_to(session: Session, wish: Wish, now: datetime) -> tuple[Offer, ...]:
    """What a family that loses its place is told: the same time near by first, then other times."""
    own = centre(session, wish.centre_id) if wish.centre_id is not None else None
    near = Point(own.lat, own.lon) if own and own.lat is not None and own.lon is not None else None
    found = search_places(session, replace(wish, centre_id=None), near, now, limit=3)
    if found.offers:
        return found.offers
    return found.nothing.near_in_time if found.nothing else ()


def _centres(
    session: Session, wish: Wish, near: Point | None, now: datetime, filters: Filters
) -> list[tuple[Near, CentreFacts]]:
    if wish.centre_id is None:
        return nearest_facts(session, near, now, replace(filters, bookable=True), limit=CENTRES_TRIED)
    known = centre_facts(session, wish.centre_id)
    own = known.centre
    away = near.metres_to(Point(own.lat, own.lon)) if near and own.lat is not None and own.lon is not None else None
    return [(Near(own, away), known)]


@dataclass(frozen=True, slots=True)
class _Try:
    near: Near
    facts: CentreFacts
    care_type: CareType
    stay: Stay


@dataclass(frozen=True, slots=True)
class _Rest:
    """What many tries at the same centres share: changed days, and the free uses of the children by year."""

    changes: dict[int, dict[date, DayChange]]
    uses: dict[int, dict[str, FreeUses]]

    @classmethod
    def of(cls, session: Session, wishes: Sequence[Wish], known: Sequence[tuple[Near, CentreFacts]]) -> _Rest:
        days = {day_at(w.start, k.centre.zone) for w in wishes for _, k in known}
        years = {year_of(w.start, known[0][1].centre.zone) for w in wishes}
        ids = [c.id for c in wishes[0].children]
        return cls(
            day_changes(session, [k.centre.id for _, k in known], days),
            {year: free_uses(session, ids, year) for year in years},
        )


def _try(
    session: Session,
    wish: Wish,
    known: Sequence[tuple[Near, CentreFacts]],
    now: datetime,
    rest: _Rest | None = None,
) -> tuple[list[Offer], list[Refusal]]:
    """One offer or one refusal for each centre."""
    rest = rest or _Rest.of(session, [wish], known)
    changes = rest.changes
    tries: list[_Try] = []
    reasons: dict[int, list[Reason]] = {}
    for near, facts in known:
        own = reasons.setdefault(facts.centre.id, [])
        if not facts.centre.bookable:
            own.append(Reason.NOT_BOOKABLE)
        for care_type in facts.care_types:
            if wish.kind is not None and care_type.kind is not wish.kind:
                continue
            stay = stay_at(facts.centre, care_type, changes[facts.centre.id], wish.start, wish.end, now)
            if isinstance(stay, tuple):
                own.extend(stay)
            else:
                tries.append(_Try(near, facts, care_type, stay))
    free = free_in_spans(
        session,
        {(room.id, *_span(t.stay)) for t in tries for room in t.facts.rooms},
    )
    uses = rest.uses[year_of(wish.start, known[0][1].centre.zone)]
    offers: list[Offer] = []
    refusals: list[Refusal] = []
    for near, facts in known:
        own_tries = [t for t in tries if t.facts is facts]
        outcomes = [_outcome(t, wish, free, uses, now) for t in own_tries]
        good = [o for o in outcomes if isinstance(o, Offer)]
        if good:
            offers.append(min(good, key=lambda o: (o.price.amount, o.ends_at - o.starts_at)))
        elif outcomes:
            bad = [o for o in outcomes if isinstance(o, Refusal)]
            refusals.append(next((r for r in bad if r.waitable), bad[0]))
        else:
            own = reasons[facts.centre.id] or [Reason.NO_SUCH_CARE]
            telling = tuple(r for r in Reason if r in own and r is not Reason.NO_SUCH_CARE)
            refusals.append(Refusal(near, telling or (Reason.NO_SUCH_CARE,)))
    return offers, refusals


def _span(stay: Stay) -> tuple[int, int]:
    cells = half_hours(stay.starts_at, stay.ends_at)
    return cells.start, cells.stop


def _outcome(
    tried: _Try, wish: Wish, free: dict[tuple[int, int, int], int], uses: dict[str, FreeUses], now: datetime
) -> Offer | Refusal:
    stay, facts = tried.stay, tried.facts
    options = rooms_for(wish.children, facts.rooms, stay.day)
    if isinstance(options, tuple):
        return Refusal(tried.near, options)
    span = _span(stay)
    same_day = day_at(now, facts.centre.zone) >= stay.day
    left = {
        room.id: free[room.id, *span] - (0 if same_day else room.same_day_reserve)
        for room in facts.rooms
        if (room.id, *span) in free
    }
    first = tuple((c.id, fit[0].id) for c, fit in zip(wish.children, options, strict=True))
    if not any(room.id in left for fit in options for room in fit):
        return Refusal(tried.near, (Reason.NOT_YET,))
    rooms = allocate(wish.children, options, left)
    if rooms is None:
        return Refusal(tried.near, (Reason.FULL,), tried.care_type, stay.starts_at, stay.ends_at, first)
    one = tried.care_type.fee.of(stay.starts_at, stay.ends_at, stay.blocks)
    full = Money(one.amount * len(wish.children), one.currency)
    granted = tuple(u for u in uses.values() if u.left > 0) if tried.care_type.free_uses else ()
    return Offer(
        near=tried.near,
        care_type=tried.care_type,
        starts_at=stay.starts_at,
        ends_at=stay.ends_at,
        rooms=rooms,
        places_left=min(left[room] for _, room in rooms),
        price=Money(full.amount - one.amount * len(granted), one.currency),
        full_price=full,
        free_uses=granted,
    )


def _other_times(
    session: Session,
    wish: Wish,
    stages: Sequence[tuple[Sequence[tuple[Near, CentreFacts]], Sequence[timedelta]]],
    now: datetime,
) -> tuple[Offer, ...]:
    """The nearest other times, at most three, no stay twice; a stage is some centres with the times tried there."""
    found: dict[tuple[int, datetime, datetime], Offer] = {}
    for known, shifts in (s for s in stages if s[0]):
        others = [replace(wish, start=wish.start + s, end=wish.end + s if wish.end else None) for s in shifts]
        rest = _Rest.of(session, others, known)
        for other in others:
            for offer in _try(session, other, known, now, rest)[0]:
                found.setdefault((offer.centre.id, offer.starts_at, offer.ends_at), offer)
            if len(found) >= 3:
                return tuple(found.values())[:3]
    return tuple(found.values())


def _other_places(
    session: Session,
    wish: Wish,
    known: Sequence[tuple[Near, CentreFacts]],
    near: Point | None,
    now: datetime,
    filters: Filters | None,
) -> tuple[Offer, ...]:
    """For a wish at one centre: others near it at the same time."""
    if wish.centre_id is None:
        return ()
    own = known[0][1].centre
    if near is None and own.lat is not None and own.lon is not None:
        near = Point(own.lat, own.lon)
    anywhere = replace(wish, centre_id=None)
    return tuple(_try(session, anywhere, _centres(session, anywhere, near, now, filters or Filters()), now)[0][:3])
