"""What a rule says: as it is written, as a form, its sentences, and a digest that changes when its meaning does."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from knowledge.danger_rules import safety
from knowledge.triage import rules
from knowledge.triage.model import Level
from knowledge.triage.rules import Rule
from knowledge.triage.signs import DataError, read_signs

EXAMPLES_FILE = rules.RULES_FILE.parent / "rule_examples.yaml"
LANGUAGES = ("zh", "en")
UNREADABLE = (DataError, ValueError, KeyError, TypeError, IndexError, RecursionError, OverflowError)
FEWEST = 2  # sentences that must fire, in each language that the rule knows
_FIELDS = ("sign", "level", "age", "zh", "en", "not", "also", "when", "sure", "known_age", "unknown_age")


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence that must fire the rule, or must not; `age` in months as the caller would know it."""

    text: str
    fires: bool
    language: str
    age: float | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """What stands against publishing: a code for words, and what it is about."""

    code: str
    about: str = ""


def digest(rule: Rule) -> str:
    """Of everything that decides when it fires, concepts put in; not of how it is written."""
    parts = (
        rule.id, rule.sign, rule.level.value, [p.pattern for p in rule.zh], [p.pattern for p in rule.en],
        rule.excuses.pattern if rule.excuses else "", rule.also.pattern if rule.also else "",
        rule.age, sorted(rule.when.items()), rule.sure, rule.known_age, rule.unknown_age,
    )  # fmt: skip
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, default=str).encode()).hexdigest()


@cache
def shipped_examples(file: Path = EXAMPLES_FILE) -> dict[str, tuple[Example, ...]]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found = yaml.load(file.read_text(encoding="utf-8"), loader)  # noqa: S506 (a safe loader)
    return {
        rule_id: tuple(
            Example(str(e["text"]), kind == "fires", language, e.get("age"))
            for language in LANGUAGES
            for kind in ("fires", "quiet")
            for e in (parts.get(language) or {}).get(kind, [])
        )
        for rule_id, parts in found.items()
    }


def examples_to_json(examples: Sequence[Example]) -> dict[str, Any]:
    return {"sentences": [[e.text, e.fires, e.language, e.age] for e in examples]}


def examples_from_json(stored: Mapping[str, Any]) -> tuple[Example, ...]:
    return tuple(Example(str(t), bool(f), str(l), a) for t, f, l, a in stored.get("sentences", []))  # noqa: E741


def compiled(body: Mapping[str, Any], rule_id: str) -> Rule:
    """Raises DataError."""
    return next(rule for rule in rules.overlaid({rule_id: body}) if rule.id == rule_id)


def fires(rule: Rule, example: Example) -> bool:
    hit = rules.hit_of(rule, rules.read(example.text, example.age))
    return hit is not None and hit.live


def wrong_examples(rule: Rule, examples: Sequence[Example]) -> list[Example]:
    """Sentences at which the rule does not do what they say."""
    return [example for example in examples if fires(rule, example) is not example.fires]


def faults(body: Mapping[str, Any], rule_id: str, examples: Sequence[Example]) -> list[Fault]:
    """Everything that stands against publishing this content; the time it takes is part of it."""
    patterns = [p for part in (body, body.get("not", {})) for lang in LANGUAGES for p in part.get(lang, ())]
    found = [Fault(code, pattern[:60]) for pattern in patterns for code in safety.faults_in(str(pattern))]
    if any(len(body.get(lang, ())) > safety.MOST for lang in LANGUAGES):
        found.append(Fault("too_many"))
    if found:
        return found
    try:
        rule = compiled(body, rule_id)
    except UNREADABLE as error:
        return [Fault("unreadable", str(error).split(": ", 1)[-1][:200])]
    own = [p.pattern for p in (*rule.zh, *rule.en)] + [p.pattern for p in (rule.excuses, rule.also) if p]
    if safety.too_slow(own):
        return [Fault("too_slow")]
    for language, known in (("zh", rule.zh), ("en", rule.en)):
        if known and sum(e.fires and e.language == language for e in examples) < FEWEST:
            found.append(Fault("too_few_sentences", language))
    found += [Fault("should_fire" if e.fires else "should_not", e.text) for e in wrong_examples(rule, examples)]
    return found


def to_fields(body: Mapping[str, Any]) -> dict[str, str]:
    """The form of a rule: one pattern a line."""
    excuses = body.get("not", {})
    sign = str(body.get("sign", ""))
    age = body.get("age", [0, 37])
    return {
        "sign": sign,
        "level": str(body.get("level") or (read_signs()[sign].level.value if sign in read_signs() else "")),
        "from_months": f"{float(age[0]):g}",
        "to_months": f"{float(age[1]):g}",
        "sure": "yes" if body.get("sure", True) else "",
        **{lang: "\n".join(map(str, body.get(lang, ()))) for lang in LANGUAGES},
        **{f"not_{lang}": "\n".join(map(str, excuses.get(lang, ()))) for lang in LANGUAGES},
    }


def from_fields(fields: Mapping[str, str], base: Mapping[str, Any]) -> dict[str, Any]:
    """The form put over what the rule says now; conditions that the form does not show stay. Raises DataError."""
    body = {key: value for key, value in base.items() if key in _FIELDS}
    sign = fields["sign"].strip()
    if sign not in read_signs():
        raise DataError(f"no sign {sign}")
    body["sign"] = sign
    try:
        level = Level(fields["level"])
        start, end = float(fields["from_months"] or 0), float(fields["to_months"] or 37)
    except ValueError as error:
        raise DataError(str(error)) from error
    _put(body, "level", level.value, level is not read_signs()[sign].level)
    if not 0 <= start < end <= 37:
        raise DataError("age")
    _put(body, "age", [start, end], (start, end) != (0.0, 37.0))
    _put(body, "sure", False, fields.get("sure") != "yes")
    excuses = {lang: _lines(fields.get(f"not_{lang}", "")) for lang in LANGUAGES}
    _put(body, "not", {lang: own for lang, own in excuses.items() if own}, any(excuses.values()))
    for lang in LANGUAGES:
        own = _lines(fields.get(lang, ""))
        _put(body, lang, own, bool(own))
    return body


def sentences(fields: Mapping[str, str]) -> tuple[Example, ...]:
    """Of the form: one sentence a line, with the age in months behind a bar where it matters ('... | 8')."""
    found = []
    for language in LANGUAGES:
        for kind in ("fires", "quiet"):
            for line in _lines(fields.get(f"{kind}_{language}", "")):
                text, _, age = line.rpartition("|")
                months = _number(age) if text else None
                found.append(Example((text if months is not None else line).strip(), kind == "fires", language, months))
    return tuple(found)


def sentences_as_fields(examples: Sequence[Example]) -> dict[str, str]:
    def lines(language: str, fires_: bool) -> str:
        own = [e for e in examples if e.language == language and e.fires is fires_]
        return "\n".join(f"{e.text} | {e.age:g}" if e.age is not None else e.text for e in own)

    return {
        f"{kind}_{language}": lines(language, kind == "fires") for language in LANGUAGES for kind in ("fires", "quiet")
    }


def _put(body: dict[str, Any], key: str, value: Any, wanted: bool) -> None:
    body.pop(key, None)
    if wanted:
        body[key] = value


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
