"""'Right now', 随便什么时候, 'any room at …?', 快点: how parents in a hurry ask for care."""

from __future__ import annotations

import re


def _words(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


_NOW = _words(
    r"(?:现在|马上|立刻|立马|这会儿|这就|此刻)(?!(?:还|都|也)?(?:开|几|是|有多|有开|怎么))"
    r"|\b(?:right now|now|asap|straight ?away|immediately)\b"
)
_ROOM = _words(
    r"(?:还|现在|明天|今天|上午|下午)?(?:有没有|有|剩)(?:多少|几个|没有)?(?:个)?(?:位置|位子|名额|空位|空的|地方)(?:了|吗|么|没有|没|呢|不)?|约得上|约得到"
    r"|\b(?:any|is there|are there|got|have you|do you have|still|is)\b.{0,20}\b(?:room|places?|space|spots?|slots?"
    r"|availability|openings?|available)\b"
    r"|\b(?:do you have|have you got|is there) (?:anything|something|anywhere|anyone)\b"
)
_NO_ROOM = _words(
    r"\b(?:nap|play|bath|bed|waiting|living) ?rooms?\b|\broom temperature"
    r"|什么地方|哪个?地方|地方(?:疼|痛|红|肿|痒)|位置(?:不对|疼)"
)
_ANY_TIME = _words(
    r"随便(?:什么|哪个|啥)?(?:时候|时间|几点|哪天)|(?:什么|啥)时(?:候|间)都(?:行|可以|好|成)|几点都(?:行|可以|好|成)|时间(?:都行|随便|不限|灵活)"
    r"|\b(?:any ?time|whenever|any time of (?:the )?day|time doesn'?t matter|flexible)\b"
)
_HURRY = _words(
    r"快点|快些|快一点|赶紧|搞快|麻利|磨叽|急死|烦死|怎么这么慢"
    r"|\b(?:hurry(?: up)?|come on|faster|be quick|get on with it|quick(?:ly)?)\b"
)
_CROSS = _words(
    r"破系统|破机器人|破软件|什么破|什么鬼|什么玩意|垃圾|傻[Xx逼]?|废物|难用|不好用|看不懂(?:人话)?|听不懂人话|笨死|烦人|有病吧"
    r"|\b(?:stupid|useless|crap|rubbish|ridiculous|annoying|dumb|sucks?|hopeless|terrible (?:bot|app|service)|wtf)\b"
)
_AT_US = _words(
    r"系统|机器人|软件|你们?|客服|这个?(?:破|东西|玩意)"
    r"|\b(?:this|the|your) (?:\w+ )?(?:thing|bot|app|system|service|chat)\b|\byou\b"
)
_HOSPITAL = _words(r"医院|急诊|看病|\b(?:hospital|doctor|a&e|emergency)\b")
_WANTS = _words(r"预?约|托|送|\b(?:book|booking|day ?care|child ?care|nursery|place)\b")


def says_now(text: str) -> bool:
    """'现在就要送过去', 'right now': care that begins as soon as can be."""
    return bool(_NOW.search(text))


def asks_for_room(text: str) -> bool:
    """'青禾明天还有位置吗', 'is there room tomorrow?'."""
    return bool(_ROOM.search(text)) and not _NO_ROOM.search(text)


def any_time(text: str) -> bool:
    """'随便什么时候', 'any time': the hour is left to us."""
    return bool(_ANY_TIME.search(text))


def hurries(text: str) -> bool:
    """'快点', 'hurry up', and nothing else: on with what was asked last."""
    rest = re.sub(r"[\W_]|[啊呀吧嘛了啦呢]|please|man|now", "", _HURRY.sub("", text), flags=re.IGNORECASE)
    return bool(_HURRY.search(text)) and len(rest) <= 2


def is_cross_with_us(text: str) -> bool:
    """'你们这破系统', 'this stupid thing': angry at the bot, not at life."""
    return bool(_CROSS.search(text) and _AT_US.search(text))


def wants_care(text: str) -> bool:
    return bool(_WANTS.search(text)) and not _HOSPITAL.search(text)
