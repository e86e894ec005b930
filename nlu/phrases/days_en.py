"""Days in English: tmrw, 'next Friday' (two readings), 'Monday week', 'the 30th', 'first Monday in December'."""

from __future__ import annotations

import re
from datetime import date, timedelta

from nlu.phrases.calendar_days import Day, coming, month_ahead, month_span, ordered
from nlu.phrases.numbers import pattern

_EN_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EN_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
RELATIVE = pattern(
    r"\b(?:(?P<d2>(?:the )?day after (?:tomorrow|tmrw|tmr|tmw|tomoz|tomo)|overmorrow)"
    r"|(?P<d1>tomorrows?|tommorr?ow|tomorow|tmrw|tmr|tmw|tmro|tomoz|tomo|2moro|2morrow|2mrw)"
    r"|(?P<d0>today|tonight|2day|this (?:morning|afternoon|arvo|evening|avo))|(?P<pm1>yesterday"
    r"|last night|yday))(?:'s)?\b"
)
_WEEKDAY_EN = (
    r"(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:s|nesday|nes)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?"
    r"|sat(?:urday)?|sun(?:day)?)"
)
WEEKDAY = pattern(
    rf"\b(?P<lead>(?:a|one) week (?:on |from )|(?:a )?fortnight (?:on |from )|two weeks (?:on |from ))?"
    rf"(?P<rel>next|this coming|this|the coming|coming|last|every|each)? ?\b(?P<wd>{_WEEKDAY_EN})s?(?:'s)?\b"
    r"(?P<week> (?:week|fortnight)(?!s|end)\b)?(?!(?:cream|screen|burn| cream| screen| light| exposure"
    r"| hat| up\b| in the sun))"
)
SPAN = pattern(
    r"\b(?P<rel>next|this|the) (?P<unit>weekend|week|month|wkend|weekends)(?P<after> after next)?\b(?!'s check| old)"
)
MONTH_NAME = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may(?! (?:be|have|i|we|he|she|it|not|need|want))|june?|july?"
    r"|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
DAY_MONTH = pattern(
    r"\b(?P<d>3[01]|[12][0-9]|0?[1-9])(?:st|nd|rd|th)?(?: of)? "
    rf"(?P<name>{MONTH_NAME})(?:,? (?P<y>20[0-9]{{2}}))?(?![a-z])"
)
MONTH_DAY = pattern(
    rf"\b(?P<name>{MONTH_NAME}) (?:the )?(?P<d>3[01]|[12][0-9]|0?[1-9])(?:st|nd|rd|th)?\b(?![:.][0-9]|[ap]m"
    rf"| ?[ap]m)(?:,? (?P<y>20[0-9]{{2}}))?"
)
DAY_OF_MONTH = pattern(
    r"\b(?:the )?(?P<d>3[01](?:st|th)|2(?:1st|2nd|3rd|[04-9]th)|1[0-9]th|1st|2nd|3rd"
    r"|[4-9]th)(?: of (?P<rel>this|next) month| (?P<rel2>next) month)?\b"
    r"(?! (?:time|floor|centile|percentile|birthday|one|child|day|night|week|month|dose|jab|bottle|tooth))"
)
NTH_WEEKDAY = pattern(
    rf"\b(?P<nth>first|second|third|fourth|last|1st|2nd|3rd|4th) (?P<wd>{_WEEKDAY_EN}) (?:in"
    rf"|of) (?:(?P<name>{MONTH_NAME})|(?P<rel>next|this|the) month)(?![a-z])"
)


def month_index(name: str) -> int:
    return _EN_MONTHS.index(name[:3]) + 1


def weekday(match: re.Match[str], today: date) -> Day | None:
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


def span(match: re.Match[str], today: date) -> Day:
    ahead = (1 if match["rel"] == "next" else 0) + (1 if match["after"] else 0)
    if match["rel"] == "the" and match["after"]:
        ahead = 2
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=ahead)
    if match["unit"].startswith(("weekend", "wkend")):
        return Day(monday + timedelta(days=5), *match.span(), others=(monday + timedelta(days=6),))
    if match["unit"] == "month":
        return Day(*ordered(month_span(month_ahead(today, ahead)), match))
    return Day(monday, *match.span(), last=monday + timedelta(days=6))


def nth_weekday(match: re.Match[str], today: date) -> Day | None:
    if match["name"]:
        first = coming(month_index(match["name"]), 28, today)
        if first is None:
            return None
        first = first.replace(day=1)
    else:
        first = month_ahead(today, 1 if match["rel"] == "next" else 0)
    index = _EN_DAYS.index(match["wd"][:3])
    day = first + timedelta(days=(index - first.weekday()) % 7)
    if match["nth"] == "last":
        last = month_span(first)[1]
        return Day(last - timedelta(days=(last.weekday() - index) % 7), *match.span())
    nth = (
        {"first": 0, "second": 1, "third": 2, "fourth": 3}.get(match["nth"])
        if not match["nth"][0].isdigit()
        else int(match["nth"][0]) - 1
    )
    return Day(day + timedelta(weeks=nth or 0), *match.span())


def named(match: re.Match[str], today: date) -> Day | None:
    found = coming(month_index(match["name"]), int(match["d"]), today, match["y"])
    return Day(found, *match.span()) if found else None
