"""Whether a message asks for the own child's plan, and weeks of pregnancy. Pure rules, zh and en."""

from __future__ import annotations

import re

from nlu.phrases.numbers import CHINESE, chinese_number, clean

_PLAN = re.compile(
    r"(?:疫苗|接种|预防针|体检|儿保|打针).{0,4}(?:时间表|计划|日程|安排表|程序表|一览)"
    r"|健康计划"
    r"|(?:下一?(?:针|次|个|剂)|接下来).{0,6}(?:疫苗|针|体检|儿保|打什么|打哪)"
    r"|(?:该|要|还(?:有|差|要)).{0,4}打.{0,3}(?:什么|哪些|哪个|啥|哪几).{0,3}(?:疫苗|针)"
    r"|(?:next|due|coming) (?:\w+ ){0,2}(?:vaccin\w*|jabs?|shots?|immuni[sz]ation\w*|check-?ups?)"
    r"|(?:vaccin\w*|immuni[sz]ation|jabs?|shots?|check-?ups?) (?:\w+ )?(?:schedule|plan|calendar|timetable|timeline)"
    r"|health plan"
    r"|(?:when|which|what) (?:is|are|'s) (?:the |his |her |my \w+ |our )?next (?:vaccin\w*|jab|shot|check-?up)"
)
_OTHER = re.compile(
    r"烧|热|反应|过敏|推迟|提前|晚打|漏|错过|能不能|可不可以|可以|能打|副作用|疼|肿|感冒|咳|拉肚|生病|没打|自费|间隔|隔多久"
    r"|fever|reaction|side effect|delay|postpone|\blate\b|miss|early|hurt|safe|\bcan\b|\bshould\b"
    r"|allerg|sick|\bill\b|cold|after|gap"
)
LONGEST = 60  # characters: a longer message has something else to say
_WEEKS = re.compile(
    r"(?:怀孕|孕|大概|大约|第|in |at |about |around |born at )*"
    rf"(?P<weeks>[0-9]{{1,2}}|{CHINESE}) ?(?:个?周|weeks?|wks?|w)?"
    r"(?: ?(?:\+|又|零|and) ?[0-6一二三四五六](?: ?天| ?days?)?)?(?: ?(?:出生|生的|早产|born|early|pregnant))?[.;!]?"
)
_DATE_LIKE = re.compile(r"[0-9年月日号 ./-]{5,14}")


def asks_for_plan(text: str) -> bool:
    """'When is the next vaccine', 疫苗时间表, 下一针打什么; not 'what if there is a fever before the next one'."""
    cleaned = clean(text)
    return len(cleaned) <= LONGEST and _PLAN.search(cleaned) is not None and _OTHER.search(cleaned) is None


def weeks_of_pregnancy(text: str) -> int | None:
    """Completed weeks, when the message says nothing else; None when it does."""
    match = _WEEKS.fullmatch(clean(text).strip())
    if match is None:
        return None
    said = match["weeks"]
    return int(said) if said.isdigit() else chinese_number(said)


def is_date_like(text: str) -> bool:
    """Figures with the signs of a date, and nothing else: 2026-10-08, 10月8日."""
    return _DATE_LIKE.fullmatch(text.strip()) is not None
