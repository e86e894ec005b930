"""Greetings, thanks, goodbyes, the menu, and messages that are not text."""

from __future__ import annotations

from bot.core.language import Language
from bot.dialogue.reply import Button, Reply, Route, Rows, Say, rows, say
from bot.dialogue.turn import Outcome, Turn

NOT_TEXT = frozenset({"voice", "photo", "video", "sticker", "file", "contact", "group_chat", "other_kind"})


def simple(turn: Turn, key: str, *, route: Route = Route.SMALL_TALK, menu: bool = False) -> Outcome:
    return Outcome((Reply((say(key),), menu_buttons() if menu else ()),), turn.conversation, route)


def menu(turn: Turn) -> Outcome:
    return simple(turn, "talk.menu", menu=True)


def what_i_am(turn: Turn) -> Outcome:
    """A machine and no doctor, and the way to a person."""
    reply = Reply((say("talk.what_i_am"),), rows(Button(say("guidance.person"), "person")))
    return Outcome((reply,), turn.conversation, Route.SMALL_TALK)


def pinyin(turn: Turn) -> Outcome:
    """Chinese in Latin letters that cannot be read: asked for characters, in both languages."""
    reply = Reply((say("talk.pinyin"),), menu_buttons(), language=Language.ZH)
    return Outcome((reply,), turn.conversation, Route.SMALL_TALK)


def hospital(turn: Turn) -> Outcome:
    """Where a hospital is, which department: what can be said without a map."""
    call = Button(say("danger.call", number=Say("danger.number_emergency")), "call:emergency")
    reply = Reply((say("talk.hospital"),), rows(call, Button(say("guidance.person"), "person"), width=2))
    return Outcome((reply,), turn.conversation, Route.OUT_OF_SCOPE)


def menu_buttons() -> Rows:
    return rows(
        Button(say("talk.menu_ask"), "ask"),
        Button(say("talk.menu_book"), "book"),
        Button(say("talk.menu_groups"), "groups"),
        Button(say("talk.menu_centres"), "centres"),
        Button(say("talk.menu_plan"), "plan"),
        Button(say("talk.menu_danger_list"), "dangerlist"),
        width=2,
    )


def not_text(turn: Turn, kind: str) -> Outcome:
    """A voice message, photo, sticker, ...: no picture is ever judged; words are asked for."""
    key = kind if kind in NOT_TEXT else "other_kind"
    return simple(turn, f"talk.{key}")
