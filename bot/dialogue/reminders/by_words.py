"""The choices of /reminders in words: a kind on again, how many tips a week, other quiet hours. Pure."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.dialogue import tips
from bot.dialogue.desk import Desk
from bot.dialogue.reminders import choosing
from bot.dialogue.reply import Say, say
from bot.dialogue.turn import Outcome, Press, Turn
from nlu.phrases.reminder_settings import quiet_wished, tips_wished, turned_on
from scheduler.reminders.choice import CHOSEN, MOST_TIPS_A_WEEK
from scheduler.reminders.model import Kind


def heard(turn: Turn, desk: Desk) -> Outcome | None:
    """None when the message changes nothing of that kind."""
    kinds = turned_on(turn.text)
    if kinds is not None:
        return _on(turn, desk, kinds)
    a_week = tips_wished(turn.text)
    if a_week is not None:
        return tips.on_tip(turn, Press("tip", (str(min(a_week, MOST_TIPS_A_WEEK)),)), desk)
    hours = quiet_wished(turn.text, now=turn.now.astimezone(ZoneInfo(turn.zone)), language=turn.language)
    if hours is None:
        return None
    span = () if isinstance(hours, str) else (f"{hours[0]}-{hours[1]}",)
    return _new_message(choosing.on_quiet(turn, Press("remquiet", span), desk))


def _on(turn: Turn, desk: Desk, kinds: frozenset[str]) -> Outcome:
    for each in CHOSEN:
        if not kinds or each.value in kinds:
            desk.turn_reminders(each, on=True)
    named = [Say(f"reminders.kind_{Kind(kind).value}") for kind in sorted(kinds)]
    done = say("reminders.some_on", kinds=named) if named else say("reminders.all_on")
    shown = choosing.show(turn, desk)
    first = shown.replies[0]
    return replace(shown, replies=(replace(first, parts=(done, *first.parts)),))


def _new_message(outcome: Outcome) -> Outcome:
    """Nothing was pressed, so no message is there to be replaced."""
    return replace(outcome, replies=tuple(replace(reply, replaces=False) for reply in outcome.replies))
