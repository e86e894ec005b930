"""Child ages in English: 6wo, 4m1w, 2y3m, '10-month-old', 'nearly two', 'he's 2.5', 'just under 20 months'."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlu.phrases.age_mention import (
    DAYS_A_MONTH,
    NOT_THE_CHILD,
    NOW,
    OWNED,
    PLAIN,
    WEAK,
    AgeMention,
    clause_after,
    clause_before,
    without_overlaps,
)
from nlu.phrases.numbers import ENGLISH, number

_D = r"(?<![0-9.,£$€¥/:])[0-9]{1,3}"
_N = rf"(?:{_D}(?:\.[05]|\.25|\.75)?|(?<![a-z]){ENGLISH}(?![a-z]))"
_HALF = r"(?:[ -]and[ -]a[ -]half)?"
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
_YEARS = re.compile(
    rf"(?P<y>{_N}|(?<![a-z])an?(?= year[ -]old)){_HALF}[ -]?"
    rf"(?P<u>{_YEAR}[ -]?old|y/o|y\.o\.?|yo\b|yr[ -]?o\b|years? of age|yrs?\b|years?\b"
    rf"|(?<=[0-9])y\b){_HALF}(?P<old>[ -]old)?"
)
_MONTHS = re.compile(
    rf"(?P<m>{_N}|(?<![a-z])a(?= month[ -]old)){_HALF}(?P<gap>[ -]?)(?P<u>{_MONTH}\b|mo?/o\b|moo?\b"
    rf"|m(?= old)|(?<=[0-9])m\b){_HALF}"
    rf"(?P<old>[ -]?(?:olds?|of age))?"
)
_WEEKS = re.compile(
    rf"(?P<w>{_N}|(?<![a-z])a(?= week[ -]old)){_HALF}(?P<gap>[ -]?)(?P<u>weekers?|{_WEEK}\b|wko\b|wo\b"
    rf"|(?<=[0-9])w\b){_HALF}"
    rf"(?P<old>[ -]?(?:olds?|of age))?"
)
_DAYS = re.compile(
    rf"(?P<d>{_N})[ -]?(?:days?|do\b|(?<=[0-9])d\b)(?P<old>[ -]?(?:olds?|of age))?|\bday (?P<nth>{_N})\b"
)
_SUBJECT = (
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
_BARE = re.compile(
    rf"(?:{_SUBJECT}{_IS}|\b(?:turned|turning|turns|aged?|age of))(?P<pad> (?:age )?)(?P<y>{_N}){_HALF}{_AFTER_BARE}"
)
_ALMOST = re.compile(
    rf"\b(?:nearly|almost|not yet|not quite|going on|coming up (?:to|for|on)|rising"
    rf"|just under) (?P<y>{_N}){_HALF}{_AFTER_BARE}"
)
_ALONE = re.compile(
    r"(?:(?<=[.!?,;]\s)|^)(?P<y>[1-5](?:\.5)?)(?P<next> (?:tomorrow|next (?:week|month)))?(?=[.,;!?](?![0-9])|$)"
)
_WORDS = re.compile(
    r"(?P<one>\byear and a half(?: old)?)|(?P<half>\bhalf a year old)|(?P<fortnight>\bfortnight old)"
    r"|(?P<new>\b(?:my|our|his|her|a|is|the) newborn (?=boy|girl|son|daughter|baby|is|has|was|who)"
    r"|\bjust (?:been )?born\b)"
)

_UPPER = re.compile(
    r"\b(?:nearly|almost|just under|under|not yet|not quite|less than|younger than|going on"
    r"|coming up (?:to|for|on)|rising|close to|"
    r"about to (?:be|turn))\s*$"
)
_SOON = re.compile(
    r"^\s*(?:tomorrow|next (?:week|month)|in (?:a|one|two|three|[1-9]) (?:days?|weeks?)|this (?:week|month))"
)
_NOT_AFTER = re.compile(
    r"^\s*(?:ago\b|later\b|straight\b|before\b|after\b|apart\b|in a row|running\b|away\b|pregnant"
    r"|gestation|preg\b|early|prem|late\b"
    r"|leave\b|of (?!age)|to go\b|\+|plus\b|and (?:up|over|above|under)|or (?:more|over|older|younger"
    r"|less)|from now|since\b|each\b"
    r"|trip\b|supply|course\b|bed\b|tall\b|long\b|wide\b|high\b|deep\b|notice\b|until\b|till\b|on\b|off\b|worth)"
)
_NOT_BEFORE = re.compile(
    r"(?:\b(?:for|every|in|within|past|last|next|another|over|after|about|around|than|of|the past|more"
    r"|only had|these|those|all|like|first"
    r"|per|each|least|most|once|twice|times|up to|til|till|until|before|by|since|lasted|been|took"
    r"|takes|last|next|under|late|had|took"
    r"|waiting|wait|cough(?:ing)?|fever|teething|weaning|sick|ill|crying|between|from|and|pregnant"
    r"|born at|due in|week|off|on))\s*$"
)
_CHECK_AFTER = re.compile(
    r"^['s]*\s*(?:checks?|check-?ups?|jabs?|vaccin\w*|shots?|appointment|review|visit|reg\w+"
    r"|sleep reg\w+|clothes|size|nappies|well|ones?)\b"
)
_AT_BEFORE = re.compile(r"\b(?:at|by|since|from|around)\s*$")
_OLDER = re.compile(
    r"\b(?:older|elder|eldest|oldest|big|first)\s*(?:one|brother|sister|child|kid|son|daughter|boy"
    r"|girl|sibling|born)?\s*(?:'s|is|was|who is)?\s*(?:[(,]\s*)?$"
    r"|\b(?:brother|sister|sibling|no\.? ?1)\s*(?:'s|is|was|who is)?\s*(?:[(,]\s*)?$"
)
_OTHERS = re.compile(
    r"\b(?:niece|nephew|cousin|friend|neighbou?r|colleague|dog|cat|nanny|husband|wife|mum|mom|dad"
    r"|my mother|i)(?:'s|s)?\b"
)
_CHILD = re.compile(
    rf"{_SUBJECT}(?:'s|s|'re| is| are| was| girl| boy| has| just| only| now| about| turned| will be"
    rf"| aged?| here| at| a| currently"
    rf"| already| who| isn't even| not even){{0,4}}\s*$|\b(?:my|our|your|the|a|an|this|his|her|aged?"
    rf"|actual(?:ly)?|actual age|now)\s*$|\bfor (?:my |a |our )?$"
)
_CHILD_AFTER = re.compile(
    r"^[ -]?(?:old|baby|boy|girl|son|daughter|toddler|infant|bub|lo\b|twins?|twin|child|kid|now\b"
    r"|here\b|ds\b|dd\b|old\b)"
)
_NEWBORN = re.compile(
    r"\b(?:newborn|stump|cord|jaundice|meconium|latch|belly button|colostrum|bili"
    r"|milk (?:hasn't )?(?:came|come) in|born|birth|i cried|whites of)\b|黄疸|脐"
)


def _value(match: re.Match[str], name: str) -> float:
    found = match.groupdict().get(name)
    if not found:
        return 0.0
    half = 0.5 if "and a half" in match[0].replace("-", " ") else 0.0
    return number(found) + half


def _raw(text: str) -> Iterator[tuple[str, AgeMention, re.Match[str]]]:
    for kind, pattern in _FORMS:
        for match in pattern.finditer(text):
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
            elif kind == "days":
                months = (_value(match, "d") or _value(match, "nth")) / DAYS_A_MONTH
            else:
                months = {"one": 18.0, "half": 6.0, "fortnight": 14 / DAYS_A_MONTH}.get(match.lastgroup or "", 0.0)
            yield kind, AgeMention(months, start, match.end(), _precision(kind, match, months)), match


def _precision(kind: str, match: re.Match[str], months: float) -> str:
    if kind in ("years", "bare", "almost", "alone"):
        return "year" if months % 12 == 0 else "month"
    if kind == "mw":
        return "week" if match["u"][0] == "w" else "day"
    return {"wd": "day", "days": "day", "weeks": "week"}.get(kind, "month")


_FORMS = (
    ("ym", _YEARS_MONTHS),
    ("mw", _MONTHS_WEEKS),
    ("wd", _WEEKS_DAYS),
    ("words", _WORDS),
    ("years", _YEARS),
    ("months", _MONTHS),
    ("weeks", _WEEKS),
    ("days", _DAYS),
    ("bare", _BARE),
    ("almost", _ALMOST),
    ("alone", _ALONE),
)


def _alone(left: str, right: str) -> bool:
    """Whether an age stands as a clause of its own ('7 wks.') or opens one ('17 weeks, head lolls')."""
    return re.fullmatch(
        r"\s*(?:and|so|but|just|only|at|now|lo|baby|our|hi|hello|well|ebf|bf|ff|combi fed)?\s*", left
    ) is not None and (re.match(r"\s*(?:$|and\b|but\b|now\b|here\b|so\b|actual\b)", right) is not None)


def _strength(text: str, kind: str, mention: AgeMention, match: re.Match[str]) -> AgeMention:
    left, right = clause_before(text, mention.start), clause_after(text, mention.end)
    upper = _UPPER.search(left) is not None or kind == "almost" or _SOON.match(right) is not None
    if kind == "alone":
        upper = match["next"] is not None
    bare_left = _UPPER.sub("", left)
    groups = match.groupdict()
    old = bool(groups.get("old")) or kind in ("ym", "mw", "bare", "alone", "almost", "words") or "old" in match[0]
    unit = groups.get("u") or ""
    old = old or unit.startswith(("y/", "y.", "yo", "yr o", "m/", "mo/", "wo", "wko", "weeker"))
    old = old or re.match(r"[ -]?(?:baby|boy|girl|son|daughter|toddler|infant|twins?|child|kid)\b", right) is not None
    compact = old or (
        kind in ("months", "years", "weeks") and len(unit) <= 3 and not groups.get("gap") and " " not in match[0]
    )
    owner = _CHILD.search(bare_left) is not None
    if unit in ("mo", "m/o", "mos", "mths", "mth") and not bare_left.strip():
        compact = True
    young = re.match(r"\s*(?:too|old enough|is (?:too|ok|fine|it)|normal|early enough)\b", right) is not None
    weeks = mention.months * DAYS_A_MONTH / 7

    def weighed(strength: int, corrected: bool = False) -> AgeMention:
        return mention.with_(strength=strength, upper=upper, corrected=corrected)

    if kind == "weeks" and re.search(
        r"\b(?:born|delivered|came|arrived|prem|preemie)(?: early)?(?: at| around| on)?\s*$", left
    ):
        return weighed(NOT_THE_CHILD)
    if mention.months > 216 or (kind == "weeks" and weeks >= 23 and "er" in unit):
        return weighed(NOT_THE_CHILD)
    if re.search(r"(?:corrected|adjusted)(?: age)?(?: is| of|:)?\s*$", left) or re.match(
        r"\s*(?:old )?(?:corrected|adjusted)", right
    ):
        return weighed(WEAK, corrected=True)
    if text[mention.start - 1 : mention.start] in ("/", "-", "+") or re.match(
        r"\s*[-/+]\s*[0-9]", text[mention.end : mention.end + 4]
    ):
        return weighed(NOT_THE_CHILD)
    if re.search(r"\b(?:niece|nephew|cousin|friend|neighbou?r|colleague|classmate)(?:'s|s)?\b", left):
        return weighed(NOT_THE_CHILD)
    if _NOT_AFTER.match(right) and not (
        compact and re.match(r"^\s*(?:in|on|off|and|of|late|each|after|before|since|until|till)\b", right)
    ):
        return weighed(NOT_THE_CHILD)
    if _CHECK_AFTER.match(right):
        return weighed(WEAK)
    if _OLDER.search(bare_left):
        return weighed(WEAK)
    if kind == "days":
        return weighed(_days_strength(text, match, mention, bare_left, right, owner))
    if not compact and not owner and not young and not re.match(r"\s*(?:pp|postpartum|post partum)\b", right):
        if _AT_BEFORE.search(bare_left):
            return weighed(WEAK if kind == "months" or re.search(r"\bat\s*$", bare_left) else NOT_THE_CHILD)
        if not _alone(bare_left, right) and not _CHILD_AFTER.match(right) and not (upper and kind == "months"):
            return weighed(NOT_THE_CHILD)
    if not old and _NOT_BEFORE.search(bare_left):
        return weighed(NOT_THE_CHILD if not compact else WEAK)
    if _AT_BEFORE.search(bare_left):
        return weighed(WEAK)
    if kind == "weeks" and not compact and not owner and (re.match(r"\s*now\b", right) or not match[0][0].isdigit()):
        return weighed(WEAK)
    if re.match(r"\s*(?:now|actual)\b", right) or re.search(r"\b(?:now|just turned|turned)\s*$", bare_left):
        return weighed(NOW)
    if owner or _CHILD_AFTER.match(right) or old:
        return weighed(OWNED)
    return weighed(PLAIN)


def _days_strength(text: str, match: re.Match[str], mention: AgeMention, left: str, right: str, owner: bool) -> int:
    days = mention.months * DAYS_A_MONTH
    if match["old"] or re.search(r"\b(?:born|birth)\s*(?:was|is)?\s*$", left):
        return OWNED
    if match["nth"]:
        is_age = days <= 28 and _NEWBORN.search(text) and not re.search(r"\b(?:on|by|since|until|till|of)\s*$", left)
        return WEAK if is_age and not re.match(r"\s*of\b", right) else NOT_THE_CHILD
    if re.search(rf"{_SUBJECT}(?:'s|s| is| are|'re)(?: now| only| just)?\s*$", left):
        return OWNED
    if _NOT_BEFORE.search(left):
        return NOT_THE_CHILD
    if days >= 4 and days <= 90 and (_alone(left, right) or (re.match(r"\s*in\b", right) and not left.strip())):
        return WEAK
    return NOT_THE_CHILD


def mentions(text: str) -> list[AgeMention]:
    """Every age in a cleaned text, the most specific reading of each place, weighed."""
    found = {id(mention): (kind, mention, match) for kind, mention, match in _raw(text)}
    kept = without_overlaps((mention for _, mention, _ in found.values()), len(text))
    return [_strength(text, *found[id(mention)]) for mention in kept]
