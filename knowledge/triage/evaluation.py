"""How good the danger check is: what it catches, what it alarms, how long it takes; each with N and an interval.

caught = escalated or asked about; escalated = told to act now or today. Intervals are Wilson's, 95 %.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import sqrt
from typing import Any

import numpy as np

from knowledge.triage import corpus, meaning
from knowledge.triage.corpus import LEVELS, Row
from knowledge.triage.engine import Triage
from knowledge.triage.meaning import Embed
from knowledge.triage.model import Danger, Level

ESCALATED = (Level.EMERGENCY_NOW, Level.URGENT_TODAY)
AIMS = {"emergency_now": (0.98, 0.85), "urgent_today": (0.92, 0.0)}  # caught, escalated at least
AIM_ORDINARY = (0.03, 0.15)  # escalated, asked at most
AgeOf = Callable[[Mapping[str, Any]], float | None]


def score_triage(rows: Sequence[Mapping[str, Any]], triage: Triage, *, age_of: AgeOf | None = None) -> dict[str, Any]:
    """Counts and shares for rows with `text`, `level`, and if there: `lang`, `sign`, `kind`, `sure` (of the label).

    The age is read from the message as for a parent without a profile, unless `age_of` gives it.
    """
    judged: list[tuple[Mapping[str, Any], Danger | None]] = []
    seconds: list[float] = []
    for row in rows:
        start = time.perf_counter()
        danger = triage.assess(str(row["text"]), age_months=age_of(row) if age_of else None)
        seconds.append(time.perf_counter() - start)
        judged.append((row, danger))
    sure = [(r, d) for r, d in judged if r.get("sure", True)]
    unsure = [(r, d) for r, d in judged if not r.get("sure", True)]
    danger_rows = [(r, d) for r, d in sure if r["level"] in ("emergency_now", "urgent_today")]
    return {
        "messages": len(judged),
        "levels": by_group(sure, lambda r: str(r["level"])),
        "levels_unsure_label": by_group(unsure, lambda r: str(r["level"])),
        "by_language": by_group(sure, lambda r: f"{r['level']} {r.get('lang') or r.get('language') or '?'}"),
        "by_sign": by_group(danger_rows, lambda r: str(r.get("sign") or r.get("topic") or "?")),
        "by_kind": by_group(sure, lambda r: f"{r['level']} {r.get('kind') or '?'}"),
        "right_sign_told": share([_told(r, d) for r, d in danger_rows if d is not None and r.get("sign")]),
        "right_sign_first": share(
            [
                d.signs[0] == r["sign"]
                for r, d in danger_rows
                if d is not None and d.level in ESCALATED and r.get("sign")
            ]
        ),
        "milliseconds": {"p50": _at(seconds, 0.5) * 1000, "p99": _at(seconds, 0.99) * 1000},
    }


def by_group(
    judged: Iterable[tuple[Mapping[str, Any], Danger | None]], group: Callable[[Mapping[str, Any]], str]
) -> dict[str, dict[str, Any]]:
    """For each group: how many were caught, escalated, told 'emergency' and asked."""
    parts: dict[str, list[Danger | None]] = defaultdict(list)
    for row, danger in judged:
        parts[group(row)].append(danger)
    return {
        name: {
            "n": len(found),
            "caught": share([d is not None and d.level is not Level.SOON for d in found]),
            "escalated": share([d is not None and d.level in ESCALATED for d in found]),
            "emergency": share([d is not None and d.level is Level.EMERGENCY_NOW for d in found]),
            "asked": share([d is not None and d.level is Level.CHECK for d in found]),
        }
        for name, found in sorted(parts.items())
    }


def share(outcomes: Sequence[bool]) -> dict[str, float]:
    """{'share', 'n', 'low', 'high'} with the Wilson interval; all 0 for nothing."""
    n = len(outcomes)
    if n == 0:
        return {"share": 0.0, "n": 0, "low": 0.0, "high": 0.0}
    p, z = sum(outcomes) / n, 1.96
    middle, spread = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return {"share": p, "n": n, "low": (middle - spread) / (1 + z * z / n), "high": (middle + spread) / (1 + z * z / n)}


def report(score: Mapping[str, Any], *, signs: int = 12) -> str:
    """The score as lines to read, the worst signs last."""
    lines = [f"{'':34}{'n':>6}  caught              escalated           asked"]
    for part in ("levels", "levels_unsure_label", "by_language"):
        lines += [_line(name, group) for name, group in score[part].items()]
    worst = sorted(
        score["by_sign"].items(), key=lambda item: (item[1]["caught"]["share"], item[1]["escalated"]["share"])
    )
    lines += ["", "least caught signs", *(_line(name, group) for name, group in worst[:signs])]
    ms, told = score["milliseconds"], score["right_sign_told"]
    first = score["right_sign_first"]
    lines += ["", f"right sign told or asked about {_share(told)}", f"right sign first when escalated {_share(first)}"]
    lines += [f"ms p50 {ms['p50']:.1f}, p99 {ms['p99']:.1f}"]
    return "\n".join(lines)


def _line(name: str, group: Mapping[str, Any]) -> str:
    return f"{name[:34]:34}{group['n']:6}  " + "  ".join(_share(group[k]) for k in ("caught", "escalated", "asked"))


def _share(found: Mapping[str, float]) -> str:
    return f"{found['share']:6.1%} ({found['low']:.0%}-{found['high']:.0%})".ljust(18)


def _told(row: Mapping[str, Any], danger: Danger | None) -> bool:
    return danger is not None and str(row["sign"]) in danger.signs


def _at(values: Sequence[float], part: float) -> float:
    return sorted(values)[min(int(len(values) * part), len(values) - 1)] if values else 0.0


def as_rows(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Rows of the corpus as `score_triage` takes them."""
    return [
        {"text": r.text, "level": r.level, "sign": r.sign, "kind": r.kind, "lang": r.language, "sure": r.sure}
        for r in rows
    ]


def across_writers(
    embed: Embed,
    *,
    harmless: Sequence[str] = (),
    writers: Sequence[str] = ("a", "b", "d", "e", "k"),
    without_family: str | None = None,
) -> dict[str, Any]:
    """Each writer judged by weights that never saw that writer: the honest score. Some minutes.

    `without_family`: also keep every message of that family of signs out of training, and judge only those.
    """
    from knowledge.triage.signs import families

    rows = corpus.rows()
    known = meaning.prepared([row.text for row in rows], embed)
    more = meaning.prepared(list(harmless), embed) if harmless else None
    levels = np.array([LEVELS.index(row.level) for row in rows])
    judged: list[tuple[Mapping[str, Any], Danger | None]] = []
    for writer in writers:
        unseen = np.array([row.writer == writer for row in rows])
        family = np.array(
            [without_family is not None and families().get(row.sign or "") == without_family for row in rows]
        )
        train = np.flatnonzero(~unseen & ~family)
        model = _fitted(known, levels, rows, train, more)
        triage = Triage.with_model(embed, model)
        for i in np.flatnonzero(unseen & (family if without_family else True)):
            row = as_rows([rows[i]])[0]
            judged.append((row, triage.assess(row["text"])))
    return {
        "levels": by_group(judged, lambda r: str(r["level"])),
        "by_sign": by_group(judged, lambda r: str(r["sign"])),
        "by_kind": by_group(judged, lambda r: f"{r['level']} {r['kind']}"),
        "ordinary": by_group(
            [(r, d) for r, d in judged if r["level"] == "none" and r["kind"] in ("ordinary", "normal")],
            lambda r: "ordinary",
        ),
    }


def _fitted(
    known: meaning.Prepared, levels: np.ndarray, rows: Sequence[Row], train: np.ndarray, more: meaning.Prepared | None
) -> meaning.Meaning:
    chosen, signs = known.only(train), [rows[i].sign for i in train]
    if more is None:
        return meaning.fit(chosen, levels[train], signs)
    return meaning.fit_with_harmless(chosen, levels[train], signs, more)
