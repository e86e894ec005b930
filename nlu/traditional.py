"""Traditional characters are read as simplified ones."""

from __future__ import annotations

import re
from functools import lru_cache

import opencc

_HALF_PAIR = re.compile(r"[\ud800-\udfff]")


@lru_cache(maxsize=1)
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def to_simplified(text: str) -> str:
    """The same text in simplified characters; other scripts and simplified text pass unchanged.

    Half a surrogate pair, which some keyboards send, becomes a blank.
    """
    return text if text.isascii() else str(_converter().convert(_HALF_PAIR.sub(" ", text)))
