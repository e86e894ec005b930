"""Answering a question.

question -> find -> sure ------> (age needed and unknown, or a card for each age -> ask_age ->) card
                 -> unsure ----> did you mean: three buttons
                 -> nothing ---> honest no; the question is kept; a person; the danger signs
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.dialogue.desk import Found, GuidanceDesk, titles
from bot.dialogue.reply import Button, Card, Reply, Route, Rows, rows, say
from bot.dialogue.turn import Outcome, Press, Turn
from bot.dialogue.words import band_words
from knowledge.model import AgeBand, Published

MOST_CHOICES = 3
WORTH_A_BUTTON = 0.05  # the score below which a second or third title is only noise
NARROW = 6.0  # months: a card for so few of them may be the wrong one when no age is known
RIVAL = 0.15  # so sure the second card has to be to make the age worth asking for


def answer(turn: Turn, desk: GuidanceDesk, *, text: str | None = None) -> Outcome:
    """Answer the question of this turn, or another text (a question that waited)."""
    text = text or turn.text
    found = desk.find(text, turn.language, turn.age_months)
    return answer_with(turn, desk, text, found)


def answer_with(turn: Turn, desk: GuidanceDesk, text: str, found: Found) -> Outcome:
    best = desk.article(found.best) if found.best else None
    if found.verdict == "sure" and best is not None:
        ages = _cards_by_age(turn, desk, best, found)
        return _which_age(turn, best, ages, text, found) if ages else show(turn, desk, best, text=text, found=found)
    if found.verdict == "unsure" and found.candidates:
        return _did_you_mean(turn, desk, text, found)
    return _no_answer(turn, desk, text, found)


def show(turn: Turn, desk: GuidanceDesk, article: Published, *, text: str, found: Found | None = None) -> Outcome:
    """The card; or first the question how old the child is, when the answer hangs on it."""
    candidates = found.candidates if found else ()
    also = found.also if found else ()
    about = replace(turn.conversation.now_about(article.article.id, text), later=also)
    if turn.age_months is None and article.article.ask_age and article.article.bands():
        return Outcome(
            replies=(Reply((say("guidance.ask_age"),), _age_buttons(article)),),
            conversation=about.asking("age", text=text[:300]),
            route=Route.ASK_AGE,
            article=article.article.id,
            candidates=candidates,
        )
    return Outcome(
        replies=(card_reply(turn, desk, article, turn.age_months, also=also or turn.conversation.later),),
        conversation=replace(about, later=()),
        route=Route.GUIDANCE,
        article=article.article.id,
        candidates=candidates,
    )


def _cards_by_age(turn: Turn, desk: GuidanceDesk, best: Published, found: Found) -> list[tuple[str, AgeBand]]:
    """The cards of which the age picks one (fever under 3 months, under 6, later), when no age is known."""
    ages = best.article.ages
    rival = desk.article(found.candidates[1][0]) if found.candidates[1:] and found.candidates[1][1] >= RIVAL else None
    if turn.age_months is not None or ages.end - ages.start > NARROW or rival is None:
        return []
    if not rival.article.ages.apart(ages):
        return []
    spans = [(best.article.id, ages)]
    others = [*(key for key, _ in found.candidates[1:3]), *best.article.related, *rival.article.related]
    for article in (card.article for card in map(desk.article, others) if card is not None):
        own = next((b for b in (article.ages, *article.bands()) if all(b.apart(taken) for _, taken in spans)), None)
        if own is not None:
            spans.append((article.id, own))
    return sorted(spans, key=lambda span: span[1].start)


def _which_age(turn: Turn, best: Published, spans: list[tuple[str, AgeBand]], text: str, found: Found) -> Outcome:
    buttons = [Button(band_words(ages), f"age:{key}:{_middle(ages.start, ages.end)}") for key, ages in spans]
    return Outcome(
        replies=(Reply((say("guidance.ask_age"),), rows(*buttons, width=2)),),
        conversation=turn.conversation.now_about(best.article.id, text).asking("which_age", text=text[:300]),
        route=Route.ASK_AGE,
        article=best.article.id,
        candidates=found.candidates,
    )


def card_reply(
    turn: Turn, desk: GuidanceDesk, article: Published, age_months: float | None, *, also: Sequence[str] = ()
) -> Reply:
    """The card with its buttons: the other questions of the same message, else a related article."""
    feedback = (
        Button(say("guidance.helped"), f"help:{article.revision_id}:1"),
        Button(say("guidance.did_not_help"), f"help:{article.revision_id}:0"),
    )
    card = Card(article, age_months)
    asked = titles(desk, [key for key in also if key != article.article.id], turn.language)
    if asked:
        buttons = [(Button(say("guidance.related_plain", title=title), f"art:{key}"),) for key, title in asked]
        return Reply((card, say("guidance.also_asked")), (feedback, *buttons))
    related = [
        (Button(say("guidance.related", title=title), f"art:{key}"),)
        for key, title in titles(desk, article.article.related[:1], turn.language)
    ]
    return Reply((card,), (feedback, *related))


def _age_buttons(article: Published) -> Rows:
    bands = article.article.bands()
    buttons = [Button(band_words(band), f"age:{article.article.id}:{_middle(band.start, band.end)}") for band in bands]
    return (*rows(*buttons, width=2), (Button(say("guidance.age_unknown"), f"age:{article.article.id}:-"),))


def _middle(start: float, end: float) -> str:
    return f"{(start + min(end, 36)) / 2:g}"


def _did_you_mean(turn: Turn, desk: GuidanceDesk, text: str, found: Found) -> Outcome:
    desk.keep_question(text, turn.language, turn.age_months, "unsure", found)
    likely = [key for place, (key, score) in enumerate(found.candidates) if place == 0 or score >= WORTH_A_BUTTON]
    choices = titles(desk, likely, turn.language)[:MOST_CHOICES]
    buttons = [Button(say("guidance.related_plain", title=title), f"art:{key}:q") for key, title in choices]
    none = Button(say("guidance.none_of_these"), "none")
    return Outcome(
        replies=(Reply((say("guidance.did_you_mean"),), rows(*buttons, none)),),
        conversation=turn.conversation.asked().asking("choice", text=text[:300]),
        route=Route.DID_YOU_MEAN,
        candidates=found.candidates,
    )


def _no_answer(turn: Turn, desk: GuidanceDesk, text: str, found: Found) -> Outcome:
    kept = desk.keep_question(text, turn.language, turn.age_months, "unanswered", found)
    parts = [say("guidance.no_answer")]
    if kept:
        parts.append(say("guidance.no_answer_kept"))
    parts.append(say("guidance.no_answer_next"))
    return Outcome(
        replies=(Reply(tuple(parts), ways_out()),),
        conversation=turn.conversation.asking("unanswered", text=text[:300]),
        route=Route.NO_ANSWER,
        candidates=found.candidates,
    )


def ways_out() -> Rows:
    """A person, and the list of danger signs: what a parent is offered when the bot has no answer."""
    return rows(Button(say("guidance.person"), "person"), Button(say("talk.menu_danger_list"), "dangerlist"), width=2)


def on_article(turn: Turn, press: Press, desk: GuidanceDesk) -> Outcome:
    """A title was pressed: of 'did you mean', of a related article, or of a second question."""
    article = desk.article(press.argument())
    if article is None:
        return Outcome((Reply((say("talk.old_button"),)),), turn.conversation.asked(), Route.NO_ANSWER)
    text = str(turn.conversation.waiting_for.get("text", "")) if press.argument(1) == "q" else ""
    return show(turn, desk, article, text=text)


def on_age(turn: Turn, press: Press, desk: GuidanceDesk) -> Outcome:
    """An age band was pressed, or 'rather not say'."""
    article = desk.article(press.argument())
    if article is None:
        return Outcome((Reply((say("talk.old_button"),)),), turn.conversation.asked(), Route.NO_ANSWER)
    age = None if press.argument(1) == "-" else float(press.argument(1))
    conversation = turn.conversation.now_about(article.article.id, turn.conversation.topic_text)
    return Outcome(
        replies=(replace(card_reply(turn, desk, article, age), replaces=True),),
        conversation=replace(conversation, age_months=age, age_guessed=age is not None),
        route=Route.GUIDANCE,
        article=article.article.id,
    )


def on_none_of_these(turn: Turn, desk: GuidanceDesk) -> Outcome:
    text = str(turn.conversation.waiting_for.get("text", ""))
    return _no_answer(turn, desk, text, Found("nothing", ())) if text else _no_question(turn)


def _no_question(turn: Turn) -> Outcome:
    return Outcome((Reply((say("talk.ask_away"),)),), turn.conversation.asked(), Route.SMALL_TALK)


def on_feedback(turn: Turn, press: Press, desk: GuidanceDesk) -> Outcome:
    helped = press.argument(1) == "1"
    desk.record_feedback(press.argument(0), helped=helped)
    if helped:
        return Outcome((Reply((say("guidance.thanks_helped"),)),), turn.conversation, Route.GUIDANCE)
    text, topic = turn.conversation.topic_text, turn.conversation.topic
    shown = desk.article(topic) if topic else None
    kept = False
    if text and topic and shown is not None and shown.revision_id == press.argument(0):
        kept = desk.keep_question(text, turn.language, turn.age_months, "did_not_help", Found("sure", ((topic, 1.0),)))
    words = "guidance.sorry_did_not_help" if kept else "guidance.sorry_did_not_help_no_consent"
    return Outcome((Reply((say(words),), ways_out()),), turn.conversation, Route.GUIDANCE)
