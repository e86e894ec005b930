"""Telegram's edge of the house.

Telegram -> DurableQueue.put: the inbox, committed -> confirmed
                            -> handler: wake the chat's worker, answer the button
chat's worker -> Clerk -> outbox -> Sender -> Telegram
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from telegram import Update
from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application, ApplicationBuilder, ContextTypes, TypeHandler

from bot.core.families import service as families
from bot.core.staff.linking import keep_name
from bot.delivery import inbox
from bot.delivery.clerk import Clerk
from bot.delivery.pace import TELEGRAM, Pace
from bot.house import House
from bot.telegram import webhook
from bot.telegram.chats import Chats
from bot.telegram.durable_queue import DurableQueue
from bot.telegram.incoming import CHANNEL, WANTED, read
from bot.telegram.menu import set_menu
from bot.telegram.sender import SILENT, Sender
from bot.telegram.sending import PATIENCE, base_of, calls_to, way_to
from bot.telegram.tolerant import TolerantRequest, readable
from scheduler.reminders import service as reminders

log = logging.getLogger("sprout.telegram")

AT_ONCE = 4  # chats that are answered at the same moment
SWEEP_SECONDS = 3.0  # a chat that nobody was woken for waits so long at most
POLL_SECONDS = 20  # how long Telegram holds a getUpdates that has nothing


class TokenRefused(Exception):
    """Telegram does not know this bot token."""


class TelegramEdge:
    """`patience` is how many seconds a call of the Bot API may take; after that its fate is unknown.

    `silent` is longer than any call takes: what another process has been sending for so long, it no longer sends.
    """

    def __init__(
        self,
        house: House,
        clerk: Clerk,
        *,
        patience: float = PATIENCE,
        pace: Pace = TELEGRAM,
        silent: timedelta = SILENT,
    ) -> None:
        _keep_tokens_out_of_logs()
        self._house = house
        self._settings = house.settings
        self._patience = patience
        # Keeping updates must not wait behind answering: two pools.
        self._post_room = ThreadPoolExecutor(2, thread_name_prefix="telegram-post")
        self._desks = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="telegram-desk")
        self.queue = DurableQueue(self._keep)
        self.application = self._build()
        self.application.add_handler(TypeHandler(Update, self._arrived))
        bot = self.application.bot
        self.sender = Sender(house, bot, self._post_room, pace=pace, silent=silent)
        self.chats = Chats(house, clerk, bot, self._desks, at_once=AT_ONCE, answered=self.sender.wake)
        self.ready = asyncio.Event()  # updates are being received

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`. Raises TokenRefused or webhook.PortTaken; Telegram being away is waited out."""
        try:
            if not await self._reach_telegram(stop):
                return
            await self.sender.recover()
            await self.application.start()
            closing = asyncio.Event()
            sending = asyncio.create_task(self.sender.run(closing))
            sweeping = asyncio.create_task(self._sweep(closing))
            try:
                async with self._receiving():
                    self.ready.set()
                    await self._say_commands()
                    await stop.wait()
            finally:
                closing.set()
                self.sender.wake()
                await self.application.stop()
                await self.chats.close()
                await asyncio.gather(sending, sweeping, return_exceptions=True)
        finally:
            with contextlib.suppress(TelegramError):
                await self.application.shutdown()
            self._desks.shutdown(wait=False)
            self._post_room.shutdown(wait=False)

    # building

    def _build(self) -> Application[Any, Any, Any, Any, Any, Any]:
        settings = self._settings
        assert settings.telegram_token is not None
        builder = ApplicationBuilder().token(settings.telegram_token.get_secret_value()).update_queue(self.queue)
        if base := base_of(settings):
            builder = builder.base_url(f"{base}/bot").base_file_url(f"{base}/file/bot")
        calls = calls_to(settings, at_once=16, patience=self._patience)
        polls = TolerantRequest(
            connection_pool_size=2, connect_timeout=5, read_timeout=10, httpx_kwargs=way_to(settings)
        )
        return builder.request(calls).get_updates_request(polls).job_queue(None).build()

    async def _reach_telegram(self, stop: asyncio.Event) -> bool:
        """Ask who we are until Telegram answers; False when told to stop first."""
        pause = 1.0
        while not stop.is_set():
            try:
                await self.application.initialize()
            except InvalidToken:
                # The library's own message holds the token.
                raise TokenRefused("Telegram does not accept TELEGRAM_BOT_TOKEN; ask @BotFather for it again") from None
            except TelegramError as error:
                log.warning("telegram.unreachable error=%s again_in=%ss", type(error).__name__, pause)
            else:
                keep_name(self._settings, self.application.bot.username)
                return True
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)
            pause = min(30.0, pause * 2)
        return False

    # receiving

    @contextlib.asynccontextmanager
    async def _receiving(self) -> AsyncIterator[None]:
        if self._settings.telegram_webhook_url:
            async with webhook.served(self._settings, self._posted):
                await self._set_webhook()
                yield
            return
        updater = self.application.updater
        assert updater is not None
        await updater.start_polling(
            timeout=timedelta(seconds=POLL_SECONDS), bootstrap_retries=-1, drop_pending_updates=False,
            allowed_updates=WANTED, error_callback=_polling_failed,
        )  # fmt: skip
        try:
            yield
        finally:
            await updater.stop()

    async def _set_webhook(self) -> None:
        """It stays set when we stop: Telegram keeps what arrives until we are back."""
        while True:
            try:
                await self.application.bot.set_webhook(
                    self._settings.telegram_webhook_url, secret_token=webhook.secret_of(self._settings),
                    allowed_updates=WANTED, drop_pending_updates=False,
                )  # fmt: skip
            except TelegramError as error:
                log.warning("webhook.not_set error=%s", type(error).__name__)
                await asyncio.sleep(5)
            else:
                return

    async def _posted(self, raw: dict[str, Any]) -> None:
        """An update by webhook; raises NotKept."""
        update = Update.de_json(readable(raw), self.application.bot)
        await self.queue.put(update)

    def _keep(self, update: Update) -> Awaitable[None]:
        return asyncio.get_running_loop().run_in_executor(self._post_room, self._commit, update)

    def _commit(self, update: Update) -> None:
        arrival = read(update, self.application.bot.username)
        if arrival is None:
            return
        now = self._house.clock()
        with self._house.database.begin() as session:
            for key, payload in arrival.letters:
                inbox.put(session, channel=CHANNEL, key=key, address=arrival.address, payload=payload, now=now)
            if arrival.blocked is not None:
                families.set_blocked(session, CHANNEL, arrival.address, now if arrival.blocked else None)
                back = None if arrival.blocked else families.known_at(session, CHANNEL, arrival.address)
                if back is not None:
                    reminders.resume(session, back.id, now)

    async def _arrived(self, update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        """The update is kept: wake who has to answer. Nothing here is needed for it not to be lost."""
        assert isinstance(update, Update)
        if update.callback_query is not None:
            self.application.create_task(self._acknowledge(update.callback_query.id))
        if update.effective_chat is not None and update.my_chat_member is None:
            self.chats.wake(str(update.effective_chat.id))
        self.sender.wake()

    async def _acknowledge(self, query_id: str) -> None:
        """Ends the button's waiting sign at once; too late is no harm."""
        with contextlib.suppress(TelegramError):
            await self.application.bot.answer_callback_query(query_id)

    async def _sweep(self, stop: asyncio.Event) -> None:
        """Chats that nobody was woken for (a crash, a database that was away), and sends that nobody waits for."""
        first = True
        while not stop.is_set():
            try:
                for address in await asyncio.get_running_loop().run_in_executor(
                    self._post_room, self._waiting, timedelta() if first else timedelta(seconds=SWEEP_SECONDS)
                ):
                    self.chats.wake(address)
                if not first and not self._house.database.is_sqlite:
                    await self.sender.recover()
                first = False
            except Exception as error:
                log.error("inbox.not_read error=%s", type(error).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), SWEEP_SECONDS)

    def _waiting(self, for_at_least: timedelta) -> list[str]:
        with self._house.database.read() as session:
            chats = inbox.waiting_chats(session, before=self._house.clock() - for_at_least)
        return [address for channel, address in chats if channel == CHANNEL]

    async def _say_commands(self) -> None:
        try:
            await set_menu(self.application.bot)
        except TelegramError as error:
            log.warning("menu.not_set error=%s", type(error).__name__)


def _polling_failed(error: TelegramError) -> None:
    """The library tries again by itself."""
    log.warning("polling.failed error=%s", type(error).__name__)


def _keep_tokens_out_of_logs() -> None:
    """httpx logs addresses, and those hold the token; the library logs answers that it cannot read as a whole."""
    for name in ("httpx", "httpcore", "hpack"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("telegram.request.BaseRequest").setLevel(logging.CRITICAL)
