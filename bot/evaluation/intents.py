"""Intents: accuracy with confusion, on labelled messages or by cross-validation over our own phrasings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.evaluation.rows import Row, messages
from bot.evaluation.shares import share, words
from nlu.evaluation.intents import cross_validate, score_intents
from nlu.interpreter import Interpreter

_GUIDANCE, _EMERGENCY = "ask_guidance", "emergency"


def measure(rows: Sequence[Row], interpreter: Interpreter, *, folds: int = 3) -> dict[str, Any]:
    """The interpreter alone: `messages` of labelled rows, or `cross_validation` when there are none (a minute)."""
    labelled = messages(rows)
    if labelled:
        return {"messages": score_intents(labelled, interpreter)}
    return {"cross_validation": cross_validate(folds)}


def score(pairs: Sequence[tuple[Row, str]]) -> dict[str, Any]:
    """Rows with the intent that was reported; `merged` counts emergency and ask_guidance as one."""
    languages = sorted({row["lang"] for row, _ in pairs})
    groups = {"all": list(pairs)} | {lang: [p for p in pairs if p[0]["lang"] == lang] for lang in languages}
    elsewhere = [p for p in pairs if _merged(p[0]["intent"]) != _GUIDANCE]
    return {
        group: {
            "accuracy": share(row["intent"] == got for row, got in own),
            "merged": share(_merged(row["intent"]) == _merged(got) for row, got in own),
        }
        for group, own in groups.items()
    } | {"neither_guidance_nor_emergency": {"accuracy": share(row["intent"] == got for row, got in elsewhere)}}


def _merged(intent: str) -> str:
    return _GUIDANCE if intent == _EMERGENCY else intent


def show(console: Console, result: dict[str, Any]) -> None:
    for name, scores in result.items():
        console.print(
            f"Intents ({name.replace('_', ' ')}): {scores['accuracy']:.1%} of {scores['messages']}; "
            f"emergency and guidance as one: {scores['accuracy_emergency_as_guidance']:.1%}"
        )
        for language, own in scores.get("by_language", {}).items():
            console.print(
                f"  {language}: {own['accuracy']:.1%} of {own['messages']}; as one "
                f"{own['accuracy_emergency_as_guidance']:.1%}; not understood {own['not_understood']:.1%}"
            )
        table = Table("intent", "N", "recall", "precision", title="By intent", title_justify="left")
        for intent, own in scores["by_intent"].items():
            table.add_row(intent, str(own["messages"]), f"{own['recall']:.0%}", f"{own['precision']:.0%}")
        console.print(table)
        show_confusion(console, scores["confusion"])


def show_confusion(console: Console, confusion: Sequence[dict[str, Any]]) -> None:
    table = Table("right", "taken for", "N", title="Confused most", title_justify="left")
    for row in confusion:
        table.add_row(row["right"], row["got"], str(row["n"]))
    console.print(table)


def show_score(console: Console, result: dict[str, Any]) -> None:
    table = Table("", "right", "emergency and guidance as one", title="Intents as reported", title_justify="left")
    for group, own in result.items():
        table.add_row(group.replace("_", " "), words(own["accuracy"]), words(own["merged"]) if "merged" in own else "")
    console.print(table)
