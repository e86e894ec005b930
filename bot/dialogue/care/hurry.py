"""Parents in a hurry: 'right now', 'is there room tomorrow?', 'just hurry up', and anger at the bot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from bot.dialogue.care import booking, free_week
from bot.dialogue.care.form import BookingForm
from bot.dialogue.desk import Desk
from bot.dialogue.reply import Button, Reply, Route, Say, rows, say
from bot.dialogue.turn import Outcome, Press, Turn
from nlu.interpreter import Intent
from nlu.phrases.booking_talk import means_a_group
from nlu.phrases.hurry import asks_for_room, hurries, is_cross_with_us, says_now, wants_care

LONGEST = 60  # characters of a message that only hurries, or is only angry
_OF_THE_LIBRARY = {Intent.ASK_GUIDANCE, Intent.EMERGENCY, Intent.VACCINATION_SCHEDULE, Intent.TALK_TO_HUMAN}
SURE = 0.6


def heard(turn: Turn, desk: Desk, back: Callable[[Turn, Desk], Outcome]) -> Outcome | None:
    """What such a message wants; `back` shows again what an open booking asked last."""
    form, text = BookingForm.of(turn.conversation, turn.now), turn.text
    parse, when = turn.understood.parse, turn.understood.when
    elsewhere = parse.intent in _OF_THE_LIBRARY and parse.confidence >= SURE
    cross = is_cross_with_us(text) and len(text) <= LONGEST
    if cross and wants_care(text):
        return _sorry(booking.by_sentence(turn, desk))
    if form is not None and len(text) <= LONGEST and (cross or hurries(text)):
        return _sorry(back(turn, desk))
    if cross and not elsewhere:
        ways = rows(Button(say("talk.menu_book"), "book"), Button(say("guidance.person"), "person"), width=2)
        return Outcome((Reply((say("booking.sorry_cross"),), ways),), turn.conversation, Route.SMALL_TALK)
    if elsewhere or means_a_group(text):
        return None
    asks = asks_for_room(text)
    shown = turn.conversation.waiting_for.get("centre") if turn.conversation.waiting == "centres" else None
    if asks and shown is not None and turn.child is not None and not (when is not None and when.says_anything):
        return free_week.on_week(turn, Press("week", (str(shown),)), desk)
    if says_now(text) and (asks or wants_care(text) or (form is not None and form.day is None)):
        return booking.by_sentence(turn, desk)
    named = desk.centre_named_in(text) if asks and form is None else None
    if asks and form is None and (named is not None or (when is not None and when.says_anything)):
        return _with_free_hours(turn, desk, booking.by_sentence(turn, desk))
    return None


def _with_free_hours(turn: Turn, desk: Desk, outcome: Outcome) -> Outcome:
    """'Is there room?' is answered before 'from when to when?' is asked."""
    form = BookingForm.of(outcome.conversation, turn.now)
    if form is None or form.centre is None or form.day is None or form.held is not None:
        return outcome
    free = free_week.free_on(turn, desk, form.centre, date.fromisoformat(form.day))
    return _above(outcome, free) if free is not None else outcome


def _sorry(outcome: Outcome) -> Outcome:
    return _above(outcome, say("booking.sorry_slow"))


def _above(outcome: Outcome, words: Say) -> Outcome:
    first, *others = outcome.replies
    return replace(outcome, replies=(replace(first, parts=(words, *first.parts)), *others))
