"""The health plan on the chat page: the picture is there, says what it shows, and the page stays a phone wide."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import AXE, DESK, PHONE, say
from tests.browser.test_access import SMALL, violations


@pytest.mark.browser
@pytest.mark.usefixtures("chinese_font")
@pytest.mark.parametrize(
    ("locale", "viewport", "agree", "words", "noted", "scheme"),
    [("zh-CN", PHONE, "同意保存", "疫苗", "记下了", "light"), ("en-GB", DESK, "Agree", "MMR", "Noted", "dark")],
)
def test_the_plan_is_shown_with_its_picture_and_marked(
    visit: Any, locale: str, viewport: dict[str, int], agree: str, words: str, noted: str, scheme: str
) -> None:
    page = visit(viewport, locale, color_scheme=scheme, reduced_motion="reduce").page
    say(page, "/plan")
    page.get_by_role("button", name=agree, exact=True).click()
    page.locator("#text").wait_for()
    say(page, "2026-03-18")
    picture = page.locator(".picture img").last
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True)
    expect(picture).to_have_attribute("alt", re.compile(words))
    assert picture.evaluate("i => i.naturalWidth") > 900
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator(".chip-row .chip").first.click()  # done
    page.locator(".bot", has_text=noted).last.wait_for()
    assert page.evaluate(SMALL) == []
    if AXE.exists():
        assert violations(page) == []
