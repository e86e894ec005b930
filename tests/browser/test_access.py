"""For everybody: axe finds nothing, targets are large, nothing runs off a narrow screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import AXE, DESK, PHONE, Visit, say

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]


def violations(page: Page) -> list[str]:
    """What axe complains about, each as 'rule: element'."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{v['id']}: {node['html'][:160]}" for v in found["violations"] for node in v["nodes"]]


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: make assets")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("viewport", "locale", "question", "danger"),
    [
        (PHONE, "zh-CN", "一岁以内能吃蜂蜜吗", "宝宝抽搐了，叫不醒"),
        (DESK, "en-GB", "Can babies under one have honey?", "my baby is having a seizure and won't wake"),
    ],
    ids=["zh-phone", "en-desk"],
)
def test_axe_finds_nothing(
    visit: Open, viewport: dict[str, int], locale: str, question: str, danger: str, scheme: str
) -> None:
    page = visit(viewport, locale, color_scheme=scheme, reduced_motion="reduce").page
    assert violations(page) == []
    say(page, question)
    assert violations(page) == []
    say(page, danger)
    say(page, "/help")
    say(page, "/privacy")
    assert violations(page) == []
    if viewport is PHONE:
        page.locator(".menu-button").click()
        assert violations(page) == []


SMALL = """() => [...document.querySelectorAll('button, a, textarea')]
  .filter(e => e.checkVisibility() && !e.closest('.sources') && !e.matches('.command, .skip'))
  .map(e => [e.outerHTML.slice(0, 120), e.getBoundingClientRect()])
  .filter(([, box]) => box.height < 44 || box.width < 44)
  .map(([html]) => html)"""


def test_every_target_is_large_enough_for_a_thumb(visit: Open) -> None:
    page = visit(PHONE).page
    assert page.evaluate(SMALL) == []
    say(page, "宝宝抽搐了，叫不醒")
    say(page, "你好")
    assert page.evaluate(SMALL) == []


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_nothing_runs_off_a_narrow_screen(visit: Open, locale: str) -> None:
    page = visit({"width": 320, "height": 640}, locale).page
    say(page, "a" * 200)
    say(page, "宝宝抽搐了，叫不醒")
    wide = "[document.documentElement, document.querySelector('#scroller')].some(e => e.scrollWidth > e.clientWidth)"
    assert page.evaluate(wide) is False


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_every_button_of_a_talk_can_be_reached_and_covers_nothing_else(visit: Open, viewport: dict[str, int]) -> None:
    """A click on the middle of a button lands on that button, through all the first steps."""
    page = visit(viewport, reduced_motion="reduce").page
    say(page, "/start")
    for name in ("中文", "同意", "先跳过"):
        button = page.locator(".bot").last.get_by_role("button", name=name, exact=True)
        expect(button).to_be_visible()
        assert button.evaluate("e => getComputedStyle(e).position") == "static"
        answers = page.locator(".bot:not(.typing)").count()
        button.click()
        expect(page.locator(".bot:not(.typing)").nth(answers)).to_be_visible()


def test_a_new_answer_is_announced_and_focus_stays(visit: Open) -> None:
    page = visit(DESK).page
    log = page.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "polite")
    page.locator("#text").focus()
    say(page, "你好")
    expect(log.locator(".bot")).to_have_count(1)
    expect(page.locator("#text")).to_be_focused()


def test_an_answer_is_read_from_its_beginning(visit: Open) -> None:
    """A card is longer than a phone: its title is what is seen first."""
    page = visit(PHONE, reduced_motion="reduce").page
    say(page, "你好")
    card = say(page, "宝宝8个月能吃蜂蜜吗")
    expect(card.locator(".title")).to_be_in_viewport(ratio=1)
    expect(page.locator(".own").last).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_follows_the_colours_of_the_device(visit: Open, scheme: str) -> None:
    page = visit(color_scheme=scheme).page
    light = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).reduce((a, b) => a + +b, 0)")
    assert (light > 380) == (scheme == "light")
