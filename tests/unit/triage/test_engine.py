"""The danger check as the bot uses it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.triage import corpus, meaning
from knowledge.triage.engine import Triage
from knowledge.triage.model import Danger, Level

RULES = Triage()
DANGER = [
    "孩子没有呼吸了",
    "七个月卡住了，嘴黑了",
    "发烧，刚才全身抽搐翻白眼",
    "纽扣电池吞了",
    "我不想活了",
    "喝了洁厕灵",
    "从沙发上摔下来吐了三次",
    "he is not breathing",
    "her lips are blue",
    "he swallowed a button battery",
    "she is choking on a grape",
    "threw up green bile",
    "I want to kill myself",
    "bleeding that won't stop",
]
REASSURING = [
    "，吃奶正常",
    "，精神好",
    "，没有发烧",
    "，医生看过说没事",
    ", no fever",
    ", feeding normally",
    ". The doctor said it is fine",
    ", she seems happy",
]
ORDINARY = [
    "请问下周二几点开门，",
    "我家老大上幼儿园，",
    "宝宝喜欢听故事，",
    "We have a booking on Friday. ",
    "Grandma is visiting. ",
]


def rank(danger: Danger | None) -> int:
    return danger.level.rank if danger else 0


@pytest.mark.parametrize("text", DANGER)
def test_plain_danger_escalates_by_rule_alone(text: str) -> None:
    assert rank(RULES.assess(text)) >= Level.URGENT_TODAY.rank


@given(st.sampled_from(DANGER), st.lists(st.sampled_from(REASSURING), min_size=1, max_size=3))
def test_a_reassuring_clause_never_lowers_the_level(text: str, clauses: list[str]) -> None:
    assert rank(RULES.assess(text + "".join(clauses))) >= rank(RULES.assess(text))


@given(st.sampled_from(DANGER), st.lists(st.sampled_from(ORDINARY), max_size=3), st.sampled_from(["", *ORDINARY]))
def test_ordinary_text_around_danger_never_silences_it(text: str, before: list[str], after: str) -> None:
    assert rank(RULES.assess("".join(before) + text + "。" + after)) >= Level.URGENT_TODAY.rank


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=400), st.none() | st.floats(min_value=0, max_value=72))
def test_no_text_makes_the_check_raise(text: str, age: float | None) -> None:
    RULES.assess(text, age_months=age)


@pytest.mark.parametrize("text", ["宝宝发烧38.5", "baby has a fever of 38.6"])
def test_fever_is_an_emergency_in_the_first_three_months_only(text: str) -> None:
    young = RULES.assess(text, age_months=2)
    assert young is not None
    assert (young.level, young.signs[0]) == (Level.EMERGENCY_NOW, "fever-under-3m")
    assert RULES.assess(text, age_months=14) is None


@pytest.mark.parametrize("text", ["宝宝发烧38.5", "baby has a fever of 38.6"])
def test_without_an_age_fever_is_asked_about_as_for_the_youngest(text: str) -> None:
    found = RULES.assess(text)
    assert found is not None
    assert found.level is Level.CHECK
    assert found.age_unknown
    assert "fever-under-3m" in found.signs


@pytest.mark.parametrize("text", ["高热惊厥怎么急救", "how do you do cpr on a baby", "烫伤怎么处理"])
def test_a_bare_first_aid_question_gets_first_aid_and_is_asked(text: str) -> None:
    found = RULES.assess(text)
    assert found is not None
    assert found.first_aid
    assert found.level is Level.CHECK


@pytest.mark.parametrize("text", ["宝宝噎住了怎么办", "抽了抽了怎么办", "he's choking what do i do, he's 9 months"])
def test_a_first_aid_question_about_an_event_now_escalates(text: str) -> None:
    found = RULES.assess(text)
    assert found is not None
    assert found.level is Level.EMERGENCY_NOW
    assert not found.first_aid


@pytest.mark.parametrize(
    "text",
    [
        "想死宝宝了，出差三天没见",
        "累死我了",
        "怎么预防噎住",
        "天气抽风，穿什么",
        "明天下午三点托两个小时",
        "谢谢",
        "he had a fit of giggles",
        "this teething is killing me",
        "how do I prevent choking",
        "where should I keep button batteries safely",
        "book Friday 3 pm",
    ],
)
def test_idioms_prevention_others_and_bookings_are_no_danger_by_rule(text: str) -> None:
    assert RULES.assess(text, age_months=20) is None


@pytest.mark.parametrize("text", ["电视里有人溺水，太吓人了", "my dog had a seizure", "两年前抽搐过一次"])
def test_without_weights_stories_and_the_past_are_asked_about_and_not_alarmed(text: str) -> None:
    found = RULES.assess(text, age_months=20)
    assert found is not None
    assert found.level is Level.CHECK


def test_doubt_has_three_signs_that_exist() -> None:
    assert len(RULES.in_doubt.signs) == 3
    assert all(RULES.sign(sign) for sign in RULES.in_doubt.signs)


# -- with weights


def letters(texts: Sequence[str]) -> np.ndarray:
    """A small embedding of one's own: how often each of 32 groups of letters stands in a text."""
    rows = np.array([[sum(ord(c) % 32 == i for c in text) + 0.01 for i in range(32)] for text in texts], np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("weights") / "triage.npz"
    rows = corpus.rows()[::6]
    meaning.fitted(rows, ["几点开门", "book Friday"], letters).save(file)
    return file


def test_with_weights_unseen_words_are_caught_that_no_rule_knows(weights: Path) -> None:
    triage = Triage(letters, weights)
    assert triage.has_meaning
    rows = [row for row in corpus.rows()[3::60] if row.level == "emergency_now"]
    by_rule = sum(rank(RULES.assess(row.text)) > 0 for row in rows)
    with_meaning = sum(rank(triage.assess(row.text)) > 1 for row in rows)
    assert with_meaning > by_rule


def test_plain_danger_still_escalates_with_weights(weights: Path) -> None:
    triage = Triage(letters, weights)
    assert all(rank(triage.assess(text)) >= Level.CHECK.rank for text in DANGER)


@pytest.mark.parametrize("months", [0.1, 20, 36.9, 60, 480])
def test_danger_names_a_sign_at_every_age(weights: Path, months: float) -> None:
    triage = Triage(letters, weights)
    for text in (*DANGER, *[row.text for row in corpus.rows()[5::400] if row.level != "none"]):
        danger = triage.assess(text, age_months=months)
        assert danger is None or danger.signs


def test_the_sign_that_the_words_tell_of_comes_first(weights: Path) -> None:
    triage = Triage(letters, weights)
    known = [row for row in corpus.rows()[::60] if row.level == "emergency_now" and row.sign]
    told = [(row.sign, danger.signs[0]) for row in known if (danger := triage.assess(row.text)) and danger.signs]
    assert sum(sign == first for sign, first in told) > len(told) * 3 / 4


def test_when_the_embedding_breaks_words_and_rules_go_on(weights: Path) -> None:
    calls = []

    def breaks(texts: Sequence[str]) -> np.ndarray:
        calls.append(texts)
        if len(calls) > 1:
            raise OSError("model file is gone")
        return letters(texts)

    triage = Triage(breaks, weights)
    assert rank(triage.assess("孩子没有呼吸了")) == Level.EMERGENCY_NOW.rank
    assert len(calls) > 1


@pytest.mark.parametrize("content", [None, b"", b"no numbers here", b"PK\x03\x04broken"], ids=str)
def test_missing_or_broken_weights_leave_the_rules(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "triage.npz"
    if content is not None:
        file.write_bytes(content)
    triage = Triage(letters, file)
    assert not triage.has_meaning
    assert rank(triage.assess("孩子没有呼吸了")) == Level.EMERGENCY_NOW.rank


def test_weights_of_another_embedding_are_not_used(weights: Path) -> None:
    assert not Triage(lambda texts: letters(texts)[:, :8], weights).has_meaning


def test_an_error_in_the_rules_is_doubt_and_not_silence() -> None:
    def no_age(text: str) -> float | None:
        raise ValueError(len(text))

    assert Triage(ages_in=no_age).assess("宝宝发烧") == RULES.in_doubt


def test_weights_are_made_anew_only_when_something_has_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    some = corpus.rows()[::40]
    monkeypatch.setattr(corpus, "rows", lambda: some)
    monkeypatch.setattr(corpus, "article_phrasings", lambda: ())
    file = tmp_path / "triage.npz"
    said: list[str] = []
    meaning.train(letters, file, progress=said.append)
    first = file.stat().st_mtime_ns
    meaning.train(letters, file, progress=said.append)
    assert (file.stat().st_mtime_ns, len(said)) == (first, 2)
    meaning.train(letters, file, ordinary=["几点开门"], progress=said.append)
    assert file.stat().st_mtime_ns > first
