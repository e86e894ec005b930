"""Use cases of danger rules: look, approve, propose, try, publish with four eyes, take back.

draft --trial run--> tried --approved by somebody who did not write it--> published -> replaced
  `-> withdrawn                                                              `-> withdrawn (the file's rule again)

A published change is taken back like it came: by a draft with an empty body, which says "the file's rule again", a
trial run and a second person. Published, such a draft is `replaced` at once: nothing of it is served.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core import audit
from bot.core.ids import new_id
from bot.core.staff.model import Action, Actor, permit
from knowledge.danger_rules import content
from knowledge.danger_rules.content import Example
from knowledge.danger_rules.store import RuleApprovalRow, RuleChangeRow, RulesState
from knowledge.danger_rules.trying import past_messages, tried
from knowledge.model import KnowledgeError
from knowledge.triage import rules
from knowledge.triage.engine import Triage
from knowledge.triage.model import Level, Sign
from knowledge.triage.rules import Rule
from knowledge.triage.signs import read_signs

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
RESERVED = frozenset({"new"})  # a page of the console


class NoSuchRule(KnowledgeError):
    """No rule, or no proposal, with this id."""


class RuleChangedMeanwhile(KnowledgeError):
    """A colleague changed it after the page was loaded."""


class OwnRule(KnowledgeError):
    """Who wrote a change cannot approve it."""


class TrialMissing(KnowledgeError):
    """What is to be published has not been tried as it is now."""


class RuleFaulty(KnowledgeError):
    """It breaks rules for rules, or its sentences do not do what they say."""


class RuleIdOdd(KnowledgeError):
    """An id has small letters, digits and hyphens, and is new."""


@dataclass(frozen=True, slots=True)
class Line:
    """A rule as it is served. `approval` is of exactly this content; `origin`: shipped, or changed in the console."""

    rule: Rule
    body: dict[str, Any]
    sign: Sign
    digest: str
    origin: str
    approval: RuleApprovalRow | None
    draft: RuleChangeRow | None

    @property
    def examples(self) -> tuple[Example, ...]:
        return content.shipped_examples().get(self.rule.id, ())


def listed(session: Session) -> list[Line]:
    """Every rule as it is served now, in order; a published change that cannot be read is not served."""
    published = {row.rule_id: row for row in _changes(session, "published") if _is_readable(row)}
    drafts = {row.rule_id: row for row in _changes(session, "draft")}
    approvals = {(row.rule_id, row.digest): row for row in session.scalars(
        select(RuleApprovalRow).order_by(RuleApprovalRow.at))}  # fmt: skip
    written = rules.written()
    served = rules.overlaid({id: row.body for id, row in published.items()})
    found = []
    for rule in served:
        digest = content.digest(rule)
        own = published.get(rule.id)
        found.append(
            Line(
                rule,
                own.body if own else written[rule.id],
                read_signs()[rule.sign],
                digest,
                "changed" if own else "shipped",
                approvals.get((rule.id, digest)),
                drafts.get(rule.id),
            )
        )
    return found


def line(session: Session, rule_id: str) -> Line:
    """Raises NoSuchRule."""
    found = next((line for line in listed(session) if line.rule.id == rule_id), None)
    if found is None:
        raise NoSuchRule(rule_id)
    return found


def examples_of(session: Session, rule_id: str) -> tuple[Example, ...]:
    """The sentences of the content that is served."""
    own = next((row for row in _changes(session, "published") if row.rule_id == rule_id), None)
    return content.examples_from_json(own.examples) if own else content.shipped_examples().get(rule_id, ())


def approve(session: Session, actor: Actor, rule_id: str, digest: str, now: datetime, note: str = "") -> None:
    """Stand for a shipped rule as it is. Raises RuleChangedMeanwhile when it says something else by now."""
    permit(actor, Action.DANGER_APPROVE)
    known = line(session, rule_id)
    if known.digest != digest:
        raise RuleChangedMeanwhile(rule_id)
    if known.approval is None:
        _approved(session, actor, rule_id, digest, now, note)
        audit.record(session, at=now, actor=actor.audit_name, action="danger.approved", subject=rule_id)


def change(session: Session, change_id: str) -> RuleChangeRow:
    row = session.get(RuleChangeRow, change_id)
    if row is None:
        raise NoSuchRule(change_id)
    return row


def propose(
    session: Session, actor: Actor, rule_id: str, body: dict[str, Any], examples: Sequence[Example], now: datetime,
    *, version: int, note: str = "",
) -> RuleChangeRow:  # fmt: skip
    """Keep a draft; one for each rule. `version`: of the draft that the form showed, 0 for none.

    Raises RuleChangedMeanwhile, RuleIdOdd (of a new rule). Anything readable may be kept; publishing is strict.
    """
    permit(actor, Action.DANGER_PROPOSE)
    _one_at_a_time(session)
    served = {line.rule.id: line for line in listed(session)}
    if rule_id not in served and not (3 <= len(rule_id) <= 60 and _ID.fullmatch(rule_id) and rule_id not in RESERVED):
        raise RuleIdOdd(rule_id)
    row = draft_of(session, rule_id)
    if (row.version if row else 0) != version:
        raise RuleChangedMeanwhile(rule_id)
    if row is None:
        row = RuleChangeRow(id=new_id(), rule_id=rule_id, state="draft", version=0, writers=[], writer_names=[],
                            based_on=served[rule_id].digest if rule_id in served else "")  # fmt: skip
        session.add(row)
    row.body, row.examples, row.note = body, content.examples_to_json(examples), note[:1000]
    row.digest = content_mark(body, examples)
    row.version += 1
    row.changed_at = now
    if actor.id not in row.writers:
        row.writers, row.writer_names = [*row.writers, actor.id], [*row.writer_names, actor.name]
    session.flush()
    audit.record(session, at=now, actor=actor.audit_name, action="danger.proposed", subject=rule_id)
    return row


def propose_taking_back(session: Session, actor: Actor, rule_id: str, now: datetime, note: str = "") -> RuleChangeRow:
    """A draft that ends the published change. Raises NoSuchRule without one, RuleChangedMeanwhile beside a draft."""
    permit(actor, Action.DANGER_PROPOSE)
    _one_at_a_time(session)
    if published_change(session, rule_id) is None:
        raise NoSuchRule(rule_id)
    return propose(session, actor, rule_id, {}, (), now, version=0, note=note)


def draft_of(session: Session, rule_id: str) -> RuleChangeRow | None:
    """The proposal that is open for this rule, also for one that is not served yet."""
    query = select(RuleChangeRow).where(RuleChangeRow.rule_id == rule_id, RuleChangeRow.state == "draft")
    return session.scalars(query.execution_options(populate_existing=True)).first()


def new_drafts(session: Session, lines: Sequence[Line]) -> list[RuleChangeRow]:
    """Proposals of rules that are not among those served."""
    served = {line.rule.id for line in lines}
    return [row for row in _changes(session, "draft") if row.rule_id not in served]


def content_mark(body: dict[str, Any], examples: Sequence[Example]) -> str:
    """What a trial run was made of: the rule and its sentences."""
    import hashlib
    import json

    whole = [body, content.examples_to_json(examples)]
    return hashlib.sha256(json.dumps(whole, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def try_change(session: Session, actor: Actor, change_id: str, triage: Triage) -> dict[str, Any]:
    """The report of a trial run (some seconds); nothing is kept: see `keep_trial`. Raises RuleFaulty."""
    permit(actor, Action.DANGER_PROPOSE)
    row = change(session, change_id)
    if row.state != "draft":
        raise NoSuchRule(change_id)
    examples = content.examples_from_json(row.examples)
    found = content.faults(row.body, row.rule_id, examples) if row.body else []
    report: dict[str, Any] = {"faults": [[fault.code, fault.about] for fault in found], "of": row.digest}
    if any(fault.code in ("unreadable", "too_slow", "nested_repeat", "back_reference", "too_long", "too_many")
           for fault in found):  # fmt: skip
        return report
    before = next((rule for rule in triage.rules if rule.id == row.rule_id), None)
    return report | tried(triage, before, _meant(row), past_messages(session))


def keep_trial(session: Session, actor: Actor, change_id: str, report: dict[str, Any]) -> None:
    """Raises NoSuchRule when it was decided meanwhile."""
    permit(actor, Action.DANGER_PROPOSE)
    row = session.get(RuleChangeRow, change_id, with_for_update=True, populate_existing=True)
    if row is None or row.state != "draft":
        raise NoSuchRule(change_id)
    row.trial, row.trial_digest = report, str(report.get("of", ""))


def publish(session: Session, actor: Actor, change_id: str, now: datetime, *, version: int, note: str = "") -> None:
    """Serve it. Raises OwnRule, TrialMissing, RuleFaulty, RuleChangedMeanwhile, NotPermitted."""
    permit(actor, Action.DANGER_APPROVE)
    _one_at_a_time(session)
    row = session.get(RuleChangeRow, change_id, with_for_update=True, populate_existing=True)
    if row is None or row.state != "draft":
        raise NoSuchRule(change_id)
    if row.version != version:
        raise RuleChangedMeanwhile(row.rule_id)
    if actor.id in row.writers:
        raise OwnRule(row.rule_id)
    if row.trial_digest != row.digest:
        raise TrialMissing(row.rule_id)
    served = next((line for line in listed(session) if line.rule.id == row.rule_id), None)
    if (served.digest if served else "") != row.based_on:
        raise RuleChangedMeanwhile(row.rule_id)
    if row.body and content.faults(row.body, row.rule_id, content.examples_from_json(row.examples)):
        raise RuleFaulty(row.rule_id)
    for old in _changes(session, "published"):
        if old.rule_id == row.rule_id:
            old.state = "replaced" if row.body else "withdrawn"
    row.state, row.published_at = "published" if row.body else "replaced", now
    row.approved_by, row.approved_name = actor.id, actor.name
    if (meant := _meant(row)) is not None:
        _approved(session, actor, row.rule_id, content.digest(meant), now, note)
    bump(session)
    action = "danger.published" if row.body else "danger.taken_back"
    audit.record(session, at=now, actor=actor.audit_name, action=action, subject=row.rule_id)


def withdraw(session: Session, actor: Actor, change_id: str, now: datetime) -> None:
    """Give a draft up. What is published ends by `propose_taking_back`. Raises NoSuchRule."""
    permit(actor, Action.DANGER_PROPOSE)
    row = session.get(RuleChangeRow, change_id, with_for_update=True, populate_existing=True)
    if row is None or row.state != "draft":
        raise NoSuchRule(change_id)
    row.state = "withdrawn"
    audit.record(session, at=now, actor=actor.audit_name, action="danger.withdrawn", subject=row.rule_id)


def published_change(session: Session, rule_id: str) -> RuleChangeRow | None:
    return next((row for row in _changes(session, "published") if row.rule_id == rule_id), None)


def history(session: Session, rule_id: str) -> Sequence[RuleChangeRow]:
    """Published and replaced changes, the newest first."""
    return session.scalars(
        select(RuleChangeRow)
        .where(RuleChangeRow.rule_id == rule_id, RuleChangeRow.published_at.is_not(None))
        .order_by(RuleChangeRow.published_at.desc())
    ).all()


def bump(session: Session) -> None:
    _one_at_a_time(session).version += 1
    session.flush()


def _one_at_a_time(session: Session) -> RulesState:
    """Locked until the transaction ends: of two people who propose at once, the later one is told."""
    state = session.get(RulesState, 1, with_for_update=True, populate_existing=True)
    if state is None:
        state = RulesState(id=1, version=0)
        session.add(state)
        session.flush()
    return state


def _meant(row: RuleChangeRow) -> Rule | None:
    """The rule that would be served; None when a rule that was made in the console is taken back."""
    if row.body:
        return content.compiled(row.body, row.rule_id)
    return next((rule for rule in rules.read_rules() if rule.id == row.rule_id), None)


def counts(lines: Sequence[Line]) -> dict[str, int]:
    return {
        "all": len(lines),
        "not_approved": sum(line.approval is None for line in lines),
        "changed": sum(line.origin == "changed" for line in lines),
        "drafts": sum(line.draft is not None for line in lines),
        **{level.value: sum(line.rule.level is level for line in lines) for level in Level if level is not Level.CHECK},
    }


def _is_readable(row: RuleChangeRow) -> bool:
    try:
        content.compiled(row.body, row.rule_id)
    except content.UNREADABLE:
        return False
    return True


def _changes(session: Session, state: str) -> Sequence[RuleChangeRow]:
    return session.scalars(
        select(RuleChangeRow).where(RuleChangeRow.state == state).order_by(RuleChangeRow.changed_at, RuleChangeRow.id)
    ).all()


def _approved(session: Session, actor: Actor, rule_id: str, digest: str, now: datetime, note: str) -> None:
    session.add(
        RuleApprovalRow(
            id=new_id(),
            rule_id=rule_id,
            digest=digest,
            staff_id=actor.id,
            staff_name=actor.name,
            at=now,
            note=note[:1000],
        )
    )
