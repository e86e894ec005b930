"""Dates, times and lengths: authored messages, round trips of generated times, and any text at all."""

from __future__ import annotations

import time as clock_time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.core.language import Language
from nlu.phrases.times import When, read_duration, read_when

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 18, 10, tzinfo=ZONE)  # a Wednesday
HERE = Path(__file__).parent
FIRST, LAST = datetime(2026, 11, 19, 7), datetime(2027, 1, 10, 18)  # noqa: DTZ001 (the strategy wants them naive)
EXAMPLES = yaml.safe_load((HERE / "times.yaml").read_text("utf-8"))
LENGTHS = yaml.safe_load((HERE / "durations.yaml").read_text("utf-8"))


def shown(when: When) -> dict[str, Any]:
    new = when.also[-1] if when.change else When()
    return {
        "start": f"{when.start:%m-%d %H:%M}" if when.start else None,
        "end": f"{when.end:%m-%d %H:%M}" if when.end else None,
        "day": f"{when.day:%m-%d}" if when.day else None,
        "part": when.part_of_day,
        "minutes": when.duration.total_seconds() / 60 if when.duration else None,
        "ask": when.question,
        "every": when.repeat.split(";UNTIL")[0] if when.repeat else None,
        "clock": f"{when.clock:%H:%M}" if when.clock else None,
        "to": f"{new.start:%m-%d %H:%M}" if new.start else None,
        "to_end": f"{new.end:%m-%d %H:%M}" if new.end else None,
    }


@pytest.mark.parametrize("row", EXAMPLES, ids=lambda row: row["text"])
def test_the_time_in_an_authored_message_is_read(row: dict[str, Any]) -> None:
    expected = {key: value for key, value in row.items() if key != "text"}
    found = shown(read_when(row["text"], now=NOW))
    assert {key: found[key] for key in expected} == expected
    if "start" in expected and "ask" not in expected:
        assert found["ask"] is None
    if "clock" in expected and "start" not in expected:
        assert found["start"] is None


@pytest.mark.parametrize("row", LENGTHS, ids=lambda row: row["text"])
def test_a_length_of_time_is_read(row: dict[str, Any]) -> None:
    found = read_duration(row["text"])
    assert (found and found.total_seconds() / 60) == row["minutes"]


MOMENTS = (
    st.datetimes(FIRST, LAST)
    .map(lambda moment: moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0, tzinfo=ZONE))
    .filter(lambda moment: 7 <= moment.hour <= 18)
)


@given(
    MOMENTS,
    st.sampled_from(
        [
            "{m:%Y-%m-%d %H:%M}",
            "{m.month}月{m.day}号{m:%H:%M}",
            "{m.month}月{m.day}日{part}{h}点{min}分",
            "{m:%b} {m.day} at {h}:{min}{ap}",
            "{m.day} {m:%B} {h}:{min} {ap}",
            "{m.day} {m:%B} at {m:%H:%M}",
        ]
    ),
)
def test_a_moment_is_read_back_in_many_forms(moment: datetime, form: str) -> None:
    text = form.format(
        m=moment,
        h=(moment.hour - 1) % 12 + 1,
        min=f"{moment.minute:02}",
        ap="am" if moment.hour < 12 else "pm",
        part="上午" if moment.hour < 12 else "中午" if moment.hour == 12 else "下午",
    )
    found = read_when(text, now=NOW)
    assert found.question is None
    assert found.start == moment


@given(
    st.integers(7, 17),
    st.integers(1, 5),
    st.sampled_from(
        ["明天{a}点到{b}点", "tomorrow {a}:00-{b}:00", "明天{a}:00至{b}:00", "tomorrow from {a}:00 till {b}:00"]
    ),
)
def test_a_range_is_read_back(start: int, hours: int, form: str) -> None:
    end = min(start + hours, 20)
    found = read_when(form.format(a=start, b=end), now=NOW)
    assert found.start == NOW.replace(hour=start) + timedelta(days=1)
    assert found.end == NOW.replace(hour=end) + timedelta(days=1)
    assert found.duration == timedelta(hours=end - start)


@given(st.integers(1, 10), st.booleans())
def test_start_and_length_give_the_end(hours: int, chinese: bool) -> None:
    text = f"明天上午九点托{hours}个半小时" if chinese else f"tomorrow at 9am for {hours} and a half hours"
    found = read_when(text, now=NOW)
    assert found.start is not None
    assert found.end == found.start + timedelta(hours=hours, minutes=30)


@given(st.integers(0, 6), st.integers(0, 6))
def test_a_bare_weekday_is_the_next_one_and_todays_own_name_is_asked_about(today: int, named: int) -> None:
    now = NOW.replace(hour=6) + timedelta(days=today)
    found = read_when(f"星期{'一二三四五六日'[named]}上午九点", now=now)
    assert found.start is not None
    assert found.start.weekday() == named
    assert timedelta(0) <= found.start.date() - now.date() < timedelta(days=7)
    assert (found.question == "ambiguous") == (now.weekday() == named)


def sane(when: When, now: datetime) -> None:
    if when.start is not None:
        assert when.start.tzinfo is not None
        assert when.start >= now or when.question is not None
    if when.start is not None and when.end is not None:
        assert when.end > when.start
    for other in when.also:
        sane(other, now)


PIECES = st.sampled_from(
    [
        "明天",
        "后天",
        "昨天",
        "下周三",
        "周六",
        "30号",
        "12月3号",
        "九点",
        "三点半",
        "到",
        "至",
        "-",
        "下午",
        "晚上",
        "上午",
        "凌晨",
        "改到",
        "改成",
        "提前",
        "推迟",
        "两小时",
        "半小时后",
        "每天",
        "每周五",
        "还是",
        "提醒我",
        "tomorrow",
        "next Friday",
        "3-5pm",
        "9am",
        "5pm",
        " to ",
        " at ",
        "half nine",
        "ten",
        " ",
        ",",
        "move ",
        "instead of",
        "12 midnight",
        "noon",
        "月底",
        "前",
        "元旦",
        "tonight",
        "24点",
        "2 hours before",
        "an hour later",
        "same time",
        "3/12",
        "first Monday in May",
        "Feb 29",
        "31号",
        "every 8 hours",
        "till",
    ]
)


@settings(max_examples=400)
@given(st.lists(PIECES, max_size=9).map("".join), st.integers(0, 24 * 60 * 400), st.sampled_from([None, *Language]))
@example("今天晚上12点到2点", 0, None)
def test_a_past_start_is_always_questioned_and_an_end_lies_after_its_start(
    text: str, minutes: int, language: Language | None
) -> None:
    now = NOW + timedelta(minutes=minutes)
    sane(read_when(text, now=now, language=language), now)


@settings(max_examples=60)
@given(st.text(max_size=300))
@example("99999999999个小时")
@example("九九九九九天后")
@example("9999-12-31 10:00")
@example("²点")
@example("٣点到٤点")
def test_any_text_is_read_without_an_error(text: str) -> None:
    sane(read_when(text, now=NOW), NOW)
    read_duration(text)


@pytest.mark.parametrize(
    "piece",
    [
        "九点到",
        "1",
        "一",
        "明天",
        "ten to ",
        "9-",
        "周一到",
        "两小时",
        "每",
        "改到",
        "move to ",
        "元旦",
        "a ",
        "an hour and a half ",
    ],
)
def test_ten_thousand_characters_take_no_more_than_linear_time(piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    begun = clock_time.perf_counter()
    read_when(text, now=NOW)
    assert clock_time.perf_counter() - begun < 5.0


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        read_when("明天", now=NOW.replace(tzinfo=None))


def test_the_answer_is_in_the_zone_of_now() -> None:
    now = NOW.astimezone(ZoneInfo("Europe/London"))
    found = read_when("tomorrow at 9am", now=now)
    assert found.start == datetime(2026, 11, 19, 9, tzinfo=ZoneInfo("Europe/London"))


def test_a_change_gives_the_old_time_and_then_the_new_one() -> None:
    found = read_when("周六十点到十二点的改到下午两点", now=NOW)
    assert found.change
    assert [w.start and w.start.hour for w in (found, *found.also)] == [10, 14]
    assert found.also[0].end == NOW.replace(day=21, hour=16)


def test_both_readings_of_next_friday_are_offered() -> None:
    found = read_when("next Friday at 2pm", now=NOW)
    assert [w.start and w.start.day for w in (found, *found.also)] == [20, 27]


def test_a_repetition_ends_where_the_message_says() -> None:
    found = read_when("at 4pm, then every 8 hours till Friday", now=NOW)
    assert found.start == NOW.replace(hour=16)
    assert found.repeat == "FREQ=HOURLY;INTERVAL=8;UNTIL=20261120T155959Z"


def test_several_days_carry_one_days_length_and_the_rule() -> None:
    found = read_when("下周一到周五 8:00-17:30", now=NOW)
    assert found.duration == timedelta(hours=9, minutes=30)
    assert found.repeat == "FREQ=DAILY;UNTIL=20261127T155959Z"
