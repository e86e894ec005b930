"""Written Cantonese is understood; Mandarin is left alone."""

from __future__ import annotations

import pytest

from nlu.traditional import to_simplified


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("BB食咗蜜糖點算 8個月", "宝宝吃了蜂蜜怎么办 8个月"),
        ("佢唔肯飲奶 成日瞓", "他不肯喝奶 老是睡"),
        ("使唔使去醫院", "要不要去医院"),
        ("食物過敏點算", "食物过敏怎么办"),
    ],
)
def test_cantonese_words_are_read_as_mandarin(said: str, read: str) -> None:
    assert to_simplified(said) == read


@pytest.mark.parametrize("text", ["宝宝不肯吃辅食", "bb发烧了", "今日份辅食", "can he eat honey"])
def test_text_without_cantonese_words_is_left_alone(text: str) -> None:
    assert to_simplified(text) == text
