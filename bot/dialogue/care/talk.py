"""Booking and the rest of the talk: which message belongs to the open form, and which does not.

an open form ->  stop | another centre | another time | yes (to a held place) | a time, a length, a place: fills it
             ->  anything else is answered as always, with a button back to the form
"""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.care import (
    booking,
    centres,
    changing,
    choices,
    confirming,
    facts,
    groups,
    health,
    holding,
    hurry,
    my_bookings,
    sick,
    waiting,
)
from bot.dialogue.care.form import BookingForm, kept, wanted_in
from bot.dialogue.care.offers import nonce
from bot.dialogue.desk import Desk
from bot.dialogue.reply import Button, Reply, Route, rows, say
from bot.dialogue.turn import Outcome, Turn
from nlu.interpreter import Intent
from nlu.phrases.booking_talk import (
    about_the_line,
    asks_for_centre_facts,
    comes_late,
    is_a_question,
    keeps_it,
    lets_go,
    means_centres,
    says_cancel,
    says_nothing,
    shrugs,
    sighs,
    takes_it,
    wants_another_centre,
    wants_another_time,
    wants_to_resume,
    will_not_come,
)
from nlu.phrases.choosing import choice_in
from nlu.phrases.household_talk import which_child

SURE = 0.6
LOST = 0.5  # below this a few words in a form are taken for nothing else
FEW = 6  # as many places as anybody counts in words
SHORT = {"zh": 16, "en": 40}  # characters of a message that only answers the form
SURE_YES = 0.6  # a booking is only confirmed by a clear yes
_FILLS = {Intent.BOOK_CARE, Intent.RESCHEDULE_BOOKING, Intent.FALLBACK, Intent.AFFIRM, Intent.DENY}
_BOOKING = {
    Intent.BOOK_CARE, Intent.BOOK_GROUP_SESSION, Intent.MY_BOOKINGS, Intent.CANCEL_BOOKING, Intent.RESCHEDULE_BOOKING,
    Intent.FIND_CENTRE, Intent.OPENING_HOURS_OR_PRICE, Intent.WAITLIST,
}  # fmt: skip


def in_form(turn: Turn, desk: Desk) -> Outcome | None:
    """The message as a word to the open booking, or to today's; None when it is neither."""
    short = len(turn.text) <= SHORT[turn.language.value]
    fact = facts.asked(turn, desk)
    if fact is not None:
        return fact
    rushed = hurry.heard(turn, desk, back) if turn.conversation.waiting not in health.ASKED else None
    if rushed is not None:
        return rushed
    between = turn.conversation.waiting in (None, "check")  # danger came in between; a plain no to it was heard before
    if between and turn.conversation.put_off and short and says_nothing(turn.text):
        card = health.back(turn, desk)
        if card is not None and card.conversation.waiting == "health_card":
            return health.told(replace(turn, conversation=card.conversation), desk, turn.text)
    if turn.conversation.waiting == "health_card_consent" and short and _affirms(turn):
        return health.agreed(turn, desk)
    if turn.conversation.waiting == "health_card_consent" and short and _is_on_the_card(turn):
        return health.consent_first(turn, desk)
    if turn.conversation.waiting == "health_card":
        if short and lets_go(turn.text) and turn.conversation.waiting_for.get("party"):
            return booking.stop(turn, desk)
        return None if is_a_question(turn.text) and _is_a_question(turn) else health.told(turn, desk, turn.text)
    if turn.conversation.waiting == "sure" and short:
        if not keeps_it(turn.text) and (_affirms(turn) or lets_go(turn.text)):
            return my_bookings.sure(turn, desk)
        if turn.understood.parse.intent is Intent.DENY or keeps_it(turn.text):
            return my_bookings.kept_it(turn, desk)
    offered = {p.split(":")[0] for p in turn.conversation.choices}
    if short and keeps_it(turn.text) and offered & {"uncare", "shift"}:
        conversation = replace(turn.conversation.asked(), choices=())
        return Outcome((Reply((say("booking.kept_as_is"),)),), conversation, Route.BOOKING)
    late = (
        my_bookings.late_by_sentence(turn, desk)
        or centres.more_filters(turn, desk)
        or centres.from_where(turn, desk)
        or groups.below_the_list(turn, desk)
    )
    if late is not None:
        return late
    form = BookingForm.of(turn.conversation, turn.now)
    if form is None:
        return None
    text, intent = turn.text, turn.understood.parse.intent
    says_time = _says_time(turn)
    if short and lets_go(text) and not (says_time and sighs(text)):
        return booking.stop(turn, desk)
    if short and wants_to_resume(text):
        return back(turn, desk)
    if form.group is not None and short and (wants_another_centre(text) or wants_another_time(text)):
        if form.held is not None:
            holding.release(desk, form.held)
        return groups.show(replace(turn, conversation=replace(turn.conversation.asked(), form={})), desk)
    if short and wants_another_centre(text):
        return booking.another_centre(turn, desk)
    if short and wants_another_time(text) and not says_time:
        return booking.another_time(turn, desk)
    if form.held is not None and short and (_affirms(turn) or takes_it(text)) and not shrugs(text):
        return confirming.confirm(turn, desk, form.held)
    if form.held is not None and short and form.group is None and (choice_in(text, FEW) or 0) > 0:
        return booking.another_centre(turn, desk)  # 'the second one' when one is held: not this one
    if short and _affirms(turn) and form.group is None and turn.conversation.choices:
        taken = choices.agreed(turn)
        if taken is not None:
            return (changing.on_move_to if taken.verb == "moveto" else booking.on_take)(turn, taken, desk)
        places = any(p.startswith(("take:", "wait:")) for p in turn.conversation.choices)
        return booking.go_on(turn, desk, form, first=(say("booking.which_of_these"),) if places else ())
    if short and intent is Intent.DENY and not says_time and not _says_who(turn):
        return kept(turn, form, Reply((say("booking.what_then"),), _ways(form)))
    if sick.may_come(turn, desk) is not None or form.group is not None or comes_late(text):
        return None
    named = desk.centre_named_in(text)
    if named is not None and asks_for_centre_facts(text) and not says_time:
        return None
    tells_who = _says_who(turn) and not is_a_question(text)
    if _is_a_question(turn) and not (short and (_names_a_time(turn) or named is not None or tells_who)):
        return None
    if short and wanted_in(text) and not says_time and intent not in (Intent.MY_BOOKINGS, Intent.CANCEL_BOOKING):
        wanted = tuple(sorted({*form.filters, *wanted_in(text)}))
        if form.day is not None:
            only = say("booking.only", filters=[centres.filter_words(f) for f in wanted])
            return booking.go_on(turn, desk, _let_go_of_hold(replace(form, filters=wanted), desk), first=(only,))
    fills = says_time or named is not None or _says_who(turn) or turn.understood.parse.entity("care_type") is not None
    if (
        intent in _BOOKING - _FILLS
        and turn.understood.parse.confidence >= SURE
        and not (short and says_time and sighs(text))
        and not (named is not None and intent is Intent.FIND_CENTRE)
        and not (short and _says_who(turn) and intent is Intent.CANCEL_BOOKING and not says_cancel(text))
    ):
        return None
    if fills and (short or intent in _FILLS):
        return booking.go_on(turn, desk, _let_go_of_hold(booking.with_message(turn, desk, form), desk))
    doubted = turn.understood.parse.confidence < LOST or intent is Intent.OUT_OF_SCOPE
    lost = doubted or choice_in(text, FEW) is not None or shrugs(text)
    if short and lost and not is_a_question(text):
        return _once_more(turn, desk)
    return None


def _once_more(turn: Turn, desk: Desk) -> Outcome:
    """A few words in the middle of a booking that mean nothing to us: what was asked is asked again."""
    outcome = back(turn, desk)
    first, *others = outcome.replies
    if shrugs(turn.text):
        return outcome
    return replace(outcome, replies=(replace(first, parts=(say("booking.say_again"), *first.parts)), *others))


def _affirms(turn: Turn) -> bool:
    parse = turn.understood.parse
    return parse.intent is Intent.AFFIRM and parse.confidence >= SURE_YES


def _is_on_the_card(turn: Turn) -> bool:
    """An allergy, a name: told before the consent that is needed to keep it."""
    text, intent = turn.text, turn.understood.parse.intent
    elsewhere = intent in _BOOKING or intent is Intent.DENY or _says_time(turn)
    return not elsewhere and not lets_go(text) and not says_nothing(text) and not is_a_question(text)


def _let_go_of_hold(form: BookingForm, desk: Desk) -> BookingForm:
    """What was held no longer fits what is asked for."""
    if form.held is not None:
        holding.release(desk, form.held)
    return replace(form, held=None, tries=form.tries + 1)


def _says_time(turn: Turn) -> bool:
    when = turn.understood.when
    return when is not None and (when.says_anything or when.duration is not None)


def _says_a_stay(turn: Turn) -> bool:
    """A day, from when, and how long: that is no question about opening hours."""
    when = turn.understood.when
    return when is not None and when.start is not None and when.duration is not None


def _names_a_time(turn: Turn) -> bool:
    """A day or an hour: 'every day' in a question is neither."""
    when = turn.understood.when
    return when is not None and when.repeat is None and bool(when.start or when.clock or when.day)


def _says_who(turn: Turn) -> bool:
    several = len(turn.parent.children) > 1 and which_child(turn.text) is not None
    return several or turn.understood.parse.entity("child_count") is not None or turn.understood.age is not None


def _is_a_question(turn: Turn) -> bool:
    """Clearly about something that the library answers."""
    parse = turn.understood.parse
    return parse.intent in (
        Intent.ASK_GUIDANCE,
        Intent.VACCINATION_SCHEDULE,
        Intent.EMERGENCY,
        Intent.TALK_TO_HUMAN,
    ) and (parse.confidence >= SURE)


def _ways(form: BookingForm) -> tuple[tuple[Button, ...], ...]:
    change = [Button(say("booking.other_centre"), "other"), Button(say("booking.other_time"), "when")]
    return rows(*([] if form.group is not None else change), Button(say("booking.leave_it"), "stopbook"))


def by_intent(turn: Turn, desk: Desk) -> Outcome | None:
    """A message that is about booking; None for all others."""
    rule = sick.may_come(turn, desk)
    if rule is not None and turn.understood.parse.intent in _BOOKING:
        return Outcome((rule,), turn.conversation, Route.BOOKING)
    match turn.understood.parse.intent:
        case Intent.BOOK_CARE:
            return booking.by_sentence(turn, desk)
        case Intent.BOOK_GROUP_SESSION:
            return centres.find(turn, desk) if means_centres(turn.text) else groups.show(turn, desk)
        case Intent.MY_BOOKINGS:
            return my_bookings.show_all(turn, desk)
        case Intent.CANCEL_BOOKING:
            return my_bookings.cancel_by_sentence(turn, desk)
        case Intent.RESCHEDULE_BOOKING:
            away = will_not_come(turn.text) and not _says_time(turn)
            return (my_bookings.cancel_by_sentence if away else changing.change_by_sentence)(turn, desk)
        case Intent.FIND_CENTRE if about_the_line(turn.text):
            return waiting.by_sentence(turn, desk)
        case Intent.FIND_CENTRE | Intent.OPENING_HOURS_OR_PRICE:
            books = _says_a_stay(turn) and not is_a_question(turn.text)
            return booking.by_sentence(turn, desk) if books else centres.find(turn, desk)
        case Intent.WAITLIST:
            return waiting.by_sentence(turn, desk)
    return None


def with_way_back(turn: Turn, desk: Desk, outcome: Outcome) -> Outcome:
    """After another question: the sick-child rule when care is booked soon, and a button back to the open form."""
    if outcome.route in (Route.BOOKING, Route.ACCOUNT, Route.PERSON) or not outcome.replies:
        return outcome
    outcome = health.put_off(turn, outcome)
    replies = list(outcome.replies)
    if outcome.route in (Route.GUIDANCE, Route.DANGER, Route.DID_YOU_MEAN, Route.NO_ANSWER):
        rule = sick.may_come(turn, desk) or sick.about_care(turn, desk)
        if rule is not None:
            replies.append(rule)
    else:
        rule = None
    form = BookingForm.of(outcome.conversation, turn.now)
    if outcome.conversation.put_off and outcome.route is not Route.DANGER:
        card = health.back(replace(turn, conversation=outcome.conversation), desk)
        if card is not None:
            first, *others = card.replies
            again = replace(first, parts=(say("booking.card_goes_on"), *first.parts))
            return replace(outcome, replies=(*replies, again, *others), conversation=card.conversation)
    if form is not None and (outcome.route is Route.GUIDANCE or (outcome.route is Route.CENTRES and form.held)):
        back = Reply((say("booking.still_open"),), rows(Button(say("booking.back_to_form"), "backto")))
        if rule is not None:  # one message, not two
            back = replace(rule, parts=(*rule.parts, *back.parts), buttons=(*rule.buttons, *back.buttons))
            replies.remove(rule)
        replies.append(back)
    return replace(outcome, replies=tuple(replies))


def after_press(turn: Turn, desk: Desk, outcome: Outcome) -> Outcome:
    """'None of these' to a danger check in the middle of a health card: on with the card."""
    return with_way_back(turn, desk, outcome) if turn.conversation.put_off else outcome


def back(turn: Turn, desk: Desk) -> Outcome:
    """Back to the open form: the card that is being filled, the held place as long as it is held, else the next
    question."""
    card = health.back(turn, desk)
    if card is not None:
        return card
    form = BookingForm.of(turn.conversation, turn.now)
    if form is not None and form.held is not None:
        return holding.show_party(turn, desk, form, desk.party(form.held))
    if form is not None and form.group is not None:
        return groups.hold(turn, desk, form.group, nonce(turn))
    return booking.start(turn, desk)


def after_account(turn: Turn, desk: Desk, outcome: Outcome) -> Outcome:
    """Consent was given or a birth date told in the middle of a booking: on with it."""
    form = BookingForm.of(outcome.conversation, turn.now)
    if form is None or not desk.parent().consented:
        return outcome
    told = replace(turn.understood, when=None)  # a birth date is no day of care
    turn = replace(turn, parent=desk.parent(), conversation=outcome.conversation.asked(), understood=told)
    if form.group is not None:
        return groups.hold(turn, desk, form.group, nonce(turn))
    return booking.go_on(turn, desk, form)
