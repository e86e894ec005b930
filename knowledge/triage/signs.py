"""Reads signs.yaml: the danger signs with the fixed words that a parent gets. Errors name the file and the line."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.core.language import Language
from knowledge.triage.model import Level, Sign, SignWords

SIGNS_FILE = Path(__file__).resolve().parent / "signs.yaml"
CALLS = ("emergency", "police", "mental_health", "none")
LONGEST_NAME = {Language.ZH: 12, Language.EN: 6}  # characters, words: the name is a button too
LONGEST_LINE = {Language.ZH: 40, Language.EN: 25}


class DataError(ValueError):
    """A data file says something that cannot be: `file:line: what`."""


def mapping_with_line(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    """A YAML mapping that remembers its line under `__line__`."""
    found: dict[Any, Any] = loader.construct_mapping(node, deep=True)
    found["__line__"] = node.start_mark.line + 1
    return found


_FAST: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class LineLoader(_FAST):  # type: ignore[misc]
    """Keeps line numbers, so that an error can say where."""


LineLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping_with_line)


def load(file: Path) -> Any:
    """The file's content with `__line__` in every mapping; DataError when it is no YAML."""
    try:
        return yaml.load(file.read_text(encoding="utf-8"), LineLoader)  # noqa: S506 (a SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        raise DataError(f"{file.name}:{line}: {getattr(error, 'problem', error)}") from error


@cache
def read_signs(file: Path = SIGNS_FILE) -> dict[str, Sign]:
    """Every danger sign by id, in the file's order."""
    found: dict[str, Sign] = {}
    for family, raws in load(file)["signs"].items():
        if family == "__line__":
            continue
        for raw in raws:
            sign = _sign(file, raw)
            if sign.id in found:
                raise DataError(f"{file.name}:{raw['__line__']}: {sign.id} is there twice")
            found[sign.id] = sign
    return found


@cache
def families(file: Path = SIGNS_FILE) -> dict[str, str]:
    """Sign id (and each older id) to its family, for splitting data by kind of danger."""
    return {
        name: family
        for family, raws in load(file)["signs"].items()
        if family != "__line__"
        for raw in raws
        for name in (raw["id"], *raw.get("also", ()))
    }


@cache
def known_as(file: Path = SIGNS_FILE) -> dict[str, str]:
    """Each id in use, older ones too, to the id of its sign."""
    return {
        name: raw["id"]
        for family, raws in load(file)["signs"].items()
        if family != "__line__"
        for raw in raws
        for name in (raw["id"], *raw.get("also", ()))
    }


def _sign(file: Path, raw: dict[str, Any]) -> Sign:
    where = f"{file.name}:{raw['__line__']}: {raw.get('id', 'a sign without an id')}"
    try:
        age = raw.get("age", [0, 37])
        sign = Sign(
            id=raw["id"],
            level=Level(raw["level"]),
            topic=raw["topic"],
            words={lang: _words(raw[lang.value]) for lang in Language},
            sources=tuple(raw["sources"]),
            from_months=float(age[0]),
            to_months=float(age[1]),
            call=raw.get("call", "emergency"),
            about_parent=bool(raw.get("about_parent", False)),
        )
    except (KeyError, ValueError, TypeError, IndexError) as error:
        raise DataError(f"{where}: {type(error).__name__} {error}") from error
    if sign.call not in CALLS:
        raise DataError(f"{where}: call is one of {', '.join(CALLS)}, not {sign.call}")
    if sign.level is Level.CHECK or not sign.from_months < sign.to_months:
        raise DataError(f"{where}: level or age cannot be")
    for language, words in sign.words.items():
        _check_length(where, language, words)
    return sign


def _words(raw: dict[str, Any]) -> SignWords:
    return SignWords(
        raw["name"], tuple(map(str, raw["do_now"])), tuple(map(str, raw.get("do_not", ()))), raw.get("first", "")
    )


def _check_length(where: str, language: Language, words: SignWords) -> None:
    if _length(language, words.name) > LONGEST_NAME[language]:
        raise DataError(f"{where}: the {language.value} name is too long for a button")
    if not 1 <= len(words.do_now) <= 4 or len(words.do_not) > 4:
        raise DataError(f"{where}: {language.value} do_now has one to four lines, do_not at most four")
    for line in words.do_now + words.do_not:
        if _length(language, line) > LONGEST_LINE[language]:
            raise DataError(f"{where}: too long in {language.value}: {line}")


def _length(language: Language, text: str) -> int:
    return len(text) if language is Language.ZH else len(text.split())
