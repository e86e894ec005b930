"""Days in Chinese: 大后天, 下周三, 下下周一, 二十号, 下个月6号, 12月3号."""

from __future__ import annotations

import re
from datetime import date, timedelta

from nlu.phrases.calendar_days import Day, coming, month_ahead, month_span, ordered, valid
from nlu.phrases.numbers import number

_WD = (
    {c: i for i, c in enumerate("一二三四五六")}
    | {"日": 6, "天": 6, "末": 5}
    | {str(i + 1): i for i in range(6)}
    | {"7": 6}
)
RELATIVE = re.compile(
    r"(?P<d3>大后[天日儿]个?)|(?P<d2>后[天日儿]个?|(?<![今以之然最背])后(?=[早晚]上?))|(?P<d1>[明名铭][天]个?|明[日儿夭]个?|明(?=[早晚上下])|明朝|听日|聽日)"
    r"|(?P<d0>今[天日儿]个?|今(?=[早晚夜])|今朝|当天)|(?P<pm1>昨[天日儿]?个?(?=[晚夜早]?)|寻日)|(?P<pm2>前[天日儿]个?)"
)
WEEKDAY = re.compile(
    r"(?P<rel>(?:下下|下|这|本|上上|上)(?:一|个)?个?)?(?:周|星期|礼拜)(?P<wd>[一二三四五六日天末]|[1-7](?![0-9天个小]))"
    r"(?P<also>[二三四五六日](?=[都,.;!?\s上下早晚全]|两天|$))?"
    r"(?:(?:到|至|-|~)(?:(?:周|星期|礼拜)?(?P<to>[一二三四五六日天]))(?![点时个]))?"
)
SPAN = re.compile(
    r"(?P<rel>下下|下|这|本)(?:一|个)?个?(?P<unit>周|星期|礼拜|月)(?![一二三四五六日天末0-9底初])(?!(?:十|廿|卅)[号日])"
)
MONTH_DAY = re.compile(
    r"(?:(?P<y>20[0-9]{2})年)?(?P<m>(?<![0-9])(?:1[0-2]|0?[1-9])|(?<![一二三四五六七八九十个])(?:十[一二]?|[一二三四五六七八九]))月份?"
    r"(?P<d>(?:3[01]|[12][0-9]|0?[1-9])(?![0-9])|[初]?[一二三四五六七八九十廿卅]{1,3})[日号]?"
    r"(?:(?:到|至|-|~)(?P<to>[0-9]{1,2}|[一二三四五六七八九十廿卅]{1,3})[日号])?"
)
DAY_OF_MONTH = re.compile(
    r"(?P<rel>下下个?月|下个?月|这个?月|本月)?的?(?<![0-9.:第])(?P<d>3[01]|[12][0-9]|0?[1-9]|[一二三四五六七八九十廿卅]{1,3})[号日]"
    r"(?!线|楼|门|店|桌|院|奶|馆|床|机|房|子|常|夜|托)"
)


def relative(match: re.Match[str], today: date) -> Day:
    name = match.lastgroup or "d0"
    days = -int(name[2]) if name.startswith("pm") else int(name[1])
    return Day(today + timedelta(days=days), *match.span(), past=days < 0)


def weekday(match: re.Match[str], today: date) -> Day | None:
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
    if match["also"]:  # 周三四: two days; not neighbours: asked about
        other = day + timedelta(days=(_WD[match["also"]] - index) % 7)
        if other - day != timedelta(days=1):
            return Day(day, *match.span(), others=(other,), past=weeks < 0)
        last = other
    if match["to"]:
        last = day + timedelta(days=(_WD[match["to"]] - index) % 7)
    return Day(day, *match.span(), last=last, past=weeks < 0, weekday=bare)


def span(match: re.Match[str], today: date) -> Day:
    ahead = match["rel"].count("下")
    if match["unit"] == "月":
        return Day(*ordered(month_span(month_ahead(today, ahead)), match))
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=ahead)
    return Day(monday, *match.span(), last=monday + timedelta(days=6))


def month_day(match: re.Match[str], today: date) -> Day | None:
    month, day = int(number(match["m"])), match["d"]
    if day.startswith("初"):
        return Day(None, *match.span())
    found = coming(month, int(number(day)), today, match["y"])
    last = valid(found.year, found.month, int(number(match["to"]))) if found and match["to"] else None
    return Day(found, *match.span(), last=last) if found else None
