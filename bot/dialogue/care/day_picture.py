"""What a child does at the centre during a stay, as a picture: from the daily routine that the centre wrote."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from bot.dialogue.care.words import name_of, span_words
from bot.dialogue.desk import CareDesk
from bot.dialogue.reply import Picture, say
from bot.dialogue.turn import Turn
from scheduler.care.model.booking import Party
from scheduler.care.model.centre import Centre
from scheduler.care.model.errors import CareError

_ENTRY = re.compile(r"(?P<h>[0-2]?\d)[:：](?P<m>[0-5]\d)\s*(?P<words>\S.*?)\s*$")
_BETWEEN = re.compile(r"[·;；\n]+")
FEWEST = 3  # entries that make a timetable


def day_picture(turn: Turn, desk: CareDesk, party: Party) -> Picture | None:
    """None for a group session, or where the routine has no hours, or none within the stay."""
    first = party[0]
    if first.centre_id is None or first.group_session_id is not None:
        return None
    try:
        centre = desk.centre(first.centre_id).centre
    except CareError:
        return None
    entries = _entries(centre, turn.language.value)
    zone = ZoneInfo(first.zone)
    begins, ends = first.starts_at.astimezone(zone), first.ends_at.astimezone(zone)
    since, until = begins.hour * 60 + begins.minute, ends.hour * 60 + ends.minute
    ending = [minute for minute, _ in entries[1:]] + [24 * 60]
    inside = [since < end and minute < until for (minute, _), end in zip(entries, ending, strict=True)]
    if len(entries) < FEWEST or not any(inside[:-1]):
        return None
    rows = [
        {"time": f"{minute // 60:02d}:{minute % 60:02d}", "words": words, "inside": own}
        for (minute, words), own in zip(entries, inside, strict=True)
    ]
    name, when = name_of(centre, turn), span_words(first.starts_at, first.ends_at, first.zone)
    facts: dict[str, object] = {
        "title": name, "subtitle": when, "rows": rows, "footer": say("booking.day_footer", address=centre.address),
    }  # fmt: skip
    told = [f"{row['time']} {row['words']}" for row in rows if row["inside"]]
    return Picture("day", facts, say("booking.day_words", name=name, entries=told))


def _entries(centre: Centre, language: str) -> list[tuple[int, str]]:
    """Minutes after midnight and what is done then, in order; nothing when the text is no timetable."""
    found = []
    for part in _BETWEEN.split(centre.routine.get(language) or ""):
        match = _ENTRY.match(part.strip())
        if match is None or int(match["h"]) > 23:
            return []
        found.append((int(match["h"]) * 60 + int(match["m"]), match["words"]))
    return found if found == sorted(found, key=lambda entry: entry[0]) else []
