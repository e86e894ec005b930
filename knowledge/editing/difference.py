"""What changed between two texts, to read: by characters in Chinese, by words in English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from knowledge.editing.fields import FIELDS

_PIECES = re.compile(r"[A-Za-z0-9.%℃°'’]+|\s|.", re.DOTALL)
_REWRITTEN = 0.3  # so little in common that one text after the other reads better
_ISLAND = 2  # pieces: shorter unchanged stretches between two changes only flicker


@dataclass(frozen=True, slots=True)
class Piece:
    """`kind`: same, gone or new."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs."""

    field: str
    before: str
    after: str

    @property
    def pieces(self) -> tuple[Piece, ...]:
        return difference(self.before, self.after)


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    """The fields that differ, in the order of the editor."""
    return [
        Change(name, before.get(name, ""), after.get(name, ""))
        for name in FIELDS
        if before.get(name, "") != after.get(name, "")
    ]


def difference(before: str, after: str) -> tuple[Piece, ...]:
    """All pieces in reading order; those that are not new make `before`, those that are not gone make `after`."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if old and new and matcher.ratio() < _REWRITTEN:
        return (Piece("gone", before), Piece("new", after))
    steps = matcher.get_opcodes()
    found: list[tuple[bool, list[str], list[str]]] = []  # same?, before, after
    for number, (code, a, b, c, d) in enumerate(steps):
        island = 0 < number < len(steps) - 1 and b - a <= _ISLAND and "\n" not in old[a:b]
        same = code == "equal" and not island
        if found and not same and not found[-1][0]:
            found[-1][1].extend(old[a:b])
            found[-1][2].extend(new[c:d])
        else:
            found.append((same, old[a:b], new[c:d]))
    pieces = []
    for same, gone, come in found:
        kinds = [("same", gone)] if same else [("gone", gone), ("new", come)]
        pieces += [Piece(kind, "".join(words)) for kind, words in kinds if words]
    return tuple(pieces)


@dataclass(frozen=True, slots=True)
class Clash:
    """One field in which two people's texts differ. `choice`: theirs, mine, or both (both changed it)."""

    field: str
    base: str
    theirs: str
    mine: str

    @property
    def choice(self) -> str:
        if self.mine == self.base:
            return "theirs"
        return "mine" if self.theirs == self.base else "both"

    @property
    def pieces(self) -> tuple[Piece, ...]:
        return difference(self.theirs, self.mine)


def clashes(base: Mapping[str, str], theirs: Mapping[str, str], mine: Mapping[str, str]) -> list[Clash]:
    """Fields in which two texts differ that were written on the same base."""
    return [
        Clash(name, base.get(name, ""), theirs.get(name, ""), mine.get(name, ""))
        for name in FIELDS
        if theirs.get(name, "") != mine.get(name, "")
    ]
