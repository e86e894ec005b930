"""What the classifier counts in mixed text: words, their neighbours and pieces, and a few cues. Also on Python 3.10."""

from __future__ import annotations

import re
from itertools import pairwise

_HAN = "㐀-鿿豈-﫿"
_PIECE = re.compile(rf"[{_HAN}]|[^\W\d_{_HAN}]+(?:'[^\W\d_{_HAN}]+)*|\d+|[^\w\s]")
_WORD = re.compile(r"\w")
_LATIN = re.compile(r"[a-z]{4,}")
_FOUR = 4  # letters of a piece: a typo or an ending costs little
_SPREAD = 2.5  # Latin letters that say as much as one Chinese character
_LENGTHS = (12, 30, 70, 150)  # a greeting, a fragment, a sentence, a few sentences, a story
_CUES = {
    "clock": re.compile(
        r"\d{1,2}[:.]\d\d|\d\s*(?:am|pm)\b|[一二三四五六七八九十\d]点|半天|小时|周[一二三四五六日]|礼拜|星期|明天|后天|今晚"
        r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\btomorrow\b"
    ),
    "age": re.compile(r"个月|岁|天大|\d+\s*(?:mo|m|months?|weeks?|wo|yo)\b"),
    "asks": re.compile(r"[?？吗呢么]"),
}  # fmt: skip


def pieces(text: str) -> list[tuple[str, int]]:
    """(piece, where it starts in `text`) in order; marks and emoji are pieces too, blanks are not."""
    return [(match.group(), match.start()) for match in _PIECE.finditer(text)]


def terms(text: str) -> list[str]:
    """Single words, pairs and triples, lower case, numbers alike; then pieces of Latin words, and cues."""
    lower = text.lower()
    words = ["0" if piece.isdigit() else piece for piece, _ in pieces(lower) if _WORD.match(piece)]
    pairs = [f"{a} {b}" for a, b in pairwise(words)]
    triples = [f"{a} {b} {c}" for a, b, c in zip(words, words[1:], words[2:], strict=False)]
    return words + pairs + triples + _parts(lower) + _cues(lower)


def _parts(lower: str) -> list[str]:
    whole = [f"<{word}>" for word in _LATIN.findall(lower)]
    return [f"#{word[i : i + _FOUR]}" for word in whole for i in range(len(word) - _FOUR + 1)]


def _cues(lower: str) -> list[str]:
    """How long it is, and whether it names a time, an age, or asks; marked so that no word is like them."""
    chinese = any("㐀" <= c <= "鿿" for c in lower)
    size = len(lower) * (_SPREAD if chinese else 1)
    found = [f"={name}" for name, pattern in _CUES.items() if pattern.search(lower)]
    return [f"=long{sum(size >= step for step in _LENGTHS)}", *found]
