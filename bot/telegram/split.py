"""Cutting a long message in parts that Telegram accepts, at line ends, without breaking a tag.

Telegram counts UTF-16 units of what is visible: an emoji is two, a tag nothing, `&amp;` one.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
_ATOM = re.compile(r"<(/?)(\w+)[^>]*>|&(?:#\w+|\w+);|.", re.DOTALL)
# Where to cut, best first, if it leaves at least a third of a part.
_BREAKS = ("\n\n", "\n", " ")


@dataclass(frozen=True, slots=True)
class _Letter:
    """One visible character as it is written in HTML, within these open tags."""

    raw: str
    shown: str
    tags: tuple[str, ...]


def units(text: str) -> int:
    """UTF-16 units."""
    return len(text) + sum(ord(c) > 0xFFFF for c in text)


def visible(text: str) -> str:
    """What is left of HTML when it is shown."""
    return "".join(letter.shown for letter in _letters(text))


def split(text: str, longest: int = LONGEST_TEXT) -> list[str]:
    """Parts of at most `longest` visible units; a tag that is open at a cut is closed and opened again."""
    letters = _letters(text)
    parts = []
    while letters:
        end = max(1, _cut(letters, longest))
        part, letters = letters[:end], letters[end:]
        while letters and letters[0].shown.isspace():
            letters = letters[1:]
        if not all(letter.shown.isspace() for letter in part):
            parts.append(_written(part))
    return parts


def _letters(text: str) -> list[_Letter]:
    found: list[_Letter] = []
    tags: tuple[str, ...] = ()
    for atom in _ATOM.finditer(text):
        if atom[2] and atom[1]:
            tags = tags[:-1]
        elif atom[2]:
            tags = (*tags, atom[0])
        else:
            found.append(_Letter(atom[0], html.unescape(atom[0]), tags))
    return found


def _cut(letters: list[_Letter], longest: int) -> int:
    """How many letters the next part takes."""
    total = end = 0
    while end < len(letters) and (total := total + units(letters[end].shown)) <= longest:
        end += 1
    if end == len(letters):
        return end
    # One character a letter, so that positions agree (`&NotEqualTilde;` shows two).
    shown = "".join(letter.shown[:1] for letter in letters[: end + 1])
    for mark in _BREAKS:
        at = shown.rfind(mark)
        if at > end // 3:
            return at
    return end


def _written(letters: list[_Letter]) -> str:
    out: list[str] = []
    tags: tuple[str, ...] = ()
    for letter in letters:
        out.append(_step(tags, letter.tags))
        out.append(letter.raw)
        tags = letter.tags
    return ("".join(out) + _step(tags, ())).strip()


def _step(now: tuple[str, ...], then: tuple[str, ...]) -> str:
    """The tags to write between two letters."""
    same = 0
    while same < min(len(now), len(then)) and now[same] == then[same]:
        same += 1
    closing = "".join(f"</{re.split(r'[ >]', tag[1:], maxsplit=1)[0]}>" for tag in reversed(now[same:]))
    return closing + "".join(then[same:])
