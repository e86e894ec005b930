"""Numbers as parents type them, and the one clean form of a message that all rules read."""

from __future__ import annotations

import re

_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_HALF_WIDTH |= {0x3000: 0x20, 0x2013: 0x2D, 0x2014: 0x2D, 0x2212: 0x2D, 0x301C: 0x7E, 0x2019: 0x27, 0x2018: 0x27}
_HALF_WIDTH |= {0x3002: 0x3B, 0x3001: 0x2C, 0xA0: 0x20, 0x2011: 0x2D}

_DIGITS = dict(zip("零〇一二两俩三仨四五六七八九", [0, 0, 1, 2, 2, 2, 3, 3, 4, 5, 6, 7, 8, 9], strict=True))
_TENS = {"十": 10, "廿": 20, "卅": 30}

_WORDS = {
    word: value
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
}
_WORDS |= {"a": 1, "an": 1, "a couple of": 2, "couple of": 2, "thirty": 30, "forty": 40, "fifty": 50}

CHINESE = r"[零〇一二两俩仨三四五六七八九十廿卅百]{1,5}"
ENGLISH = (
    r"(?:(?:twenty|thirty|forty|fifty)[ -](?:one|two|three|four|five|six|seven|eight|nine)"
    r"|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    r"|eighteen|nineteen|twenty|thirty|forty|fifty)"
)


def clean(text: str) -> str:
    """Half-width, lower-case text of the same length, so that spans stay true to the message."""
    narrow = text.translate(_HALF_WIDTH)
    lowered = narrow.lower()
    return lowered if len(lowered) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in narrow)


def chinese_number(numeral: str) -> int:
    """四十二 42, 廿四 24, 二零二五 2025, 一百二 120; two neighbours (七八) mean 'seven or eight' and give the lower."""
    if not any(c in "十廿卅百" for c in numeral):
        digits = [_DIGITS[c] for c in numeral]
        if len(digits) == 2 and digits[1] == digits[0] + 1 and digits[0] > 0:
            return digits[0]
        return int("".join(map(str, digits)))
    total, pending = 0, None
    for position, char in enumerate(numeral):
        if char == "百":
            total += (1 if pending is None else pending) * 100
            pending = None
        elif char in _TENS:
            tens = _TENS[char] if char != "十" else (1 if pending is None else pending) * 10
            total += tens
            pending = None
        elif pending is None or pending == 0:
            pending = _DIGITS[char]
            if position == len(numeral) - 1 and numeral[position - 1] == "百":
                pending *= 10
    return total + (pending or 0)


def number(token: str) -> float:
    """The value of digits (8, 16.5), a Chinese numeral or English words; raises ValueError for anything else."""
    token = token.strip()
    if re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", token):
        return float(token)
    if re.fullmatch(CHINESE, token):
        return float(chinese_number(token))
    if token in _WORDS:
        return float(_WORDS[token])
    tens, _, ones = token.replace("-", " ").partition(" ")
    if tens in _WORDS and ones in _WORDS:
        return float(_WORDS[tens] + _WORDS[ones])
    raise ValueError("not a number")


def pattern(text: str) -> re.Pattern[str]:
    r"""A pattern with ASCII word edges: \\b stands between 9mo and 从 as well, in messages that mix the languages."""
    return re.compile(text, re.ASCII)
