"""Articles in the console, in a real browser: two people at once, review, keyboard, no scripts, axe."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bot.app import build_assistant, migrate
from bot.core.db import Database
from bot.core.staff.demo import DEMO_PASSWORD, seed_demo_accounts
from bot.delivery.clerk import Clerk
from bot.house import House
from bot.web.server import create_web
from knowledge import service as knowledge
from knowledge.library import Library
from nlu.embedding import joint_embedder
from nlu.vector_cache import VectorCache
from tests.browser.conftest import AXE, DESK, PHONE, press
from tests.browser.test_access import violations
from tests.conftest import NOW, StandingClock

pytestmark = pytest.mark.browser
HONEY = "honey-botulism"
Come = Callable[..., Page]


@pytest.fixture(scope="module")
def console_house(shared_house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """All articles in a database and a library of their own: what is published here is not published elsewhere."""
    url = f"sqlite:///{tmp_path_factory.mktemp('articles') / 'articles.db'}"
    migrate(url)
    database = Database(url)
    with database.begin() as session:
        knowledge.import_content(session, NOW)
        seed_demo_accounts(session, NOW, centres=["1"])
    vectors = VectorCache(shared_house.settings.cache / "vectors.db")
    library = Library(joint_embedder().embed, embed_many=vectors.embed)
    with database.read() as session:
        library.refresh(session, today=NOW.date())
    yield replace(shared_house, database=database, clock=StandingClock(), library=library)
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

    def somebody(login: str, viewport: dict[str, int] = DESK, **more: object) -> Page:
        context = chromium.new_context(viewport=viewport, base_url=console_address, **more)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        contexts.append(context)
        context.on("request", lambda r: None if r.url.startswith(console_address) else outside.append(r.url))
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on(
            "console",
            lambda m: complaints.append(m.text) if m.type == "error" and "status of 4" not in m.text else None,
        )
        page = context.new_page()
        page.goto("/console/login")
        page.fill("[name=login]", login)
        page.fill("[name=password]", DEMO_PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/console/")
        return page

    yield somebody
    for context in contexts:
        context.close()
    assert outside == []
    assert complaints == []


def test_two_people_on_one_article_lose_nothing_and_a_third_publishes(come: Come, console_address: str) -> None:
    fang, sun = come("fang"), come("qian")
    fang.goto(f"/console/articles/{HONEY}")
    fang.get_by_role("button", name="修改", exact=True).click()
    fang.wait_for_url("**/edit")
    sun.goto(f"/console/articles/{HONEY}/edit")
    expect(sun.locator("#presence")).to_contain_text("王芳")

    fang.fill("#zh-title", "蜂蜜：满一岁再吃")
    fang.locator("#zh-short").focus()
    expect(fang.locator("#preview")).to_contain_text("蜂蜜：满一岁再吃")  # saved by itself, shown as the chat shows it
    expect(fang.locator("#saved")).to_contain_text("已保存")

    sun.fill("#en-short", "No honey before the first birthday, not even a taste.")
    sun.locator("#zh-title").focus()
    refused = sun.locator("#saved.refused")
    expect(refused).to_contain_text("王芳")
    expect(sun.locator("#en-short")).to_have_value(re.compile("first birthday"))  # still on the page
    refused.get_by_role("link").click()
    mine = sun.locator("[name='choice.en.short'][value=mine]")
    theirs = sun.locator("[name='choice.zh.title'][value=theirs]")
    expect(mine).to_be_checked()
    expect(theirs).to_be_checked()
    expect(sun.locator("ins, del").first).to_be_visible()
    if AXE.exists():
        assert violations(sun) == []
    sun.get_by_role("button", name="保存合并结果").click()
    expect(sun.locator("#zh-title")).to_have_value("蜂蜜：满一岁再吃")
    expect(sun.locator("#en-short")).to_have_value(re.compile("first birthday"))

    sun.get_by_role("button", name="提交审核").click()
    expect(sun.locator(".said")).to_contain_text("已提交")
    sun.goto(f"/console/articles/{HONEY}/review")
    expect(sun.get_by_text("您改过这一版")).to_be_visible()
    expect(sun.get_by_role("button", name="通过并发布")).to_have_count(0)

    li = come("jing")
    li.goto("/console/articles?state=in_review")
    li.get_by_role("link", name=re.compile("一岁内能吃蜂蜜吗|蜂蜜：满一岁再吃")).click()
    li.get_by_role("link", name="去审核").click()
    expect(li.locator(".changes ins").first).to_be_visible()
    press(li, "a")
    expect(li.locator(".said")).to_contain_text("已发布")
    answer = li.request.post(f"{console_address}/api/chat", data={"text": "宝宝8个月能吃蜂蜜吗"})
    assert "蜂蜜：满一岁再吃" in answer.text()


def test_shipped_articles_are_taken_over_by_keyboard(come: Come) -> None:
    li = come("jing")
    li.goto("/console/articles/takeover?domain=safety")
    first = li.locator(".takeover > .heading h2").inner_text()
    press(li, "a")
    expect(li.locator(".said")).to_contain_text("已通过")
    expect(li.locator(".takeover > .heading h2")).not_to_have_text(first)
    second = li.locator(".takeover > .heading h2").inner_text()
    press(li, "r")
    expect(li.locator("#reason")).to_be_focused()  # a reason first
    li.fill("#reason", "本地没有这种情况")
    li.get_by_role("button", name="不能用").click()
    expect(li.locator(".said")).to_contain_text("已下架")
    expect(li.locator(".takeover > .heading h2")).not_to_have_text(second)
    expect(li.locator(".progress-list")).to_contain_text("1 /")
    press(li, "c")
    li.wait_for_url("**/edit")


def test_an_article_is_written_without_scripts(come: Come) -> None:
    page = come("fang", java_script_enabled=False)
    page.goto("/console/articles/new")
    page.fill("[name=id]", "night-terrors")
    page.get_by_role("button", name="开始写").click()
    page.fill("#zh-title", "半夜惊叫怎么办？")
    page.fill("#zh-steps", "陪在旁边。\n不用叫醒。")
    page.fill("[name='band.0.from']", "12")
    page.fill("[name='band.0.to']", "36")
    page.fill("[name='zh.by_age.0']", "多数会过去。")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator(".said")).to_contain_text("已保存")
    expect(page.locator("#zh-steps")).to_have_value("陪在旁边。\n不用叫醒。")
    expect(page.locator("[name='band.0.from']")).to_have_value("12")
    page.get_by_role("button", name="提交审核").click()
    expect(page.locator(".said")).to_contain_text("没有提交")
    expect(page.locator("#r-en-title")).to_contain_text("还没有填")


def test_a_message_is_tried_on_what_is_live(come: Come) -> None:
    page = come("min")
    page.goto("/console/try")
    page.fill("[name=text]", "宝宝抽搐，嘴唇发紫")
    page.get_by_role("button", name="试试", exact=True).click()
    expect(page.locator(".alarm")).to_be_visible()
    expect(page.locator("code").first).to_be_visible()  # the rules that fired


PAGES = (
    "/console/articles", "/console/articles/fever-over-6-months", f"/console/articles/{HONEY}/edit",
    "/console/articles/new", "/console/articles/takeover?domain=health", f"/console/articles/{HONEY}/review",
    f"/console/articles/{HONEY}/history", "/console/articles/exchange", "/console/articles/sources?text=who",
    "/console/try?text=宝宝8个月能吃蜂蜜吗", f"/console/articles/{HONEY}/print",
)  # fmt: skip


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: make assets")
@pytest.mark.parametrize(
    ("viewport", "english", "scheme"), [(DESK, False, "light"), (PHONE, True, "dark")], ids=["zh-desk", "en-phone"]
)
def test_axe_finds_nothing(come: Come, viewport: dict[str, int], english: bool, scheme: str) -> None:
    page = come("qian", viewport, color_scheme=scheme, reduced_motion="reduce")
    if english:
        page.get_by_role("button", name="English").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto(f"/console/articles/{HONEY}")
    opens = page.locator(f"form[action='/console/articles/{HONEY}/draft'] button")
    if opens.count():
        opens.click()
        page.wait_for_url("**/edit")
    found: dict[str, list[str]] = {}
    for path in PAGES:
        page.goto(path)
        wrong = violations(page)
        too_wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if wrong or too_wide > 0:
            found[path] = [*wrong, *([f"{too_wide} pixels too wide"] if too_wide > 0 else [])]
    if english:
        page.goto("/console/")
        page.get_by_role("button", name="中文").click()
    assert found == {}
