"""Which day: 大后天, 下周三, 二十号, tmrw, 'next Friday' (two readings), 'Monday week', 'the 30th', 26/11."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bot.core.language import Language
from nlu.phrases.numbers import CHINESE, ENGLISH, number

STALE_AFTER = 60  # days: a date without a year that passed longer ago than this means next year's


@dataclass(frozen=True, slots=True)
class Day:
    """A day (or `day`..`last`) as said. `others` are further readings; `day` None: named but not determined (月底)."""

    day: date | None
    start: int
    end: int
    last: date | None = None
    others: tuple[date, ...] = ()
    past: bool = False  # a day that the words themselves put into the past: yesterday, 上周三
    weekday: bool = False  # a bare weekday: today's own name may mean today or in a week


_WD = (
    {c: i for i, c in enumerate("一二三四五六")}
    | {"日": 6, "天": 6, "末": 5}
    | {str(i + 1): i for i in range(6)}
    | {"7": 6}
)
_EN_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EN_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_RELATIVE_ZH = re.compile(
    r"(?P<d3>大后[天日儿]个?)|(?P<d2>后[天日儿]个?|(?<![今以之然最背])后(?=[早晚]上?))|(?P<d1>明[天日儿]个?|明(?=[早晚上下])|明朝|听日|聽日)"
    r"|(?P<d0>今[天日儿]个?|今(?=[早晚夜])|今朝|当天)|(?P<pm1>昨[天日儿]?个?(?=[晚夜早]?)|寻日)|(?P<pm2>前[天日儿]个?)"
)
_RELATIVE_EN = re.compile(
    r"\b(?:(?P<d2>(?:the )?day after (?:tomorrow|tmrw|tmr|tmw|tomoz|tomo)|overmorrow)"
    r"|(?P<d1>tomorrows?|tommorr?ow|tomorow|tmrw|tmr|tmw|tmro|tomoz|tomo|2moro|2morrow|2mrw)"
    r"|(?P<d0>today|tonight|2day|this (?:morning|afternoon|arvo|evening|avo))|(?P<pm1>yesterday"
    r"|last night|yday))(?:'s)?\b"
)
_WEEK_ZH = re.compile(
    r"(?P<rel>(?:下下|下|这|本|上上|上)(?:一|个)?个?)?(?:周|星期|礼拜)(?P<wd>[一二三四五六日天末]|[1-7](?![0-9天个小]))"
    r"(?:(?:到|至|-|~)(?:(?:周|星期|礼拜)?(?P<to>[一二三四五六日天]))(?![点时个]))?"
)
_SPAN_ZH = re.compile(
    r"(?P<rel>下下|下|这|本)(?:一|个)?个?(?P<unit>周|星期|礼拜|月)(?![一二三四五六日天末0-9底初])(?!(?:十|廿|卅)[号日])"
)
_WEEKDAY_EN = (
    r"(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:s|nesday|nes)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?"
    r"|sat(?:urday)?|sun(?:day)?)"
)
_WEEK_EN = re.compile(
    rf"\b(?P<lead>(?:a|one) week (?:on |from )|(?:a )?fortnight (?:on |from )|two weeks (?:on |from ))?"
    rf"(?P<rel>next|this coming|this|the coming|coming|last|every|each)? ?\b(?P<wd>{_WEEKDAY_EN})s?(?:'s)?\b"
    r"(?P<week> (?:week|fortnight)(?!s|end)\b)?(?!(?:cream|screen|burn| cream| screen| light| exposure"
    r"| hat| up\b| in the sun))"
)
_SPAN_EN = re.compile(
    r"\b(?P<rel>next|this|the) (?P<unit>weekend|week|month|wkend|weekends)(?P<after> after next)?\b(?!'s check| old)"
)
_AWAY = re.compile(
    rf"(?:(?P<n>(?<![0-9.])[0-9]{{1,2}}|{CHINESE})(?P<half>个半)?个?(?P<u>天|周|星期|礼拜|月)(?:以后|之后|后(?![面来天])))"
    rf"|\b(?:in (?P<en>a|[0-9]{{1,2}}|{ENGLISH}) (?P<eu>days?|weeks?|wks?|fortnight)(?:'s| time)*\b(?! old))"
    rf"|\b(?P<fn>a|[0-9]{{1,2}}|{ENGLISH}) (?P<fu>days?|weeks?|fortnight) (?:from "
    rf"|after )?(?P<from>today|now|tomorrow|tmrw)\b"
    r"|\b(?P<bare>fortnight|week) (?P<btoday>today|tomorrow)\b|\b(?P<tw>tomorrow|today) (?P<twu>week|fortnight)\b"
)
_MD_ZH = re.compile(
    r"(?:(?P<y>20[0-9]{2})年)?(?P<m>(?<![0-9])(?:1[0-2]|0?[1-9])|(?<![一二三四五六七八九十个])(?:十[一二]?|[一二三四五六七八九]))月份?"
    r"(?P<d>(?:3[01]|[12][0-9]|0?[1-9])(?![0-9])|[初]?[一二三四五六七八九十廿卅]{1,3})[日号]?"
    r"(?:(?:到|至|-|~)(?P<to>[0-9]{1,2}|[一二三四五六七八九十廿卅]{1,3})[日号])?"
)
_DAY_ZH = re.compile(
    r"(?P<rel>下下个?月|下个?月|这个?月|本月)?的?(?<![0-9.:第])(?P<d>3[01]|[12][0-9]|0?[1-9]|[一二三四五六七八九十廿卅]{1,3})[号日]"
    r"(?!线|楼|门|店|桌|院|奶|馆|床|机|房|子|常|夜|托)"
)
_ISO = re.compile(r"(?<![0-9])(?P<y>20[0-9]{2})[-/.](?P<m>1[0-2]|0?[1-9])[-/.](?P<d>3[01]|[12][0-9]|0?[1-9])(?![0-9])")
_SLASH = re.compile(
    r"(?<![0-9./-])(?P<a>[0-3]?[0-9])/(?P<b>[0-3]?[0-9])(?:/(?P<y>(?:20)?[0-9]{2}))?(?![0-9/])(?! ?(?:wk"
    r"|week|month|mo\b|m\b|kg|cup))"
)
_NAME = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?"
_DN_EN = re.compile(
    rf"\b(?P<d>3[01]|[12][0-9]|0?[1-9])(?:st|nd|rd|th)?(?: of)? (?P<name>{_NAME})(?:,? (?P<y>20[0-9]{{2}}))?(?![a-z])"
)
_ND_EN = re.compile(
    rf"\b(?P<name>{_NAME}) (?:the )?(?P<d>3[01]|[12][0-9]|0?[1-9])(?:st|nd|rd|th)?\b(?![:.][0-9]|[ap]m"
    rf"| ?[ap]m)(?:,? (?P<y>20[0-9]{{2}}))?"
)
_TH_EN = re.compile(
    r"\b(?:the )?(?P<d>3[01](?:st|th)|2(?:1st|2nd|3rd|[04-9]th)|1[0-9]th|1st|2nd|3rd"
    r"|[4-9]th)(?: of (?P<rel>this|next) month| (?P<rel2>next) month)?\b"
    r"(?! (?:time|floor|centile|percentile|birthday|one|child|day|night|week|month|dose|jab|bottle|tooth))"
)
_NTH_EN = re.compile(
    rf"\b(?P<nth>first|second|third|fourth|last|1st|2nd|3rd|4th) (?P<wd>{_WEEKDAY_EN}) (?:in"
    rf"|of) (?:(?P<name>{_NAME})|(?P<rel>next|this|the) month)(?![a-z])"
)
_IN_MONTH = re.compile(
    rf"\b(?:in|all|for|during|this|next) (?P<name>{_NAME})(?![a-z])(?! [0-9])"
    rf"|(?<![0-9一二三四五六七八九十个])(?P<m>1[0-2]|[1-9]|十[一二]?|[二三四五六七八九])月份"
)
_VAGUE = re.compile(
    r"月底|月初|月中|[上中下]旬|年底|年初|过年|春节|中秋|端午|清明|(?:阴历|农历"
    r"|旧历)(?:[一二三四五六七八九十冬腊正]+月)?(?:初?[一二三四五六七八九十廿]+)?"
    r"|正月(?:初?[一二三四五六七八九十]+)?|腊月(?:[一二三四五六七八九十廿]+)?|\b(?:end|start|middle"
    r"|beginning) of (?:the|next|this) (?:month|week)\b|\bsome ?(?:time|day)\b"
)
_LAST = re.compile(r"上个?(?:月|周|星期|礼拜)(?![一二三四五六日天])|\blast (?:week|month|year)\b|去年")


def _month_index(name: str) -> int:
    return _EN_MONTHS.index(name[:3]) + 1


def _safe(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _coming(month: int, day: int, today: date, year: str | None = None) -> date | None:
    """The date this year; next year's when it passed long ago (STALE_AFTER)."""
    if year:
        return _safe(int(year) + (2000 if len(year) == 2 else 0), month, day)
    this_year = _safe(today.year, month, day)
    if this_year and (today - this_year).days > STALE_AFTER:
        return _safe(today.year + 1, month, day)
    return this_year


def _add_month(today: date, months: int) -> date:
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    return date(year, month + 1, 1)


def _month_span(first: date) -> tuple[date, date]:
    return first, _add_month(first, 1) - timedelta(days=1)


def _day_of_month(day: int, today: date, rel: str | None) -> date | None:
    if rel:
        ahead = 2 if rel.startswith("下下") else 1 if rel.startswith(("下", "next")) else 0
        first = _add_month(today, ahead)
        return _safe(first.year, first.month, day)
    for ahead in range(12):
        first = _add_month(today, ahead)
        found = _safe(first.year, first.month, day)
        if found and found >= today:
            return found
    return None


def _relative(match: re.Match[str], today: date) -> Day:
    name = match.lastgroup or "d0"
    days = -int(name[2]) if name.startswith("pm") else int(name[1])
    return Day(today + timedelta(days=days), *match.span(), past=days < 0)


def _week_zh(match: re.Match[str], today: date) -> Day | None:
    monday = today - timedelta(days=today.weekday())
    rel = match["rel"] or ""
    index = _WD[match["wd"]]
    weeks = -2 if rel.startswith("上上") else -1 if rel.startswith("上") else rel.count("下")
    bare = not rel
    day = monday + timedelta(days=index, weeks=weeks)
    if bare and day < today:
        day += timedelta(weeks=1)
    if match["wd"] == "末":
        if bare and day < today:
            day += timedelta(weeks=1)
        return Day(day, *match.span(), others=(day + timedelta(days=1),), past=weeks < 0)
    last = None
    if match["to"]:
        last = day + timedelta(days=(_WD[match["to"]] - index) % 7)
    return Day(day, *match.span(), last=last, past=weeks < 0, weekday=bare)


def _span_zh(match: re.Match[str], today: date) -> Day:
    ahead = match["rel"].count("下")
    if match["unit"] == "月":
        return Day(*_order(_month_span(_add_month(today, ahead)), match))
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=ahead)
    return Day(monday, *match.span(), last=monday + timedelta(days=6))


def _order(span: tuple[date, date], match: re.Match[str]) -> tuple[date, int, int, date]:
    return span[0], match.start(), match.end(), span[1]


def _week_en(match: re.Match[str], today: date) -> Day | None:
    said = match["wd"]
    if said in ("sat", "sun", "mon", "wed", "fri") and not match["rel"] and not match["lead"]:
        after = match.string[match.end() : match.end() + 6]
        if said in ("sat", "sun") and re.match(r"\s?(?:up|down|on|in|wit|ther|still|is|set|and h)", after):
            return None
    index = _EN_DAYS.index(said[:3])
    rel = match["rel"] or ""
    coming = today + timedelta(days=(index - today.weekday()) % 7)
    if rel == "last":
        return Day(today - timedelta(days=(today.weekday() - index - 1) % 7 + 1), *match.span(), past=True)
    if lead := match["lead"]:
        coming += timedelta(weeks=2 if "fortnight" in lead or "two" in lead else 1)
        return Day(coming, *match.span())
    if match["week"]:
        return Day(coming + timedelta(weeks=2 if "fortnight" in match["week"] else 1), *match.span())
    if rel == "next":
        coming += timedelta(weeks=1 if coming == today else 0)
        following = today - timedelta(days=today.weekday()) + timedelta(weeks=1, days=index)
        return Day(coming, *match.span(), others=(following,) if following != coming else ())
    return Day(coming, *match.span(), weekday=not rel or rel in ("every", "each"))


def _span_en(match: re.Match[str], today: date) -> Day:
    ahead = (1 if match["rel"] == "next" else 0) + (1 if match["after"] else 0)
    if match["rel"] == "the" and match["after"]:
        ahead = 2
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=ahead)
    if match["unit"].startswith(("weekend", "wkend")):
        return Day(monday + timedelta(days=5), *match.span(), others=(monday + timedelta(days=6),))
    if match["unit"] == "month":
        return Day(*_order(_month_span(_add_month(today, ahead)), match))
    return Day(monday, *match.span(), last=monday + timedelta(days=6))


def _away(match: re.Match[str], today: date) -> Day | None:
    found = match.groupdict()
    base = today
    if found["n"]:
        count, unit = number(found["n"]), found["u"]
        if unit == "月":
            first = _add_month(today, int(count))
            return Day(_safe(first.year, first.month, min(today.day, 28)), *match.span())
        per = {"天": 1, "周": 7, "星期": 7, "礼拜": 7}[unit]
    elif found["en"] or found["fn"]:
        count, unit = number(found["en"] or found["fn"]), found["eu"] or found["fu"]
        per = 1 if unit[0] == "d" else 14 if unit[0] == "f" else 7
        base += timedelta(days=1 if found["from"] in ("tomorrow", "tmrw") else 0)
    else:
        count, per = 1, 14 if "fortnight" in (found["bare"] or found["twu"] or "") else 7
        base += timedelta(days=1 if "tomorrow" in (found["btoday"] or found["tw"] or "") else 0)
    return Day(base + timedelta(days=count * per), *match.span())


def _month_day_zh(match: re.Match[str], today: date) -> Day | None:
    month, day = int(number(match["m"])), match["d"]
    if day.startswith("初"):
        return Day(None, *match.span())
    found = _coming(month, int(number(day)), today, match["y"])
    last = _safe(found.year, found.month, int(number(match["to"]))) if found and match["to"] else None
    return Day(found, *match.span(), last=last) if found else None


def _slash(match: re.Match[str], today: date, language: Language) -> Day | None:
    a, b, year = int(match["a"]), int(match["b"]), match["y"]
    month_first = _coming(a, b, today, year) if 1 <= a <= 12 else None
    day_first = _coming(b, a, today, year) if 1 <= b <= 12 else None
    if month_first and day_first and month_first != day_first and language is Language.EN:
        first, second = sorted((month_first, day_first))
        return Day(first, *match.span(), others=(second,))
    found = month_first or day_first
    return Day(found, *match.span()) if found else None


def _nth_weekday(match: re.Match[str], today: date) -> Day | None:
    if match["name"]:
        first = _coming(_month_index(match["name"]), 28, today)
        if first is None:
            return None
        first = first.replace(day=1)
    else:
        first = _add_month(today, 1 if match["rel"] == "next" else 0)
    index = _EN_DAYS.index(match["wd"][:3])
    day = first + timedelta(days=(index - first.weekday()) % 7)
    if match["nth"] == "last":
        last = _month_span(first)[1]
        return Day(last - timedelta(days=(last.weekday() - index) % 7), *match.span())
    nth = (
        {"first": 0, "second": 1, "third": 2, "fourth": 3}.get(match["nth"])
        if not match["nth"][0].isdigit()
        else int(match["nth"][0]) - 1
    )
    return Day(day + timedelta(weeks=nth or 0), *match.span())


def _in_month(match: re.Match[str], today: date) -> Day | None:
    month = _month_index(match["name"]) if match["name"] else int(number(match["m"]))
    year = today.year + (1 if month < today.month else 0)
    return Day(*_order(_month_span(date(year, month, 1)), match))


def _named(match: re.Match[str], today: date) -> Day | None:
    found = _coming(_month_index(match["name"]), int(match["d"]), today, match["y"])
    return Day(found, *match.span()) if found else None


def _plain(found: date | None, match: re.Match[str]) -> Day | None:
    return Day(found, *match.span()) if found else None


def days(text: str, today: date, language: Language) -> list[Day]:
    """Every day named in a cleaned text, in order; the most specific form wins where forms overlap."""
    readers: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Day | None]], ...] = (
        (_VAGUE, lambda m: Day(None, *m.span())),
        (_ISO, lambda m: _plain(_safe(int(m["y"]), int(m["m"]), int(m["d"])), m)),
        (_MD_ZH, lambda m: _month_day_zh(m, today)),
        (_NTH_EN, lambda m: _nth_weekday(m, today)),
        (_DN_EN, lambda m: _named(m, today)),
        (_ND_EN, lambda m: _named(m, today)),
        (_AWAY, lambda m: _away(m, today)),
        (_RELATIVE_ZH, lambda m: _relative(m, today)),
        (_RELATIVE_EN, lambda m: _relative(m, today)),
        (_WEEK_ZH, lambda m: _week_zh(m, today)),
        (_WEEK_EN, lambda m: _week_en(m, today)),
        (_DAY_ZH, lambda m: _plain(_day_of_month(int(number(m["d"])), today, m["rel"]), m)),
        (_TH_EN, lambda m: _plain(_day_of_month(int(m["d"][:-2]), today, m["rel"] or m["rel2"]), m)),
        (_SLASH, lambda m: _slash(m, today, language)),
        (_IN_MONTH, lambda m: _in_month(m, today)),
        (_SPAN_ZH, lambda m: _span_zh(m, today)),
        (_SPAN_EN, lambda m: _span_en(m, today)),
        (_LAST, lambda m: Day(None, *m.span(), past=True)),
    )
    taken = bytearray(len(text))
    return sorted(_first_wins(text, readers, taken), key=lambda day: day.start)


def _first_wins(
    text: str, readers: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Day | None]], ...], taken: bytearray
) -> Iterator[Day]:
    for pattern, read in readers:
        for match in pattern.finditer(text):
            if any(taken[match.start() : match.end()]):
                continue
            if day := read(match):
                taken[match.start() : match.end()] = b"\x01" * (match.end() - match.start())
                yield day
