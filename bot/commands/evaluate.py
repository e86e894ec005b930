"""sprout evaluate: how right the answers are, as a report and as JSON.

Without labelled messages (--data, or the variable SPROUT_EVALUATION_DATA) it measures what the project itself holds.
The form of the rows is that of bot/evaluation/rows.py.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from tqdm import tqdm

from bot.app import build_house, danger_vectors, house_vectors
from bot.commands.ask import Asker
from bot.core.settings import Settings
from bot.evaluation import comparison, danger, intents, retrieval, times, whole
from bot.evaluation.rows import NoRows, Row, RowBroken, read_rows
from bot.house import House
from knowledge.evaluation.compare import readable

PARTS = ("intents", "retrieval", "danger", "times", "whole")
DATA_VARIABLE = "SPROUT_EVALUATION_DATA"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "part", nargs="?", choices=[*PARTS, "all"], default="all", help="what to measure (default: all)"
    )
    parser.add_argument("--data", type=Path, help=f"a folder with labelled *.jsonl (default: ${DATA_VARIABLE})")
    parser.add_argument("--compare", action="store_true", help="retrieval methods side by side, with a plot")
    parser.add_argument("--across-writers", action="store_true", help="danger: train without each writer in turn")
    parser.add_argument("--json", action="store_true", help="end with one JSON object on the last line")
    parser.add_argument("--out", type=Path, help="a folder for report.txt, evaluation.json and answers.jsonl")


def run(options: argparse.Namespace) -> int:
    folder = options.data or (Path(os.environ[DATA_VARIABLE]) if os.environ.get(DATA_VARIABLE) else None)
    try:
        rows = read_rows(folder) if folder else []
    except (NoRows, RowBroken, OSError) as error:
        print(f"sprout evaluate: {error}", file=sys.stderr)
        return 2
    needs_rows = "'whole'" if options.part == "whole" else "--compare" if options.compare else ""
    if needs_rows and not rows:
        print(f"sprout evaluate: {needs_rows} needs labelled messages: --data DIR or {DATA_VARIABLE}", file=sys.stderr)
        return 2
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
    console = Console(highlight=False, width=140, record=bool(options.out))
    settings = Settings()
    house = build_house(settings, progress=_say)
    parts = PARTS if options.part == "all" else (options.part,)
    result: dict[str, Any] = {"rows": len(rows)}
    for part in parts:
        measured = _measure(part, rows, house, options)
        if measured is not None:
            result[part] = measured
            console.rule(part)
            {"intents": intents, "retrieval": retrieval, "danger": danger, "times": times, "whole": whole}[part].show(
                console, measured
            )
    if options.compare:
        result["compare"] = _compare(rows, house, options.out)
        console.rule("retrieval methods")
        console.print(readable(result["compare"]))
    house.database.close()
    if options.out:
        console.save_text(str(options.out / "report.txt"))
        (options.out / "evaluation.json").write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")
    if options.json:
        print(json.dumps(result, ensure_ascii=False))
    return 0


def _measure(part: str, rows: list[Row], house: House, options: argparse.Namespace) -> dict[str, Any] | None:
    """None when the part needs labelled rows and there are none."""
    match part:
        case "intents":
            _say("intents")
            return intents.measure(rows, house.interpreter)
        case "retrieval":
            vectors = house_vectors(house.settings)
            return retrieval.measure(rows, house.library, vectors.embed, now=house.clock(), say=_say)
        case "danger":
            _say("danger signs")
            vectors = danger_vectors(house.settings)
            across = options.across_writers
            return danger.measure(rows, house.triage, vectors.embed, now=house.clock(), across=across)
        case "times":
            return times.measure(rows) if rows else None
        case "whole":
            return _whole(rows, house, options.out) if rows else None
    raise ValueError(part)


def _whole(rows: list[Row], house: House, out: Path | None) -> dict[str, Any]:
    asker = Asker(house)
    house.warm_up()
    answers: list[str] = []

    def keep(row: Row, answer: dict[str, Any]) -> None:
        answers.append(json.dumps({"id": row["id"], **answer}, ensure_ascii=False) + "\n")

    shown = tqdm(rows, unit="message", desc="whole", disable=None, file=sys.stderr)
    result = whole.measure(shown, asker.ask, kept=keep if out else None)
    if out:
        (out / "answers.jsonl").write_text("".join(answers), encoding="utf-8")
    return result


def _compare(rows: list[Row], house: House, out: Path | None) -> dict[str, Any]:
    file = (out or house.settings.data_dir) / "retrieval_methods.png"
    vectors = house_vectors(house.settings)
    return comparison.measure(rows, house.library, vectors.embed, now=house.clock(), file=file, say=_say)


def _say(step: str) -> None:
    print(f"· {step}", file=sys.stderr, flush=True)
