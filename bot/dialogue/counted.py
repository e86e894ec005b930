"""What of a turn is counted for the city: the kind of question and what came of it, never words, never who."""

from __future__ import annotations

from collections.abc import Callable

from bot.core.counting.model import UNKNOWN, Happening, age_band
from bot.dialogue.reply import Route
from bot.dialogue.turn import Outcome, Press, Turn
from knowledge.triage.model import Level

LIKELY = 0.15  # a candidate below this says nothing about what an unanswered question was about
_OUTCOMES = {
    Route.GUIDANCE: "answered",
    Route.ASK_AGE: "answered",
    Route.DID_YOU_MEAN: "unsure",
    Route.NO_ANSWER: "unanswered",
}
_PRESSED = {
    "danger": ("check", "confirmed"),
    "safe": ("check", "cleared"),
    "call": ("call", "called"),
    "none": ("choice", "none"),
    "person": ("hand_over", "asked"),
}
DomainOf = Callable[[str], str]


def of_text(turn: Turn, outcome: Outcome, domain_of: DomainOf) -> list[Happening]:
    """A message in words: a question and how it was answered, a danger and how it was told."""
    found: list[Happening] = []
    common = {"ages": age_band(turn.age_months), "language": turn.language.value}
    danger = outcome.danger or turn.understood.danger
    if danger is not None and (outcome.route is Route.DANGER or danger.level is Level.SOON):
        found.append(Happening("danger", "told", danger.level.value, **common))
    if outcome.route in _OUTCOMES:
        found.append(Happening("question", _OUTCOMES[outcome.route], _domain(outcome, domain_of), **common))
    if turn.conversation.waiting == "check":
        if outcome.route is Route.DANGER and turn.understood.danger is None:
            found.append(Happening("check", "confirmed", **common))
        elif outcome.route is not Route.DANGER:
            found.append(Happening("check", "cleared", **common))
    if outcome.route is Route.PERSON and turn.conversation.handed_over is None and outcome.conversation.handed_over:
        found.append(Happening("hand_over", "asked", **common))
    return found


def of_press(turn: Turn, press: Press, outcome: Outcome, domain_of: DomainOf) -> list[Happening]:
    """A button that answers something that is counted."""
    common = {"ages": age_band(turn.age_months), "language": turn.language.value}
    if press.verb == "help":
        shown = turn.conversation.topic
        outcome_word = "helped" if press.argument(1) == "1" else "not_helped"
        return [Happening("feedback", outcome_word, domain_of(shown) if shown else UNKNOWN, **common)]
    if press.verb == "art" and press.argument(1) == "q":
        return [Happening("choice", "chosen", domain_of(press.argument()), **common)]
    if press.verb in _PRESSED:
        kind, word = _PRESSED[press.verb]
        return [Happening(kind, word, **common)]
    return []


def _domain(outcome: Outcome, domain_of: DomainOf) -> str:
    if outcome.article is not None:
        return domain_of(outcome.article)
    if outcome.candidates and outcome.candidates[0][1] >= LIKELY:
        return domain_of(outcome.candidates[0][0])
    return UNKNOWN
