"""The update queue of the application: an update is a committed row before Telegram hears 'received'."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from telegram import Update
from telegram.error import TelegramError

log = logging.getLogger("sprout.telegram")


class NotKept(TelegramError):
    """The update could not be stored. As a TelegramError it makes polling ask again; any other error would end it."""


class DurableQueue(asyncio.Queue[object]):
    """`keep` stores an update; whatever else passes through (the application's own stop sign) is queued as it is."""

    def __init__(self, keep: Callable[[Update], Awaitable[None]]) -> None:
        super().__init__()
        self._keep = keep

    async def put(self, item: object) -> None:
        if isinstance(item, Update):
            try:
                await self._keep(item)
            except Exception as error:
                log.error("update.not_kept update_id=%s error=%s", item.update_id, type(error).__name__)
                raise NotKept("the update could not be stored") from None
        await super().put(item)
