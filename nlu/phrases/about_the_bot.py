"""'Are you a doctor?', 你能看照片吗, 'is this free?': an honest answer is owed, whatever the intent model says."""

from __future__ import annotations

import re

_WHO = re.compile(
    r"(?:请问|那|所以)?(?:你们?|您|萌芽)(?:到底)?是(?:不是)?"
    r"(?:真?人|真的人|医生|大夫|护士|专家|机器人|ai|人工智能|chat ?gpt|人还是机器)"
    r"(?:还是.{1,6})?(?:吗|么|吧|呀|啊)?"
    r"|(?:so |hi |hello )*are you (?:a |an |really )*(?:real |actual |human )*"
    r"(?:doctor|nurse|person|human|bot|robot|chat ?bot|ai|chat ?gpt|machine|real)(?: or .{1,20})?",
    re.IGNORECASE,
)


_PHOTO = re.compile(
    r"(?:那|请问)?(?:你们?|您)?(?:能不能|能|可以|会|可不可以)?(?:看|识别|发|传)(?:得?懂|得?到)?"
    r"(?:一下|个|张)?(?:照片|图片|图|相片|视频|舌苔)"
    r"(?:给(?:你|您)(?:看看?)?)?(?:吗|么|不|嘛|呢|吧)?"
    r"|(?:我)?(?:能|可以)?(?:发|拍)(?:个|张)?(?:照片|图片?|视频)(?:给(?:你|您)(?:看看?)?)?(?:行|可以|好)?(?:吗|么|不|嘛)?"
    r"|(?:can|could|may) (?:i|you) (?:send|look at|see|show|upload)(?: you)? (?:a |an |my |the )?"
    r"(?:photos?|pictures?|images?|videos?)",
    re.IGNORECASE,
)
_FREE = re.compile(
    r"(?:请问)?(?:你们?|您|你们这个|这个|这|问问题|咨询|萌芽)?(?:是)?(?:要|需要)?"
    r"(?:收不收费|收费|收钱|要钱|免费|花钱|付费|多少钱一次)(?:的)?(?:吗|么|不|嘛|呢)?"
    r"|(?:is (?:this|it|sprout)|are you) free"
    r"|(?:do|does) (?:you|it|this|sprout) (?:charge|cost)(?: (?:anything|money|me))?"
    r"|how much (?:does|do) (?:this|you|sprout) (?:cost|charge)",
    re.IGNORECASE,
)


_COMPLAINS = re.compile(
    r"(?:你|这|机器人|萌芽|怎么|也)*(?:好|真|太|这么|是)?(?:笨|傻|蠢|差劲|没用|垃圾|废物|白痴|智障|不靠谱)(?:啊|呀|了|死了|吧)*"
    r"|(?:你)?(?:答非所问|听不懂(?:人话)?(?:吗|啊)?|胡说八道|乱说|说的什么(?:啊|鬼)?|没听懂)"
    r"|(?:you'?re |you are |this is |so |what a )*(?:stupid|useless|rubbish|dumb|no help|hopeless|idiot)(?: bot)?",
    re.IGNORECASE,
)


_LANGUAGE = re.compile(
    r"(?:请|可以|能不能|能|麻烦)?(?:你|您)?(?:用|说|讲|换成?|切换(?:成|到)|回)(?P<zh>中文|汉语|普通话|英文|英语)"
    r"(?:回复?|回答|说|讲|聊)?(?:我)?(?:吗|么|吧|行吗|好吗)?"
    r"|(?:(?:can|could|would) (?:you|we) |please |pls |plz )*"
    r"(?:reply|answer|respond|speak|talk|write|switch|change|continue)(?: to me| back)?(?: (?:in|to|into))? "
    r"(?P<en>chinese|mandarin|english)(?: (?:please|pls|plz|from now on|instead|now))*"
    r"|(?:in )?(?P<bare>chinese|mandarin|english)(?: please| pls)",
    re.IGNORECASE,
)


def language_asked_for(text: str) -> str | None:
    """'zh' or 'en' for '说中文', 'please reply in English': from now on, and nothing else is wanted."""
    found = _LANGUAGE.fullmatch(_bare(text))
    if found is None:
        return None
    named = next(name for name in (found["zh"], found["en"], found["bare"]) if name)
    return "en" if named.lower() in ("英文", "英语", "english") else "zh"


def complains(text: str) -> bool:
    """'你好笨', '答非所问', 'useless bot'."""
    return bool(_COMPLAINS.fullmatch(_bare(text)))


def asks_about_pictures(text: str) -> bool:
    """'你能看照片吗', 'can I send you a photo'."""
    return bool(_PHOTO.fullmatch(_bare(text)))


def asks_if_free(text: str) -> bool:
    """'你们收费吗', 'is this free?': what the bot costs, not a centre."""
    return bool(_FREE.fullmatch(_bare(text)))


def _bare(text: str) -> str:
    return text.strip().rstrip("?？。.!！~～ ")


def asks_what_you_are(text: str) -> bool:
    """Whether the message only asks if a person, a doctor or a machine answers."""
    return bool(_WHO.fullmatch(_bare(text)))
