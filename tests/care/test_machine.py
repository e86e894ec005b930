"""Anything may happen in any order: an independent model of one small town keeps its own books beside the service."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.db import Database
from scheduler.care import service as care
from scheduler.care.audit import audit_cells
from scheduler.care.centre_side.door import stay_until
from scheduler.care.model.booking import State, offer_ends
from scheduler.care.model.errors import (
    AlreadyWaiting,
    ChildAlreadyBooked,
    HoldExpired,
    PlaceStillFree,
    RoomFull,
    StayRefused,
    WrongStep,
)
from scheduler.care.store import BookingRow, CellRow
from tests.care.test_door import staff
from tests.care.town import SHANGHAI, Place, ask, at, child, open_centre
from tests.conftest import NOW

PLACES = 2
OPENS, CLOSES = 8, 10
FAMILIES = ("ann", "bo", "cai", "dan", "eve", "fay")


@dataclass
class Known:
    """A party as the model sees it."""

    family: str
    children: int
    hours: frozenset[int]  # half hours after midnight of the one day
    state: str
    order: int
    until: datetime | None = None
    offered: bool = False


@dataclass
class Books:
    """The model: half hours of one day in one room, counted by hand."""

    parties: dict[str, Known] = field(default_factory=dict)
    closed: bool = False
    order: int = 0

    def taken(self, hour: int) -> int:
        return sum(p.children for p in self.parties.values() if p.state in ("held", "booked") and hour in p.hours)

    def fits(self, hours: frozenset[int], children: int) -> bool:
        return not self.closed and all(self.taken(h) + children <= PLACES for h in hours)

    def serve(self, now: datetime, freed: frozenset[int] | None, start_of: dict[str, datetime]) -> None:
        """First come, first served, among those who wait for a time that was freed."""
        for party_id, party in sorted(self.parties.items(), key=lambda item: item[1].order):
            waits = party.state == "waitlisted" and (freed is None or party.hours & freed)
            if waits and self.fits(party.hours, party.children):
                party.state, party.offered = "held", True
                party.until = offer_ends(now, start_of[party_id], SHANGHAI)


class Town(RuleBasedStateMachine):
    database: Database

    @initialize()
    def open(self) -> None:
        self.now = NOW
        self.books = Books()
        self.starts: dict[str, datetime] = {}
        self.count = 0
        self.context = self.database.begin()
        self.session: Session = self.context.__enter__()
        hours = (f"{OPENS:02d}:00-{CLOSES:02d}:00",)
        self.place: Place = open_centre(self.session, NOW, places=PLACES, days=4, hours=hours)

    def teardown(self) -> None:
        if hasattr(self, "context"):
            differences = audit_cells(self.session)
            self.session.rollback()
            self.context.__exit__(None, None, None)
            assert differences == []

    def _request(self, family: str, first: int, length: int, twins: bool):  # type: ignore[no-untyped-def]
        self.count += 1
        self.now += timedelta(seconds=1)  # the line is in the order of time
        start = at(20, 0) + timedelta(minutes=30 * first)
        children = (child(f"{family} 1"), child(f"{family} 2")) if twins else (child(f"{family} 1"),)
        request = ask(self.place, start, length / 2, family=family, key=f"k{self.count}", children=children)
        return request, frozenset(range(first, first + length))

    def _own(self, family: str, hours: frozenset[int], *states: str) -> list[str]:
        own = self.books.parties.items()
        return [i for i, p in own if p.family == family and p.state in states and p.hours & hours]

    times: ClassVar = {
        "first": st.integers(OPENS * 2, CLOSES * 2 - 2),
        "length": st.integers(2, 4),
        "twins": st.booleans(),
    }

    @rule(family=st.sampled_from(FAMILIES), **times)
    def hold(self, family: str, first: int, length: int, twins: bool) -> None:
        request, hours = self._request(family, first, length, twins)
        mine = self._own(family, hours, "held", "booked")
        mine = [i for i in mine if not (p := self.books.parties[i]).until or p.until > self.now or not p.offered]
        dropped = [i for i in mine if self.books.parties[i].state == "held" and not self.books.parties[i].offered]
        stuck = [i for i in mine if i not in dropped]
        inside = first + length <= CLOSES * 2
        if not inside or self.books.closed:
            with pytest.raises(StayRefused):
                care.hold(self.session, request, self.now)
            return
        for i in dropped:
            self.books.parties[i].state = "cancelled"
        fits = self.books.fits(hours, len(request.children))
        if fits and not stuck:
            party = care.hold(self.session, request, self.now)
            assert care.hold(self.session, request, self.now) == party
            self._enter(party[0].party_id, family, request, hours, "held")
            freed = frozenset().union(*(self.books.parties[i].hours for i in dropped))
            self.books.serve(self.now, freed, self.starts)
            return
        for i in dropped:
            self.books.parties[i].state = "held"
        with pytest.raises(RoomFull if not fits else ChildAlreadyBooked):
            care.hold(self.session, request, self.now)

    @rule(family=st.sampled_from(FAMILIES), **times)
    def wait(self, family: str, first: int, length: int, twins: bool) -> None:
        request, hours = self._request(family, first, length, twins)
        if first + length > CLOSES * 2 or self.books.closed:
            return
        try:
            party = care.join_waitlist(self.session, request, self.now)
        except PlaceStillFree:
            assert self.books.fits(hours, len(request.children))
            return
        except AlreadyWaiting:
            assert self._own(family, hours, "waitlisted")
            return
        assert not self.books.fits(hours, len(request.children))
        self._enter(party[0].party_id, family, request, hours, "waitlisted")
        ahead = [
            p
            for i, p in self.books.parties.items()
            if p.state == "waitlisted" and p.hours & hours and i != party[0].party_id
        ]
        assert care.place_in_line(self.session, party[0].party_id) == len(ahead) + 1

    def _enter(self, party_id: str, family: str, request, hours: frozenset[int], state: str) -> None:  # type: ignore[no-untyped-def]
        self.books.order += 1
        until = self.now + timedelta(minutes=10) if state == "held" else None
        self.books.parties[party_id] = Known(family, len(request.children), hours, state, self.books.order, until=until)
        self.starts[party_id] = request.start

    @precondition(lambda self: self.books.parties)
    @rule(data=st.data())
    def confirm(self, data: st.DataObject) -> None:
        party_id = data.draw(st.sampled_from(sorted(self.books.parties, key=lambda i: self.books.parties[i].order)))
        party = self.books.parties[party_id]
        overlapping = [
            i
            for i in self._own(party.family, party.hours, "held", "booked")
            if i != party_id and ((p := self.books.parties[i]).state == "booked" or (p.until and p.until > self.now))
        ]
        if party.state == "booked":
            assert care.confirm(self.session, party_id, party.family, self.now)[0].state is State.BOOKED
        elif party.state == "held" and party.until and party.until > self.now and not (party.offered and overlapping):
            assert care.confirm(self.session, party_id, party.family, self.now)[0].state is State.BOOKED
            party.state, party.until = "booked", None
        else:
            with pytest.raises((HoldExpired, WrongStep, ChildAlreadyBooked)):
                care.confirm(self.session, party_id, party.family, self.now)

    @precondition(lambda self: self.books.parties)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        party_id = data.draw(st.sampled_from(sorted(self.books.parties, key=lambda i: self.books.parties[i].order)))
        party = self.books.parties[party_id]
        if party.state == "expired":
            with pytest.raises(WrongStep):
                care.cancel(self.session, party_id, party.family, self.now)
            return
        care.cancel(self.session, party_id, party.family, self.now)
        freed, party_was = party.hours, party.state
        party.state = "cancelled"
        if party_was in ("held", "booked"):
            self.books.serve(self.now, freed, self.starts)

    @precondition(lambda self: any(p.state == "booked" and p.children == 1 for p in self.books.parties.values()))
    @rule(data=st.data(), end=st.integers(OPENS * 2 + 1, CLOSES * 2))
    def the_staff_make_a_stay_longer_or_shorter(self, data: st.DataObject, end: int) -> None:
        booked = [i for i, p in self.books.parties.items() if p.state == "booked" and p.children == 1]
        party_id = data.draw(st.sampled_from(sorted(booked, key=lambda i: self.books.parties[i].order)))
        party = self.books.parties[party_id]
        if end <= min(party.hours):
            return
        wanted = frozenset(range(min(party.hours), end))
        more, less = wanted - party.hours, party.hours - wanted
        meets = [
            i
            for i in self._own(party.family, more, "held", "booked")
            if (p := self.books.parties[i]).state == "booked" or (p.until and p.until > self.now)
        ]
        stay = care.party(self.session, party_id)[0]

        def change() -> None:
            ends_at = at(20, 0) + timedelta(minutes=30 * end)
            stay_until(self.session, staff(self.place), self.place.centre_id, stay.id, ends_at, self.now)

        if meets:
            with pytest.raises(ChildAlreadyBooked):
                change()
        elif more and not self.books.fits(more, 1):
            with pytest.raises(RoomFull):
                change()
        else:
            change()
            party.hours = wanted
            if less:
                self.books.serve(self.now, less, self.starts)

    @rule(minutes=st.sampled_from([1, 9, 10, 30]))
    def time_passes_and_holds_lapse(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        freed: frozenset[int] = frozenset()
        for party in self.books.parties.values():
            if party.state == "held" and party.until and party.until <= self.now:
                party.state, freed = "expired", freed | party.hours
        care.expire_holds(self.session, self.now)
        self.books.serve(self.now, freed, self.starts)

    @precondition(lambda self: not self.books.closed and len(self.books.parties) > 8)
    @rule()
    def the_centre_closes(self) -> None:
        affected = care.close_centre(
            self.session, self.place.centre_id, at(20, 12).date(), at(20, 12).date(), self.now, actor="staff:1"
        )
        lost = [p for p in self.books.parties.values() if p.state in ("held", "booked", "waitlisted")]
        assert len(affected) == sum(p.children for p in lost)
        for party in lost:
            party.state = "cancelled"
        self.books.closed = True

    @precondition(lambda self: self.books.closed)
    @rule()
    def the_centre_opens_again(self) -> None:
        day = at(20, 12).date()
        care.set_days(self.session, self.place.centre_id, {day: [(OPENS * 60, CLOSES * 60)]}, self.now, actor="staff:1")
        self.books.closed = False
        self.books.serve(self.now, None, self.starts)

    @invariant()
    def the_books_agree(self) -> None:
        if not hasattr(self, "session"):
            return
        midnight = int(at(20, 0).timestamp()) // 1800
        cells = self.session.execute(
            select(CellRow.half_hour, CellRow.booked, CellRow.capacity).where(
                CellRow.room_id == self.place.room_id, CellRow.half_hour.between(midnight, midnight + 47)
            )
        ).all()
        for half_hour, booked, capacity in cells:
            assert booked == self.books.taken(half_hour - midnight)
            assert booked <= PLACES
            assert capacity == (0 if self.books.closed else PLACES)
        self.session.flush()
        kept: dict[str, list[str]] = {party_id: [] for party_id in self.books.parties}
        for party_id, state in self.session.execute(
            select(BookingRow.party_id, BookingRow.state).where(BookingRow.centre_id == self.place.centre_id)
        ):
            kept[party_id].append(state)
        assert kept == {i: [p.state] * p.children for i, p in self.books.parties.items()}


@pytest.mark.parametrize("examples", [int(os.environ.get("CARE_EXAMPLES", "40"))])
def test_any_order_of_holds_waits_lapses_cancels_and_closures_keeps_the_books_right(
    care_database: Database, examples: int
) -> None:
    machine = type("TownHere", (Town,), {"database": care_database})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=40,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
