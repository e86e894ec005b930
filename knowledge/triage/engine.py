"""The danger check: rules and meaning together, before everything else. Needs neither database nor network.

rules alone (no embedder, no weights, or an error in them): sure and present -> level; anything doubtful -> CHECK
with meaning: sure -> level; doubtful -> CHECK with up to three signs to ask about; unlikely -> None
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path

from knowledge.triage import meaning, rules
from knowledge.triage.clauses import Kind, cue, tells_of_now
from knowledge.triage.features import Vectors
from knowledge.triage.meaning import Embed, Meaning, MeaningMissing
from knowledge.triage.model import Danger, Level, Sign
from knowledge.triage.rules import Hit, Message, Rule
from knowledge.triage.signs import families, read_signs

log = logging.getLogger(__name__)

_YOUNGEST, _YOUNG = 0.5, 3.5  # months: the age taken when none is known; until when a rule is for the youngest
_RULED, _OF_LEVEL = 0.1, 0.2  # added to the likeness of a sign when a rule for it matched; when it is of the level told
_RUNNER_UP = 0.5  # a second sign that is at least so much as likely as the first is told too
DOUBT = ("severe-breathing", "cannot-wake", "seizure-now")
Ages = Callable[[str], float | None]


@dataclass(frozen=True, slots=True)
class Bands:
    """Where the probability of danger (emergency_now + urgent_today) is cut; README.md says how they were chosen."""

    sure: float = 0.45
    ask: float = 0.065
    sure_with_rule: float = 0.25  # a rule that is sure needs this much agreement to escalate, else the parent is asked
    sure_with_family_rule: float = 0.10  # the same for self-harm and violence, where plain words are few
    ask_with_rule: float = 0.05
    ask_for_youngest: float = 0.04  # age not told, and a rule for the youngest would fire
    named: float = 0.20  # a danger to which no sign fits this well is asked about,
    sure_unnamed: float = 0.80  # unless it is this likely
    emergency_share: float = 0.40  # of the danger, from here on it is an emergency
    soon: float = 0.50


@dataclass(frozen=True, slots=True)
class Evidence:
    """Rules that matched, live or not; how likely meaning holds (no danger, soon, urgent today, emergency); bands."""

    hits: tuple[Hit, ...]
    chances: tuple[float, float, float, float] | None
    bands: Bands


class Triage:
    """Rules and, when `embed` and trained weights are there, meaning. Thread-safe; only `use_rules` changes it."""

    def __init__(
        self,
        embed: Embed | None = None,
        weights: Path | None = None,
        *,
        ages_in: Ages | None = None,
        bands: Bands | None = None,
    ) -> None:
        self._signs = read_signs()
        rules.read_rules()
        self._rules: tuple[Rule, ...] | None = None  # none: those of the file
        self._embed = embed
        self._ages_in = ages_in
        self._bands = bands or Bands()
        self._meaning = _meaning(embed, weights)

    @classmethod
    def with_model(cls, embed: Embed, model: Meaning, *, bands: Bands | None = None) -> Triage:
        """With weights that were just trained and are in no file."""
        triage = cls(embed, bands=bands)
        triage._meaning = model
        return triage

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that are served."""
        return rules.read_rules() if self._rules is None else self._rules

    def use_rules(self, served: tuple[Rule, ...] | None) -> None:
        """Serve these from now on; None: those of the file."""
        self._rules = served

    def with_rules(self, served: tuple[Rule, ...]) -> Triage:
        """The same check with other rules, for a trial."""
        other = copy(self)
        other._rules = served
        return other

    @property
    def in_doubt(self) -> Danger:
        """What stands in for a check that failed."""
        return Danger(Level.CHECK, tuple(s for s in DOUBT if s in self._signs), 0.0)

    @property
    def has_meaning(self) -> bool:
        """Whether the meaning check works beside the rules."""
        return self._meaning is not None

    def sign(self, sign_id: str) -> Sign:
        return self._signs[sign_id]

    def signs(self) -> tuple[Sign, ...]:
        """All danger signs, as in the file."""
        return tuple(self._signs.values())

    def assess(self, text: str, *, age_months: float | None = None) -> Danger | None:
        """The danger in a message, or None; never raises. `age_months` is the child's age when known."""
        if not text.strip():
            return None
        try:
            if age_months is None and self._ages_in is not None:
                age_months = self._ages_in(text)
            message = rules.read(text, age_months)
            found = rules.hits(message, self._rules)
        except Exception:
            log.exception("triage.rules_failed")
            return self.in_doubt
        ruled = by_rules(message, found)
        if self._meaning is None:
            return ruled or _doubtful(message, found, self._rules)
        try:
            return self._with_meaning(self._meaning, self._vector(message.text), message, found, ruled)
        except Exception:
            log.exception("triage.meaning_failed")
            return ruled or self.in_doubt

    def evidence(self, text: str, *, age_months: float | None = None) -> Evidence:
        """What `assess` goes by, to be shown to people. May raise where `assess` would fail closed."""
        if age_months is None and self._ages_in is not None:
            age_months = self._ages_in(text)
        message = rules.read(text, age_months)
        found = rules.hits(message, self._rules)
        if self._meaning is None:
            return Evidence(tuple(found), None, self._bands)
        none, soon, urgent, emergency = (
            float(p) for p in self._meaning.levels(self._vector(message.text), message, found)
        )
        return Evidence(tuple(found), (none, soon, urgent, emergency), self._bands)

    def _with_meaning(
        self, model: Meaning, vector: Vectors | None, message: Message, found: Sequence[Hit], ruled: Danger | None
    ) -> Danger | None:
        bands = self._bands
        _, soon, urgent, emergency = (float(p) for p in model.levels(vector, message, found))
        danger = urgent + emergency
        level = Level.EMERGENCY_NOW if emergency >= bands.emergency_share * danger else Level.URGENT_TODAY
        likely = self._likely(model, vector, message, found)
        if ruled is not None and ruled.first_aid:
            return replace(ruled, score=danger)
        ruled_danger = ruled is not None and ruled.level is not Level.SOON
        sure_rule = ruled is not None and ruled.level in (Level.EMERGENCY_NOW, Level.URGENT_TODAY)
        sure, with_rule = bands.sure, bands.sure_with_rule
        if ruled is not None and families()[ruled.signs[0]] == "family":
            with_rule = bands.sure_with_family_rule
        elif vector is not None and max(likely.values()) < bands.named:
            sure = with_rule = bands.sure_unnamed
        if sure_rule and ruled is not None and danger >= with_rule:
            higher = max((ruled.level, level if danger >= sure else ruled.level), key=lambda x: x.rank)
            return Danger(higher, self._told(higher, ruled.signs, likely), danger, ruled.age_unknown)
        if danger >= sure:
            return Danger(level, self._told(level, ruled.signs if ruled else (), likely), danger)
        if sure_rule or danger >= (bands.ask_with_rule if ruled_danger else bands.ask):
            age_unknown = ruled is not None and ruled.age_unknown
            return Danger(Level.CHECK, self._asked(ruled.signs if ruled else (), likely), danger, age_unknown)
        if danger >= bands.ask_for_youngest and (young := _if_youngest(message, self._rules)):
            return Danger(Level.CHECK, self._asked(young, likely), danger, age_unknown=True)
        if soon >= bands.soon:
            return Danger(Level.SOON, self._told(Level.SOON, ruled.signs if ruled else (), likely), soon)
        return None

    def _vector(self, text: str) -> Vectors | None:
        """The embedding, or None when it fails: words and rules then do without."""
        if self._embed is None:
            return None
        try:
            vector: Vectors = self._embed([text])[0]
        except Exception:
            log.exception("triage.embedding_failed")
            return None
        return vector

    def _likely(
        self, model: Meaning, vector: Vectors | None, message: Message, found: Sequence[Hit]
    ) -> dict[str, float]:
        """How well each sign fits meaning, rules and age."""
        live = {hit.rule.sign for hit in found if hit.live}
        age = message.age_months
        scores = {name: score + (_RULED if name in live else 0.0) for name, score in model.signs(vector, message)}
        return {
            name: score
            for name, score in scores.items()
            if age is None or self._signs[name].from_months <= age < self._signs[name].to_months + 0.5
        } or scores  # older than any sign is written for

    def _told(self, level: Level, ruled: tuple[str, ...], likely: Mapping[str, float]) -> tuple[str, ...]:
        """Signs to show for a level: the likeliest, those of the rules, and one that is nearly as likely.

        Violence and despair are told in few plain words: there the rules know better.
        """
        scores = {s: score + (_OF_LEVEL if self._signs[s].level is level else 0.0) for s, score in likely.items()}
        best, *others = sorted(scores, key=lambda s: -scores[s]) or ruled
        near = [s for s in others[:1] if scores[s] >= _RUNNER_UP * scores[best]]
        if ruled and families()[ruled[0]] == "family":
            return _unique((*ruled, best))
        return _unique((best, *ruled, *near))

    def _asked(self, ruled: tuple[str, ...], likely: Mapping[str, float]) -> tuple[str, ...]:
        """Up to three signs for the check question: none that can wait, the rules' first."""
        hard = sorted((s for s in likely if self._signs[s].level is not Level.SOON), key=lambda s: -likely[s])
        return _unique((*ruled, *hard, *DOUBT))


def _meaning(embed: Embed | None, weights: Path | None) -> Meaning | None:
    if weights is None:
        return None
    try:
        if embed is None:
            return meaning.load(weights)
        vector = embed(["."])[0]
        model = meaning.load(weights, dimension=len(vector))
        trial = rules.read("你好", None)
        model.levels(vector, trial, rules.hits(trial))  # weights made for other features fail here, not on a parent
        return model
    except MeaningMissing as error:
        log.warning("triage.rules_only %s", error)
    except Exception:
        log.exception("triage.rules_only")
    return None


def _doubtful(message: Message, found: Sequence[Hit], served: Sequence[Rule] | None) -> Danger | None:
    """Without meaning: what a very young child would be in danger with, or what is told of the past or of others."""
    if young := _if_youngest(message, served):
        return Danger(Level.CHECK, young, 0.3, age_unknown=True)
    clear = Kind.GENERAL | Kind.IDIOM
    signs = _unique(
        h.rule.sign for h in found if not h.denied and not h.kind & clear and h.rule.level is not Level.SOON
    )
    return Danger(Level.CHECK, signs, 0.2) if signs else None


def _if_youngest(message: Message, served: Sequence[Rule] | None) -> tuple[str, ...]:
    """Signs that would fire if the child, whose age nobody told, were newborn; none when it is plainly older."""
    if message.age_months is not None or message.facts.older:
        return ()
    found = rules.hits(replace(message, age_months=_YOUNGEST), served)
    return _unique(h.rule.sign for h in found if h.live and h.rule.age[1] <= _YOUNG)


def by_rules(message: Message, found: Sequence[Hit]) -> Danger | None:
    """What the rules alone say: sure and live -> the level; unsure -> CHECK; a bare first-aid question -> first aid."""
    live = [h for h in found if h.live]
    sure = sorted((h for h in live if h.rule.sure), key=lambda h: -h.rule.level.rank)
    first_aid = bool(cue("first_aid").search(message.text))
    asked_for = sure or [h for h in live if h.rule.level is Level.EMERGENCY_NOW]
    if first_aid and asked_for and not _live_event(message):
        return Danger(Level.CHECK, _unique(h.rule.sign for h in asked_for), 0.5, first_aid=True)
    if sure:
        level = sure[0].rule.level
        first = [h for h in sure if h.rule.level is level]
        return Danger(level, _unique(h.rule.sign for h in sure), 1.0, all(h.age_unknown for h in first))
    if live:
        return Danger(Level.CHECK, _unique(h.rule.sign for h in live), 0.5, all(h.age_unknown for h in live))
    if found and first_aid and not tells_of_now(message.text):
        return Danger(Level.CHECK, _unique(h.rule.sign for h in found), 0.5, first_aid=True)
    return None


def _live_event(message: Message) -> bool:
    """Whether a first-aid question is about a child now: an age, 'just now', a child, detail, or haste."""
    if message.age_months is not None or tells_of_now(message.text) or len(message.text) > 40 + 40 * message.has_en:
        return True
    return bool(cue("own_child").search(message.text))


def _unique(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ids))[:3]
