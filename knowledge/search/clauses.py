"""The questions in a message: parents ask two or three at once, and tell the facts in between."""

from __future__ import annotations

import re

_SENTENCE = re.compile(r"(?<=[。！？!?；;\n])|(?<=[a-z)][.])\s+", re.IGNORECASE)
_PART = re.compile(r"[，,、]\s*|(?<=[\u3400-\u9fff])\s+|\s+(?=[\u3400-\u9fff])")
_NEXT = re.compile(
    r"(?=另外|还有(?!点|些|时)|顺便|对了|再问"
    r"|\b(?:and )?also\b|\bplus,|\band (?:is|are|can|could|should|do|does|did|will|how|what|when|why|where|which)\b)",
    re.IGNORECASE,
)
_ASKS_ZH = re.compile(
    r"[吗嘛么呢吧不没]\s*$|[?？]|怎么|咋|如何|什么|啥|要不要|能不能|可不可以|可以.{0,6}[不吗]|是不是|行不行|该不该|好不好"
    r"|会不会|用不用|有没有|多少|多久|多大|几[个次天度岁点月]|为什么|为啥|哪[个种些里]|对不对|正常不"
)
_ASKS_EN = re.compile(
    r"\?|^\W*(?:and |but |so |also |plus |then )*"
    r"(?:how|what|when|where|which|why|who|should|shall|can|could|is|are|am|do|does|did|will|would|has|have|any)\b"
    r"|\b(?:wondering|not sure|want to know|need to know|any (?:tips|ideas|advice)|how (?:do|long|much|often|many|to)"
    r"|what (?:do|to|is)|when (?:do|can|to)|ok to|okay to|safe to)\b",
    re.IGNORECASE,
)
_SHORTEST_ZH, _SHORTEST_EN = 5, 12  # characters of a question that can stand alone
_MOST = 4  # questions that are looked at


def questions_in(text: str) -> list[str]:
    """The parts of a message that ask something, in its order, each with the words just before it when it is short.

    A message with no question mark or question word gives an empty list.
    """
    found: list[str] = []
    for sentence in _pieces(text):
        before = ""
        parts = [p.strip() for p in (_PART.split(sentence) if _is_chinese(sentence) else [sentence]) if p.strip()]
        for part in parts:
            if _asks(part):
                stands = len(part) >= (2 * _SHORTEST_ZH if _is_chinese(part) else _SHORTEST_EN)
                found.append(part if stands or not before else f"{before} {part}")
                before = ""
            else:
                before = part
    return [q for q in found if len(q) >= (_SHORTEST_ZH if _is_chinese(q) else _SHORTEST_EN)][:_MOST]


def _pieces(text: str) -> list[str]:
    return [piece.strip() for sentence in _SENTENCE.split(text) for piece in _NEXT.split(sentence) if piece.strip()]


def _asks(part: str) -> bool:
    return bool((_ASKS_ZH if _is_chinese(part) else _ASKS_EN).search(part))


def _is_chinese(text: str) -> bool:
    return bool(re.search(r"[\u3400-\u9fff]", text))
