"""Booking care on the chat page, by taps alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest
from playwright.sync_api import Page, expect

from bot.house import House
from tests.browser.conftest import PHONE, Visit, filled, say, served
from tests.conftest import with_database

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def address(
    request: pytest.FixtureRequest, shared_house: House, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """On each kind of database: places are taken by both."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('web') / 'booking.db'}"
    else:
        server = request.getfixturevalue("postgres_server")
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute("CREATE DATABASE browser_booking")
        url = with_database(server, "browser_booking")
    with filled(shared_house, url) as house, served(house) as at:
        yield at


def tap(page: Page, label: str) -> None:
    page.get_by_role("button", name=label).last.click()


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"], ids=["zh", "en"])
def test_care_is_booked_in_a_few_taps(visit: Open, locale: str) -> None:
    zh = locale == "zh-CN"
    page = visit(PHONE, locale).page
    say(page, "约托育，宝宝20个月" if zh else "I want to book childcare for my 20 month old")
    tap(page, "同意" if zh else "I agree")
    expect(page.get_by_text("约哪天" if zh else "Which day")).to_be_visible()
    tap(page, "明天" if zh else "Tomorrow")
    tap(page, "9:00–11:00")
    tap(page, "星河里宝宝屋" if zh else "Star River")
    expect(page.get_by_text("这个名额给您留到" if zh else "holding this place")).to_be_visible()
    tap(page, "确认预约" if zh else "Confirm")
    tap(page, "都没有" if zh else "none of these")
    expect(page.get_by_text("预约码" if zh else "Your code is")).to_be_visible()
    expect(page.get_by_role("link", name=".ics")).to_be_visible()
