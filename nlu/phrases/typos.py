"""Slips of the thumb in the English words of booking: 'tomorow mornng' is tomorrow morning, 'daycre' is daycare.

Only long words, which few others look like; a word that is one of its own is left alone.
"""

from __future__ import annotations

import re

_LIST = """
tomorrow morning afternoon evening monday tuesday wednesday thursday friday saturday sunday weekend daycare childcare
nursery nurseries booking bookings cancel cancelled confirm reschedule appointment toddler playgroup session
"""
_OWN = """
mourning warning moaning meaning evenings mornings weekends sundays mondays fridays cancels confirms confirmed daycares
toddlers sessions playgroups bookings looking cooking hooking booting nursing nurse scanner concern conform boozing
obsession possession playground playgrounds
"""
_KNOWN_SLIPS = {
    "boook": "book", "bok": "book", "bokk": "book", "boko": "book", "wnat": "want", "wnt": "want", "frist": "first",
    "fisrt": "first", "secnd": "second", "secodn": "second", "appt": "appointment",
    "2moro": "tomorrow", "yse": "yes", "yess": "yes", "confrim": "confirm", "confim": "confirm", "nusery": "nursery",
}  # fmt: skip
_WORDS = tuple(_LIST.split())
_LEFT_ALONE = frozenset((*_WORDS, *_OWN.split()))
_LATIN = re.compile(r"[A-Za-z0-9]{3,}")
SHORTEST, TWO_SLIPS_FROM = 6, 8  # letters of the right word


def without_typos(text: str) -> str:
    """The text with such words put right; all others as they are."""
    return _LATIN.sub(lambda found: _right(found.group()), text)


def _right(word: str) -> str:
    low = word.lower()
    if low in _KNOWN_SLIPS:
        return _KNOWN_SLIPS[low]
    if len(low) < SHORTEST - 1 or low in _LEFT_ALONE or low.removesuffix("s") in _LEFT_ALONE:
        return word
    for right in _WORDS:
        slips = 2 if len(right) >= TWO_SLIPS_FROM else 1
        if low[0] == right[0] and abs(len(low) - len(right)) <= slips and _slips(low, right, slips) <= slips:
            return right
    return word


def _slips(one: str, other: str, most: int) -> int:
    """Letters missing, added, changed, or two neighbours swapped; counted no further than `most`."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, row = row, [i]
        for j, b in enumerate(other, 1):
            row.append(min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b)))
        if min(row) > most:
            return most + 1
    differ = [n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b]
    swapped = (
        len(one) == len(other) and len(differ) == 2 and sorted(one) == sorted(other) and differ[1] == differ[0] + 1
    )
    return 1 if swapped else row[-1]
