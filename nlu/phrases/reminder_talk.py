"""Words of a parent about reminders: what for, and which ones to stop."""

from __future__ import annotations

import re
from datetime import datetime

from bot.core.language import Language
from nlu.phrases.ages import ages_in
from nlu.phrases.mentions import mentions_in
from nlu.phrases.numbers import clean


def _words(text: str) -> re.Pattern[str]:
    return re.compile(text, re.ASCII | re.IGNORECASE)


_ASKS = _words(
    r"(?:请|麻烦|帮我|记得|到时候|能不能|可以|能|可不可以|给我|设(?:置|定)?(?:一?个)?)*"
    r"(?:(?:发|弄)?(?:一?个)?(?:提醒|闹钟)(?:一下|一声|下)?(?:我们|我)?(?:一下|一声)?(?:要|去|该)?|(?:叫醒?|喊醒?|通知)(?:一?[下声])?我(?:一[声下])?)(?:吗|吧|哦|啊)?"
    r"|\b(?:(?:could|can|would|will) you |please |pls |set (?:me )?(?:up )?an? |i need an? )*"
    r"(?:remind(?:er)?s?|nudge|ping|alarm|wake)(?: (?:me|us|for me))?(?: (?:please|again))?\b"
    r"(?: (?:to|that|about|of|for)\b)?"
)
_EDGE_ZH = "的了，,。.！!？?、:： 就在要去时候吧啊哦呢"
_LEFT_OVER = _words(
    r"^(?:(?:at|on|by|in|to|and|from|the|every|each|for|about|of|that|please)\b\s*)+|(?:\s*\b(?:at|on|by|in|to|and|from|the|every|each|for|please|until|till))+$"
)
_LONGEST = 120

# The whole message, or nearly: 'stop' within a sentence means something else.
_STOP_ALL = _words(
    r"(?:请)?(?:停止|停掉|关闭|关掉|取消|不要|别|不用|不需要)(?:再)?(?:给我)?(?:发|推送)?(?:所有|全部|一切)?(?:的)?(?:提醒|消息|通知|推送)(?:我)?(?:了|啦|吧)?"
    r"|(?:别|不要|不用)(?:再)?提醒(?:我)?(?:了|啦)?|退订|td|停止|停"
    r"|(?:please )?(?:don'?t|do not|stop) remind(?:ing)? me(?: any ?more| again| about (?:anything|it))?"
    r"|(?:please )?(?:stop|unsubscribe|stop all|end|quit|opt out)"
    r"|(?:please )?(?:stop|turn off|cancel|no more)(?: sending)?(?: me)?(?: all)?(?: of)?(?: (?:the|my|these|your))?"
    r" (?:reminders?|messages|notifications|reminding me|texts)(?: please)?"
)
# Without the word 'reminder' only tips are meant: 取消预约 cancels a booking, not its reminder.
_WHAT = {
    "tip": (r"(?:小?贴士|小?提示|小?知识|育儿知识|推送|tips?)", "?"),
    "plan": (r"(?:疫苗|打针|接种|体检|检查|计划|vaccines?|vaccinations?|check-?ups?|plan)", ""),
    "booking": (r"(?:预约|托育|托管|活动|bookings?|childcare|groups?)", ""),
    "own": (r"(?:自己的|我的|own)", ""),
}
_ZH_STOP = r"(?:停止|停掉|关闭|关掉|取消|不要|别|不用|不需要)(?:再)?(?:给我)?(?:发|推送)?"
_EN_STOP = (
    r"(?:please )?(?:stop|turn off|cancel|no more|unsubscribe from)(?: sending)?(?: me)?(?: (?:the|my|these|your))?"
)
_STOP_SOME = {
    kind: _words(
        rf"(?:请)?{_ZH_STOP}{what}(?:的)?(?:提醒|消息|通知|推送){bare}(?:了|啦|吧)?"
        rf"|{what}(?:的)?(?:提醒|消息|推送){bare}(?:不要|别|不用)(?:再)?(?:发|提醒|推送)?(?:了|啦)?"
        rf"|{_EN_STOP} {what}(?: (?:reminders?|messages)){bare}"
    )
    for kind, (what, bare) in _WHAT.items()
}


def what_for(text: str, *, now: datetime, language: Language) -> str:
    """What the parent wants to be reminded of: the message without 'remind me' and without its times; may be empty."""
    cleaned = clean(text)
    kept = bytearray(b"\x01" * len(cleaned))
    blank = cleaned
    for age in ages_in(cleaned, today=now.date()):
        blank = blank[: age.start] + " " * (age.end - age.start) + blank[age.end :]
    said = mentions_in(blank, now, language, reminder=True)
    spans = [(d.start, d.end) for d in said.days] + [(c.start, c.end) for c in said.clocks]
    spans += [(p.start, p.end) for p in said.parts] + [(s.start, s.end) for s in said.stretches]
    if said.repeat:
        spans.append((said.repeat[1], said.repeat[2]))
    asked = [m.span() for m in _ASKS.finditer(cleaned)]
    for start, end in (*spans, *asked):
        kept[start:end] = b"\x00" * (end - start)
    pieces = "".join(c if keep else "\n" for c, keep in zip(text, kept, strict=True)).split("\n")
    pieces = [_LEFT_OVER.sub("", p.strip(_EDGE_ZH)).strip(_EDGE_ZH) for p in pieces]
    return max(pieces, key=len, default="")[:_LONGEST] if language is Language.ZH else _joined(pieces)


def _joined(pieces: list[str]) -> str:
    return " ".join(p for p in pieces if len(p) > 1)[:_LONGEST]


def stops(text: str) -> frozenset[str] | None:
    """Which kinds of reminders this message ends: kinds, an empty set for all; None when it ends none."""
    said = clean(text).strip(" 。.！!~～")
    if _STOP_ALL.fullmatch(said):
        return frozenset()
    found = frozenset(kind for kind, pattern in _STOP_SOME.items() if pattern.fullmatch(said))
    return found or None


_LIST = _words(
    r"(?:查看|看看|看|打开|我有|有)?(?:一下)?(?:我的|我有|我设的|全部|所有)(?:哪些|什么|多少)?提醒(?:列表|设置)?(?:有哪些|有什么)?"
    r"|(?:有哪些|有什么|查看|管理|设置|打开)提醒(?:设置)?|提醒(?:列表|设置|管理)"
    r"|(?:show|list|see|view|what are|which are|change|manage)?(?: me)?(?: all)?(?: of)? ?my reminders?(?: settings)?"
    r"|what reminders (?:do i have|are (?:set|there))|reminders?|reminder settings"
)


def asks_for_list(text: str) -> bool:
    """'My reminders', 有哪些提醒: what is there, not a new one."""
    return bool(_LIST.fullmatch(clean(text).strip(" 。.！!？?")))


_PLAIN = _words(
    r"提醒(?:一下|下)?(?:我|一下)|设(?:一?个|置)?(?:提醒|闹钟)|\bremind me\b|\bset (?:me )?an? (?:reminder|alarm)\b"
)


def asks_to_be_reminded(text: str) -> bool:
    """Whether 'remind me' is said in so many words."""
    return bool(_PLAIN.search(clean(text)))


_HEALTH_PLAN = _words(r"疫苗|接种|打针|预防针|体检|\bvaccin|\bimmuni|\bjabs?\b|\bshots?\b|\bcheck-?ups?\b")


def is_of_the_plan(words: str) -> bool:
    """Whether the health plan knows when: vaccines and check-ups."""
    return bool(_HEALTH_PLAN.search(words))
