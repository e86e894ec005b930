"""Things named in a message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.lookups import find


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("明天半日托", "care_type", "half_day"),
        ("half days please", "care_type", "half_day"),
        ("drop-in care on Friday", "care_type", "hourly"),
        ("我要计时托", "care_type", "hourly"),
        ("能延时吗", "care_type", "extended"),
        ("八个月能吃蜂蜜吗", "food", "honey"),
        ("can he have prawns", "food", "shrimp"),
        ("吃了花生酱", "food", "peanut"),
        ("发高烧", "symptom", "fever"),
        ("diarrhoea since Monday", "symptom", "diarrhoea"),
        ("徐家汇附近", "place", "徐家汇"),
        ("near lujiazui", "place", "lujiazui"),
        ("两个孩子一起", "child_count", "2"),
        ("俩娃", "child_count", "2"),
        ("for 3 kids", "child_count", "3"),
        ("two little ones", "child_count", "2"),
        ("双胞胎", "child_count", "2"),
        ("Twins, Friday", "child_count", "2"),
    ],
)
def test_a_named_thing_is_found(text, kind, value):
    assert [(f.kind, f.value) for f in find(text) if f.kind == kind] == [(kind, value)]


@pytest.mark.parametrize(
    "text", ["our hamster", "she is feverish", "a benefit", "一个月宝宝", "8个月的宝宝", "12 kids"]
)
def test_a_part_of_another_word_is_not_a_named_thing(text):
    assert find(text) == []


def test_the_longest_word_wins_and_nothing_overlaps():
    assert [f.value for f in find("花生酱") if f.kind == "food"] == ["peanut"]
    assert [(f.start, f.end) for f in find("全日托") if f.kind == "care_type"] == [(0, 3)]


@given(st.text(alphabet="半日托蜂蜜发烧徐家汇两个孩子 half day honey twins2", max_size=80))
def test_what_is_found_stands_where_it_says(text):
    for found in find(text):
        assert 0 <= found.start < found.end <= len(text)
        if found.kind == "place":
            assert text[found.start : found.end] == found.value
