"""Published changes over the file's rules, in every process; whatever is wrong with them, the check goes on."""

from __future__ import annotations

import logging

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.danger_rules import content
from knowledge.danger_rules.store import RuleChangeRow, RulesState
from knowledge.triage import rules
from knowledge.triage.engine import Triage

log = logging.getLogger("sprout.danger_rules")

SENTENCES_TRIED = "宝宝发烧39度，叫不醒", "my baby is not breathing"


def version(session: Session) -> int:
    return session.scalar(select(RulesState.version).where(RulesState.id == 1)) or 0


def serve(session: Session, triage: Triage) -> bool:
    """Serve what is published. False when it cannot be read: then the file's rules are served, and nothing else.

    A change whose sentences do not fire it any more (its concepts have changed in the file) is left out as well.
    """
    try:
        changes = {
            row.rule_id: (row.body, content.examples_from_json(row.examples))
            for row in session.scalars(select(RuleChangeRow).where(RuleChangeRow.state == "published"))
        }
        whole = {id: body for id, (body, _) in changes.items()}
        made = {rule.id: rule for rule in rules.overlaid(whole)}
        silent = {id for id, (_, examples) in changes.items()
                  if any(e.fires and not content.fires(made[id], e) for e in examples)}  # fmt: skip
        served = rules.overlaid({id: body for id, body in whole.items() if id not in silent}) if whole else None
        if served is not None:
            for text in SENTENCES_TRIED:
                if not any(hit.live for hit in rules.hits(rules.read(text), served)):
                    raise ValueError("the plainest emergencies would not be seen")
    except Exception:
        log.exception("danger_rules.broken the shipped rules are served")
        triage.use_rules(None)
        return False
    for rule_id in silent:
        log.warning("danger_rules.left_out rule=%s", rule_id)
    triage.use_rules(served)
    return True


class Watch:
    """Looks whether the rules changed; one for each process."""

    def __init__(self) -> None:
        self._version = 0

    def look(self, session: Session, triage: Triage) -> bool:
        """Whether something new is served now. Costs one query of one row."""
        now = version(session)
        if now == self._version:
            return False
        self._version = now
        return serve(session, triage)
