"""The child health plan: rows of vaccines and check-ups, columns of ages, today among them; below, what comes next.

facts: title, subtitle, axis, columns [label], today (column, with its part; None: not on it), next_title, footer,
rows [{name, kind, cells [[column, number, state]]}], legend [[state, label]], next [{name, when, state}].
States: done, now, open, coming, unwanted; in the legend also today.
"""

from __future__ import annotations

from typing import Any

from bot.pictures.sheet import AMBER, AMBER_WASH, HAIR, INK, LEAF, LEAF_WASH, LINE, PAPER, SOFT, STONE, WIDTH, Sheet

MARGIN, NAMES, ROW = 14.0, 74.0, 23.0
RADIUS = 8.4

# fill, edge, number
_LOOK = {
    "done": (LEAF, LEAF, PAPER),
    "now": (AMBER, AMBER, PAPER),
    "open": (AMBER_WASH, AMBER, AMBER),
    "coming": (PAPER, LEAF, LEAF),
    "unwanted": (PAPER, STONE, STONE),
}


def paint(facts: dict[str, Any]) -> bytes:
    sheet = Sheet()
    y = sheet.paragraph(MARGIN, 16, facts["title"], 19, WIDTH - 2 * MARGIN, bold=True)
    y = sheet.paragraph(MARGIN, y + 1, facts["subtitle"], 12, WIDTH - 2 * MARGIN, colour=SOFT)
    y = _table(sheet, facts, y + 12)
    y = _legend(sheet, facts["legend"], y + 11)
    y = _next(sheet, facts, y + 14)
    y = sheet.paragraph(MARGIN, y + 10, facts["footer"], 10.5, WIDTH - 2 * MARGIN, colour=SOFT)
    return sheet.png(y + 12)


def _table(sheet: Sheet, facts: dict[str, Any], top: float) -> float:
    columns: list[str] = facts["columns"]
    step = (WIDTH - 2 * MARGIN - NAMES) / len(columns)

    def centre(column: float) -> float:
        return MARGIN + NAMES + step * (column + 0.5)

    sheet.text(MARGIN, top, facts["axis"], 11, colour=SOFT)
    for number, label in enumerate(columns):
        sheet.text(centre(number), top, label, 11, colour=SOFT, align="center")
    y = top + 20
    bottom = y + ROW * len(facts["rows"]) + 5 * (len({r["kind"] for r in facts["rows"]}) - 1)
    if facts["today"] is not None:
        x = centre(facts["today"])
        sheet.box(x - 9.5, top - 4, 19, bottom - top + 8, fill=AMBER_WASH, round_=9.5)
        for number, label in enumerate(columns):
            if abs(centre(number) - x) < 9.5:
                sheet.text(centre(number), top, label, 11, colour=AMBER, bold=True, align="center")
    kind = facts["rows"][0]["kind"] if facts["rows"] else ""
    for row in facts["rows"]:
        if row["kind"] != kind:
            kind = row["kind"]
            y += 5
            sheet.line(MARGIN, y - 2.5, WIDTH - MARGIN, y - 2.5, colour=STONE, width=0.8)
        middle = y + ROW / 2
        size = _fitting(sheet, row["name"], 12.5, NAMES - 4)
        sheet.text(MARGIN, middle - size * 0.62, row["name"], size)
        sheet.line(MARGIN + NAMES, middle, WIDTH - MARGIN, middle, colour=HAIR, width=0.8)
        for column, number, state in row["cells"]:
            _dot(sheet, centre(column), middle, state, number)
        y += ROW
    return y


def _fitting(sheet: Sheet, text: str, size: float, width: float) -> float:
    """The size, made smaller until the text fits."""
    return size * min(1.0, width / max(1.0, sheet.width_of(text, size)))


def _dot(sheet: Sheet, x: float, y: float, state: str, number: str = "", *, radius: float = RADIUS) -> None:
    fill, edge, ink = _LOOK[state]
    sheet.dot(x, y, radius, fill=fill, edge=edge)
    if state == "unwanted":
        sheet.line(x - radius * 0.5, y, x + radius * 0.5, y, colour=ink, width=1.4)
    elif state == "done" and not number:
        sheet.line(x - radius * 0.42, y + radius * 0.02, x - radius * 0.08, y + radius * 0.38, colour=ink, width=1.5)
        sheet.line(x - radius * 0.08, y + radius * 0.38, x + radius * 0.46, y - radius * 0.34, colour=ink, width=1.5)
    elif number:
        sheet.text(x, y - radius * 0.78, number, radius * 1.18, colour=ink, bold=True, align="center")


def _legend(sheet: Sheet, legend: list[list[str]], y: float) -> float:
    x = MARGIN + 6
    for state, label in legend:
        width = 12 + sheet.width_of(label, 11.5) + 16
        if x + width > WIDTH - MARGIN + 16:
            x, y = MARGIN + 6, y + 19
        if state == "today":
            sheet.box(x - 4.5, y - 1, 9, 16, fill=AMBER_WASH, round_=4.5)
        else:
            _dot(sheet, x, y + 7, state, radius=5.5)
        sheet.text(x + 11, y, label, 11.5, colour=SOFT)
        x += width
    return y + 18


def _next(sheet: Sheet, facts: dict[str, Any], y: float) -> float:
    if not facts["next"]:
        return y - 14
    sheet.text(MARGIN, y, facts["next_title"], 14, bold=True)
    y += 14 * LINE + 5
    inner = WIDTH - 2 * MARGIN - 34
    for entry in facts["next"]:
        is_now = entry["state"] in ("now", "open")
        lines = sheet.wrapped(entry["name"], 14, inner, bold=True)
        height = len(lines) * 14 * LINE + 12 * LINE + 10
        sheet.box(MARGIN, y, WIDTH - 2 * MARGIN, height, fill=AMBER_WASH if is_now else LEAF_WASH, round_=9)
        _dot(sheet, MARGIN + 17, y + height / 2, entry["state"], radius=6.5)
        below = sheet.paragraph(MARGIN + 33, y + 6, entry["name"], 14, inner, bold=True, colour=INK)
        sheet.paragraph(MARGIN + 33, below, entry["when"], 12, inner, colour=AMBER if is_now else SOFT)
        y += height + 6
    return y - 6
