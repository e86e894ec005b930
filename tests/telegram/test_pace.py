"""The pace of sending: shared by processes through the database, never above what Telegram bears."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.db import Base, Database
from bot.core.language import Language
from bot.delivery import outbox
from bot.delivery.pace import TELEGRAM, Pace, allowance, hold, taken
from bot.house import House
from bot.telegram.incoming import CHANNEL
from bot.texts import Message
from tests.conftest import NOW
from tests.telegram.emulator import Telegram
from tests.telegram.running import Running, running_clock


@pytest.fixture
def empty() -> Iterator[Database]:
    database = Database("sqlite://")
    Base.metadata.create_all(database.engine)
    yield database
    database.close()


def leave(database: Database, now: datetime, wish: int, pace: Pace) -> int:
    with database.begin() as session:
        may = min(wish, allowance(session, "test", now, pace))
        taken(session, "test", may, now, pace)
        return may


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 0.5), st.integers(1, 9)), min_size=1, max_size=60))
def test_never_more_than_thirty_leave_in_any_second(wishes: list[tuple[float, int]]) -> None:
    database = Database("sqlite://")
    Base.metadata.create_all(database.engine)
    left: list[datetime] = []
    now = NOW
    for pause, wish in wishes:
        now += timedelta(seconds=pause)
        left += [now] * leave(database, now, wish, TELEGRAM)
    database.close()
    for moment in left:
        assert sum(moment <= other < moment + timedelta(seconds=1) for other in left) <= 30


def test_the_steady_rate_is_reached(empty: Database) -> None:
    count = sum(leave(empty, NOW + timedelta(milliseconds=20 * n), 9, TELEGRAM) for n in range(500))
    assert 245 <= count <= 256  # ten seconds at 25 a second


def test_nothing_leaves_while_the_channel_is_told_to_wait(empty: Database) -> None:
    with empty.begin() as session:
        hold(session, "test", NOW, 30, TELEGRAM)
    assert leave(empty, NOW + timedelta(seconds=29), 1, TELEGRAM) == 0
    assert leave(empty, NOW + timedelta(seconds=30.01), 1, TELEGRAM) == 1


def test_a_shorter_wait_does_not_end_a_longer_one(empty: Database) -> None:
    with empty.begin() as session:
        hold(session, "test", NOW, 30, TELEGRAM)
        hold(session, "test", NOW, 2, TELEGRAM)
    assert leave(empty, NOW + timedelta(seconds=10), 1, TELEGRAM) == 0


def test_two_processes_together_keep_to_telegrams_limits(
    house_at: Callable[[str], House], filled_postgres_url: str, telegram: Telegram
) -> None:
    """Two edges on one PostgreSQL: every message once, in order, and Telegram never has to say 429."""
    telegram.limits(per_second=30, chat_per_second=1)
    first, second = house_at(filled_postgres_url), house_at(filled_postgres_url)
    phones = [telegram.phone() for _ in range(30)]
    with first.database.begin() as session:
        for phone in phones:
            letters = [Message(f"{n}", language=Language.EN) for n in range(3)]
            outbox.write(session, letters, channel=CHANNEL, address=str(phone.chat_id), now=running_clock())
    with Running(first, pace=TELEGRAM), Running(second, pace=TELEGRAM, wait=False):
        telegram.wait_for("sendMessage", 90, within=40)
    assert Counter(c.outcome for c in telegram.calls("sendMessage")) == {"ok": 90}
    assert all([m.text for m in phone.screen] == ["0", "1", "2"] for phone in phones)
