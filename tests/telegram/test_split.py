"""Cutting long messages: nothing lost, no part too long, no tag broken."""

from __future__ import annotations

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.split import split, units, visible
from tests.telegram.emulator.markup import shown

_WORDS = st.text(
    st.sampled_from("ab 宝宝。\n\n<>&\"'👶🏽é") | st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=60
)


_FRAMES = ["{}", "<b>{}</b>", "<i>{}</i>", '<a href="https://x.org/?a=1&amp;b=2">{}</a>', "<b>a<i>{}</i></b>"]


@st.composite
def pages(draw: st.DrawFn) -> str:
    """Safe HTML: words, bold and italic, links, nested two deep."""
    parts = []
    for _ in range(draw(st.integers(1, 8))):
        words = html.escape(draw(_WORDS), quote=False)
        frame = draw(st.sampled_from(_FRAMES))
        parts.append(frame.replace("{}", words))
    return draw(st.sampled_from(["", " ", "\n", "\n\n"])).join(parts)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@given(pages(), st.integers(2, 80))
def test_parts_hold_everything_fit_and_can_be_read(page: str, longest: int) -> None:
    parts = split(page, longest)
    assert all(units(shown(part)) <= longest for part in parts)
    assert squeezed("".join(shown(part) for part in parts)) == squeezed(shown(page))


@given(pages())
def test_what_is_short_stays_as_it_is(page: str) -> None:
    whole = visible(page).strip()
    assert [visible(p).strip() for p in split(page)] == ([whole] if whole else [])


def test_a_cut_is_made_at_a_line_end_and_tags_go_on() -> None:
    page = "<b>" + "\n".join("x" * 30 for _ in range(4)) + "</b>"
    assert split(page, 70) == ["<b>" + "\n".join(["x" * 30] * 2) + "</b>"] * 2


def test_telegram_counts_an_emoji_as_two() -> None:
    assert [len(p) for p in split("👶" * 3000)] == [2048, 952]
