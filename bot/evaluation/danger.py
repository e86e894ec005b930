"""Danger signs: how many are caught, at once or by asking, and how often an ordinary message alarms.

escalated   emergency_now or urgent_today was said
asked       the check question, or the first aid with 'is this happening now?'
caught      either of them
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.evaluation.rows import LEVELS, Row, known_age
from bot.evaluation.shares import share, words
from knowledge.triage import corpus
from knowledge.triage.engine import Triage
from knowledge.triage.evaluation import across_writers, as_rows, report, score_triage
from knowledge.triage.meaning import Embed
from nlu.examples import own_examples
from nlu.phrases.ages import child_age
from nlu.traditional import to_simplified

_ESCALATED = ("emergency_now", "urgent_today")
_MOST_MISSES = 200


def measure(
    rows: Sequence[Row], triage: Triage, embed: Embed, *, now: datetime, across: bool = False
) -> dict[str, Any]:
    """`messages`: rows with a level, asked of the danger check alone; ages are read from the text as in a talk.

    Without rows the writers that nothing was trained on, `held_out`. With `across` also `across_writers`: each writer
    of the corpus judged by weights that never saw that writer (many minutes). `embed`: vectors of the danger check.
    """
    labelled = [{**row, "text": to_simplified(row["text"])} for row in rows if row.get("level")]
    if labelled:
        return {"messages": score_triage(labelled, triage, age_of=lambda row: _age(row, now.date()))}
    kept_apart = corpus.rows(held_out=True)
    writers = sorted({row.writer for row in kept_apart})
    found: dict[str, Any] = {
        "held_out": {w: score_triage(as_rows([r for r in kept_apart if r.writer == w]), triage) for w in writers}
    }
    if across:
        found["across_writers"] = across_writers(embed, harmless=[example.text for example in own_examples()])
    return found


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


def _age(row: Mapping[str, Any], today: date) -> float | None:
    stated = child_age(row["text"], today=today)
    return stated.months if stated else known_age(dict(row))


def show(console: Console, result: dict[str, Any]) -> None:
    """The danger check alone."""
    if "messages" in result:
        console.print(report(result["messages"]))
        return
    for writer, score_of_writer in result["held_out"].items():
        console.print(f"[bold]Writer {writer}, on whom nothing was trained[/bold]")
        console.print(report(score_of_writer))
    if "across_writers" not in result:
        return
    table = Table("level", "N", "caught", "escalated at once", "asked", title_justify="left",
                  title="Danger signs, each writer judged by what the others wrote")  # fmt: skip
    for level, own in result["across_writers"]["levels"].items():
        table.add_row(level, str(own["n"]), *(_interval(own[what]) for what in ("caught", "escalated", "asked")))
    console.print(table)


def _interval(found: Mapping[str, float]) -> str:
    return f"{found['share']:.1%} ({found['low'] * 100:.0f}-{found['high'] * 100:.0f})"


def show_score(console: Console, result: dict[str, Any]) -> None:
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
