"""A Telegram to talk to, and a bot that listens. Databases are copies of one that is migrated and filled."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from bot.app import migrate
from bot.core.db import Database
from bot.house import House
from knowledge import service as knowledge
from scheduler.care.demo_town import seed_demo
from tests.conftest import NOW, with_database
from tests.telegram.emulator import Phone, Telegram
from tests.telegram.running import Running, telegram_house


def fill(url: str) -> None:
    migrate(url)
    database = Database(url)
    with database.begin() as session:
        knowledge.import_content(session, NOW)
        assert knowledge.library_version(session) >= 1
        seed_demo(session, NOW, days=7)
    database.close()


@pytest.fixture(scope="session")
def filled_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("filled") / "sprout.db"
    fill(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def filled_postgres(postgres_server: str) -> str:
    """The name of a database to copy."""
    import psycopg

    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute("CREATE DATABASE filled")
    fill(with_database(postgres_server, "filled"))
    return "filled"


@pytest.fixture
def filled_sqlite_url(filled_sqlite: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(filled_sqlite, tmp_path / 'sprout.db')}"


@pytest.fixture
def filled_postgres_url(filled_postgres: str, postgres_server: str) -> Iterator[str]:
    import psycopg

    name = f"t{uuid4().hex[:12]}"
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{filled_postgres}"')
    yield with_database(postgres_server, name)
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", "postgresql"])
def filled_url(request: pytest.FixtureRequest) -> str:
    """Once on each kind of database."""
    name = "filled_sqlite_url" if request.param == "sqlite" else "filled_postgres_url"
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture
def telegram() -> Iterator[Telegram]:
    with Telegram() as emulator:
        yield emulator


@pytest.fixture
def house_at(shared_house: House, telegram: Telegram) -> Iterator[Callable[[str], House]]:
    """A function: the house over this database, talking to the emulator."""
    opened: list[Database] = []

    def build(url: str, **settings: object) -> House:
        opened.append(Database(url))
        return replace(telegram_house(shared_house, telegram, **settings), database=opened[-1])

    yield build
    for database in opened:
        database.close()


@pytest.fixture
def house(house_at: Callable[[str], House], filled_url: str) -> House:
    """On each kind of database."""
    return house_at(filled_url)


@pytest.fixture
def bot(house_at: Callable[[str], House], filled_sqlite_url: str) -> Iterator[Running]:
    """Running on SQLite, without a limit to its pace."""
    with Running(house_at(filled_sqlite_url)) as running:
        yield running


@pytest.fixture
def phone(telegram: Telegram) -> Phone:
    return telegram.phone()
