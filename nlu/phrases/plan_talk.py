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
_WEEKS = re.compile(rf"(?P<weeks>[0-9]{{1,2}}|{CHINESE})(?: ?(?:周|weeks?|wks?|w\b)|$|\+| )")


def asks_for_plan(text: str) -> bool:
    """'When is the next vaccine', 疫苗时间表, 下一针打什么."""
    return _PLAN.search(clean(text)) is not None


def weeks_of_pregnancy(text: str) -> int | None:
    """Completed weeks at birth, 22 to 42; None when none are named."""
    match = _WEEKS.search(clean(text).strip())
    if match is None:
        return None
    said = match["weeks"]
    weeks = int(said) if said.isdigit() else chinese_number(said)
    return weeks if 22 <= weeks <= 42 else None
