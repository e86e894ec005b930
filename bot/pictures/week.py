"""The free places of a centre's week: columns of days, rows of hours; dark is much room, light is little, grey is full.

facts: title, subtitle, days [{name, date, hours [[hour, state, label]], own}], hours [hour], legend, footer.
States: many, few, full; what is missing is closed or over. An own stay: days[].own [[from, to]] in hours.
"""

from __future__ import annotations

from typing import Any

from bot.pictures.sheet import AMBER, HAIR, INK, LEAF, LEAF_WASH, PAPER, SOFT, WIDTH, Sheet

MARGIN, HOURS, ROW, GAP = 14.0, 40.0, 20.0, 3.0
FULL = "#e7e9e6"
_LOOK = {"many": (LEAF, PAPER), "few": (LEAF_WASH, LEAF), "full": (FULL, SOFT)}


def paint(facts: dict[str, Any]) -> bytes:
    sheet = Sheet()
    y = sheet.paragraph(MARGIN, 16, facts["title"], 17, WIDTH - 2 * MARGIN, bold=True)
    y = sheet.paragraph(MARGIN, y + 1, facts["subtitle"], 12, WIDTH - 2 * MARGIN, colour=SOFT)
    y = _table(sheet, facts, y + 10)
    x = MARGIN
    for state, label in facts["legend"]:
        fill = _LOOK[state][0] if state in _LOOK else PAPER
        sheet.box(x, y + 12, 13, 13, fill=fill, edge=AMBER if state == "own" else "none", round_=3)
        sheet.text(x + 18, y + 13, label, 11, colour=SOFT)
        x += 26 + sheet.width_of(label, 11)
    y = sheet.paragraph(MARGIN, y + 36, facts["footer"], 10.5, WIDTH - 2 * MARGIN, colour=SOFT)
    return sheet.png(y + 10)


def _table(sheet: Sheet, facts: dict[str, Any], top: float) -> float:
    hours: list[int] = facts["hours"]
    step = (WIDTH - 2 * MARGIN - HOURS) / max(1, len(facts["days"]))
    body = top + 34
    for number, hour in enumerate(hours):
        sheet.text(MARGIN, body + number * ROW + 3, f"{hour}:00", 10.5, colour=SOFT)
        sheet.line(
            MARGIN + HOURS, body + number * ROW - GAP / 2, WIDTH - MARGIN, body + number * ROW - GAP / 2, colour=HAIR
        )
    for column, day in enumerate(facts["days"]):
        left = MARGIN + HOURS + step * column
        sheet.text(left + step / 2, top, day["name"], 11, colour=INK, bold=True, align="center")
        sheet.text(left + step / 2, top + 15, day["date"], 10, colour=SOFT, align="center")
        for hour, state, label in day["hours"]:
            fill, ink = _LOOK[state]
            y = body + (hour - hours[0]) * ROW
            sheet.box(left + GAP / 2, y, step - GAP, ROW - GAP, fill=fill, round_=3)
            sheet.text(left + step / 2, y + 3, label, 10, colour=ink, align="center")
        for first, last in day["own"]:
            y, high = body + (first - hours[0]) * ROW - 1, (last - first) * ROW - GAP + 2
            sheet.box(left + GAP / 2 - 1, y, step - GAP + 2, high, fill="none", edge=AMBER, round_=4, line=2)
    return body + ROW * len(hours)
