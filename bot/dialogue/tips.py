"""Tips for the age: their words when they are sent, 'more like this', and how many a week. Pure."""

from __future__ import annotations

from typing import Any

from bot.dialogue.desk import Desk
from bot.dialogue.reply import Button, Card, Reply, Route, Rows, Say, rows, say
from bot.dialogue.turn import Outcome, Press, Turn
from scheduler.reminders.choice import MOST_TIPS_A_WEEK


def tip_words(turn: Turn, desk: Desk, payload: dict[str, Any]) -> Reply | None:
    """The right article for the child's age; None when there is none that was not told yet."""
    found = desk.next_tip(payload["id"])
    if found is None:
        return None
    article, months = found
    key = article.article.id
    buttons = (
        (Button(say("tips.read"), f"art:{key}"),),
        (Button(say("tips.more"), f"tip:more:{key}"), Button(say("tips.stop"), "tip:stop")),
    )
    return Reply((say("tips.intro"), Card(article, months, brief=True)), buttons)


def on_tip(turn: Turn, press: Press, desk: Desk) -> Outcome:
    """more:ARTICLE, stop, or a number a week."""
    match press.argument():
        case "more":
            article = desk.article(press.argument(1))
            if article is None:
                return _said(turn, say("talk.old_button"))
            desk.like_tips(article.article.domain)
            return _said(turn, say("tips.noted", domain=Say(f"tips.domain_{article.article.domain.value}")))
        case "stop":
            desk.set_tips(0)
            return _said(turn, say("tips.stopped"), buttons=_how_many(0))
        case number if number.isdigit() and int(number) <= MOST_TIPS_A_WEEK:
            desk.set_tips(int(number))
            return _said(turn, say("tips.stopped") if number == "0" else say(f"tips.now_{number}"))
    return _said(turn, say("talk.old_button"))


def _how_many(now: int) -> Rows:
    choices = [Button(say(f"tips.choose_{n}"), f"tip:{n}") for n in range(MOST_TIPS_A_WEEK + 1) if n != now]
    return rows(*choices, width=3)


def _said(turn: Turn, words: Say, *, buttons: Rows = ()) -> Outcome:
    return Outcome((Reply((words,), buttons),), turn.conversation, Route.REMINDERS)
