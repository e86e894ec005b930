"""One database of each kind for all tests of care; every test undoes what it did, after the recount."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from bot.app import migrate
from bot.core.db import Database
from scheduler.care.audit import audit_cells
from scheduler.care.model.events import CareEvent
from tests.conftest import with_database


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def care_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('care') / 'care.db'}"
    else:
        url = with_database(request.getfixturevalue("postgres_server"), "care_tests")
        _create(request.getfixturevalue("postgres_server"), "care_tests")
    migrate(url)
    opened = Database(url)
    yield opened
    opened.close()


def _create(server: str, name: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        admin.execute(f'CREATE DATABASE "{name}"')


@pytest.fixture
def session(care_database: Database) -> Iterator[Session]:
    """A transaction; whatever the test did, every count must be right at its end; then it is undone."""
    with care_database.undone() as opened:
        yield opened
        opened.flush()
        assert audit_cells(opened) == []


@pytest.fixture
def heard() -> list[CareEvent]:
    """What the service told: pass `heard.append`."""
    return []
