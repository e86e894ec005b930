"""Articles as bags of words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from knowledge.search.words import WordIndex, bag, fold, tokens


def test_chinese_is_read_in_runs_and_latin_in_words_and_pieces() -> None:
    assert set(tokens("夜奶")) == {"夜", "奶", "夜奶"}
    assert {"<potty>", "#<po", "#tty>", "potty training"} <= set(tokens("potty training"))


def test_full_width_and_capital_letters_are_alike() -> None:
    assert fold("ＰＭ２．５  Milk") == fold("pm2.5 milk")


def test_the_article_that_shares_rare_words_wins() -> None:
    index = WordIndex([bag(["宝宝咳嗽怎么办"]), bag(["宝宝湿疹怎么办"]), bag(["宝宝便秘怎么办"])])
    assert index.scores(["湿疹又犯了"])[0].argmax() == 1


def test_a_typo_still_shares_pieces() -> None:
    index = WordIndex([bag(["constipation"]), bag(["vaccination"])])
    assert index.scores(["constipaton"])[0].argmax() == 0


@given(st.text(max_size=200))
def test_every_score_is_a_cosine(text: str) -> None:
    index = WordIndex([bag(["咳嗽 cough"]), bag(["发烧 fever"])])
    scores = index.scores([text])
    assert ((scores >= 0) & (scores <= 1.0001)).all()
