"""The health card of a child: allergies, medicines, who may collect. Written once; each booking confirms it.

consent -> allergies? -> medicines? -> who collects? -> kept        (every answer: a tap or words)
"""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.desk import Desk
from bot.dialogue.reply import Button, Reply, Route, rows, say
from bot.dialogue.turn import Outcome, Press, Turn

FIELDS = ("allergies", "medicines", "collectors")
LONGEST = 120  # characters of one answer


def begin(turn: Turn, press: Press, desk: Desk) -> Outcome:
    """`card:<child>` asks for consent, `card:<child>:yes` begins with the first field."""
    child_id = press.argument()
    if child_id not in {c.id for c in turn.parent.children} or not turn.parent.consented:
        return Outcome((Reply((say("talk.old_button"),)),), turn.conversation, Route.BOOKING)
    if press.argument(1) != "yes":
        buttons = rows(Button(say("booking.card_agree"), f"card:{child_id}:yes"), Button(say("talk.skip"), "skip"))
        return Outcome((Reply((say("booking.card_consent"),), buttons),), turn.conversation, Route.BOOKING)
    return _ask(turn, {"child": child_id})


def _ask(turn: Turn, known: dict[str, str]) -> Outcome:
    field = next(f for f in FIELDS if f not in known)
    none = Button(say(f"booking.card_none_{field}"), "cardnone")
    conversation = turn.conversation.asking("health_card", **known)
    return Outcome((Reply((say(f"booking.card_ask_{field}"),), rows(none)),), conversation, Route.BOOKING)


def on_none(turn: Turn, press: Press, desk: Desk) -> Outcome:
    return told(turn, desk, "") if turn.conversation.waiting == "health_card" else _over(turn)


def told(turn: Turn, desk: Desk, text: str) -> Outcome:
    """The answer to the field that was asked."""
    known = {k: str(v) for k, v in turn.conversation.waiting_for.items()}
    field = next((f for f in FIELDS if f not in known), None)
    if field is None or "child" not in known:
        return _over(turn)
    known[field] = text.strip()[:LONGEST]
    if field != FIELDS[-1]:
        return _ask(turn, known)
    people = tuple(p for p in known["collectors"].replace("，", ",").replace("、", ",").split(",") if p.strip())
    desk.keep_health_form(known["child"], known["allergies"], known["medicines"], people)
    conversation = turn.conversation.asked()
    waiting = [c.id for c in turn.parent.children if desk.health_form(c.id) is None]
    buttons = [Button(say("booking.card_other"), f"card:{waiting[0]}:yes")] if waiting else []
    reply = Reply((say("booking.card_kept"),), rows(*buttons, Button(say("booking.my_bookings"), "bookings")))
    return Outcome((reply,), conversation, Route.BOOKING)


def _over(turn: Turn) -> Outcome:
    return Outcome((Reply((say("talk.old_button"),)),), replace(turn.conversation.asked()), Route.BOOKING)
