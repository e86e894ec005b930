"""The waiting line is fair: an independent book of who came when, beside the service, through restarts.

Who came first is asked first; nobody is passed over whose whole stay fits; an offer that is not taken in time goes to
the next; and all of it from what is written down, for the process may end between any two steps.
"""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.core.db import Database
from scheduler.care import service as care
from scheduler.care.audit import audit_cells
from scheduler.care.model.errors import AlreadyWaiting, HoldExpired, PlaceStillFree
from scheduler.care.model.search import GroupRequest
from scheduler.care.store import BookingRow, CareFamilyRow, CellRow, GroupSessionRow
from tests.care.test_waiting import meet, seat
from tests.care.town import Place, ask, at, child, open_centre
from tests.conftest import NOW

PLACES = 2
OPENS, HOURS = 8, 4  # the eight half hours from eight to noon
EVENING = at(18, 20)  # from nine o'clock on offers wait for the morning: tested beside the line
OFFER = timedelta(minutes=30)
SETTINGS = settings(
    max_examples=25, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@dataclass
class Waiter:
    """One family's place in the line: the half hours it needs, how many children, and what became of it."""

    party: str
    family: str
    cells: frozenset[int]
    children: int
    state: str = "waitlisted"
    until: datetime | None = None


@dataclass
class Book:
    """The rules in plain words, knowing nothing of the service: a list in the order of coming, and counts."""

    places: int
    taken: Counter[int] = field(default_factory=Counter)
    line: list[Waiter] = field(default_factory=list)

    def free(self, cells: frozenset[int], children: int, now: datetime) -> None:
        """Places came back: everybody who waits for one of them is asked in turn."""
        for cell in cells:
            self.taken[cell] -= children
        self.ask(cells, now)

    def ask(self, cells: frozenset[int], now: datetime) -> None:
        for waiter in self.line:
            if waiter.state != "waitlisted" or not waiter.cells & cells:
                continue
            if all(self.taken[c] + waiter.children <= self.places for c in waiter.cells):
                self.taken.update(dict.fromkeys(waiter.cells, waiter.children))
                waiter.state, waiter.until = "held", now + OFFER

    def lapse(self, now: datetime) -> None:
        """Offers whose time is over go back; then the line is asked."""
        freed: set[int] = set()
        for waiter in self.line:
            if waiter.state == "held" and waiter.until is not None and waiter.until <= now:
                waiter.state = "expired"
                freed |= waiter.cells
                for cell in waiter.cells:
                    self.taken[cell] -= waiter.children
        self.ask(frozenset(freed), now)

    def place(self, waiter: Waiter) -> int:
        before = self.line[: self.line.index(waiter)]
        return 1 + sum(w.state == "waitlisted" and bool(w.cells & waiter.cells) for w in before)


class Desk:
    """The service over one database; `restart` ends the session, as a process that ends and starts again."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._open = ExitStack()
        self.session: Session = self._open.enter_context(database.begin())

    def restart(self) -> None:
        self._open.close()
        self.session = self._open.enter_context(self._database.begin())

    def forget(self) -> None:
        """Nothing of this example is left for the next one."""
        self.session.execute(delete(BookingRow))
        self.session.execute(delete(CareFamilyRow))
        self.session.execute(update(CellRow).values(booked=0, capacity=CellRow.target))
        self.session.execute(update(GroupSessionRow).values(booked=0))
        self._open.close()


def states(session: Session, book: Book) -> dict[str, set[str]]:
    session.flush()
    found: dict[str, set[str]] = {}
    parties = [w.party for w in book.line]
    for party, state in session.execute(
        select(BookingRow.party_id, BookingRow.state).where(BookingRow.party_id.in_(parties))
    ):
        found.setdefault(party, set()).add(state)
    return found


def agree(desk: Desk, book: Book) -> None:
    assert states(desk.session, book) == {w.party: {w.state} for w in book.line}
    for waiter in book.line:
        if waiter.state == "waitlisted":
            assert care.place_in_line(desk.session, waiter.party) == book.place(waiter)


waits = st.tuples(
    st.just("wait"), st.integers(0, 2 * HOURS - 2), st.integers(1, 2 * HOURS), st.sampled_from([1, 1, 1, 2])
)
others = st.tuples(
    st.sampled_from(["cancel", "accept", "decline", "leave", "later", "restart"]),
    st.integers(0, 7), st.sampled_from([1, 10, 29, 31]), st.just(0),
)  # fmt: skip
steps = st.lists(st.one_of(waits, others), min_size=6, max_size=24)


@SETTINGS
@given(first=st.lists(waits, min_size=2, max_size=8), then=steps)
def test_the_line_of_a_room_is_served_in_its_order(
    database: Database, first: list[tuple[str, int, int, int]], then: list[tuple[str, int, int, int]]
) -> None:
    own = Desk(database)
    try:
        _room(own, [*first, *then])
    finally:
        own.forget()


def _room(desk: Desk, steps: list[tuple[str, int, int, int]]) -> None:
    place = open_centre(desk.session, NOW, places=PLACES, days=4, hours=(f"{OPENS:02d}:00-{OPENS + HOURS:02d}:00",))
    now, book = NOW, Book(PLACES)
    whole = frozenset(range(2 * HOURS))
    sitting = []  # who has the places from the beginning
    for number in range(PLACES):
        held = care.hold(desk.session, ask(place, at(20, OPENS), HOURS, family=f"sits {number}"), now)
        care.confirm(desk.session, held[0].party_id, f"sits {number}", now)
        sitting.append((held[0].party_id, f"sits {number}"))
        book.taken.update(dict.fromkeys(whole, 1))
    for number, (what, one, two, three) in enumerate(steps):
        now += timedelta(seconds=1)
        match what:
            case "wait":
                _joins(desk, book, place, number, one, min(two, 2 * HOURS - one), three, now)
            case "cancel" if sitting:
                party, family = sitting.pop(one % len(sitting))
                care.cancel(desk.session, party, family, now)
                book.free(whole, 1, now)
            case "later" if now < EVENING:
                now += timedelta(minutes=two)
                care.sweep(desk.session, now)
                book.lapse(now)
            case "restart":
                desk.restart()
            case "accept" | "decline" | "leave":
                _answers(desk, book, what, one, now)
        agree(desk, book)
    assert audit_cells(desk.session) == []


def _joins(
    desk: Desk, book: Book, place: Place, number: int, first: int, length: int, children: int, now: datetime
) -> None:
    family = f"family {number}"
    start = at(20, OPENS) + timedelta(minutes=30 * first)
    kids = tuple(child(f"{family} {n}") for n in range(children))
    cells = frozenset(range(first, first + length))
    try:
        party = care.join_waitlist(desk.session, ask(place, start, length / 2, family=family, children=kids), now)
    except PlaceStillFree:
        assert all(book.taken[c] + children <= PLACES for c in cells)
        return
    assert not all(book.taken[c] + children <= PLACES for c in cells)
    book.line.append(Waiter(party[0].party_id, family, cells, children))


def _answers(desk: Desk, book: Book, what: str, which: int, now: datetime) -> None:
    """A family with an offer takes it or not, or one that waits leaves the line."""
    there = [w for w in book.line if w.state == ("waitlisted" if what == "leave" else "held")]
    if not there:
        return
    waiter = there[which % len(there)]
    if what == "accept":
        if waiter.until is not None and waiter.until <= now:
            with pytest.raises(HoldExpired):
                care.confirm(desk.session, waiter.party, waiter.family, now)
            return
        care.confirm(desk.session, waiter.party, waiter.family, now)
        waiter.state, waiter.until = "booked", None
        return
    care.cancel(desk.session, waiter.party, waiter.family, now)
    waiter.state = "cancelled"
    if what == "decline":
        book.free(waiter.cells, waiter.children, now)


@SETTINGS
@given(waiting=st.integers(1, 8), then=st.lists(others, min_size=3, max_size=16))
def test_the_line_of_a_group_session_is_served_in_its_order(
    database: Database, waiting: int, then: list[tuple[str, int, int, int]]
) -> None:
    own = Desk(database)
    try:
        _group(own, waiting, then)
    finally:
        own.forget()


def _group(desk: Desk, waiting: int, steps: list[tuple[str, int, int, int]]) -> None:
    number = meet(desk.session)[0]
    now, book, only = NOW, Book(PLACES), frozenset({0})
    sitting = []
    for n in range(PLACES):
        held = care.hold_group(desk.session, seat(number, f"sits {n}"), now)
        care.confirm(desk.session, held[0].party_id, f"sits {n}", now)
        sitting.append((held[0].party_id, f"sits {n}"))
        book.taken.update(dict.fromkeys(only, 1))
    for n in range(waiting):
        now += timedelta(seconds=1)
        party = care.join_group_waitlist(desk.session, seat(number, f"family {n}"), now)
        book.line.append(Waiter(party[0].party_id, f"family {n}", only, 1))
    with pytest.raises(AlreadyWaiting):
        care.join_group_waitlist(desk.session, GroupRequest("again", "family 0", "p", number), now)
    for what, which, minutes, _ in steps:
        now += timedelta(seconds=1)
        match what:
            case "cancel" if sitting:
                party_id, family = sitting.pop(which % len(sitting))
                care.cancel(desk.session, party_id, family, now)
                book.free(only, 1, now)
            case "later" if now < EVENING:
                now += timedelta(minutes=minutes)
                care.sweep(desk.session, now)
                book.lapse(now)
            case "restart":
                desk.restart()
            case "accept" | "decline" | "leave":
                _answers(desk, book, what, which, now)
        agree(desk, book)
    assert audit_cells(desk.session) == []
