"""Patterns that people write in the console: short, without what makes matching explode, and tried by the clock."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable

LONGEST = 2000  # characters of one pattern
MOST = 20  # patterns of a rule and language
HARD = 600  # characters of a text to try: enough for what grows with the cube of the length
SECONDS = 4  # of the processor, for all tries together; an honest pattern needs some milliseconds

_KINDS = ("0", "a", "一", " ", "。")  # what \d, \w, a set or a space may match for ever
_BACK = re.compile(r"\\[1-9]|\(\?P=|\(\?\(")
_WIDE = re.compile(r"(?:\]|\\[DSW])(?:[*+]|\{\d+,\})")  # a set without end: two of them take seconds on a long message
_CLASS = re.compile(r"\\[a-zA-Z]|[.\[]")
_REPEATED = re.compile(r"[*+]|\{\d*,?\d*\}")
_WORDS = re.compile(r"[\u3400-\u9fff]+|[A-Za-z]+|\d")
_TRY = """
import json, re, resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[1]), int(sys.argv[1])))
for pattern, texts in json.load(sys.stdin):
    made = re.compile(pattern, re.I)
    for text in texts:
        made.search(text)
"""


def faults_in(pattern: str) -> list[str]:
    """Codes of what may not be in a pattern: too_long, back_reference, nested_repeat (or too many without an end)."""
    found = []
    if len(pattern) > LONGEST:
        found.append("too_long")
    if _BACK.search(pattern):
        found.append("back_reference")
    if _nested(pattern) or len(_WIDE.findall(pattern)) > 1:
        found.append("nested_repeat")
    return found


def too_slow(patterns: Iterable[str], seconds: int = SECONDS) -> bool:
    """Whether these compiled patterns need too long for texts made to be hard for them; in a process of its own."""
    import json

    hard = [(pattern, _hard_texts(pattern)) for pattern in patterns]
    try:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-I", "-c", _TRY, str(seconds)], input=json.dumps(hard).encode(), timeout=seconds * 6,
            check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != 0


def _hard_texts(pattern: str) -> list[str]:
    """Its own words, and one letter of each kind, over and over: every repetition has as much to try as it can."""
    words = list(dict.fromkeys(_WORDS.findall(pattern)))[:12]
    every = "".join(words)
    begun = [words[0] + kind * HARD for kind in _KINDS] if words else []
    spaced = [f"{word} " for word in words if word.isascii()]
    texts = dict.fromkeys((*_KINDS, *words, *spaced, every, *begun))
    return [(text * HARD)[:HARD] + "\n" for text in texts if text]


def _nested(pattern: str) -> bool:
    """A repeated group that can be cut in several ways: with repetitions in it, (a+)+, or with choices between classes,
    (\\w|\\d)*. Choices between words are left to the clock: their own words over and over show what they cost.
    """
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
            if after and _unlimited(after[0]) and _varies(pattern[start + 1 : place]):
                return True
        place += 1
    return False


def _varies(part: str) -> bool:
    plain = part.replace("(?:", "(")
    bare = re.sub(r"\\.|\[[^\]]*\]", "x", plain)
    if any(_unlimited(m[0]) for m in _REPEATED.finditer(bare)):
        return True
    return ("|" in bare or "?" in bare) and _CLASS.search(plain) is not None


def _unlimited(repeat: str) -> bool:
    if repeat in "*+":
        return True
    most = repeat.strip("{}").split(",")[-1]
    return not most or int(most) > 30


def _end_of_set(pattern: str, place: int) -> int:
    end = pattern.find("]", place + 2)
    return end if end > 0 else len(pattern)
