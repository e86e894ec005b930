"""A walk through the console, as its README tells it; SPROUT_PICTURES=1 takes the pictures of that walk anew."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bot.core.staff.demo import seed_demo_accounts
from bot.house import House
from tests.browser.conftest import PHONE, Visit, say
from tests.conftest import NOW

pytestmark = pytest.mark.browser
PICTURES = Path(__file__).resolve().parents[2] / "bot" / "web" / "console" / "pictures"
SCREEN = {"width": 1180, "height": 860}
Open = Callable[..., Visit]


@pytest.fixture
def walk(chromium: Browser, address: str, web_house: House) -> Iterator[Callable[..., Page]]:
    """A function: somebody of the demo, signed in, who reads English."""
    with web_house.database.begin() as session:
        seed_demo_accounts(session, NOW, centres=["1", "2"])
    contexts: list[BrowserContext] = []

    def come(login: str, viewport: dict[str, int] = SCREEN) -> Page:
        context = chromium.new_context(viewport=viewport, base_url=address, reduced_motion="reduce")  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.goto("/console/login")
        page.locator(f"button[name=login][value={login}]").click()
        page.wait_for_url("**/console/")
        if page.locator("html").get_attribute("lang") != "en":
            page.locator("button[name=language]").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        return page

    yield come
    for context in contexts:
        context.close()


def picture(page: Page, name: str) -> None:
    if os.environ.get("SPROUT_PICTURES"):
        PICTURES.mkdir(exist_ok=True)
        page.screenshot(path=PICTURES / f"{name}.png")


def test_a_walk_through_the_console(walk: Callable[..., Page], visit: Open) -> None:
    parent = visit(PHONE, "en-GB").page
    say(parent, "My 8 month old has had diarrhoea for two days")
    say(parent, "/person")
    parent.fill("#text", "Six times since yesterday, but she drinks well. Do we need a doctor?")
    parent.press("#text", "Enter")
    expect(parent.locator(".own").last).to_contain_text("Six times")

    nurse = walk("min")
    expect(nurse.get_by_text("chats wait for a person")).to_be_visible()
    nurse.goto("/console/inbox")
    nurse.locator(".chat", has_text="Six times").click()
    nurse.get_by_role("button", name="Take this chat").click()
    expect(nurse.get_by_label("Answer as")).to_be_visible()
    nurse.locator("input[name=article]").nth(1).check()
    nurse.evaluate("window.scrollTo(0, 90)")
    picture(nurse, "inbox")

    author = walk("fang")
    author.goto("/console/articles")
    expect(author.get_by_role("heading", level=1)).to_be_visible()
    author.goto("/console/articles/honey-botulism")
    expect(author.get_by_role("heading", level=1)).to_be_visible()
    picture(author, "article")

    reviewer = walk("jing")
    reviewer.goto("/console/try?text=My+2+month+old+has+a+fever+of+39")
    expect(reviewer.get_by_role("heading", level=1)).to_be_visible()
    picture(reviewer, "try")
    reviewer.goto("/console/danger")
    expect(reviewer.get_by_role("heading", level=1)).to_be_visible()

    carer = walk("yan", PHONE)
    carer.goto("/console/centres/1/today")
    expect(carer.get_by_role("heading", level=1)).to_be_visible()
    picture(carer, "centre")

    city = walk("lei")
    city.goto("/console/city")
    expect(city.get_by_role("heading", level=1)).to_be_visible()

    admin = walk("admin")
    admin.goto("/console/staff")
    expect(admin.get_by_role("heading", level=1)).to_be_visible()
    admin.goto("/console/audit?action=hand_off")
    expect(admin.locator("code", has_text="hand_off.claimed").first).to_be_visible()
