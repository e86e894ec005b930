"""The forms of a child's age in English: 6wo, 4m1w, 2y3m, '10-month-old', 'nearly two', 'he's 2.5', 'a year old'."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlu.phrases.age_mention import DAYS_A_MONTH, AgeMention
from nlu.phrases.numbers import ENGLISH, number, pattern

_D = r"(?<![0-9£$€¥/:.])(?<![0-9],(?=[0-9]{3}))[0-9]{1,3}"
_N = rf"(?:{_D}(?:\.[05]|\.25|\.75)?|(?<![a-z]){ENGLISH}(?![a-z]))"
_HALF = r"(?:[ -]and[ -]a[ -](?:half|bit))?"
_OLD = r"(?:[ -]?(?:olds?|of age))?"
_MONTH = r"(?:months?|mnths?|mths?|mons?|mos|mo)"
_WEEK = r"(?:weeks?|wks?)"
_YEAR = r"(?:years?|yrs?|yo)"

_YEARS_MONTHS = re.compile(
    rf"(?P<y>{_N})[ -]?(?:years?|yrs?|y)(?:[ ,]{{0,2}}| and | & )(?P<m>(?<![0-9.])[0-9]{{1,2}}|{ENGLISH})[ -]?"
    rf"(?:{_MONTH}|m)(?![a-z]){_OLD}"
)
_MONTHS_WEEKS = re.compile(
    rf"(?P<m>{_N})[ -]?(?:{_MONTH}|m)(?: ?| and | & |, (?=[0-9] ?w))(?P<x>[0-9]{{1,2}}|{ENGLISH})[ -]?"
    rf"(?P<u>{_WEEK}|w|days?|d)(?![a-z]){_OLD}"
)
_WEEKS_DAYS = re.compile(
    rf"(?P<w>{_N})[ -]?(?:{_WEEK}|w)(?:[ ,]{{0,2}}| and | & )(?P<d>[0-9])[ -]?(?:days?|d)(?![a-z]){_OLD}"
)
# 'year(s)' alone is mostly a stretch of time: it needs 'old', a compact form, or an owner.
_YEARS = pattern(
    rf"(?P<y>{_N}|(?<![a-z])an?(?= year[ -]old)){_HALF}[ -]?"
    rf"(?P<u>{_YEAR}[ -]?old|y/o|y\.o\.?|yo\b|yr[ -]?o\b|years? of age|yrs?\b|years?\b"
    rf"|(?<=[0-9])y\b){_HALF}(?P<old>[ -]old)?"
)
_MONTHS = pattern(
    rf"(?P<m>{_N}|(?<![a-z])a(?= month[ -]old)){_HALF}(?P<gap>[ -]?)(?P<u>{_MONTH}\b|mo?/o\b|moo?\b"
    rf"|m(?= old)|(?<=[0-9])m\b){_HALF}"
    rf"(?P<old>[ -]?(?:olds?|of age))?"
)
_WEEKS = pattern(
    rf"(?P<w>{_N}|(?<![a-z])a(?= week[ -]old)){_HALF}(?P<gap>[ -]?)(?P<u>weekers?|{_WEEK}\b|wko\b|wo\b"
    rf"|(?<=[0-9])w\b){_HALF}"
    rf"(?P<old>[ -]?(?:olds?|of age))?"
)
_HOURS = re.compile(rf"(?P<hours>{_N})[ -]?(?:hours?|hrs?|h)[ -]old")
_DAYS = pattern(rf"(?P<d>{_N})[ -]?(?:days?|do\b|(?<=[0-9])d\b)(?P<old>[ -]?(?:olds?|of age))?|\bday (?P<nth>{_N})\b")
SUBJECT = (
    r"\b(?:he|she|they|baby|lo|ds|dd|child|kid|kiddo|son|daughter|boy|girl|toddler|bub|bubs|bubba|lil one|little one|"
    r"little man|dude|mine|ours|twins|who)"
)
_IS = (
    r"(?:'s|s| is|'ll be| will be| turns| is turning|'re| are| was| just| only| now)*(?: just| only| now"
    r"| already| about| nearly| almost)?"
)
_AFTER_BARE = (
    r"(?=\s*(?:$|[.,;!?:)](?![0-9])|and\b|now\b|but\b|so\b|next\b|tomorrow\b|today\b|yesterday\b|on\b"
    r"|already\b|in [a-z]|this\b|last\b|without\b|with\b|girl|boy))"
)
_BARE = pattern(
    rf"(?:{SUBJECT}{_IS}|\b(?:turned|turning|turns|aged?|age of))(?P<pad> (?:age )?)(?P<y>{_N}){_HALF}{_AFTER_BARE}"
)
_ALMOST = pattern(
    rf"\b(?:nearly|almost|not yet|not quite|going on|coming up (?:to|for|on)|rising"
    rf"|just under) (?P<y>{_N}){_HALF}{_AFTER_BARE}"
)
_ALONE = re.compile(
    r"(?:(?<=[.!?,;]\s)|^)(?P<y>[1-5](?:\.5)?|one|two|three)(?P<next> (?:tomorrow|next (?:week"
    r"|month)))?(?=[.,;!?](?![0-9])|$)"
)
_WORDS = pattern(
    r"(?P<one>\byear and a half(?: old)?)|(?P<half>\bhalf a year old)|(?P<fortnight>\bfortnight old)"
    r"|(?P<year>(?<=\bat )a year(?=$|[.,;!?]))"
    r"|(?P<new>(?:^|(?<=[.!?] ))newborn(?= )|\b(?:my|our|his|her|a|is|the) newborn (?=boy|girl|son"
    r"|daughter|baby|is|has|was|who)"
    r"|\bjust (?:been )?born\b)"
)


def _value(match: re.Match[str], name: str) -> float:
    found = match.groupdict().get(name)
    if not found:
        return 0.0
    half = 0.5 if "and a half" in match[0].replace("-", " ") else 0.0
    return number(found) + half


def raw_ages(text: str) -> Iterator[tuple[str, AgeMention, re.Match[str]]]:
    for kind, form in _FORMS:
        for match in form.finditer(text):
            start = match.start()
            if kind == "ym":
                months = number(match["y"]) * 12 + number(match["m"])
            elif kind == "mw":
                months = number(match["m"]) + number(match["x"]) * (7 if match["u"][0] == "w" else 1) / DAYS_A_MONTH
            elif kind == "wd":
                months = (number(match["w"]) * 7 + number(match["d"])) / DAYS_A_MONTH
            elif kind in ("years", "bare", "almost", "alone"):
                months = _value(match, "y") * 12
                start = match.start("y") if kind != "years" else start
                if kind in ("bare", "alone", "almost") and months > 216:
                    continue
            elif kind == "months":
                months = _value(match, "m")
            elif kind == "weeks":
                months = _value(match, "w") * 7 / DAYS_A_MONTH
            elif kind == "hours":
                months = number(match["hours"]) / 24 / DAYS_A_MONTH
            elif kind == "days":
                months = (_value(match, "d") or _value(match, "nth")) / DAYS_A_MONTH
            else:
                months = {"one": 18.0, "half": 6.0, "year": 12.0, "fortnight": 14 / DAYS_A_MONTH}.get(
                    match.lastgroup or "", 0.0
                )
            yield kind, AgeMention(months, start, match.end(), _precision(kind, match, months)), match


def _precision(kind: str, match: re.Match[str], months: float) -> str:
    if kind in ("years", "bare", "almost", "alone"):
        return "year" if months % 12 == 0 else "month"
    if kind == "mw":
        return "week" if match["u"][0] == "w" else "day"
    return {"wd": "day", "days": "day", "hours": "day", "weeks": "week"}.get(kind, "month")


_FORMS = (
    ("ym", _YEARS_MONTHS),
    ("mw", _MONTHS_WEEKS),
    ("wd", _WEEKS_DAYS),
    ("words", _WORDS),
    ("years", _YEARS),
    ("months", _MONTHS),
    ("weeks", _WEEKS),
    ("hours", _HOURS),
    ("days", _DAYS),
    ("bare", _BARE),
    ("almost", _ALMOST),
    ("alone", _ALONE),
)
