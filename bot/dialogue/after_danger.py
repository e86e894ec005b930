"""After words of danger, or after the fright: what comes next.

told, 'he is fine now' ---------> good; seen by a doctor all the same
told, 'the ambulance is here' --> that it is right, and what to do meanwhile
despair told, more of it -------> I am still here, one thing to do; never the same list again -> 'better': well done
choked, out again, fine now ----> a short check in place of an alarm -> none of it: what to look out for
Another danger than the one that was told gets its own words: bot/dialogue/danger.py.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.dialogue.desk import Desk
from bot.dialogue.reply import Reply, Route, Say, say
from bot.dialogue.turn import Outcome, Turn
from bot.dialogue.warning import call_buttons, check_buttons
from knowledge.triage.model import Danger, Level, Sign
from nlu.interpreter import Intent
from nlu.phrases.after_danger import (
    came_out_and_is_well,
    cannot_go_on,
    feels_eased,
    speaks_of_a_child,
    tells_it_is_over,
    tells_of_help,
)
from nlu.phrases.follow_ups import is_short

STILL_NOW = timedelta(hours=1)  # so long a message is heard with the danger that was told in mind
CHOKING = "choking-now"  # signs of signs.yaml
AFTER_CHOKING = ("inhaled-nut-still-symptoms", "severe-breathing", "cannot-wake")
SURELY_A_PERSON = 0.8  # from this confidence on 'I want to talk to somebody' hands the chat over, in despair too
_FAREWELLS = (Intent.THANKS, Intent.GOODBYE)
_SAYS_LITTLE = {Intent.AFFIRM, Intent.DENY, Intent.GREET, Intent.FALLBACK, Intent.OUT_OF_SCOPE}


def heard(turn: Turn, found: Danger | None, desk: Desk) -> Outcome | None:
    """What is said because of the danger that was told within the hour; None when the message is about more."""
    if turn.conversation.handed_over and found is None:
        return None
    if came_out_and_is_well(turn.text) and not (found is not None and found.first_aid):
        return _check_after_choking(turn, desk)
    told = _told(turn)
    if told is None:
        return None
    first = desk.sign(told.signs[0])
    if tells_of_help(turn.text):
        key = "danger.help_coming_parent" if first.about_parent else "danger.help_coming"
        return _said(turn, told, first, say(key))
    if _is_despair(first):
        return _with_the_parent(turn, found, desk, told, first)
    if first.about_parent or not tells_it_is_over(turn.text):
        return None
    if first.id == CHOKING:
        return _check_after_choking(turn, desk)
    return _said(turn, told, first, say(f"danger.over_{told.level.value}"), say("danger.over_watch"))


def farewell(turn: Turn, desk: Desk) -> Outcome | None:
    """Thanks and goodbye of somebody who was told of danger or lost a child; None: an ordinary farewell will do."""
    if turn.understood.parse.intent not in _FAREWELLS:
        return None
    if turn.conversation.loss:
        return Outcome((Reply((say("danger.farewell_loss"),)),), turn.conversation, Route.SMALL_TALK)
    told = _told(turn)
    if told is None:
        return None
    first = desk.sign(told.signs[0])
    if first.about_parent and not _is_despair(first):
        return None
    key = "danger.farewell_parent" if first.about_parent else "danger.farewell_child"
    buttons = call_buttons(first, told.level) if first.about_parent else ()
    return Outcome((Reply((say(key),), buttons),), turn.conversation, Route.SMALL_TALK)


def _told(turn: Turn) -> Danger | None:
    told = turn.conversation.danger_told
    if not told or turn.now - datetime.fromisoformat(told["at"]) > STILL_NOW:
        return None
    return Danger(Level(told["level"]), tuple(told["signs"]))


def _is_despair(sign: Sign) -> bool:
    return sign.about_parent and sign.call == "mental_health"


def _said(turn: Turn, told: Danger, first: Sign, *parts: Say) -> Outcome:
    alarm = Level.URGENT_TODAY if parts[0].key.startswith("danger.over_") else None
    reply = Reply(parts, call_buttons(first, told.level), alarm=alarm)
    return Outcome((reply,), turn.conversation.asked(), Route.DANGER, article=turn.conversation.topic, danger=told)


def _check_after_choking(turn: Turn, desk: Desk) -> Outcome:
    """No alarm for what is over: what may be left of it is asked about."""
    signs = [desk.sign(s) for s in AFTER_CHOKING]
    return Outcome(
        (Reply((say("danger.came_out"),), check_buttons(turn, signs), alarm=Level.CHECK),),
        turn.conversation.asking("check", text=turn.text[:500], signs=list(AFTER_CHOKING), came_out=True),
        Route.DANGER,
        article=desk.sign(CHOKING).topic,
        danger=Danger(Level.CHECK, AFTER_CHOKING),
    )


def _with_the_parent(turn: Turn, found: Danger | None, desk: Desk, told: Danger, first: Sign) -> Outcome | None:
    """More of the same, a few words that ask for nothing, or that it is better."""
    again = found is not None and desk.sign(found.signs[0]).about_parent
    if found is not None and not again and found.level is Level.CHECK and not speaks_of_a_child(turn.text):
        found = None  # a doubt about a child of whom no word is said
    if found is not None and not again:
        return None
    if not again and feels_eased(turn.text):
        return _said(turn, told, first, say("danger.eased"))
    if again or cannot_go_on(turn.text) or _says_little(turn):
        return _said(turn, told, first, say("danger.still_here"), say("danger.still_here_lines"))
    return None


def _says_little(turn: Turn) -> bool:
    parse = turn.understood.parse
    if parse.intent is Intent.TALK_TO_HUMAN:
        return parse.confidence < SURELY_A_PERSON
    return is_short(turn.text) and parse.intent in _SAYS_LITTLE
