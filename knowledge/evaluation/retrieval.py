"""The score of the index as it is served."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from knowledge.evaluation.material import NOT_IN_MESSAGE, Ages, Asked, labelled, left_out, out_of_scope
from knowledge.evaluation.measures import by_group, confidence, confusions, weakest
from knowledge.model import Published
from knowledge.search import Elsewhere, Embed, Finder
from knowledge.search.model import Verdict


def score_retrieval(
    rows: Iterable[Mapping[str, Any]], finder: Finder, shelf: Sequence[Published], ages: Ages = NOT_IN_MESSAGE
) -> dict[str, Any]:
    """Labelled messages {text, lang, topic?, also?, intent?} asked of the finder: places, confidence, confusions.

    Rows whose topic is not on the shelf are counted in `not_on_shelf` and left out.
    """
    rows = list(rows)
    asked = labelled(rows, shelf, ages)
    elsewhere = finder.search_many(out_of_scope(rows))
    known = set(finder.ids)
    return {
        "not_on_shelf": sum(bool(r.get("topic")) and r["topic"] not in known for r in rows),
        **_scores(finder, asked),
        "out_of_scope": {
            "count": len(elsewhere),
            "sure": _share(elsewhere, Verdict.SURE),
            "unsure": _share(elsewhere, Verdict.UNSURE),
        },
    }


def score_left_out(
    shelf: Sequence[Published],
    embed: Embed,
    elsewhere: Elsewhere | None = None,
    *,
    ages: Ages = NOT_IN_MESSAGE,
    folds: int = 10,
) -> dict[str, Any]:
    """Every phrasing asked of an index that has not seen it. Authors vary phrasings on purpose: lower than in life."""
    parts = left_out(shelf, folds, ages)
    finders = [Finder(fold.shelf, embed, elsewhere=elsewhere) for fold in parts]
    evidence = [
        finder.evidence(fold.asked.questions)[:, : len(shelf)] for finder, fold in zip(finders, parts, strict=True)
    ]
    asked = together([fold.asked for fold in parts])
    rankings = [
        r for finder, fold in zip(finders, parts, strict=True) for r in finder.search_many(fold.asked.questions)
    ]
    ids = finders[0].ids
    scores = np.concatenate(evidence)
    return {
        "by_language": by_group(scores, asked),
        "confidence": confidence(rankings, asked, ids),
        "confusions": confusions(scores, asked, ids),
        "weakest": weakest(scores, asked, ids),
    }


def _scores(finder: Finder, asked: Asked) -> dict[str, Any]:
    if not len(asked):
        return {"by_language": {"all": {"count": 0}}, "confidence": {"count": 0}, "confusions": [], "weakest": []}
    scores = finder.evidence(asked.questions)[:, : len(finder.ids)]
    return {
        "by_language": by_group(scores, asked),
        "confidence": confidence(finder.search_many(asked.questions), asked, finder.ids),
        "confusions": confusions(scores, asked, finder.ids),
        "weakest": weakest(scores, asked, finder.ids),
    }


def together(parts: Sequence[Asked]) -> Asked:
    return Asked(
        tuple(q for p in parts for q in p.questions),
        np.concatenate([p.right for p in parts]),
        tuple(a for p in parts for a in p.accepted),
        tuple(g for p in parts for g in p.groups),
    )


def _share(rankings: Sequence[Any], verdict: Verdict) -> float | None:
    return round(sum(r.verdict is verdict for r in rankings) / len(rankings), 4) if rankings else None
