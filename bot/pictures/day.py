"""A child's day at a centre: its hours from top to bottom on a line; what falls into the stay stands in a green field.

facts: title, subtitle, rows [{time, words, inside}], footer.
"""

from __future__ import annotations

from typing import Any

from bot.pictures.sheet import HAIR, INK, LEAF, LEAF_WASH, LINE, PAPER, SOFT, STONE, WIDTH, Sheet

MARGIN, TIMES, RADIUS, ROW = 16.0, 46.0, 4.0, 25.0
WORDS = 13.0


def paint(facts: dict[str, Any]) -> bytes:
    sheet = Sheet()
    y = sheet.paragraph(MARGIN, 16, facts["title"], 17, WIDTH - 2 * MARGIN, bold=True)
    y = sheet.paragraph(MARGIN, y + 1, facts["subtitle"], 12.5, WIDTH - 2 * MARGIN, colour=LEAF, bold=True)
    y = _line(sheet, facts["rows"], y + 12)
    y = sheet.paragraph(MARGIN, y + 8, facts["footer"], 11, WIDTH - 2 * MARGIN, colour=SOFT)
    return sheet.png(y + 12)


def _line(sheet: Sheet, rows: list[dict[str, Any]], y: float) -> float:
    x, left = MARGIN + TIMES + 8, MARGIN + TIMES + 24
    width = WIDTH - left - MARGIN
    placed = []
    for row in rows:
        lines = sheet.wrapped(row["words"], WORDS, width, bold=row["inside"])
        high = max(ROW, len(lines) * WORDS * LINE + 7)
        placed.append((y, high, row, lines))
        y += high
    inside = [(top, high) for top, high, row, _ in placed if row["inside"]]
    if inside:
        top, bottom = inside[0][0], inside[-1][0] + inside[-1][1]
        sheet.box(MARGIN - 6, top - 1, WIDTH - 2 * MARGIN + 12, bottom - top, fill=LEAF_WASH, round_=8)
    middle = ROW / 2 - 1
    sheet.line(x, placed[0][0] + middle, x, placed[-1][0] + middle, colour=HAIR, width=2)
    for top, _, row, lines in placed:
        own = row["inside"]
        sheet.dot(x, top + middle, RADIUS, fill=LEAF if own else PAPER, edge=LEAF if own else STONE)
        sheet.text(MARGIN, top + 4, row["time"], 12, colour=LEAF if own else SOFT, bold=own)
        for number, line in enumerate(lines):
            sheet.text(left, top + 3 + number * WORDS * LINE, line, WORDS, colour=INK if own else SOFT, bold=own)
    return y
