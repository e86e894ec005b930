"""Whether a message holds the words without which a sign cannot be meant (spoken_of.yaml)."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from knowledge.triage.signs import DataError, load, read_signs

FILE = Path(__file__).resolve().parent / "spoken_of.yaml"


def spoken_of(sign: str, text: str) -> bool:
    """True also for a sign that needs no word of its own."""
    needed = _needed().get(sign)
    return needed is None or needed.search(text) is not None


def has_words(sign: str) -> bool:
    """Whether the sign needs words of its own."""
    return sign in _needed()


@cache
def _needed(file: Path = FILE) -> dict[str, re.Pattern[str]]:
    """The words of both languages together; DataError for a sign that is not there."""
    found = {}
    for sign, words in load(file).items():
        if sign == "__line__":
            continue
        if sign not in read_signs():
            raise DataError(f"{file.name}: no sign {sign}")
        found[sign] = re.compile(f"{words['zh']}|{words['en']}", re.IGNORECASE)
    return found
