"""The index finds what parents ask for, at once, and says when nothing fits."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.language import Language
from knowledge.model import Published
from knowledge.search import Elsewhere, Finder, Question, Verdict
from knowledge.search.meaning import MeaningIndex
from nlu.embedding import use_embedder
from tests.unit.knowledge.search.conftest import Make


def ask(finder: Finder, text: str, age: float | None = None) -> list[str]:
    return [c.article for c in finder.search(Question(text, Language.ZH, age)).candidates]


@pytest.mark.parametrize(
    ("text", "article"),
    [
        ("他夜里醒好多回 我快撑不住了", "night-waking"),
        ("娃嗓子有痰一直咳咳咳", "cough"),
        ("nana put honey on his dummy", "honey"),
        ("宝宝 refuses the potty", "toilet-training"),
        ("my toddler bites the toothbrush", "tooth-brushing"),
    ],
)
def test_words_that_no_phrasing_has_still_find_the_article(finder: Finder, text: str, article: str) -> None:
    assert ask(finder, text)[0] == article


def test_a_new_article_is_found_at_once_and_the_others_are_not_read_again(
    finder: Finder, shelf: list[Published], elsewhere: Elsewhere, make: Make
) -> None:
    scarf = make("car-seat", ("安全座椅怎么选", ["座椅反向坐到几岁"]), ("Which car seat?", ["rear facing until when"]))
    read: list[str] = []

    def embed(texts: list[str]) -> np.ndarray:
        read.extend(texts)
        return use_embedder().embed(texts)

    assert ask(finder, "儿童座椅反着装到多大")[0] != "car-seat"
    grown = Finder([*shelf, scarf], use_embedder().embed, embed, elsewhere=elsewhere, before=finder)
    assert ask(grown, "儿童座椅反着装到多大")[0] == "car-seat"
    assert "座椅反向坐到几岁" in read
    assert "咳嗽有痰" not in read


def test_an_index_that_grew_is_the_same_as_one_built_afresh(
    finder: Finder, shelf: list[Published], elsewhere: Elsewhere
) -> None:
    embed = use_embedder().embed
    grown = Finder(shelf, embed, elsewhere=elsewhere, before=Finder(shelf[:3], embed, elsewhere=elsewhere))
    question = [Question("半夜咳醒", Language.ZH), Question("toothpaste", Language.EN)]
    np.testing.assert_allclose(grown.evidence(question), finder.evidence(question), atol=1e-3)


def test_an_edited_article_is_read_again(finder: Finder, shelf: list[Published], make: Make) -> None:
    edited = make("cough", ("打嗝怎么办", ["一直打嗝", "吃完奶打嗝"]), ("Hiccups", ["hiccups after feeding"]))
    new = Finder([edited, *(p for p in shelf if p.article.id != "cough")], use_embedder().embed, before=finder)
    assert ask(new, "打嗝停不下来")[0] == "cough"


def test_a_retired_article_is_not_found(finder: Finder, shelf: list[Published], elsewhere: Elsewhere) -> None:
    kept = [p for p in shelf if p.article.id != "honey"]
    assert "honey" not in ask(Finder(kept, use_embedder().embed, elsewhere=elsewhere, before=finder), "蜂蜜")


def test_the_age_decides_between_articles_that_fit_alike(make: Make) -> None:
    words = (("睡多久", ["每天睡几个小时"]), ("How much sleep", ["hours of sleep a day"]))
    young, old = make("sleep-baby", *words, ages=(0, 6)), make("sleep-toddler", *words, ages=(12, 36))
    finder = Finder([young, old], use_embedder().embed)
    assert ask(finder, "每天睡多久", 2)[0] == "sleep-baby"
    assert ask(finder, "每天睡多久", 30)[0] == "sleep-toddler"


def test_an_age_outside_the_band_costs_but_does_not_forbid(finder: Finder) -> None:
    with_age = finder.search(Question("几个月可以吃蜂蜜", Language.ZH, 20))
    without = finder.search(Question("几个月可以吃蜂蜜", Language.ZH))
    assert with_age.candidates[0].article == without.candidates[0].article == "honey"
    assert with_age.candidates[0].score <= without.candidates[0].score


def test_a_clear_question_is_sure_and_one_about_a_dog_is_not_answered(finder: Finder) -> None:
    assert finder.search(Question("蜂蜜水能喝吗", Language.ZH)).verdict is Verdict.SURE
    assert finder.search(Question("狗狗晚上老叫怎么办", Language.ZH)).verdict is Verdict.NOTHING


def test_topics_elsewhere_are_never_candidates(finder: Finder) -> None:
    assert set(ask(finder, "猫吐毛球")) <= set(finder.ids)


@pytest.mark.parametrize("text", ["", "   ", "？？？", "😀😀", "\u200b", "\x00"])
def test_a_message_without_words_finds_nothing(finder: Finder, text: str) -> None:
    ranking = finder.search(Question(text, Language.ZH))
    assert ranking.candidates == ()
    assert ranking.verdict is Verdict.NOTHING


def test_an_empty_shelf_finds_nothing() -> None:
    finder = Finder([], use_embedder().embed)
    assert finder.search(Question("咳嗽", Language.ZH)).verdict is Verdict.NOTHING
    assert finder.also_asked(Question("咳嗽怎么办？蜂蜜能吃吗？", Language.ZH), "cough") == ()


def test_many_are_ranked_as_each_alone_even_among_empty_ones(finder: Finder) -> None:
    questions = [Question(t, Language.ZH) for t in ("咳嗽有痰", "", "刷牙不张嘴", "咳嗽有痰")]
    alone = [finder.search(q) for q in questions]
    for one, many in zip(alone, finder.search_many(questions), strict=True):
        assert [c.article for c in one.candidates] == [c.article for c in many.candidates]
        assert one.verdict is many.verdict


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=300), age=st.none() | st.floats(0, 60))
def test_no_message_breaks_the_index_and_scores_are_probabilities(finder: Finder, text: str, age: float | None) -> None:
    ranking = finder.search(Question(text, Language.EN, age))
    scores = [c.score for c in ranking.candidates]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= s <= 1 for s in scores)
    assert sum(scores) <= 1.001


def test_searching_from_many_threads_gives_what_one_thread_gives(finder: Finder) -> None:
    texts = ["夜里醒", "咳嗽", "honey", "potty", "牙膏"] * 4
    alone = [ask(finder, t) for t in texts]
    found: dict[int, list[str]] = {}
    threads = [threading.Thread(target=lambda n=n, t=t: found.update({n: ask(finder, t)})) for n, t in enumerate(texts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[n] for n in range(len(texts))] == alone


def test_a_second_question_of_the_message_is_offered(finder: Finder) -> None:
    text = "夜里醒五六次怎么哄？另外刷牙不张嘴，要用含氟牙膏吗？"
    assert [c.article for c in finder.also_asked(Question(text, Language.ZH), "night-waking")] == ["tooth-brushing"]


def test_one_question_asked_twice_offers_nothing_else(finder: Finder) -> None:
    text = "How do I get him to brush his teeth? Which toothpaste should I use?"
    assert finder.also_asked(Question(text, Language.EN), "tooth-brushing") == ()


def test_an_index_brought_up_to_date_says_what_one_made_anew_says() -> None:
    rng = np.random.default_rng(7)
    clouds = [rng.normal(size=(n, 16)).astype(np.float32) for n in (9, 12, 10, 14)]
    first = MeaningIndex(clouds)
    changed = [clouds[0], rng.normal(size=(11, 16)).astype(np.float32), clouds[2], clouds[3], clouds[3][:5].copy()]
    questions = rng.normal(size=(6, 16)).astype(np.float32)
    anew, updated = MeaningIndex(changed), MeaningIndex(changed, first)
    np.testing.assert_allclose(updated.likelihoods(questions), anew.likelihoods(questions), atol=1e-3)
    np.testing.assert_allclose(updated.nearness(questions), anew.nearness(questions), atol=1e-6)
