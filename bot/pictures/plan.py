"""The child health plan: from birth to the third birthday in lanes, today in it, and what comes next."""

from __future__ import annotations

from typing import Any

from bot.pictures.sheet import Sheet


def paint(facts: dict[str, Any]) -> bytes:
    sheet = Sheet()
    sheet.text(20, 20, str(facts["title"]), 19, bold=True)
    return sheet.png(60)
