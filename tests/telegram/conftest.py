"""A Telegram to talk to, and a bot that listens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bot.house import House
from tests.telegram.emulator import Phone, Telegram
from tests.telegram.running import Running, telegram_house


@pytest.fixture
def telegram() -> Iterator[Telegram]:
    with Telegram() as emulator:
        yield emulator


@pytest.fixture
def house(house_on: Any, database_url: str, telegram: Telegram) -> House:
    """On each kind of database, talking to the emulator."""
    return telegram_house(house_on(database_url), telegram)


@pytest.fixture
def house_on_sqlite(house_on: Any, sqlite_url: str, telegram: Telegram) -> House:
    return telegram_house(house_on(sqlite_url), telegram)


@pytest.fixture
def bot(house_on_sqlite: House) -> Iterator[Running]:
    """Running on SQLite, without a limit to its pace."""
    with Running(house_on_sqlite) as running:
        yield running


@pytest.fixture
def phone(telegram: Telegram) -> Phone:
    return telegram.phone()
