"""Days that our own grammar does not know ('Christmas Eve', 圣诞节), read by the date library; loaded at first need."""

from __future__ import annotations

import warnings
from datetime import date, datetime, time
from functools import cache
from typing import Any

from bot.core.language import Language
from nlu.phrases.numbers import pattern

_HINT = pattern(
    r"元旦|圣诞|平安夜|国庆|劳动节|儿童节|妇女节|教师节|除夕|情人节|感恩节|万圣节|母亲节|父亲节"
    r"|\b(?:christmas|xmas|boxing day|new year|easter|thanksgiving|halloween|valentine|mother'?s day"
    r"|father'?s day|labou?r day)"
)
_REACH = 40  # characters around the hint that the library is given: its time grows with the square of the text


@cache
def _library() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # its source has a few; they are harmless
        import ms_recognizers_date_time as library

    return library


def other_day(text: str, today: date, language: Language) -> tuple[date, int, int] | None:
    """The next such day from `today` on, and where it stands in a cleaned text."""
    hint = _HINT.search(text)
    if hint is None:
        return None
    library = _library()
    offset = max(0, hint.start() - _REACH)
    window = text[offset : hint.end() + _REACH]
    culture = library.Culture.Chinese if language is Language.ZH else library.Culture.English
    try:
        results = library.recognize_datetime(window, culture, reference=datetime.combine(today, time(0)))
    except Exception:  # the library raises many kinds on odd text; no reading is then the honest answer
        return None
    for result in results:
        begins, ends = offset + result.start, offset + result.end + 1
        if not (begins <= hint.start() < ends):
            continue
        values = (result.resolution or {}).get("values", [])
        days = sorted(d for v in values if (d := _day(v.get("value") or v.get("start"))) is not None and d >= today)
        if days:
            return days[0], begins, ends
    return None


def _day(value: str | None) -> date | None:
    try:
        return date.fromisoformat((value or "")[:10])
    except ValueError:
        return None
