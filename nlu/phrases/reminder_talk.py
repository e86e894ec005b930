"""Words of a parent about reminders: what for, and which ones to stop."""

from __future__ import annotations

import re
from datetime import datetime

from bot.core.language import Language
from nlu.phrases.ages import ages_in
from nlu.phrases.days import days
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
    r"|(?:别|不要|不用)(?:再)?提醒(?:我)?(?:了|啦)?|td|停止|停"
    r"|我?(?:要|想)?(?:退订|取消订阅)(?:所有|全部|一切)?(?:的)?(?:提醒|消息|通知|推送)?(?:了|吧)?|回?复?td?退订"
    r"|(?:please )?(?:don'?t|do not|stop) remind(?:ing)? me(?: any ?more| again| about (?:anything|it))?"
    r"|(?:please )?(?:stop|unsubscribe|stop (?:all|everything|it all)|end|quit|opt out)"
    r"|(?:please )?(?:stop|turn off|cancel|no more)(?: sending)?(?: me)?(?: all)?(?: of)?(?: (?:the|my|these|your))?"
    r" (?:reminders?|messages|notifications|reminding me|texts)(?: please)?"
)
_PLEASE = r"(?:(?:please|can you|could you|would you|i want (?:you )?to|i'?d like (?:you )?to) )*"
_NEWS = r"(?:reminders?|messages|notifications|texts)"
_STOP_ALL_TOO = _words(
    r"(?:请)?(?:别|不要|不用)(?:再|给我|向我)*发(?:来|过来)?(?:了|啦)"
    r"|(?:请)?(?:别|不要)(?:再|来)*(?:烦|打扰|骚扰)我?(?:了|啦)?"
    r"|我?(?:不需要|不要|不用)(?:任何|这些)?(?:提醒|通知|推送)(?:了|啦)?"
    r"|我?不(?:想|要|愿意)(?:再)?(?:收到?|接收|看到)(?:你们?的|任何|这些|所有)*(?:提醒|消息|通知|推送|信息)(?:了|啦)?"
    r"|(?:请|帮我|麻烦)*(?:把|将)?(?:所有|全部|一切)?(?:的)?(?:提醒|消息|通知|推送)(?:都|全|全部)*"
    r"(?:关|停|取消|关掉|关闭|停掉|不要|不用|不需要)(?:了|掉|啦|吧)?"
    rf"|{_PLEASE}(?:turn|switch) (?:(?:the|my|all|these|your) )*{_NEWS} off(?: please)?"
    rf"|{_PLEASE}(?:stop|turn off|cancel|switch off|end)(?: (?:sending|me|all|of|the|my|these|your))* {_NEWS}"
    r"(?: please)?"
    rf"|{_PLEASE}stop (?:texting|messaging|contacting|bothering|notifying|pinging|writing to) me(?: please| any ?more)?"
    r"|(?:please )?(?:don'?t|do not|never) (?:text|message|contact|bother|notify|ping|write to) me"
    r"(?: any ?more| again| please)?"
    r"|(?:please )?(?:unsubscribe me|opt me out|leave me alone)(?: please)?"
    rf"|(?:no (?:more )?|remove (?:all )?(?:my )?){_NEWS}(?: please| any ?more)*"
    rf"|i (?:don'?t|do not|no longer) want (?:any |more |your |these )*(?:{_NEWS}|to be reminded)(?: any ?more)?"
)
# One or two words that give up whatever was being talked about, too.
_BARE = _words(r"停止|停|td|退订|stop|end|quit|unsubscribe")
# Without the word 'reminder' only tips are meant: 取消预约 cancels a booking, not its reminder.
_WHAT = {
    "tip": (r"(?:小?贴士|小?提示|小?知识|育儿知识|推送|tips?)", "?"),
    "plan": (r"(?:疫苗|打针|接种|体检|检查|计划|vaccines?|vaccinations?|check-?ups?|plan)", ""),
    "booking": (r"(?:预约|托育|托管|活动|bookings?|childcare|groups?)", ""),
    "own": (r"(?:自己的|我的|own)", ""),
}
_ZH_STOP = r"(?:停止|停掉|关闭|关掉|取消|不要|别|不用|不需要)(?:再)?(?:给我)?(?:发|推送)?"
_EN_STOP = (
    r"(?:please )?(?:stop|turn off|cancel|no(?: more)?|unsubscribe from)(?: sending)?(?: me)?"
    r"(?: (?:the|my|these|your))?"
)
_STOP_SOME = {
    kind: _words(
        rf"(?:请)?{_ZH_STOP}{what}(?:的)?(?:提醒|消息|通知|推送){bare}(?:了|啦|吧)?"
        rf"|{what}(?:的)?(?:提醒|消息|推送){bare}(?:不要|别|不用)(?:再)?(?:发|提醒|推送)?(?:了|啦)?"
        rf"|{_EN_STOP} {what}(?: (?:reminders?|messages)){bare}"
        rf"|(?:请)?(?:别|不要|不用|不需要|停止)(?:再)?提醒(?:我|我们)?(?:去|要|该|给宝宝|带宝宝|带孩子)*(?:打|做|接种|约)?{what}"
        r"(?:的事)?(?:了|啦|吧)?"
        rf"|(?:please )?(?:don'?t|do not|stop) remind(?:ing)? me (?:about|of) (?:(?:the|his|her|my|our|any) )*{what}"
        r"(?: any ?more)?"
        rf"|我?不(?:想|要|愿意|需要)(?:再)?(?:收到?|接收|看到?)?(?:你们?的|任何|这些|所有)*{what}"
        rf"(?:的)?(?:提醒|消息|通知|推送){bare}(?:了|啦)?"
        rf"|i (?:don'?t|do not|no longer) want (?:any |more |your |these )*{what}(?: (?:reminders?|messages)){bare}"
        r"(?: any ?more)?"
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


def names_a_day(text: str, *, now: datetime, language: Language) -> bool:
    """Whether a day is said, and not only a time of it."""
    return bool(mentions_in(clean(text), now, language, reminder=True).days)


_CLAUSE_ENDS = re.compile(r"[，,。.!！?？;；\n]")


def wish_beside_the_past(text: str, *, now: datetime, language: Language) -> tuple[str, bool] | None:
    """The wish in a message whose only days are over, without them, and whether it asks for one of these days.

    'Remind me yesterday at nine' asks for it; 'he was ill yesterday, remind me ...' only tells. None: no past day.
    """
    cleaned = clean(text)
    ask, named = _PLAIN.search(cleaned), days(cleaned, now.date(), language)
    if ask is None or not named or any(not day.past for day in named):
        return None
    begin = max((m.end() for m in _CLAUSE_ENDS.finditer(cleaned, 0, ask.start())), default=0)
    end = next((m.start() for m in _CLAUSE_ENDS.finditer(cleaned, ask.end())), len(cleaned))
    over = [day for day in named if begin <= day.start < end]
    wish = cleaned[begin:end]
    for day in reversed(over):
        wish = wish[: day.start - begin] + " " + wish[day.end - begin :]
    return " ".join(wish.split()), bool(over)


_MISSED = _words(
    r"(?:没有?|怎么不|为(?:什么|啥)不|(?<![别要会能])忘(?:了|记))(?:再|按时|及时|给我)*提醒我"
    r"|没有?(?:收到|看到|等到)(?:你们?的|任何|那个|这个|那条)*提醒"
    r"|提醒(?:呢|怎么|一直|都|还|也|却)*没有?(?:来|到|收到|响|发)"
    r"|\b(?:did(?:n'?t| not)|forgot to|failed to) remind me\b|\bnever reminded me\b"
    r"|\b(?:did(?:n'?t| not)|never) (?:get|got|receive|received|see|saw) (?:a|an|any|my|the|that|your) reminder"
    r"|\breminder (?:did(?:n'?t| not)|never) (?:come|came|arrive|arrived|show|showed|go off|went off)"
)


def misses_a_reminder(text: str) -> bool:
    """'You did not remind me yesterday': one that was waited for did not come."""
    return len(text) <= _LONGEST_REFUSAL and bool(_MISSED.search(clean(text)))


def _joined(pieces: list[str]) -> str:
    return " ".join(p for p in pieces if len(p) > 1)[:_LONGEST]


_POLITE = _words(
    r"^(?:(?:以后|今后|从今天起|从现在起|麻烦|拜托|你们|都|请)[，,]?)+|^please,? |[，, ]*(?:谢谢|多谢|拜托了?)$"
    r"|[, ]+(?:please|pls|thanks|thank you|now)$"
)


def stops(text: str) -> frozenset[str] | None:
    """Which kinds of reminders this message ends: kinds, an empty set for all; None when it ends none."""
    said = _POLITE.sub("", clean(text).strip(" 。.！!~～"))
    if _STOP_ALL.fullmatch(said) or _STOP_ALL_TOO.fullmatch(said):
        return frozenset()
    found = frozenset(kind for kind, pattern in _STOP_SOME.items() if pattern.fullmatch(said))
    return found or None


def is_only_stop(text: str) -> bool:
    """Nothing but 'stop': in the middle of something it may mean just that."""
    return bool(_BARE.fullmatch(clean(text).strip(" 。.！!~～")))


_REFUSES = _words(
    r"(?<![要用需])(?:别|不要|不用|不需要|不必|不想|停止|关闭|关掉|取消|删掉|删除)"
    r"(?:(?!忘|记|错过|漏|误|请)[^，。,.!！?？;；]){0,8}?(?:提醒(?!宝宝|孩子|他|她|娃)|闹钟)"
    r"|(?:提醒|闹钟)(?:都|全|全部|给我|帮我)*(?:关掉|关了|关闭|停|取消|删|不要了|不用了)"
    r"|\b(?:don'?t|do not|stop|no more|no longer|turn(?:ing)? off|switch off|cancel|delete|remove)\b"
    r"(?:(?!\b(?:and|but|then|so|forget|miss|please)\b)[^,.!?;]){0,25}?\b(?:reminders?\b|remind(?:ing)? (?:me|us)\b)"
    r"|\breminders?\b[^,.!?;]{0,12}\boff\b"
)
_LONGEST_REFUSAL = 60  # characters; in a longer message something else is told


def refuses(text: str) -> bool:
    """'Don't remind me of ...', 取消...的提醒: whatever is meant, it is no wish to be reminded."""
    return len(text) <= _LONGEST_REFUSAL and bool(_REFUSES.search(clean(text)))


_LIST = _words(
    r"(?:查看|看看|看|打开|我有|有)?(?:一下)?(?:我的|我有|我设的|全部|所有)(?:哪些|什么|多少)?提醒(?:列表|设置)?(?:有哪些|有什么)?"
    r"|(?:有哪些|有什么|查看|管理|设置|打开)提醒(?:设置)?|提醒(?:列表|设置|管理)"
    r"|(?:show|list|see|view|what are|which are|change|manage)?(?: me)?(?: all)?(?: of)? ?my reminders?(?: settings)?"
    r"|what reminders (?:do i have|are (?:set|there))|reminders?|reminder settings"
    r"|你?(?:今天|昨天|刚才|之前)?(?:提醒(?:过|了)?我了?(?:吗|没有?)|有没有提醒(?:过|了)?我)"
    r"|(?:did|have) you remind(?:ed)? me"
    r"(?: (?:today|yesterday|already))?"
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
