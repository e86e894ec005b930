"""Many at once: real threads on real databases, and a process that is killed in the middle."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.core.db import Database, tried_again
from scheduler.care import service as care
from scheduler.care.audit import audit_cells
from scheduler.care.model.booking import State
from scheduler.care.model.errors import CareError, RoomFull
from scheduler.care.store import BookingRow, CellRow, FreeUseRow
from tests.care.town import ask, at, child, open_centre
from tests.conftest import NOW

HOME = Path(__file__).resolve().parents[2]
ROUNDS = int(os.environ.get("CARE_ROUNDS", "2"))


def at_once(attempts: int, threads: int, attempt: Callable[[int], str]) -> Counter[str]:
    """Run the attempts from so many threads that all start together; what each returned, counted."""
    gate = threading.Barrier(threads)

    def first_wait(number: int) -> str:
        if number < threads:
            gate.wait()
        return attempt(number)

    with ThreadPoolExecutor(threads) as pool:
        return Counter(pool.map(first_wait, range(attempts)))


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_of_200_at_once_exactly_ten_get_the_last_ten_places(database: Database, round_: int) -> None:
    with database.begin() as session:
        place = open_centre(session, NOW, places=10, days=3)

    def attempt(number: int) -> str:
        try:
            with database.begin() as session:
                held = care.hold(session, ask(place, at(20, 9), family=f"f{number}"), NOW)
            with database.begin() as session:
                return care.confirm(session, held[0].party_id, f"f{number}", NOW)[0].state.value
        except RoomFull:
            return "full"

    assert at_once(200, 8, attempt) == {"booked": 10, "full": 190}
    with database.read() as session:
        assert audit_cells(session) == []
        assert session.scalar(select(func.max(CellRow.booked))) == 10


def test_twins_are_never_split_and_overlapping_stays_never_lock_each_other_out(database: Database) -> None:
    with database.begin() as session:
        place = open_centre(session, NOW, places=7, days=3)

    def attempt(number: int) -> str:
        twins = (child(f"{number} a"), child(f"{number} b"))
        start = at(20, 8 + number % 3)
        try:
            with database.begin() as session:
                request = ask(place, start, 2 + number % 4, family=f"f{number}", children=twins)
                held = care.hold(session, request, NOW)
            if number % 3 == 0:
                with database.begin() as session:
                    care.cancel(session, held[0].party_id, f"f{number}", NOW)
                return "cancelled"
            return "held"
        except RoomFull:
            return "full"

    outcome = at_once(90, 8, attempt)
    with database.read() as session:
        assert audit_cells(session) == []
        sizes = session.scalars(
            select(func.count()).where(BookingRow.state == State.HELD.value).group_by(BookingRow.party_id)
        ).all()
    assert set(sizes) == {2}
    assert len(sizes) == outcome["held"]


def test_two_parents_at_once_cannot_use_a_thirteenth_free_time(database: Database) -> None:
    with database.begin() as session:
        place = open_centre(session, NOW, places=30, rules={"free_uses": True}, days=3)
        session.add(FreeUseRow(child_id="both", year=2026, family_id="x", used=10, allowed=12))
    # one child known to two households: the family's own lock does not help here
    with database.begin() as session:
        for day, hour in ((19, 8), (19, 9)):
            care.hold(
                session, ask(place, at(day, hour), 0.5, family="x", key=f"x{hour}", children=(child("both"),)), NOW
            )

    def attempt(number: int) -> str:
        with database.begin() as session:
            start = at(20, 8 + number // 2, 30 * (number % 2))
            request = ask(place, start, 0.5, family=f"f{number}", children=(child("both"),))
            return "free" if care.hold(session, request, NOW)[0].free_use else "paid"

    assert at_once(10, 5, attempt) == {"paid": 10}
    with database.begin() as session:
        assert session.scalar(select(FreeUseRow.used)) == 12


def test_one_request_sent_by_many_threads_books_once(database: Database) -> None:
    with database.begin() as session:
        place = open_centre(session, NOW, places=10, days=3)

    def attempt(_: int) -> str:
        with database.begin() as session:
            return care.hold(session, ask(place, at(20, 9), key="tap"), NOW)[0].party_id

    assert len(at_once(24, 6, attempt)) == 1
    with database.read() as session:
        assert session.scalar(select(func.max(CellRow.booked))) == 1


def test_holds_lapses_offers_and_closures_at_once_leave_every_count_right(database: Database) -> None:
    with database.begin() as session:
        place = open_centre(session, NOW, places=3, days=3)
    later = at(18, 12)

    @tried_again
    def attempt(number: int) -> str:
        family = f"f{number}"
        try:
            with database.begin() as session:
                match number % 5:
                    case 0 | 1:
                        care.hold(session, ask(place, at(20, 8 + number % 6), 3, family=family), NOW)
                    case 2:
                        care.join_waitlist(session, ask(place, at(20, 8 + number % 6), 2, family=family), NOW)
                    case 3:
                        care.sweep(session, later)
                    case _:
                        start, end = at(20, 8 + number % 8), at(20, 10 + number % 8)
                        care.change_staff(
                            session, place.room_id, start, end, number % 2, NOW,
                            centre_id=place.centre_id, actor="staff:1", cancel=True,
                        )  # fmt: skip
        except CareError as refused:
            return type(refused).__name__
        return "done"

    outcome = at_once(120, 8, attempt)
    assert outcome["done"] > 40
    with database.read() as session:
        assert audit_cells(session) == []


BOOKER = """
import sys
from bot.core.db import Database
from scheduler.care import service as care
from scheduler.care.model.errors import CareError
from tests.care.town import Place, ask, at
from tests.conftest import NOW
url, centre, room = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
database = Database(url)
for number in range(2000):
    try:
        with database.begin() as session:
            family = f"f{number}"
            start = at(19 + number % 9, 8 + number % 7)
            held = care.hold(session, ask(Place(centre, room), start, 2, family=family), NOW)
            if number % 2:
                care.confirm(session, held[0].party_id, family, NOW)
        if number % 5 == 0:
            with database.begin() as session:
                care.cancel(session, held[0].party_id, family, NOW)
    except CareError:
        pass
    print(number, flush=True)
"""


@pytest.mark.parametrize("bookings", [int(n) for n in os.environ.get("CARE_KILLS", "137").split(",")])
def test_kill_9_in_the_middle_of_2000_bookings_leaks_and_doubles_nothing(database_url: str, bookings: int) -> None:
    database = Database(database_url)
    with database.begin() as session:
        place = open_centre(session, NOW, places=15, days=10)
    command = [sys.executable, "-c", BOOKER, database_url, str(place.centre_id), str(place.room_id)]
    booker = subprocess.Popen(command, cwd=HOME, stdout=subprocess.PIPE)
    assert booker.stdout is not None
    for _ in range(bookings):
        assert booker.stdout.readline()
    time.sleep(random.uniform(0, 0.02))  # anywhere inside a transaction
    assert booker.poll() is None, "it finished before it was killed"
    booker.send_signal(signal.SIGKILL)
    booker.wait()
    booker.stdout.close()
    with database.begin() as session:
        assert (session.scalar(select(func.count()).select_from(BookingRow)) or 0) >= bookings // 3  # some are refused
        assert audit_cells(session) == []
        care.expire_holds(session, at(19, 0))
        assert audit_cells(session) == []
    database.close()
