"""Repeating times as RRULE text (RFC 5545): 每天早上九点, every 8 hours, every Friday, 每周一三五."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, tzinfo

from nlu.phrases.numbers import CHINESE, ENGLISH, number, pattern

_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_ZH_DAYS = {c: _CODES[i] for i, c in enumerate("一二三四五六")} | {"日": "SU", "天": "SU"}
_EN_DAY = r"(?:mon(?!th)|tue|wed|thu|fri|sat|sun)[a-z]*"

_EVERY_N = pattern(
    rf"每(?:隔|过)?(?P<n>[0-9]{{1,2}}|{CHINESE})个?(?P<u>小时|钟头|天|周|星期|礼拜|月)"
    rf"|\bevery (?P<en>[0-9]{{1,2}}|{ENGLISH}|other|second) (?P<eu>hours?|hrs?|days?|weeks?|months?)\b"
)
_WEEKLY = pattern(
    r"每个?(?:周|星期|礼拜)(?P<zh>[一二三四五六日天](?:[,和跟、]?(?:周|星期|礼拜)?[一二三四五六日天]){0,6})?"
    rf"|\b(?:every|each) (?P<en>{_EN_DAY}(?:(?:,| and|, and|&| &)? {_EN_DAY}){{0,6}})\b|\bevery week\b|\bweekly\b"
)
_PLURAL = pattern(r"\b(?:on )?(?P<en>(?:mon|tues|wednes|thurs|fri|satur|sun)days)\b")
_WEEKDAYS = pattern(
    r"每个?工作日|(?:工作日|(?:周|星期|礼拜)一(?:到|至|-)(?:周|星期|礼拜)?五)(?=[^,。]{0,12}提醒)"
    r"|\b(?:every|each) weekday\b|\b(?:on|all) weekdays\b|\bremind me weekdays\b"
)
_DAILY = pattern(r"每[天日晚早]|天天|\b(?:every|each) (?:day|morning|evening|night|afternoon)\b|\bdaily\b|\beveryday\b")
_MONTHLY = pattern(
    rf"每个?月(?:的)?(?:(?P<d>[0-9]{{1,2}}|{CHINESE})[号日])?"
    r"|\b(?:(?:every|each) month|monthly)\b(?:(?: on)?(?: the)? (?P<ed>[0-9]{1,2})(?:st|nd|rd|th)\b)?"
)
_UNTIL = pattern(r"\b(?:till|until|til)\s*$|(?:直?到|至)$")


def _codes(text: str) -> str:
    chinese = [_ZH_DAYS[c] for c in text if c in _ZH_DAYS]
    english = [
        _CODES[("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(d[:3])] for d in re.findall(_EN_DAY, text)
    ]
    return ",".join(sorted(set(chinese or english), key=_CODES.index))


def repeat_of(text: str) -> tuple[str, int, int] | None:
    """The rule without its end, and where it stands in a cleaned text."""
    if match := _EVERY_N.search(text):
        said = match["n"] or match["en"]
        count = 2 if said in ("other", "second") else int(number(said))
        unit = match["u"] or match["eu"]
        freq = (
            "HOURLY"
            if unit[0] in "小钟h"
            else "DAILY"
            if unit[0] in "天d"
            else "MONTHLY"
            if unit[0] in "月m"
            else "WEEKLY"
        )
        return f"FREQ={freq};INTERVAL={count}" if count > 1 else f"FREQ={freq}", *match.span()
    if match := _WEEKDAYS.search(text):
        return "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", *match.span()
    if match := _WEEKLY.search(text) or _PLURAL.search(text):
        codes = _codes(match.groupdict().get("zh") or match["en"] or "")
        return "FREQ=WEEKLY" + (f";BYDAY={codes}" if codes else ""), *match.span()
    if match := _DAILY.search(text):
        return "FREQ=DAILY", *match.span()
    if match := _MONTHLY.search(text):
        said = match["d"] or match["ed"]
        day = int(number(said)) if said else 0
        return "FREQ=MONTHLY" + (f";BYMONTHDAY={day}" if 1 <= day <= 31 else ""), *match.span()
    return None


def until(day: date, zone: tzinfo | None) -> str:
    """The UNTIL part of a rule: the end of a local day, in UTC as the standard wants it."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=zone).astimezone(UTC).strftime(";UNTIL=%Y%m%dT%H%M%SZ")


def ends_on(text: str, day_start: int) -> bool:
    """Whether the day named at `day_start` is the end of a repetition ('every 8 hours till friday')."""
    return _UNTIL.search(text[max(0, day_start - 8) : day_start]) is not None


def weekdays_of(rule: str) -> set[int]:
    """Monday 0 .. Sunday 6 from BYDAY; empty without one."""
    match = re.search(r"BYDAY=([A-Z,]+)", rule)
    return {_CODES.index(code) for code in match[1].split(",")} if match else set()
