"""Counts over rankings: the right article first, among three, among five; and whether the confident ones are right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.evaluation.material import Asked
from knowledge.search.model import Ranking, Vectors, Verdict


def ranks(scores: Vectors, asked: Asked) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each question the place (0 = first) of the right article, and of the first acceptable one."""
    order = np.argsort(-scores, axis=1, kind="stable")
    places = np.empty_like(order)
    np.put_along_axis(places, order, np.broadcast_to(np.arange(order.shape[1]), order.shape), axis=1)
    right = places[np.arange(len(asked)), asked.right]
    accepted = np.array([places[i, list(good)].min() for i, good in enumerate(asked.accepted)], np.int64)
    return right, accepted


def summary(right: NDArray[np.int64], accepted: NDArray[np.int64]) -> dict[str, Any]:
    """`top1`, `in3`, `in5`, `mrr` of the right article; `accepted...` where another would do too. Shares, 0 to 1."""
    if not len(right):
        return {"count": 0}
    return {
        "count": len(right),
        "top1": _share(right < 1),
        "in3": _share(right < 3),
        "in5": _share(right < 5),
        "mrr": round(float((1 / (1 + right)).mean()), 4),
        "accepted_top1": _share(accepted < 1),
        "accepted_in3": _share(accepted < 3),
        "accepted_in5": _share(accepted < 5),
    }


def by_group(scores: Vectors, asked: Asked) -> dict[str, dict[str, Any]]:
    right, accepted = ranks(scores, asked)
    groups = np.array(asked.groups)
    found = {str(g): summary(right[groups == g], accepted[groups == g]) for g in sorted(set(asked.groups))}
    return {"all": summary(right, accepted), **found}


def confidence(rankings: Sequence[Ranking], asked: Asked, ids: Sequence[str]) -> dict[str, Any]:
    """How often a card is shown without asking, how often that card is right, and how often three buttons hold it."""
    verdicts = Counter(r.verdict for r in rankings)
    good = [{ids[i] for i in numbers} for numbers in asked.accepted]
    sure = [r.candidates[0].article in g for r, g in zip(rankings, good, strict=True) if r.verdict is Verdict.SURE]
    unsure = [
        any(c.article in g for c in r.candidates[:3])
        for r, g in zip(rankings, good, strict=True)
        if r.verdict is Verdict.UNSURE
    ]
    total = max(len(rankings), 1)
    return {
        "count": len(rankings),
        "sure": round(verdicts[Verdict.SURE] / total, 4),
        "sure_and_accepted": _share(np.array(sure)),
        "unsure": round(verdicts[Verdict.UNSURE] / total, 4),
        "unsure_in3": _share(np.array(unsure)),
        "nothing": round(verdicts[Verdict.NOTHING] / total, 4),
    }


def confusions(scores: Vectors, asked: Asked, ids: Sequence[str], most: int = 30) -> list[dict[str, Any]]:
    """Pairs of articles that are taken for each other most often, for the authors to tell them apart."""
    first = scores.argmax(axis=1)
    pairs = Counter(
        (int(right), int(found))
        for right, found, good in zip(asked.right, first, asked.accepted, strict=True)
        if int(found) not in good
    )
    return [
        {"right": ids[right], "found": ids[found], "count": count} for (right, found), count in pairs.most_common(most)
    ]


def weakest(scores: Vectors, asked: Asked, ids: Sequence[str], most: int = 30) -> list[dict[str, Any]]:
    """Articles whose questions are found among the first three least often."""
    _, accepted = ranks(scores, asked)
    found = []
    for number in sorted(set(asked.right.tolist())):
        own = accepted[asked.right == number]
        found.append({"article": ids[number], "count": len(own), "top1": _share(own < 1), "in3": _share(own < 3)})
    return sorted(found, key=lambda row: (row["in3"], row["top1"]))[:most]


def _share(hits: NDArray[np.bool_]) -> float | None:
    return round(float(hits.mean()), 4) if len(hits) else None
