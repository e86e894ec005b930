"""Messages that lean on the one before: 'and at night?', '那两岁呢', an age alone; and a bare cry for help."""

from __future__ import annotations

import re

from nlu.phrases.ages import ChildAge
from nlu.phrases.booking_talk import is_a_question
from nlu.phrases.numbers import clean

LONGEST_ZH, LONGEST_EN = 16, 48  # characters; a longer message stands for itself
FRAGMENT_ZH, FRAGMENT_EN = 4, 2  # characters, words that carry a meaning
_HAN = re.compile(r"[\u3400-\u9fff]")
_OPENS_ZH = re.compile(r"^(?:那么?|如果|要是|还有|换成|但是?|可是|万一)")
_OPENS_EN = re.compile(r"^(?:and|what about|how about|what if|but|or|also|then|same for|and if|if)\b", re.IGNORECASE)
_ENDS_ZH = re.compile(r"(?<!在干什么)(?<!做什么)呢[?？。!！~～]*$")
# What may stand around an age without asking for anything new.
_AROUND_AGE = re.compile(
    r"说错了?|打错了?|写错了?|弄错了?|不对|更正|应该|我是说|抱歉|不好意思"
    r"|那么?|如果|要是|换成|宝宝|孩子|娃|小孩|他|她|我家|现在|已经|刚刚?|快|了|的|是|呢|吗|啊|呀|哦|月龄|大|多|左右|怎么办|怎么样"
    r"|\b(?:(?:he|she|it|i|that)['’](?:s|m)|actually|sorry|oops|wait|no|meant?|correction|turned)\b"
    r"|\b(?:and|what|how|about|if|but|or|for|at|a|the|an|then|when|is|are|was|he|she|it|they|my|your|baby|child|kid"
    r"|toddler|son|daughter|old|now|just|almost|nearly|one|same|he's|she's|it's|i|im|i'm|in|of|ok|okay|so)\b"
    r"|[\s\W_]",
    re.IGNORECASE,
)
_CRY = re.compile(
    r"(?:打|拨打?)?(?:110|119|120)|(?:救命|救救|快来人|急救|来人|快帮|帮帮忙|急){1,4}(?:啊|呀|我|孩子|宝宝|他|她|娃)*"
    r"|(?:please\s+)?(?:help(?:\s+(?:me|us|my baby|my child|him|her|please|now))+|sos|emergency|urgent)"
    r"|help(?=\s*!)",
    re.IGNORECASE,
)


_WHAT_NOW = re.compile(
    r"(?:那|现在|接下来|然后|我们?|该|应该|到底|快说|急|先|还|[，, ])*"
    r"(?:怎么(?:办|做|处理)|咋(?:办|整|弄)|(?:做|干)(?:什么|啥))(?:啊|呀|呢|才好)*"
    r"|(?:那|还|现在|我们?|他|她|宝宝|孩子)*(?:需要|要|用|该)(?:不要|不用)?(?:去医院|打120|叫救护车|去急诊)(?:吗|么)?"
    r"|(?:(?:ok|so|please|and|then|but|now)[, ]*)*what (?:now|next|(?:do|should|can) (?:i|we) do)"
    r"(?: now| next| then| first)*"
    r"|(?:(?:ok|so|but)[, ]*)*(?:do|should) (?:i|we) (?:need to )?"
    r"(?:call(?: 120| an ambulance)?|go to (?:the )?(?:hospital|er|a&e))(?: now)?",
    re.IGNORECASE,
)


_CARE = re.compile(
    r"托|机构|中心|幼儿园|早教|宝宝屋|班|约|位置|附近|地址|多远|活动|小组|亲子|价|钱|费|贵|开门|关门|营业|开到|几点|名额|空位"
    r"|阿姨|老师|取消|改|提醒|接|送|订单|记录|周[一二三四五六日末]|明天|后天|今天"
    r"|\b(?:care|childcare|centres?|centers?|nurser\w+|book\w*|places?|near\w*|open\w*|clos\w*|hours|pric\w*|cost\w*|fees?"
    r"|sessions?|groups?|cancel\w*|daycare|remind\w*|tomorrow|today|address|where is)\b",
    re.IGNORECASE,
)
_HOSPITAL = re.compile(
    r"(?:哪里|哪儿|哪家|哪个|附近|最近的?|推荐|去哪|有没有).{0,8}(?:医院|急诊|儿科|门诊|诊所|医生)"
    r"|(?:医院|急诊|儿科|门诊).{0,6}(?:在哪|哪里|哪家|推荐|地址|电话|怎么走|好)|(?:挂|看|去)(?:什么|哪个|啥)科"
    r"|\b(?:where|which|nearest|closest|near me|nearby)\b.{0,24}\b(?:hospital|a&e|er|emergency|clinic"
    r"|paediatric\w*|pediatric\w*|doctor)\b|\b(?:hospital|clinic|doctor) near",
    re.IGNORECASE,
)


def speaks_of_care(text: str) -> bool:
    """Whether a word of childcare, bookings, prices or days is said at all."""
    return _CARE.search(text) is not None


def asks_for_a_hospital(text: str) -> bool:
    """'附近哪里有儿科急诊', '挂什么科': a doctor is looked for, no childcare."""
    return is_short(text) and _HOSPITAL.search(text) is not None


_WHAT_TO_DO = re.compile(
    r"(?:怎么|如何|咋|该怎么)(?:个)?(?:处理|办|弄|整|救|做)|要怎么"
    r"|\bwhat (?:do|should|can) (?:i|we|you) do\b|\bwhat to do\b"
    r"|\bhow (?:do|should|to|can) (?:i |we |you )?(?:treat|handle|help)\b",
    re.IGNORECASE,
)


def asks_what_to_do(text: str) -> bool:
    """'烫伤了怎么处理', 'burnt, what do I do': the hands come before any question."""
    return _WHAT_TO_DO.search(text) is not None


def asks_what_now(text: str) -> bool:
    """'现在怎么办', 'what do I do now?', 'should I call?': of something urgent that was just talked about."""
    return bool(_WHAT_NOW.fullmatch(text.strip().rstrip("?？。.!！~～ ")))


def is_short(text: str) -> bool:
    """Short enough to lean on what was said before."""
    return len(text) <= (LONGEST_ZH if _HAN.search(text) else LONGEST_EN)


def asks_on(text: str) -> bool:
    """Whether the message goes on about the topic before it: a short '那…', '…呢', 'and …?', 'what about …'."""
    text = text.strip()
    if not is_short(text):
        return False
    return bool(_OPENS_ZH.search(text) or _ENDS_ZH.search(text) or _OPENS_EN.search(text))


_TELLS_ON = re.compile(
    r"^(?:[他她]|宝宝|孩子|娃)?(?:精神|胃口|其他|其它|别的|别处|白天|晚上|没有?(?!办法)|不(?!知道|懂)|没|就是|只是|不过|但是?|可是|现在|也|还|倒是)"
    r"|(?:还行|还好|也好|都好|都正常|挺好|还可以)(?:的|吧)?[，,。]?(?:就是|只是|但是?|不过|可是)?"
    r"|^(?:but |and |well |though )*(?:no |not |just |only |otherwise|other than|apart from)"
    r"|\b(?:otherwise|apart from that|other than that"
    r"|(?:is|seems|he'?s|she'?s) (?:fine|ok(?:ay)?|happy|playing|himself|herself)"
    r"|(?:it'?s|gets?) (?:worse|better)|still (?:eating|drinking|playing)|though)\b",
    re.IGNORECASE,
)
_DENIES = re.compile(
    r"^(?:[他她]|宝宝|孩子|娃)?(?:没有?|不|没|其他都|别的都|精神)|^(?:but |and |well )*(?:no|not|isn'?t|hasn'?t)\b",
    re.IGNORECASE,
)
_DOCTOR = re.compile(
    r"(?:去|看|上|送)(?:不去|不看)?(?:医院|医生|急诊|大夫)|就医|\b(?:doctor|hospital|gp|a&e|er|urgent care)\b",
    re.IGNORECASE,
)
_HARDLY = re.compile(r"[不没]怎么(?!办)")  # 不怎么吃 asks nothing
LONGEST_TOLD_ZH, LONGEST_TOLD_EN = 24, 64  # characters


def adds_to(text: str) -> bool:
    """A statement about the child that goes on from before: '精神还行，就是不怎么吃', 'no fever, playing normally'."""
    longest = LONGEST_TOLD_ZH if _HAN.search(text) else LONGEST_TOLD_EN
    asks = is_a_question(_HARDLY.sub("", text)) or _ENDS_ZH.search(text)
    return len(text) <= longest and not asks and bool(_TELLS_ON.search(text.strip()))


def denies(text: str) -> bool:
    """What is named is what the child has not: '没有发烧', 'no fever'."""
    return bool(_DENIES.search(text.strip()))


def asks_whether_to_see_a_doctor(text: str) -> bool:
    return bool(_DOCTOR.search(text))


def is_fragment(text: str) -> bool:
    """Whether too little is said to be looked for alone: '那晚上呢', 'and at night?'."""
    words = _ENDS_ZH.sub("", _OPENS_ZH.sub("", _OPENS_EN.sub("", text.strip())))
    if _HAN.search(words):
        return len(_HAN.findall(words)) <= FRAGMENT_ZH
    return len(_AROUND_AGE.sub(" ", words).split()) <= FRAGMENT_EN


def only_tells_age(text: str, age: ChildAge | None) -> bool:
    """Whether nothing but an age is said: '8个月', '那两岁呢', 'what about at two years?'."""
    if age is None:
        return False
    cleaned = clean(text)
    return not _AROUND_AGE.sub("", cleaned[: age.start] + " " + cleaned[age.end :])


def answers_age(text: str) -> bool:
    """Whether a message that tells an age answers 'how old?', rather than asking something new."""
    return is_short(text) and (asks_on(text) or not is_a_question(text))


def cries_for_help(text: str) -> bool:
    """A cry that says nothing of what happened: '救命！', 'help!!'."""
    heard = _CRY.match(text.strip())
    return heard is not None and not re.sub(r"[\W_]", "", text.strip()[heard.end() :])
