"""Updates that the library cannot read do not silence the bot.

python-telegram-bot reads a batch as a whole: one update with a field that it does not expect, and it fetches the same
batch again for ever. So each update is tried alone first; of one that fails, the words are kept.
"""

from __future__ import annotations

import json
import logging
from typing import Any

from telegram import Update
from telegram.request import HTTPXRequest

log = logging.getLogger("sprout.telegram")

_CORE = ("message_id", "date", "edit_date", "chat", "from", "text", "entities", "caption", "location", "media_group_id")


def readable(raw: dict[str, Any]) -> dict[str, Any]:
    """The update itself; if it cannot be read its core; if that cannot be read either, an empty update."""
    try:
        Update.de_json(raw, None)
    except Exception as error:
        log.error("update.unreadable update_id=%s error=%s", raw.get("update_id"), type(error).__name__)
        return _core(raw)
    return raw


def _core(raw: dict[str, Any]) -> dict[str, Any]:
    core: dict[str, Any] = {"update_id": raw["update_id"]}
    for kind in ("message", "edited_message"):
        if isinstance(raw.get(kind), dict):
            core[kind] = {key: raw[kind][key] for key in _CORE if key in raw[kind]}
    try:
        Update.de_json(core, None)
    except Exception:
        return {"update_id": raw["update_id"]}
    return core


class TolerantRequest(HTTPXRequest):
    """For getUpdates only."""

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        status, payload = await super().do_request(*args, **kwargs)
        try:
            answer = json.loads(payload)
            batch = [readable(raw) for raw in answer["result"]]
        except (ValueError, KeyError, TypeError):
            return status, payload  # an error, or not an answer to getUpdates: the library's own business
        return status, json.dumps({**answer, "result": batch}).encode()
