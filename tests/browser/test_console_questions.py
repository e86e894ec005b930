"""Questions, danger rules, understanding and the city in a real browser: by keyboard, two people at once, axe."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bot import team
from bot.app import build_assistant, migrate
from bot.core.counting import store as counting
from bot.core.counting.model import Happening
from bot.core.db import Database
from bot.core.families import service as families
from bot.core.language import Language
from bot.core.staff.demo import DEMO_PASSWORD, seed_demo_accounts
from bot.delivery.clerk import Clerk
from bot.house import House
from bot.web.server import create_web
from knowledge import service as knowledge
from knowledge.triage.engine import Triage
from nlu.correcting import service as correcting
from nlu.interpreter import Intent, Parse
from scheduler.care.demo_town import seed_demo
from tests.browser.conftest import AXE, DESK, PHONE, press
from tests.browser.test_access import violations
from tests.conftest import NOW, StandingClock

pytestmark = pytest.mark.browser
Come = Callable[..., Page]
ASKED = ("宝宝八个月能喝酸奶吗", "8个月宝宝可以喝酸奶么", "宝宝总是抓头发怎么办", "孩子晕车吃什么", "孩子打人怎么教")
YESTERDAY = NOW - timedelta(days=1)  # the city sees whole days
PATHS = (
    ("hong", "/console/questions"),
    ("qian", "/console/danger"),
    ("qian", "/console/danger/blue-face?run=yes"),
    ("qian", "/console/danger/blue-face/change"),
    ("admin", "/console/nlu"),
    ("lei", "/console/city"),
)


@pytest.fixture(scope="module")
def console_house(shared_house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    url = f"sqlite:///{tmp_path_factory.mktemp('questions') / 'questions.db'}"
    migrate(url)
    database = Database(url)
    settings = shared_house.settings.model_copy(update={"data_dir": tmp_path_factory.mktemp("data")})
    house = replace(shared_house, database=database, clock=StandingClock(), triage=Triage(), settings=settings)
    with database.begin() as session:
        knowledge.import_content(session, NOW)
        seed_demo_accounts(session, NOW, centres=["1"])
        seed_demo(session, NOW, days=2)
        parent = families.parent_at(session, "web", "p", now=NOW, zone="Asia/Shanghai")
        for place, text in enumerate(ASKED):
            knowledge.keep_question(
                session, text=text, language=Language.ZH, age_months=8.0 + place, why="unanswered",
                parent_id=parent.id, candidates=[("yogurt-cheese", 0.4)], now=NOW - timedelta(hours=place),
            )  # fmt: skip
        doubt = Parse("", Language.ZH, Intent.BOOK_CARE, 0.4, ((Intent.BOOK_CARE, 0.4), (Intent.FIND_CENTRE, 0.3)))
        for text in ("那个还算不算", "你们那边呢"):
            correcting.keep_unsure(session, parent.id, text, doubt, NOW)
        for outcome, times in (("answered", 40), ("unsure", 12), ("unanswered", 3)):
            happened = [Happening("question", outcome, "health", "6-11", "zh")] * times
            counting.count(session, happened, YESTERDAY, house.zone)
        full = [Happening("search", "full", place="青禾街道")] * 9
        counting.count(session, full, YESTERDAY, house.zone)
    team.group_new_questions(house)
    yield house
    database.close()


@pytest.fixture(scope="module")
def console_address(console_house: House) -> Iterator[str]:
    assistant = build_assistant(console_house)
    app = create_web(console_house, assistant, Clerk(console_house, assistant))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        threading.Event().wait(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def come(chromium: Browser, console_address: str) -> Iterator[Come]:
    """A function: somebody signed in, in a browser of their own; nothing outside is asked, nothing complains."""
    contexts: list[BrowserContext] = []
    outside: list[str] = []
    complaints: list[str] = []

    def complain(kind: str, text: str) -> None:
        if kind in ("error", "warning") and "status of 4" not in text:
            complaints.append(text)

    def somebody(login: str, viewport: dict[str, int] = DESK, language: str = "zh", **more: object) -> Page:
        context = chromium.new_context(viewport=viewport, base_url=console_address, **more)  # type: ignore[arg-type]
        context.set_default_timeout(10_000)
        context.on("request", lambda r: outside.append(r.url) if not r.url.startswith(console_address) else None)
        context.on("console", lambda message: complain(message.type, message.text))
        contexts.append(context)
        page = context.new_page()
        page.goto("/console/login")
        page.fill("input[name=login]", login)
        page.fill("input[name=password]", DEMO_PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url("**/console/")
        now = page.locator("html").get_attribute("lang")
        if (language == "en") != (now == "en"):
            page.click("form.language button")
        return page

    yield somebody
    for context in contexts:
        context.close()
    assert outside == []
    assert complaints == []


def test_a_nurse_goes_through_questions_by_keyboard(come: Come) -> None:
    page = come("hong")
    page.goto("/console/questions")
    press(page, "?")
    expect(page.locator("#keys-help")).to_be_visible()
    press(page, "Escape")
    expect(page.locator("#keys-help")).to_be_hidden()
    press(page, "j")
    press(page, "j")
    expect(page.locator(".question").nth(1)).to_be_focused()
    press(page, "k")
    expect(page.locator(".question").nth(0)).to_be_focused()
    press(page, "a")
    page.wait_for_url("**#do-a")
    expect(page.locator("#answer textarea")).to_be_focused()
    page.keyboard.type("可以，从少量原味酸奶开始。")
    page.locator("#answer button.main").click()
    expect(page.locator(".said")).to_contain_text("已发给家长")
    page.goto("/console/questions")
    press(page, "d")
    expect(page.locator("#dismiss input").first).to_be_attached()
    page.wait_for_url("**#do-d")
    page.locator("#dismiss input[value=test]").check()
    page.locator("#dismiss button.danger").click()
    expect(page.locator(".said")).to_contain_text("不用回答")


def test_another_article_is_found_while_typing_and_linked(come: Come) -> None:
    page = come("hong")
    page.goto("/console/questions?words=打人")
    press(page, "j")
    press(page, "l")
    page.wait_for_url("**#do-l")
    page.locator("#link input[type=search]").fill("蜂蜜")
    expect(page.locator("#offers")).to_contain_text(re.compile("蜂蜜"))
    page.locator("#offers input").first.check()
    page.locator("#link input[name=add_phrasing]").uncheck()
    page.locator("#link button.main").click()
    expect(page.locator(".said")).to_contain_text("已关联")


def test_two_people_settle_one_group_and_the_second_is_told(come: Come) -> None:
    first, second = come("hong"), come("min")
    first.goto("/console/questions?words=晕车")
    href = first.locator(".question").first.get_attribute("href")
    assert href is not None
    first.goto(href)
    second.goto(href)
    for page in (first, second):
        page.locator("#dismiss input[value=test]").check()
        page.locator("#dismiss button.danger").click()
    expect(first.locator(".said")).to_be_visible()
    expect(second.locator("h1")).to_contain_text("同事先了一步")


def test_a_rule_is_changed_by_one_and_published_by_another(come: Come, console_house: House) -> None:
    author, reviewer = come("fang"), come("jing")
    author.goto("/console/danger/blue-face/change")
    patterns, sentences = author.locator("textarea[name=zh]"), author.locator("textarea[name=fires_zh]")
    patterns.fill(patterns.input_value() + "\n指甲.{0,6}发紫")
    sentences.fill(sentences.input_value() + "\n宝宝指甲发紫")
    author.locator("main form button.main").click()
    author.wait_for_url("**/danger-change/**")
    author.locator("#trial button").click()
    expect(author.locator("#trial .said")).to_be_visible(timeout=60_000)
    reviewer.goto(author.url.split("#")[0])
    reviewer.get_by_role("button", name="审核通过，马上生效").click()
    expect(reviewer.locator(".said").first).to_contain_text("已生效")
    expect(reviewer.locator("main")).to_contain_text("李静")


def test_one_click_corrects_a_message_and_the_card_goes(come: Come) -> None:
    page = come("fang")
    page.goto("/console/nlu")
    card = page.locator(".unsure", has_text="那个还算不算")
    card.get_by_role("button", name="找机构").click()
    expect(card).to_have_count(0)
    page.goto("/console/nlu?state=corrected")
    expect(page.locator(".unsure", has_text="那个还算不算")).to_contain_text("意思是找机构")


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: make assets")
@pytest.mark.parametrize(("viewport", "language"), [(PHONE, "zh"), (DESK, "en")], ids=["zh-phone", "en-desk"])
def test_axe_finds_nothing_and_nothing_runs_off_the_screen(come: Come, viewport: dict[str, int], language: str) -> None:
    pages: dict[str, Page] = {}
    for login, path in PATHS:
        page = pages.get(login) or come(login, viewport, language)
        pages[login] = page
        page.goto(path)
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path
    page = pages["lei"]
    page.locator("main details summary").first.click()
    expect(page.locator("main table").first).to_be_visible()
    assert violations(page) == []
