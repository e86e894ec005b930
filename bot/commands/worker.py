"""sprout worker: write and send reminders on one more machine, over PostgreSQL, until Ctrl-C or SIGTERM."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys

from bot.app import build_house
from bot.core.settings import Settings
from bot.house import House
from bot.worker import NeedsPostgreSQL, jobs_app, run_worker


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--concurrency", type=int, default=4, help="reminders written side by side (default 4)")


def run(options: argparse.Namespace) -> int:
    settings = Settings()
    try:
        jobs_app(settings.database)
    except NeedsPostgreSQL:
        print(
            "sprout worker shares a PostgreSQL with sprout run: set DATABASE_URL=postgresql+psycopg://... "
            "With SQLite, sprout run does all of it alone.",
            file=sys.stderr,
        )
        return 1
    house = build_house(settings, progress=lambda step: print(f"· {step}", flush=True))
    try:
        asyncio.run(_serve(house, options.concurrency))
    finally:
        house.database.close()
        print("The worker has stopped.", flush=True)
    return 0


async def _serve(house: House, concurrency: int) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    tasks = [run_worker(house, stop, concurrency=concurrency)]
    if house.settings.telegram_token is not None:
        from bot.telegram.sending import send_only

        tasks.append(send_only(house, stop))
    print("The worker is on. Ctrl-C stops it.", flush=True)
    await asyncio.gather(*tasks)
