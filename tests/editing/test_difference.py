"""What changed, to read: nothing left out, nothing made up, by characters in Chinese and by words in English."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from knowledge.editing.difference import clashes, difference

words = st.text(st.sampled_from("一岁以内不能吃蜂蜜abc ,。\n"), max_size=60)


@given(words, words)
def test_the_pieces_make_both_texts(before: str, after: str) -> None:
    pieces = difference(before, after)
    assert "".join(p.text for p in pieces if p.kind != "new") == before
    assert "".join(p.text for p in pieces if p.kind != "gone") == after
    assert all(p.text for p in pieces)
    if before == after:
        assert all(p.kind == "same" for p in pieces)


def test_chinese_by_characters_and_english_by_words() -> None:
    assert [(p.kind, p.text) for p in difference("满1岁前一口都不给。", "满1岁前一口也不给。")] == [
        ("same", "满1岁前一口"), ("gone", "都"), ("new", "也"), ("same", "不给。"),
    ]  # fmt: skip
    assert [(p.kind, p.text) for p in difference("call the doctor today", "call the nurse today")] == [
        ("same", "call the "), ("gone", "doctor"), ("new", "nurse"), ("same", " today"),
    ]  # fmt: skip


def test_what_was_written_anew_stands_as_a_whole() -> None:
    pieces = difference("一岁以内不要吃蜂蜜，里面有芽孢。", "Never mind")
    assert [p.kind for p in pieces] == ["gone", "new"]


@given(words, words, words)
def test_a_merge_asks_only_where_both_changed(base: str, theirs: str, mine: str) -> None:
    found = clashes({"zh.title": base}, {"zh.title": theirs}, {"zh.title": mine})
    if theirs == mine:
        assert found == []
        return
    (clash,) = found
    assert (clash.choice == "both") == (base not in (theirs, mine))
    assert clash.choice != "mine" or theirs == base
