"""Child ages in Chinese: 八个半月, 一周四个月 (1 year 4 months), 出生12天, 刚满月, 百天, 快一岁八了."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlu.phrases.age_mention import (
    DAYS_A_MONTH,
    HINT,
    NOT_THE_CHILD,
    NOW,
    OWNED,
    PLAIN,
    WEAK,
    AgeMention,
    without_overlaps,
)
from nlu.phrases.numbers import CHINESE, number

_N = rf"(?:(?<![0-9.])[0-9]{{1,3}}(?:\.[0-9])?|(?<!老)(?<!第){CHINESE})"
_STOP = r"(?=$|[\s,.;!?~()了的多吧呀啊]|(?:男|女)?(?:宝|娃))"

_YEARS = re.compile(
    rf"(?P<y>{_N})(?:周岁|岁|周(?=(?:零|又)?{_N}个月))(?P<half>半)?"
    rf"(?:(?:零|又|加|多|过)?(?P<m>{_N})(?P<mh>个半月)?(?(mh)|(?:个多?月|月龄|月大?(?![0-9一二三四五六七八九十份底初]))(?P<mhalf>半(?!天))?)"
    rf"|(?P<tail>[一二两三四五六七八九十]{{1,2}}|[0-9]{{1,2}}){_STOP})?"
    rf"(?:(?:零|又|加)?(?P<d>{_N})天)?"
)
_DIALECT_YEARS = re.compile(r"(?P<y>[一二两俩])周半(?=$|[\s,.;!?了的娃宝大])|(?P<full>[一二两三])(?:周岁|生日刚过)")
_MONTHS = re.compile(
    rf"(?P<m>{_N})(?:[-~到至,][0-9]{{1,2}}(?=个月))?\+?(?:个(?P<half>半)月|个多?月|来个月|多个月|月龄|月大|(?<=[俩仨])个?月)\+?"
    rf"(?P<half2>半(?!个|天|夜|小时|岁))?(?:(?:零|又|加|多|过)?(?P<x>{_N})(?P<unit>天|个?周|个?礼拜|个?星期))?"
)
_HALF_MONTH = re.compile(r"(?<![个一])半个月(?=大|的?(?:娃|宝|孩|毛头))|(?<=[娃宝孩]才)半个月|(?<=[娃宝孩])半个月")
_HALF_YEAR = re.compile(r"半岁|半周岁")
_WEEKS = re.compile(
    rf"(?P<w>{_N})个?(?P<half>半)?(?:周|礼拜|星期)(?!岁|[一二三四五六日天末年边围])(?P<half2>半)?(?:零?(?P<d>{_N})天)?"
)
_DAYS = re.compile(rf"(?P<nth>第)(?P<dn>[0-9]{{1,3}}|{CHINESE})天|(?P<d>{_N})多?天")
_HOURS = re.compile(
    rf"(?<=出生)(?:后|才|了|刚)?(?P<h>{_N})个?(?:小时|钟头)|(?<=生下来)(?:才|刚)?(?P<h2>{_N})个?(?:小时|钟头)"
)
_FIXED = re.compile(
    r"(?P<month>刚出了?月子|满月(?!酒|宴|照|礼|头|发|体检|饭))|(?P<hundred>百天(?!照|宴|酒|饭)|百日(?!咳|咯|照|宴|酒))"
    r"|(?P<birthday>(?<![0-9一两二三四五六七八九十])周岁(?!酒|宴|照))"
    r"|(?P<new>刚(?:刚)?(?:出生|生下来|生下)(?=$|[\s,.;!?的了]|就|没)|(?<!内的)新生儿|月子(?:里的?)?(?=娃|宝|孩))"
)

_CHILD = (
    r"宝宝|宝贝|宝|娃娃|娃儿|娃|孩子|孩|女儿|闺女|儿子|崽|囡囡|囡|妞妞|妞|伢|毛头|bb|baby|孙子|孙女|孙|丫头|小子|小家伙"
    r"|lo\b|小的|老二|二宝|小宝|弟弟|妹妹|男孩|女孩|我家|俺家|双胞胎|二胎"
)
_OWNED_LEFT = re.compile(rf"(?:{_CHILD}|他|她|出生|生下来|生后|产后|实际)")
_OWNED_RIGHT = re.compile(r"^(?:大|了|的|多|半)*(?:小)?(?:男|女)?(?:宝|娃|孩|妞|伢|毛头|崽|儿子|女儿|闺女|bb|baby|小)")
_NOW_LEFT = re.compile(r"(?:现在|今年|目前|这会儿|如今|眼下|刚满|刚)[都是才有满]*$")
_ELDER = r"姐姐|哥哥|大宝|老大|大娃|大的|大孩|大儿子|大女儿|大闺女"
_OTHERS = r"表[姐哥弟妹]|堂[姐哥弟妹]|邻居|同事|别人|人家|闺蜜|朋友|外甥|侄|隔壁|楼上|楼下"
_LAST_OWNER = re.compile(rf"(?P<elder>{_ELDER})|(?P<other>{_OTHERS})|(?P<child>{_CHILD})")
_ELDER_RIGHT = re.compile(rf"^的?(?:那个)?(?:{_ELDER})")
_OTHER_RIGHT = re.compile(rf"^的?(?:{_OTHERS}|阿姨|大人|老人|爷爷|奶奶|妈妈|爸爸)")

_RULE_RIGHT = re.compile(
    r"^(?:以上|以下|以内|以后|以前|之后|之前|之内|及以上|起(?!床|来|夜|疹)|内(?!衣|裤)|后(?![脑背天来面颈边妈院])"
    r"|前(?!天|晚|两天|几天|胸|囟|额|阵|些|面|段)|才(?:能|可|会|开|行|让|给)?|那(?:会|时|阵)|(?:的)?时候|时(?!不|常|而)"
    r"|[一两几][次回]|停|断奶|再(?!吃|喂))"
)
_LIMIT_LEFT = re.compile(r"(?:到|等|未满|大于|小于|超过|适合|适用|建议|至少|再过|还有|还差|差|怀孕|怀|孕)(?:了)?$")
_SPELL_LEFT = re.compile(
    r"(?:这|那|近|每|头|前|后|隔|等|住|停|断|装|存|放|用|产假|陪产|上托|入托|托班|上班|上学|持续|连续|坚持|早产|提前|推迟|吃|喝|喂"
    r"|咳|烧|拉|病|哭|辅食|感冒|咳嗽|发烧|便秘|腹泻|湿疹|流产|出差|回来|出去|工作|结婚|搬来|戒|练|学|剩|花|工资|一共|大概|第|(?<!一)[上下]|过去|试|过期|出院|回国|到家|没来)"
    r"(?:了|有|都|快|得)?$"
)
_DONE_LEFT = re.compile(r"(?<![满到过快生是大])了$")
_PER_MONTH_RIGHT = re.compile(
    r"^(?:涨|长了|重了|好多|多少|几|要|一次|[一两三]回|收|的?(?:费|钱|工资|量)|[0-9一两三四五六七八]+[次回斤块元千])"
)
_GAIN_RIGHT = re.compile(r"^(?:只|才|一共|总共)*(?:涨|长|重)了?(?:不到)?[0-9一二两三四五六七八九十半]")
_OPENS_RIGHT = re.compile(r"^(?!没|不|未|了|内|前|后|来|一次|复查|还没|都|的药|疗程|打|去|再|能|可以好)")
_UPPER_LEFT = re.compile(
    r"(?P<near>快(?:要)?(?:到|满)?|将近|差不多|眼看|马上|就要|快有|虚岁|差[几一两]天满?)$|(?P<below>不到|未满|不足|没满|还没满|还没到|没到|小于)$"
)
_UPPER_RIGHT = re.compile(r"^(?:不到|不足|还差|还没到|差[一几两]天)")
_CORRECTED_LEFT = re.compile(r"(?:矫正|校正|纠正|纠龄|矫龄|校龄)(?:后|月龄|年龄|胎龄|是|的|才|到|按)*$")
_GESTATION = re.compile(r"孕|怀|早产|胎龄|足月|生的|出生的|就生|剖|宫缩")
_NEWBORN = re.compile(
    r"月嫂|黄疸|脐|月子|新生|胎便|胎黄|含着|开奶|下奶|刚生|生下来|出生|产科|生完|身上还?黄|小脸有?点?黄|陶土|眼白|蓝光|乳头|含乳|吸吮|咂奶|惊跳|吃奶|尿布|喂奶|母乳|黄黄|黄的|喂不进|奶吐"
)
_SAYING = re.compile(r"^(?:出头)?(?:以上|以下)")


def _value(match: re.Match[str], name: str) -> float:
    found = match.groupdict().get(name)
    return number(found) if found else 0.0


def _raw(text: str) -> Iterator[AgeMention]:
    for match in _YEARS.finditer(text):
        years = _value(match, "y")
        months = years * 12 + (6 if match["half"] else 0) + _value(match, "m") + _value(match, "tail")
        months += 0.5 if match["mh"] or match["mhalf"] else 0
        precision = "day" if match["d"] else "month" if match["m"] or match["tail"] or match["half"] else "year"
        if "." in match["y"]:
            precision = "month"
        yield AgeMention(months + _value(match, "d") / DAYS_A_MONTH, match.start(), match.end(), precision)
    for match in _DIALECT_YEARS.finditer(text):
        if match["y"] and not _NEWBORN.search(text):
            yield AgeMention(number(match["y"]) * 12 + 6, match.start(), match.end(), "month")
    for match in _MONTHS.finditer(text):
        months = _value(match, "m") + (0.5 if match["half"] or match["half2"] else 0)
        days = _value(match, "x") * (1 if match["unit"] == "天" else 7)
        precision = "month" if not match["unit"] else "day" if match["unit"] == "天" else "week"
        yield AgeMention(months + days / DAYS_A_MONTH, match.start(), match.end(), precision)
    for match in _HALF_YEAR.finditer(text):
        yield AgeMention(6.0, match.start(), match.end(), "month")
    for match in _HALF_MONTH.finditer(text):
        yield AgeMention(15 / DAYS_A_MONTH, match.start(), match.end(), "week")
    for match in _WEEKS.finditer(text):
        weeks = _value(match, "w") + (0.5 if match["half"] or match["half2"] else 0)
        days = weeks * 7 + _value(match, "d")
        yield AgeMention(days / DAYS_A_MONTH, match.start(), match.end(), "day" if match["d"] else "week")
    for match in _DAYS.finditer(text):
        yield AgeMention(_value(match, "dn" if match["nth"] else "d") / DAYS_A_MONTH, match.start(), match.end(), "day")
    for match in _HOURS.finditer(text):
        hours = _value(match, "h") or _value(match, "h2")
        yield AgeMention(hours / 24 / DAYS_A_MONTH, match.start(), match.end(), "day", OWNED)
    for match in _FIXED.finditer(text):
        months = {"month": 1.0, "hundred": 100 / DAYS_A_MONTH, "birthday": 12.0}.get(match.lastgroup or "", 0.0)
        precision = "day" if match.lastgroup == "hundred" else "month"
        yield AgeMention(months, match.start(), match.end(), precision)


def _clause(text: str, start: int, end: int) -> tuple[str, str]:
    """The rest of the clause on both sides; in Chinese messages a blank ends a clause too."""
    left = re.split(r"[\s,.;!?:()]", text[max(0, start - 16) : start])[-1]
    right = re.split(r"[\s,.;!?:()]", text[end : end + 16])[0]
    return left, right


def _is_spell(text: str, mention: AgeMention, left: str, right: str) -> bool:
    """Whether 'two weeks', 'three days', 'a month' is a stretch of time and not an age."""
    days = mention.months * DAYS_A_MONTH
    said = text[mention.start : mention.end]
    if "周岁" in said or "岁" in said:
        return False
    if _GAIN_RIGHT.match(right) or (re.search(r"(?:已经|都|有)$", left) and right.startswith(("没", "不"))):
        return True
    aged = right.startswith(("大", "龄")) or bool(
        re.match(rf"^(?:的|了)?(?:小|男|女|母乳|奶粉|混合|早产|足月)?(?:{_CHILD}|新生)", right)
    )
    born = bool(re.search(r"(?:出生|生下来|生出来|生完|生后|产后|刚生|生)(?:了|才|刚|到现在|已经)?(?:第)?$", left))
    if _SPELL_LEFT.search(left) or (_DONE_LEFT.search(left) and not born):
        return not aged and not born
    if aged or born:
        return False
    whole = re.fullmatch(r"[了啦呢]?", right) is not None
    owner = re.search(rf"(?:{_CHILD})(?:才|刚|现在|今天|已经|都|有|是|了|满)*$", left)
    if "天" in said and "月" not in said:
        if said.startswith("第"):
            return not (whole and not left and _NEWBORN.search(text) and days <= 28)
        if owner:
            return days < 3
        if not left and 20 <= days <= 99 and not re.match(r"没|了|内|[前后来]|一次|复查|的药", right):
            return False
        if not left and days >= 10 and _NEWBORN.search(text) and _OPENS_RIGHT.match(right):
            return False
        return not (
            whole and re.fullmatch(r"(?:才|刚|满|快|都|现在)?", left) and days >= (4 if _NEWBORN.search(text) else 10)
        )
    if re.search(r"周|礼拜|星期", said) and "月" not in said:
        young = days >= 21 or _NEWBORN.search(text) is not None
        opens = not left and young and days <= 112 and not re.match(r".{0,3}[一两二三几0-9][次回顿]", right)
        opens = opens and _OPENS_RIGHT.match(right) is not None
        return not (owner or opens or (whole and not left))
    if days < 40 and not owner:  # 一个月 is a stretch or 'a month' as in a fee, unless said of the child
        return bool(_PER_MONTH_RIGHT.match(right)) or not (
            whole and re.fullmatch(r"(?:才|刚|满|快|都|现在|刚满)?", left)
        )
    return False


def _strength(text: str, mention: AgeMention) -> AgeMention:
    left, right = _clause(text, mention.start, mention.end)
    said = text[mention.start : mention.end]
    if "时" in said or "钟头" in said:
        return mention
    upper = bool(_UPPER_RIGHT.match(right)) or bool(_UPPER_LEFT.search(left))
    bare_left = _UPPER_LEFT.sub("", left)
    if mention.months > 216 or (
        mention.months > 5 and _GESTATION.search(left[-4:]) and re.search("周|礼拜|星期", said)
    ):
        return mention.with_(strength=NOT_THE_CHILD)
    if re.search("周|礼拜", said) and "岁" not in said and "月" not in said and mention.months < 12:
        weeks = mention.months * DAYS_A_MONTH / 7
        if weeks >= 24 and (_GESTATION.search(text[mention.end : mention.end + 6]) or weeks >= 30):
            return mention.with_(strength=NOT_THE_CHILD)
    if text[mention.end : mention.end + 2].startswith("+"):
        return mention.with_(strength=NOT_THE_CHILD)
    if said.endswith("出月子") or said.endswith("出了月子"):
        return mention.with_(strength=WEAK)
    if said in ("刚出生", "刚刚出生", "新生儿") or said.startswith(("刚", "新生", "月子")):
        owned = re.search(rf"(?:{_CHILD})$", left) or _OWNED_RIGHT.match(right)
        return mention.with_(
            strength=OWNED if owned and said.startswith("刚") else HINT,
            upper=said.startswith("月子"),
            months=1.0 if said[0] == "月" else 0.0,
        )
    if said == "满月" and re.search(r"月底|[0-9一二三]号|下周|明天|后天|酒|庆|办", left):
        return mention.with_(strength=NOT_THE_CHILD)
    if said in ("满月", "百天", "百日"):
        below = re.search(r"(?:没|未|不到|还没|不)$", left) is not None
        return mention.with_(strength=PLAIN, upper=below or bool(re.search(r"(?:快|快要|马上|就要)$", left)))
    if _RULE_RIGHT.match(right) or _SAYING.match(right):
        return mention.with_(strength=NOT_THE_CHILD)
    if re.match(r"^(?:到|至|-|~)" + _N, text[mention.end : mention.end + 5]):
        return mention.with_(strength=NOT_THE_CHILD)
    if _CORRECTED_LEFT.search(left):
        return mention.with_(strength=WEAK, corrected=True, upper=upper)
    limit = _LIMIT_LEFT.search(bare_left) is not None
    if re.search(rf"{_N}(?:个半?月|岁半?|周|天)?(?:到|至)$", left):
        limit = (
            left.startswith("0")
            or re.search(r"[适用段]", text[max(0, mention.start - 10) : mention.end + 6]) is not None
        )
    if limit or _is_spell(text, mention, bare_left, right):
        return mention.with_(strength=NOT_THE_CHILD, upper=upper)
    told = re.split(r"岁|个月|周|天", left)
    if len(told) > 1:  # '20个月女孩乳房鼓两个月': the girl belongs to the age before her
        left = (
            re.sub(rf"^的?(?:{_CHILD})", "", told[-1])
            if not re.search(r"[大小]的$|老.$|[一二三]宝$", told[-1])
            else told[-1]
        )
    owners = list(_LAST_OWNER.finditer(left))
    last = owners[-1].lastgroup if owners else None
    if last == "other" or _OTHER_RIGHT.match(right):
        return mention.with_(strength=NOT_THE_CHILD)
    if last == "elder" or _ELDER_RIGHT.match(right):
        return mention.with_(strength=WEAK, upper=upper)
    if _NOW_LEFT.search(bare_left):
        return mention.with_(strength=NOW, upper=upper)
    if _OWNED_LEFT.search(left) or _OWNED_RIGHT.match(right):
        return mention.with_(strength=OWNED, upper=upper)
    return mention.with_(strength=PLAIN, upper=upper)


def mentions(text: str) -> list[AgeMention]:
    """Every age in a cleaned text, the longest reading of each place, weighed."""
    return [_strength(text, mention) for mention in without_overlaps(_raw(text), len(text))]
