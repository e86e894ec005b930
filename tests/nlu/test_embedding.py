"""Texts become vectors: the same for everybody, of length one, whatever a parent sends."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.embedding import LONGEST, Embedder, clean, embedder_named, joint_embedder, use_embedder


@pytest.mark.parametrize("name", ["use", "e5", "joint"])
def test_each_row_is_as_wide_as_promised_and_has_length_one(name):
    embedder = embedder_named(name)
    rows = embedder.embed(["宝宝发烧了", "my baby has a fever", "8个月 solids 怎么吃"])
    assert rows.shape == (3, embedder.dimension)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-4)


@pytest.mark.parametrize("name", ["use", "joint"])
def test_the_same_question_in_two_languages_is_nearer_than_another_question(name):
    fever, fever_en, price = embedder_named(name).embed(
        ["宝宝发烧怎么办", "what to do when baby has a fever", "托一天多少钱"]
    )
    assert fever @ fever_en > fever @ price + 0.1


def test_no_texts_give_no_rows():
    assert use_embedder().embed([]).shape == (0, 512)


def test_a_batch_gives_the_vectors_that_single_messages_give():
    texts = [f"第{n}个问题 question {n}" for n in range(40)]
    batch = use_embedder().embed(texts)
    single = np.vstack([use_embedder().embed([text]) for text in texts])
    assert np.allclose(batch, single, atol=1e-4)


def test_a_message_is_computed_once_however_often_it_is_asked():
    calls: list[list[str]] = []

    def load():
        def encode(texts):
            calls.append(list(texts))
            return np.ones((len(texts), 2), dtype=np.float32)

        return encode

    embedder = Embedder("counting", 2, load)
    for text in ("发烧", "发烧", " 发烧 ", "咳嗽"):
        embedder.embed([text])
    assert calls == [["发烧"], ["咳嗽"]]


def test_a_caller_that_changes_its_vector_changes_nobody_elses():
    first = use_embedder().embed(["落地醒"])
    first[:] = 0
    assert np.linalg.norm(use_embedder().embed(["落地醒"])) == pytest.approx(1, abs=1e-4)


def test_many_threads_get_the_vectors_that_one_thread_gets():
    texts = [f"宝宝{n}个月 can she eat egg" for n in range(48)]
    alone = joint_embedder().embed(texts)
    with ThreadPoolExecutor(8) as pool:
        together = np.vstack(list(pool.map(lambda text: joint_embedder().embed([text]), texts)))
    assert np.allclose(alone, together, atol=1e-4)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_has_a_finite_vector(text):
    assert np.isfinite(use_embedder().embed([text])).all()


@given(st.text(max_size=3000))
def test_cleaning_twice_is_cleaning_once_and_never_longer_than_the_limit(text):
    cleaned = clean(text)
    assert len(cleaned) <= LONGEST
    assert len(clean(cleaned)) <= LONGEST


def test_a_lone_surrogate_and_a_nul_are_read_past():
    assert np.isfinite(joint_embedder().embed(["发烧\ud800了\x00怎么办"])).all()


def test_the_module_pulls_in_nothing_of_the_app():
    code = "import sys, nlu.embedding, nlu.classifier, nlu.lookups; print([m for m in sys.modules if m[:3] == 'bot'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
