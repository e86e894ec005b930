"""Danger signs: how many are caught, at once or by asking, and how often an ordinary message alarms.

escalated   emergency_now or urgent_today was said
asked       the check question, or the first aid with 'is this happening now?'
caught      either of them
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from time import perf_counter
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from bot.evaluation.rows import LEVELS, Row, known_age
from bot.evaluation.shares import share, words
from knowledge.triage.engine import Triage
from nlu.phrases.ages import child_age
from nlu.traditional import to_simplified

_ESCALATED = ("emergency_now", "urgent_today")
_MOST_MISSES = 200


def measure(rows: Sequence[Row], triage: Triage, *, now: datetime) -> dict[str, Any]:
    """Every row with a level, asked of the danger check alone; ages are read from the text as in a talk."""
    rows = [row for row in rows if row.get("level")]
    got, spent = [], []
    for row in rows:
        text = to_simplified(row["text"])
        started = perf_counter()
        found = triage.assess(text, age_months=_age(row, text, now.date()))
        spent.append((perf_counter() - started) * 1000)
        got.append((found.level.value, found.signs) if found else ("none", ()))
    result = score(zip(rows, got, strict=True))
    if spent:
        result["ms"] = {
            "p50": round(float(np.percentile(spent, 50)), 2),
            "p99": round(float(np.percentile(spent, 99)), 2),
        }
    return result


def score(pairs: Iterable[tuple[Row, tuple[str, Sequence[str]]]]) -> dict[str, Any]:
    """Rows with the (level, signs) that were found. Rows marked `sure: false` are also counted apart."""
    pairs = list(pairs)
    languages = sorted({row["lang"] for row, _ in pairs})
    by_sign: dict[str, list[tuple[Row, tuple[str, Sequence[str]]]]] = defaultdict(list)
    for pair in pairs:
        for sign in pair[0].get("signs") or ([pair[0]["sign"]] if pair[0].get("sign") else []):
            if pair[0]["level"] in _ESCALATED:
                by_sign[sign].append(pair)
    unsure = [p for p in pairs if p[0].get("sure") is False]
    return {
        "all": _by_level(pairs),
        "by_language": {lang: _by_level([p for p in pairs if p[0]["lang"] == lang]) for lang in languages},
        "sure_labels": _by_level([p for p in pairs if p[0].get("sure") is not False]) if unsure else None,
        "unsure_labels": _by_level(unsure) if unsure else None,
        "by_sign": {
            sign: {"caught": share(_caught(level) for _, (level, _) in own)} for sign, own in sorted(by_sign.items())
        },
        "missed": [r["id"] for r, (level, _) in pairs if r["level"] in _ESCALATED and not _caught(level)][
            :_MOST_MISSES
        ],
        "alarmed": [r["id"] for r, (level, _) in pairs if r["level"] == "none" and level in _ESCALATED][:_MOST_MISSES],
    }


def _by_level(pairs: Sequence[tuple[Row, tuple[str, Sequence[str]]]]) -> dict[str, Any]:
    found = {}
    for level in LEVELS:
        got = [said for row, (said, _) in pairs if row["level"] == level]
        found[level] = {
            "escalated": share(said in _ESCALATED for said in got),
            "asked": share(said == "check" for said in got),
            "caught": share(_caught(said) for said in got),
        }
    return found


def _caught(said: str) -> bool:
    return said in _ESCALATED or said == "check"


def _age(row: Row, text: str, today: date) -> float | None:
    stated = child_age(text, today=today)
    return stated.months if stated else known_age(row)


def show(console: Console, result: dict[str, Any]) -> None:
    table = Table(title="Danger signs: share (hits/N; 95 % interval)", title_justify="left")
    for name in ("", "level", "escalated at once", "asked", "caught"):
        table.add_column(name)
    groups = {"all": result["all"], **result["by_language"]}
    groups |= {name: result[name] for name in ("sure_labels", "unsure_labels") if result[name]}
    for group, levels in groups.items():
        for level in reversed(LEVELS):
            if levels[level]["caught"]["n"]:
                table.add_row(group, level, *(words(levels[level][what]) for what in ("escalated", "asked", "caught")))
        table.add_section()
    console.print(table)
    worst = sorted(
        (
            (sign, one["caught"])
            for sign, one in result["by_sign"].items()
            if one["caught"]["hits"] < one["caught"]["n"]
        ),
        key=lambda pair: pair[1]["hits"] - pair[1]["n"],
    )[:12]
    if worst:
        console.print("Signs missed most: " + ", ".join(f"{sign} {c['hits']}/{c['n']}" for sign, c in worst))
    if "ms" in result:
        console.print(f"Time a message: p50 {result['ms']['p50']} ms, p99 {result['ms']['p99']} ms")
