"""A database of each kind for all tests of reminders, emptied before each; a house on it that can only remind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot import reminding
from bot.app import migrate
from bot.core.db import Base, Database
from bot.house import House
from tests.conftest import StandingClock, with_database
from tests.reminders.process import plain_house, use_plain_words

_USED = (
    "outbox", "pace", "reminder", "reminder_choice", "own_reminder", "conversation", "invitation", "child", "parent",
    "family",
)  # fmt: skip


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def kept_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('reminders') / 'reminders.db'}"
    else:
        import psycopg

        server = request.getfixturevalue("postgres_server")
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute('DROP DATABASE IF EXISTS "reminder_tests" WITH (FORCE)')
            admin.execute('CREATE DATABASE "reminder_tests"')
        url = with_database(server, "reminder_tests")
    migrate(url)
    return url


@pytest.fixture
def database_url(kept_url: str) -> str:
    """Without what the test before left."""
    database = Database(kept_url)
    with database.begin() as session:
        for name in _USED:
            session.execute(Base.metadata.tables[name].delete())
    database.close()
    return kept_url


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
    opened = Database(sqlite_url)
    yield replace(shared_house, database=opened, clock=clock, library=shared_house.library.standing())
    opened.close()
