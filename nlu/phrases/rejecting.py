"""'Not that', '不是问这个': the card before was the wrong one. And ages that only a follow-up tells: 'and at two?'."""

from __future__ import annotations

import re

from nlu.phrases.ages import ChildAge
from nlu.phrases.numbers import clean

LONGEST = 80  # characters; a longer message stands for itself
_WORDS = {"one": 1, "two": 2, "three": 3, "1": 1, "2": 2, "3": 3}
_AT_YEARS = re.compile(
    r"(?:and |or |but |so |then |what about |how about )*"
    r"(?:at|by|from|for a|when (?:he|she|they)(?:'s| is|'re| are|))? ?"
    r"\b(?P<years>one|two|three|[123])\b(?: (?:then|though))?[?.! ]*"
)
_NOT_THIS_EN = (
    r"(?:(?:no|nope|sorry|hmm|ok|but|that's|thats|that is|this is|it's)[,. ]+)*"
    r"(?:not (?:(?:that|this)(?: one)?|it|my question"
    r"|what i (?:asked|meant|mean|wanted|was asking)(?: for| about)?)"
    r"|(?:that's |you )?(?:the )?wrong (?:answer|one|card|article|thing)"
    r"|(?:you )?(?:misunderstood|didn't understand)(?: me)?"
    r"|(?:that |this |it )?(?:doesn't|does not|didn't|did not) answer (?:my question|it|me))\b[,.;:!\- ]*"
)
_NOT_THIS_ZH = (
    r"(?:(?:不是?|没有?)(?:在)?(?:问|说|要|想问)(?:的)?(?:是)?(?:这个|这些|那个|它)|不是这个(?:意思|问题)?|答非所问"
    r"|不是我(?:要|想)?(?:问|说)的|你(?:理解|搞|弄)错了|答错了)(?:呀|啊|啦|了|吧|的)?[,;.! ]*"
)
_REJECTS = re.compile(
    rf"{_NOT_THIS_EN}(?P<rest>(?!.{{0,12}}(?:normal|ok|eating|sleeping|well)\b).*)"
    r"|(?:no|nope|sorry)[,. ]+(?P<meant>i (?:meant?|asked|was asking|wanted)\b.*)"
    rf"|{_NOT_THIS_ZH}(?P<rest_zh>.*)"
)
_LEADS = re.compile(
    r"^(?:but |and |so )*(?:i (?:meant?|asked|was asking|wanted to (?:know|ask))(?: about| for)?"
    r"|我?(?:是)?(?:想)?(?:要)?(?:问|说)(?:的是|的|是)?)[,:; ]*",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(r"\b(?:them|it|that|those|these|this)\b|它|这个|那个|这种")


def rejects(text: str) -> str | None:
    """What else a rejection of the last answer says ('' for nothing); None when it is no rejection."""
    cleaned = clean(text).replace("’", "'").strip()
    found = _REJECTS.fullmatch(cleaned) if len(cleaned) <= LONGEST else None
    if found is None:
        return None
    name = next((n for n in ("rest", "meant", "rest_zh") if found.group(n)), None)
    if name is None:
        return ""
    start = found.start(name)
    return _LEADS.sub("", text.strip()[start:].strip(), count=1) if len(cleaned) == len(text.strip()) else found[name]


def points_back(text: str) -> bool:
    """'How do I cut them?': means nothing without what was said before."""
    return _POINTS_BACK.search(clean(text)) is not None


def years_in_follow_up(text: str) -> ChildAge | None:
    """'And at two?' after a card: two years, not two o'clock."""
    cleaned = clean(text).strip()
    found = _AT_YEARS.fullmatch(cleaned)
    if found is None or cleaned.strip("?.! ") in _WORDS:  # a bare number picks from a list
        return None
    return ChildAge(12.0 * _WORDS[found["years"]], found.start("years"), found.end("years"), "year")
