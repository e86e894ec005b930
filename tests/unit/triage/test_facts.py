"""Numbers that decide danger, as parents write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.triage import facts


@pytest.mark.parametrize(
    ("text", "celsius"),
    [
        ("烧38度3", 38.3),
        ("38点3度", 38.3),
        ("三十八度五", 38.5),
        ("腋下38.3", 38.3),
        ("四十度二还没退", 40.2),
        ("running 101F", 38.3),
        ("100.4 rectal", 38.0),
        ("temp is 39.2", 39.2),
        ("fever of 40", 40.0),
        ("forty point two on the ear thermometer", 40.2),
        ("新生儿体温35.1", 35.1),
        ("昨晚38.9，今天36.8", 38.9),
    ],
)
def test_a_body_temperature_is_read_in_celsius(text: str, celsius: float) -> None:
    assert facts.temperature(text) == pytest.approx(celsius, abs=0.06)


@pytest.mark.parametrize(
    "text",
    ["冲奶水温40度", "洗澡水38度", "37周早产", "room is 38 degrees outside", "能抬头四十五度", "40ml", "卡38块钱"],
)
def test_what_is_no_body_temperature_is_not_read_as_one(text: str) -> None:
    assert facts.temperature(text) is None


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("62天发烧", 2.04),
        ("两个月零五天", 2.16),
        ("9 week old", 2.07),
        ("满月宝宝", 1.0),
        ("月子里", 0.5),
        ("一岁半", 18),
        ("一周三个月", 15),
        ("出生12天", 0.39),
        ("6wo LO", 1.4),
        ("he is 18mo", 18),
        ("2.5 years old", 30),
        ("五个半月", 5.5),
        ("百天照", 3.3),
        ("newborn", 0.5),
    ],
)
def test_an_age_is_read_in_months(text: str, months: float) -> None:
    assert facts.age(text) == pytest.approx(months, rel=0.05)


@pytest.mark.parametrize(
    "text", ["咳了两个月", "coughing for three weeks", "两天没拉", "6 months ago he fell", "百日咳"]
)
def test_how_long_something_lasts_is_no_age(text: str) -> None:
    assert facts.age(text) is None


@pytest.mark.parametrize(
    ("text", "days"),
    [("烧了五天", 5), ("反复烧四天", 4), ("烧到今天第五天", 5), ("fever for 4 days", 4), ("day 5 of fever", 5)],
)
def test_days_of_fever_are_read(text: str, days: float) -> None:
    assert facts.read(text).fever_days == days


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("九个小时没尿", 9),
        ("十来个钟头尿布干的", 10),
        ("一天没尿", 12),
        ("no wet nappy for 9 hours", 9),
        ("hasn't peed since last night", 12),
    ],
)
def test_hours_without_urine_are_read(text: str, hours: float) -> None:
    assert facts.read(text).dry_hours == hours


@pytest.mark.parametrize(
    ("text", "breaths"), [("一分钟四十九下", 49), ("数了一分钟62次", 62), ("52 breaths a minute", 52)]
)
def test_breaths_a_minute_are_read(text: str, breaths: int) -> None:
    assert facts.read(text).breaths == breaths


@given(st.text(max_size=300))
def test_reading_numbers_never_raises(text: str) -> None:
    facts.read(text)


@given(st.floats(min_value=34.0, max_value=42.9))
def test_celsius_and_fahrenheit_of_one_fever_read_the_same(celsius: float) -> None:
    celsius = round(celsius, 1)
    fahrenheit = round(celsius * 1.8 + 32, 1)
    assert facts.temperature(f"temp {fahrenheit}F") == pytest.approx(facts.temperature(f"体温{celsius}"), abs=0.11)
