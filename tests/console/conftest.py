"""The console over real databases, asked by people with accounts and cookies of their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from bot.app import build_assistant
from bot.core.db import Database
from bot.core.settings import Settings
from bot.core.staff.demo import DEMO_PASSWORD, seed_demo_accounts
from bot.core.staff.model import Actor, Role
from bot.core.staff.service import actor_of, create_demo
from bot.delivery.clerk import Clerk
from bot.house import House
from bot.web.server import create_web
from tests.conftest import NOW, StandingClock

FORM = re.compile(r'name="form_token" value="([0-9a-f]{64})"')


class Person:
    """Somebody's browser: it keeps cookies and sends every form with the token of the page it saw last."""

    def __init__(self, app: FastAPI, *, https: bool = False, address: str = "192.0.2.1", language: str = "en") -> None:
        self.http = TestClient(
            app, base_url="https://sprout.test" if https else "http://sprout.test", raise_server_exceptions=False,
            follow_redirects=False, client=(address, 50000), headers={"Accept-Language": language},
        )  # fmt: skip
        self.token = ""

    def get(self, path: str, *, follow: bool = True, **more: Any) -> httpx.Response:
        response: httpx.Response = self.http.get(path, follow_redirects=follow, **more)
        self._see(response)
        return response

    def post(
        self, path: str, data: dict[str, Any] | None = None, *, follow: bool = True, **more: Any
    ) -> httpx.Response:
        """Send a form; `data` may hold a wrong or empty form_token of its own."""
        sent = {"form_token": self.token, **(data or {})}
        response: httpx.Response = self.http.post(path, data=sent, follow_redirects=follow, **more)
        self._see(response)
        return response

    def sign_in(self, login: str, password: str = DEMO_PASSWORD, *, next: str = "") -> httpx.Response:
        self.get("/console/login")
        return self.post("/console/login", {"login": login, "password": password, "next": next})

    def _see(self, response: httpx.Response) -> None:
        found = FORM.search(response.text)
        if found:
            self.token = found[1]


@pytest.fixture
def console_settings(settings: Settings, tmp_path: Any) -> Settings:
    return settings.model_copy(update={"data_dir": tmp_path})


@pytest.fixture
def house(shared_house: House, database: Database, clock: StandingClock, console_settings: Settings) -> House:
    """All articles in memory, a database of each kind with the demo's people and no content."""
    with database.begin() as session:
        seed_demo_accounts(session, NOW, centres=["1", "2"])
    return replace(shared_house, database=database, clock=clock, settings=console_settings)


@pytest.fixture
def app(house: House) -> FastAPI:
    return app_of(house)


def app_of(house: House) -> FastAPI:
    assistant = build_assistant(house)
    return create_web(house, assistant, Clerk(house, assistant))


Come = Callable[..., Person]


@pytest.fixture
def come(app: FastAPI) -> Iterator[Come]:
    """A function: a browser of somebody new, signed in as `login` of the demo if that is given."""
    people: list[Person] = []

    def somebody(login: str = "", **more: Any) -> Person:
        people.append(Person(app, **more))
        if login:
            response = people[-1].sign_in(login)
            assert response.url.path == "/console/", response.text[:500]
        return people[-1]

    yield somebody
    for person in people:
        person.http.close()


@pytest.fixture
def actor(house: House) -> Callable[..., Actor]:
    """A function: somebody with these roles, and an account."""

    def somebody(*roles: Role, name: str = "测试", centres: tuple[str, ...] = ()) -> Actor:
        with house.database.begin() as session:
            row = create_demo(
                session, NOW, login=f"x{abs(hash((roles, name, centres))) % 10**9}", name=name, password=DEMO_PASSWORD,
                roles=roles, centres=centres, language=house_language(),
            )  # fmt: skip
            return actor_of(row)

    return somebody


def house_language() -> Any:
    from bot.core.language import Language

    return Language.ZH
