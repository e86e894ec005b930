"""The scores that `sprout evaluate` shows for times and ages."""

from __future__ import annotations

from nlu.evaluation.phrases import score_ages, score_times


def row(text: str, **labels: object) -> dict[str, object]:
    return {"id": text, "text": text, "lang": "zh", "reference_time": "2026-11-18T10:00:00+08:00", **labels}


def test_starts_and_ends_are_counted_and_misses_are_named() -> None:
    right = row(
        "明天上午九点到十一点", expected_start="2026-11-19T09:00:00+08:00", expected_end="2026-11-19T11:00:00+08:00"
    )
    wrong = row("明天上午十点", expected_start="2026-11-19T11:00:00+08:00")
    scores = score_times([right, wrong])["zh"]
    assert (scores["start"]["right"], scores["start"]["count"]) == (1, 2)
    assert (scores["end"]["right"], scores["end"]["count"]) == (1, 1)
    assert scores["start"]["misses"] == ["明天上午十点"]


def test_a_change_is_scored_by_its_new_time() -> None:
    moved = row("周六十点改下午两点", expected_start="2026-11-21T14:00:00+08:00")
    assert score_times([moved])["zh"]["start"]["accuracy"] == 1.0


def test_a_date_alone_is_scored_by_the_day() -> None:
    assert score_times([row("周六那节课取消", expected_start="2026-11-21")])["zh"]["start"]["accuracy"] == 1.0


def test_a_start_where_none_is_expected_counts_against() -> None:
    assert score_times([row("明天上午九点")])["zh"]["none"]["accuracy"] == 0.0


def test_messages_without_a_reference_time_are_left_out() -> None:
    assert score_times([{"id": "1", "text": "明天", "lang": "zh"}]) == {}


def test_ages_are_counted_with_those_rightly_not_read() -> None:
    scores = score_ages(
        [row("八个月", age_months=8), row("一岁半", age_months=20), row("咳了两个月", age_months=None)]
    )["zh"]
    assert (scores["age"]["right"], scores["age"]["count"]) == (1, 2)
    assert scores["none"]["accuracy"] == 1.0
