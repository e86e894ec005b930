"""Reminders on many machines: the same `send_reminder(id)`, called by jobs of Procrastinate over PostgreSQL.

feeder (any number): claims what is due -> a job for each
worker (any number): the job re-reads the row, writes the letter

Rows stay the truth. A job that comes twice, or too late, finds nothing to do; one that is lost leaves a reminder
whose lease ends, and it is claimed again. So a queue that is thrown away loses nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import procrastinate
from procrastinate.exceptions import ConnectorException
from sqlalchemy.engine import make_url

from bot import reminding
from bot.house import House
from scheduler.reminders import service

log = logging.getLogger("sprout.worker")

LEASE = timedelta(minutes=10)  # a job may wait so long in the queue
FEED = 500  # claimed at a time
SEND = "send_reminder"
QUEUE = "reminders"


class NeedsPostgreSQL(Exception):
    """Several machines share one PostgreSQL; SQLite belongs to one process."""


def jobs_app(url: str) -> procrastinate.App:
    """The app of jobs over the same database; raises NeedsPostgreSQL."""
    if make_url(url).get_backend_name() != "postgresql":
        raise NeedsPostgreSQL
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=plain, min_size=1, max_size=4))


async def prepare(app: procrastinate.App) -> None:
    """Make the tables of jobs, if they are not there yet; another machine may do the same at this moment."""
    if not await app.check_connection_async():
        with contextlib.suppress(ConnectorException):
            await app.schema_manager.apply_schema_async()


async def defer(task: Any, ids: Sequence[int]) -> None:
    """A job for each reminder."""
    await task.batch_defer_async(*({"reminder_id": reminder_id} for reminder_id in ids))


async def run_worker(house: House, stop: asyncio.Event, *, concurrency: int = 4) -> None:
    """Feed and work until `stop`."""
    app = jobs_app(house.database.url.render_as_string(hide_password=False))
    async with app.open_async():
        await prepare(app)

        @app.task(name=SEND, queue=QUEUE)
        async def send(reminder_id: int) -> None:
            await asyncio.to_thread(reminding.send_reminder, house, reminder_id)

        working = asyncio.create_task(
            app.run_worker_async(
                queues=[QUEUE], concurrency=concurrency, install_signal_handlers=False, delete_jobs="always",
                fetch_job_polling_interval=1.0, shutdown_graceful_timeout=10,
            )
        )  # fmt: skip
        feeding = asyncio.create_task(_feed(house, app, send, stop))
        stopping = asyncio.create_task(stop.wait())
        done, _ = await asyncio.wait([working, feeding, stopping], return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        working.cancel()
        await asyncio.gather(working, feeding, return_exceptions=True)
        for task in done - {stopping}:
            task.result()  # a part that broke is said, not hidden


async def _feed(house: House, app: procrastinate.App, send: Any, stop: asyncio.Event) -> None:
    number = 0
    while not stop.is_set():
        ids: list[int] = []
        try:
            await asyncio.to_thread(_tidy, house, number % 15 == 0)
            ids = await asyncio.to_thread(reminding.claim, house, FEED, LEASE)
            if ids:
                await defer(send, ids)
            if number % 60 == 0:
                await _drop_stalled(app)
        except Exception as error:
            log.error("worker.feeding_failed error=%s", type(error).__name__)
        number += 1
        if len(ids) < FEED:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), 1)


def _tidy(house: House, tend: bool) -> None:
    if tend:
        reminding.tend(house)
    now = house.clock()
    with house.database.begin() as session:
        service.free_leases(session, now)
        service.settle(session, now)
        service.expire(session, now)


async def _drop_stalled(app: procrastinate.App) -> None:
    """Jobs of a machine that died stay `doing` for ever; their reminders come again by their lease."""
    for job in await app.job_manager.get_stalled_jobs(queue=QUEUE):
        if job.id is not None:
            await app.job_manager.finish_job_by_id_async(
                job_id=job.id, status=procrastinate.jobs.Status.FAILED, delete_job=True
            )
