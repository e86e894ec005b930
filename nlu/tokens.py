"""Words of mixed text: a Chinese character, a Latin word or a number each. Runs on Rasa's Python 3.10 too."""

from __future__ import annotations

import re
from itertools import pairwise

_PIECE = re.compile(r"[㐀-鿿豈-﫿]|[^\W\d_㐀-鿿豈-﫿]+(?:'[^\W\d_㐀-鿿豈-﫿]+)*|\d+|[^\w\s]")
_WORD = re.compile(r"\w")


def pieces(text: str) -> list[tuple[str, int]]:
    """(piece, where it starts in `text`) in order; marks and emoji are pieces too, blanks are not."""
    return [(match.group(), match.start()) for match in _PIECE.finditer(text)]


def terms(text: str) -> list[str]:
    """Single pieces, pairs and triples, lower case and without marks: what the classifier counts."""
    words = [piece for piece, _ in pieces(text.lower()) if _WORD.match(piece)]
    pairs = [f"{a} {b}" for a, b in pairwise(words)]
    triples = [f"{a} {b} {c}" for a, b, c in zip(words, words[1:], words[2:], strict=False)]
    return words + pairs + triples
