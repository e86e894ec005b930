"""Booking care on a phone: one sentence, a double tap, the waiting line, a shared family."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.care_news import sweep
from bot.core.families.model import Child, born_at_age
from bot.house import House
from scheduler.care import service as care
from scheduler.care.audit import audit_cells
from scheduler.care.model.booking import State
from scheduler.care.model.centre import CareKind
from scheduler.care.model.errors import RoomFull
from scheduler.care.model.search import Request
from scheduler.care.store import BookingRow
from tests.conftest import NOW
from tests.telegram.emulator import Phone, Telegram
from tests.telegram.running import Running


@pytest.fixture
def bot(house: House) -> Iterator[Running]:
    """On each kind of database: places are taken by both."""
    with Running(house) as running:
        yield running


TOMORROW_AT_THREE = NOW + timedelta(hours=29)  # 15:00 in Shanghai


def holds_a_place(phone: Phone) -> None:
    """A parent in the middle of the demo town, with a child of 20 months: from the first word to a held place."""
    phone.location(31.232, 121.470)
    phone.sees("步行")
    phone.says("明天下午三点托两个小时")
    phone.sees("您同意吗")
    phone.presses("同意")
    phone.sees("多大的宝宝")
    phone.says("1岁8个月")
    phone.sees("这个名额给您留到")


def confirms(phone: Phone) -> None:
    """The tap that books; before the first booking one more, for the health card."""
    phone.presses("确认预约")
    phone.sees("还差一步")
    phone.presses("都没有")


@pytest.mark.usefixtures("chinese_font")
def test_one_sentence_and_one_tap_give_a_code_a_picture_of_the_day_a_pin_and_a_calendar_file(
    bot: Running, telegram: Telegram, phone: Phone
) -> None:
    holds_a_place(phone)
    confirms(phone)
    booked = phone.sees("预约码")
    assert "11月19日 周四 15:00–17:00" in booked.text
    assert booked.kind == "photo"  # the words are its caption
    telegram.wait_for("sendVenue")
    files = [shown for shown in phone.screen if shown.kind == "document"]
    assert b"BEGIN:VCALENDAR" in files[-1].extra["content"]


def test_a_double_tap_books_once(bot: Running, phone: Phone) -> None:
    holds_a_place(phone)
    confirms(phone)
    phone.sees("预约码")
    phone.presses("确认预约")
    phone.presses("确认预约")
    phone.sees("预约码")
    phone.sees("预约码")
    with bot.house.database.read() as session:
        booked = select(func.count()).select_from(BookingRow).where(BookingRow.state == State.BOOKED.value)
        assert session.scalar(booked) == 1
        assert audit_cells(session) == []


def test_a_full_room_leads_to_the_line_and_a_freed_place_to_an_offer(bot: Running, phone: Phone) -> None:
    first = fill_the_nearest_centre(bot)
    holds_a_place(phone)
    phone.presses("不约了")
    phone.sees("先不约了")
    phone.says("约青禾社区宝宝屋，明天下午三点到五点")
    assert "名额满了" in phone.sees("约不到").text
    phone.presses("排队等")
    assert "第 1 位" in phone.sees("排上了").text
    with bot.house.database.begin() as session:
        now = bot.house.clock()
        care.cancel(session, first, "family-0", now, bot.house.care_news(session, now))
    phone.sees("轮到您了", within=12)
    phone.presses("接受")
    phone.sees("还差一步")
    phone.presses("都没有")
    phone.sees("约好了")


def test_a_hold_that_lapses_goes_back_and_the_tap_says_so(bot: Running, phone: Phone) -> None:
    holds_a_place(phone)
    later = bot.house.clock() + timedelta(minutes=11)
    assert sweep(replace(bot.house, clock=lambda: later)) == 1
    phone.presses("确认预约")
    phone.sees("只留10分钟")


def test_a_grandparent_joins_with_a_code_and_sees_the_booking(bot: Running, telegram: Telegram, phone: Phone) -> None:
    holds_a_place(phone)
    confirms(phone)
    phone.sees("预约码")
    phone.command("household")
    phone.sees("一个人在用")
    phone.presses("邀请家人")
    code = phone.sees("邀请码").text.split("邀请码 ")[1][:6]
    grandmother = telegram.phone("Nainai")
    grandmother.says(f"加入 {code}")
    grandmother.sees("共用宝宝生日")
    grandmother.presses("同意并加入")
    grandmother.sees("加入好了")
    grandmother.command("bookings")
    assert "家人约的" in grandmother.sees("您的预约").text
    grandmother.says("取消预约")
    grandmother.sees("要取消这个吗")
    grandmother.presses("确定取消")
    grandmother.sees("取消好了")
    assert "11月19日 周四 15:00–17:00" in phone.sees("家人取消了这个预约").text


def test_the_second_of_a_list_in_words_is_held_and_a_yes_books_it(bot: Running, phone: Phone) -> None:
    phone.says("明天下午三点托两个小时")
    phone.sees("您同意吗")
    phone.presses("同意")
    phone.sees("多大的宝宝")
    phone.says("1岁8个月")
    phone.sees("这些地方有空")
    phone.says("第二家")
    assert "15:00–17:00" in phone.sees("这个名额给您留到").text
    phone.says("好的")
    phone.sees("还差一步")
    phone.presses("都没有")
    phone.sees("预约码")
    with bot.house.database.read() as session:
        assert audit_cells(session) == []


def fill_the_nearest_centre(bot: Running) -> str:
    """Strangers book every place of tomorrow at three; the party of the first of them."""
    parties: list[str] = []
    with bot.house.database.begin() as session:
        centre = care.find_centres(session, "青禾社区宝宝屋")[0]
        for number in range(40):
            child = Child(f"child-{number}", born_at_age(20, NOW.date()), "day")
            request = Request(
                f"fill-{number}", f"family-{number}", "somebody", (child,), centre.id, CareKind.HOURLY,
                TOMORROW_AT_THREE, TOMORROW_AT_THREE + timedelta(hours=2),
            )  # fmt: skip
            try:
                party = care.hold(session, request, NOW)
            except RoomFull:
                return parties[0]
            parties.append(care.confirm(session, party[0].party_id, f"family-{number}", NOW)[0].party_id)
    raise AssertionError("the room never filled")
