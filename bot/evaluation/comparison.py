"""Retrieval methods side by side, with a plot: `sprout evaluate --compare`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from bot.evaluation.retrieval import stated_ages
from bot.evaluation.rows import Row
from knowledge.evaluation.compare import compare, plot
from knowledge.library import Library
from knowledge.search import Embed
from knowledge.search.entries import asked_as
from knowledge.search.model import Vectors
from nlu.embedding import e5_embedder, unit_rows, use_embedder


def measure(
    rows: Sequence[Row], library: Library, embed: Embed, *, now: datetime, file: Path, say: Callable[[str], None]
) -> dict[str, Any]:
    """Ten minutes on two cores. `embed` gives both models side by side; the plot is written to `file`."""
    both = _Remembered(embed)
    width = use_embedder().dimension
    embedders: dict[str, Embed] = {
        "joint": both,
        "use": lambda texts: _one_model(texts, both, slice(None, width), use_embedder().embed),
        "e5": lambda texts: _one_model(texts, both, slice(width, None), e5_embedder().embed),
    }
    shelf = library.articles()
    both([text for entry in library.finder.entries for text in asked_as(entry.made_of)])
    both([str(row["text"]) for row in rows])
    result = compare(rows, shelf, embedders, ages=stated_ages(now), say=say)
    plot(result, file)
    return result


class _Remembered:
    """An embedder that asks for each text once."""

    def __init__(self, embed: Embed) -> None:
        self._embed = embed
        self.known: dict[str, Vectors] = {}

    def __call__(self, texts: Sequence[str]) -> Vectors:
        missing = list(dict.fromkeys(t for t in texts if t not in self.known))
        if missing:
            self.known.update(zip(missing, self._embed(missing), strict=True))
        return np.stack([self.known[t] for t in texts])


def _one_model(texts: Sequence[str], both: _Remembered, part: slice, alone: Embed) -> Vectors:
    """Its half of the vectors at hand; texts that nobody embedded yet (clauses) with that model only."""
    missing = [t for t in dict.fromkeys(texts) if t not in both.known]
    fresh = dict(zip(missing, alone(missing), strict=True)) if missing else {}
    found = [both.known[t][part] if t in both.known else fresh[t] for t in texts]
    return unit_rows(np.stack(found))
