"""Cuts a message into clauses and tells what kind each is: present, over, asked in general, about others, an idiom.

A parent writes the sign in one clause of five and reassurance in the next, so each clause speaks only for itself.
The words that tell are data: cues.yaml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Flag, auto
from functools import cache
from itertools import pairwise
from pathlib import Path

from knowledge.triage.signs import DataError, load

CUES_FILE = Path(__file__).resolve().parent / "cues.yaml"
_BREAK = re.compile(
    r"[。！？!?；;\n]+|(?<!\d)\.(?!\d)|\.(?=\s)|[,，、…~～]+|(?<=[\u3400-\u9fff]) +(?=[\u3400-\u9fff0-9])"
)
_JOIN = re.compile(r"\b(?:but|however|although|though)\b", re.I)
_DENIED_ZH = re.compile(r"(?<![是会])(?:没有|没|不|无|未|也不|并不|从不|不是|都没|从没)$")
_DENIED_EN = re.compile(
    r"\b(?:no|not|(?:do|does|did|is|are|was|were|has|have|had|would|could)n'?t|never|without|neither|nor|no signs? of)"
    r"(?: \w+){0,3} ?$",
    re.I,
)
_SENTENCE = re.compile(r"[.,!?;，。！？；\n]| but ")


class Kind(Flag):
    """Why a clause may not tell of a present danger. PLAIN: it may."""

    PLAIN = 0
    PAST = auto()
    GENERAL = auto()  # prevention, knowledge, planning, shopping
    OTHERS = auto()  # somebody else's child, an animal, an adult, television
    IDIOM = auto()
    FEARED = auto()  # will it, could it, worried that


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of the message and its place in it."""

    text: str
    start: int
    end: int
    kind: Kind = Kind.PLAIN


@cache
def cue(name: str, file: Path = CUES_FILE) -> re.Pattern[str]:
    """The words of one list of cues.yaml, both languages together."""
    data = load(file)
    lists = [part for lang in ("zh", "en") for part in data[name][lang]]
    try:
        return re.compile("|".join(f"(?:{part})" for part in lists), re.I)
    except re.error as error:
        raise DataError(f"{file.name}:{data[name]['__line__']}: {name}: {error}") from error


def split(text: str) -> list[Clause]:
    """Clauses in order, with their place in the text and their kind."""
    clauses: list[Clause] = []
    start = 0
    for stop, resume in [*((m.start(), m.end()) for m in _BREAK.finditer(text)), (len(text), len(text))]:
        cuts = [start, *(start + m.start() for m in _JOIN.finditer(text[start:stop]) if m.start() > 0), stop]
        for begin, end in pairwise(cuts):
            if text[begin:end].strip():
                clauses.append(Clause(text[begin:end], begin, end, kind_of(text[begin:end])))
        start = resume
    return clauses


def kind_of(clause: str) -> Kind:
    """Denial is looked at for each match (`denied_before`); this is about the clause as a whole."""
    kind = Kind.PLAIN
    for flag in Kind:
        if cue(str(flag.name).lower()).search(clause):
            kind |= flag
    return kind


def denied_before(text: str, start: int) -> bool:
    """Whether the words right before a match deny it: 没有抽, no blue lips, not vomiting."""
    before = text[max(0, start - 24) : start]
    return bool(_DENIED_ZH.search(before[-4:]) or _DENIED_EN.search(_SENTENCE.split(before)[-1]))


def tells_of_now(text: str) -> bool:
    """Whether words such as 刚才 or 'just now' stand in the text."""
    return bool(cue("present").search(text))
