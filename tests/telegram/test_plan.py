"""The health plan on a phone: a picture with its words as caption, marking, and the calendar file."""

from __future__ import annotations

import pytest

from bot.core.language import Language
from bot.delivery import outbox
from bot.texts import Message, PictureText
from tests.telegram.emulator import Phone
from tests.telegram.running import Running


@pytest.mark.usefixtures("chinese_font")
def test_the_plan_comes_as_a_photo_with_its_words_and_buttons(bot: Running, phone: Phone) -> None:
    phone.says("/plan")
    phone.sees("您同意吗")
    phone.presses("同意")
    phone.sees("哪天出生")
    phone.says("2026-03-18")
    plan = phone.sees("健康计划")
    assert plan.kind == "photo"
    assert plan.extra["content"].startswith(b"\x89PNG")
    assert "麻腮风疫苗 第1剂" in plan.text
    phone.presses("麻腮风① 做了")
    phone.sees("记下了：麻腮风疫苗 第1剂")
    phone.presses("看健康计划")
    phone.sees("乙脑疫苗 第1剂")
    phone.presses("放进日历")
    calendar = phone.sees("日历文件")
    assert calendar.kind == "document"
    assert b"BEGIN:VEVENT" in calendar.extra["content"]


def test_a_picture_that_cannot_be_drawn_leaves_its_words(bot: Running, phone: Phone) -> None:
    phone.says("/help")
    phone.sees("我能做的")
    with bot.house.database.begin() as session:
        lost = Message("只有文字", picture=PictureText("no such drawing", {}, "图"), language=Language.ZH)
        outbox.write(session, [lost], channel="telegram", address=str(phone.chat_id), now=bot.house.clock())
    assert phone.sees("只有文字").kind == "text"
