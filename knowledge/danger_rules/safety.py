"""Patterns that people write in the console: short, without what makes matching explode, and tried by the clock."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable

LONGEST = 2000  # characters of one pattern
MOST = 20  # patterns of a rule and language
SECONDS = 3.0  # for all tries together; an honest pattern needs some milliseconds

_BACK = re.compile(r"\\[1-9]|\(\?P=|\(\?\(")
_LOOK_BEHIND = re.compile(r"\(\?<[=!]")
_REPEATED = re.compile(r"[*+]|\{\d*,?\d*\}")
_WORDS = re.compile(r"[\u3400-\u9fff]+|[A-Za-z]+|\d")
_TRY = """
import json, re, sys
patterns, texts = json.load(sys.stdin)
for pattern in patterns:
    made = re.compile(pattern, re.I)
    for text in texts:
        made.search(text)
"""


def faults_in(pattern: str) -> list[str]:
    """Codes of what may not be in a pattern: too_long, back_reference, nested_repeat."""
    found = []
    if len(pattern) > LONGEST:
        found.append("too_long")
    if _BACK.search(pattern) or _LOOK_BEHIND.search(pattern):
        found.append("back_reference")
    if _nested(pattern):
        found.append("nested_repeat")
    return found


def too_slow(patterns: Iterable[str], seconds: float = SECONDS) -> bool:
    """Whether these compiled patterns need too long for texts made to be hard for them; in a process of its own."""
    import json

    patterns = list(patterns)
    hard = [text for pattern in patterns for text in _hard_texts(pattern)]
    try:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-I", "-c", _TRY], input=json.dumps([patterns, hard[:60]]).encode(), timeout=seconds,
            check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != 0


def _hard_texts(pattern: str) -> list[str]:
    """The pattern's own words over and over, so that every repetition has as much to try as it can."""
    words = list(dict.fromkeys(_WORDS.findall(pattern)))[:12]
    every = "".join(words)
    return [(word * 4000)[:4000] + "\n" for word in (*words, every) if word]


def _nested(pattern: str) -> bool:
    """A repeated group that holds a repetition without a small limit, as in (a+)+ or (a|b*){2,}."""
    opened: list[int] = []
    place = 0
    while place < len(pattern):
        letter = pattern[place]
        if letter == "\\":
            place += 2
            continue
        if letter == "[":
            place = _end_of_set(pattern, place)
        elif letter == "(":
            opened.append(place)
        elif letter == ")" and opened:
            start = opened.pop()
            after = _REPEATED.match(pattern, place + 1)
            if after and _unlimited(after[0]) and any(_unlimited(m[0]) for m in _repeats(pattern[start + 1 : place])):
                return True
        place += 1
    return False


def _repeats(part: str) -> Iterable[re.Match[str]]:
    return _REPEATED.finditer(re.sub(r"\\.|\[[^\]]*\]", "x", part))


def _unlimited(repeat: str) -> bool:
    if repeat in "*+":
        return True
    most = repeat.strip("{}").split(",")[-1]
    return not most or int(most) > 30


def _end_of_set(pattern: str, place: int) -> int:
    end = pattern.find("]", place + 2)
    return end if end > 0 else len(pattern)
