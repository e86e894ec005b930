"""Which child is meant, how many were born together, and which adults share the family."""

from __future__ import annotations

import re


def _words(text: str) -> re.Pattern[str]:
    return re.compile(text, re.ASCII | re.IGNORECASE)


_ELDEST = _words(r"老大|大的那?个?|哥哥|姐姐|大宝|\b(?:elder|older|eldest|oldest|big) (?:one|child|kid|brother|sister)")
_YOUNGEST = _words(r"老二|小的那?个?|弟弟|妹妹|二宝|\b(?:younger|youngest|little) (?:one|child|kid|brother|sister)")
_BOTH = _words(r"两个都|都去|都托|一起|\bboth\b|\ball of them\b")
_TWINS = _words(r"双胞胎|龙凤胎|\btwins?\b|(?P<three>三胞胎|\btriplets?\b)")
_ADULTS = r"(?:家人|家里人|姥姥|姥爷|外婆|外公|奶奶|爷爷|爸爸|妈妈|孩子他?[爸妈]|老公|老婆|老人|阿姨)"
_HOUSEHOLD = _words(
    rf"邀请(?:孩子|宝宝|娃|我)?(?:的|他|她)?{_ADULTS}|邀请码怎么"
    rf"|{_ADULTS}(?:也|一起|怎么才?|能不能|可以)(?:能|可以|要|来|一起)?(?:约|预约|加入|看到预约)"
    rf"|{_ADULTS}(?:也|能不能|可以|能)?(?:一起|也能|也可以)?用(?:这个(?:机器人|账号|号|吗)?|萌芽|你们|吗|么|不)?[?？]?$"
    r"|\b(?:can|could|may) my (?:husband|wife|partner|mum|mom|mother|dad|father|grand\w+|parents?)(?:[- ]in[- ]law)?"
    r"(?: also| too)? (?:use (?:this|it|sprout|the bot)"
    r"|see (?:it|this|(?:the|our|my) bookings?)|join|book|make bookings)\b(?! (?:a )?doctor)"
    r"|\b(?:invite|add) (?:my |the |a )?(?:husband|wife|partner|mum|mom|mother|dad|father|grand\w+|family|parents?)\b"
    r"(?!['’]s|\s+milk)"
    r"|健康卡|\bhealth card\b"
)
_CODE = _words(
    r"\s*((?:我?要?加入|邀请码(?:是)?|join|code|invitation code)(?: family| with)?)?[:： ]*([2-9a-hj-np-z]{6})"
    r"[。.!]?\s*"
)


def which_child(text: str) -> str | None:
    """eldest, youngest or both, when the family's children are told apart like that."""
    for which, words in (("both", _BOTH), ("eldest", _ELDEST), ("youngest", _YOUNGEST)):
        if words.search(text):
            return which
    return None


def born_together(text: str) -> int:
    """How many children of one birth: 双胞胎, triplets; 1 when nothing of it is said."""
    match = _TWINS.search(text)
    return 1 if match is None else 3 if match.group("three") else 2


def about_the_household(text: str) -> bool:
    """Inviting another adult, or the health card of a child: /household shows both."""
    return bool(_HOUSEHOLD.search(text))


def invitation_code(text: str, *, alone: bool = False) -> str | None:
    """The code of 'join K7QM4P'; a code without such a word only when it was asked for (`alone`)."""
    match = _CODE.fullmatch(text)
    return match.group(2).upper() if match and (match.group(1) or alone) else None
