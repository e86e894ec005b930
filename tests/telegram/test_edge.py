"""The edge as a whole: webhook, starting and stopping, chats side by side, and what never reaches a log."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable

import pytest
from pydantic import SecretStr

from bot.delivery import inbox
from bot.house import House
from bot.telegram.edge import TokenRefused
from bot.telegram.incoming import CHANNEL
from bot.telegram.webhook import PortTaken
from tests.telegram.emulator import TOKEN, Phone, Telegram, faults
from tests.telegram.running import Running


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def hooked(house_at: Callable[..., House], filled_sqlite_url: str) -> House:
    """A house that wants its updates by webhook."""
    port = free_port()
    return house_at(
        filled_sqlite_url,
        telegram_webhook_url=f"http://127.0.0.1:{port}/hooks/telegram",
        telegram_webhook_port=port,
        telegram_webhook_secret=SecretStr("a-secret_that-nobody-guesses"),
    )


def test_updates_come_by_webhook(hooked: House, telegram: Telegram, phone: Phone) -> None:
    with Running(hooked):
        phone.says("宝宝8个月能吃蜂蜜吗")
        phone.sees("蜂蜜")
        phone.command("menu")
        phone.sees()
        phone.presses("问问题")
        phone.sees()
    assert set(telegram.post.statuses) == {200}


def test_what_the_webhook_brings_twice_is_answered_once(hooked: House, telegram: Telegram, phone: Phone) -> None:
    telegram.post.twice = True
    with Running(hooked):
        phone.command("help")
        phone.sees("/privacy")
        phone.sees_nothing(1.5)
    assert telegram.post.statuses == [200, 200]


def test_a_wrong_secret_is_turned_away(hooked: House, telegram: Telegram, phone: Phone) -> None:
    with Running(hooked):
        url = str(hooked.settings.telegram_webhook_url)
        update = {"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": phone.chat, "text": "hi"}}
        assert telegram.post.deliver(url, "a guess", update) == 403
        assert telegram.post.deliver(url, None, update) == 403
        phone.sees_nothing()


def test_the_webhook_asks_for_it_again_when_it_could_not_be_stored(
    hooked: House, telegram: Telegram, phone: Phone
) -> None:
    with Running(hooked):
        with hooked.database.begin() as session:
            session.connection().exec_driver_sql("ALTER TABLE inbox RENAME TO inbox_away")
        phone.command("help")
        assert telegram.cloud.wait_until(lambda: 503 in telegram.post.statuses, 5)
        with hooked.database.begin() as session:
            session.connection().exec_driver_sql("ALTER TABLE inbox_away RENAME TO inbox")
        phone.sees("/privacy")


def test_what_is_no_update_is_refused_and_an_unreadable_update_is_not_sent_for_ever(
    hooked: House, telegram: Telegram, phone: Phone
) -> None:
    with Running(hooked):
        url, secret = str(hooked.settings.telegram_webhook_url), "a-secret_that-nobody-guesses"
        assert telegram.post.deliver(url, secret, {"no": "update"}) == 400
        assert telegram.post.deliver(url, secret, {"update_id": 5, "message": {"x": "y" * 1_100_000}}) == 413
        assert telegram.post.deliver(url, secret, {"update_id": 6, "message": {"nonsense": True}}) == 200


def test_without_a_secret_of_its_own_the_webhook_makes_one(hooked: House, telegram: Telegram, phone: Phone) -> None:
    hooked.settings.telegram_webhook_secret = None
    with Running(hooked):
        phone.command("help")
        phone.sees("/privacy")
    secret = telegram.cloud.webhook["secret"]
    assert len(secret) == 64
    assert secret not in TOKEN


def test_a_taken_port_is_named(hooked: House) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", hooked.settings.telegram_webhook_port))
        other.listen()
        running = Running(hooked, wait=False)
        with running:
            running._ready.wait(10)
    assert isinstance(running.error, PortTaken)
    assert str(hooked.settings.telegram_webhook_port) in str(running.error)


def test_a_wrong_token_is_said_in_plain_words_and_not_repeated(
    house_at: Callable[..., House], filled_sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = "7000000001:AAwrong"
    with (
        caplog.at_level(logging.DEBUG),
        pytest.raises(TokenRefused, match="TELEGRAM_BOT_TOKEN") as refused,
        Running(house_at(filled_sqlite_url, telegram_token=SecretStr(wrong))),
    ):
        pass
    assert wrong not in str(refused.value)
    assert refused.value.__suppress_context__


def test_telegram_being_away_at_the_start_is_waited_out(
    house_at: Callable[..., House], filled_sqlite_url: str, telegram: Telegram, phone: Phone
) -> None:
    telegram.fails(faults.connection_lost(), times=2, method="getMe")
    with Running(house_at(filled_sqlite_url)):
        phone.command("help")
        phone.sees("/privacy")


def test_what_waited_while_the_bot_was_off_is_answered_at_the_next_start(
    house_at: Callable[..., House], filled_sqlite_url: str, telegram: Telegram, phone: Phone
) -> None:
    phone.command("help")
    with Running(house_at(filled_sqlite_url)):
        phone.sees("/privacy")
    phone.command("menu")
    with Running(house_at(filled_sqlite_url)):
        phone.sees()
        phone.sees_nothing(1.5)


def test_a_slow_chat_does_not_hold_up_another(
    house_at: Callable[..., House], filled_postgres_url: str, telegram: Telegram
) -> None:
    slow, quick = telegram.phone(), telegram.phone()
    house = house_at(filled_postgres_url)
    with Running(house):
        with inbox.chat_turn(house.database, CHANNEL, str(slow.chat_id)):
            slow.command("help")
            slow.command("menu")
            started = time.monotonic()
            quick.command("help")
            quick.sees("/privacy")
            assert time.monotonic() - started < 5
            slow.sees_nothing()
        slow.sees("/privacy")
        slow.sees()


def test_no_log_holds_the_token_or_what_a_parent_wrote(
    house_at: Callable[..., House], filled_sqlite_url: str, telegram: Telegram, phone: Phone,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    caplog.set_level(logging.INFO)
    house = house_at(filled_sqlite_url)
    with Running(house, patience=0.5):
        telegram.fails(faults.bad_request("no"))
        telegram.fails(faults.reply_lost())
        telegram.fails(faults.server_error(), method="getUpdates")
        phone.says("我家小明8个月能吃蜂蜜吗")
        telegram.wait_for("sendMessage")
        phone.says("我家小明一岁能吃蜂蜜吗")
        phone.sees()
        with house.database.begin() as session:
            session.connection().exec_driver_sql("ALTER TABLE conversation RENAME TO conversation_away")
        phone.says("我家小明昨天摔了一跤")
        phone.sees("抱歉")
        with house.database.begin() as session:
            session.connection().exec_driver_sql("ALTER TABLE conversation_away RENAME TO conversation")
    assert caplog.records
    assert "小明" not in caplog.text
    assert TOKEN not in caplog.text
    assert TOKEN.replace(":", "%3A") not in caplog.text
