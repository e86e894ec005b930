"""Clock times: 九点半, 早八到晚六, 3-5pm, half nine, quarter to two, 'ten to four' as a range, 10.30, noon."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from nlu.phrases.numbers import CHINESE, number, pattern

_HOURS = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_PARTS = (
    ("night", r"凌晨|半夜|深夜|后半夜|大半夜|middle of the night|small hours"),
    (
        "morning",
        r"清早|清晨|早上|早晨|早起|早间|一早|大早|上午|头晌|上半天|前半晌|上半日|早浪|朝早"
        r"|(?<=[今明后])早|(?<![最提趁尽及多越])早(?=[0-9五六七八九十])|\bmornings?\b|\bfirst thing\b",
    ),
    ("noon", r"中午|晌午|正午|午间|\bnoontime\b|\blunch ?time\b"),
    (
        "afternoon",
        r"下午|午后|后晌|过晌|下半天|后半晌|下昼|下半日|(?<=[今明后])下|\bafternoons?\b|\barvo\b|\bafter lunch\b",
    ),
    (
        "evening",
        r"傍晚|黄昏|擦黑|晚上|晚间|夜里厢|夜里|夜晚|夜到|(?<=[今明后])[晚夜]"
        r"|(?<![最较])晚(?=[0-9四五六七八九十])|\bevenings?\b|\btonight\b|\bnights?\b|\beve\b(?! of)",
    ),
)
_PART = re.compile("|".join(f"(?P<{name}>{words})" for name, words in _PARTS))

_ZH = re.compile(
    rf"(?<![0-9.:])(?P<h>[0-9]{{1,2}}|{CHINESE})(?:点钟?|时(?!间|候|差|不|常|而|段))(?![儿心评头赞点])"
    rf"(?:整|(?P<half>半)|(?P<q>[一三13])刻|(?P<m>[0-5]?[0-9](?![0-9点到至:])|[零〇]?[一二三四五六七八九十]{{1,3}}(?!点|到|至|个|人|岁|天|位|节))分?)?"
)
_ZH_SHORT = re.compile(
    rf"(?<=[早晚])(?P<h>[0-9]{{1,2}}|[五六七八九十]{{1,2}})(?=\s*(?:到|至|-|~|晚|[,.;!?]|$))"
    rf"|(?<=[到至~-]晚)(?P<h2>[0-9]{1, 2}|[四五六七八九十])(?![0-9一二三四五六七八九十])"
)
_DIGITAL = pattern(
    r"(?<![0-9.:/])(?P<h>[01]?[0-9]|2[0-3])(?P<sep>[:.])(?P<m>[0-5][0-9])(?![0-9])(?!\.[0-9])\s?(?P<ap>[ap]\.?m?\b\.?)?"
    r"(?!\s?(?:度|℃|°|kg|斤|公斤|cm|厘米|元|块|%|g\b|ml|km|米|oz|lb|rmb|m\b))"
)
_AMPM = pattern(r"(?<![0-9.:])(?P<h>1[0-2]|0?[1-9])\s?(?P<ap>[ap]\.?m\b\.?|[ap](?=\W|$))")
_WORD_AMPM = pattern(rf"\b(?P<h>{_HOURS})\s?(?P<ap>[ap]\.?m\b)")
_OCLOCK = pattern(rf"\b(?P<h>{_HOURS}|1[0-2]|[1-9])\s?o'? ?clock\b")
_HALF = pattern(rf"\bhalf[ -](?:past )?(?P<h>{_HOURS}|1[0-2]|[1-9])\b(?! (?:an?|hours?|hrs?|days?))")
_MINUTES = pattern(
    rf"\b(?P<m>a quarter|quarter|five|ten|twenty(?:[ -]five)?|[0-9]{{1,2}})(?: minutes?"
    rf"| mins?)? (?P<w>to|past|till|of) (?P<h>{_HOURS}|1[0-2]|[1-9])\b"
)
_NOON = pattern(r"\b(?:12 )?(?:noon|midday)\b|(?P<mid>\b(?:12 )?midnight\b)")
_BARE = re.compile(
    rf"(?<![A-Za-z0-9_.:/£$€¥#])(?P<h>{_HOURS}|1[0-9]|2[0-3]|[1-9])(?:ish)?(?![A-Za-z0-9_:/%°]|\.[0-9]|'s?\b)"
    r"(?!\s*(?:months?|mths?|mos?\b|years?|yrs?|weeks?|wks?|days?|hours?|hrs?|h\b|min|kg|g\b|ml|oz|lb|degrees?|times|x\b|kids?|child|spaces?"
    r"|places?|people|of\b|or\b|个|岁|天|周|小时|钟|块|元|次|度|斤|月|号|日|年|名|位|人|点|时|分|楼|毫|公|厘|米|片|顿|只|颗|adults?|mondays?|bookings?|toddlers?|babies|naps?|stars?|/))"
)
_FIRM_LEAD = pattern(r"(?:\b(?:at|from|till|til|until|by|about|around|after|before|between|still|say)\s*$|@\s*$)")
_DAY_LEFT = pattern(
    r"\b(?:mon|tues?|wed|thurs?|fri|sat|sun)(?:[a-z]*day)?(?:'s)?,?\s*$|\b(?:tomorrow|tmrw|today)(?:'s)?\s*$"
)
JOIN = re.compile(
    r"^\s*(?:(?:-|~|to|till|til|until|through|up to|[^0-9,.;!?\s]{0,3}?(?:到|至))\s*(?:about |around "
    r"|the |明天|第二天|当天|次日)?"
    r"(?:凌晨|清早|早上|早晨|上午|中午|晌午|下午|后晌|傍晚|晚上|晚|夜里|夜里厢|早|noon)?|晚)\s*$"
)


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock time as said; `exact` when the half of the day is in the words themselves."""

    hour: int
    minute: int
    start: int
    end: int
    exact: bool = False
    bare: bool = False  # a number alone ('2 to 4'), a clock time only by its surroundings


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    start: int
    end: int


def parts(text: str) -> list[Part]:
    """Parts of the day in a cleaned text: morning, noon, afternoon, evening, night."""
    return [Part(match.lastgroup or "", *match.span()) for match in _PART.finditer(text)]


def _clock(match: re.Match[str], hour: int, minute: int, half: str = "") -> Clock | None:
    if half and hour > 12:
        half = ""
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 24 or minute > 59:
        return None
    zero = match.group().startswith("0")
    return Clock(hour % 24, minute, *match.span(), exact=bool(half) or hour > 12 or hour == 0 or zero)


def _strong(text: str) -> list[Clock]:
    found: list[Clock | None] = []
    for match in _DIGITAL.finditer(text):
        if match["sep"] == "." and len(match["h"]) == 2 and match["h"] > "23":
            continue
        found.append(_clock(match, int(match["h"]), int(match["m"]), (match["ap"] or "")[:1]))
    for form in (_AMPM, _WORD_AMPM):
        found += [_clock(m, int(number(m["h"])), 0, m["ap"][0]) for m in form.finditer(text)]
    for match in _NOON.finditer(text):
        found.append(Clock(0 if match["mid"] else 12, 0, *match.span(), exact=True))
    found += [_clock(m, int(number(m["h"])), 0) for m in _OCLOCK.finditer(text)]
    found += [_clock(m, int(number(m["h"])), 30) for m in _HALF.finditer(text)]
    for match in _MINUTES.finditer(text):
        minutes = 15 if "quarter" in match["m"] else int(number(match["m"]))
        hour = int(number(match["h"]))
        to = match["w"] not in ("past",)
        spoken = "quarter" in match["m"] or minutes > 12 or match["w"] == "past"
        if match["w"] == "of" or not 0 < minutes < 31:
            continue
        if not spoken and not re.search(
            r"\b(?:at|about|by|around)\s*$", text[max(0, match.start() - 8) : match.start()]
        ):
            continue  # 'ten to four' without 'at' is a range
        found.append(_clock(match, (hour - 2) % 12 + 1 if to else hour, 60 - minutes if to else minutes))
    for match in _ZH.finditer(text):
        left = text[max(0, match.start() - 1) : match.start()]
        right = text[match.end() : match.end() + 1]
        if match.group() == "一点" and (
            left in set("有差早晚快慢多少好大小近高低轻重便宜这那") or right in set("都也不没点儿儿")
        ):
            continue
        if match["h"] in ("零", "〇") or int(number(match["h"])) <= 24:
            minute = 30 if match["half"] else 15 * int(number(match["q"])) if match["q"] else 0
            minute = int(number(match["m"])) if match["m"] else minute
            found.append(_clock(match, int(number(match["h"])), minute))
    found += [_clock(m, int(number(m["h"] or m["h2"])), 0) for m in _ZH_SHORT.finditer(text)]
    return [clock for clock in found if clock is not None]


def _bare(text: str, strong: list[Clock], free: bytearray) -> list[Clock]:
    """Numbers that are clock times by what stands around them."""
    candidates = []
    for match in _BARE.finditer(text):
        if not any(free[match.start() : match.end()]):
            candidates.append(
                Clock(int(number(match["h"])), 0, *match.span(), exact=int(number(match["h"])) > 12, bare=True)
            )
    everything = sorted([*strong, *candidates], key=lambda clock: clock.start)
    kept = set()
    for left, right in itertools.pairwise(everything):
        between = text[left.end : right.start]
        pair = between.strip() == "and" and text[max(0, left.start - 8) : left.start].endswith("between ")
        if len(between) <= 24 and (pair or JOIN.match(between)):
            kept |= {left, right}
    for clock in candidates:
        before = text[max(0, clock.start - 16) : clock.start]
        if (
            _FIRM_LEAD.search(before)
            or _DAY_LEFT.search(before)
            or (
                re.search(r"\b(?:to|it|for|was|be|in for|or for|or|instead of|than)\s*$", before)
                and _context(text, clock)
            )
            or re.match(
                r"\s*(?:instead of|rather than|in the (?:morning|afternoon|evening)|tonight|tomorrow)\b",
                text[clock.end : clock.end + 24],
            )
        ):
            kept.add(clock)
    return [clock for clock in candidates if clock in kept]


def _context(text: str, clock: Clock) -> bool:
    """'make it 4', 'move it to 11', 'am i in for 2': a bare number after words of booking."""
    before = text[max(0, clock.start - 48) : clock.start]
    return (
        re.search(
            r"\b(?:make (?:it|that)|move|shift|push|change|switch|reschedule|swap|booked|in for"
            r"|instead of|than|back)\b|^\s*(?:to\s*)?$",
            before,
        )
        is not None
    )


def clocks(text: str) -> list[Clock]:
    """Every clock time in a cleaned text, in order, without overlaps."""
    taken = bytearray(len(text))
    kept: list[Clock] = []
    for clock in sorted(_strong(text), key=lambda c: (c.start - c.end, c.start)):
        if not any(taken[clock.start : clock.end]):
            taken[clock.start : clock.end] = b"\x01" * (clock.end - clock.start)
            kept.append(clock)
    kept.sort(key=lambda clock: clock.start)
    return sorted([*kept, *_bare(text, kept, taken)], key=lambda clock: clock.start)
