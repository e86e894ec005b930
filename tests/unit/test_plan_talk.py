"""Weeks, questions for the plan, and the loss of a child are heard by rule."""

from __future__ import annotations

import pytest

from nlu.phrases.loss import tells_of_loss
from nlu.phrases.plan_talk import asks_for_plan, is_date_like, weeks_of_pregnancy


@pytest.mark.parametrize(
    ("text", "weeks"),
    [
        ("32周", 32),
        ("32", 32),
        ("三十二周", 32),
        ("怀孕33周生的", 33),
        ("32周+4", 32),
        ("34 weeks", 34),
        ("at 34 weeks", 34),
        ("born at 29 weeks", 29),
        ("36周又3天", 36),
        ("12周", 12),
        ("40度", None),
        ("发烧39度", None),
        ("32 fits a day", None),
        ("不知道", None),
    ],
)
def test_weeks_of_pregnancy_are_read_when_nothing_else_is_said(text: str, weeks: int | None) -> None:
    assert weeks_of_pregnancy(text) == weeks


def test_a_date_alone_is_told_from_a_message_with_a_number() -> None:
    assert all(is_date_like(text) for text in ("2026-10-08", "10月8日", "2026年10月8号", "08.10.2026"))
    assert not any(is_date_like(text) for text in ("40", "发烧40度2天", "2026-10-08 抽搐", "38.5"))


@pytest.mark.parametrize(
    "text",
    [
        "疫苗时间表",
        "下一针打什么",
        "下次打什么疫苗",
        "宝宝的体检计划",
        "接下来该打什么疫苗",
        "健康计划",
        "when is the next vaccine",
        "what's the next jab",
        "vaccination schedule",
        "show my health plan",
    ],
)
def test_who_asks_for_the_plan_is_heard(text: str) -> None:
    assert asks_for_plan(text)


@pytest.mark.parametrize(
    "text",
    [
        "下次打疫苗发烧怎么办",
        "下一针能提前打吗",
        "can he have his next shot with a cold",
        "打完疫苗发烧",
        "疫苗有副作用吗",
        "is the MMR vaccine safe",
        "约明天下午",
        "plan a birthday party",
    ],
)
def test_other_questions_are_not_taken_for_it(text: str) -> None:
    assert not asks_for_plan(text)


@pytest.mark.parametrize(
    "text",
    [
        "我们的宝宝没保住",
        "孩子上周去世了",
        "我流产了",
        "老婆昨天流产了",
        "我们失去了宝宝",
        "宝宝夭折了",
        "38周死产",
        "我上个月孩子没了，怀孕八个月",
        "our baby died last week",
        "my son passed away",
        "I had a stillbirth at 38 weeks",
        "we lost our baby",
        "we lost our daughter at 30 weeks",
        "I miscarried last week",
        "my wife had a miscarriage",
        "my little girl didn't make it",
        "we lost her at 35 weeks",
    ],
)
def test_the_loss_of_a_child_is_heard(text: str) -> None:
    assert tells_of_loss(text)


@pytest.mark.parametrize(
    "text",
    [
        "宝宝会走了",
        "宝宝走了三步",
        "我梦见宝宝没了",
        "怕宝宝没保住",
        "以前流产过两次，现在宝宝8个月",
        "孩子流产后多久能怀？",
        "I lost my son at the mall",
        "I lost my baby's vaccine book",
        "what if my baby died",
        "can a fall cause a miscarriage",
        "宝宝丢了鞋",
        "宝宝疹子没了",
        "孩子没了精神",
        "被娃气到原地去世哈哈",
        "We lost our first at 20 weeks, four years ago",
        "爸爸上班走了孩子哭",
        "she lost her first tooth",
        "my friend's baby died, how do I comfort her",
    ],
)
def test_what_is_no_loss_is_not_taken_for_one(text: str) -> None:
    assert not tells_of_loss(text)
