"""A house that can only remind, on each kind of database, with words that show which reminder they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot import reminding
from bot.house import House
from tests.conftest import StandingClock
from tests.reminders.process import plain_house, use_plain_words


@pytest.fixture
def plain_words() -> Iterator[None]:
    before = dict(reminding.WORDS)
    use_plain_words()
    yield
    reminding.WORDS.clear()
    reminding.WORDS.update(before)


@pytest.fixture
def reminder_house(database_url: str, clock: StandingClock, plain_words: None) -> Iterator[House]:
    house = plain_house(database_url, clock)
    yield house
    house.database.close()


@pytest.fixture
def whole_house(shared_house: House, sqlite_url: str, clock: StandingClock) -> Iterator[House]:
    """All words and rules, on an empty SQLite."""
    from bot.core.db import Database

    opened = Database(sqlite_url)
    yield replace(shared_house, database=opened, clock=clock)
    opened.close()
