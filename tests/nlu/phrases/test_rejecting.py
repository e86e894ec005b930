"""Answers that were not what was asked, and ages that only a follow-up tells."""

from __future__ import annotations

import pytest

from nlu.phrases.rejecting import points_back, rejects, years_in_follow_up


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("not what I asked", ""),
        ("No, that’s not it.", ""),
        ("not that, I mean how do I cut them", "how do I cut them"),
        ("That's not what I meant, I asked about peanut", "peanut"),
        ("that doesn't answer my question", ""),
        ("不是问这个", ""),
        ("不是问这个 我是问怎么切", "怎么切"),
        ("答非所问", ""),
    ],
)
def test_a_wrong_answer_is_told_and_what_is_meant_besides(text: str, rest: str) -> None:
    assert rejects(text) == rest


@pytest.mark.parametrize(
    "text", ["not eating well", "no he's fine", "not sleeping", "没有问题", "没有这些症状", "不吃奶", "no fever"]
)
def test_what_is_told_about_the_child_rejects_nothing(text: str) -> None:
    assert rejects(text) is None


@pytest.mark.parametrize(("text", "months"), [("and at two?", 24), ("what about at 2", 24), ("when she's three?", 36)])
def test_years_after_a_card(text: str, months: float) -> None:
    found = years_in_follow_up(text)
    assert found is not None
    assert found.months == months


@pytest.mark.parametrize("text", ["two", "2", "at two o'clock", "the second one", "at 3 pm", "two hours"])
def test_numbers_that_are_no_age(text: str) -> None:
    assert years_in_follow_up(text) is None


def test_words_that_point_back() -> None:
    assert points_back("how do I cut them")
    assert not points_back("how do I cut grapes")
