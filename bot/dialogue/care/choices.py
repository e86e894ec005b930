"""The list that was shown last, so that 'the second one' and 第二家 are as good as a tap on it."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.reply import Route
from bot.dialogue.turn import Outcome, Press, Turn
from nlu.phrases.booking_talk import any_will_do
from nlu.phrases.choosing import choice_in, means_a_place

TIMES = {"day", "hours"}
LONGEST = 24  # characters of a message that leaves the choice to us
ALWAYS = {"take", "moveto", "wait", "centre", "seat", "gwait", "mine", "day", "hours", "kids"}
SEVERAL = {"uncare", "shift"}  # a choice only when there are several: one alone is what can be done about a booking
ANSWERED_BY_A_TAP = {None, "booking", "centres", "groups"}


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
    if turn.conversation.waiting not in ANSWERED_BY_A_TAP or not shown:
        return None
    number = choice_in(turn.text, len(shown))
    if number is None and len(turn.text) <= LONGEST and any_will_do(turn.text):
        number = _of_any(shown, turn)
    pressed = Press.read(shown[number]) if number is not None else None
    return None if pressed is not None and pressed.verb in TIMES and means_a_place(turn.text) else pressed


def _of_any(shown: tuple[str, ...], turn: Turn) -> int | None:
    """Which is taken when any will do: the first place, the first hours, the first day that is not today."""
    verbs = {Press.read(p).verb for p in shown}
    if shown[0].startswith(("take:", "hours:", "seat:")):
        return 0
    if verbs == {"day"}:
        return next((n for n, p in enumerate(shown) if Press.read(p).argument() != turn.today.isoformat()), 0)
    return None


def agreed(turn: Turn) -> Press | None:
    """The only thing that a plain yes can mean: the one offer shown, or the move that was proposed."""
    offered = [Press.read(p) for p in turn.conversation.choices if p.startswith(("take:", "moveto:"))]
    return offered[0] if len(offered) == 1 else None
