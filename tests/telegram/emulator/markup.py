"""Telegram's HTML: what is shown of it, and when it is refused."""

from __future__ import annotations

import html
import re

_TOKEN = re.compile(r"<(/?)([a-zA-Z][\w-]*)((?:\s[^<>]*)?)>")
_KNOWN = {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "a", "code", "pre", "blockquote", "tg-spoiler"}


class CannotParse(ValueError):
    """The server answers 400 'can't parse entities'."""


def shown(text: str) -> str:
    """The visible text; raises CannotParse as the server would."""
    out: list[str] = []
    open_tags: list[str] = []
    position = 0
    for token in _TOKEN.finditer(text):
        out.append(_plain(text[position : token.start()]))
        position = token.end()
        closing, tag = token[1], token[2].lower()
        if tag not in _KNOWN:
            raise CannotParse(f'Unsupported start tag "{tag}"')
        if not closing:
            open_tags.append(tag)
        elif not open_tags or open_tags.pop() != tag:
            raise CannotParse(f'Unmatched end tag "{tag}"')
    out.append(_plain(text[position:]))
    if open_tags:
        raise CannotParse(f'Can\'t find end tag corresponding to start tag "{open_tags[-1]}"')
    return "".join(out)


def _plain(text: str) -> str:
    if "<" in text:
        raise CannotParse("Unsupported start tag")
    return html.unescape(text)


def units(text: str) -> int:
    """Length as Telegram counts it: UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2
