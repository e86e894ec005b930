"""Things named in a message, found by the word list lookups.yaml; Rasa and the fallback read the same one.

Runs on Rasa's Python 3.10; imports nothing of the app.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

WORDS = Path(__file__).with_name("lookups.yaml")
_LONGEST = 2000  # characters searched

_NUMBERS = {
    **{c: n for n, c in enumerate("一二三四五六", start=1)},
    **{"两": 2, "俩": 2, "仨": 3},
    **{word: n for n, word in enumerate(("one", "two", "three", "four", "five", "six"), start=1)},
}
_CHILD_ZH = r"(?:小孩子|小孩|孩子|孩儿|宝宝|宝贝|小朋友|娃儿|娃娃|娃|崽崽|崽|小囡|bb|kids?)"
_CHILD_EN = r"(?:children|kids|babies|toddlers|little ones|child|kid|baby|toddler)"
_SOLO = {"双胞胎": 2, "龙凤胎": 2, "俩娃": 2, "俩孩子": 2, "三胞胎": 3, "twins": 2, "triplets": 3}
_CHILDREN = re.compile(
    rf"(?P<zh>[一二两三四五六俩仨]|(?<!\d)[1-6])\s*(?:个|名|位|只)?\s*{_CHILD_ZH}(?!\s*月)"
    rf"|\b(?P<en>one|two|three|four|five|six|[1-6])\s+(?:\w+\s+)?{_CHILD_EN}\b"
    rf"|(?P<solo>{'|'.join(_SOLO)})",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Found:
    """`value` is the key in lookups.yaml; for a place the words as written, for child_count a number in digits.
    text[start:end] are the words."""

    kind: str
    value: str
    start: int
    end: int


def find(text: str) -> list[Found]:
    """In order of appearance; within a kind nothing overlaps and the longest word wins."""
    looked_at = text[:_LONGEST]
    found = []
    for kind, (pattern, values) in _patterns().items():
        for match in pattern.finditer(looked_at):
            written = match.group(1)
            value = written if kind == "place" else values[_key(written)]
            found.append(Found(kind, value, match.start(1), match.end(1)))
    for match in _CHILDREN.finditer(looked_at):
        found.append(Found("child_count", str(_count(match)), match.start(), match.end()))
    return sorted(found, key=lambda f: (f.start, f.kind))


def _count(match: re.Match[str]) -> int:
    if match["solo"]:
        return _SOLO[match["solo"].lower()]
    number = (match["zh"] or match["en"]).lower()
    return _NUMBERS.get(number) or int(number)


def _key(word: str) -> str:
    """Plural, case, blanks and hyphens put aside."""
    return re.sub(r"[\s-]+", " ", word.lower())


@lru_cache(maxsize=1)
def _patterns() -> dict[str, tuple[re.Pattern[str], dict[str, str]]]:
    """kind -> (one pattern of all its words, spelling -> value). ValueError for a spelling with two values."""
    kinds: dict[str, dict[str, Any]] = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    made = {}
    for kind, by_value in kinds.items():
        values: dict[str, str] = {}
        parts = []
        for value, spellings in by_value.items():
            for spelling in map(str, spellings):
                if values.setdefault(_key(spelling), value) != value:
                    raise ValueError(f"lookups.yaml: {spelling} stands for two things of kind {kind}")
                parts.append(spelling)
                if spelling.isascii() and not spelling.endswith("s"):
                    values.setdefault(_key(spelling) + "s", value)
        parts.sort(key=len, reverse=True)
        pattern = re.compile(f"({'|'.join(map(_spelled, parts))})", re.IGNORECASE)
        made[kind] = (pattern, values)
    return made


def _spelled(word: str) -> str:
    if word.startswith("半"):
        return rf"(?<![点點]){re.escape(word)}"  # 五点半托两小时: half past five, not half-day care
    if not word.isascii():
        return re.escape(word)
    loose = r"[\s-]+".join(re.escape(part) for part in re.split(r"[\s-]+", word))
    plural = "" if word.endswith("s") else "s?"
    return rf"(?<![A-Za-z]){loose}{plural}(?![A-Za-z])"
