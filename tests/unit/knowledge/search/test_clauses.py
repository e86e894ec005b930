"""Which parts of a message ask something."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.search.clauses import questions_in


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("八个月能吃蛋黄吗", 1),
        ("八个月能吃蛋黄吗？过敏了怎么看出来？", 2),
        ("吃奶正常 精神好 就是有点咳 要不要去医院 能不能洗澡", 2),
        ("顺便问一下打疫苗后能洗澡吗", 1),
        ("宝宝今天很乖", 0),
        ("9 months. Hives on face after cashew. Is this an allergy? And how long does it last?", 2),
        ("He sleeps well. Eats well. No fever.", 0),
        ("", 0),
        ("how do I store milk", 1),
    ],
)
def test_questions_are_counted_and_facts_are_not(text: str, count: int) -> None:
    assert len(questions_in(text)) == count


def test_a_short_question_brings_the_words_before_it() -> None:
    assert questions_in("肺炎刚出院，能洗澡吗") == ["肺炎刚出院 能洗澡吗"]


@given(st.text(max_size=400))
def test_any_text_gives_few_and_only_its_own_words(text: str) -> None:
    found = questions_in(text)
    assert len(found) <= 4
    for question in found:
        assert all(word in text for word in question.split())
