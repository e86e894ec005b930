"""Choosing from a list in words; and the words that are no choice."""

from __future__ import annotations

import pytest

from nlu.phrases.booking_talk import any_will_do, price_in, says_nothing, whole_day
from nlu.phrases.choosing import choice_in


@pytest.mark.parametrize(
    ("text", "which"),
    [
        ("第一家", 0), ("就第二家吧", 1), ("那就第三个好了", 2), ("头一家", 0), ("最后一家", 2), ("2", 1), ("选3号", 2),
        ("嗯，第2个。", 1),
        ("the first one", 0), ("second please", 1),
        ("I'll take the third one", 2), ("option 2", 1), ("#3", 2),
        ("let's go with number two please", 1), ("the last one", 2), ("1st!", 0),
    ],
)  # fmt: skip
def test_a_choice_in_words_is_a_place_in_the_list(text: str, which: int) -> None:
    assert choice_in(text, 3) == which


@pytest.mark.parametrize(
    "text",
    [
        "第四家",
        "两个",
        "第一次发烧怎么办",
        "2个月",
        "two kids",
        "first fever at night",
        "12",
        "第二天",
        "one",
        "",
        "下午2点",
        "option",
    ],
)
def test_other_words_and_too_high_numbers_are_no_choice(text: str) -> None:
    assert choice_in(text, 3) is None
    assert choice_in("第一家", 0) is None


@pytest.mark.parametrize(
    "text",
    [
        "随便",
        "随便哪家都行",
        "你帮我选吧",
        "最便宜的",
        "any",
        "any of them is fine",
        "you choose",
        "the cheapest please",
    ],
)
def test_the_choice_may_be_left_to_us(text: str) -> None:
    assert any_will_do(text)


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("30块以内的", 30),
        ("不超过50元", 50),
        ("under 30 an hour", 30),
        ("at most ¥40", 40),
        ("6个月以内", None),
        ("38度以下", None),
    ],
)
def test_a_price_is_read_and_ages_and_temperatures_are_none(text: str, price: int | None) -> None:
    assert price_in(text) == price


@pytest.mark.parametrize("text", ["没有", "不吃药", "没有过敏", "no", "none", "no medicine", "not any", "只有我"])
def test_nothing_on_the_health_card(text: str) -> None:
    assert says_nothing(text)


@pytest.mark.parametrize("text", ["没有吃过鸡蛋", "no eggs", "奶奶", "nothing but peanuts"])
def test_something_on_the_health_card(text: str) -> None:
    assert not says_nothing(text)


def test_a_day_of_care_is_no_day_of_the_week() -> None:
    assert whole_day("下周三想托一天")
    assert whole_day("wednesday all day please")
    assert not whole_day("哪一天有空")
    assert not whole_day("前一天")
