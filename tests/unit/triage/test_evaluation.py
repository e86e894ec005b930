"""The figures about the danger check."""

from __future__ import annotations

import pytest

from knowledge.triage import corpus
from knowledge.triage.engine import Triage
from knowledge.triage.evaluation import report, score_triage, share

ROWS = [
    {"text": "孩子没有呼吸了", "level": "emergency_now", "lang": "zh", "sign": "not-breathing"},
    {"text": "her lips are blue", "level": "emergency_now", "lang": "en", "sign": "blue-lips"},
    {"text": "几点开门", "level": "emergency_now", "lang": "zh", "sign": "not-breathing"},
    {"text": "几点开门", "level": "none", "lang": "zh"},
    {"text": "孩子没有呼吸了", "level": "none", "lang": "zh", "sure": False},
]


def test_caught_escalated_and_asked_are_counted_by_level() -> None:
    score = score_triage(ROWS, Triage())
    emergency = score["levels"]["emergency_now"]
    assert (emergency["n"], emergency["caught"]["share"]) == (3, pytest.approx(2 / 3))
    assert score["levels"]["none"]["escalated"]["share"] == 0
    assert score["by_sign"]["not-breathing"]["caught"]["share"] == 0.5
    assert score["right_sign_told"]["share"] == 1


def test_labels_that_are_not_sure_are_counted_apart() -> None:
    score = score_triage(ROWS, Triage())
    assert score["levels"]["none"]["n"] == 1
    assert score["levels_unsure_label"]["none"]["escalated"]["share"] == 1


def test_the_interval_is_wilsons() -> None:
    assert share([True] * 9 + [False]) == {
        "share": 0.9,
        "n": 10,
        "low": pytest.approx(0.596, abs=0.001),
        "high": pytest.approx(0.982, abs=0.001),
    }


def test_the_report_has_a_line_for_each_level_and_the_worst_sign() -> None:
    text = report(score_triage(ROWS, Triage()))
    assert "emergency_now" in text
    assert text.index("least caught signs") < text.index("not-breathing")


def test_the_writer_that_is_held_out_is_never_trained_on() -> None:
    held_out = {row.text for row in corpus.rows(held_out=True)}
    assert held_out
    assert not held_out & {row.text for row in corpus.rows()}
