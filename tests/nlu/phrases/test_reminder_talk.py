"""What a parent wants to be reminded of, and which reminders are to stop."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.core.language import detect
from nlu.phrases.reminder_talk import (
    asks_for_list,
    asks_to_be_reminded,
    misses_a_reminder,
    names_a_day,
    refuses,
    stops,
    what_for,
    wish_beside_the_past,
)
from nlu.phrases.times import read_when

NOW = datetime(2026, 11, 18, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("每天早上九点提醒我吃维D", "吃维D"),
        ("提醒我明天下午三点带宝宝打疫苗", "带宝宝打疫苗"),
        ("半小时后提醒我关火", "关火"),
        ("请在明天上午十点提醒我给姥姥打电话", "给姥姥打电话"),
        ("帮我设置提醒：周五下午3点复查黄疸", "复查黄疸"),
        ("明天早上六点半叫醒我", ""),
        ("8点提醒我", ""),
        ("remind me Friday 3pm", ""),
        ("remind me Friday 3pm to call the clinic", "call the clinic"),
        ("every day at 9pm remind me to give vitamin D until Friday", "give vitamin D"),
        ("Remind me in 2 hours to check his temperature", "check his temperature"),
        ("Set a reminder for Saturday 10am: dentist", "dentist"),
    ],
)
def test_the_wish_is_what_is_left_without_the_times(text: str, what: str) -> None:
    assert what_for(text, now=NOW, language=detect(text)) == what


@pytest.mark.parametrize(
    "text",
    ["停止", "退订", "TD", "别再提醒我了", "不要提醒了", "取消提醒", "stop", "STOP.", "Unsubscribe",
     "stop the reminders please", "don't remind me anymore", "stop sending me messages",
     "别发了", "不要再给我发了", "我不想再收到提醒了", "把提醒都关了", "别再打扰我了", "can you stop the reminders",
     "turn reminders off", "Stop texting me!", "don't message me any more", "I don't want any more reminders",
     "leave me alone", "我要退订", "退订所有消息", "回T退订", "取消订阅", "以后别再发了", "我不需要提醒了",
     "unsubscribe please", "stop everything", "remove all my reminders"],
)  # fmt: skip
def test_a_stop_word_stops_all(text: str) -> None:
    assert stops(text) == frozenset()


@pytest.mark.parametrize(
    ("text", "kind"),
    [("别发小贴士了", "tip"), ("no more tips", "tip"), ("不要疫苗提醒", "plan"), ("turn off vaccine reminders", "plan"),
     ("取消预约提醒", "booking"), ("stop booking reminders", "booking"), ("别再提醒我打疫苗了", "plan"),
     ("don't remind me about the vaccines", "plan"), ("no more tips please", "tip"), ("不想收到小贴士", "tip"),
     ("I don't want tips any more", "tip"), ("I don't want any more vaccine reminders", "plan"),
     ("停止提醒我打疫苗", "plan"), ("stop vaccine reminders please", "plan")],
)  # fmt: skip
def test_one_kind_can_be_stopped(text: str, kind: str) -> None:
    assert stops(text) == {kind}


@pytest.mark.parametrize(
    "text",
    ["取消预约", "取消", "怎么让宝宝停止哭", "stop crying", "cancel my booking", "how do I stop breastfeeding",
     "不要了", "宝宝不要吃饭", "停药后又发烧了", "不想打疫苗", "I don't want vaccines", "我不要预约了",
     "以后都不要了", "please"],
)  # fmt: skip
def test_other_stops_stop_no_reminder(text: str) -> None:
    assert stops(text) is None


@pytest.mark.parametrize(
    "text",
    ["不用提醒我买奶粉了", "取消吃维D的提醒", "把闹钟关了吧", "别再每天提醒我", "don't remind me to buy nappies",
     "please stop reminding me to pump", "cancel the reminder about the dentist", "turn the nappies reminder off"],
)  # fmt: skip
def test_a_refusal_is_no_wish(text: str) -> None:
    assert refuses(text)


@pytest.mark.parametrize(
    "text",
    ["别忘了提醒我喂药", "不要忘记明天提醒我", "我不想错过疫苗请提醒我", "取消预约，明天提醒我再约",
     "要不要提醒宝宝喝水",
     "don't forget to remind me at nine", "I don't want to miss the jab so remind me",
     "stop here and remind me at nine", "remind me not to give honey", "提醒我不要忘了带水"],
)  # fmt: skip
def test_a_wish_with_a_no_in_it_is_no_refusal(text: str) -> None:
    assert not refuses(text)
    assert stops(text) is None


def test_a_day_is_told_from_a_time_of_the_day() -> None:
    for text, said in (
        ("早上", False),
        ("晚上八点", False),
        ("周六", True),
        ("at 8pm", False),
        ("tomorrow at 8", True),
    ):
        assert names_a_day(text, now=NOW, language=detect(text)) is said


def test_the_list_is_asked_for_and_not_a_new_reminder() -> None:
    assert all(asks_for_list(t) for t in ("我的提醒", "有哪些提醒", "my reminders", "What reminders do I have?"))
    assert not any(asks_for_list(t) for t in ("提醒我喂药", "remind me to eat", "明天提醒我"))
    assert asks_to_be_reminded("明早八点提醒我")
    assert not asks_to_be_reminded("宝宝总是提不起精神")


@pytest.mark.parametrize(
    ("text", "rule"),
    [("every month on the 31st at 9am", "FREQ=MONTHLY;BYMONTHDAY=31"), ("every month at 9am", "FREQ=MONTHLY"),
     ("every mon and fri at 9am", "FREQ=WEEKLY;BYDAY=MO,FR"), ("每月5号上午9点", "FREQ=MONTHLY;BYMONTHDAY=5")],
)  # fmt: skip
def test_every_month_is_no_monday(text: str, rule: str) -> None:
    assert read_when(text, now=NOW).repeat == rule


@pytest.mark.parametrize(
    ("text", "wish"),
    [("昨天九点提醒我吃药", ("九点提醒我吃药", True)),
     ("remind me yesterday at 9 to call", ("remind me at 9 to call", True)),
     ("他昨天发烧了，提醒我量体温", ("提醒我量体温", False)), ("昨天说过，明天九点提醒我", None), ("九点提醒我", None)],
)  # fmt: skip
def test_a_wish_for_a_day_that_is_over_is_told_from_a_story(text: str, wish: tuple[str, bool] | None) -> None:
    assert wish_beside_the_past(text, now=NOW, language=detect(text)) == wish


@pytest.mark.parametrize(
    "text",
    ["你昨天怎么没提醒我", "怎么没有收到提醒", "说好的提醒没来", "你忘了提醒我", "you didn't remind me yesterday",
     "I never got a reminder", "the reminder never came"],
)  # fmt: skip
def test_a_reminder_that_did_not_come_is_missed(text: str) -> None:
    assert misses_a_reminder(text)


@pytest.mark.parametrize(
    "text",
    ["别忘了提醒我喂药", "不要忘记提醒我", "提醒我别忘了带水", "don't forget to remind me", "remind me not to be late"],
)
def test_a_wish_is_no_complaint(text: str) -> None:
    assert not misses_a_reminder(text)


@pytest.mark.parametrize(
    ("text", "asks"),
    [("你提醒我了吗", True), ("did you remind me?", True), ("have you reminded me today", True), ("提醒我", False),
     ("remind me", False)],
)  # fmt: skip
def test_whether_there_was_a_reminder_is_a_question_about_the_list(text: str, asks: bool) -> None:
    assert asks_for_list(text) == asks
