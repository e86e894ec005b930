"""The web app over real databases, asked through ASGI."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import httpx
import pytest

from bot.app import build_assistant, migrate
from bot.core.db import Database
from bot.delivery.clerk import Clerk
from bot.house import House
from bot.web.pace import Pace
from bot.web.server import create_web
from bot.web.visitors import Visitors, session_key
from knowledge import service as knowledge
from tests.conftest import NOW, StandingClock, with_database

Serve = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """A function: a started app over a house, and a browser of somebody new (`headers` go with every request)."""
    async with AsyncExitStack() as stack:

        async def start(house: House, *, pace: Pace | None = None, **headers: str) -> httpx.AsyncClient:
            assistant = build_assistant(house)
            app = create_web(house, assistant, Clerk(house, assistant), pace=pace)
            await stack.enter_async_context(app.router.lifespan_context(app))
            transport = httpx.ASGITransport(app)
            client = httpx.AsyncClient(transport=transport, base_url="http://sprout.test", headers=headers)
            return await stack.enter_async_context(client)

        yield start


@pytest.fixture
async def web(serve: Serve, shared_house: House) -> httpx.AsyncClient:
    """Somebody new in the shared house (SQLite)."""
    return await serve(shared_house)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database of each kind with all articles, for a whole module: every test has an address of its own."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('web') / 'web.db'}"
    else:
        url = _new_postgresql(request.getfixturevalue("postgres_server"))
    migrate(url)
    database = Database(url)
    with database.begin() as session:
        knowledge.import_content(session, NOW)
    yield database
    database.close()


def _new_postgresql(server: str) -> str:
    import psycopg

    name = f"web{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
    return with_database(server, name)


@pytest.fixture
def house(filled: Database, shared_house: House, clock: StandingClock) -> House:
    return replace(shared_house, database=filled, clock=clock)


class Caller:
    """Another channel: it keeps its session itself and sends it as a header."""

    def __init__(self, house: House) -> None:
        self.address = secrets.token_hex(16)
        self.headers = {"X-Sprout-Session": Visitors(session_key(house.settings)).token(self.address)}


@pytest.fixture
def caller(house: House) -> Caller:
    return Caller(house)


def said(answer: dict[str, Any]) -> str:
    return "\n".join(answer["reply"])
