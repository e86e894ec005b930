"""Every day named in a message: Chinese and English forms, numeric dates, whole weeks and months."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from bot.core.language import Language
from nlu.phrases import days_en, days_zh
from nlu.phrases.calendar_days import Day, coming, day_of_month, month_ahead, month_span, ordered, plain, valid
from nlu.phrases.numbers import CHINESE, ENGLISH, number, pattern

_AWAY = pattern(
    rf"(?:(?P<n>(?<![0-9.])[0-9]{{1,3}}|{CHINESE})(?P<half>个半)?个?(?P<u>天|周|星期|礼拜|月)(?:以后|之后|后(?![面来天])))"
    rf"|\b(?:in (?P<en>a|[0-9]{{1,3}}|{ENGLISH}) (?P<eu>days?|weeks?|wks?|fortnight)(?:'s| time)*\b(?! old))"
    rf"|\b(?P<fn>a|[0-9]{{1,3}}|{ENGLISH}) (?P<fu>days?|weeks?|fortnight) (?:from "
    rf"|after )?(?P<from>today|now|tomorrow|tmrw)\b"
    r"|\b(?P<bare>fortnight|week) (?P<btoday>today|tomorrow)\b|\b(?P<tw>tomorrow|today) (?P<twu>week|fortnight)\b"
)
_ISO = re.compile(r"(?<![0-9])(?P<y>20[0-9]{2})[-/.](?P<m>1[0-2]|0?[1-9])[-/.](?P<d>3[01]|[12][0-9]|0?[1-9])(?![0-9])")
_SLASH = pattern(
    r"(?<![0-9./-])(?P<a>[0-3]?[0-9])/(?P<b>[0-3]?[0-9])(?:/(?P<y>(?:20)?[0-9]{2}))?(?![0-9/])(?! ?(?:wk"
    r"|week|month|mo\b|m\b|kg|cup))"
)
_IN_MONTH = pattern(
    rf"\b(?:in|all|for|during|this|next) (?P<name>{days_en.MONTH_NAME})(?![a-z])(?! [0-9])"
    rf"|(?<![0-9一二三四五六七八九十个])(?P<m>1[0-2]|[1-9]|十[一二]?|[二三四五六七八九])月份"
)
_VAGUE = pattern(
    r"\bthe day after\b(?! (?:tomorrow|tmrw|tmr|tmw|tomo|tomoz))|"
    r"月底|月初|月中|[上中下]旬|年底|年初|过年|春节|中秋|端午|清明|(?:阴历|农历"
    r"|旧历)(?:[一二三四五六七八九十冬腊正]+月)?(?:初?[一二三四五六七八九十廿]+)?"
    r"|正月(?:初?[一二三四五六七八九十]+)?|腊月(?:[一二三四五六七八九十廿]+)?|\b(?:end|start|middle"
    r"|beginning) of (?:the|next|this) (?:month|week)\b|\bsome ?(?:time|day)\b"
)
_LAST = pattern(r"上个?(?:月|周|星期|礼拜)(?![一二三四五六日天])|\blast (?:week|month|year)\b|去年")


def _away(match: re.Match[str], today: date) -> Day | None:
    found = match.groupdict()
    base = today
    if found["n"]:
        count, unit = number(found["n"]), found["u"]
        if unit == "月":
            first = month_ahead(today, int(count))
            return Day(valid(first.year, first.month, min(today.day, 28)), *match.span())
        per = {"天": 1, "周": 7, "星期": 7, "礼拜": 7}[unit]
    elif found["en"] or found["fn"]:
        count, unit = number(found["en"] or found["fn"]), found["eu"] or found["fu"]
        per = 1 if unit[0] == "d" else 14 if unit[0] == "f" else 7
        base += timedelta(days=1 if found["from"] in ("tomorrow", "tmrw") else 0)
    else:
        count, per = 1, 14 if "fortnight" in (found["bare"] or found["twu"] or "") else 7
        base += timedelta(days=1 if "tomorrow" in (found["btoday"] or found["tw"] or "") else 0)
    return Day(base + timedelta(days=count * per), *match.span())


def _slash(match: re.Match[str], today: date, language: Language) -> Day | None:
    a, b, year = int(match["a"]), int(match["b"]), match["y"]
    month_first = coming(a, b, today, year) if 1 <= a <= 12 else None
    day_first = coming(b, a, today, year) if 1 <= b <= 12 else None
    if month_first and day_first and month_first != day_first and language is Language.EN:
        first, second = sorted((month_first, day_first))
        return Day(first, *match.span(), others=(second,))
    found = month_first or day_first
    return Day(found, *match.span()) if found else None


def _in_month(match: re.Match[str], today: date) -> Day | None:
    month = days_en.month_index(match["name"]) if match["name"] else int(number(match["m"]))
    year = today.year + (1 if month < today.month else 0)
    return Day(*ordered(month_span(date(year, month, 1)), match))


def days(text: str, today: date, language: Language) -> list[Day]:
    """Every day named in a cleaned text, in order; the most specific form wins where forms overlap."""
    readers: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Day | None]], ...] = (
        (_VAGUE, lambda m: Day(None, *m.span())),
        (_ISO, lambda m: plain(valid(int(m["y"]), int(m["m"]), int(m["d"])), m)),
        (days_zh.MONTH_DAY, lambda m: days_zh.month_day(m, today)),
        (days_en.NTH_WEEKDAY, lambda m: days_en.nth_weekday(m, today)),
        (days_en.DAY_MONTH, lambda m: days_en.named(m, today)),
        (days_en.MONTH_DAY, lambda m: days_en.named(m, today)),
        (_AWAY, lambda m: _away(m, today)),
        (days_zh.RELATIVE, lambda m: days_zh.relative(m, today)),
        (days_en.RELATIVE, lambda m: days_zh.relative(m, today)),
        (days_zh.WEEKDAY, lambda m: days_zh.weekday(m, today)),
        (days_en.WEEKDAY, lambda m: days_en.weekday(m, today)),
        (days_zh.DAY_OF_MONTH, lambda m: plain(day_of_month(int(number(m["d"])), today, m["rel"]), m)),
        (days_en.DAY_OF_MONTH, lambda m: plain(day_of_month(int(m["d"][:-2]), today, m["rel"] or m["rel2"]), m)),
        (_SLASH, lambda m: _slash(m, today, language)),
        (_IN_MONTH, lambda m: _in_month(m, today)),
        (days_zh.SPAN, lambda m: days_zh.span(m, today)),
        (days_en.SPAN, lambda m: days_en.span(m, today)),
        (_LAST, lambda m: Day(None, *m.span(), past=True)),
    )
    taken = bytearray(len(text))
    return sorted(_first_wins(text, readers, taken), key=lambda day: day.start)


def _first_wins(
    text: str, readers: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Day | None]], ...], taken: bytearray
) -> Iterator[Day]:
    for form, read in readers:
        for match in form.finditer(text):
            if any(taken[match.start() : match.end()]):
                continue
            if day := read(match):
                taken[match.start() : match.end()] = b"\x01" * (match.end() - match.start())
                yield day
