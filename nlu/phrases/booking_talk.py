"""Short words of a parent in the middle of a booking: stop, another centre, not coming, may a sick child come."""

from __future__ import annotations

import re


def _words(text: str) -> re.Pattern[str]:
    return re.compile(text, re.ASCII | re.IGNORECASE)


_STOP = _words(
    r"不约了|先?不订了|不预约了|算了|不用了|先这样吧|不要了|^取消(?:吧|掉|预约)?$|取消这[次个]"
    r"|\bnever ?mind\b|\bforget it\b|\bdon'?t book\b|^(?:cancel|stop)(?: (?:it|that|this))?[.!]?$|\bno booking\b"
)
# 'Never mind' before another wish, as in 算了还是后天吧, gives nothing up.
_SIGH = _words(r"^(?:(?:嗯|哎|那|还是|hmm+|actually|no|oh|wait)[，, ]*)*(?:算了|never ?mind|forget it)[，,。. ]*")
_NOT_NOW = _words(r"再说|再约|再看|改天|下次|\b(?:later|another day|some other)\b")
_TAKE_IT = _words(
    r"(?:好的?|行|嗯|可以|那)?[，,。 ]*(?:就|帮我|给我)?"
    r"(?:(?:约|订|定|要)(?:这个|这家)(?:吧|了)?|(?:约|订|定)了?吧|这[个家](?:吧|了|就行|好了))"
    r"|(?:ok(?:ay)?|yes|yeah|yep|sure|great|fine|perfect)?[,. ]*(?:please |let'?s |then )?"
    r"(?:book|confirm|take|reserve) (?:it|this|that)(?: one)?(?:,? please| then| now)?"
)
_OTHER = _words(
    r"换(?:一)?[家个](?!时间|日子|点)|别家|另外?一家|其他(?:的)?(?:机构|托育|地方|家)|还有别的|还有其他|不想去这家|太远|换近|近一?点的"
    r"|\b(?:another|other|different) (?:centre|center|nursery|place|one|option)s?\b"
    r"|\bsomewhere else\b|\banything else\b|\btoo far\b|\bcloser\b|\bnearer\b"
)
_TIME = _words(r"换(?:个)?时间|改(?:个)?时间|别的时间|\b(?:another|different|other) (?:time|day)s?\b")
_AWAY = _words(
    r"(?:今天|明天|今晚|今早|上午|下午)?(?:不|没法|没办法|不能|来不|去不)(?:去|来|送|过去|过来|成|了)(?:了|啦|托)?"
    r"|\b(?:not coming|can'?t (?:come|make it)|won'?t (?:come|be coming|make it))\b"
)
_LATE = _words(
    r"晚(?:到|点到|一?会儿|半|一刻|十|二十|\d+)|迟到|路上堵|\b(?:running|be|bit)(?: \w+){0,4} late\b"
    r"|\bmin(?:ute)?s? late\b|\blate by\b"
)
_SICK = _words(
    r"发烧|发热|烧到|体温|咳|流鼻涕|鼻涕|呕吐|吐了|拉肚子|腹泻|皮疹|疹子|红眼|手足口|疱疹|感冒|生病|不舒服|水痘|流感"
    r"|\b(?:fever|temperature|cough\w*|runny nose|vomit\w*|throwing up|diarrh\w+|rash|pink eye|conjunctivitis|sick|ill"
    r"|unwell|a cold|hfmd|chicken ?pox|flu)\b"
)
_TO_A_DOCTOR = r"(?! (?:in )?to (?:the |a |our |my )?(?:hospital|doctor|gp\b|a ?& ?e|e\.?r\b|emergency|clinic|urgent))"
_ATTEND = _words(
    r"(?:能不能|可不可以|还能|能|可以|要不要|还|要)(?:送|去|上|来|托|入)(?!医院|看|急诊|儿科|门诊|挂|查|检)(?:托|园|宝宝屋|机构|幼儿园|去|吗|过去)?|送托|入托|上托班|去托班"
    r"|\b(?:still |can |may |should )?(?:\w+ ){0,2}(?:come|go|attend|bring \w+|send \w+|go in)\b"
    + _TO_A_DOCTOR
    + r".{0,30}"
    r"(?:\b(?:tomorrow|today|care|daycare|nursery|centre|center|school)\b|\?)"
    r"|\b(?:can|may|should|could|shall) (?:s?he|they|we|my \w+) (?:still )?(?:come|go|attend)\b"
    r"(?! (?:out|for|to bed|to sleep))" + _TO_A_DOCTOR + r""
    r"|\b(?:daycare|nursery|childcare)\b|\ballowed (?:in|to)\b"
)
_CHEAP = _words(
    r"太贵|有点贵|贵了|\btoo (?:expensive|pricey|dear|much money)\b"
    r"|便宜|免费|划算|\bcheap\w*|\bfree\b|\bless expensive\b|\baffordable\b"
)
_REGISTERED = _words(r"备案|正规|有资质|有证|\bregistered\b|\blicen[cs]ed\b")
_OPEN_NOW = _words(r"现在(?:还)?(?:开|有开|能去)|开着|\bopen now\b")
_EVENING = _words(r"晚上|夜里|延时|下班后|\bevening|\blate\b|\bafter work\b")
_WEEKEND = _words(r"周末|周六|周日|星期[六日天]|\bweekend|\bsaturday|\bsunday")
_ENGLISH = _words(r"英语|英文|双语|外教|\benglish\b|\bbilingual\b")
_PRICE = _words(
    r"(?P<zh>\d{1,3})(?:块钱?|元)?(?:一?个?小时)?(?:以内|以下|之内|左右|封顶)"
    r"|(?:不超过|不要超过|最多|低于)(?P<zh2>\d{1,3})(?:块|元)?"
    r"|\b(?:under|below|up to|at most|less than|max(?:imum)?(?: of)?|no more than)"
    r" ?(?:rmb|yuan|cny|[¥￥])? ?(?P<en>\d{1,3})\b"
)
_FILTERS = {
    "cheap": _CHEAP, "registered": _REGISTERED, "open_now": _OPEN_NOW, "evening": _EVENING, "weekend": _WEEKEND,
    "english": _ENGLISH,
}  # fmt: skip


_NOT_MONEY = _words(r"个?月(?:大|以内|以下)|岁|度|℃|分钟|\b(?:months?|years?|degrees?|minutes?|mins?)\b")
_NOON = _words(r"[到至](?:中午|晌午)(?!\d|[一二三十])|\b(?:until|till|til|to) (?:noon|midday|lunch ?time|lunch)\b")


_WHOLE_DAY = _words(
    r"(?<![哪另前后每同头第])一整?天(?!\d|[一二两三四五六七八九十])|全天|整天|\b(?:all|whole|full|entire)[ -]day\b"
)
_NOTHING = _words(
    r"(?:都|也|目前|现在|暂时|暂)?(?:没有?|无|不)(?:什么|任何)?(?:过敏|用药|吃药|药|服药|在吃药)?(?:的|了|哦|呢|啊)?"
    r"|没啥|(?:no(?: (?:medicines?|medication|meds|allerg\w+|known allerg\w+))?|none|nothing|nope|n/?a|nobody|no one)"
    r"|not? (?:any|allerg\w+|medic\w+|meds)"
    r"|(?:only|just) (?:me|us)"
    r"|就?只?有?(?:我们?|爸妈|父母|家长|爸爸妈妈|我和(?:他|她)(?:爸|妈))(?:自己)?(?:来)?接?"
)


_CANCEL = _words(r"取消|退掉|退了|不要了|\bcancel|\bcall off\b")
_HALF_DAY = _words(r"半天|半日|\bhalf(?: an?)?[ -]day\b")
_ANY = _words(
    r"随便|随意|无所谓|哪(?:家|个|天)都(?:行|可以|好)|都(?:行|可以|好|成|中)|你(?:们)?(?:帮我|替我|给我)?(?:选|定|看着办)|最便宜的?(?:那?[个家])?(?:吧|就行)?$"
    r"|^any(?: one| of them)?(?: please)?$"
    r"|\bany(?: one| of them)?(?: is| will|'s| would be)? (?:fine|ok|okay|do|good)\b|\byou (?:choose|pick|decide)\b"
    r"|\bwhichever\b|\bwhatever\b|\bjust pick\b|\bpick (?:one|any)\b"
    r"|\bany ?(?:time|day)\b|\bup to you\b|\bdoesn'?t matter\b"
    r"|\bdon'?t mind\b|\b(?:the )?cheapest(?: one)?(?: please)?$"
)


_KEEPS = _words(
    r"(?:那|还是|先)*(?:保留|留着|不取消|别取消|不要取消|先留|算了不取消)(?:吧|了|着|这个)*"
    r"|(?:no,? |ok,? |please )*(?:keep (?:it|that|this|the booking)|leave it|don'?t cancel(?: it)?)(?: please| then)?"
)
_SHRUG = _words(r"随便|随意|无所谓|\bwhatever\b|\bdon'?t care\b")


def keeps_it(text: str) -> bool:
    """'保留吧', 'keep it': the no to 'cancel this one?'."""
    return bool(_KEEPS.fullmatch(text.strip().rstrip("。.!！~～")))


def shrugs(text: str) -> bool:
    """'随便', 'whatever': enough to choose for the family, not to book for it."""
    return bool(_SHRUG.search(text))


def whole_day(text: str) -> bool:
    """'托一天', 'all day'."""
    return bool(_WHOLE_DAY.search(text))


def half_day(text: str) -> bool:
    return bool(_HALF_DAY.search(text))


def any_will_do(text: str) -> bool:
    """'随便哪家都行', 'you choose', 'the cheapest': the first of the list."""
    return bool(_ANY.search(text.strip().rstrip("。.!！~～")))


def says_nothing(text: str) -> bool:
    """'None', 没有, 不吃药: the answer to a field of the health card that has nothing in it."""
    return bool(_NOTHING.fullmatch(text.strip().rstrip("。.!！~～")))


def says_cancel(text: str) -> bool:
    return bool(_CANCEL.search(text))


def until_noon(text: str) -> bool:
    return bool(_NOON.search(text))


_QUESTION = _words(
    r"[?？]|吗|怎么|什么|咋|为什么|能不能|可不可以|多久|多少|要不要|^(?:how|what|can|should|is|does|why|when)\b"
)


_RESUME = _words(r"^(?:继续|接着|回到)(?:约|预约|吧|托育)?|^(?:continue|resume|go on|carry on|back to)\b")
_PICKED_UP = _words(
    r"(?:才能?|再|才来|以后|之后|左右)?(?:能)?(?:来|去|过来|下班)?接(?:他|她|娃|孩子|宝宝|人|走|回)?(?!近|着|受|下来|种|触)"
    r"|\b(?:pick(?:ed)? (?:him|her|them|\w+)? ?up|collect (?:him|her|them)|pick-?up)\b"
)
_BROUGHT = _words(r"送|托[一两三四五六七八半几\d]|开始|\b(?:drop|bring|from|start)\w*")


def says_only_pickup(text: str) -> bool:
    """'晚上七点半才能接': the time named is when the stay ends, and none is named at which it begins."""
    return bool(_PICKED_UP.search(text)) and not _BROUGHT.search(text)


def wants_to_resume(text: str) -> bool:
    return bool(_RESUME.search(text))


_PLACE = _words(
    r"(?:^|[，,。 ]|我家?在|我住|想在|在|离)?(?P<zh>[\u4e00-\u9fff]{2,8}?)(?:附近|旁边|周边|那边|这边|一带)"
    r"|\b(?:near|nearest to|around|close(?:st)? to|by) (?:the )?"
    r"(?P<en>[A-Z][\w']*(?: (?:[A-Z][\w']*|[Rr]oad|[Ss]treet|[Ll]ane)){0,3})"
)
_LINE = _words(
    r"排(?:到|在)?第?几|排队|候补|轮到(?:我|我们|谁)|\bin (?:the )?(?:line|queue)\b|\bwait(?:ing)? ?list\b|\bqueue\b"
)
_CENTRE = _words(
    r"托育|托班|托儿|机构|宝宝屋|\b(?:nurser(?:y|ies)|day ?cares?|child ?care|cr[eè]ches?|cent(?:re|er)s?)\b"
)
_GROUP = _words(
    r"小组|活动|亲子|体验|课|陪伴|讲座|故事|\b(?:groups?|sessions?|class(?:es)?|play\w*|activit\w+|courses?|workshops?|trial"
    r"|story|events?)\b"
)
_EXAM = _words(r"考级|报考|考试|驾照|驾校|考研|高考|公务员|\b(?:exams?|driving|university|degree)\b")


def about_the_line(text: str) -> bool:
    """'Where am I in line', 排到第几了."""
    return bool(_LINE.search(text))


def means_centres(text: str) -> bool:
    """A nursery or a centre, and nothing that meets."""
    return bool(_CENTRE.search(text)) and not _GROUP.search(text)


def means_a_group(text: str) -> bool:
    """Something that meets: a group, a class, an activity."""
    return bool(_GROUP.search(text))


def is_no_group(text: str) -> bool:
    """'How do I sign up for the piano exam': nothing that families with a baby meet for."""
    return bool(_EXAM.search(text)) and not _GROUP.search(text)


_HERE = _words(
    r"^(?:看|找|查|想|帮|请|推荐|介绍|我们?家?|这|那|家|你们?|请问|有没有|有什么|哪|咱们?|小区|单位|公司|me|here|us|my)"
)


def place_said(text: str) -> str | None:
    """The street or quarter of 'near X', X附近; None for 'near me'."""
    match = re.search(_PLACE.pattern, text, re.ASCII)
    if match is None:
        return None
    place = match.group("zh") or match.group("en")
    return None if _HERE.search(place) else place


def is_a_question(text: str) -> bool:
    return bool(_QUESTION.search(text))


def lets_go(text: str) -> bool:
    """'Never mind': the booking is given up."""
    return bool(_STOP.search(text))


_CENTRE_FACTS = _words(
    r"电话|地址|在哪|哪里|怎么走|怎么去|几点(?:开|关)|多少钱|收费|\b(?:phone|number|address|where|directions|fees?|prices?)\b"
)


def asks_for_centre_facts(text: str) -> bool:
    """Phone, address, fees: of a centre when one is named."""
    return bool(_CENTRE_FACTS.search(text))


def sighs(text: str) -> bool:
    """'Never mind' and then something else: with a time in it, that is the new wish."""
    rest = _SIGH.sub("", text)
    gives_up = lets_go(rest) or will_not_come(rest) or bool(_NOT_NOW.search(rest))
    return rest != text and bool(rest) and not gives_up


def takes_it(text: str) -> bool:
    """'OK, book it', 就约这个吧: yes to the place that is held."""
    return bool(_TAKE_IT.fullmatch(text.strip().rstrip("。.!！~～")))


def wants_another_centre(text: str) -> bool:
    return bool(_OTHER.search(text))


def wants_another_time(text: str) -> bool:
    """Without saying which."""
    return bool(_TIME.search(text))


def will_not_come(text: str) -> bool:
    return bool(_AWAY.search(text))


def comes_late(text: str) -> bool:
    return bool(_LATE.search(text))


def asks_if_a_sick_child_may_come(text: str) -> bool:
    """An illness and bringing the child, in one message."""
    return bool(_SICK.search(text) and _ATTEND.search(text))


def is_about_illness(text: str) -> bool:
    return bool(_SICK.search(text))


def filters_in(text: str) -> frozenset[str]:
    """What a centre must have: cheap, registered, open_now, evening, weekend, english."""
    return frozenset(name for name, words in _FILTERS.items() if words.search(text))


def price_in(text: str) -> int | None:
    """'30块以内', 'under 30': the most an hour may cost, in whole units of the currency."""
    match = _PRICE.search(text)
    return int(next(g for g in match.groups() if g)) if match and not _NOT_MONEY.search(text) else None
