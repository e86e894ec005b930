"""The bot's edge in a thread of its own, against the emulator: a real Application, a real database, real time."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import replace
from datetime import datetime, timedelta

from pydantic import SecretStr

from bot.app import build_assistant
from bot.delivery.clerk import Clerk
from bot.delivery.pace import TELEGRAM, Pace
from bot.house import House
from bot.telegram.edge import TelegramEdge
from tests.conftest import NOW
from tests.telegram.emulator import TOKEN, Telegram

SWIFT = Pace(per_second=1000, burst=5, chat_seconds=0)  # for tests that are not about the pace


def running_clock() -> datetime:
    """Starts at NOW and goes on: pace and pauses need a clock that moves."""
    return NOW + timedelta(seconds=time.perf_counter() - _STARTED)


_STARTED = time.perf_counter()


def telegram_house(house: House, telegram: Telegram, **settings: object) -> House:
    """The same house, talking to the emulator, with a clock that runs."""
    own = house.settings.model_copy(
        update={"telegram_token": SecretStr(TOKEN), "telegram_base_url": telegram.url, **settings}
    )
    return replace(house, settings=own, clock=running_clock)


class Running:
    """A context manager: on when updates are being received, stopped in good order at the end."""

    def __init__(self, house: House, *, patience: float = 5.0, pace: Pace = SWIFT, wait: bool = True) -> None:
        self.house = house
        self._how = {"patience": patience, "pace": pace}
        self._wait = wait
        self._thread = threading.Thread(target=self._main, daemon=True)
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self.error: BaseException | None = None
        self.edge: TelegramEdge | None = None

    def __enter__(self) -> Running:
        self._thread.start()
        if self._wait:
            assert self._ready.wait(30), "the edge did not start"
            if self.error is not None:
                raise self.error
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        if self._loop is not None and self._stop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(40)
        assert not self._thread.is_alive(), "the edge did not stop"

    def _main(self) -> None:
        try:
            asyncio.run(self._run())
        except BaseException as error:
            self.error = error
        finally:
            self._ready.set()

    async def _run(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        clerk = Clerk(self.house, build_assistant(self.house))
        self.edge = TelegramEdge(self.house, clerk, **self._how)  # type: ignore[arg-type]
        tell = asyncio.create_task(self._tell_when_ready())
        await self.edge.run(self._stop)
        tell.cancel()

    async def _tell_when_ready(self) -> None:
        assert self.edge is not None
        await self.edge.ready.wait()
        self._ready.set()


__all__ = ["SWIFT", "TELEGRAM", "Running", "running_clock", "telegram_house"]
