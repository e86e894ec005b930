"""Which English age is the child's own: 'he's 4 months', not 'for 4 months', 'my niece is 4' or '6 months and up'."""

from __future__ import annotations

import re

from nlu.phrases.age_en_forms import SUBJECT, raw_ages
from nlu.phrases.age_mention import (
    DAYS_A_MONTH,
    HINT,
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
from nlu.phrases.numbers import pattern

_UPPER = pattern(
    r"\b(?:nearly|almost|just under|under|not yet|not quite|less than|younger than|going on"
    r"|coming up (?:to|for|on)|rising|close to|"
    r"about to (?:be|turn))\s*$"
)
_SOON = re.compile(
    r"^\s*(?:tomorrow|next (?:week|month)|in (?:a|one|two|three|[1-9]) (?:days?|weeks?)|this (?:week|month))"
)
_NOT_AFTER = pattern(
    r"^\s*(?:ago\b|later\b|straight\b|before\b|after\b|apart\b|in a row|running\b|away\b|pregnant"
    r"|gestation|preg\b|early|prem|late\b"
    r"|leave\b|of (?!age)|to go\b|\+|plus\b|and (?:up|over|above|under)|or (?:more|over|older|younger"
    r"|less)|from now|since\b|each\b"
    r"|trip\b|supply|course\b|bed\b|tall\b|long\b|wide\b|high\b|deep\b|notice\b|until\b|till\b"
    r"|on\b(?! (?:mon|tue|wed|thu|fri|sat|sun|track))|off\b|worth)"
)
_NOT_BEFORE = pattern(
    r"(?:\b(?:for|every|in|within|past|last|next|another|over|after|about|around|than|of|the past|more"
    r"|only had|these|those|all|like|first"
    r"|per|each|least|most|once|twice|times|up to|til|till|until|before|by|since|lasted|been|took"
    r"|takes|last|next|under|late|had|took"
    r"|waiting|wait|cough(?:ing)?|fever|teething|weaning|sick|ill|crying|between|from|and|pregnant"
    r"|born at|due in|week|off|on))\s*$"
)
_CHECK_AFTER = pattern(
    r"^['s]*\s*(?:checks?|check-?ups?|jabs?|vaccin\w*|shots?|appointment|review|visit|reg\w+"
    r"|sleep reg\w+|clothes|size|nappies|well|ones?)\b"
)
_NAMED_CHILD = pattern(r"^\s*(?:baby|boy|girl|infant|newborn|twins?)\b")
_NO_CHANGE = pattern(r"^\s*(?:no (?:change|better|improvement|sign)|without|waiting|and still|passed|gone)\b")
_AT_BEFORE = pattern(r"\b(?:at|by|since|from|around)\s*$")
_OLDER = pattern(
    r"\b(?:older|elder|eldest|oldest|big|first)\s*(?:one|brother|sister|child|kid|son|daughter|boy"
    r"|girl|sibling|born)?\s*(?:'s|is|was|who is)?\s*(?:[(,]\s*)?$"
    r"|\b(?:brother|sister|sibling|no\.? ?1)\s*(?:'s|is|was|who is)?\s*(?:[(,]\s*)?$"
)
_CHILD = pattern(
    rf"{SUBJECT}(?:'s|s|'re| is| are| was| girl| boy| has| just| only| now| about| turned| will be"
    rf"| aged?| here| at| a| currently"
    rf"| already| who| isn't even| not even){{0,4}}\s*$|\b(?:my|our|your|the|a|an|this|his|her|aged?"
    rf"|actual(?:ly)?|actual age|now)\s*$|\bfor (?:my |a |our )?$"
)
_CHILD_AFTER = pattern(
    r"^[ -]?(?:old|baby|boy|girl|son|daughter|toddler|infant|bub|lo\b|twins?|twin|child|kid|now\b"
    r"|here\b|ds\b|dd\b|old\b)"
)
_NEWBORN = pattern(
    r"\b(?:newborn|stump|cord|jaundice|meconium|latch|belly button|colostrum|bili"
    r"|milk (?:hasn't )?(?:came|come) in|born|birth|midwife|nipple|suck\w*|navel|yellow|tan(?:ned)?"
    r"|wet (?:once|twice)|first poo|i cried|whites of)\b|黄疸|脐"
)


def _alone(left: str, right: str) -> bool:
    """Whether an age stands as a clause of its own ('7 wks.') or opens one ('17 weeks, head lolls')."""
    return re.fullmatch(
        r"\s*(?:and|so|but|just|only|at|now|lo|baby|our|hi|hello|well|ebf|bf|ff|combi fed)?\s*", left
    ) is not None and (
        re.match(
            r"\s*(?:$|and\b|but\b|now\b|here\b|so\b|actual\b|today\b|tomorrow\b|yesterday\b|on (?:mon|tue|wed"
            r"|thu|fri|sat|sun|track))",
            right,
        )
        is not None
    )


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
    early = re.search(r"\b(?:prem|gestation|nicu|early|scbu)", text) is not None
    if kind == "weeks" and early and 23 <= weeks <= 36 and "old" not in match[0]:
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
    if match.lastgroup == "new":
        return weighed(HINT)
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
            opens = kind == "months" and mention.months >= 2 and not bare_left.strip()
            closes = kind == "months" and mention.months >= 4 and not right.strip()
            if not (opens or closes) or _NOT_BEFORE.search(bare_left) or _NO_CHANGE.match(right):
                return weighed(NOT_THE_CHILD)
            return weighed(PLAIN if opens else WEAK)
    if not old and _NOT_BEFORE.search(bare_left):
        return weighed(NOT_THE_CHILD if not compact else WEAK)
    if _AT_BEFORE.search(bare_left):
        return weighed(WEAK)
    if kind == "weeks" and not compact and not owner and (re.match(r"\s*now\b", right) or not match[0][0].isdigit()):
        return weighed(WEAK)
    if re.match(r"\s*(?:now|actual)\b", right) or re.search(r"\b(?:now|just turned|turned)\s*$", bare_left):
        return weighed(NOW)
    if owner or _CHILD_AFTER.match(right) or kind == "bare":
        return weighed(OWNED)
    return weighed(PLAIN)


def _days_strength(text: str, match: re.Match[str], mention: AgeMention, left: str, right: str, owner: bool) -> int:
    days = mention.months * DAYS_A_MONTH
    if match["old"] or _NAMED_CHILD.match(right) or re.search(r"\b(?:born|birth)\s*(?:was|is)?\s*$", left):
        return OWNED
    if match["nth"]:
        is_age = days <= 28 and _NEWBORN.search(text) and not re.search(r"\b(?:on|by|since|until|till|of)\s*$", left)
        return WEAK if is_age and not re.match(r"\s*of\b", right) else NOT_THE_CHILD
    if re.search(rf"{SUBJECT}(?:'s|s| is| are|'re)(?: now| only| just)?\s*$", left):
        return OWNED
    if _NOT_BEFORE.search(left):
        return NOT_THE_CHILD
    if days >= 4 and days <= 90 and (_alone(left, right) or (re.match(r"\s*in\b", right) and not left.strip())):
        return WEAK
    return NOT_THE_CHILD


def mentions(text: str) -> list[AgeMention]:
    """Every age in a cleaned text, the most specific reading of each place, weighed."""
    found = {id(mention): (kind, mention, match) for kind, mention, match in raw_ages(text)}
    kept = without_overlaps((mention for _, mention, _ in found.values()), len(text))
    return [_strength(text, *found[id(mention)]) for mention in kept]
