"""Danger first: the fixed words of the sign, before any other text.

emergency_now, urgent_today -> the words of the level and of the sign; then the question is still answered
soon ------------------------> the answer, with 'see a doctor in the next days' above it
check -----------------------> 'is any of this happening now?' -> yes: the words; no: the answer;
                               the child's age: judged again with it
first aid -------------------> the first aid at once, and 'is this happening now?'
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.dialogue import fitting, guidance
from bot.dialogue.desk import Desk, Found
from bot.dialogue.reply import Button, Reply, Route, Say, rows, say
from bot.dialogue.turn import Outcome, Press, Turn
from bot.dialogue.warning import call_rows, check_buttons, list_of, warning, with_follow_up
from knowledge.triage.model import Danger, Level, Sign
from nlu.interpreter import Intent
from nlu.phrases.after_danger import speaks_of_a_child, tells_it_is_over
from nlu.phrases.follow_ups import answers_age, asks_what_now, is_short

STILL_NOW = timedelta(hours=1)  # so long 'what do I do now?' means the danger that was told
MASTITIS, HER_FEVER = "mastitis-breast-pain", "mastitis-fever"
FOR_PARENTS = "parent-burnout"  # the card of whoever was asked about despair and is not in danger
SLIGHT = 0.12  # a doubt below this needs a word in the message to stand on
NUMBERS = ("emergency", "police", "mental_health")  # the first is dialled when a button names none of them


def respond(turn: Turn, danger: Danger, desk: Desk) -> Outcome:
    danger = fitting.signs_of(turn, danger, desk)
    found = desk.find(turn.text, turn.language, turn.age_months)
    danger = fitting.doubted(turn, danger, desk, found)
    if danger.first_aid or fitting.first_aid_first(turn.text, danger, desk, found):
        return _first_aid(turn, danger, desk, found)
    if danger.level is Level.CHECK:
        return _check(turn, danger, desk, found)
    signs = [desk.sign(s) for s in danger.signs]
    first = with_follow_up(warning(turn.language, danger, signs), danger.level, signs)
    first = _with_card_at_hand(turn, desk, found, signs, first)
    then = _answer_below(turn, desk, found, danger, signs)
    topic = (
        found.best if found.best and found.verdict == "sure" and fitting.card(found, danger, signs) else signs[0].topic
    )
    conversation = replace(turn.conversation, topic=topic, topic_text=turn.text[:200])
    if danger.age_unknown:
        conversation = conversation.asking("danger_age", text=turn.text[:300])
    conversation = replace(conversation, danger_told=_told(turn, danger, topic))
    return Outcome(
        (first, *then), conversation, Route.DANGER, article=topic, candidates=found.candidates, danger=danger
    )


def _told(turn: Turn, danger: Danger, topic: str) -> dict[str, Any]:
    return {"signs": list(danger.signs), "level": danger.level.value, "topic": topic, "at": turn.now.isoformat()}


def _answer_below(turn: Turn, desk: Desk, found: Found, danger: Danger, signs: list[Sign]) -> tuple[Reply, ...]:
    """The question itself is still answered, below the warning; unless the parent is the one in danger."""
    if signs[0].about_parent or found.verdict != "sure" or found.best is None or not fitting.card(found, danger, signs):
        return ()
    article = desk.article(found.best)
    if article is None:
        return ()
    card = guidance.card_reply(turn, desk, article, turn.age_months)
    return (replace(card, parts=(say("danger.then_answer"), *card.parts)),)


def _with_card_at_hand(turn: Turn, desk: Desk, found: Found, signs: list[Sign], reply: Reply) -> Reply:
    """To a parent in danger no card is read out; what they asked about is a button away."""
    article = desk.article(found.best) if found.best and found.verdict == "sure" else None
    if article is None or not signs[0].about_parent:
        return reply
    title = article.article.texts[turn.language].title
    return replace(
        reply, buttons=(*reply.buttons, (Button(say("guidance.related", title=title), f"art:{found.best}"),))
    )


def _check(turn: Turn, danger: Danger, desk: Desk, found: Found) -> Outcome:
    signs = [desk.sign(s) for s in danger.signs][:3]
    asked = turn.conversation.waiting_for.get("signs", ()) if turn.conversation.waiting == "check" else ()
    if asked and signs[0].about_parent and desk.sign(asked[0]).about_parent:  # despair in place of an answer: a yes
        return _confirmed(turn, desk, [desk.sign(s) for s in asked])
    question = "danger.check_parent" if signs[0].about_parent else "danger.check"
    return Outcome(
        replies=(Reply((say(question),), check_buttons(turn, signs), alarm=Level.CHECK),),
        conversation=turn.conversation.asking("check", text=turn.text[:500], signs=[s.id for s in signs]),
        route=Route.DANGER,
        article=found.best if found.verdict == "sure" else None,
        candidates=found.candidates,
        danger=danger,
    )


def _first_aid(turn: Turn, danger: Danger, desk: Desk, found: Found) -> Outcome:
    sign = desk.sign(danger.signs[0])
    words = sign.words[turn.language]
    parts = [list_of("danger.do_now", words.do_now)]
    if words.do_not:
        parts.append(list_of("danger.do_not", words.do_not))
    buttons = rows(
        Button(say("danger.first_aid_yes"), f"danger:{sign.id}"), Button(say("danger.first_aid_no"), "safe"), width=2
    )
    return Outcome(
        replies=(
            Reply(
                (say("talk.literal", text=words.name), *parts, say("danger.first_aid_now")),
                buttons,
                alarm=Level.CHECK,
            ),
        ),
        conversation=turn.conversation.asking("check", text=turn.text[:500], signs=[sign.id]),
        route=Route.DANGER,
        article=found.best if found.verdict == "sure" else sign.topic,
        candidates=found.candidates,
        danger=danger,
    )


def on_danger(turn: Turn, press: Press, desk: Desk) -> Outcome:
    """A sign was confirmed, or 'something else'."""
    if not press.argument():
        text = Reply((say("danger.check_other_tell"),), rows(Button(say("guidance.person"), "person")))
        return Outcome((text,), turn.conversation.asked(), Route.DANGER)
    return _confirmed(turn, desk, [desk.sign(press.argument())])


def _confirmed(turn: Turn, desk: Desk, signs: list[Sign]) -> Outcome:
    """The words of the most urgent of these signs, and its card."""
    signs = sorted(signs, key=lambda s: -s.level.rank)
    first = signs[0]
    level = Level.URGENT_TODAY if first.level is Level.SOON else first.level
    article = desk.article(first.topic)
    danger = Danger(level, tuple(s.id for s in signs))
    replies = [with_follow_up(warning(turn.language, danger, signs), level, signs)]
    if article is not None and not first.about_parent:
        replies.append(guidance.card_reply(turn, desk, article, turn.age_months))
    conversation = replace(turn.conversation.now_about(first.topic), danger_told=_told(turn, danger, first.topic))
    return Outcome(tuple(replies), conversation, Route.DANGER, article=first.topic, danger=danger)


def with_told_age(turn: Turn, desk: Desk) -> Turn:
    """An age that answers a danger question: the words that led to the question are judged again with it."""
    waiting, understood = turn.conversation.waiting, turn.understood
    if waiting not in ("check", "danger_age", "which_age") or understood.age is None or not answers_age(turn.text):
        return turn
    asked = str(turn.conversation.waiting_for.get("text", ""))
    both = [understood.danger, desk.danger_in(f"{turn.text} {asked}", understood.age.months)]
    found = max((d for d in both if d is not None), key=lambda d: d.level.rank, default=None)
    return replace(
        turn,
        understood=replace(understood, text=asked or turn.text, danger=found),
        conversation=turn.conversation.asking("answer", text=asked),
    )


def with_own_illness(turn: Turn, desk: Desk) -> Turn:
    """'Fever 38.6' after a blocked breast is the mother's."""
    text, found = turn.text, turn.understood.danger
    hers = turn.conversation.topic == MASTITIS and is_short(text) and not speaks_of_a_child(text)
    if not hers or found is None or not any(desk.sign(s).topic.startswith("fever") for s in found.signs[:1]):
        return turn
    fever = Danger(Level.URGENT_TODAY, (HER_FEVER,))
    return replace(turn, understood=replace(turn.understood, danger=fever))


def without_idle_doubt(turn: Turn, desk: Desk) -> Turn:
    """A slight doubt is let go when neither a child nor any word of the doubted signs comes up in the message."""
    found = turn.understood.danger
    if found is None or found.level is not Level.CHECK or found.first_aid or found.score >= SLIGHT:
        return turn
    return (
        turn
        if fitting.meant(turn.text, found, desk)
        else replace(turn, understood=replace(turn.understood, danger=None))
    )


def said_yes(turn: Turn, desk: Desk) -> Outcome | None:
    """'Yes' in words to 'is any of this happening now?': the most urgent of the signs counts.

    'What do I do now?' after words of danger: the same words once more.
    """
    asked = turn.conversation.waiting_for.get("signs")
    if turn.conversation.danger_told and asks_what_now(turn.text):
        return _once_more(turn, desk)
    if turn.conversation.waiting != "check" or not asked or not _says(turn, Intent.AFFIRM):
        return None
    return _confirmed(turn, desk, [desk.sign(s) for s in asked])


def _once_more(turn: Turn, desk: Desk) -> Outcome | None:
    """The words that were just said, for somebody who is too frightened to find them."""
    told = turn.conversation.danger_told
    if turn.conversation.topic != told["topic"] or turn.now - datetime.fromisoformat(told["at"]) > STILL_NOW:
        return None
    signs = [desk.sign(s) for s in told["signs"]]
    danger = Danger(Level(told["level"]), tuple(s.id for s in signs))
    return Outcome(
        (warning(turn.language, danger, signs),), turn.conversation, Route.DANGER, article=signs[0].topic, danger=danger
    )


def said_no(turn: Turn, desk: Desk) -> Outcome | None:
    """'No' in words to the same question."""
    waits = turn.conversation.waiting == "check" and (_says(turn, Intent.DENY) or tells_it_is_over(turn.text))
    return on_safe(turn, desk) if waits else None


def _says(turn: Turn, intent: Intent) -> bool:
    return turn.understood.parse.intent is intent and is_short(turn.text)


def cry_for_help(turn: Turn) -> Outcome:
    """'Help!' and nothing else: whom to call, and what has to be known."""
    reply = Reply((say("talk.emergency_bare"),), call_rows("emergency"), alarm=Level.CHECK)
    return Outcome((reply,), turn.conversation.asked(), Route.DANGER, danger=Danger(Level.CHECK, ()))


def on_safe(turn: Turn, desk: Desk) -> Outcome:
    """None of the signs: the answer that waited."""
    about = turn.conversation.waiting_for
    text = str(about.get("text", ""))
    if about.get("came_out"):
        out = Reply((say("danger.came_out_clear"),), call_rows("emergency"))
        return Outcome((out,), turn.conversation.asked(), Route.SMALL_TALK)
    parents = any(desk.sign(s).about_parent for s in about.get("signs", ())[:1])
    clear = Reply((say("danger.check_clear_parent" if parents else "danger.check_clear"),))
    if not text:
        return Outcome((clear,), turn.conversation.asked(), Route.SMALL_TALK)
    asked = replace(turn, conversation=turn.conversation.asked())
    found = desk.find(text, turn.language, turn.age_months)
    card = desk.article(FOR_PARENTS) if parents and found.verdict != "sure" else None
    if card is not None:
        answered = guidance.show(asked, desk, card, text=text)
    else:
        left = found if parents or found.verdict == "sure" else fitting.for_a_child(found)
        if not left.candidates:
            return _watch(asked, desk, text, found)
        answered = guidance.answer_with(asked, desk, text, left)
    return replace(answered, replies=(clear, *answered.replies))


def _watch(turn: Turn, desk: Desk, text: str, found: Found) -> Outcome:
    """Nothing urgent and no card: what to keep an eye on."""
    desk.keep_question(text, turn.language, turn.age_months, "unanswered", found)
    reply = Reply((say("danger.check_clear"), say("danger.check_watch")), guidance.ways_out())
    return Outcome((reply,), turn.conversation, Route.NO_ANSWER, candidates=found.candidates)


def on_call(turn: Turn, press: Press) -> Outcome:
    """Channels that cannot dial show the number."""
    kind = press.argument() if press.argument() in NUMBERS else NUMBERS[0]
    number = Say(f"danger.number_{kind}")
    return Outcome((Reply((say("danger.call", number=number),)),), turn.conversation, Route.DANGER)


def the_list(turn: Turn) -> Outcome:
    return Outcome((Reply((say("danger.list"),)),), turn.conversation, Route.DANGER)
