"""Child ages: authored messages, round trips of generated ages, and any text at all."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nlu.phrases.ages import ages_in, child_age

TODAY = date(2026, 11, 18)
HERE = Path(__file__).parent
EXAMPLES = [
    row for name in ("ages_zh", "ages_en") for row in yaml.safe_load((HERE / f"{name}.yaml").read_text("utf-8"))
]

DIGITS = "零一二三四五六七八九"


def chinese(value: int) -> str:
    tens, ones = divmod(value, 10)
    if tens == 0:
        return DIGITS[ones]
    return ("" if tens == 1 else DIGITS[tens]) + "十" + (DIGITS[ones] if ones else "")


@pytest.mark.parametrize("row", EXAMPLES, ids=lambda row: row["text"])
def test_the_age_in_an_authored_message_is_read(row: dict[str, Any]) -> None:
    found = child_age(row["text"], today=TODAY)
    if row["months"] is None:
        assert found is None
        return
    assert found is not None
    assert found.months == pytest.approx(row["months"], abs=0.03)
    assert found.upper == row.get("upper", False)
    assert found.corrected == row.get("corrected", False)
    assert str(found.birth_date) == str(row.get("birth_date"))


@given(
    st.integers(1, 35),
    st.sampled_from(
        [
            "{n}个月",
            "宝宝{z}个月了",
            "{z}个月的娃",
            "{n}mo",
            "{n}m old",
            "he's {n} months",
            "{n}-month-old",
            "my {n} month old",
            "{n}月龄",
        ]
    ),
)
def test_months_are_read_back_in_many_forms(months: int, form: str) -> None:
    text = form.format(n=months, z=chinese(months))
    found = child_age(text, today=TODAY)
    if months == 1 and text in ("1个月", "一个月"):  # alone it may be a stretch of time
        return
    assert found is not None
    assert found.months == months


@given(
    st.integers(1, 3),
    st.integers(1, 11),
    st.sampled_from(
        [
            "{y}岁{m}个月",
            "{zy}岁零{zm}个月",
            "{zy}周{zm}个月",
            "{y}y{m}m",
            "{y} years {m} months",
            "{y}yr {m}mo",
            "{y}y {m}m old",
        ]
    ),
)
def test_years_and_months_are_read_back(years: int, months: int, form: str) -> None:
    text = form.format(y=years, m=months, zy=chinese(years), zm=chinese(months))
    found = child_age(text, today=TODAY)
    assert found is not None
    assert found.months == years * 12 + months
    assert found.precision == "month"


@given(
    st.integers(10, 99), st.sampled_from(["出生{n}天", "宝宝{z}天", "{n}天的娃", "{n} days old", "she is {n} days old"])
)
def test_days_are_read_back(days: int, form: str) -> None:
    found = child_age(form.format(n=days, z=chinese(days)), today=TODAY)
    assert found is not None
    assert found.months == pytest.approx(days / 30.4375, abs=0.01)
    assert found.precision == "day"


@given(
    st.integers(2, 20),
    st.sampled_from(["{n}周大", "宝宝{z}周", "{z}个礼拜大", "{n} weeks old", "{n}wo", "LO is {n} wks"]),
)
def test_weeks_are_read_back(weeks: int, form: str) -> None:
    found = child_age(form.format(n=weeks, z=chinese(weeks)), today=TODAY)
    assert found is not None
    assert found.months == pytest.approx(weeks * 7 / 30.4375, abs=0.01)


@given(
    st.integers(1, 1400),
    st.sampled_from(["born {d}", "{d}出生", "{y}年{m}月{n}日出生", "生日是{y}年{m}月{n}号", "dob {n}/{m}/{y}"]),
)
def test_a_birth_date_is_read_back_with_its_age(days_ago: int, form: str) -> None:
    born = TODAY - timedelta(days=days_ago)
    found = child_age(form.format(d=born, y=born.year, m=born.month, n=born.day), today=TODAY)
    assert found is not None
    assert found.birth_date == born
    assert found.months == pytest.approx(days_ago / 30.4375, abs=0.1)


@given(st.integers(1, 800))
def test_a_birth_date_in_the_future_is_no_age(days_ahead: int) -> None:
    assert child_age(f"born {TODAY + timedelta(days=days_ahead)}", today=TODAY) is None


@given(
    st.integers(2, 12),
    st.sampled_from(
        [
            "咳嗽{n}天了",
            "for {n} months now",
            "{n}个月以上适用",
            "{n} weeks ago",
            "{n}个月后复查",
            "every {n} weeks",
            "怀孕{n}个月",
            "in {n} weeks",
            "{n} months and up",
        ]
    ),
)
def test_stretches_of_time_and_limits_are_no_ages(count: int, form: str) -> None:
    assert child_age(form.format(n=count), today=TODAY) is None


@given(st.integers(50, 100), st.integers(1, 11))
def test_the_younger_of_two_children_is_meant(older: int, younger: int) -> None:
    found = child_age(f"大的{chinese(older // 12)}岁小的{chinese(younger + 1)}个月", today=TODAY)
    assert found is not None
    assert found.months == younger + 1


FRAGMENTS = st.sampled_from(
    [
        "一岁",
        "8个月",
        "半",
        "零",
        "两",
        "周",
        "天",
        "个月",
        "岁",
        "的",
        " ",
        "。",
        "old",
        "2y",
        "m",
        "he's",
        "1",
        "2",
        "corrected",
        "born",
        "2025-03-02",
        "出生",
        "不到",
        "nearly",
        "two",
        "矫正",
        "½",
        "İ",
        "٣",
        "\u0000",
        "😀",
    ]
)


@settings(max_examples=60)
@given(st.one_of(st.text(max_size=300), st.lists(FRAGMENTS, max_size=120).map("".join)))
@example("İ" * 50 + "8个月")
@example("²岁")
def test_any_text_is_read_without_an_error_and_spans_point_into_it(text: str) -> None:
    for age in ages_in(text, today=TODAY):
        assert 0 <= age.start < age.end <= len(text)
        assert age.months >= 0
    child_age(text, today=TODAY)


@pytest.mark.parametrize(
    "piece", ["一岁", "8个月", "1", "二", "he's 2 ", "month ", "a ", "1 year and a half ", "born 20", "两岁三个月零"]
)
def test_ten_thousand_characters_take_no_more_than_linear_time(piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    start = time.perf_counter()
    child_age(text, today=TODAY)
    assert time.perf_counter() - start < 2.0


def test_the_age_of_a_span_is_the_text_that_says_it() -> None:
    text = "你好！我家宝宝８个月，发烧"
    found = child_age(text, today=TODAY)
    assert found is not None
    assert text[found.start : found.end] == "８个月"


def test_every_child_is_listed_and_the_asked_one_is_chosen() -> None:
    text = "老大四岁老二一岁半"
    assert [age.months for age in ages_in(text, today=TODAY)] == [48, 18]


def test_reading_ages_does_not_load_the_date_library() -> None:
    code = "import sys, nlu.phrases.ages; sys.exit(any('recognizers' in name for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
