"""No sign is told to a parent whose words cannot mean it."""

from __future__ import annotations

import pytest

from knowledge.triage.spoken_of import spoken_of


@pytest.mark.parametrize(
    ("sign", "text"),
    [
        ("burn-small", "吐泡泡 嗓子里呼噜呼噜的"),
        ("fever-40", "厌奶 一天只喝二百毫升"),
        ("missing-child", "孩子误食了干燥剂 一小包"),
        ("animal-bite", "6个月打疫苗后发烧38.2"),
        ("burn-serious", "she won't take her bottle"),
    ],
)
def test_a_sign_needs_its_words(sign: str, text: str) -> None:
    assert not spoken_of(sign, text)


@pytest.mark.parametrize(
    ("sign", "text"),
    [
        ("burn-small", "奶洒在手上烫红了"),
        ("fever-40", "烧到40度了"),
        ("missing-child", "公园里孩子找不到了"),
        ("animal-bite", "the cat scratched his face"),
        ("crying-inconsolable", "anything at all"),
    ],
)
def test_its_words_or_none_needed_let_it_be_told(sign: str, text: str) -> None:
    assert spoken_of(sign, text)
