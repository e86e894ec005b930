"""sprout bench messages, with a few messages; its parts with known times."""

from __future__ import annotations

import json
from time import sleep

from bot.benchmarks.load import press
from bot.benchmarks.messages import ratios, sample
from bot.benchmarks.stages import StageClock, timed
from bot.cli import main
from bot.core.language import Language
from bot.core.settings import HOME
from knowledge.search import Question


def test_the_bench_ends_with_one_json_object(monkeypatch, capsys):
    monkeypatch.setenv("SPROUT_CACHE_DIR", str(HOME / "var" / "cache"))
    assert main(["bench", "messages", "--messages", "8", "--no-rasa", "--json"]) == 0
    result = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    for level in ("concurrency_1", "concurrency_8"):
        assert result["nearest"][level]["messages"] == 8
        assert 0 < result["nearest"][level]["p50_ms"] <= result["nearest"][level]["p99_ms"]
    stages = result["nearest"]["stages"]
    assert {"danger", "intent", "search", "database", "rendering"} <= set(stages)
    assert abs(sum(stage["share"] for stage in stages.values()) - 1) < 0.01
    assert result["first_answer_seconds"] > 0
    assert "rasa" not in result
    assert "stock" not in result


def test_the_sample_is_the_same_every_time_and_says_nothing_twice():
    texts = sample(100)
    assert texts == sample(100)
    assert len(set(texts)) == len(texts)
    assert 95 <= len(texts) <= 105


def test_a_stage_inside_another_counts_for_itself_only():
    clock = StageClock()
    with clock.stage("outer"):
        with clock.stage("inner"):
            sleep(0.05)
        sleep(0.01)
    spent = clock.take()
    assert spent["inner"] >= 50
    assert 10 <= spent["outer"] < 50
    assert clock.take() == {}


def test_a_house_with_a_clock_answers_as_before(shared_house):
    clock = StageClock()
    watched = timed(shared_house, clock)
    question = Question("宝宝8个月能吃蜂蜜吗", Language.ZH)
    assert watched.library.find(question) == shared_house.library.find(question)
    assert watched.zone == shared_house.zone
    assert set(clock.take()) == {"search"}


def test_a_load_calls_once_for_each_text_and_keeps_the_order():
    figures, given = press(str.upper, ["a", "b", "c"], 2)
    assert given == ["A", "B", "C"]
    assert figures["messages"] == 3


def test_a_ratio_is_ours_over_theirs():
    figures = {"p50_ms": 10.0, "p99_ms": 20.0, "per_second": 50.0}
    own = {"concurrency_1": figures, "concurrency_8": figures, "memory_mb": 300.0}
    other = {
        "concurrency_1": {**figures, "p50_ms": 40.0},
        "concurrency_8": figures,
        "memory_mb": None,
        "first_answer_seconds": 30.0,
    }
    found = ratios({"first_answer_seconds": 3.0}, own, other)
    assert found["concurrency_1.p50_ms"] == 0.25
    assert found["first_answer"] == 0.1
    assert "memory" not in found
