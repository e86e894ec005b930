"""Choices of reminders in words: a kind on again, tips a week, quiet hours."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.core.language import detect
from nlu.phrases.reminder_settings import quiet_wished, tips_wished, turned_on

NOW = datetime(2026, 11, 18, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("text", "kinds"),
    [("重新打开提醒", set()), ("恢复提醒", set()), ("把提醒都打开", set()), ("resume", set()), ("subscribe", set()),
     ("turn reminders back on", set()), ("turn on all reminders", set()), ("疫苗提醒打开", {"plan"}),
     ("打开疫苗提醒", {"plan"}), ("turn vaccine reminders back on", {"plan"}), ("重新打开小贴士", {"tip"}),
     ("turn on booking reminders please", {"booking"}), ("turn tips on", {"tip"})],
)  # fmt: skip
def test_a_kind_is_turned_on_in_words(text: str, kinds: set[str]) -> None:
    assert turned_on(text) == kinds


@pytest.mark.parametrize(
    "text",
    ["打开提醒", "我的提醒", "提醒我打开窗户", "turn on the light", "remind me to turn on the heating", "打开灯",
     "每天提醒我打疫苗", "turn vaccine reminders off", "关掉疫苗提醒", "开疫苗本"],
)  # fmt: skip
def test_other_words_turn_nothing_on(text: str) -> None:
    assert turned_on(text) is None


@pytest.mark.parametrize(
    ("text", "count"),
    [("小贴士一周三条", 3), ("每周两条小贴士就行", 2), ("育儿贴士每周发1条", 1), ("two tips a week please", 2),
     ("I'd like 3 tips per week", 3), ("tips once a week", 1), ("send me a tip every week", 1),
     ("每周三提醒我称体重", None), ("一周拉三次", None), ("tips for sleep", None)],
)  # fmt: skip
def test_the_number_of_tips_is_heard(text: str, count: int | None) -> None:
    assert tips_wished(text) == count


@pytest.mark.parametrize(
    ("text", "hours"),
    [("晚上十点到早上六点不要打扰我", (1320, 360)), ("quiet hours from 10pm to 6am", (1320, 360)),
     ("don't disturb me between 9pm and 7:30am", (1260, 450)), ("免打扰 22:00-07:00", (1320, 420)),
     ("我想改一下免打扰时间", "ask"), ("change quiet hours", "ask"), ("晚上别打扰我", "ask"),
     ("don't disturb me at night", "ask"), ("no messages after 9pm", "ask"),
     ("宝宝睡觉不想被打扰怎么办", None), ("别打扰我", None), ("晚上不要吵我怎么跟宝宝说", None),
     ("how do I keep him quiet at night", None), ("宝宝晚上老吵", None)],
)  # fmt: skip
def test_quiet_hours_are_heard(text: str, hours: tuple[int, int] | str | None) -> None:
    assert quiet_wished(text, now=NOW, language=detect(text)) == hours
