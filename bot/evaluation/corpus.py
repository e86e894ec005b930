"""The project's own danger corpus as rows, for when there are no labelled messages of others.

Rules and examples were written with it in sight, so its figures are flattering; each writer
is a language of its own here.
"""

from __future__ import annotations

import json
from pathlib import Path

from bot.core.settings import HOME
from bot.evaluation.rows import LEVELS, Row

CORPUS = HOME / "knowledge" / "triage" / "corpus"
EVERY = 7  # of about 6,000 messages one in seven is asked


def corpus_rows(folder: Path = CORPUS) -> list[Row]:
    rows = []
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if number % EVERY == 0 and line.strip():
                row = json.loads(line)
                if row.get("level") in LEVELS:
                    rows.append(
                        {**row, "id": f"{path.stem}:{number}", "lang": path.stem, "age_months": row.get("age_months")}
                    )
    return rows
