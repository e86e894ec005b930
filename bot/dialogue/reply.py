"""What the bot wants to say, before it is put into words: keys of texts, cards, buttons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import reduce

from bot.core.language import Language
from knowledge.model import Published
from knowledge.triage.model import Level


class Route(StrEnum):
    """Which part of the house answered; part of the public JSON."""

    DANGER = "danger"
    GUIDANCE = "guidance"
    DID_YOU_MEAN = "did_you_mean"
    ASK_AGE = "ask_age"
    BOOKING = "booking"
    CENTRES = "centres"
    ACCOUNT = "account"
    PERSON = "person"
    REMINDERS = "reminders"
    PLAN = "plan"
    SMALL_TALK = "small_talk"
    OUT_OF_SCOPE = "out_of_scope"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class Say:
    """A sentence of bot/texts by its key, with values for its blanks. A blank may itself be a Say."""

    key: str
    blanks: dict[str, object] = field(default_factory=dict)


class ApprovedWords(str):
    """Words of a danger sign: approved by people, so that <b> in them is meant and 120 is the emergency number."""

    __slots__ = ()


def say(key: str, **blanks: object) -> Say:
    return Say(key, blanks)


@dataclass(frozen=True, slots=True)
class Card:
    """An article as an answer. `age_months` picks its variant; `brief`: only what is so, and its source; `only`: just
    these of its lines, below a card that was shown before."""

    article: Published
    age_months: float | None = None
    brief: bool = False
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Button:
    """`press` comes back when it is pressed: `verb` or `verb:argument[:argument]`, at most 60 bytes. Or a link."""

    label: Say
    press: str = ""
    url: str = ""

    def __post_init__(self) -> None:
        if len(self.press.encode()) > 60:
            raise ValueError("a press is longer than 60 bytes")


@dataclass(frozen=True, slots=True)
class Venue:
    """A place on the map."""

    name: str
    address: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file or picture made by us; `kind` is document or photo."""

    kind: str
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that is drawn only when it is sent or looked at, never inside a transaction.

    `drawing` names the artist in bot/pictures; `facts` is what it draws: plain values, lists and dicts of them, and
    Say for every word on it. `alt` says the same for who cannot see it, and stands alone when it cannot be drawn.
    """

    drawing: str
    facts: dict[str, object]
    alt: Say


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to the parent. `language` overrides the language of the turn."""

    parts: tuple[Say | Card, ...]
    buttons: Rows = ()
    language: Language | None = None
    venue: Venue | None = None
    attachment: Attachment | None = None
    picture: Picture | None = None
    ask_location: bool = False  # the channel may offer to share the place where the parent is
    replaces: bool = False  # may take the place of the message whose button was pressed
    alarm: Level | None = None  # a danger warning of this level: a channel makes it stand out


def block(lines: Sequence[Say]) -> Say:
    """Several lines as one blank."""
    return reduce(lambda above, line: say("talk.two_lines", first=above, second=line), lines)


def rows(*buttons: Button, width: int = 1) -> Rows:
    """Buttons in rows of `width`."""
    return tuple(tuple(buttons[i : i + width]) for i in range(0, len(buttons), width))
