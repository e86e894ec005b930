"""The health card of a child: allergies, medicines, who may collect. Written once; each booking confirms it.

consent -> allergies? -> medicines? -> who collects? -> kept        (every answer: a tap or words)
        `-> nothing of it, with one tap ----------------^      -> the booking that waited for it is confirmed
"""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.care import confirming, holding
from bot.dialogue.care.form import BookingForm
from bot.dialogue.care.replies import consent_buttons
from bot.dialogue.desk import Desk
from bot.dialogue.reply import Button, Reply, Route, Say, rows, say
from bot.dialogue.turn import Outcome, Press, Turn
from nlu.phrases.booking_talk import says_nothing
from scheduler.care.model.errors import CareError

FIELDS = ("allergies", "medicines", "collectors")
LONGEST = 120  # characters of one answer
ASKED = ("health_card", "health_card_consent")


def begin(turn: Turn, press: Press, desk: Desk) -> Outcome:
    """`card:<child>` asks for consent; `:yes` begins with the first field, `:none` keeps a card with nothing on it;
    `:change` writes it anew in the middle of a booking, which then is shown again."""
    child_id, how = press.argument(), press.argument(1)
    if child_id not in {c.id for c in turn.parent.children} or not turn.parent.consented:
        return Outcome((Reply((say("talk.old_button"),)),), turn.conversation, Route.BOOKING)
    about = {"child": child_id, **_booking_of(turn)}
    if how == "none":
        return _kept(turn, desk, {**about, **dict.fromkeys(FIELDS, "")})
    if how == "change":
        form = BookingForm.of(turn.conversation, turn.now)
        return _ask(turn, {"child": child_id, "show": form.held} if form and form.held else about)
    if how != "yes":
        skip = Button(say("talk.skip"), "skip")
        return Outcome(
            (Reply((say("booking.card_consent"),), rows(*consent_buttons(child_id), skip)),),
            turn.conversation, Route.BOOKING,
        )  # fmt: skip
    return _ask(turn, about)


def _booking_of(turn: Turn) -> dict[str, str]:
    """The party that waits for this card, if one does."""
    waits = turn.conversation.waiting in ASKED
    party = turn.conversation.waiting_for.get("party") if waits else None
    return {"party": str(party)} if party else {}


def agreed(turn: Turn, desk: Desk) -> Outcome | None:
    """A yes in words to the question for consent."""
    child_id = str(turn.conversation.waiting_for.get("child", ""))
    return begin(turn, Press("card", (child_id, "yes")), desk) if child_id else None


def consent_first(turn: Turn, desk: Desk) -> Outcome | None:
    """Something for the card was told before the consent: it is not kept, and the consent is asked again."""
    child_id = str(turn.conversation.waiting_for.get("child", ""))
    return begin(turn, Press("card", (child_id,)), desk) if child_id else None


def _ask(turn: Turn, known: dict[str, str]) -> Outcome:
    field = next(f for f in FIELDS if f not in known)
    none = Button(say(f"booking.card_none_{field}"), "cardnone")
    conversation = replace(turn.conversation, put_off={}).asking("health_card", **known)
    return Outcome((Reply((say(f"booking.card_ask_{field}"),), rows(none)),), conversation, Route.BOOKING)


def put_off(turn: Turn, outcome: Outcome) -> Outcome:
    """Danger came in between: the card waits, and what is said next is no answer to it."""
    before, after = turn.conversation, outcome.conversation
    if before.waiting not in ASKED or outcome.route is not Route.DANGER:
        return outcome
    kept = {"waiting": before.waiting, **before.waiting_for}
    return replace(
        outcome, conversation=replace(after.asked() if after.waiting == before.waiting else after, put_off=kept)
    )


def back(turn: Turn, desk: Desk) -> Outcome | None:
    """The question that danger came in between, once more; None when there is none."""
    waits = {k: str(v) for k, v in turn.conversation.put_off.items()}
    if waits.pop("waiting", "") == "health_card" and "child" in waits:
        return _ask(turn, waits)
    if waits.get("party") and "child" in waits:
        return confirming.confirm(
            replace(turn, conversation=replace(turn.conversation, put_off={})), desk, waits["party"]
        )
    return None


def on_none(turn: Turn, press: Press, desk: Desk) -> Outcome:
    return told(turn, desk, "") if turn.conversation.waiting == "health_card" else _over(turn)


def told(turn: Turn, desk: Desk, text: str) -> Outcome:
    """The answer to the field that was asked."""
    known = {k: str(v) for k, v in turn.conversation.waiting_for.items()}
    field = next((f for f in FIELDS if f not in known), None)
    if field is None or "child" not in known:
        return _over(turn)
    known[field] = "" if says_nothing(text) else text.strip()[:LONGEST]
    return _ask(turn, known) if field != FIELDS[-1] else _kept(turn, desk, known)


def _kept(turn: Turn, desk: Desk, known: dict[str, str]) -> Outcome:
    """The card is whole. A booking that waited for it goes on: that was its tap."""
    people = tuple(p for p in known["collectors"].replace("，", ",").replace("、", ",").split(",") if p.strip())
    desk.keep_health_form(known["child"], known["allergies"], known["medicines"], people)
    turn = replace(turn, conversation=turn.conversation.asked())
    if "party" in known:
        return _before(say("booking.card_kept_first"), confirming.confirm(turn, desk, known["party"]))
    if "show" in known:
        shown = _shown(turn, desk, known["show"])
        if shown is not None:
            return _before(say("booking.card_kept_first"), shown)
    waiting = [c.id for c in turn.parent.children if desk.health_form(c.id) is None]
    buttons = [Button(say("booking.card_other"), f"card:{waiting[0]}:yes")] if waiting else []
    reply = Reply((say("booking.card_kept"),), rows(*buttons, Button(say("booking.my_bookings"), "bookings")))
    return Outcome((reply,), turn.conversation, Route.BOOKING)


def _shown(turn: Turn, desk: Desk, party_id: str) -> Outcome | None:
    form = BookingForm.of(turn.conversation, turn.now)
    try:
        return holding.show_party(turn, desk, form, desk.party(party_id)) if form is not None else None
    except CareError:
        return None


def _before(words: Say, outcome: Outcome) -> Outcome:
    first, *others = outcome.replies
    return replace(outcome, replies=(replace(first, parts=(words, *first.parts)), *others))


def _over(turn: Turn) -> Outcome:
    return Outcome((Reply((say("talk.old_button"),)),), replace(turn.conversation.asked()), Route.BOOKING)
