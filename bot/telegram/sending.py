"""Sending without receiving: a process that only helps to empty the outbox."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from telegram import Bot
from telegram.request import HTTPXRequest

from bot.house import House
from bot.telegram.sender import Sender

log = logging.getLogger("sprout.telegram")

PATIENCE = 10.0  # seconds a call may take; after that its fate is unknown
RECOVER_SECONDS = 3.0


async def send_only(house: House, stop: asyncio.Event) -> None:
    """Send what is in the outbox until `stop`; the pace is shared with all other processes."""
    settings = house.settings
    assert settings.telegram_token is not None
    base = settings.telegram_base_url.rstrip("/")
    near = urlsplit(base).hostname in ("127.0.0.1", "localhost")
    calls = HTTPXRequest(
        connection_pool_size=8, connect_timeout=5, pool_timeout=5, read_timeout=PATIENCE, write_timeout=PATIENCE,
        media_write_timeout=30, httpx_kwargs={"trust_env": False} if near else None,
    )  # fmt: skip
    token = settings.telegram_token.get_secret_value()
    bot = Bot(token, base_url=f"{base}/bot", request=calls) if base else Bot(token, request=calls)
    with ThreadPoolExecutor(2, thread_name_prefix="telegram-post") as threads:
        sender = Sender(house, bot, threads)
        sending = asyncio.create_task(sender.run(stop))
        while not stop.is_set():
            try:
                await sender.recover()
            except Exception as error:
                log.error("outbox.not_read error=%s", type(error).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), RECOVER_SECONDS)
        sender.wake()
        await sending
    await calls.shutdown()
