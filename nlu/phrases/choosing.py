"""Choosing from a list in words: 'the second one', 第二家, 就要最后一个. Only when nothing else is said."""

from __future__ import annotations

import re

_NUMBERS = {
    "一": 0, "1": 0, "二": 1, "两": 1, "2": 1, "三": 2, "3": 2, "四": 3, "4": 3, "五": 4, "5": 4, "六": 5, "6": 5,
    "first": 0, "1st": 0, "one": 0, "second": 1, "2nd": 1, "two": 1, "third": 2, "3rd": 2, "three": 2,
    "fourth": 3, "4th": 3, "four": 3, "fifth": 4, "5th": 4, "five": 4, "sixth": 5, "6th": 5, "six": 5,
}  # fmt: skip
_ZH = re.compile(
    r"(?:那么?|嗯|好的?|行|我|就|还是|想|要|选|约|定|订|看看?|去|用|改成?|,|，|、|\s)*"
    r"(?:第(?P<nth>[一二三四五六1-6])(?:个|家|间|项|条|种|场|次)?(?:机构|时间|地方|活动)?|(?P<number>[1-6一二三四五六])号|头一?(?P<head>个|家)"
    r"|(?P<bare>[1-6])|最后(?:那|一|那一)?(?P<last>个|家|间|场)|最下面(?P<below>的|那个|那家))"
    r"(?:那?个|那?家|吧|好了|就行|就好|可以|呗|啊|呀|嘛|的|了|谢谢|，|,|\s)*"
)
_EN = re.compile(
    r"(?:(?:ok|okay|yes|yeah|well|hmm|um|so|then|i'?ll|i|we'?ll|we|let'?s|would|could|can|want|like|take|have|go|do|try|book"
    r"|choose|pick|for|with|to|the|see|show|me|maybe|please|that)\b[ ,]*)*"
    r"(?:(?P<nth>first|second|third|fourth|fifth|sixth|1st|2nd|3rd|4th|5th|6th)"
    r"|(?:number|option|no\.?|nr\.?|#) ?(?P<number>one|two|three|four|five|six|[1-6])|(?P<bare>[1-6])|(?P<last>last))"
    r"(?: (?:one|option|place|centre|center|nursery|time|slot|session|on the list|in the list))*"
    r"(?:[ ,]*(?:please|thanks|thank you|then|looks good|is fine|sounds good|is good))*",
    re.IGNORECASE,
)


_LEADING = re.compile(
    r"^(?:那|就|要|选|约|去|我要)*第(?P<zh>[一二三四五六1-6])[家个]"
    r"|^(?:ok(?:ay)?,? )?(?:let'?s do |i'?ll take )?the (?P<en>first|second|third|fourth|fifth)"
    r" (?:one|place|centre|center|nursery)\b",
    re.IGNORECASE,
)


def leading_choice(text: str) -> int | None:
    """'第一家明天上午', 'the first one tomorrow': which of a list, counted from 0, before something else is said."""
    match = _LEADING.search(text.strip())
    return _NUMBERS[(match["zh"] or match["en"]).lower()] if match else None


def means_a_place(text: str) -> bool:
    """第二家, 'the second place': no time."""
    return bool(re.search(r"[家间]|\b(?:place|centre|center|nursery)\b", text, re.IGNORECASE))


def choice_in(text: str, of: int) -> int | None:
    """Which of `of` things was chosen, counted from 0; None when the text says anything else, or too high a number."""
    said = re.sub(r"[。.!！~～？?\s]+$", "", text.strip())
    match = _ZH.fullmatch(said) or _EN.fullmatch(said)
    if match is None or not of:
        return None
    found = match.groupdict()
    if any(found.get(name) for name in ("last", "below")):
        return of - 1
    if found.get("head"):
        return 0
    word = found.get("nth") or found.get("number") or found.get("bare") or ""
    number = _NUMBERS[word.lower()]
    return number if number < of else None
