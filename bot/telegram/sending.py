"""Sending without receiving: a process that only helps to empty the outbox."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from telegram import Bot
from telegram.request import HTTPXRequest

from bot.core.settings import Settings
from bot.house import House
from bot.telegram.sender import Sender

log = logging.getLogger("sprout.telegram")

PATIENCE = 10.0  # seconds a call may take; after that its fate is unknown
RECOVER_SECONDS = 3.0


def base_of(settings: Settings) -> str:
    """The address of a stand-in for the Bot API; empty: the real one."""
    return settings.telegram_base_url.rstrip("/")


def way_to(settings: Settings) -> dict[str, Any] | None:
    """For httpx: a stand-in on this machine is not reached through the proxy that Telegram may need."""
    return {"trust_env": False} if urlsplit(base_of(settings)).hostname in ("127.0.0.1", "localhost") else None


def calls_to(settings: Settings, *, at_once: int, patience: float = PATIENCE) -> HTTPXRequest:
    """Calls of the Bot API; files may take longer."""
    return HTTPXRequest(
        connection_pool_size=at_once, connect_timeout=5, pool_timeout=5, read_timeout=patience,
        write_timeout=patience, media_write_timeout=max(30, patience), httpx_kwargs=way_to(settings),
    )  # fmt: skip


async def send_only(house: House, stop: asyncio.Event) -> None:
    """Send what is in the outbox until `stop`; the pace is shared with all other processes."""
    settings = house.settings
    assert settings.telegram_token is not None
    calls, base = calls_to(settings, at_once=8), base_of(settings)
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
