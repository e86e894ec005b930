"""Notices to staff: that something waits, once, in the team's hours, without a word of the parent's."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from pydantic import SecretStr
from sqlalchemy import select

from bot import mail, notices
from bot.core.families import service as families
from bot.core.hand_off import service as hand_offs
from bot.core.hand_off.model import TeamHours
from bot.core.language import Language
from bot.core.staff.model import Role
from bot.core.staff.service import create_demo
from bot.delivery.store import OutboxRow
from bot.house import House
from tests.conftest import NOW, StandingClock

WORDS = "宝宝夜里一直哭闹"


class Post:
    """What the mail server got; it refuses people of gone.example."""

    def __init__(self) -> None:
        self.got: list[Any] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if address.endswith("gone.example"):
            return "550 nobody here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.got.append(message_from_bytes(envelope.content))
        return "250 OK"


@pytest.fixture
def post() -> Iterator[tuple[Post, str]]:
    handler = Post()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, f"smtp://127.0.0.1:{port}"
    controller.stop()


@pytest.fixture
def mailing(house: House, post: tuple[Post, str]) -> House:
    update = {"smtp_url": SecretStr(post[1]), "public_url": "https://sprout.example/", "mail_from": "s@sprout.example"}
    return replace(house, settings=house.settings.model_copy(update=update))


def nurse(house: House, login: str, *, email: str = "", telegram: str = "", language: Language = Language.ZH) -> None:
    with house.database.begin() as session:
        row = create_demo(
            session, NOW, login=login, name="护士", password="sprout-demo-town", roles=(Role.NURSE_ON_CALL,),
            centres=(), language=language,
        )  # fmt: skip
        row.email, row.telegram_chat = email, telegram


def asks(house: House) -> str:
    with house.database.begin() as session:
        parent = families.parent_at(session, "web", "1", now=house.clock(), zone="Asia/Shanghai")
        return hand_offs.hand_over(session, parent.id, WORDS, TeamHours(), house.clock()).id


def rows(house: House) -> list[OutboxRow]:
    with house.database.read() as session:
        return list(session.scalars(select(OutboxRow).order_by(OutboxRow.id)))


def test_each_nurse_is_told_once_that_a_chat_waits_and_once_that_it_is_late(
    mailing: House, clock: StandingClock
) -> None:
    nurse(mailing, "n1", email="n1@clinic.example", telegram="4711")
    nurse(mailing, "n2")
    chat = asks(mailing)
    assert [notices.of_waiting_chats(mailing) for _ in range(3)] == [2, 0, 0]
    clock.now = NOW + timedelta(minutes=31)
    assert [notices.of_waiting_chats(mailing) for _ in range(2)] == [2, 0]
    found = rows(mailing)
    assert {(r.channel, r.address) for r in found} == {("email", "n1@clinic.example"), ("telegram", "4711")}
    for row in found:
        assert WORDS not in str(row.payload)
        assert f"https://sprout.example/console/inbox/{chat}" in row.payload["html"]


def test_nobody_is_told_at_night_and_of_a_chat_that_a_colleague_has(mailing: House, clock: StandingClock) -> None:
    nurse(mailing, "n1", email="n1@clinic.example")
    clock.now = NOW + timedelta(hours=13)  # 23:00
    chat = asks(mailing)
    assert notices.of_waiting_chats(mailing) == 0
    clock.now = NOW + timedelta(hours=22)  # 08:00
    assert notices.of_waiting_chats(mailing) == 1
    with mailing.database.begin() as session:
        hand_offs.claim(session, chat, "护士", "x")
    clock.now += timedelta(hours=2)
    assert notices.of_waiting_chats(mailing) == 0


def test_without_a_mail_server_no_mail_is_written(house: House) -> None:
    nurse(house, "n1", email="n1@clinic.example")
    asks(house)
    assert notices.of_waiting_chats(house) == 0


def test_the_mail_arrives_with_a_subject_and_a_link_and_nothing_else(mailing: House, post: tuple[Post, str]) -> None:
    nurse(mailing, "n1", email="n1@clinic.example", language=Language.EN)
    asks(mailing)
    notices.of_waiting_chats(mailing)
    assert mail.send_due(mailing) == 1
    assert mail.send_due(mailing) == 0
    (message,) = post[0].got
    assert str(make_header(decode_header(message["Subject"]))) == "A chat waits in Sprout"
    body = message.get_payload(decode=True).decode()
    assert "https://sprout.example/console/inbox/" in body
    assert WORDS not in body
    assert [r.state for r in rows(mailing)] == ["sent"]


def test_an_address_that_is_refused_is_given_up_and_the_others_are_served(
    mailing: House, post: tuple[Post, str]
) -> None:
    nurse(mailing, "n1", email="n1@gone.example")
    nurse(mailing, "n2", email="n2@clinic.example")
    asks(mailing)
    notices.of_waiting_chats(mailing)
    assert mail.send_due(mailing) == 1
    assert {(r.address, r.state) for r in rows(mailing)} == {
        ("n1@gone.example", "failed"),
        ("n2@clinic.example", "sent"),
    }


def test_a_server_that_is_down_is_tried_again_later(
    mailing: House, post: tuple[Post, str], clock: StandingClock
) -> None:
    nurse(mailing, "n1", email="n1@clinic.example")
    asks(mailing)
    notices.of_waiting_chats(mailing)
    down = replace(mailing, settings=mailing.settings.model_copy(update={"smtp_url": SecretStr("smtp://127.0.0.1:9")}))
    assert mail.send_due(down) == 0
    assert [r.state for r in rows(mailing)] == ["pending"]
    assert mail.send_due(mailing) == 0  # not yet due
    clock.now = NOW + timedelta(minutes=2)
    assert mail.send_due(mailing) == 1
    assert len(post[0].got) == 1
