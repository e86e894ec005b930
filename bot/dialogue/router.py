"""Which dialogue answers. Danger first; then what was just asked; then what the parent wants.

message -> danger? -> a person has the chat? -> an open question or form? -> by intent -> guidance
           (while a person has it, 'stop reminders' is still heard;
            danger and guidance leave an unfinished booking open, and say how to go on with it)
Buttons and commands: taps.py.
"""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue import account, after_danger, danger, grief, guidance, person, small_talk, taps
from bot.dialogue.care import centres, choices, household, talk
from bot.dialogue.desk import Desk
from bot.dialogue.leaning import ask_again, follow_up, with_the_card
from bot.dialogue.plan import details, marking
from bot.dialogue.plan import showing as plan
from bot.dialogue.reminders import asking, by_words, choosing
from bot.dialogue.reply import Route
from bot.dialogue.turn import Outcome, Press, Turn
from bot.dialogue.warning import within_days
from knowledge.triage.model import Level
from nlu.interpreter import Intent
from nlu.phrases.about_the_bot import (
    asks_about_pictures,
    asks_if_free,
    asks_what_you_are,
    complains,
    language_asked_for,
)
from nlu.phrases.booking_talk import asks_for_centre_facts, is_no_group, sighs
from nlu.phrases.follow_ups import (
    answers_age,
    asks_for_a_hospital,
    asks_on,
    cries_for_help,
    is_fragment,
    is_short,
    speaks_of_care,
)
from nlu.phrases.household_talk import about_the_household
from nlu.phrases.pinyin import looks_like_pinyin
from nlu.phrases.reminder_talk import asks_for_list, asks_to_be_reminded, misses_a_reminder
from nlu.phrases.shopping import asks_price_of_a_thing

# Below this the intent is not believed, and the library is asked first.
BELIEVED = 0.45
SURELY_ELSEWHERE = 0.6
A_SENTENCE = 12  # characters from which on an unsure greeting may be more than one

_SMALL_TALK = {
    Intent.GREET: "talk.greet",
    Intent.THANKS: "talk.thanks",
    Intent.GOODBYE: "talk.goodbye",
    Intent.AFFIRM: "talk.affirm_alone",
    Intent.DENY: "talk.deny_alone",
}
# What a few words that answer a question ("last summer, I think") are taken for.
_NO_REQUEST = {Intent.FALLBACK, Intent.OUT_OF_SCOPE, Intent.AFFIRM, Intent.DENY}
_ANSWERS = {Route.GUIDANCE, Route.ASK_AGE, Route.DID_YOU_MEAN, Route.NO_ANSWER}
_LIBRARY = {Intent.ASK_GUIDANCE, Intent.EMERGENCY, Intent.VACCINATION_SCHEDULE}


def respond(turn: Turn, desk: Desk) -> Outcome:
    """A message in words."""
    return choices.remembered(_respond(turn, desk))


def _respond(turn: Turn, desk: Desk) -> Outcome:
    turn = danger.with_own_illness(danger.with_told_age(turn, desk), desk)
    turn = danger.without_idle_doubt(turn, desk)
    found_danger = turn.understood.danger
    doubted = found_danger is None or found_danger.level in (Level.SOON, Level.CHECK)
    if doubted and grief.tells_of_loss_in(turn):
        return grief.comfort(turn, desk)
    if doubted and details.is_answer(turn):  # "32 weeks", a date: what was asked for a moment ago is no sign
        found_danger = None
    after = after_danger.heard(turn, found_danger, desk)
    if after is not None:
        return talk.with_way_back(turn, desk, after)
    if doubted and cries_for_help(turn.text):
        return danger.cry_for_help(turn)
    if found_danger is not None and found_danger.level is not Level.SOON:
        return talk.with_way_back(turn, desk, danger.respond(turn, found_danger, desk))
    confirmed = danger.said_yes(turn, desk)
    if confirmed is not None:
        return talk.with_way_back(turn, desk, confirmed)
    if turn.conversation.handed_over:
        freed = choosing.stopped_beside_a_person(turn, desk) or person.taken_back(turn, desk)
        if freed is None or freed.conversation.handed_over or not sighs(turn.text):
            return freed or person.silent(turn)
        turn = replace(turn, conversation=freed.conversation)
    settled = choosing.stopped_in_between(turn, desk) or by_words.heard(turn, desk)
    settled = settled or asking.asked_in_a_form(turn, desk)
    outcome = settled or _waited_for(turn, desk) or _by_intent(turn, desk)
    if found_danger is not None and outcome.route in _ANSWERS:
        outcome = replace(outcome, replies=(within_days(turn, found_danger, desk), *outcome.replies))
    return talk.with_way_back(turn, desk, outcome)


def _waited_for(turn: Turn, desk: Desk) -> Outcome | None:
    """The answer to what the bot asked last, if that is what this message is."""
    waiting, about = turn.conversation.waiting, turn.conversation.waiting_for
    joining = household.code_told(turn, desk)
    if joining is not None:
        return joining
    picked = choices.picked(turn)
    if picked is not None:
        return taps.press(turn, picked, desk)
    answered = asking.waited(turn, desk) or marking.day_told(turn, desk) or details.told(turn, desk)
    if answered is not None:
        return answered
    if waiting == "birth_date" and account.birth_date_in(turn) is None and turn.conversation.form:
        meant = talk.in_form(turn, desk)
        if meant is not None:
            return meant
    if waiting == "birth_date" and (account.birth_date_in(turn) is not None or not _is_a_request(turn)):
        told = account.birth_date_told(turn, desk)
        if told.conversation.waiting:
            return told
        return plan.after_account(turn, desk, talk.after_account(turn, desk, told))
    if waiting == "age" and turn.understood.age is not None and answers_age(turn.text) and turn.conversation.topic:
        article = desk.article(turn.conversation.topic)
        if article is not None:
            return guidance.show(turn, desk, article, text=str(about.get("text", "")))
    if waiting == "answer" and about.get("text"):
        return guidance.answer(replace(turn, conversation=turn.conversation.asked()), desk, text=str(about["text"]))
    return danger.said_no(turn, desk) or talk.in_form(turn, desk)


def _is_a_request(turn: Turn) -> bool:
    """Whether the message clearly wants something of its own, whatever was asked last."""
    parse = turn.understood.parse
    wants = parse.intent not in _NO_REQUEST and parse.confidence >= SURELY_ELSEWHERE
    return wants or len(turn.text) > 40


_OF_CARE = {
    Intent.FIND_CENTRE, Intent.OPENING_HOURS_OR_PRICE, Intent.MY_BOOKINGS, Intent.CANCEL_BOOKING, Intent.WAITLIST,
    Intent.RESCHEDULE_BOOKING, Intent.BOOK_CARE, Intent.BOOK_GROUP_SESSION,
}  # fmt: skip
_NO_TASK = {*_NO_REQUEST, Intent.GREET, Intent.THANKS, Intent.GOODBYE}


def _by_intent(turn: Turn, desk: Desk) -> Outcome:
    intent, confidence = turn.understood.parse.intent, turn.understood.parse.confidence
    at_once = choosing.stopped(turn, desk) or plan.asked(turn, desk)
    if at_once is not None:
        return at_once
    if looks_like_pinyin(turn.text):
        return small_talk.pinyin(turn)
    if asks_what_you_are(turn.text):
        return small_talk.what_i_am(turn)
    language = language_asked_for(turn.text)
    if language is not None:
        return account.on_language(turn, Press("lang", (language,)), desk)
    if complains(turn.text):
        return ask_again(turn)
    if asks_for_a_hospital(turn.text):
        return small_talk.hospital(turn)
    if asks_about_pictures(turn.text):
        return small_talk.not_text(turn, "photo")
    if asks_if_free(turn.text):
        return small_talk.simple(turn, "talk.free", menu=True)
    if asks_for_list(turn.text):
        return choosing.show(turn, desk)
    if misses_a_reminder(turn.text):
        return choosing.missed(turn, desk)
    if about_the_household(turn.text):
        return household.show(turn, desk)
    named = desk.centre_named_in(turn.text) if asks_for_centre_facts(turn.text) else None
    if named is not None:
        return centres.show(turn, desk, desk.centre(named.id))
    if asks_to_be_reminded(turn.text) and turn.understood.when is not None and turn.understood.when.says_anything:
        return asking.asked(turn, desk)
    if intent in _OF_CARE and _goes_on_about_a_card(turn):
        intent = Intent.ASK_GUIDANCE
    leans = confidence < SURELY_ELSEWHERE and asks_on(turn.text) and is_fragment(turn.text)
    if intent in _LIBRARY or intent in _NO_TASK or confidence < BELIEVED or leans:
        follow = follow_up(turn, desk)
        if follow is not None:
            return follow
    if intent in _LIBRARY or intent is Intent.FALLBACK or confidence < BELIEVED:
        return _ask_library(turn, desk)
    if intent in _SMALL_TALK:
        parting = after_danger.farewell(turn, desk)
        if parting is not None:
            return parting
        meant = _more_than_small_talk(turn, desk)
        if meant is not None:
            return meant
        return small_talk.simple(turn, _SMALL_TALK[intent], menu=intent is Intent.GREET)
    match intent:
        case Intent.TALK_TO_HUMAN:
            return person.hand_over(turn, desk)
        case Intent.PRIVACY_OR_DELETE:
            return account.privacy(turn)
        case Intent.SET_REMINDER:
            return asking.asked(turn, desk)
        case Intent.OUT_OF_SCOPE:
            return _elsewhere(turn, desk)
    if intent is Intent.BOOK_GROUP_SESSION and is_no_group(turn.text):
        return _elsewhere(turn, desk)
    if intent is Intent.OPENING_HOURS_OR_PRICE and asks_price_of_a_thing(turn.text):
        return _elsewhere(turn, desk)
    return talk.by_intent(turn, desk) or _ask_library(turn, desk)


def _goes_on_about_a_card(turn: Turn) -> bool:
    """'一天几顿', '走路呢' below a card: a few words, none of them of childcare, whatever the intent model says."""
    talk = turn.conversation
    return talk.topic is not None and not talk.form and is_short(turn.text) and not speaks_of_care(turn.text)


def _more_than_small_talk(turn: Turn, desk: Desk) -> Outcome | None:
    """'I'm going back to work and feel guilty' is no goodbye: a sentence that the library surely answers."""
    if turn.understood.parse.confidence >= SURELY_ELSEWHERE or len(turn.text) < A_SENTENCE:
        return None
    found = desk.find(turn.text, turn.language, turn.age_months)
    return guidance.answer_with(turn, desk, turn.text, found) if found.verdict != "nothing" else None


def _ask_library(turn: Turn, desk: Desk) -> Outcome:
    about_vaccines = turn.understood.parse.intent is Intent.VACCINATION_SCHEDULE
    found = desk.find(turn.text, turn.language, turn.age_months)
    leans = with_the_card(turn, desk, found)
    if leans is not None:
        return leans
    answered = guidance.answer_with(turn, desk, turn.text, found)
    return plan.offered(answered) if about_vaccines and answered.route is Route.GUIDANCE else answered


def _elsewhere(turn: Turn, desk: Desk) -> Outcome:
    """Out of scope, unless the library knows better: it has seen every article, the intent model a few examples."""
    found = desk.find(turn.text, turn.language, turn.age_months)
    if found.verdict == "sure" or (found.verdict == "unsure" and turn.understood.parse.confidence < SURELY_ELSEWHERE):
        return guidance.answer_with(turn, desk, turn.text, found)
    outcome = small_talk.simple(turn, "talk.out_of_scope", route=Route.OUT_OF_SCOPE, menu=True)
    return replace(outcome, candidates=found.candidates)


def place(turn: Turn, desk: Desk) -> Outcome:
    """A shared location."""
    return choices.remembered(centres.located(turn, desk))
