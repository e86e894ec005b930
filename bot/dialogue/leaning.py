"""Messages that lean on the card before them.

age alone, 'sorry, 14 months' -> the question before, for that age
'not what I asked' --------> what else it may have been, or what is meant besides; never the same card again
'and at night?' -----------> another card if that is what is asked; else the lines of this one that speak of it
'fine otherwise, but ...' -> another card if that is what is told; else when this one says to see a doctor
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.dialogue.desk import Found, GuidanceDesk, titles
from bot.dialogue.guidance import answer_with, show, ways_out
from bot.dialogue.reply import Button, Card, Reply, Route, Say, say
from bot.dialogue.turn import Outcome, Turn
from knowledge.model import ArticleText, Published
from nlu.phrases.follow_ups import (
    adds_to,
    asks_on,
    asks_whether_to_see_a_doctor,
    denies,
    is_fragment,
    is_short,
    only_tells_age,
)
from nlu.phrases.rejecting import points_back, rejects, years_in_follow_up
from nlu.phrases.same_thing import speaks_of

MOST_LINES = 3
MOST_OTHERS = 2
WORTH_OFFERING = 0.1  # the score from which on another article may be what was meant
WEAK = 0.3  # below it a few words alone say too little


def follow_up(turn: Turn, desk: GuidanceDesk) -> Outcome | None:
    """None when no topic is open, or the message stands for itself."""
    topic, before = turn.conversation.topic, turn.conversation.topic_text
    article = desk.article(topic) if topic is not None else None
    rest = rejects(turn.text)
    if article is None:
        return ask_again(turn) if rest == "" else None
    age = turn.understood.age or years_in_follow_up(turn.text)
    if age is not None and (turn.understood.age is None or only_tells_age(turn.text, age)):
        return _for_age(replace(turn, understood=replace(turn.understood, age=age)), desk, article, before)
    if rest is not None:
        return _something_else(turn, desk, article, before, rest)
    told = adds_to(turn.text)
    if not told and not asks_on(turn.text):
        return None
    if not is_fragment(turn.text) and not denies(turn.text):
        alone = desk.find(turn.text, turn.language, turn.age_months)
        if alone.verdict == "sure" and alone.best != topic:
            return answer_with(turn, desk, turn.text, alone)
    together = f"{before} {turn.text}".strip()
    found = desk.find(together, turn.language, turn.age_months)
    if found.verdict == "sure" and found.best != topic and not told:
        return answer_with(turn, desk, together, found)
    if turn.conversation.waiting == "age":  # the card is still to come
        return show(turn, desk, article, text=together, found=found)
    return _pointer(turn, desk, article, found, together, told=told)


def _for_age(turn: Turn, desk: GuidanceDesk, article: Published, before: str) -> Outcome:
    """Another card if that is the one for this age ('how much milk?', '6 months'), else the same for the age."""
    found = desk.find(before, turn.language, turn.age_months) if before else Found("nothing", ())
    better = desk.article(found.best) if found.best and found.verdict == "sure" else None
    return show(turn, desk, better or article, text=before)


def _something_else(turn: Turn, desk: GuidanceDesk, article: Published, before: str, rest: str) -> Outcome:
    together = f"{before} {rest}".strip()
    text = together if not rest or is_fragment(rest) or points_back(rest) else rest
    found = desk.find(text, turn.language, turn.age_months)
    others = tuple((key, score) for key, score in found.candidates if key != article.article.id)
    if rest and found.verdict == "sure" and found.best != article.article.id:
        return answer_with(turn, desk, text, found)
    likely = tuple((key, score) for key, score in others if score >= WORTH_OFFERING)
    if likely:
        return answer_with(turn, desk, text, Found("unsure", likely))
    desk.keep_question(text, turn.language, turn.age_months, "did_not_help", found)
    return ask_again(turn)


def ask_again(turn: Turn) -> Outcome:
    return Outcome((Reply((say("guidance.not_that"),), ways_out()),), turn.conversation.asked(), Route.NO_ANSWER)


def with_the_card(turn: Turn, desk: GuidanceDesk, alone: Found) -> Outcome | None:
    """A few words that mean nothing alone ('what are the side effects?'): looked for with the question before."""
    topic, before = turn.conversation.topic, turn.conversation.topic_text
    article = desk.article(topic) if topic is not None else None
    weak = alone.verdict != "sure" and (not alone.candidates or alone.candidates[0][1] < WEAK)
    if article is None or not before or not weak or not is_short(turn.text) or turn.conversation.waiting:
        return None
    together = f"{before} {turn.text}".strip()
    found = desk.find(together, turn.language, turn.age_months)
    if found.verdict != "sure":
        return None
    if found.best != article.article.id:
        return answer_with(turn, desk, together, found)
    return _pointer(turn, desk, article, found, together, told=False)


def _pointer(turn: Turn, desk: GuidanceDesk, article: Published, found: Found, together: str, *, told: bool) -> Outcome:
    """Not the card again: its lines that speak of this, and what else may be meant."""
    text = article.article.texts[turn.language]
    lines = _lines(text, turn.text, doctor=told or asks_whether_to_see_a_doctor(turn.text))
    others = titles(desk, [i for i, _ in found.candidates if i != article.article.id], turn.language)[:MOST_OTHERS]
    buttons = tuple((Button(say("guidance.related", title=title), f"art:{key}"),) for key, title in others)
    parts: tuple[Say | Card, ...] = (say("guidance.not_said_there", title=text.title),)
    if lines:
        lead = say("guidance.still_that_card" if told else "guidance.said_there")
        parts = (lead, Card(article, turn.age_months, only=tuple(lines)))
    reply = Reply(parts, buttons if lines else (*buttons, *ways_out()))
    return Outcome(
        (reply,), replace(turn.conversation.now_about(article.article.id, together), later=()), Route.GUIDANCE,
        article=article.article.id, candidates=found.candidates,
    )  # fmt: skip


def _lines(text: ArticleText, said: str, *, doctor: bool) -> Sequence[str]:
    when = [line.text for line in text.doctor]
    about = [line for line in (*text.steps, *when) if speaks_of(line, said)]
    if not doctor:
        return about[:MOST_LINES]
    return [*(line for line in about if line not in when)][:MOST_LINES] + when
