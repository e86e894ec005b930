"""How long: 一个半小时, 俩钟头, 半天, 'for two hours', 'an hour and a half', '90 min'; and 'in half an hour'."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from nlu.phrases.numbers import CHINESE, ENGLISH, clean, number, pattern

HALF_DAY = timedelta(hours=4)  # what a half-day of care lasts; the centre's hours decide in the end

_NZ = rf"(?:(?<![0-9.])[0-9]{{1,3}}(?:\.[0-9]{{1,2}})?|(?<!第){CHINESE})"
_NE = rf"(?:(?<![0-9.])[0-9]{{1,3}}(?:\.[0-9]{{1,2}})?|\b(?:{ENGLISH}|a couple of|couple of|an?)\b)"
_ZH = re.compile(
    rf"(?P<h>{_NZ})(?:个(?P<half>半))?个?(?:小时|钟头|钟(?!点|声))(?P<half2>半)?(?:零?(?P<m>{_NZ})分钟?)?"
    rf"|(?P<halfhour>半个?(?:多)?(?:小时|钟头|钟))|(?P<min>{_NZ})分钟|(?P<quarter>{_NZ})刻钟"
    rf"|(?P<halfday>半天|半日(?!托|制|班)|半晌)|(?P<days>{_NZ})整?天(?!内)|(?P<fortnight>半个月)|(?P<weeks>{_NZ})个?(?:星期|礼拜|周)(?![一二三四五六日天末岁])"
)
_EN = pattern(
    rf"(?P<halfhour>\bhalf (?:an |a )?(?:hour|hr)\b|\b1/2 (?:hour|hr)\b)|(?P<halfday>\bhalf (?:a |the )?day\b)"
    rf"|(?P<h>{_NE})(?P<half>[ -]and[ -]a[ -]half)?[ -]?(?:hours?|hrs?"
    rf"|h)\b(?P<half2> and a half)?(?:(?: and |,? )?(?P<m>[0-9]{{1,2}}) ?(?:minutes?|mins?|m)\b)?"
    rf"|(?P<hh>(?<![0-9.])[0-9]{{1,2}}) ?h ?(?P<mm>[0-5][0-9])\b"
    rf"|(?P<min>{_NE})[ -]?(?:minutes?|mins?)\b|(?P<quarter>\b(?:a |three )?quarters? of an hour\b)"
    rf"|(?P<days>{_NE})[ -]days?\b|(?P<fortnight>\b(?:a |1 )?fortnight\b)|(?P<weeks>{_NE})[ -](?:weeks?|wks?)\b"
)
_AFTER_ZH = re.compile(r"^(?:钟)?(?:以后|之后|过后|后(?!天|面|来))")
_IN_EN = pattern(r"\b(?:in|within)(?: about| another)?\s*$")
_FROM_NOW = pattern(r"^\s*(?:from now|time\b)")
_AHEAD_ZH = re.compile(r"(?:提前|提早|早|前)(?:个)?$")
_BEFORE_EN = pattern(r"^\s*(?:before|ahead|prior|earlier than|in advance)\b")
_RANGE_LEFT = re.compile(r"[0-9一二两三四五六七八九十](?:-|~|到|至| to | or )$")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A length of time in the text; `role` is 'for' (how long), 'in' (from now) or 'ahead' (before the time named)."""

    length: timedelta
    start: int
    end: int
    role: str

    @property
    def whole_days(self) -> bool:
        return self.length >= timedelta(days=1)


def _length(match: re.Match[str], quarters: str) -> timedelta:
    found = match.groupdict()
    if found.get("halfhour"):
        return timedelta(minutes=30)
    if found.get("halfday"):
        return HALF_DAY
    if found.get("fortnight"):
        return timedelta(days=15 if quarters == "刻" else 14)
    if found.get("days"):
        return timedelta(days=number(found["days"]))
    if found.get("weeks"):
        return timedelta(weeks=number(found["weeks"]))
    if found.get("hh"):
        return timedelta(hours=int(found["hh"]), minutes=int(found["mm"]))
    if found.get("min"):
        return timedelta(minutes=number(found["min"]))
    if said := found.get("quarter"):
        count = number(said) if quarters == "刻" else 3.0 if said.startswith("three") else 1.0
        return timedelta(minutes=15 * count)
    hours = number(found["h"]) + (0.5 if found.get("half") or found.get("half2") else 0)
    return timedelta(hours=hours, minutes=number(found["m"]) if found.get("m") else 0)


def _role(text: str, start: int, end: int) -> str:
    left, right = text[max(0, start - 16) : start], text[end : end + 20]
    if _AFTER_ZH.match(right) or re.search(r"(?:再)?过$", left) or _IN_EN.search(left) or _FROM_NOW.match(right):
        return "in"
    if _AHEAD_ZH.search(left) or _BEFORE_EN.match(right):
        return "ahead"
    return "for"


def stretches(text: str) -> list[Stretch]:
    """Every length of time in a cleaned text, in order. '2-3 hours' names none: it is left out."""
    found = []
    for form, quarters in ((_ZH, "刻"), (_EN, "")):
        for match in form.finditer(text):
            length = _length(match, quarters)
            if length and not _RANGE_LEFT.search(text[max(0, match.start() - 5) : match.start()]):
                found.append(Stretch(length, *match.span(), _role(text, *match.span())))
    return sorted(found, key=lambda stretch: stretch.start)


def read_duration(text: str) -> timedelta | None:
    """The first length of time in the message; half a day counts as four hours. None when none is stated."""
    found = stretches(clean(text))
    return found[0].length if found else None
