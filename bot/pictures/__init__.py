"""Pictures drawn by us, as PNG, and kept photos. An artist is `paint(facts) -> bytes` in a module of this folder.

Facts are plain JSON with every word already in the reader's language (bot/texts puts them so). Drawing takes a tenth of
a second or two and holds the processor: call it in a thread, outside of transactions.
"""

from __future__ import annotations

import json
import logging
import threading
from functools import lru_cache
from typing import Any

from bot.core.logs import places

log = logging.getLogger("sprout.pictures")
_one_at_a_time = threading.Lock()  # matplotlib shares its fonts between threads

KEPT = 64  # pictures, about 60 KB each: a page that is loaded again does not draw again


def media_type(content: bytes) -> str:
    """Drawings are PNG; photos JPEG."""
    return "image/jpeg" if content.startswith(b"\xff\xd8") else "image/png"


def draw(drawing: str, facts: dict[str, Any]) -> bytes | None:
    """The picture; None when it cannot be drawn (no such artist, no fonts): the words then stand alone."""
    try:
        return _drawn(drawing, json.dumps(facts, ensure_ascii=False, sort_keys=True))
    except Exception as error:
        log.error("picture.failed drawing=%s error=%s\n%s", drawing, type(error).__name__, places(error))
        return None


@lru_cache(KEPT)
def _drawn(drawing: str, facts: str) -> bytes:
    with _one_at_a_time:
        match drawing:  # imported here: matplotlib takes half a second, and most processes never draw
            case "plan":
                from bot.pictures.plan import paint
            case "day":
                from bot.pictures.day import paint
            case "week":
                from bot.pictures.week import paint
            case "photo":
                from bot.pictures.photo import paint
            case _:
                raise LookupError(drawing)
        return paint(json.loads(facts))
