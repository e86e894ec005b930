"""Numbers in a message that decide danger: temperature, fever days, hours without urine, breaths a minute."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.triage.ages import NUMBER_WORDS, E, N, age, number, tens

_ZH_TEMP = re.compile(
    r"(?<!\d)(3[3-9]|4[0-3])(?:\s*(?:[.点度。·]|度)\s*([0-9半多几]|[一二三四五六七八九])?(?:\d)?)?\s*(?:度|℃|°c?|c\b)?"
    r"|(三十[三四五六七八九]|四十[一二三]?)度?(?:[点度]?([零一二三四五六七八九半多]))?度?",
    re.I,
)
_F = re.compile(
    r"(?<![\d.])(9[3-9]|10\d)(?:\.(\d))?(?![\d.]|\s?(?:ml|%|km|cm|percentile|days))\s*(?:°|deg\w*)?\s*f?\b", re.I
)
_C = re.compile(
    r"(?<![\d.:/])(3[3-9]|4[0-3])(?:[.,](\d))\d?(?![\d.]|\s?(?:weeks?|wks?|kg|cm|ml|%|lbs?|pounds?))|(?<![\d.])(3[4-9]|4[0-2])\s*(?:°|degrees?|c\b)",
    re.I,
)
_FEVER_OF = re.compile(r"\b(?:fever|temp\w*|temperature) (?:of |is |was |at )?(3[6-9]|4[0-2])\b(?!\.)", re.I)
_C_WORDS = re.compile(
    r"\b(thirty[ -](?:four|five|six|seven|eight|nine)|forty(?:[ -](?:one|two))?)[ -]?(?:point[ -](\w+)|degrees)", re.I
)
_FEVER_WORD = re.compile(
    r"烧|发热|体温|℃|腋|肛温|耳温|额温|度|fever|temp|hot|burning|°|armpit|rectal|thermometer|forehead|\d ?f\b"
    r"|calpol|tylenol|ibuprofen|degrees",
    re.I,
)
_WATER = re.compile(
    r"水温|洗澡水|室温|气温|冲奶|奶粉|空调|抬头|夏天|weather|room|bath ?water|formula|outside|degrees outside", re.I
)
_FEVER_SURE = re.compile(r"烧|发热|体温|腋|肛温|耳温|额温|fever|temp\w* (?:of|is|was)|rectal|armpit|thermometer", re.I)
_UNITS_AFTER = re.compile(
    r"^\s*(?:岁|周|个|天|片|ml|毫升|克|斤|公斤|元|块|分|秒|次|下|号|码|厘米|cm|kg|w|weeks?|w\b|wks?|孕周|%|点(?:到|钟))",
    re.I,
)

_FEVER_DAYS_ZH = re.compile(
    rf"(?:烧|发热|高热|低热|退烧|体温).{{0,10}}?(?:第|了|到|有|连|已经)?{N}(?:天|日|整天)|(?:连|反复|断断续续|持续).{{0,3}}?(?:烧|热)了?{N}天"
    rf"|{N}(?:天|日)(?:了)?.{{0,4}}?(?:还|一直|都|仍|反复)?(?:在)?(?:发烧|烧|发热|高烧|不退)"
)
_FEVER_DAYS_EN = re.compile(
    rf"\b(?:fever|temp\w*|hot|burning|\d\d\.\d|10\d(?:\.\d)?)\b"
    rf".{{0,30}}?\b(?:for|day|since|every day for|past|last|on day)\s+{E}(?: (?:days|evenings|nights)|\b)"
    rf"|\b(?:day|{E} days?)\s*(?:number )?{E}?\s*(?:of|with|running|straight)?"
    r"\s*(?:a |the )?(?:fever|temp\w*|high temp|burning|10\d|39|40|38)"
    rf"|\b{E} days? of (?:fever|temp)",
    re.I,
)
_DRY_ZH = re.compile(
    rf"{N}\s*(?:多|来|几)?个?(?:多|来)?(?:小时|钟头|钟).{{0,8}}?(?:没|无|未|不)(?:有)?(?:换|湿|尿|小便|撒尿|嘘嘘)|(?:没|无|不)(?:有)?(?:尿|小便|撒尿|嘘嘘).{{0,6}}?{N}\s*(?:多|来)?个?(?:多)?(?:小时|钟头)"
    rf"|(?:尿布|尿不湿|纸尿裤|尿片).{{0,10}}?干.{{0,6}}?{N}\s*个?(?:小时|钟头)|{N}\s*(?:多|来)?个(?:多|来)?(?:小时|钟头)(?:尿布|尿不湿|尿片|纸尿裤).{{0,4}}干"
)
_DRY_WHOLE_ZH = re.compile(
    r"(?:一整天|一天|整天|一晚上|一宿|一夜|从昨晚|从早上|今天|早上到现在|昨晚到现在).{0,12}(?:没有?尿|没撒尿|没小便|没嘘嘘|尿布.{0,4}干|尿不湿.{0,4}干|一泡尿(?:都|也)没)"
)
_DRY_EN = re.compile(
    rf"(?:no (?:wet|pee|wee|urine|nappy|diaper)\w*|(?:nappy|diaper|nappies|diapers)\b.{{0,12}}\bdry"
    r"|hasn'?t (?:peed|weed|wet|wee'?d|urinated|had a wet)|dry (?:nappy|diaper)\w*|not (?:peed|weed|wet))"
    rf".{{0,30}}?\b{E}\s*(?:\+ )?(?:hours?|hrs?|h)\b"
    rf"|\b{E}\s*(?:hours?|hrs?|h)\b.{{0,25}}?(?:no (?:wet|pee|wee|urine)|without (?:a )?(?:wet|pee|wee)"
    r"|dry (?:nappy|diaper)|since (?:the |her |his )?last (?:wet|pee|wee))",
    re.I,
)
_DRY_WHOLE_EN = re.compile(
    r"(?:no (?:wet (?:nappy|nappies|diaper|diapers)|pee|wee|urine)|hasn'?t (?:peed|weed|wee'?d|urinated)"
    r"|(?:nappy|diaper|nappies|diapers)\b.{0,10}\bdry)"
    r".{0,16}(?:all day|since (?:last night|yesterday|(?:this )?morning|breakfast|bedtime|midnight)|today|overnight)",
    re.I,
)
_BREATHS = re.compile(
    rf"(?:一分钟|每分钟|1分钟|分钟).{{0,10}}?{N}\s*(?:次|下|多)|(?:呼吸|喘).{{0,8}}?{N}\s*(?:次|下)"
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
            found.append((number(match[3]) or 0) + _tenth(match[4]))
    found += [float(m[1]) + float(m[2] or 0) / 10 if m[1] else float(m[3]) for m in _C.finditer(text)]
    found += [float(m[1]) for m in _FEVER_OF.finditer(text)]
    for match in _F.finditer(text):
        if match[2] or "f" in match[0].lower() or _near_fever(text, match):
            found.append((float(match[1]) + float(match[2] or 0) / 10 - 32) / 1.8)
    for match in _C_WORDS.finditer(text):
        found.append(tens(match[1]) + (NUMBER_WORDS.get((match[2] or "").lower(), 0) / 10))
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
    values = [number(g) for p in (_FEVER_DAYS_ZH, _FEVER_DAYS_EN) for m in p.finditer(text) for g in m.groups() if g]
    days = [v for v in values if v is not None and 1 <= v <= 30]
    return max(days) if days else None


def _dry_hours(text: str) -> float | None:
    if _DRY_WHOLE_ZH.search(text) or _DRY_WHOLE_EN.search(text):
        return 12.0
    values = [number(g) for p in (_DRY_ZH, _DRY_EN) for m in p.finditer(text) for g in m.groups() if g]
    hours = [v for v in values if v is not None and 1 <= v <= 48]
    return max(hours) if hours else None


def _breaths(text: str) -> int | None:
    values = [number(g) for m in _BREATHS.finditer(text) for g in m.groups() if g]
    counted = [int(v) for v in values if v is not None and 15 <= v <= 120]
    return max(counted) if counted else None


def _tenth(digit: str | None) -> float:
    if not digit:
        return 0.0
    return {"半": 0.5, "多": 0.1, "几": 0.2}.get(digit, (number(digit) or 0) / 10)
