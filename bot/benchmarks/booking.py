"""Places: attempts a second without overbooking, whole bookings a second, searches in a city."""

from __future__ import annotations

import argparse
import random
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import func, insert, select, text

from bot.benchmarks.booking_city import ZONE, a_point, build_city, build_map
from bot.benchmarks.booking_ways import ON_POSTGRESQL, ON_SQLITE, Way
from bot.benchmarks.databases import fresh_databases
from bot.benchmarks.load import percentile
from bot.core.db import Database
from bot.core.families.model import Child
from bot.core.families.store import FamilyRow, ParentRow
from scheduler.care import service as care
from scheduler.care.audit import audit_cells
from scheduler.care.model.centre import CareKind
from scheduler.care.model.search import Point, Request, Wish
from scheduler.care.model.times import half_hours, wall
from scheduler.care.store import CellRow, CentreRow, RoomRow
from scheduler.reminders import service as reminders
from scheduler.reminders.bookings import BookingFacts
from scheduler.reminders.store import ReminderRow

AIM = {"search_p99_ms": 50, "bookings_per_second": 300}
THREADS = 8
HOT_PLACES = 10
HOT_ATTEMPTS = 200
WARM = 80
NOW = datetime(2026, 11, 18, 2, tzinfo=UTC)
FIRST_DAY = date(2026, 11, 20)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rounds", type=int, default=5, help="times 200 attempts on the last 10 places (default: 5)")
    parser.add_argument("--bookings", type=int, default=1000, help="whole bookings to make (default: 1000)")
    parser.add_argument("--centres", type=int, default=2000, help="centres of the city (default: 2000)")
    parser.add_argument("--days", type=int, default=60, help="days with places (default: 60)")
    parser.add_argument("--only", choices=["sqlite", "postgresql"], help="one kind of database")
    parser.add_argument("--part", choices=["places", "search"], help="one half of the bench")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """overbooked (ours, everywhere), attempts_per_second and bookings_per_second (the best database), and details."""
    result: dict[str, Any] = {"overbooked": 0, "differences": 0, "aim": AIM, "databases": {}}
    for kind in ("sqlite", "postgresql"):
        if options.only not in (None, kind):
            continue
        with fresh_databases(kind) as open_one:
            own: dict[str, Any] = {}
            result["databases"][kind] = own
            if options.part != "search":
                own.update(_places(open_one, kind, options))
                result["overbooked"] += own["ours"]["overbooked"]
                result["differences"] += own["whole"]["differences"]
                result["attempts_per_second"] = own["ours"]["hot_per_second"]
                result["bookings_per_second"] = own["whole"]["per_second"]
            if options.part != "places":
                own["search"] = _searches(open_one, options)
    return result


def _places(open_one: Callable[[], Database], kind: str, options: argparse.Namespace) -> dict[str, Any]:
    database = open_one()
    build_city(database, NOW, centres=60, days=8)
    with database.begin() as session:
        session.execute(text("UPDATE care_cell SET booked = 0"))
        session.execute(
            text(
                "CREATE TABLE bench_cell (room_id INTEGER, half_hour INTEGER, booked INTEGER, capacity INTEGER,"
                " PRIMARY KEY (room_id, half_hour))"
            )
        )
        session.execute(text("INSERT INTO bench_cell SELECT room_id, half_hour, 0, capacity FROM care_cell"))
        rooms = list(session.scalars(select(RoomRow.id).order_by(RoomRow.id)))
    found: dict[str, Any] = {}
    for name, way in (ON_SQLITE if kind == "sqlite" else ON_POSTGRESQL).items():
        found[name] = _way(database, way, rooms, options)
    found["whole"] = _whole(database, options.bookings)
    found["whole"]["share_of_bare"] = round(found["whole"]["per_second"] / found["bare UPDATE"]["spread_per_second"], 2)
    return found


def _reset(database: Database) -> None:
    with database.begin() as session:
        session.execute(text("UPDATE care_cell SET booked = 0"))
        session.execute(text("UPDATE bench_cell SET booked = 0"))


def _way(database: Database, way: Way, rooms: list[int], options: argparse.Namespace) -> dict[str, Any]:
    first = half_hours(wall(FIRST_DAY, 9 * 60, ZONE), wall(FIRST_DAY, 11 * 60, ZONE)).start
    over, rounds = 0, 0
    seconds = 0.0
    for _ in range(options.rounds):
        _reset(database)
        taken, took = _at_once([(rooms[0], first)] * HOT_ATTEMPTS, lambda a: way(database, *a))
        over += max(0, sum(taken.values()) - HOT_PLACES)
        rounds += sum(taken.values()) != HOT_PLACES
        seconds += took
    _reset(database)
    chance = random.Random(3)
    spread = [(chance.choice(rooms), first + chance.randrange(0, 12)) for _ in range(400 * options.rounds)]
    taken, took = _at_once(spread, lambda a: way(database, *a))
    counts: Counter[tuple[int, int]] = Counter()
    for (room, begins), times in taken.items():
        counts.update({(room, h): times for h in range(begins, begins + 4)})
    over += sum(max(0, n - HOT_PLACES) for n in counts.values())
    return {
        "hot_per_second": round(HOT_ATTEMPTS * options.rounds / seconds),
        "spread_per_second": round(len(spread) / took),
        "overbooked": over,
        "rounds_not_exactly_ten": rounds,
    }


def _at_once(
    attempts: list[tuple[int, int]], attempt: Callable[[tuple[int, int]], bool]
) -> tuple[Counter[tuple[int, int]], float]:
    """What was taken how often, and the seconds; from eight threads that start together."""
    gate = threading.Barrier(THREADS + 1)
    taken: list[Counter[tuple[int, int]]] = [Counter() for _ in range(THREADS)]

    def work(number: int) -> None:
        gate.wait()
        for one in attempts[number::THREADS]:
            taken[number][one] += attempt(one)

    with ThreadPoolExecutor(THREADS) as pool:
        workers = [pool.submit(work, n) for n in range(THREADS)]
        gate.wait()
        started = perf_counter()
        for worker in workers:
            worker.result()
        seconds = perf_counter() - started
    return sum(taken, Counter()), seconds


def _whole(database: Database, bookings: int) -> dict[str, Any]:
    """Hold and confirm through the service, with the audit lines and the two reminders, as a parent's taps do it."""
    _reset(database)
    bookings += WARM
    with database.begin() as session:
        centres = list(session.scalars(select(CentreRow.id)))
        session.execute(insert(FamilyRow), [{"id": f"f{n}", "created_at": NOW} for n in range(bookings)])
        session.execute(
            insert(ParentRow),
            [{"id": f"p{n}", "family_id": f"f{n}", "channel": "bench", "address": str(n), "created_at": NOW}
             for n in range(bookings)],
        )  # fmt: skip
    chance = random.Random(5)
    requests = []
    for number in range(bookings):
        start = wall(FIRST_DAY + timedelta(days=number % 5), 8 * 60 + 30 * chance.randrange(0, 16), ZONE)
        child = Child(f"c{number}", date(2025, 6, 1), "day")
        requests.append(
            Request(
                f"k{number}", f"f{number}", f"p{number}", (child,), chance.choice(centres), CareKind.HOURLY, start,
                start + timedelta(hours=2),
            )
        )  # fmt: skip

    def book(request: Request) -> bool:
        with database.begin() as session:
            party = care.hold(session, request, NOW)
            party = care.confirm(session, party[0].party_id, request.family_id, NOW)
            facts = BookingFacts(party[0].party_id, (request.start,), (request.booked_by,))
            reminders.plan_booking(session, facts, NOW)
        return True

    _at_once([(n, 0) for n in range(WARM)], lambda a: book(requests[a[0]]))  # the first ones compile statements
    taken, seconds = _at_once([(n, 0) for n in range(WARM, bookings)], lambda a: book(requests[a[0]]))
    with database.read() as session:
        planned = session.scalar(select(func.count()).select_from(ReminderRow))
        assert planned == 2 * bookings, "two reminders a booking"
        differences = len(audit_cells(session))
        fullest = session.scalar(select(func.max(CellRow.booked)))
    return {
        "per_second": round(sum(taken.values()) / seconds),
        "differences": differences,
        "fullest_cell": fullest,
    }


def _searches(open_one: Callable[[], Database], options: argparse.Namespace) -> dict[str, Any]:
    sizes = [(options.centres // 4, options.days // 4), (options.centres, options.days // 4)]
    found: dict[str, Any] = {}
    for centres, days in [*sizes, (options.centres, options.days)]:
        database = open_one()
        build_city(database, NOW, centres=centres, days=days)
        found[f"{centres} centres x {days} days"] = _search_times(database, days)
        database.close()
    database = open_one()
    build_map(database, centres=10_000)
    chance = random.Random(11)
    times = []
    for _ in range(200):
        started = perf_counter()
        with database.read() as session:
            care.nearest_centres(session, Point(*a_point(chance)), NOW)
        times.append((perf_counter() - started) * 1000)
    found["nearest of 10000"] = _spread(times)
    return found


def _search_times(database: Database, days: int) -> dict[str, Any]:
    chance = random.Random(9)
    times = []
    empty = 0
    child = Child("c", date(2025, 6, 1), "day")
    for number in range(320):
        day = date(2026, 11, 19) + timedelta(days=chance.randrange(0, days))
        start = wall(day, 8 * 60 + 30 * chance.randrange(0, 20), ZONE)  # some reach past closing: why, and what else
        wish = Wish((child,), start, start + timedelta(hours=chance.choice((1, 2, 3))))
        started = perf_counter()
        with database.read() as session:
            empty += not care.search_places(session, wish, Point(*a_point(chance)), NOW).offers
        if number >= 20:  # the first ones compile statements
            times.append((perf_counter() - started) * 1000)
    return {**_spread(times), "nothing_free": empty}


def _spread(times: list[float]) -> dict[str, float]:
    return {"p50_ms": round(percentile(times, 50), 1), "p99_ms": round(percentile(times, 99), 1)}


def show(console: Console, result: dict[str, Any]) -> None:
    for kind, own in result["databases"].items():
        if "whole" in own:
            table = Table(title=f"{kind}: four half hours, {THREADS} threads")
            for column in ("way", "hot /s", "spread /s", "overbooked", "rounds not exactly ten"):
                table.add_column(column, justify="left" if column == "way" else "right")
            for name in ON_POSTGRESQL:
                if name in own:
                    table.add_row(name, *(str(v) for v in own[name].values()))
            console.print(table)
            whole = own["whole"]
            console.print(
                f"whole bookings: {whole['per_second']}/s, {whole['share_of_bare']:.0%} of the bare UPDATE (spread);"
                f" {whole['differences']} cells differ from the bookings"
            )
        for name, times in own.get("search", {}).items():
            nothing = f" (nothing free: {times['nothing_free']} of 320)" if "nothing_free" in times else ""
            console.print(f"{kind}: search, {name}: p50 {times['p50_ms']} ms, p99 {times['p99_ms']} ms{nothing}")
