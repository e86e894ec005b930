"""Every row through the whole bot, judged by the public JSON alone, as a user of `sprout ask --file` would."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any, Protocol

import numpy as np
from rich.console import Console
from rich.table import Table

from bot.evaluation import danger, intents, retrieval
from bot.evaluation.rows import Row, known_age
from bot.evaluation.shares import share, words

_NEAR = 0.15  # months; 2 % for older children
_MOST = 15


class Ask(Protocol):
    def __call__(self, text: str, *, age_months: float | None, now: datetime | None) -> dict[str, Any]: ...


def measure(
    rows: Iterable[Row], ask: Ask, *, kept: Callable[[Row, dict[str, Any]], None] | None = None
) -> dict[str, Any]:
    """Ask each row once, each a stranger's; `kept` gets every row with its answer."""
    answered = []
    for row in rows:
        moment = row.get("reference_time")
        answer = ask(row["text"], age_months=known_age(row), now=datetime.fromisoformat(moment) if moment else None)
        if kept:
            kept(row, answer)
        answered.append((row, answer))
    return score(answered)


def score(answered: Sequence[tuple[Row, dict[str, Any]]]) -> dict[str, Any]:
    """JSON-ready figures of rows with the public JSON of their answers."""
    named = [(row, answer["intent"]) for row, answer in answered if row.get("intent")]
    levels = [(row, _danger(answer)) for row, answer in answered if row.get("level")]
    spent = [answer["ms"] for _, answer in answered]
    wrong = Counter((row["intent"], got) for row, got in named if row["intent"] != got)
    return {
        "rows": len(answered),
        "routes": _routes(answered),
        "intents": intents.score(named) if named else None,
        "confusion": [{"right": a, "got": b, "n": n} for (a, b), n in wrong.most_common(_MOST)],
        "danger": danger.score(levels) if levels else None,
        "retrieval": retrieval.score(answered),
        "times": _times(answered),
        "ages": share(
            _same_age(row, answer)
            for row, answer in answered
            if row.get("intent") and row.get("age_months") is not None
        ),
        "ms": {"p50": round(float(np.percentile(spent, 50)), 1), "p99": round(float(np.percentile(spent, 99)), 1)}
        if spent
        else None,
    }


def _danger(answer: dict[str, Any]) -> tuple[str, Sequence[str]]:
    found = answer["danger"]
    return (found["level"], found["signs"]) if found else ("none", ())


def _routes(answered: Sequence[tuple[Row, dict[str, Any]]]) -> dict[str, dict[str, int]]:
    """Of each labelled intent, how often each route answered."""
    table: dict[str, Counter[str]] = {}
    for row, answer in answered:
        table.setdefault(row.get("intent") or "question", Counter())[answer["route"]] += 1
    return {intent: dict(routes.most_common()) for intent, routes in sorted(table.items())}


def _times(answered: Sequence[tuple[Row, dict[str, Any]]]) -> dict[str, Any]:
    timed = [(row, answer["entities"]) for row, answer in answered if row.get("reference_time")]
    expecting = [p for p in timed if p[0].get("expected_start") or p[0].get("expected_end")]
    return {
        what: share(
            _same_time(row[f"expected_{what}"], found.get(what)) for row, found in timed if row.get(f"expected_{what}")
        )
        for what in ("start", "end")
    } | {"rightly_none": share(found.get("start") is None for row, found in timed if (row, found) not in expecting)}


def _same_time(expected: str, found: str | None) -> bool:
    if found is None:
        return False
    if len(expected) == 10:
        return datetime.fromisoformat(found).date() == date.fromisoformat(expected)
    return len(found) > 10 and datetime.fromisoformat(found) == datetime.fromisoformat(expected)


def _same_age(row: Row, answer: dict[str, Any]) -> bool:
    found = answer["entities"].get("age_months")
    return found is not None and abs(found - row["age_months"]) <= max(_NEAR, 0.02 * row["age_months"])


def show(console: Console, result: dict[str, Any]) -> None:
    table = Table("labelled", "route: messages", title=f"Routes of {result['rows']} rows", title_justify="left")
    for intent, routes in result["routes"].items():
        table.add_row(intent, ", ".join(f"{route}: {n}" for route, n in routes.items()))
    console.print(table)
    if result["intents"]:
        intents.show_score(console, result["intents"])
        intents.show_confusion(console, result["confusion"])
    if result["danger"]:
        danger.show_score(console, result["danger"])
    retrieval.show_score(console, result["retrieval"])
    times = result["times"]
    console.print(
        f"Start read right: {words(times['start'])}; end: {words(times['end'])}; "
        f"none where none is meant: {words(times['rightly_none'])}; stated ages: {words(result['ages'])}"
    )
    if result["ms"]:
        console.print(f"Time a message: p50 {result['ms']['p50']} ms, p99 {result['ms']['p99']} ms")
