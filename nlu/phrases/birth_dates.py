"""Birth dates that a parent states: born 2025-03-02, 2025年3月2日出生, 去年3月生的, dob 2 March 2025."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from nlu.phrases.age_mention import DAYS_A_MONTH, NOW, AgeMention
from nlu.phrases.numbers import CHINESE, number

_MONTH_NAMES = "jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec"
_NAME = rf"(?P<name>{_MONTH_NAMES})[a-z]{{0,6}}\.?"
_DAY = r"(?P<d>[0-3]?[0-9])(?:st|nd|rd|th)?"
_YEAR = r"(?P<y>20[0-9]{2})"

_ISO = rf"{_YEAR} ?[-/.年] ?(?P<m>[01]?[0-9]) ?[-/.月] ?(?P<d>[0-3]?[0-9])(?![0-9])[日号]?"
_ISO_MONTH = rf"{_YEAR}(?:年|[-/.])(?P<m>[01]?[0-9])月?份?(?![-/.]?[0-9])"
_ZH = (
    rf"(?P<yw>去年|今年|前年|{CHINESE}年|[0-9]{{2}}年)?(?P<m>[01]?[0-9]|{CHINESE})月份?"
    rf"(?:(?P<d>[0-3]?[0-9]|{CHINESE})[日号]?)?"
)
_DAY_NAME = rf"{_DAY} (?:of )?{_NAME},? ?{_YEAR[:-1]})?"
_NAME_DAY = rf"{_NAME} {_DAY},?(?: {_YEAR})?(?![0-9])"
_NAME_YEAR = rf"{_NAME},? {_YEAR}"
_LAST_NAME = rf"(?P<yw>last|this|in|back in)? ?{_NAME}"
_NUMERIC = rf"(?P<d>[0-3]?[0-9])[-/.](?P<m>[01]?[0-9])[-/.]{_YEAR}"

_BORN_BEFORE = (
    r"(?:born(?: (?:on|in|at|is))?(?: the)?|dob|d\.o\.b\.?|birth ?da(?:y|te)|date of birth|生日|出生日期"
    r"|出生年月|出生于|出生|生于)(?:是|为|:| is| was|于|在|,| )* ?"
)
_BORN_AFTER = r" ?(?:的时候)?(?:凌晨|早上|上午|下午|晚上)?(?:出生|生的|生(?=$|[\s,.;!?])|生人|born|来的|落地)"


def _forms() -> Iterator[re.Pattern[str]]:
    for form in (_ISO, _NUMERIC, _ISO_MONTH, _ZH, _DAY_NAME, _NAME_DAY, _NAME_YEAR, _LAST_NAME):
        edge = r"(?<![0-9])"
        yield re.compile(rf"{_BORN_BEFORE}{edge}{form}")
        yield re.compile(rf"{edge}{form}{_BORN_AFTER}")


_FORMS = tuple(_forms())
_HINT = re.compile(r"born|birth|dob|d\.o\.b|生")


def _year(match: re.Match[str], month: int, day: int, today: date) -> int:
    said = match.groupdict().get("y")
    if said:
        return int(said)
    word = match.groupdict().get("yw") or ""
    if word in ("去年", "last"):
        guess = today.year - 1
        return guess + 1 if word == "last" and month < today.month else guess
    if word == "前年":
        return today.year - 2
    if word.endswith("年") and word != "今年":
        year = int(number(word[:-1]))
        return year + 2000 if year < 100 else year
    return today.year if (month, day) <= (today.month, today.day) else today.year - 1


def _birth(match: re.Match[str], today: date) -> tuple[date, str] | None:
    groups = match.groupdict()
    if groups.get("name"):
        month = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"].index(
            groups["name"][:3]
        ) + 1
    else:
        month = int(number(groups["m"]))
    day = int(number(groups["d"])) if groups.get("d") else None
    try:
        born = date(_year(match, month, day or 1, today), month, day or 1)
    except ValueError:
        return None
    if born > today or (today - born).days > 18 * 366:
        return None
    return born, "day" if day else "month"


def age_at(birth: date, today: date) -> float:
    """Completed age in months, the days of the month begun as a decimal."""
    months = (today.year - birth.year) * 12 + today.month - birth.month
    if today.day >= birth.day:
        return months + (today.day - birth.day) / DAYS_A_MONTH
    months -= 1
    year, month = divmod(birth.year * 12 + birth.month - 1 + months, 12)
    passed = (today - date(year, month + 1, 1)).days - (birth.day - 1)
    return months + min(max(passed, 0), 30) / DAYS_A_MONTH


def mentions(text: str, today: date) -> list[AgeMention]:
    """Birth dates in a cleaned text as ages on `today`; dates in the future or impossible ones are left out."""
    if not _HINT.search(text):
        return []
    found = []
    for form in _FORMS:
        for match in form.finditer(text):
            if stated := _birth(match, today):
                born, precision = stated
                months = age_at(born, today)
                months = months if precision == "day" else float(int(months))
                found.append(AgeMention(months, *match.span(), precision, NOW, birth_date=born))
    return found
