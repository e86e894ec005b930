"""Each rule, on sentences written for it; the sentences are data: knowledge/triage/rule_examples.yaml."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.triage import rules
from knowledge.triage.rules import Rule, read_rules
from knowledge.triage.signs import DataError

EXAMPLES: dict[str, dict[str, dict[str, list[dict[str, Any]]]]] = yaml.safe_load(
    (rules.RULES_FILE.parent / "rule_examples.yaml").read_text(encoding="utf-8")
)


def live_rules(example: dict[str, Any]) -> set[str]:
    message = rules.read(example["text"], example.get("age"))
    return {hit.rule.id for hit in rules.hits(message) if hit.live}


@pytest.mark.parametrize("rule", read_rules(), ids=lambda rule: rule.id)
def test_a_rule_fires_on_its_sentences_in_each_language_that_it_knows(rule: Rule) -> None:
    for language, patterns in (("zh", rule.zh), ("en", rule.en)):
        examples = EXAMPLES[rule.id][language].get("fires", [])
        assert len(examples) >= (2 if patterns or not (rule.zh or rule.en) else 0), f"{language}: too few sentences"
        for example in examples:
            assert rule.id in live_rules(example), example


@pytest.mark.parametrize("rule_id", EXAMPLES)
def test_a_rule_stays_quiet_on_its_look_alikes(rule_id: str) -> None:
    for language in ("zh", "en"):
        for example in EXAMPLES[rule_id][language].get("quiet", []):
            assert rule_id not in live_rules(example), example


@pytest.mark.parametrize(
    ("mistake", "words"),
    [
        ("  sign: no-such-sign\n  zh: ['抽']", "no sign no-such-sign"),
        ("  sign: seizure-now", "neither patterns nor numbers"),
        ("  sign: seizure-now\n  zh: ['抽.*停']", "a gap without a limit"),
        ("  sign: seizure-now\n  zh: ['{nothing}']", "unknown concept"),
        ("  sign: seizure-now\n  zh: ['(抽']", "missing )"),
        ("  sign: seizure-now\n  when: {moon: 1}", "cannot read moon"),
    ],
)
def test_a_mistake_in_a_rule_names_its_file_and_line(tmp_path: Path, mistake: str, words: str) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(f"concepts:\n  zh: {{}}\n  en: {{}}\nrules:\n- id: one\n{mistake}\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_rules(file)
    assert str(caught.value).startswith("rules.yaml:5: one: ")
    assert words in str(caught.value)


def test_two_rules_may_not_share_an_id(tmp_path: Path) -> None:
    rule = "- id: one\n  sign: seizure-now\n  zh: ['抽']\n"
    file = tmp_path / "rules.yaml"
    file.write_text(f"concepts:\n  zh: {{}}\n  en: {{}}\nrules:\n{rule}{rule}", encoding="utf-8")
    with pytest.raises(DataError, match=r"rules.yaml:8: one is there twice"):
        read_rules(file)


@pytest.mark.parametrize("unit", ["摔了", "he fell and ", "没", "the lips ", "1", "a", "，", "吃了药 "])
def test_ten_times_the_text_takes_about_ten_times_the_time(unit: str) -> None:
    def seconds(length: int) -> float:
        text = (unit * length)[:length]
        started = time.process_time()
        rules.hits(rules.read(text))
        return time.process_time() - started

    seconds(200)
    assert seconds(10_000) < 100 * max(seconds(1000), 0.002)
