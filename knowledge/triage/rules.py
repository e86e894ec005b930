"""Danger by rule: patterns in present-tense clauses, with numbers and age. The rules are data: rules.yaml.

Time is linear in the message: every gap in a pattern is bounded (checked when the file is loaded).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from knowledge.triage import clauses, facts
from knowledge.triage.clauses import Clause, Kind
from knowledge.triage.facts import Facts
from knowledge.triage.model import Level
from knowledge.triage.signs import DataError, load, read_signs

RULES_FILE = Path(__file__).resolve().parent / "rules.yaml"
LONGEST = 4000  # characters that are looked at: the beginning, and the end of what is longer
_NEARBY = 22  # characters around a match in which a look-alike word explains it away
_SHORT_GAP = 8  # characters
_OPEN_GAP = re.compile(r"(?<!\\)\.[*+]|\\w\*.*\\w\*\\w\*")
_LANGUAGES = ("zh", "en")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]{2}")
_WHEN = {
    "temperature_from",
    "temperature_below",
    "temperature_not_below",
    "fever_days_from",
    "dry_hours_from",
    "fast_breathing",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to recognise one sign."""

    id: str
    sign: str
    level: Level
    zh: tuple[re.Pattern[str], ...]
    en: tuple[re.Pattern[str], ...]
    excuses: re.Pattern[str] | None
    also: re.Pattern[str] | None
    age: tuple[float, float]
    when: dict[str, Any]
    sure: bool
    known_age: bool
    unknown_age: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that fired. `live`: told as present; else it stands in a denied, past, general or foreign clause."""

    rule: Rule
    clause: int
    kind: Kind
    live: bool
    denied: bool
    age_unknown: bool


@dataclass(frozen=True, slots=True)
class Message:
    """A message as the rules see it."""

    text: str
    clauses: tuple[Clause, ...]
    facts: Facts
    age_months: float | None
    has_zh: bool
    has_en: bool


def read(text: str, age_months: float | None = None) -> Message:
    """Cuts and counts; the caller's age, when known, goes before the one read here."""
    if len(text) > LONGEST:
        text = text[: LONGEST * 2 // 3] + "\n" + text[-LONGEST // 3 :]
    found = facts.read(text)
    return Message(
        text=text,
        clauses=tuple(clauses.split(text)),
        facts=found,
        age_months=age_months if age_months is not None else found.age_months,
        has_zh=bool(_HAN.search(text)),
        has_en=bool(_LATIN.search(text)),
    )


def hits(message: Message, served: Sequence[Rule] | None = None) -> list[Hit]:
    """Every rule that matches, live or not, in the file's order. `served`: other rules than those of the file."""
    return [hit for rule in (read_rules() if served is None else served) if (hit := hit_of(rule, message)) is not None]


def hit_of(rule: Rule, message: Message) -> Hit | None:
    unknown = message.age_months is None
    limited = rule.age != (0.0, 37.0)
    if limited:
        if unknown and (rule.known_age or (message.facts.older and rule.age[1] <= 6)):
            return None
        if not unknown and (rule.unknown_age or not rule.age[0] <= (message.age_months or 0.0) < rule.age[1]):
            return None
    if not _numbers_fit(rule.when, message) or (rule.also and not rule.also.search(message.text)):
        return None
    age_unknown = limited and unknown and rule.age[1] <= 12
    if not rule.zh and not rule.en:
        kind, live = _number_kind(message)
        return Hit(rule, 0, kind, live, False, age_unknown)
    best: Hit | None = None
    for index, kind, denied in _matches(rule, message):
        live = not denied and not kind
        if best is None or live:
            best = Hit(rule, index, kind, live, denied, age_unknown)
        if live:
            break
    return best


def _number_kind(message: Message) -> tuple[Kind, bool]:
    """A number without words: live unless all of the message is about the past or about others."""
    kinds = [c.kind & ~Kind.FEARED for c in message.clauses]
    if not kinds or any(not k for k in kinds):
        return Kind.PLAIN, True
    return kinds[0], clauses.tells_of_now(message.text)


def _matches(rule: Rule, message: Message) -> Iterator[tuple[int, Kind, bool]]:
    for pattern in (*(rule.zh if message.has_zh else ()), *(rule.en if message.has_en else ())):
        position, tries = 0, 0
        while (match := pattern.search(message.text, position)) and tries < 12:
            tries += 1
            position = match.start() + 1
            index = _clause_at(message.clauses, match.start())
            clause, last = message.clauses[index], message.clauses[_clause_at(message.clauses, match.end() - 1)]
            if rule.excuses and rule.excuses.search(
                message.text[max(clause.start, match.start() - _NEARBY) : min(last.end, match.end() + _NEARBY)]
            ):
                continue
            kind = _kind(clause) | _kind(last)
            if read_signs()[rule.sign].about_parent:
                kind &= ~Kind.OTHERS  # "my wife hears voices" is about the one in danger
            denied = clauses.denied_before(message.text, match.start()) and not pattern.pattern.startswith("(?:没")
            yield index, kind, denied


def _kind(clause: Clause) -> Kind:
    """What remains once the clause also says that it is happening."""
    kind = clause.kind
    if kind & (Kind.GENERAL | Kind.PAST | Kind.OTHERS | Kind.FEARED) and clauses.tells_of_now(clause.text):
        kind &= ~(Kind.GENERAL | Kind.FEARED | Kind.PAST)
    return kind


def _clause_at(parts: tuple[Clause, ...], position: int) -> int:
    for index, clause in enumerate(parts):
        if position < clause.end:
            return index
    return max(len(parts) - 1, 0)


def _numbers_fit(when: dict[str, Any], message: Message) -> bool:
    if not when:
        return True
    read_facts = message.facts
    temperature = read_facts.temperature
    for name, limit in when.items():
        match name:
            case "temperature_from":
                fits = temperature is not None and temperature >= limit
            case "temperature_below":
                fits = temperature is not None and temperature < limit
            case "temperature_not_below":
                fits = temperature is None or temperature >= limit
            case "fever_days_from":
                fits = read_facts.fever_days is not None and read_facts.fever_days >= limit
            case "dry_hours_from":
                fits = read_facts.dry_hours is not None and read_facts.dry_hours >= limit
            case _:
                fits = read_facts.breaths is not None and read_facts.breaths >= fast_from(message.age_months)
        if not fits:
            return False
    return True


def fast_from(age_months: float | None) -> int:
    """Breaths a minute at rest that count as fast (WHO IMCI): 60 under two months, 50 to one year, 40 to five."""
    if age_months is None:
        return 50
    return 60 if age_months < 2 else 50 if age_months < 12 else 40


@cache
def read_rules(file: Path = RULES_FILE) -> tuple[Rule, ...]:
    """All rules, compiled; DataError with file and line for one that cannot be."""
    data = load(file)
    concepts = {lang: data["concepts"][lang] for lang in _LANGUAGES}
    rules: list[Rule] = []
    for raw in data["rules"]:
        rule = _rule(file, raw, concepts)
        if any(r.id == rule.id for r in rules):
            raise DataError(f"{file.name}:{raw['__line__']}: {rule.id} is there twice")
        rules.append(rule)
    return tuple(rules)


def overlaid(changes: Mapping[str, Mapping[str, Any]], file: Path = RULES_FILE) -> tuple[Rule, ...]:
    """The file's rules with these put in their place, new ones at the end; DataError for one that cannot be."""
    concepts = {lang: load(file)["concepts"][lang] for lang in _LANGUAGES} if changes else {}
    made = {id: _rule(Path("change"), {"__line__": 0, **raw, "id": id}, concepts) for id, raw in changes.items()}
    return tuple([made.pop(rule.id, rule) for rule in read_rules(file)] + list(made.values()))


@cache
def written(file: Path = RULES_FILE) -> dict[str, dict[str, Any]]:
    """The entries of the file as they are written, by id."""
    found = {}
    for raw in load(file)["rules"]:
        found[raw["id"]] = {
            key: {k: v for k, v in value.items() if k != "__line__"} if isinstance(value, dict) else value
            for key, value in raw.items()
            if key != "__line__"
        }
    return found


def _rule(file: Path, raw: dict[str, Any], concepts: dict[str, dict[str, str]]) -> Rule:
    where = f"{file.name}:{raw['__line__']}: {raw.get('id', 'a rule without an id')}"
    signs = read_signs()
    if raw.get("sign") not in signs:
        raise DataError(f"{where}: no sign {raw.get('sign')}")
    when = {k: v for k, v in raw.get("when", {}).items() if k != "__line__"}
    if unknown := set(when) - _WHEN:
        raise DataError(f"{where}: cannot read {', '.join(sorted(unknown))}")
    zh, en = (tuple(_compile(where, p, concepts[lang]) for p in raw.get(lang, ())) for lang in _LANGUAGES)
    if not (zh or en) and not when:
        raise DataError(f"{where}: neither patterns nor numbers")
    age = raw.get("age", [0, 37])
    return Rule(
        id=raw["id"],
        sign=raw["sign"],
        level=Level(raw.get("level", signs[raw["sign"]].level.value)),
        zh=zh,
        en=en,
        excuses=_either(where, [p for lang in _LANGUAGES for p in raw.get("not", {}).get(lang, ())], concepts),
        also=_either(where, [raw["also"][lang] for lang in _LANGUAGES if lang in raw.get("also", {})], concepts),
        age=(float(age[0]), float(age[1])),
        when=when,
        sure=bool(raw.get("sure", True)),
        known_age=bool(raw.get("known_age", False)),
        unknown_age=bool(raw.get("unknown_age", False)),
    )


def _either(where: str, patterns: list[str], concepts: dict[str, dict[str, str]]) -> re.Pattern[str] | None:
    if not patterns:
        return None
    return _compile(where, "|".join(f"(?:{p})" for p in patterns), {**concepts["en"], **concepts["zh"]})


def _gap(bounds: str, longest: int) -> str:
    """A short gap stays within its clause, a longer one within what a parent tells in one go."""
    return (r"[^,，。.!！?？;；\n]" if longest <= _SHORT_GAP else ".") + bounds + "?"


def _compile(where: str, pattern: str, concepts: dict[str, str]) -> re.Pattern[str]:
    """Puts in the concepts and makes gaps lazy, so that text added after a match cannot move its end."""
    for name, words in concepts.items():
        pattern = pattern.replace("{" + name + "}", str(words))
    if re.search(r"\{[a-z]", pattern):
        raise DataError(f"{where}: unknown concept in {pattern[:60]}")
    if _OPEN_GAP.search(pattern):
        raise DataError(f"{where}: a gap without a limit in {pattern[:60]}")
    lazy = re.sub(r"\.(\{\d*,(\d+)\})\??", lambda gap: _gap(gap[1], int(gap[2])), pattern)
    try:
        return re.compile(lazy, re.IGNORECASE)
    except re.error as error:
        raise DataError(f"{where}: {error} in {pattern[:60]}") from error
