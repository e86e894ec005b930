"""Short messages that lean on the one before."""

from __future__ import annotations

from datetime import date

import pytest

from nlu.phrases.ages import child_age
from nlu.phrases.follow_ups import (
    answers_age,
    asks_on,
    asks_what_now,
    cries_for_help,
    is_fragment,
    only_tells_age,
)

TODAY = date(2026, 11, 18)


@pytest.mark.parametrize(
    "text", ["8个月", "那两岁呢", "他两岁半了", "刚满月", "what about at two years?", "she is 18 months old"]
)
def test_an_age_and_nothing_else(text: str) -> None:
    assert only_tells_age(text, child_age(text, today=TODAY))


@pytest.mark.parametrize("text", ["2个月发烧", "那一岁能打疫苗吗", "8 months, has a rash", "能吃蜂蜜吗"])
def test_an_age_with_something_to_answer(text: str) -> None:
    assert not only_tells_age(text, child_age(text, today=TODAY))


@pytest.mark.parametrize("text", ["那晚上呢", "and at night?", "what if he refuses?", "还有别的办法吗", "老二呢"])
def test_asking_on(text: str) -> None:
    assert asks_on(text)


@pytest.mark.parametrize("text", ["你在干什么呢", "宝宝能吃蜂蜜吗", "my baby has a rash", "在吗"])
def test_a_message_that_stands_for_itself(text: str) -> None:
    assert not asks_on(text)


def test_a_fragment_is_too_little_to_be_looked_for() -> None:
    assert is_fragment("那晚上呢")
    assert is_fragment("and at night?")
    assert not is_fragment("那红屁股怎么护理")
    assert not is_fragment("and can he drink cow's milk?")


def test_a_new_question_with_an_age_does_not_answer_how_old() -> None:
    assert answers_age("8个月，纯母乳")
    assert not answers_age("8个月能吃蜂蜜吗")


@pytest.mark.parametrize("text", ["救命！", "救命啊", "help!!", "help me please!!", "急急急", "快来人救命", "SOS"])
def test_a_cry_for_help(text: str) -> None:
    assert cries_for_help(text)


@pytest.mark.parametrize(
    "text", ["help", "help me find a centre", "急救包放什么", "急性肠胃炎", "宝宝发烧了救命", "thanks for your help!"]
)
def test_no_bare_cry(text: str) -> None:
    assert not cries_for_help(text)


@pytest.mark.parametrize(
    "text", ["现在怎么办", "那怎么办呀", "要去医院吗", "what do I do now?", "should I call an ambulance"]
)
def test_a_frightened_parent_asks_what_now(text: str) -> None:
    assert asks_what_now(text)


@pytest.mark.parametrize("text", ["红屁股怎么办", "what do I do about teething", "打完疫苗要去医院吗", "谢谢"])
def test_another_question_is_no_what_now(text: str) -> None:
    assert not asks_what_now(text)
