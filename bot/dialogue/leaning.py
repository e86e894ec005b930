"""Messages that lean on the card before them.

age alone -----------------> the same card for that age
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
from nlu.phrases.follow_ups import adds_to, asks_on, asks_whether_to_see_a_doctor, denies, is_fragment, only_tells_age
from nlu.phrases.same_thing import speaks_of

MOST_LINES = 3
MOST_OTHERS = 2


def follow_up(turn: Turn, desk: GuidanceDesk) -> Outcome | None:
    """None when no topic is open, or the message stands for itself."""
    topic, before = turn.conversation.topic, turn.conversation.topic_text
    article = desk.article(topic) if topic is not None else None
    if article is None:
        return None
    if only_tells_age(turn.text, turn.understood.age):
        return show(turn, desk, article, text=before)
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
