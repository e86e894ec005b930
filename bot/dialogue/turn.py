"""One turn of a talk: what came in, what was understood, and where the talk stands."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.families.model import Child, Parent
from bot.core.language import Language
from bot.dialogue.reply import Reply, Route
from knowledge.triage.model import Danger, Level
from nlu.interpreter import Intent, Parse
from nlu.phrases.ages import ChildAge
from nlu.phrases.times import When


@dataclass(frozen=True, slots=True)
class Conversation:
    """Where a talk stands. Kept as JSON in a row, so every field has a default and plain values."""

    topic: str | None = None  # the article last shown, for follow-ups
    topic_text: str = ""  # the question that led to it
    waiting: str | None = None  # what the last message asked: age | check | birth_date | ...
    waiting_for: dict[str, Any] = field(default_factory=dict)
    form: dict[str, Any] = field(default_factory=dict)  # an unfinished booking: bot/dialogue/care/form.py
    party: str | None = None  # the booking talked about last: 'where is it?'
    near: tuple[float, float] | None = None  # where the parent last was, to a hundred metres
    choices: tuple[str, ...] = ()  # presses of the list shown last: 'the second one'
    put_off: dict[str, Any] = field(default_factory=dict)  # the question that danger came in between
    later: tuple[str, ...] = ()  # other questions of the same message, offered as buttons
    handed_over: str | None = None  # the id of an open hand-off to a person
    age_months: float | None = None  # last stated in this talk, for a family whose child we do not know
    age_guessed: bool = False  # that age is the middle of a pressed band: near enough for a card, not for danger
    danger_told: dict[str, Any] = field(default_factory=dict)  # the danger told last, for 'what do I do now?'
    loss: bool = False  # the family told of the loss of a child: no tips, ever

    def as_json(self) -> dict[str, Any]:
        """Only what differs from a fresh conversation."""
        fresh = asdict(Conversation())
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items() if v != fresh[k]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Conversation:
        known = {k: v for k, v in data.items() if k in cls.__dataclass_fields__}
        for several in ("later", "choices"):
            if several in known:
                known[several] = tuple(known[several])
        if known.get("near"):
            known["near"] = tuple(known["near"])
        return cls(**known)

    def now_about(self, topic: str | None, text: str = "") -> Conversation:
        return replace(self, topic=topic, topic_text=text[:200], waiting=None, waiting_for={}, party=None)

    def without_child(self) -> Conversation:
        """What was said about the child is forgotten; a person who has the chat keeps it."""
        return Conversation(handed_over=self.handed_over, loss=self.loss)

    def asking(self, what: str, **about: Any) -> Conversation:
        return replace(self, waiting=what, waiting_for=about)

    def asked(self) -> Conversation:
        """The question was answered or let go."""
        return replace(self, waiting=None, waiting_for={})


# Wants an answer, or nobody knows what it wants: what a parent in an emergency writes is read as one of these.
_ASKING = frozenset({Intent.ASK_GUIDANCE, Intent.VACCINATION_SCHEDULE, Intent.OUT_OF_SCOPE, Intent.FALLBACK})


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a message means, before any row is read: made outside a transaction."""

    text: str
    parse: Parse
    danger: Danger | None = None
    age: ChildAge | None = None  # a child's age stated in the message
    when: When | None = None

    @property
    def intent(self) -> Intent:
        """Of the whole understanding: the danger check knows an emergency better than the intent model does.

        What it calls an emergency is one; what it does not even doubt is not; the rest is as the model says.
        """
        said, level = self.parse.intent, self.danger.level if self.danger else None
        if level is Level.EMERGENCY_NOW and said in _ASKING:
            return Intent.EMERGENCY
        if said is Intent.EMERGENCY and level not in (Level.EMERGENCY_NOW, Level.CHECK):
            return Intent.ASK_GUIDANCE
        return said


@dataclass(frozen=True, slots=True)
class Turn:
    """Everything a dialogue may look at to decide what to say."""

    parent: Parent
    language: Language
    now: datetime
    zone: str
    conversation: Conversation
    understood: Understanding
    location: tuple[float, float] | None = None  # latitude, longitude
    told_age_months: float | None = None  # from a channel that knows the age (the JSON API, `sprout ask`)

    @property
    def text(self) -> str:
        return self.understood.text

    @property
    def today(self) -> date:
        return self.now.astimezone(ZoneInfo(self.zone)).date()

    @property
    def child(self) -> Child | None:
        """The youngest child of the family: the one a question is about when nothing else is said."""
        return self.parent.children[0] if self.parent.children else None

    @property
    def age_months(self) -> float | None:
        """The age stated in the message, else the channel's, else the profile's, else the last stated in this talk."""
        if self.understood.age is not None:
            return self.understood.age.months
        if self.told_age_months is not None:
            return self.told_age_months
        return self.child.months(self.today) if self.child else self.conversation.age_months

    @property
    def known_age_months(self) -> float | None:
        """The same without an age that was only guessed from a band: danger then treats the child as the youngest."""
        guessed = self.conversation.age_guessed and self.child is None
        return None if guessed and self.understood.age is None and self.told_age_months is None else self.age_months


def reading(parent: Parent, now: datetime) -> Turn:
    """Nothing was said: only who reads it, and when."""
    nothing = Understanding("", Parse("", parent.speaks, Intent.FALLBACK, 0.0))
    return Turn(parent, parent.speaks, now, parent.zone, Conversation(), nothing)


@dataclass(frozen=True, slots=True)
class Press:
    """A pressed button: its verb and arguments."""

    verb: str
    arguments: tuple[str, ...] = ()

    @classmethod
    def read(cls, data: str) -> Press:
        verb, *arguments = data.split(":")
        return cls(verb, tuple(arguments))

    def argument(self, number: int = 0) -> str:
        return self.arguments[number] if number < len(self.arguments) else ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a dialogue decided: the replies, where the talk now stands, and how it got there (for the public JSON)."""

    replies: tuple[Reply, ...]
    conversation: Conversation
    route: Route
    article: str | None = None
    candidates: tuple[tuple[str, float], ...] = ()
    danger: Danger | None = None  # found in more than this message: in words that it answers, or by a pressed sign
