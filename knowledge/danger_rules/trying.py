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
    """A message to try: `level` is what people said it is, empty where nobody did; `question`: id of a family's."""

    text: str
    age: float | None
    origin: str  # parents | danger | harmless
    level: str = ""
    sign: str | None = None
    question: str = ""


def past_messages(session: Session) -> list[Past]:
    """What families asked and agreed that it is kept; the project's examples of danger and of ordinary messages."""
    asked = session.execute(
        select(QuestionRow.id, QuestionRow.text, QuestionRow.age_months)
        .order_by(QuestionRow.asked_at.desc())
        .limit(MOST_QUESTIONS)
    ).all()
    found = [Past(text, age, "parents", question=id) for id, text, age in asked]
    for row in (*corpus.rows(), *corpus.rows(held_out=True)):
        harmless = row.level == "none"
        found.append(Past(row.text, row.age_months, "harmless" if harmless else "danger", row.level, row.sign))
    found += [Past(text, None, "harmless") for text in corpus.article_phrasings()]
    return found


def tried(triage: Triage, before: Rule | None, after: Rule | None, messages: Iterable[Past]) -> dict[str, Any]:
    """The report, as JSON: how many were tried, and the messages at which the rule, or what is told, changes.

    `before` none: a new rule; `after` none: no rule any more. Of families' messages the report holds the ids alone: it
    outlives them. `with_words` puts in the words of those that are still kept.
    """
    others = [rule for rule in triage.rules if before is None or rule.id != before.id]
    place = next((n for n, rule in enumerate(triage.rules) if before is not None and rule.id == before.id), len(others))
    changed = triage.with_rules((*others[:place], *([after] if after else []), *others[place:]))
    about = after or before
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
            "text": "" if past.question else past.text[:300], "question": past.question,
            "origin": past.origin, "level": past.level, "age": past.age,
            "right": past.sign == (about.sign if about else "") if past.origin == "danger" else None,
            "told_before": _told(triage, past), "told_after": _told(changed, past),
        }  # fmt: skip
        (newly if now else no_more).append(line)
    return {
        "tried": count,
        "newly": len(newly), "no_more": len(no_more),
        "newly_by": _by_origin(newly), "no_more_by": _by_origin(no_more),
        "newly_shown": newly[:SHOWN], "no_more_shown": no_more[:SHOWN],
    }  # fmt: skip


def with_words(session: Session, report: dict[str, Any]) -> dict[str, Any]:
    """The report to show: families' messages in their words, without those that are no longer kept."""
    lists = ("newly_shown", "no_more_shown")
    ids = {line.get("question") for name in lists for line in report.get(name, ())} - {None, ""}
    rows = session.execute(select(QuestionRow.id, QuestionRow.text).where(QuestionRow.id.in_(ids))).all() if ids else []
    words = {id: text[:300] for id, text in rows}

    def shown(lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        known = [line | {"text": words.get(line.get("question", ""), line["text"])} for line in lines]
        return [line for line in known if line["text"]]

    return report | {name: shown(report[name]) for name in lists if name in report}


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
