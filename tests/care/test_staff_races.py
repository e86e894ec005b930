"""Parents and staff at the same places at once, with real threads on both databases."""

from __future__ import annotations

from sqlalchemy import func, select

from bot.core.db import Database
from scheduler.care import service as care
from scheduler.care.audit import audit_cells
from scheduler.care.centre_side.changing import Closure, OnDuty, make, preview
from scheduler.care.centre_side.door import stay_until, undo
from scheduler.care.centre_side.walk_in import WalkIn, walk_in
from scheduler.care.model.errors import CareError, ChangedSince, RoomFull
from scheduler.care.model.events import CareEvent, PlaceLost
from scheduler.care.store import CellRow
from tests.care.test_door import TODDLER, booked, staff
from tests.care.test_races import at_once
from tests.care.town import ask, at, open_centre
from tests.conftest import NOW


def test_walk_ins_bookings_longer_stays_and_undoing_never_overbook(database: Database) -> None:
    with database.begin() as session:
        place = open_centre(session, NOW, places=6, days=3)
        stays = [booked(session, place, at(18, 10, 30), 1, family=f"early {n}") for n in range(4)]
    own = staff(place)

    def attempt(number: int) -> str:
        kind = ("parent", "guest", "longer", "guest and back")[number % 4]
        try:
            with database.begin() as session:
                if kind == "parent":
                    held = care.hold(session, ask(place, at(18, 11), family=f"f{number}"), NOW)
                    care.confirm(session, held[0].party_id, f"f{number}", NOW)
                elif kind == "longer":
                    stay = stays[number // 4 % len(stays)]
                    stay_until(session, own, place.centre_id, stay.id, at(18, 12 + number % 3), NOW)
                else:
                    stay = walk_in(session, own, place.centre_id, WalkIn(f"g{number}", at(18, 12), guest=TODDLER), NOW)
            if kind == "guest and back":
                with database.begin() as session:
                    undo(session, own, place.centre_id, stay.id, NOW)
            return kind
        except RoomFull:
            return "full"

    outcome = at_once(80, 8, attempt)
    assert outcome["full"] > 0
    assert outcome["parent"] + outcome["guest"] > 0
    with database.read() as session:
        assert audit_cells(session) == []
        assert session.scalar(select(func.max(CellRow.booked))) == 6
        assert session.scalar(select(func.max(CellRow.booked - CellRow.target))) == 0


def test_closing_while_families_book_leaves_nobody_behind_closed_doors(database: Database) -> None:
    """Whoever books before the closure is told by it; whoever comes later is refused; nobody is left with a place."""
    with database.begin() as session:
        place = open_centre(session, NOW, places=6, days=4)
    own, day = staff(place), at(20, 9).date()
    told: list[str] = []

    def close() -> str:
        for _ in range(60):
            with database.begin() as session:
                seen = preview(session, own, place.centre_id, Closure(day, day), NOW).seen
            heard: list[CareEvent] = []
            try:
                with database.begin() as session:
                    make(session, own, place.centre_id, Closure(day, day), NOW, heard.append, seen=seen)
            except ChangedSince:
                continue
            told.extend(e.party[0].family_id for e in heard if isinstance(e, PlaceLost))
            return "closed"
        return "never"

    def attempt(number: int) -> str:
        if number == 7:
            return close()
        try:
            with database.begin() as session:
                held = care.hold(session, ask(place, at(20, 8 + number % 8), family=f"f{number}"), NOW)
                care.confirm(session, held[0].party_id, f"f{number}", NOW)
            if number % 5 == 0:
                with database.begin() as session:
                    make_fewer = OnDuty(place.room_id, day, (480, 600), 1)
                    make(session, own, place.centre_id, make_fewer, NOW, seen="")
            return "booked"
        except ChangedSince:
            return "shown anew"
        except CareError as error:
            return type(error).__name__

    outcome = at_once(60, 8, attempt)
    assert outcome["closed"] == 1
    with database.read() as session:
        assert audit_cells(session) == []
        open_places = select(func.count()).where(CellRow.booked > 0, CellRow.target == 0)
        assert session.scalar(open_places) == 0
    assert len(told) == len(set(told)) == outcome["booked"] + outcome["shown anew"]
