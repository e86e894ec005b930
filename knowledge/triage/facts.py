"""Numbers in a message that decide danger: age, temperature, fever days, hours without urine, breaths a minute.

`knowledge` may not import `nlu`, so this is a small reader of its own; a caller that knows the age passes it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_HAN = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "俩": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_WORDS = dict(
    zip(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ],
        range(21),
        strict=True,
    )
) | {"a": 1, "an": 1, "thirty": 30, "forty": 40}
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60}
_N = r"(\d{1,3}(?:\.\d)?|[零一二两俩三四五六七八九十]{1,4})"
_NUMBER_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
_E = rf"(\d{{1,3}}(?:\.\d)?|{_NUMBER_WORD}|(?:{'|'.join(_TENS)})[ -](?:{'|'.join(list(_WORDS)[1:10])}))"

DAYS_A_MONTH = 30.44
_ZH_AGE = re.compile(
    rf"(?P<yw>{_N}\s*[岁周](?:零|又)?{_N}\s*个?月)|(?P<yh>{_N}\s*岁半)|(?P<y>{_N}\s*(?:周岁|岁))"
    rf"|(?P<mh>{_N}\s*个半月)|(?P<md>{_N}\s*个?月(?:零|又|加)?{_N}\s*天)|(?P<m>{_N}\s*(?:个多月|个来月|个月|月龄|月大|月宝))"
    rf"|(?P<w>{_N}\s*(?:周大|周的|周宝|周[,，。 ]|周$|个?(?:星期|礼拜)大|个(?:星期|礼拜)大?的))"
    rf"|(?P<d>(?:出生|生下来|生后|才|刚生|落地)?第?{_N}\s*(?:多|来)?天)"
)
_ZH_FIXED = (
    (re.compile(r"月子里|刚出生|新生儿|新生宝|刚生下|没满月|没出月|未满月|初生|早产.{0,4}刚"), 0.5),
    (re.compile(r"满月|出月子"), 1.0),
    (re.compile(r"百天|百日(?!咳)|一百天"), 3.3),
    (re.compile(r"半岁"), 6.0),
    (re.compile(r"周岁"), 12.0),
)
_EN_AGE = re.compile(
    rf"\b{_E}[ -]?(?:and a half |1/2 )?-?(?P<u>d\.?o|days? old|day-old|do|w\.?[ok]\.?o?|wks?|weeks?(?! ago)|m\.?o|mos|mths?|months?(?! ago)|m|y\.?o|yrs?|years?(?! ago)|y)\b",
    re.I,
)
_EN_DAYS = re.compile(rf"\b(?:{_E} days?(?: old|,|\.|$)|day {_E}\b(?!.{{0,6}}(?:of|fever)))", re.I)
_EN_FIXED = (
    (re.compile(r"\b(newborn|neonate|just born|new ?born|born (?:yesterday|today|this week|last week))\b", re.I), 0.5),
    (re.compile(r"\b(toddler|preschooler)\b", re.I), 24.0),
)
_NOT_AGE_AFTER = re.compile(r"^.{0,3}(?:没|不|就|了|前|后|以前|以后|一次|一趟|一回|里|内|左右没|才|都|还|吐|拉|烧|咳)")

_ZH_TEMP = re.compile(
    r"(?<!\d)(3[3-9]|4[0-3])(?:\s*(?:[.点度。·]|度)\s*([0-9半多几]|[一二三四五六七八九])?(?:\d)?)?\s*(?:度|℃|°c?|c\b)?"
    r"|(三十[三四五六七八九]|四十[一二三]?)度?(?:[点度]?([零一二三四五六七八九半多]))?度?",
    re.I,
)
_F = re.compile(
    r"(?<![\d.])(9[3-9]|10[0-8])(?:\.(\d))?(?![\d.]|\s?(?:ml|%|km|cm|percentile|days))\s*(?:°|deg\w*)?\s*f?\b", re.I
)
_C = re.compile(
    r"(?<![\d.:/])(3[3-9]|4[0-3])(?:[.,](\d))\d?(?![\d.]|\s?(?:weeks?|wks?|kg|cm|ml|%|lbs?|pounds?))|(?<![\d.])(3[4-9]|4[0-2])\s*(?:°|degrees?|c\b)",
    re.I,
)
_C_WORDS = re.compile(
    r"\b(thirty[ -](?:four|five|six|seven|eight|nine)|forty(?:[ -](?:one|two))?)[ -]?(?:point[ -](\w+)|degrees)", re.I
)
_FEVER_WORD = re.compile(
    r"烧|发热|体温|℃|腋|肛温|耳温|额温|度|fever|temp|hot|burning|°|armpit|rectal|thermometer|forehead|calpol|tylenol|ibuprofen|degrees",
    re.I,
)
_WATER = re.compile(
    r"水温|室温|气温|冲奶|奶粉|空调|抬头|夏天|weather|room|bath ?water|formula|outside|degrees outside", re.I
)
_FEVER_SURE = re.compile(r"烧|发热|体温|腋|肛温|耳温|额温|fever|temp\w* (?:of|is|was)|rectal|armpit|thermometer", re.I)
_UNITS_AFTER = re.compile(
    r"^\s*(?:岁|周|个|天|片|ml|毫升|克|斤|公斤|元|块|分|秒|次|下|号|码|厘米|cm|kg|w|weeks?|w\b|wks?|孕周|%|点(?:到|钟))",
    re.I,
)

_FEVER_DAYS_ZH = re.compile(
    rf"(?:烧|发热|高热|低热|退烧|体温).{{0,10}}?(?:第|了|到|有|连|已经)?{_N}(?:天|日|整天)|(?:连|反复|断断续续|持续).{{0,3}}?(?:烧|热)了?{_N}天"
    rf"|{_N}(?:天|日)(?:了)?.{{0,4}}?(?:还|一直|都|仍|反复)?(?:在)?(?:发烧|烧|发热|高烧|不退)"
)
_FEVER_DAYS_EN = re.compile(
    rf"\b(?:fever|temp\w*|hot|burning|\d\d\.\d|10\d(?:\.\d)?)\b.{{0,30}}?\b(?:for|day|since|every day for|past|last|on day)\s+{_E}(?: (?:days|evenings|nights)|\b)"
    rf"|\b(?:day|{_E} days?)\s*(?:number )?{_E}?\s*(?:of|with|running|straight)?\s*(?:a |the )?(?:fever|temp\w*|high temp|burning|10\d|39|40|38)"
    rf"|\b{_E} days? of (?:fever|temp)",
    re.I,
)
_DRY_ZH = re.compile(
    rf"{_N}\s*(?:多|来|几)?个?(?:多|来)?(?:小时|钟头|钟).{{0,8}}?(?:没|无|未|不)(?:有)?(?:换|湿|尿|小便|撒尿|嘘嘘)|(?:没|无|不)(?:有)?(?:尿|小便|撒尿|嘘嘘).{{0,6}}?{_N}\s*(?:多|来)?个?(?:多)?(?:小时|钟头)"
    rf"|(?:尿布|尿不湿|纸尿裤|尿片).{{0,10}}?干.{{0,6}}?{_N}\s*个?(?:小时|钟头)|{_N}\s*(?:多|来)?个(?:多|来)?(?:小时|钟头)(?:尿布|尿不湿|尿片|纸尿裤).{{0,4}}干"
)
_DRY_WHOLE_ZH = re.compile(
    r"(?:一整天|一天|整天|一晚上|一宿|一夜|从昨晚|从早上|今天|早上到现在|昨晚到现在).{0,12}(?:没有?尿|没撒尿|没小便|没嘘嘘|尿布.{0,4}干|尿不湿.{0,4}干|一泡尿(?:都|也)没)"
)
_DRY_EN = re.compile(
    rf"(?:no (?:wet|pee|wee|urine|nappy|diaper)\w*|(?:nappy|diaper|nappies|diapers)\b.{{0,12}}\bdry|hasn'?t (?:peed|weed|wet|wee'?d|urinated|had a wet)|dry (?:nappy|diaper)\w*|not (?:peed|weed|wet)).{{0,30}}?\b{_E}\s*(?:\+ )?(?:hours?|hrs?|h)\b"
    rf"|\b{_E}\s*(?:hours?|hrs?|h)\b.{{0,25}}?(?:no (?:wet|pee|wee|urine)|without (?:a )?(?:wet|pee|wee)|dry (?:nappy|diaper)|since (?:the |her |his )?last (?:wet|pee|wee))",
    re.I,
)
_DRY_WHOLE_EN = re.compile(
    r"(?:no (?:wet (?:nappy|nappies|diaper|diapers)|pee|wee|urine)|hasn'?t (?:peed|weed|wee'?d|urinated)|(?:nappy|diaper|nappies|diapers)\b.{0,10}\bdry).{0,16}(?:all day|since (?:last night|yesterday|morning|this morning|breakfast|bedtime|midnight)|today|overnight)",
    re.I,
)
_BREATHS = re.compile(
    r"(?:一分钟|每分钟|1分钟|数了?(?:满)?一分钟|分钟).{0,10}?(\d{2,3})\s*(?:次|下|多)|(?:呼吸|喘).{0,8}?(\d{2,3})\s*(?:次|下)"
    r"|(\d{2,3})\s*(?:breaths?|resps?|a min|per min|/ ?min|times a min|in a minute)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What was read: months, degrees Celsius, days, hours, breaths a minute. None: not in the message."""

    age_months: float | None = None
    temperature: float | None = None
    fever_days: float | None = None
    dry_hours: float | None = None
    breaths: int | None = None
    older: bool = False  # no age, but signs of a child past the first months (walks, talks, eats, nursery)


_OLDER = re.compile(
    r"走路|会走|会跑|跑来跑去|跑跳|满地|爬|说话|叫妈妈|幼儿园|托班|托育|上托|老师|辅食|吃饭|米饭|面条|长牙|磨牙|断奶|上学|动画片|玩具车|滑梯|骑|蹦|吃苹果|吃虾|吃花生|零食|水痘"
    r"|\b(?:walk|walks|walking|run|runs|running|talk|talks|talking|nursery|daycare|toddler|crawl\w*|solids|teeth\w*|molars?|climb\w*|jump\w*|preschool|says|toast|cartoons?|tv|scooter|slide|snacks?|biscuit|playground|pasta|potty)\b",
    re.I,
)


def read(text: str) -> Facts:
    """Everything that can be read in one pass; the time is linear in the length."""
    return Facts(
        age_months=age(text),
        temperature=temperature(text),
        fever_days=_fever_days(text),
        dry_hours=_dry_hours(text),
        breaths=_breaths(text),
        older=bool(_OLDER.search(text)),
    )


def age(text: str) -> float | None:
    """Months; the youngest age that is stated (the other may be an older child's, or a parent's wish)."""
    found = [a for a in (*_zh_ages(text), *_en_ages(text)) if a is not None and a <= 72]
    return min(found) if found else None


def _zh_ages(text: str) -> list[float]:
    found: list[float] = []
    for match in _ZH_AGE.finditer(text):
        kind = next(k for k, v in match.groupdict().items() if v)
        numbers = [n for n in (_number(g) for g in match.groups() if g and g != match[kind]) if n is not None]
        if not numbers or (text[match.end() : match.end() + 1] in "前后内里以" and text[match.end() : match.end() + 1]):
            continue
        first, second = numbers[0], numbers[1] if len(numbers) > 1 else 0.0
        months = {
            "yw": first * 12 + second, "yh": first * 12 + 6, "y": first * 12, "mh": first + 0.5,
            "md": first + second / DAYS_A_MONTH, "m": first, "w": first * 7 / DAYS_A_MONTH, "d": first / DAYS_A_MONTH,
        }[kind]  # fmt: skip
        if kind == "d" and not _is_age_in_days(text, match):
            continue
        if (
            kind == "m"
            and _NOT_AGE_AFTER.match(text[match.end() :])
            and not text[match.end() :].startswith(("的", "了,", "了，"))
            and first < 3
        ):
            if not re.match(r"(?:了?[ ,，。]|还|就|发|烧|咳|吐|拉|不)", text[match.end() : match.end() + 2]):
                continue
        if kind == "m" and re.search(
            r"(?:了|过|有|快|前|近|这|上|反复|断续)$", text[max(0, match.start() - 1) : match.start()]
        ):
            continue  # 咳了两个月: how long, not how old
        found.append(months)
    for pattern, months in _ZH_FIXED:
        if not found and pattern.search(text):
            found.append(months)
    return found


def _is_age_in_days(text: str, match: re.Match[str]) -> bool:
    before, after = text[max(0, match.start() - 4) : match.start()], text[match.end() : match.end() + 6]
    whole = match[0]
    if re.match(r"出生|生下来|生后|刚生|落地|才", whole) or re.search(
        r"出生|生下来|生后|落地|才|娃|宝|俺家|我家|老二|二宝|大宝", before
    ):
        return not re.match(r"(?:没|不|前)", after)
    if re.match(r"(?:的|大|宝|娃|婴|男|女|龄|新生|小宝|小娃|早产|母乳|黄疸|脐|肚脐|第二|的时候)", after):
        return not re.search(r"烧|咳|吐|拉|第|了", before)
    number = _number(next(g for g in match.groups()[1:] if g and g != whole))
    return (match.start() == 0 or text[match.start() - 1] in " ，,。.!！?？\n") and number is not None and number >= 4 and (
        not after or after[0] in " ，,。." or after[0] in "体脐吃喝睡黄量身额肚摸耳嘴手眼"
    )  # fmt: skip


def _en_ages(text: str) -> list[float]:
    found: list[float] = []
    for match in _EN_AGE.finditer(text):
        value, unit = _number(match[1]), match["u"].lower().replace(".", "")
        if value is None:
            continue
        before = text[max(0, match.start() - 14) : match.start()].lower()
        after = text[match.end() : match.end() + 14].lower()
        if unit[0] in "wd" and unit not in ("wo", "wko", "wk", "do") and "old" not in match[0] and re.search(
            r"(?:for|past|last|every|in|next|about|within|took|since|over|than|after|by|few|couple|of)\s+(?:the )?$", before
        ):  # fmt: skip
            continue
        if unit in ("months", "month", "mths", "mth", "years", "year", "yrs", "weeks", "week", "wks") and re.search(
            r"(?:for|past|last|every|next|within|took|since|over|than|after|by|in)\s+(?:the )?$", before
        ):
            continue
        if re.match(r"\s*(?:ago|later|long|from now|of (?:fever|cough|cold)|straight|running|in a row)", after):
            continue
        if unit in ("d", "y", "m") and not match[1][0].isdigit():
            continue
        half = 0.5 if re.search(r"half|1/2", match[0]) else 0.0
        factor = {"d": 1 / DAYS_A_MONTH, "w": 7 / DAYS_A_MONTH, "m": 1.0, "y": 12.0}[unit[0]]
        found.append((value + half) * factor)
    for match in _EN_DAYS.finditer(text):
        value = _number(next((g for g in match.groups() if g), ""))
        before = text[max(0, match.start() - 14) : match.start()].lower()
        if value is None or (match[0].lower().startswith("day") and value > 10):
            continue
        if (
            "old" in match[0]
            or match.start() == 0
            or re.search(r"(?:is|at|just|only|she'?s|he'?s|baby|jaundice|[.,?!])\s*$", before)
        ):
            found.append(value / DAYS_A_MONTH)
    if not found:
        found += [months for pattern, months in _EN_FIXED if pattern.search(text)]
    return found


def temperature(text: str) -> float | None:
    """The highest body temperature (C); below 35.5 only when no fever stands beside it."""
    found: list[float] = []
    if _WATER.search(text) and not _FEVER_SURE.search(text):
        return None
    if not _FEVER_WORD.search(text) and not re.search(r"(?<!\d)(?:3[3-9]|4[0-2])\.\d(?!\d)", text):
        return None
    for match in _ZH_TEMP.finditer(text):
        whole, tail = match[0], text[match.end() : match.end() + 4]
        if _UNITS_AFTER.match(tail) and "度" not in whole:
            continue
        if match[1]:
            if not re.search(r"[.点度。·℃°]", whole) and not re.search(
                r"(?:烧|温|热|到|是|高|过|了)\s*$", text[max(0, match.start() - 3) : match.start()]
            ):
                continue
            found.append(float(match[1]) + _tenth(match[2]))
        elif match[3] and ("度" in whole or "点" in whole):
            found.append((_number(match[3]) or 0) + _tenth(match[4]))
    found += [float(m[1]) + float(m[2] or 0) / 10 if m[1] else float(m[3]) for m in _C.finditer(text)]
    for match in _F.finditer(text):
        if match[2] or "f" in match[0].lower() or _near_fever(text, match):
            found.append((float(match[1]) + float(match[2] or 0) / 10 - 32) / 1.8)
    for match in _C_WORDS.finditer(text):
        found.append(_tens(match[1]) + (_WORDS.get((match[2] or "").lower(), 0) / 10))
    found = [round(t, 1) for t in found if 33 <= t <= 43.5]
    if not found:
        return None
    return max(found) if max(found) >= 37.3 else min(found)


def _near_fever(text: str, match: re.Match[str]) -> bool:
    around = text[max(0, match.start() - 25) : match.end() + 25]
    return bool(
        re.search(
            r"fever|temp|hot|burning|rectal|armpit|thermometer|motrin|tylenol|calpol|running|this (?:morning|evening)",
            around,
            re.I,
        )
    )


def _fever_days(text: str) -> float | None:
    values = [_number(g) for p in (_FEVER_DAYS_ZH, _FEVER_DAYS_EN) for m in p.finditer(text) for g in m.groups() if g]
    days = [v for v in values if v is not None and 1 <= v <= 30]
    return max(days) if days else None


def _dry_hours(text: str) -> float | None:
    if _DRY_WHOLE_ZH.search(text) or _DRY_WHOLE_EN.search(text):
        return 12.0
    values = [_number(g) for p in (_DRY_ZH, _DRY_EN) for m in p.finditer(text) for g in m.groups() if g]
    hours = [v for v in values if v is not None and 1 <= v <= 48]
    return max(hours) if hours else None


def _breaths(text: str) -> int | None:
    values = [int(g) for m in _BREATHS.finditer(text) for g in m.groups() if g]
    values = [v for v in values if 15 <= v <= 120]
    return max(values) if values else None


def _tenth(digit: str | None) -> float:
    if not digit:
        return 0.0
    return {"半": 0.5, "多": 0.1, "几": 0.2}.get(digit, (_number(digit) or 0) / 10)


def _tens(words: str) -> float:
    return float(sum({**_WORDS, **_TENS}.get(w.lower(), 0) for w in re.split(r"[ -]", words)))


def _number(text: str) -> float | None:
    text = text.strip().lower()
    try:
        return float(text)
    except ValueError:
        pass
    if re.fullmatch(r"[a-z -]+", text):
        total = _tens(text)
        return total or None
    if not text or not set(text) <= set(_HAN) | {"十"}:
        return None
    if "十" in text:
        tens, _, ones = text.partition("十")
        return (_HAN.get(tens, 1) if tens else 1) * 10.0 + (_HAN.get(ones, 0) if ones else 0)
    value = 0.0
    for digit in text:
        value = value * 10 + _HAN[digit]
    return value
