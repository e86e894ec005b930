"""Traditional characters are read as simplified ones."""

from __future__ import annotations

from functools import lru_cache

import opencc


@lru_cache(maxsize=1)
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def to_simplified(text: str) -> str:
    """The same text in simplified characters; other scripts and simplified text pass unchanged.

    Half a surrogate pair, which some keyboards send, becomes a question mark.
    """
    if text.isascii():
        return text
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return str(_converter().convert(whole))
