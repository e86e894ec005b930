"""Traditional characters are read as simplified ones, written Cantonese as Mandarin."""

from __future__ import annotations

import re
from functools import lru_cache

import opencc

from nlu.cantonese import to_mandarin

_HALF_PAIR = re.compile(r"[\ud800-\udfff]")


@lru_cache(maxsize=1)
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def to_simplified(text: str) -> str:
    """The same text in simplified characters and Mandarin words; other scripts and simplified text pass unchanged.

    Half a surrogate pair, which some keyboards send, becomes a blank.
    """
    return text if text.isascii() else to_mandarin(str(_converter().convert(_HALF_PAIR.sub(" ", text))))
