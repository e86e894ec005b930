"""kill -9 at random moments: no message lost, and an answer repeated only if its send was in flight."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.core.db import Database
from bot.core.settings import HOME
from bot.delivery.store import InboxRow, OutboxRow
from bot.telegram.sender import MOST_IN_FLIGHT
from tests.telegram.emulator import TOKEN, Phone, Telegram, faults

KILLS = 4
PHONES = 8
ROUNDS = 6  # messages of each phone


class Sprout:
    """The process under test."""

    def __init__(self, telegram: Telegram, url: str, data: Path) -> None:
        self._telegram = telegram
        self._log = (data / "log.txt").open("ab")
        self._environment = {
            **os.environ,
            "DATABASE_URL": url,
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "SPROUT_TELEGRAM_BASE_URL": telegram.url,
            "SPROUT_DATA_DIR": str(data),
            "SPROUT_CACHE_DIR": str(HOME / "var" / "cache"),
            "SPROUT_RASA": "false",
        }
        self.start()

    def start(self) -> None:
        polls = self._telegram.cloud.poller
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.telegram.sprout_process"],
            cwd=HOME,
            env=self._environment,
            stdout=self._log,
            stderr=self._log,
        )
        listening = self._telegram.cloud.wait_until(lambda: self._telegram.cloud.poller > polls, 90)
        assert listening, "the process does not poll"

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(10)

    def end(self) -> int:
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(30)


def talk(phone: Phone, fate: random.Random) -> None:
    for number in range(ROUNDS):
        match number % 3:
            case 0:
                phone.command("help")
            case 1:
                phone.says("宝宝8个月能吃蜂蜜吗")
            case _:
                phone.command("menu")
        time.sleep(fate.uniform(0.5, 3))


@pytest.mark.slow
@pytest.mark.timeout(500)
def test_a_killed_bot_loses_nothing(telegram: Telegram, filled_url: str, tmp_path: Path) -> None:
    fate = random.Random(20261118)
    phones = [telegram.phone() for _ in range(PHONES)]
    talks = [threading.Thread(target=talk, args=(phone, random.Random(n))) for n, phone in enumerate(phones)]
    telegram.cloud.weather = lambda method, chat: faults.slow(0.2) if method == "sendMessage" else None
    sprout = Sprout(telegram, filled_url, tmp_path)
    for thread in talks:
        thread.start()
    for _ in range(KILLS):
        time.sleep(fate.uniform(0.3, 2.5))
        sprout.kill()
        sprout.start()
    for thread in talks:
        thread.join()

    database = Database(filled_url)
    settled = wait_until_settled(database, PHONES * ROUNDS)
    assert sprout.end() == 0
    with database.read() as session:
        heard = session.execute(select(InboxRow.address, InboxRow.state, func.count()).group_by("address", "state"))
        assert {tuple(row) for row in heard} == {(str(p.chat_id), "done", ROUNDS) for p in phones}
        rows = [(r.id, r.address, r.state, r.doubts, r.remote_id) for r in session.scalars(select(OutboxRow))]
    database.close()

    assert settled
    answers = Counter(address for _, address, *_ in rows)
    assert all(answers[str(p.chat_id)] >= ROUNDS for p in phones)
    doubts = sum(row[3] for row in rows)
    assert doubts <= KILLS * MOST_IN_FLIGHT
    for phone in phones:
        mine = [row for row in rows if row[1] == str(phone.chat_id)]
        shown = Counter(str(m.message_id) for m in phone.screen)
        # Without a doubt: exactly one message on the phone. With one: none is missing, and no more than once again.
        assert all(shown[remote_id] == 1 for _, _, state, _, remote_id in mine if state == "sent")
        assert {state for _, _, state, *_ in mine} <= {"sent", "ambiguous"}
        assert len(phone.screen) <= len(mine) + sum(row[3] for row in mine)


def wait_until_settled(database: Database, messages: int) -> bool:
    """Everything has been heard and said."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        with database.read() as session:
            done = session.scalar(select(func.count()).select_from(InboxRow).where(InboxRow.state == "done"))
            unsaid = session.scalar(
                select(func.count()).select_from(OutboxRow).where(OutboxRow.state.in_(("pending", "attempting")))
            )
        if (done, unsaid) == (messages, 0):
            return True
        time.sleep(0.3)
    return False
