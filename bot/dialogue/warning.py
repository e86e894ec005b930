"""The words of a danger sign, and the buttons below them."""

from __future__ import annotations

from dataclasses import replace

from bot.core.language import Language
from bot.dialogue.desk import Desk
from bot.dialogue.reply import ApprovedWords, Button, Reply, Rows, Say, rows, say
from bot.dialogue.turn import Turn
from knowledge.triage.model import Danger, Level, Sign


def warning(language: Language, danger: Danger, signs: list[Sign]) -> Reply:
    """The first message in danger: whom to call, why, what to do now, what not to do; one tap to call."""
    first = signs[0]
    words = first.words[language]
    opening = (
        say("talk.literal", text=ApprovedWords(words.first))
        if words.first
        else say(f"danger.first_{danger.level.value}")
    )
    parts: list[Say] = [opening]
    if not words.first:
        second = next((s for s in signs[1:] if s.level.rank >= danger.level.rank), None)
        if second is None:
            parts.append(say("danger.about", sign=words.name))
        else:
            parts.append(say("danger.about_two", first=words.name, second=second.words[language].name))
    parts.append(list_of("danger.do_now", words.do_now))
    if words.do_not:
        parts.append(list_of("danger.do_not", words.do_not))
    if danger.age_unknown:
        parts.append(say("danger.age_unknown"))
    return Reply(tuple(parts), call_buttons(first, danger.level), alarm=danger.level)


def within_days(turn: Turn, danger: Danger, desk: Desk) -> Reply:
    """Above an answer: to be seen within days, the child or the parent who tells of low mood or pain."""
    first = desk.sign(danger.signs[0])
    if not first.about_parent:
        return Reply((say("danger.first_soon"),), alarm=Level.SOON)
    words = first.words[turn.language].first
    opening = say("talk.literal", text=ApprovedWords(words)) if words else say("danger.first_soon_parent")
    return Reply((opening,), call_buttons(first, Level.SOON) if words else (), alarm=Level.SOON)


def with_follow_up(reply: Reply, level: Level, signs: list[Sign]) -> Reply:
    """Below 'see a doctor today': whether to ask tomorrow how the child is."""
    if level is not Level.URGENT_TODAY or signs[0].about_parent:
        return reply
    ask = Button(say("reminders.ask_tomorrow"), f"askme:{signs[0].id}")
    return replace(reply, buttons=(*reply.buttons, (ask,)))


def call_buttons(sign: Sign, level: Level) -> Rows:
    """The line that the sign names, the emergency number in an emergency, and a person of the team."""
    if sign.call == "none" or (level is not Level.EMERGENCY_NOW and sign.call == "emergency"):
        return rows(Button(say("guidance.person"), "person"))
    whom = (sign.call,) if sign.call == "emergency" or level is not Level.EMERGENCY_NOW else (sign.call, "emergency")
    return call_rows(*whom)


def call_rows(*whom: str) -> Rows:
    calls = [Button(say("danger.call", number=Say(f"danger.number_{w}")), f"call:{w}") for w in whom]
    return rows(*calls, Button(say("guidance.person"), "person"))


def list_of(heading: str, lines: tuple[str, ...]) -> Say:
    return say("danger.list_of", heading=say(heading), lines=ApprovedWords("\n".join(f"· {line}" for line in lines)))


def check_buttons(turn: Turn, signs: list[Sign]) -> Rows:
    """The signs as buttons, none of them, something else."""
    buttons = [Button(say("talk.literal", text=s.words[turn.language].name), f"danger:{s.id}") for s in signs]
    return rows(*buttons, Button(say("danger.check_none"), "safe"), Button(say("danger.check_other"), "danger"))
