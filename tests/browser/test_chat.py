"""The chat page in a real browser: on a phone and at a desk, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE, Visit, say

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]

VIEWS = pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
LANGUAGES = pytest.mark.parametrize("locale", ["zh-CN", "en-GB"], ids=["zh", "en"])
WORDS: dict[str, dict[str, str]] = {
    "zh-CN": {
        "honey": "一岁以内能吃蜂蜜吗", "seizure": "宝宝抽搐了，叫不醒", "doctor": "什么时候看医生", "helped": "有帮助",
        "thanks": "谢谢告诉我", "call": "拨打 120", "vague": "睡觉", "which": "您是想问哪一个",
    },
    "en-GB": {
        "honey": "Can babies under one have honey?", "seizure": "my baby is having a seizure and won't wake",
        "doctor": "See a doctor when", "helped": "Helped", "thanks": "Thanks for telling me", "call": "Call 120",
        "vague": "sleep", "which": "Which of these do you mean",
    },
}  # fmt: skip


@VIEWS
@LANGUAGES
def test_a_question_is_answered_by_a_card_with_its_source(visit: Open, viewport: dict[str, int], locale: str) -> None:
    words, page = WORDS[locale], visit(viewport, locale).page
    card = say(page, words["honey"])
    expect(card.locator(".title")).to_be_visible()
    expect(card.locator(".lead")).to_be_visible()
    expect(card.get_by_role("heading", name=words["doctor"])).to_be_visible()
    source = card.locator(".sources a").first
    expect(source).to_have_attribute("target", "_blank")
    expect(source).to_have_attribute("href", re.compile("^https?://"))
    size = "e => parseFloat(getComputedStyle(e).fontSize)"
    assert card.locator(".lead").evaluate(size) > card.locator(".text li").first.evaluate(size)
    card.get_by_role("button", name=words["helped"]).first.click()
    expect(page.get_by_text(words["thanks"])).to_be_visible()


@VIEWS
@LANGUAGES
def test_danger_stands_out_and_the_telephone_is_seen_without_scrolling(
    visit: Open, viewport: dict[str, int], locale: str
) -> None:
    words, page = WORDS[locale], visit(viewport, locale).page
    say(page, words["honey"])
    warning = say(page, words["seizure"])
    expect(warning).to_have_class(re.compile("alarm-emergency_now"))
    call = warning.get_by_role("link", name=words["call"])
    expect(call).to_have_attribute("href", "tel:120")
    expect(call).to_be_in_viewport(ratio=1)
    box = call.bounding_box()
    assert box is not None
    assert box["height"] >= 56
    expect(warning.locator(".alarm-band")).to_be_in_viewport(ratio=1)


@VIEWS
@LANGUAGES
def test_did_you_mean_is_answered_with_one_tap(
    visit: Open, viewport: dict[str, int], locale: str, address: str
) -> None:
    words, page = WORDS[locale], visit(viewport, locale).page
    reply = say(page, _vague(address, locale))
    expect(reply).to_contain_text(words["which"])
    choice = reply.get_by_role("button").first
    title = choice.inner_text()
    choice.click()
    expect(page.locator(".own").last).to_contain_text(title)
    expect(page.locator(".own").last.locator("xpath=following-sibling::div")).not_to_have_count(0)


def _vague(address: str, locale: str) -> str:
    """A text that is near several articles; which texts are changes with the content."""
    texts = {
        "zh-CN": ["睡觉", "辅食", "吃什么", "玩具", "牙", "哭", "便便", "喝奶", "喂", "不吃"],
        "en-GB": ["sleep", "solids", "food", "toys", "teeth", "crying", "poo", "milk", "feeding", "eating"],
    }
    for text in texts[locale]:
        if httpx.post(f"{address}/api/chat", json={"text": text}).json()["route"] == "did_you_mean":
            return text
    raise AssertionError("none of these texts is vague any more")


def test_what_is_written_without_network_is_sent_when_it_is_back(visit: Open) -> None:
    visited = visit()
    page = visited.page
    visited.context.set_offline(True)
    page.fill("#text", "宝宝8个月能吃蜂蜜吗")
    page.press("#text", "Enter")
    own = page.locator(".own")
    expect(own.locator(".state")).to_contain_text("没有网络")
    expect(own.locator(".state")).to_be_in_viewport(ratio=1)
    expect(page.locator("#notice")).to_contain_text("网络断开了")
    visited.context.set_offline(False)
    expect(page.locator(".bot .title")).to_be_visible()
    expect(own).to_have_count(1)
    expect(own).not_to_contain_text("没有网络")


def test_an_unsent_message_outlives_a_reload_and_is_asked_once(visit: Open) -> None:
    visited = visit()
    page = visited.page
    broken = "**/api/chat*"
    visited.context.route(broken, lambda route: route.abort())
    page.fill("#text", "你好")
    page.press("#text", "Enter")
    expect(page.locator(".own .state")).to_be_visible()
    page.reload()
    expect(page.locator(".own")).to_contain_text("你好")
    visited.context.unroute(broken)
    page.get_by_role("button", name="现在重试").click()
    expect(page.locator(".bot:not(.typing)")).to_have_count(1)
    page.reload()
    expect(page.locator(".own")).to_have_count(1)
    expect(page.locator(".bot")).to_have_count(1)


def test_an_answer_that_was_lost_on_the_way_is_not_made_twice(visit: Open) -> None:
    """The server has answered, but the browser never heard it: the same message id gets the same answer."""
    visited = visit()
    page, lost = visited.page, []

    def lose_the_first(route: Any) -> None:
        if not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    visited.context.route("**/api/chat*", lose_the_first)
    reply = say(page, "宝宝8个月能吃蜂蜜吗")
    assert lost == [200]
    expect(reply).to_be_visible()
    page.reload()
    expect(page.locator(".own")).to_have_count(1)


def test_what_the_server_does_not_take_is_given_back(visit: Open) -> None:
    page = visit().page
    page.fill("#text", "长" * 20_001)
    page.press("#text", "Enter")
    expect(page.locator(".own .refused")).to_contain_text("太长")
    expect(page.locator("#text")).to_have_value("长" * 20_001)


def test_it_works_by_keyboard_alone(visit: Open) -> None:
    page = visit(DESK).page
    page.evaluate("document.body.prepend(Object.assign(document.createElement('span'), {tabIndex: -1, id: 'before'}))")
    page.locator("#before").focus()
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#text")).to_be_focused()
    page.keyboard.type("一岁以内")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("能吃蜂蜜吗")
    expect(page.locator("#text")).to_have_value("一岁以内\n能吃蜂蜜吗")
    page.keyboard.press("Enter")
    expect(page.locator(".bot .title")).to_be_visible()
    expect(page.locator("#text")).to_be_focused()
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.value?.startsWith('help:')"):
            break
    page.keyboard.press("Enter")
    expect(page.locator(".own")).to_have_count(2)


def test_choosing_a_chinese_word_with_enter_sends_nothing(visit: Open) -> None:
    page = visit().page
    page.fill("#text", "发shao")
    page.locator("#text").evaluate(
        "e => e.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true}))"
    )
    expect(page.locator("#text")).to_have_value("发shao")
    expect(page.locator(".own")).to_have_count(0)
    page.press("#text", "Enter")
    expect(page.locator(".own")).to_have_count(1)


def test_what_is_typed_stays_text(visit: Open) -> None:
    page = visit().page
    typed = "<img src=x onerror=alert(1)> & <b>粗</b>"
    say(page, typed)
    expect(page.locator(".own .words")).to_have_text(typed)
    page.reload()
    expect(page.locator(".own .words")).to_have_text(typed)


def test_a_suggestion_starts_the_talk(visit: Open) -> None:
    page = visit().page
    page.locator(".suggestion").first.click()
    expect(page.locator("#welcome")).to_have_count(0)
    expect(page.locator(".bot:not(.typing)").first).to_be_visible()


def test_the_menu_opens_on_a_phone_and_its_commands_work(visit: Open) -> None:
    page = visit(PHONE).page
    expect(page.locator("#menu")).to_be_hidden()
    page.get_by_role("button", name="菜单").click()
    page.get_by_role("button", name="危险信号清单").click()
    expect(page.locator("#menu")).to_be_hidden()
    expect(page.locator(".bot").last).to_contain_text("没有呼吸")


def test_the_language_is_switched_on_the_page_and_in_the_talk(visit: Open) -> None:
    page = visit().page
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(say(page, "你好")).to_have_attribute("lang", "en")
    say(page, "/language")
    page.locator(".bot").last.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(page.locator("#text")).to_have_attribute("placeholder", re.compile("问问"))


def test_deleting_everything_empties_the_page(visit: Open) -> None:
    page = visit().page
    say(page, "/privacy")
    page.get_by_role("button", name="删除我的全部数据").click()
    page.get_by_role("button", name="确定，全部删除").click()
    expect(page.locator(".bot:not(.typing)")).to_have_count(1)
    expect(page.locator(".bot")).to_contain_text("都删掉了")
    expect(page.locator(".own")).to_have_count(0)


def test_it_works_without_scripts(visit: Open) -> None:
    page = visit(java_script_enabled=False).page
    page.fill("#text", "宝宝8个月能吃蜂蜜吗")
    page.get_by_role("button", name="发送").click()
    expect(page.locator(".bot .title")).to_be_visible()
    page.get_by_role("button", name="有帮助").click()
    expect(page.locator(".bot").last).to_contain_text("谢谢告诉我")
    expect(page.get_by_role("link", name="看看有没有新消息")).to_be_visible()
