"""A real server on a free port, and Debian's Chromium to look at it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright, expect, sync_playwright

from bot.app import build_assistant, migrate
from bot.core.db import Database
from bot.delivery.clerk import Clerk
from bot.house import House
from bot.web.pace import Allowance, Pace
from bot.web.server import create_web
from knowledge import service as knowledge
from scheduler.care.demo_town import seed_demo
from tests.conftest import NOW, StandingClock

expect.set_options(timeout=15_000)  # two tests share the machine

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}


def press(page: Page, key: str) -> None:
    """A key, once the scripts of the page listen."""
    page.wait_for_load_state()
    page.keyboard.press(key)


@contextmanager
def filled(house: House, url: str) -> Iterator[House]:
    """The house over this database, with all articles and the demo town."""
    migrate(url)
    database = Database(url)
    with database.begin() as session:
        knowledge.import_content(session, NOW)
        seed_demo(session, NOW, days=7)
    yield replace(house, database=database, clock=StandingClock())
    database.close()


@pytest.fixture(scope="session")
def web_house(shared_house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with filled(shared_house, f"sqlite:///{tmp_path_factory.mktemp('web') / 'web.db'}") as house:
        yield house


@pytest.fixture(scope="session")
def address(web_house: House) -> Iterator[str]:
    with served(web_house) as at:
        yield at


@contextmanager
def served(web_house: House) -> Iterator[str]:
    """The chat page's address while a real server serves it."""
    assistant = build_assistant(web_house)
    wide = Pace(visitor=Allowance(1000, 1000), host=Allowance(1000, 1000))
    app = create_web(web_house, assistant, Clerk(web_house, assistant), pace=wide)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        threading.Event().wait(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


# Of the package, not of the session: while Playwright runs, tests elsewhere could not start an event loop.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("NO BROWSER: install the packages chromium and fonts-noto-cjk, or run .ci/browser")
    playwright: Playwright
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Visit:
    """A page, everything that it asked for, and everything that it complained about."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.address = address
        self.requests: list[str] = []
        self.complaints: list[str] = []
        context.on("request", lambda request: self.requests.append(request.url))
        context.on("console", lambda message: self._complain(message.type, message.text))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.context = context
        self.page: Page = context.new_page()
        self.page.goto(address)

    def _complain(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and "net::ERR" not in text and "status of 4" not in text:
            self.complaints.append(text)


@pytest.fixture
def visit(chromium: Browser, address: str) -> Iterator[Any]:
    """A function that opens the page as somebody new; at the end nothing outside was asked and nothing complained."""
    visits: list[Visit] = []

    def open_page(viewport: dict[str, int] = PHONE, locale: str = "zh-CN", **more: Any) -> Visit:
        context = chromium.new_context(viewport=viewport, locale=locale, **more)  # type: ignore[arg-type]
        context.set_default_timeout(10_000)
        visits.append(Visit(context, address))
        return visits[-1]

    yield open_page
    for made in visits:
        made.context.close()
        assert [url for url in made.requests if not url.startswith(address)] == []
        assert made.complaints == []


def say(page: Page, text: str) -> Locator:
    """Type and send; the first message that answers."""
    before = page.locator(".own").count()
    page.fill("#text", text)
    page.press("#text", "Enter")
    own = page.locator(".own").nth(before)
    reply = own.locator("xpath=following-sibling::div[contains(@class,'bot') and not(contains(@class,'typing'))]").first
    reply.wait_for()
    return reply
