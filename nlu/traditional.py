"""Traditional characters are read as simplified ones."""

from __future__ import annotations

from functools import lru_cache

import opencc


@lru_cache(maxsize=1)
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def to_simplified(text: str) -> str:
    """The same text in simplified characters; other scripts and simplified text pass unchanged."""
    return text if text.isascii() else str(_converter().convert(text))
