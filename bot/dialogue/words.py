"""Ages and age bands as parents say them."""

from __future__ import annotations

from bot.core.families.model import DAYS_A_MONTH
from bot.dialogue.reply import Say
from knowledge.model import AgeBand


def band_words(band: AgeBand) -> Say:
    start, end = f"{band.start:g}", f"{band.end:g}"
    if band.start <= 0:
        return Say("guidance.band_under", {"end": end})
    if band.end >= 36:
        return Say("guidance.band_from", {"start": start})
    return Say("guidance.band_months", {"start": start, "end": end})


def age_words(months: float) -> Say:
    """Days up to two months, then months, from one year on years and months."""
    if months < 2:
        return _old(_count("day", round(months * DAYS_A_MONTH)))
    years, rest = divmod(int(months), 12)
    if years == 0:
        return _old(_count("month", rest))
    if rest == 0:
        return _old(_count("year", years))
    return _old(Say("talk.age_both", {"years": _count("year", years), "months": _count("month", rest)}))


def _old(age: Say) -> Say:
    return Say("talk.age_old", {"age": age})


def _count(unit: str, number: int) -> Say:
    return Say(f"talk.age_{unit}" if number == 1 else f"talk.age_{unit}s", {"count": number})
