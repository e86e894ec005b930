"""Two parents and a grandparent share children and bookings: an invitation code, and the health cards.

/household -> invite -> a code to pass on            the other adult: 'join CODE' -> what is shared -> joined
"""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.desk import Desk
from bot.dialogue.reply import Button, Reply, Route, rows, say
from bot.dialogue.turn import Conversation, Outcome, Press, Turn
from bot.dialogue.words import age_words
from nlu.phrases.household_talk import invitation_code


def show(turn: Turn, desk: Desk) -> Outcome:
    cards = [
        Button(say("booking.card_of", age=age_words(c.months(turn.today))), f"card:{c.id}")
        for c in turn.parent.children
        if turn.parent.consented
    ]
    buttons = rows(Button(say("booking.invite"), "invite"), Button(say("booking.have_code"), "havecode"), *cards)
    key = "booking.household_alone" if desk.others() == 0 else "booking.household_shared"
    return _account(turn, Reply((say(key, adults=desk.others() + 1),), buttons))


def on_invite(turn: Turn, desk: Desk) -> Outcome:
    if not turn.parent.consented:
        agree = Button(say("talk.consent_yes"), "consent:yes")
        return _account(turn, Reply((say("booking.needs_consent"),), rows(agree)))
    return _account(turn, Reply((say("booking.invitation", code=desk.invite()),)))


def on_have_code(turn: Turn) -> Outcome:
    reply = Reply((say("booking.ask_code"),), rows(Button(say("talk.skip"), "skip")))
    return Outcome((reply,), turn.conversation.asking("invitation"), Route.ACCOUNT)


def code_told(turn: Turn, desk: Desk) -> Outcome | None:
    """'join K7QM4P', or the code alone when it was asked for: what is shared, and a tap that joins."""
    code = invitation_code(turn.text, alone=turn.conversation.waiting == "invitation")
    if code is None:
        return None
    buttons = rows(Button(say("booking.join_yes"), f"join:{code}"), Button(say("talk.skip"), "skip"))
    return Outcome((Reply((say("booking.join_what"),), buttons),), turn.conversation.asked(), Route.ACCOUNT)


def on_join(turn: Turn, press: Press, desk: Desk) -> Outcome:
    outcome = desk.join(press.argument())
    if outcome != "joined":
        key = {"own": "booking.join_own", "has_bookings": "booking.join_has_bookings"}.get(outcome)
        return _account(turn, Reply((say(key or "booking.join_unknown"),)))
    if not turn.parent.consented:
        desk.give_consent()
    parent = desk.parent()
    ages = [age_words(c.months(turn.today)) for c in parent.children]
    words = say("booking.joined", ages=ages) if ages else say("booking.joined_no_child")
    reply = Reply((words,), rows(Button(say("booking.my_bookings"), "bookings")))
    return Outcome((reply,), replace(Conversation(), near=turn.conversation.near), Route.ACCOUNT)


def _account(turn: Turn, reply: Reply) -> Outcome:
    return Outcome((reply,), turn.conversation, Route.ACCOUNT)
