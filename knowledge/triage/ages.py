"""Ages and number words in a message, in Chinese and English; months, by rule.

`knowledge` may not import `nlu`, so this is a small reader of its own; a caller that knows the age passes it.
"""

from __future__ import annotations

import re

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
NUMBER_WORDS = dict(
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
N = r"(\d{1,3}(?:\.\d)?|[零一二两俩三四五六七八九十]{1,4})"
_NUMBER_WORD = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
E = rf"(\d{{1,3}}(?:\.\d)?|{_NUMBER_WORD}|(?:{'|'.join(_TENS)})[ -](?:{'|'.join(list(NUMBER_WORDS)[1:10])}))"

DAYS_A_MONTH = 30.44
_AFTER_DAYS = " ，,。.体脐吃喝睡黄量身额肚摸耳嘴手眼咳发"
_ZH_AGE = re.compile(
    rf"(?P<yw>{N}\s*[岁周](?:零|又)?{N}\s*个?月)|(?P<yh>{N}\s*岁半)|(?P<y>{N}\s*(?:周岁|岁))"
    rf"|(?P<mh>{N}\s*个半月)|(?P<md>{N}\s*个?月(?:零|又|加)?{N}\s*天)|(?P<m>{N}\s*(?:个多月|个来月|个月|月龄|月大|月宝))"
    rf"|(?P<w>{N}\s*(?:周大|周的|周宝|周[,，。 ]|周$|个?(?:星期|礼拜)大|个(?:星期|礼拜)大?的))"
    rf"|(?P<d>(?:出生|生下来|生后|才|刚生|落地)?第?{N}\s*(?:多|来)?天)"
)
_ZH_FIXED = (
    (re.compile(r"月子里|刚出生|新生儿|新生宝|刚生下|没满月|没出月|未满月|初生|早产.{0,4}刚"), 0.5),
    (re.compile(r"满月|出月子"), 1.0),
    (re.compile(r"百天|百日(?!咳)|一百天"), 3.3),
    (re.compile(r"半岁"), 6.0),
    (re.compile(r"周岁"), 12.0),
)
_EN_AGE = re.compile(
    rf"\b{E}[ -]?(?:and a half |1/2 )?-?"
    r"(?P<u>d\.?o|days? old|day-old|do|w\.?[ok]\.?o?|wks?|weeks?(?! ago)|m\.?o|mos|mths?|months?(?! ago)|m|y\.?o|yrs?"
    r"|years?(?! ago)|y)\b",
    re.I,
)
_HOW_LONG = re.compile(
    r"(?:for|past|last|every|in|next|about|within|took|since|over|than|after|by|few|couple|of)\s+(?:the )?$"
)
_EN_DAYS = re.compile(rf"\b(?:{E} days?(?: old|,|\.|$)|day {E}\b(?!.{{0,6}}(?:of|fever)))", re.I)
_EN_FIXED = (
    (re.compile(r"\b(newborn|neonate|just born|new ?born|born (?:yesterday|today|this week|last week))\b", re.I), 0.5),
    (re.compile(r"\b(toddler|preschooler)\b", re.I), 24.0),
)
_STILL_AGE_AFTER = re.compile(r"的|了?[ ,，。]|还|就|发|烧|咳|吐|拉|不")
_NOT_AGE_AFTER = re.compile(r"^.{0,3}(?:没|不|就|了|前|后|以前|以后|一次|一趟|一回|里|内|左右没|才|都|还|吐|拉|烧|咳)")


def age(text: str) -> float | None:
    """Months; the youngest age that is stated (the other may be an older child's, or a parent's wish)."""
    found = [a for a in (*_zh_ages(text), *_en_ages(text)) if a is not None and a <= 72]
    return min(found) if found else None


def _zh_ages(text: str) -> list[float]:
    found: list[float] = []
    for match in _ZH_AGE.finditer(text):
        kind = next(k for k, v in match.groupdict().items() if v)
        numbers = [n for n in (number(g) for g in match.groups() if g and g != match[kind]) if n is not None]
        if not numbers or (text[match.end() : match.end() + 1] in "前后内里以" and text[match.end() : match.end() + 1]):
            continue
        first, second = numbers[0], numbers[1] if len(numbers) > 1 else 0.0
        months = {
            "yw": first * 12 + second, "yh": first * 12 + 6, "y": first * 12, "mh": first + 0.5,
            "md": first + second / DAYS_A_MONTH, "m": first, "w": first * 7 / DAYS_A_MONTH, "d": first / DAYS_A_MONTH,
        }[kind]  # fmt: skip
        if kind == "d" and not _is_age_in_days(text, match):
            continue
        after = text[match.end() : match.end() + 8]
        if kind == "m" and first < 3 and _NOT_AGE_AFTER.match(after) and not _STILL_AGE_AFTER.match(after):
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
    days = number(next(g for g in match.groups()[1:] if g and g != whole))
    starts = match.start() == 0 or text[match.start() - 1] in " ，,。.!！?？\n"
    return starts and days is not None and days >= 4 and (not after or after[0] in _AFTER_DAYS)


def _en_ages(text: str) -> list[float]:
    found: list[float] = []
    for match in _EN_AGE.finditer(text):
        value, unit = number(match[1]), match["u"].lower().replace(".", "")
        if value is None:
            continue
        before = text[max(0, match.start() - 14) : match.start()].lower()
        after = text[match.end() : match.end() + 14].lower()
        counted = unit[0] in "wd" and unit not in ("wo", "wko", "wk", "do") and "old" not in match[0]
        if counted and _HOW_LONG.search(before):
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
        value = number(next((g for g in match.groups() if g), ""))
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


def tens(words: str) -> float:
    return float(sum({**NUMBER_WORDS, **_TENS}.get(w.lower(), 0) for w in re.split(r"[ -]", words)))


def number(text: str) -> float | None:
    text = text.strip().lower()
    try:
        return float(text)
    except ValueError:
        pass
    if re.fullmatch(r"[a-z -]+", text):
        total = tens(text)
        return total or None
    if not text or not set(text) <= set(_HAN) | {"十"}:
        return None
    if "十" in text:
        before, _, ones = text.partition("十")
        return (_HAN.get(before, 1) if before else 1) * 10.0 + (_HAN.get(ones, 0) if ones else 0)
    value = 0.0
    for digit in text:
        value = value * 10 + _HAN[digit]
    return value
