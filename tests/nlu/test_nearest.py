"""Understanding inside the app, with nothing else running."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.language import Language
from nlu.classifier import IntentModel, Settings, fit
from nlu.embedding import use_embedder
from nlu.interpreter import Intent
from nlu.nearest import NearestInterpreter, train
from nlu.resilient import ResilientInterpreter


@pytest.fixture(scope="session")
def weights(tmp_path_factory):
    path = tmp_path_factory.mktemp("weights") / "nearest.npz"
    train(path)
    return path


@pytest.fixture(scope="session")
def nearest(weights):
    return NearestInterpreter(weights)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("想给娃约个后天的半日托", Intent.BOOK_CARE),
        ("could you look after my daughter on Monday from 9 to 12", Intent.BOOK_CARE),
        ("那个周四的帮我取消了吧", Intent.CANCEL_BOOKING),
        ("please move my booking to the afternoon", Intent.RESCHEDULE_BOOKING),
        ("一岁半老是半夜哭醒怎么回事", Intent.ASK_GUIDANCE),
        ("when can she eat egg", Intent.ASK_GUIDANCE),
        ("离我家最近的托育中心在哪里", Intent.FIND_CENTRE),
        ("how much for a full day", Intent.OPENING_HOURS_OR_PRICE),
        ("转人工客服", Intent.TALK_TO_HUMAN),
        ("thank you very much", Intent.THANKS),
        ("明早九点提醒我吃维生素D", Intent.SET_REMINDER),
        ("what's the weather in Beijing", Intent.OUT_OF_SCOPE),
    ],
)
def test_plain_messages_are_understood(nearest, text, intent):
    parse = nearest.parse(text)
    assert parse.intent is intent
    assert parse.source == "nearest"
    assert parse.ranking[0] == (intent, parse.confidence)


def test_traditional_characters_are_read_as_simplified_ones(nearest):
    parse = nearest.parse("寶寶八個月能吃蜂蜜嗎")
    assert parse.intent is Intent.ASK_GUIDANCE
    assert parse.language is Language.ZH
    assert parse.entity("food") == "honey"
    assert parse.text == "寶寶八個月能吃蜂蜜嗎"


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "😀😀👍", "！！！", "\u200b"])
def test_a_message_without_a_word_is_not_understood_with_no_confidence(nearest, text):
    parse = nearest.parse(text)
    assert (parse.intent, parse.confidence) == (Intent.FALLBACK, 0.0)


@pytest.mark.parametrize("text", ["发烧" * 5000, "help " * 2000, "<b>托班</b>" * 1200])
def test_ten_thousand_characters_are_read_within_a_second(nearest, text):
    nearest.parse("warm")
    start = time.perf_counter()
    nearest.parse(text)
    assert time.perf_counter() - start < 1.0


def test_half_an_emoji_and_a_nul_do_no_harm(nearest):
    assert nearest.parse("取消\x00 我的预约 \ud83d").intent is Intent.CANCEL_BOOKING


@settings(max_examples=80, deadline=None)
@given(text=st.text(max_size=120))
def test_no_text_makes_it_raise_and_shares_stay_shares(nearest, text):
    parse = nearest.parse(text)
    assert 0 <= parse.confidence <= 1
    assert sum(share for _, share in parse.ranking) <= 1.0001
    assert all(0 <= e.start < e.end for e in parse.entities)


def test_it_is_ready_within_three_seconds_when_trained(weights):
    start = time.perf_counter()
    fresh = NearestInterpreter(weights)
    fresh.warm_up()
    fresh.parse("在吗")
    assert time.perf_counter() - start < 3


def test_without_weights_or_with_broken_ones_it_still_answers(tmp_path):
    broken = tmp_path / "broken.npz"
    broken.write_bytes(b"not a model")
    for path in (tmp_path / "nothing.npz", broken):
        assert NearestInterpreter(path).parse("取消明天的预约").intent is Intent.CANCEL_BOOKING


def test_a_stored_model_says_what_the_fitted_one_said(tmp_path):
    texts = ["约托", "订位", "book care", "发烧了", "咳嗽", "has a cough", "谢谢", "thanks", "多谢"]
    intents = ["a"] * 3 + ["b"] * 3 + ["c"] * 3
    vectors = use_embedder().embed(texts)
    model = fit(vectors, texts, intents, Settings())
    model.save(tmp_path / "m.npz")
    stored = IntentModel.load(tmp_path / "m.npz")
    for vector, text in zip(vectors, texts, strict=True):
        for (name, share), (other, again) in zip(
            model.probabilities(vector, text), stored.probabilities(vector, text), strict=True
        ):
            assert name == other
            assert share == pytest.approx(again, abs=0.01)


def test_a_prior_lowers_one_intent_and_nothing_else_changes_order():
    texts = ["约托", "订位", "book care", "发烧了", "咳嗽", "has a cough", "谢谢", "thanks", "多谢"]
    intents = ["a"] * 3 + ["b"] * 3 + ["c"] * 3
    vectors = use_embedder().embed(texts)
    plain = dict(fit(vectors, texts, intents, Settings()).probabilities(vectors[3], texts[3]))
    lowered = dict(fit(vectors, texts, intents, Settings(prior={"b": 0.1})).probabilities(vectors[3], texts[3]))
    assert lowered["b"] < plain["b"]
    assert (lowered["a"] > lowered["c"]) == (plain["a"] > plain["c"])


def test_the_resilient_interpreter_answers_without_any_rasa(nearest):
    assert ResilientInterpreter(nearest).parse("你好").intent is Intent.GREET
