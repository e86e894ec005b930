"""One worker for each chat that has something to answer: a chat in order, chats side by side."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError
from telegram import Bot
from telegram.constants import ChatAction
from telegram.error import TelegramError

from bot.core.hand_off import service as hand_offs
from bot.delivery.clerk import Clerk
from bot.house import House
from bot.telegram.incoming import CHANNEL

log = logging.getLogger("sprout.telegram")

T = TypeVar("T")
TYPING_SECONDS = 4.5  # Telegram shows the sign for five


class Chats:
    """Wakes a worker for a chat; the order comes from the inbox, not from here, so a lost wake-up loses nothing."""

    def __init__(
        self, house: House, clerk: Clerk, bot: Bot, threads: Executor, *, at_once: int, answered: Callable[[], None]
    ) -> None:
        self._house = house
        self._clerk = clerk
        self._bot = bot
        self._threads = threads
        self._places = asyncio.Semaphore(at_once)
        self._answered = answered
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._more: set[str] = set()
        self._typing: set[asyncio.Task[None]] = set()
        self._closed = False

    def wake(self, address: str) -> None:
        """There may be something to answer in this chat."""
        if self._closed:
            return
        if address in self._busy:
            self._more.add(address)
            return
        task = asyncio.create_task(self._work(address))
        self._busy[address] = task
        task.add_done_callback(lambda _: self._finished(address))

    async def close(self) -> None:
        """No new work; what is being answered is finished (what waits stays in the inbox)."""
        self._closed = True
        if self._busy or self._typing:
            await asyncio.wait({*self._busy.values(), *self._typing}, timeout=10)

    async def _work(self, address: str) -> None:
        done = asyncio.Event()
        typing = asyncio.create_task(self._types(address, done))
        self._typing.add(typing)
        typing.add_done_callback(self._typing.discard)
        try:
            while not self._closed:
                async with self._places:
                    handled = await self._in_thread(lambda: self._clerk.handle_next(CHANNEL, address))
                if not handled:
                    return
                self._answered()
        except Exception as error:
            # The update stays in the inbox; the sweep comes back to it.
            log.error("chat.not_answered error=%s", type(error).__name__)
        finally:
            done.set()

    def _finished(self, address: str) -> None:
        self._busy.pop(address, None)
        if address in self._more:
            self._more.discard(address)
            self.wake(address)

    async def _types(self, address: str, done: asyncio.Event) -> None:
        """'typing ...' while an answer is made, unless a person has the chat. A call is never cut off half-way."""
        with contextlib.suppress(TelegramError, SQLAlchemyError):
            if await self._in_thread(lambda: self._is_with_a_person(address)):
                return
            while not done.is_set():
                await self._bot.send_chat_action(int(address), ChatAction.TYPING)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(done.wait(), TYPING_SECONDS)

    def _is_with_a_person(self, address: str) -> bool:
        with self._house.database.read() as session:
            return hand_offs.is_with_a_person(session, CHANNEL, address)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)
