"""Words of a parent about how reminders come: on again, how many tips a week, when it is quiet."""

from __future__ import annotations

import re
from datetime import datetime

from bot.core.language import Language
from nlu.phrases.numbers import clean, number
from nlu.phrases.reminder_talk import asks_for_list
from nlu.phrases.times import read_when

_LONGEST = 60  # characters; in a longer message something else is told


def _words(text: str) -> re.Pattern[str]:
    return re.compile(text, re.ASCII | re.IGNORECASE)


_WHAT = {
    "plan": r"(?:疫苗(?:和体检)?|打针|接种|体检|vaccines?|vaccinations?|check-?ups?|health plan)",
    "booking": r"(?:预约|托育|活动|bookings?|childcare)",
    "own": r"(?:(?:我)?自己的|我的|own)",
    "tip": r"(?:(?:育儿)?小?贴士|tips?)",
    "": r"(?:全部|所有|all)?",
}
_NEWS_ZH, _NEWS_EN = r"(?:的)?(?:提醒|消息|通知|推送)", r"(?:reminders?|messages|notifications)"
_OPEN = r"(?:重新|再)?(?:打开|开启|恢复|开)"


def _turns_on(what: str, *, named: bool) -> re.Pattern[str]:
    """`named`: the kind is a message by itself, so that 'reminders' need not be said."""
    zh, en = (f"{what}{news}{'?' if named else ''}" for news in (_NEWS_ZH, f" ?{_NEWS_EN}"))
    return _words(
        rf"(?:请|帮我|把)*{_OPEN}(?:一下)?{zh}(?:吧|了)?|(?:请|帮我|把)*{zh}(?:再|重新|都|给我)*{_OPEN}(?:吧|了)?"
        rf"|(?:please )?(?:turn|switch) (?:back )?on(?: (?:the|my|again))* ?{en}(?: again| please)*"
        rf"|(?:please )?(?:turn|switch)(?: (?:the|my))* ?{en} (?:back )?on(?: again| please)*"
        rf"|(?:please )?(?:resume|restart)(?: (?:the|my))* ?{en}(?: please)?"
    )


_ON = {kind: _turns_on(what, named=kind == "tip") for kind, what in _WHAT.items()}
_ON_BARE = _words(r"resume|re-?subscribe|subscribe(?: again)?|重新订阅|恢复订阅|恢复提醒|重新提醒我?")


def turned_on(text: str) -> frozenset[str] | None:
    """Which kinds of reminders are to come again: kinds, an empty set for all; None: none is spoken of."""
    said = clean(text).strip(" 。.！!~～")
    if _ON_BARE.fullmatch(said):
        return frozenset()
    if asks_for_list(text):
        return None
    found = [kind for kind, pattern in _ON.items() if pattern.fullmatch(said)]
    return frozenset(k for k in found if k) if found else None


_COUNT = r"(?P<n>[0-9]|[零一二两三四五六七]|one|two|three|a|an|once|twice)"
_TIPS_ZH, _WEEK_ZH = r"(?:育儿)?小?贴士", r"(?:每|一)个?(?:周|星期|礼拜)"
_ENOUGH = r"(?:吧|就行|就够了?)?"
_PLEASE = r"(?:please )?(?:send me |give me |i(?:'d| would)? (?:like|want) |make it )?"
_WEEK_EN = r"(?:a|per|every|each) week(?: please)?"
_TIPS = tuple(
    _words(pattern)
    for pattern in (
        rf"(?:请|给我|把)*{_TIPS_ZH}(?:改成|改为|发|要|给我)*{_WEEK_ZH}(?:发|来|给我)?{_COUNT}[条个次]{_ENOUGH}",
        rf"(?:请|给我|改成)*{_WEEK_ZH}(?:发|来|给我)*{_COUNT}[条个次]{_TIPS_ZH}{_ENOUGH}",
        rf"{_PLEASE}{_COUNT} tips? {_WEEK_EN}",
        rf"{_PLEASE}tips {_COUNT} (?:times? )?{_WEEK_EN}",
    )
)
_ENGLISH = {"a": 1, "an": 1, "once": 1, "one": 1, "two": 2, "twice": 2, "three": 3}


def tips_wished(text: str) -> int | None:
    """How many tips a week are wished for; None: nothing is said about that."""
    said = clean(text).strip(" 。.！!~～")
    match = next((found for pattern in _TIPS if (found := pattern.fullmatch(said))), None)
    if match is None:
        return None
    said = match["n"].lower()
    return _ENGLISH[said] if said in _ENGLISH else int(number(said))


_CHANGES = _words(r"免打扰|勿扰|\bquiet (?:hours|times?)\b|\bdo not disturb\b")
_LEAVES_ALONE = _words(
    r"(?:别|不要|不用|不许)(?:再|来)*(?:打扰|吵|烦)我|(?:别|不要|不许)(?:再)?(?:给我)?(?:发消息|发提醒|推送)"
    r"|\b(?:don'?t|do not) (?:disturb|bother|message|text|notify|wake) me\b|\bno (?:messages|reminders|notifications)\b"
)
_AT_NIGHT = _words(r"晚上|夜里|半夜|睡觉|午睡|\bat night\b|\bovernight\b|\b(?:at|during) nap ?time\b")
_ASKS = _words(r"[?？]|吗|怎么|为什么|\b(?:how|why|what|should)\b")


def quiet_wished(text: str, *, now: datetime, language: Language) -> tuple[int, int] | str | None:
    """The quiet hours asked for, as minutes after midnight; "ask" when the hours are not said; None: not this."""
    said = clean(text)
    changes = _CHANGES.search(said) is not None
    if len(said) > _LONGEST or not (changes or (_LEAVES_ALONE.search(said) and not _ASKS.search(said))):
        return None
    when = read_when(text, now=now, language=language)
    if when.start is not None and when.end is not None:
        start, end = (m.astimezone(now.tzinfo) for m in (when.start, when.end))
        return start.hour * 60 + start.minute, end.hour * 60 + end.minute
    return "ask" if changes or _AT_NIGHT.search(said) or when.start is not None else None
