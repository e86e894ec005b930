"""How many stated times and ages of labelled messages are read right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from bot.core.language import Language
from nlu.phrases.ages import child_age
from nlu.phrases.times import meant, read_when

_TODAY = date(2026, 11, 18)  # ages without a birth date do not depend on it


def _tally() -> dict[str, Any]:
    return {"count": 0, "right": 0, "accuracy": None, "misses": []}


def _close(tally: dict[str, Any]) -> dict[str, Any]:
    tally["accuracy"] = round(tally["right"] / tally["count"], 4) if tally["count"] else None
    return tally


def _language(label: str) -> Language | None:
    return Language(label) if label in (Language.ZH, Language.EN) else None


def _same(expected: str, moment: datetime | None, day: date | None) -> bool:
    """A date alone asks for the day, a time for the minute."""
    if len(expected) == 10:
        found = day or (moment.date() if moment else None)
        return found == date.fromisoformat(expected)
    return moment == datetime.fromisoformat(expected)


def score_times(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Start and end read right, by language; `false_starts` counts starts read where none is expected.

    Rows carry text, lang, reference_time, expected_start, expected_end (ISO; a date alone means the day only).
    """
    scores: dict[str, Any] = {}
    for row in rows:
        if not row.get("reference_time"):
            continue
        score = scores.setdefault(row["lang"], {"start": _tally(), "end": _tally(), "none": _tally()})
        when = read_when(
            row["text"], now=datetime.fromisoformat(row["reference_time"]), language=_language(row["lang"])
        )
        read = meant(when)
        expected = {"start": row.get("expected_start"), "end": row.get("expected_end")}
        if expected["start"] is None and expected["end"] is None:
            _count(score["none"], row, read.start is None or when.question is not None)
            continue
        if expected["start"]:
            _count(score["start"], row, _same(expected["start"], read.start, read.day))
        if expected["end"]:
            last_day = read.end.date() if read.end else read.day
            _count(score["end"], row, _same(expected["end"], read.end, last_day))
    return {lang: {name: _close(tally) for name, tally in score.items()} for lang, score in scores.items()}


def _count(tally: dict[str, Any], row: Mapping[str, Any], right: bool) -> None:
    tally["count"] += 1
    tally["right"] += right
    if not right:
        tally["misses"].append(row.get("id"))


def score_ages(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Ages read within 0.15 months (2 % for older children), by language; `none`: rightly none."""
    scores: dict[str, Any] = {}
    for row in rows:
        score = scores.setdefault(row["lang"], {"age": _tally(), "none": _tally()})
        found = child_age(row["text"], today=_TODAY)
        expected = row.get("age_months")
        if expected is None:
            _count(score["none"], row, found is None)
        else:
            near = found is not None and abs(found.months - expected) <= max(0.15, 0.02 * expected)
            _count(score["age"], row, near)
    return {lang: {name: _close(tally) for name, tally in score.items()} for lang, score in scores.items()}
