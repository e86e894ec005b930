"""Methods side by side: each alone, and what each adds to or takes from the combination that is served.

Takes several minutes: every method learns once for each fold and once for the labelled messages.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.evaluation import methods as m
from knowledge.evaluation.fitting import fit_weights
from knowledge.evaluation.material import NOT_IN_MESSAGE, Ages, Asked, labelled, left_out
from knowledge.evaluation.measures import by_group
from knowledge.evaluation.retrieval import together
from knowledge.model import Published
from knowledge.search import Embed
from knowledge.search.model import Vectors

_USE, _E5, _JOINT = "use", "e5", "joint"
_FITTED_ON = 3000  # left-out phrasings, of which weights are learnt

ALONE: dict[str, m.Method] = {
    "nearest phrasing, USE": m.nearest(_USE),
    "nearest phrasing, e5": m.nearest(_E5),
    "nearest phrasing, both": m.nearest(_JOINT),
    "three nearest, USE": m.nearest(_USE, 3),
    "three nearest, e5": m.nearest(_E5, 3),
    "three nearest, both": m.nearest(_JOINT, 3),
    "nearest phrasing, words": m.nearest_words(),
    "three nearest, words": m.nearest_words(3),
    "articles as words": m.articles_as_words(answers=True),
    "articles as words, phrasings only": m.articles_as_words(answers=False),
    "naive Bayes, words": m.bayes_words(),
    "linear SVM, words": m.linear_words(),
    "ridge, both": m.ridge(_JOINT),
    "discriminant, USE": m.discriminant(_USE),
    "discriminant, e5": m.discriminant(_E5),
    "discriminant, both": m.discriminant(_JOINT),
    "discriminant by clause, strongest": m.clauses(_USE, lambda rows: rows.max(axis=0)),
    "discriminant by clause, all": m.clauses(_USE, lambda rows: rows.sum(axis=0)),
    "logistic regression, USE": m.logistic(_USE),
    "logistic regression, both": m.logistic(_JOINT),
    "learned projection, both": m.perceptron(_JOINT),
    "kernel ridge, words + both": m.kernel([_USE, _E5]),
    "age alone": m.ages,
    "domain alone": m.domains(_JOINT),
}
_SERVED = ("discriminant, both", "three nearest, both", "articles as words", "age alone")
TOGETHER: dict[str, tuple[str, ...]] = {
    "served: discriminant + nearest + words + age": _SERVED,
    "served, without e5": ("discriminant, USE", "three nearest, USE", "articles as words", "age alone"),
    "served, without USE": ("discriminant, e5", "three nearest, e5", "articles as words", "age alone"),
    "served, without words": ("discriminant, both", "three nearest, both", "age alone"),
    "served, without age": _SERVED[:3],
    "words and age only": ("articles as words", "three nearest, words", "age alone"),
    "served + clauses": (*_SERVED, "discriminant by clause, strongest"),
    "served + domain": (*_SERVED, "domain alone"),
    "served + linear SVM": (*_SERVED, "linear SVM, words"),
    "served + logistic regression": (*_SERVED, "logistic regression, both"),
    "served + learned projection": (*_SERVED, "learned projection, both"),
    "served + kernel ridge": (*_SERVED, "kernel ridge, words + both"),
    "everything": tuple(ALONE),
}
RERANKED = "served, re-ranked by gradient boosting"


@dataclass(frozen=True, slots=True)
class _Scores:
    messages: Vectors
    left_out: Vectors


def compare(
    rows: Iterable[Mapping[str, Any]],
    shelf: Sequence[Published],
    embedders: Mapping[str, Embed],
    *,
    ages: Ages = NOT_IN_MESSAGE,
    folds: int = 4,
    say: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """`embedders` are use, e5 and joint. Each method's places on labelled messages and on left-out phrasings.

    Weights of combinations are fitted on left-out phrasings only, never on the messages.
    """
    messages = labelled(rows, shelf, ages)
    parts = left_out(shelf, folds, ages)
    asked = together([p.asked for p in parts])
    tasks = [m.task_for(p.shelf, p.asked.questions, embedders) for p in parts]
    of_messages = m.task_for(shelf, messages.questions, embedders)
    scores: dict[str, _Scores] = {}
    found: dict[str, Any] = {}
    for name, method in ALONE.items():
        say(name)
        start = time.perf_counter()
        on_messages = method(of_messages)
        seconds = time.perf_counter() - start
        scores[name] = _Scores(on_messages, np.concatenate([method(task) for task in tasks]))
        found[name] = _row(scores[name], messages, asked) | {"seconds": round(seconds, 2)}
    learn = np.random.default_rng(m.SEED).permutation(len(asked))[:_FITTED_ON]
    for name, names in TOGETHER.items():
        say(name)
        evidence, left = _stack(names, scores)
        weights = fit_weights(left[learn], asked.right[learn])
        found[name] = _row(
            _Scores(evidence @ weights.astype(np.float32), left @ weights.astype(np.float32)), messages, asked
        )
    say(RERANKED)
    evidence, left = _stack(_SERVED, scores)
    weights = fit_weights(left[learn], asked.right[learn])
    trees = m.Reranker().fit(left[learn], weights, asked.right[learn])
    unseen = np.setdiff1d(np.arange(len(asked)), learn)
    found[RERANKED] = {
        "messages": by_group(trees.scores(evidence, weights), messages),
        "left_out": by_group(trees.scores(left[unseen], weights), asked.only(unseen)),
    }
    return {"methods": found, "articles": len(shelf), "messages": len(messages), "left_out": len(asked)}


def _row(scores: _Scores, messages: Asked, asked: Asked) -> dict[str, Any]:
    return {"messages": by_group(scores.messages, messages), "left_out": by_group(scores.left_out, asked)}


def _stack(names: Sequence[str], scores: Mapping[str, _Scores]) -> tuple[Vectors, Vectors]:
    return (
        np.stack([scores[n].messages for n in names], axis=-1),
        np.stack([scores[n].left_out for n in names], axis=-1),
    )


def readable(comparison: Mapping[str, Any]) -> str:
    """One line a method: an acceptable article first / among five on messages, the right one on phrasings."""
    lines = [f"{'':46}{'messages: first':>16}{'among 5':>9}{'left out: first':>17}{'among 5':>9}{'seconds':>9}"]
    for name, row in comparison["methods"].items():
        on, out = row["messages"]["all"], row["left_out"]["all"]
        lines.append(
            f"{name:46}{on.get('accepted_top1', 0):16.1%}{on.get('accepted_in5', 0):9.1%}"
            f"{out['top1']:17.1%}{out['in5']:9.1%}{row.get('seconds', ''):>9}"
        )
    return "\n".join(lines)


def plot(comparison: Mapping[str, Any], file: Path) -> None:
    """Bars by method: an acceptable article first, and among five, on the labelled messages of each language."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    methods = list(comparison["methods"].items())[::-1]
    languages = [g for g in ("zh", "en") if g in methods[0][1]["messages"]]
    figure, panels = pyplot.subplots(1, len(languages), figsize=(7 * len(languages), 0.26 * len(methods) + 1.2))
    for panel, language in zip(np.atleast_1d(panels), languages, strict=True):
        own = [row["messages"][language] for _, row in methods]
        panel.barh(range(len(own)), [o["accepted_in5"] for o in own], color="#cfe3d4", label="among five")
        panel.barh(range(len(own)), [o["accepted_top1"] for o in own], color="#2f7d4f", label="first")
        panel.set_yticks(range(len(own)), [name for name, _ in methods], fontsize=8)
        panel.set_xlim(0, 1)
        panel.set_title(f"{language}: an acceptable article ({own[0]['count']} messages)", fontsize=10)
        panel.grid(axis="x", alpha=0.3)
        panel.legend(fontsize=8, loc="lower right")
    figure.tight_layout()
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=110)
    pyplot.close(figure)
