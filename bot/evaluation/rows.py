"""Labelled messages, one JSON object a line, in *.jsonl files of one folder. Unknown fields are ignored.

id             names the row in reports
text, lang     the message; zh, en or mix
intent         what the parent wants (nlu.interpreter.Intent); without it the row is a bare question
topic, also    the article that answers it, and others that would do as well
level          none, soon, urgent_today or emergency_now
signs          danger signs, if labelled
sure           false: those who labelled it did not agree on the level
age_months     the age that the message states, or null; in a bare question the age that the profile knows
reference_time, expected_start, expected_end
               ISO; when it was written, and the time meant (a date alone: the day only)
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

Row = dict[str, Any]
LEVELS = ("none", "soon", "urgent_today", "emergency_now")


class RowBroken(ValueError):
    """A line that is not such a row; the message names file and line."""


class NoRows(ValueError):
    """A folder that is not there or holds no row."""


def read_rows(folder: Path) -> list[Row]:
    """Every row of every file, files by name; raises RowBroken or NoRows."""
    if not folder.is_dir():
        raise NoRows(f"{folder} is not a folder")
    rows = [row for path in sorted(folder.glob("*.jsonl")) for row in _read(path)]
    if not rows:
        raise NoRows(f"{folder} holds no *.jsonl file with labelled messages")
    return rows


def messages(rows: Sequence[Row]) -> list[Row]:
    """Those labelled with an intent."""
    return [row for row in rows if row.get("intent")]


def known_age(row: Row) -> float | None:
    """The age to tell the bot: only of a bare question, since a message states its own."""
    age = None if row.get("intent") else row.get("age_months")
    return None if age is None else float(age)


def _read(path: Path) -> list[Row]:
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            _check(row)
        except (ValueError, TypeError) as error:
            raise RowBroken(f"{path.name}:{number}: {error}") from None
        rows.append({"id": f"{path.stem}:{number}", **row})
    return rows


def _check(row: Any) -> None:
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise TypeError("needs a JSON object with 'text'")
    if row.get("lang") not in ("zh", "en", "mix"):
        raise ValueError("'lang' is zh, en or mix")
    if row.get("level") not in (None, *LEVELS):
        raise ValueError(f"'level' is one of {', '.join(LEVELS)}")
    if row.get("age_months") is not None and not isinstance(row["age_months"], int | float):
        raise ValueError("'age_months' is a number")
    for name in ("reference_time", "expected_start", "expected_end"):
        if row.get(name) is not None:
            datetime.fromisoformat(row[name])
