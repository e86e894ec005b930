"""Times and child ages: read right by the rules of nlu.phrases, by language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.evaluation.rows import Row, messages
from bot.evaluation.shares import wilson
from nlu.evaluation.phrases import score_ages, score_times


def measure(rows: Sequence[Row]) -> dict[str, Any]:
    """Messages only: the age of a bare question is the profile's and need not be in its text."""
    labelled = messages(rows)
    return {"times": score_times(labelled), "ages": score_ages(labelled)}


def show(console: Console, result: dict[str, Any]) -> None:
    table = Table("", "language", "what", "right", title="Times and ages", title_justify="left")
    for kind, languages in result.items():
        for language, tallies in languages.items():
            for what, tally in tallies.items():
                if tally["count"]:
                    low, high = wilson(tally["right"], tally["count"])
                    span = f"{tally['right']}/{tally['count']}; {low * 100:.0f}-{high * 100:.0f}"
                    table.add_row(kind, language, what, f"{tally['accuracy']:.1%} ({span})")
    console.print(table)
