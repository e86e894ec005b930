"""A trial run: on which past messages a changed rule fires newly or no more, before anybody is served by it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.store import QuestionRow
from knowledge.triage import corpus, rules
from knowledge.triage.engine import Triage
from knowledge.triage.rules import Rule

MOST_QUESTIONS = 3000
SHOWN = 60  # messages of each kind in the report


@dataclass(frozen=True, slots=True)
class Past:
    """A message to try: `level` is what people said it is, empty where nobody did."""

    text: str
    age: float | None
    origin: str  # parents | danger | harmless
    level: str = ""
    sign: str | None = None


def past_messages(session: Session) -> list[Past]:
    """What families asked and agreed that it is kept; the project's examples of danger and of ordinary messages."""
    asked = session.execute(
        select(QuestionRow.text, QuestionRow.age_months).order_by(QuestionRow.asked_at.desc()).limit(MOST_QUESTIONS)
    ).all()
    found = [Past(text, age, "parents") for text, age in asked]
    for row in (*corpus.rows(), *corpus.rows(held_out=True)):
        harmless = row.level == "none"
        found.append(Past(row.text, row.age_months, "harmless" if harmless else "danger", row.level, row.sign))
    found += [Past(text, None, "harmless") for text in corpus.article_phrasings()]
    return found


def tried(triage: Triage, before: Rule | None, after: Rule, messages: Iterable[Past]) -> dict[str, Any]:
    """The report, as JSON: how many were tried, and the messages at which the rule, or what is told, changes."""
    served = triage.rules
    changed = triage.with_rules(
        tuple(after if rule.id == after.id else rule for rule in served)
        if before is not None
        else (*served, after)
    )  # fmt: skip
    newly: list[dict[str, Any]] = []
    no_more: list[dict[str, Any]] = []
    count: dict[str, int] = {}
    for past in messages:
        count[past.origin] = count.get(past.origin, 0) + 1
        if not (_may_match(before, past.text) or _may_match(after, past.text)):
            continue
        message = rules.read(past.text, past.age)
        was, now = _live(before, message), _live(after, message)
        if was is now:
            continue
        line = {
            "text": past.text[:300], "origin": past.origin, "level": past.level, "age": past.age,
            "right": past.sign == after.sign if past.origin == "danger" else None,
            "told_before": _told(triage, past), "told_after": _told(changed, past),
        }  # fmt: skip
        (newly if now else no_more).append(line)
    return {
        "tried": count,
        "newly": len(newly), "no_more": len(no_more),
        "newly_by": _by_origin(newly), "no_more_by": _by_origin(no_more),
        "newly_shown": newly[:SHOWN], "no_more_shown": no_more[:SHOWN],
    }  # fmt: skip


def _may_match(rule: Rule | None, text: str) -> bool:
    """Whether it is worth while to read the message: cutting it up takes longer than all patterns."""
    if rule is None:
        return False
    patterns = (*rule.zh, *rule.en)
    return not patterns or any(pattern.search(text) for pattern in patterns)


def _live(rule: Rule | None, message: rules.Message) -> bool:
    hit = rules.hit_of(rule, message) if rule is not None else None
    return hit is not None and hit.live


def _told(triage: Triage, past: Past) -> str:
    danger = triage.assess(past.text, age_months=past.age)
    return danger.level.value if danger is not None else ""


def _by_origin(lines: Sequence[dict[str, Any]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for line in lines:
        found[line["origin"]] = found.get(line["origin"], 0) + 1
    return found
