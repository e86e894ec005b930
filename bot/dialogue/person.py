"""Handing a chat to a person, and taking it back. While a person has it the bot is silent, except in danger."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.desk import Desk
from bot.dialogue.reply import Button, Reply, Route, rows, say
from bot.dialogue.turn import Outcome, Press, Turn
from nlu.phrases.booking_talk import lets_go, sighs

LONGEST = 80  # characters; a longer message is for the person who was asked for


def hand_over(turn: Turn, desk: Desk) -> Outcome:
    """Hand the chat over; asked again, say who has it and by when."""
    waited = turn.conversation.handed_over is not None
    hand_off = desk.hand_over("" if waited else _first_words(turn))
    by = hand_off.reply_by.strftime("%H:%M")
    if hand_off.who:
        words = say("person.claimed", who=hand_off.who)
    elif waited:
        words = say("person.still_waiting", by=by)
    else:
        words = say(
            "person.handed_over" if hand_off.in_hours else "person.handed_over_closed", by=by, hours=hand_off.hours
        )
    reply = Reply(
        (words, say("person.danger_first")), rows(Button(say("person.cancel_hand_over"), f"unperson:{hand_off.id}"))
    )
    return Outcome((reply,), replace(turn.conversation.asked(), handed_over=hand_off.id), Route.PERSON)


def _first_words(turn: Turn) -> str:
    """What the team reads first: the words of this message; of a pressed button, the question that led to it."""
    return turn.text or str(turn.conversation.waiting_for.get("text", "")) or turn.conversation.topic_text


def silent(turn: Turn) -> Outcome:
    """A person has the chat: nothing is said."""
    return Outcome((), turn.conversation, Route.PERSON)


def taken_back(turn: Turn, desk: Desk) -> Outcome | None:
    """'Never mind' while nobody has come yet: the bot is back. None: it is said to the person who has the chat."""
    waiting = turn.conversation.handed_over
    if waiting is None or len(turn.text) > LONGEST or not (lets_go(turn.text) or sighs(turn.text)):
        return None
    return None if desk.hand_over("").who else on_take_back(turn, Press("unperson", (waiting,)), desk)


def on_take_back(turn: Turn, press: Press, desk: Desk) -> Outcome:
    desk.take_back(press.argument())
    return Outcome((Reply((say("person.cancelled"),)),), replace(turn.conversation, handed_over=None), Route.SMALL_TALK)
