"""Messages that come by themselves, and what hangs on them: places, files, pictures."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from bot.core.language import Language
from bot.delivery import outbox
from bot.dialogue.reply import Attachment, Venue
from bot.house import House
from bot.texts import Message
from bot.web.talk import CHANNEL
from bot.web.visitors import Visitors, session_key
from tests.browser.conftest import Visit, say

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]


def write_to(visited: Visit, house: House, message: Message) -> None:
    """As a reminder does: a row in the outbox, nothing else."""
    (cookie,) = [c for c in visited.context.cookies() if c["name"] == "sprout"]
    signer = Visitors(session_key(house.settings))
    address = signer._read(cookie["value"])
    assert address
    with house.database.begin() as session:
        outbox.write(session, [message], channel=CHANNEL, address=address, now=house.clock(), kind="reminder")


def test_a_reminder_appears_while_the_page_is_open(visit: Open, web_house: House) -> None:
    visited = visit()
    say(visited.page, "你好")
    write_to(visited, web_house, Message("明天打疫苗", language=Language.ZH))
    expect(visited.page.get_by_text("明天打疫苗")).to_be_visible(timeout=15_000)


def test_a_place_is_shared_when_it_is_asked_for(visit: Open, web_house: House) -> None:
    visited = visit(geolocation={"latitude": 31.2, "longitude": 121.4}, permissions=["geolocation"])
    write_to(visited, web_house, Message("您在哪里？", ask_location=True, language=Language.ZH))
    visited.page.reload()
    visited.page.get_by_role("button", name="分享我的位置").click()
    expect(visited.page.locator(".own")).to_contain_text("我的位置")
    expect(visited.page.locator(".bot:not(.typing)")).to_have_count(2)


def test_a_place_that_is_refused_is_asked_for_in_words(visit: Open, web_house: House) -> None:
    visited = visit()
    write_to(visited, web_house, Message("您在哪里？", ask_location=True, language=Language.ZH))
    visited.page.reload()
    visited.page.get_by_role("button", name="分享我的位置").click()
    expect(visited.page.locator("#notice")).to_contain_text("打字告诉我")


def test_a_centre_is_shown_with_a_way_to_a_map(visit: Open, web_house: House) -> None:
    visited = visit()
    venue = Venue("向阳托育", "一路1号", 31.2, 121.4)
    write_to(visited, web_house, Message("离您最近的：", venue=venue, language=Language.ZH))
    visited.page.reload()
    place = visited.page.locator(".venue")
    expect(place).to_contain_text("向阳托育")
    assert (place.locator("a").get_attribute("href") or "").startswith("geo:31.2,121.4")


def test_a_file_can_be_kept_and_a_picture_seen(visit: Open, web_house: House) -> None:
    visited = visit()
    calendar = Attachment("document", "预约.ics", "text/calendar", b"BEGIN:VCALENDAR")
    picture = Attachment("photo", "地图.png", "image/png", png(24, 16))
    write_to(visited, web_house, Message("文件", attachment=calendar, language=Language.ZH))
    write_to(visited, web_house, Message("图", attachment=picture, language=Language.ZH))
    visited.page.reload()
    with visited.page.expect_download() as download:
        visited.page.get_by_role("link", name="下载 预约.ics").click()
    assert download.value.path().read_bytes() == b"BEGIN:VCALENDAR"
    shown = visited.page.get_by_role("img", name="图片：地图.png")
    shown.scroll_into_view_if_needed()
    expect(shown).to_have_js_property("naturalWidth", 24)


def png(width: int, height: int) -> bytes:
    """A grey picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    lines = b"".join(b"\x00" + b"\x80" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")
