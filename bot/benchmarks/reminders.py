"""Reminders: due rows claimed and handed to a stub, ticks over a million that wait, embedded against Procrastinate."""

from __future__ import annotations

import argparse
import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import func, insert, select

from bot.benchmarks.databases import fresh_databases
from bot.core.db import Database
from bot.core.families import service as families
from bot.worker import LEASE, defer, jobs_app, prepare
from scheduler.reminders import service
from scheduler.reminders.model import RANK, Kind, State
from scheduler.reminders.store import ReminderRow

NOW = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
BATCH = 500
_KINDS = (Kind.BOOKING, Kind.OWN, Kind.PLAN, Kind.TIP)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rows", type=int, default=100_000, help="due reminders (default 100000)")
    parser.add_argument("--waiting", type=int, default=1_000_000, help="reminders that wait (default 1000000)")
    parser.add_argument("--against", type=int, default=5_000, help="rows for the comparison with Procrastinate")
    parser.add_argument("--quick", action="store_true", help="a hundredth of everything")


def run(options: argparse.Namespace) -> dict[str, Any]:
    share = 100 if options.quick else 1
    rows, waiting, against = options.rows // share, options.waiting // share, options.against // min(share, 10)
    found: dict[str, Any] = {}
    for name in ("sqlite", "postgresql"):
        with fresh_databases(name) as open_one:
            database = open_one()
            found[name] = {"claim": claim_all(database, rows), "ticks": ticks(database, waiting)}
            if name == "postgresql":
                found["against"] = compare(database, against)
    claims = [found[name]["claim"] for name in ("sqlite", "postgresql")]
    return {
        "rows": rows,
        "seconds": max(c["seconds"] for c in claims),
        "lost": sum(c["lost"] for c in claims),
        "doubled": sum(c["doubled"] for c in claims),
        **found,
    }


def fill(database: Database, count: int, due: Callable[[int], datetime], *, prefix: str) -> None:
    with database.begin() as session:
        parent = families.parent_at(session, "bench", "1", now=NOW, zone="Asia/Shanghai")
        for start in range(0, count, 10_000):
            session.execute(
                insert(ReminderRow),
                [
                    {
                        "key": f"{prefix}{n}", "kind": kind.value, "rank": RANK[kind], "parent_id": parent.id,
                        "about": f"{prefix}:{n}", "payload": {"n": n}, "state": "pending", "why": "",
                        "due_at": due(n), "expires_at": due(n) + timedelta(days=2), "letters": 0, "created_at": NOW,
                    }
                    for n in range(start, min(count, start + 10_000))
                    for kind in (_KINDS[n % len(_KINDS)],)
                ],
            )  # fmt: skip


def claim_all(database: Database, count: int) -> dict[str, Any]:
    """Every due row claimed, handed to a stub and recorded, in two transactions a batch."""
    fill(database, count, lambda n: NOW - timedelta(seconds=n % 3600), prefix="due")
    sent: Counter[int] = Counter()
    began = perf_counter()
    while True:
        with database.begin() as session:
            ids = service.claim_due(session, NOW, most=BATCH)
        if not ids:
            break
        sent.update(ids)
        with database.begin() as session:
            service.record(session, ids, State.SENT, NOW)
    seconds = perf_counter() - began
    with database.read() as session:
        left = session.scalar(
            select(func.count()).select_from(ReminderRow).where(ReminderRow.state != State.SENT.value)
        )
    return {
        "seconds": round(seconds, 2),
        "rows_per_second": round(count / seconds),
        "lost": count - len(sent) + (left or 0),
        "doubled": sum(1 for times in sent.values() if times > 1),
    }


def ticks(database: Database, waiting: int) -> dict[str, Any]:
    """What a tick costs that finds nothing, and one that finds a hundred, with few and with many rows waiting."""
    steps = [0, waiting // 10, waiting]
    found, there = [], 0
    for step in steps:
        fill(database, step - there, lambda n: NOW + timedelta(minutes=10 + n % 500_000), prefix=f"w{step}-")
        there = step
        fill(database, 100, lambda n: NOW - timedelta(seconds=n), prefix=f"now{step}-")
        began = perf_counter()
        with database.begin() as session:
            ids = service.claim_due(session, NOW, most=100)
            service.record(session, ids, State.SENT, NOW)
        hundred = perf_counter() - began
        empty = min(_empty(database) for _ in range(5))
        found.append({"waiting": step, "empty_ms": round(empty * 1000, 2), "hundred_ms": round(hundred * 1000, 2)})
    return {"steps": found}


def _empty(database: Database) -> float:
    began = perf_counter()
    with database.read() as session:
        assert not service.is_due(session, NOW)
    with database.begin() as session:
        service.free_leases(session, NOW)
        service.settle(session, NOW)
        service.expire(session, NOW)
    return perf_counter() - began


def compare(database: Database, count: int) -> dict[str, Any]:
    """The same rows, one `send` each: by the embedded loop, and by jobs of a Procrastinate worker."""
    fill(database, count, lambda n: NOW - timedelta(seconds=n % 3600), prefix="embedded")
    began = perf_counter()
    embedded: Counter[int] = Counter()
    while True:
        with database.begin() as session:
            ids = service.claim_due(session, NOW, most=50)
        if not ids:
            break
        for reminder_id in ids:
            _send(database, reminder_id, embedded)
    plain = perf_counter() - began
    fill(database, count, lambda n: NOW - timedelta(seconds=n % 3600), prefix="worker")
    jobs: Counter[int] = Counter()
    began = perf_counter()
    asyncio.run(_by_worker(database, jobs))
    worked = perf_counter() - began
    return {
        "rows": count,
        "embedded_seconds": round(plain, 2),
        "procrastinate_seconds": round(worked, 2),
        "lost": 2 * count - len(embedded) - len(jobs),
        "doubled": sum(1 for times in (embedded + jobs).values() if times > 1),
    }


def _send(database: Database, reminder_id: int, sent: Counter[int]) -> None:
    """Re-reads the row, hands it to the stub, records: what `send_reminder` does, without words and outbox."""
    with database.begin() as session:
        row = service.claimed_row(session, reminder_id, NOW)
        if row is not None:
            sent[reminder_id] += 1
            service.close(row, State.SENT, "", NOW)


async def _by_worker(database: Database, sent: Counter[int]) -> None:
    app = jobs_app(database.url.render_as_string(hide_password=False))
    async with app.open_async():
        await prepare(app)

        @app.task(name="bench_send")
        async def send(reminder_id: int) -> None:
            await asyncio.to_thread(_send, database, reminder_id, sent)

        while True:
            with database.begin() as session:
                ids = service.claim_due(session, NOW, most=BATCH, lease=LEASE)
            if not ids:
                break
            await defer(send, ids)
        await app.run_worker_async(wait=False, concurrency=8, install_signal_handlers=False)


def show(console: Console, result: dict[str, Any]) -> None:
    table = Table(title=f"{result['rows']:,} due reminders: claimed, handed to a stub, recorded")
    for head in ("database", "seconds", "rows/s", "lost", "doubled"):
        table.add_column(head, justify="left" if head == "database" else "right")
    for name in ("sqlite", "postgresql"):
        c = result[name]["claim"]
        table.add_row(name, f"{c['seconds']:.2f}", f"{c['rows_per_second']:,}", str(c["lost"]), str(c["doubled"]))
    console.print(table)
    table = Table(title="One tick, ms")
    for head in ("database", "waiting", "nothing due", "100 due"):
        table.add_column(head, justify="left" if head == "database" else "right")
    for name in ("sqlite", "postgresql"):
        for step in result[name]["ticks"]["steps"]:
            table.add_row(name, f"{step['waiting']:,}", f"{step['empty_ms']:.2f}", f"{step['hundred_ms']:.2f}")
    console.print(table)
    c = result["against"]
    console.print(
        f"{c['rows']:,} rows on PostgreSQL, one by one: embedded {c['embedded_seconds']:.1f} s, "
        f"Procrastinate {c['procrastinate_seconds']:.1f} s; lost {c['lost']}, doubled {c['doubled']}"
    )
