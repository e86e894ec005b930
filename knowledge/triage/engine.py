"""The danger check: rules and meaning together, before everything else. Needs neither database nor network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from knowledge.triage import rules
from knowledge.triage.clauses import cue, tells_of_now
from knowledge.triage.model import Danger, Level, Sign
from knowledge.triage.rules import Hit, Message
from knowledge.triage.signs import read_signs

DOUBT = ("severe-breathing", "cannot-wake", "seizure-now")


class Triage:
    """Rules alone, or with a meaning check; both fail closed."""

    def __init__(self) -> None:
        self._signs = read_signs()
        rules.read_rules()

    @property
    def in_doubt(self) -> Danger:
        """What stands in for a check that failed."""
        return Danger(Level.CHECK, tuple(s for s in DOUBT if s in self._signs), 0.0)

    def sign(self, sign_id: str) -> Sign:
        return self._signs[sign_id]

    def assess(self, text: str, *, age_months: float | None = None) -> Danger | None:
        """The danger in a message, or None. `age_months` is the child's age when known."""
        if not text.strip():
            return None
        message = rules.read(text, age_months)
        return by_rules(message, rules.hits(message))


def by_rules(message: Message, found: Sequence[Hit]) -> Danger | None:
    """What the rules alone say: sure and live -> the level; unsure -> CHECK; a bare first-aid question -> first aid."""
    live = [h for h in found if h.live]
    sure = sorted((h for h in live if h.rule.sure), key=lambda h: -h.rule.level.rank)
    if sure:
        level = sure[0].rule.level
        first = [h for h in sure if h.rule.level is level]
        return Danger(level, _unique(h.rule.sign for h in sure), 1.0, all(h.age_unknown for h in first))
    if live:
        return Danger(Level.CHECK, _unique(h.rule.sign for h in live), 0.5, all(h.age_unknown for h in live))
    if found and cue("first_aid").search(message.text) and not tells_of_now(message.text):
        return Danger(Level.CHECK, _unique(h.rule.sign for h in found), 0.5, first_aid=True)
    return None


def _unique(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ids))[:3]
