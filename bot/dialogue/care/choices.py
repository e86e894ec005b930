"""The list that was shown last, so that 'the second one' and 第二家 are as good as a tap on it."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.reply import Route
from bot.dialogue.turn import Outcome, Press, Turn
from nlu.phrases.choosing import choice_in

ALWAYS = {"take", "wait", "centre", "seat", "gwait", "mine", "day", "hours", "kids"}
SEVERAL = {"uncare", "shift"}  # a choice only when there are several: one alone is what can be done about a booking
ANSWERED_BY_A_TAP = {None, "booking", "centres"}


def remembered(outcome: Outcome) -> Outcome:
    """With what may be chosen now; an answer to something else leaves the list as it was."""
    presses = [b.press for r in outcome.replies for row in r.buttons for b in row]
    verbs = [p.split(":")[0] for p in presses]
    shown = tuple(
        p for p, v in zip(presses, verbs, strict=True) if v in ALWAYS or (v in SEVERAL and verbs.count(v) > 1)
    )
    if not shown and outcome.route not in (Route.BOOKING, Route.CENTRES):
        return outcome
    return replace(outcome, conversation=replace(outcome.conversation, choices=shown))


def picked(turn: Turn) -> Press | None:
    """The button of the list that these words mean."""
    shown = turn.conversation.choices
    if turn.conversation.waiting not in ANSWERED_BY_A_TAP:
        return None
    number = choice_in(turn.text, len(shown))
    return Press.read(shown[number]) if number is not None else None
