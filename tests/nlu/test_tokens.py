"""What the classifier counts."""

from hypothesis import given
from hypothesis import strategies as st

from nlu.tokens import pieces, terms


def test_numbers_are_alike_and_neighbours_count():
    assert {"0", "个", "0 个 月"} <= set(terms("8个月"))
    assert set(terms("8个月")) == set(terms("11个月"))


def test_a_typo_keeps_most_pieces_of_a_word():
    right, typo = ({t for t in terms(w) if t.startswith("#")} for w in ("reschedule", "reshedule"))
    assert len(right & typo) >= 4


def test_a_time_an_age_and_a_question_leave_a_cue():
    assert "=clock" in terms("周六9点到11点")
    assert "=clock" in terms("Friday 3pm")
    assert "=age" in terms("she is 7 months old")
    assert "=asks" in terms("能吃吗")
    assert not {"=clock", "=age", "=asks"} & set(terms("谢谢"))


def test_a_chinese_story_is_as_long_as_an_english_one():
    assert "=long0" in terms("hi")
    assert "=long0" in terms("谢谢")
    assert "=long4" in terms("宝宝" * 40)
    assert "=long4" in terms("my baby " * 30)


@given(st.text())
def test_any_text_has_terms_and_its_pieces_stand_where_they_say(text):
    assert any(term.startswith("=long") for term in terms(text))
    assert all(text[start:].startswith(piece) for piece, start in pieces(text))
