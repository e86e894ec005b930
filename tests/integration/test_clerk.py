"""When something inside breaks: the parent hears of danger, gets a sorry with an id, and the chat goes on."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.app import build_assistant
from bot.assistant import Utterance
from bot.delivery import inbox
from bot.delivery.clerk import Clerk, to_payload
from bot.delivery.letters import from_payload
from bot.delivery.store import InboxRow, OutboxRow
from bot.house import House
from nlu.interpreter import Parse
from tests.conftest import NOW


class BrokenInterpreter:
    """Understands nothing, and quotes the parent while it fails."""

    def parse(self, text: str) -> Parse:
        raise ValueError(text)


def answers(house: House, text: str) -> list[str]:
    """What the bot says to this, with whatever is broken in the house."""
    with house.database.begin() as session:
        payload = to_payload(Utterance("text", text))
        inbox.put(session, channel="test", key=text, address="1", payload=payload, now=NOW)
    Clerk(house, build_assistant(house)).handle_next("test", "1")
    with house.database.read() as session:
        assert session.scalars(select(InboxRow.state).order_by(InboxRow.id.desc())).first() != "new"
        return [from_payload(row.payload).plain for row in session.scalars(select(OutboxRow).order_by(OutboxRow.id))]


def test_danger_is_said_when_understanding_is_broken(
    house_on: Callable[[str], House], sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    house = replace(house_on(sqlite_url), interpreter=BrokenInterpreter())
    assert "120" in answers(house, "小明抽搐了，叫不醒，嘴唇发紫")[0]
    assert "小明" not in caplog.text
    assert "understanding.failed" in caplog.text


def test_a_broken_turn_says_danger_and_sorry_and_never_logs_the_words(
    house_on: Callable[[str], House], sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    house = house_on(sqlite_url)
    with house.database.begin() as session:
        session.connection().exec_driver_sql("ALTER TABLE conversation RENAME TO conversation_away")
    caplog.set_level(logging.DEBUG, "sprout")
    warning, sorry = answers(house, "小明抽搐了，叫不醒，嘴唇发紫")
    assert "120" in warning
    assert "抱歉" in sorry
    assert "小明" not in caplog.text
    assert "turn.failed error=OperationalError" in caplog.text


def test_danger_at_the_end_of_ten_thousand_characters_is_seen(
    house_on: Callable[[str], House], sqlite_url: str
) -> None:
    said = answers(house_on(sqlite_url), "今天去了公园，玩得很开心。" * 800 + "宝宝刚才抽搐了，叫不醒，嘴唇发紫！")
    assert "120" in said[0] or "现在有下面的情况吗" in said[0]
    assert "先看了前面" in said[-1]
