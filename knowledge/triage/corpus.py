"""The project's own danger corpus: messages that authors wrote for training, one JSON object a line.

corpus/writer_<letter>_<language>.jsonl: text, level, sign, kind, age_months, sure (of the level; true unless
said). Writers c, f, i and j are never trained on: they measure.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from knowledge.triage.signs import DataError, known_as

CORPUS = Path(__file__).resolve().parent / "corpus"
ARTICLES = Path(__file__).resolve().parents[1] / "content" / "articles"
HELD_OUT = frozenset({"c", "f", "i", "j"})
LEVELS = ("none", "soon", "urgent_today", "emergency_now")
_FIRST, _LONGEST = 2, 8  # phrasings of an article and language that serve as ordinary messages


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled message. `sign` is a sign's id as now in signs.yaml, or None."""

    text: str
    level: str
    sign: str | None
    kind: str
    age_months: float | None
    writer: str
    language: str
    sure: bool = True


def rows(folder: Path = CORPUS, *, held_out: bool = False) -> list[Row]:
    """All rows for training, or those that are held out. DataError names file and line."""
    found = [row for file in sorted(folder.glob("writer_*_??.jsonl")) for row in _rows(file)]
    return [row for row in found if (row.writer in HELD_OUT) == held_out]


def _rows(file: Path) -> Iterator[Row]:
    writer, language = file.stem.split("_")[1:3]
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            raw = json.loads(line)
            row = Row(
                raw["text"],
                raw["level"],
                known_as().get(raw.get("sign") or ""),
                raw["kind"],
                raw.get("age_months"),
                writer,
                language,
                raw.get("sure", True),
            )
        except (ValueError, KeyError) as error:
            raise DataError(f"{file.name}:{number}: {type(error).__name__} {error}") from error
        if row.level not in LEVELS or not row.text.strip():
            raise DataError(f"{file.name}:{number}: level or text cannot be")
        yield row


@cache
def article_phrasings(folder: Path = ARTICLES) -> tuple[str, ...]:
    """Some phrasings of every article, as examples of ordinary questions; the dangerous ones are sorted out later."""
    found: list[str] = []
    for file in sorted(folder.glob("*/*/article.yaml")):
        try:
            article = yaml.load(file.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
        except yaml.YAMLError:
            continue  # half written; `sprout content check` says so
        phrasings: dict[str, Sequence[str]] = (article or {}).get("phrasings") or {}
        for language in ("zh", "en"):
            texts = [str(p) for p in phrasings.get(language) or ()]
            found += texts[:_FIRST] + sorted(texts, key=len)[-_LONGEST:]
    return tuple(dict.fromkeys(found))
