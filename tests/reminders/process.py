"""A process that only writes letters and sends them, to be killed: no models, so that it starts at once.

Its words are the payload's own, so that a phone shows which reminder came.
"""

from __future__ import annotations

import asyncio
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from telegram import Bot
from telegram.request import HTTPXRequest

from bot import reminding
from bot.app import system_clock
from bot.core.db import Database
from bot.core.hand_off.model import TeamHours
from bot.core.settings import Settings
from bot.delivery.pace import Pace
from bot.dialogue.desk import Desk
from bot.dialogue.reply import Reply, say
from bot.dialogue.turn import Turn
from bot.house import House
from bot.telegram.sender import Sender
from bot.texts import Renderer
from scheduler.clockwork import Clockwork
from scheduler.reminders.model import Kind

PATIENCE = 1.0  # seconds a call may take
SILENT = timedelta(seconds=3)


def words(turn: Turn, desk: Desk, payload: dict[str, Any]) -> Reply:
    return Reply((say("reminders.own", words=payload["words"]),))


def plain_house(url: str, clock: Any) -> House:
    """A house that can only remind."""
    settings = Settings(_env_file=None)
    nobody = cast(Any, None)
    return House(
        settings=settings, clock=clock, database=Database(url), library=nobody, triage=nobody, interpreter=nobody,
        renderer=Renderer({}), team_hours=TeamHours(zone=settings.zone), zone=ZoneInfo(settings.zone),
    )  # fmt: skip


def use_plain_words() -> None:
    reminding.WORDS.update(dict.fromkeys(Kind, words))


async def main() -> None:
    starts = datetime.fromisoformat(os.environ["STARTS_AT"])
    began = float(os.environ["BEGAN"])  # the same for all processes: one clock
    house = plain_house(
        os.environ["DATABASE_URL"], lambda: starts + timedelta(seconds=system_clock().timestamp() - began)
    )
    use_plain_words()
    request = HTTPXRequest(
        connection_pool_size=16, connect_timeout=5, read_timeout=PATIENCE, write_timeout=PATIENCE, pool_timeout=5,
        httpx_kwargs={"trust_env": False},
    )  # fmt: skip
    bot = Bot(os.environ["TELEGRAM_BOT_TOKEN"], base_url=os.environ["TELEGRAM_URL"] + "/bot", request=request)
    pace = Pace(per_second=float(os.environ.get("PACE", "1000")), burst=5, chat_seconds=0)
    sender = Sender(house, bot, ThreadPoolExecutor(2), pace=pace, silent=SILENT)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    ticking = Clockwork()
    ticking.every(0.3, "reminders", lambda: reminding.look(house, lease=SILENT, stop=ticking.is_stopping))
    ticking.every(2, "tend", lambda: reminding.tend(house))
    await sender.recover()
    sending = [asyncio.create_task(sender.run(stop)), asyncio.create_task(ticking.run(stop))]
    while not stop.is_set():
        if not house.database.is_sqlite:
            await sender.recover()
        try:
            await asyncio.wait_for(stop.wait(), 1)
        except TimeoutError:
            continue
    await asyncio.gather(*sending)


if __name__ == "__main__":
    asyncio.run(main())
