"""The ticker: calls what has to be looked at again and again. It holds no state; rows are the truth.

APScheduler only ticks: a look that still runs is not started a second time, and missed ticks are made up for by one.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from datetime import timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

log = logging.getLogger("sprout.clockwork")

Work = Callable[[], object]


class Clockwork:
    """Add what is to be looked at, then `run` until told to stop."""

    def __init__(self, *, threads: int = 3) -> None:
        # Our own line says what failed; APScheduler would add the error's text, which may quote a parent.
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(threads)},
            job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
            timezone="UTC",
        )
        self._seconds: dict[str, float] = {}
        self._stopping = threading.Event()

    def every(self, seconds: float, name: str, work: Work) -> None:
        """Call `work` in a thread every so many seconds, for the first time as soon as the clockwork runs."""
        self._seconds[name] = seconds
        self._scheduler.add_job(_safely, "interval", (name, work), seconds=seconds, id=name)

    def is_stopping(self) -> bool:
        """For work that takes long: the rest can wait for the next start."""
        return self._stopping.is_set()

    async def run(self, stop: asyncio.Event) -> None:
        """Tick until `stop`; then wait for what is being done."""
        self._scheduler.start()
        for job in self._scheduler.get_jobs():
            job.modify(next_run_time=job.next_run_time - timedelta(seconds=self._seconds[job.id]))
        try:
            await stop.wait()
        finally:
            self._stopping.set()
            await asyncio.to_thread(self._scheduler.shutdown)


def _safely(name: str, work: Work) -> None:
    """A look that fails does not end the next ones. Errors are named by class: their text may quote a parent."""
    try:
        work()
    except Exception as error:
        log.error("%s.failed error=%s", name, type(error).__name__)
