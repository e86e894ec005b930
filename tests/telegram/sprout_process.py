"""A process that is only the Telegram edge, to be killed: settings from the environment, stopped by SIGTERM."""

from __future__ import annotations

import asyncio
import signal
from datetime import timedelta

from bot.app import build_assistant, build_house
from bot.delivery.clerk import Clerk
from bot.telegram.edge import TelegramEdge


async def main() -> None:
    house = build_house()
    edge = TelegramEdge(house, Clerk(house, build_assistant(house)), patience=2, silent=timedelta(seconds=3))
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await edge.run(stop)


if __name__ == "__main__":
    asyncio.run(main())
