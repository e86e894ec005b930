"""How well intents are understood: on kept-aside messages, and by cross-validation on our own phrasings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from sklearn.model_selection import StratifiedKFold

from nlu.classifier import fit
from nlu.examples import training_examples
from nlu.interpreter import Intent, Interpreter
from nlu.nearest import classifier_settings, configured_embedder

_WORST_CONFUSIONS = 15


def score_intents(rows: Iterable[Mapping[str, Any]], interpreter: Interpreter) -> dict[str, Any]:
    """Rows hold `text`, `lang` and the right `intent`; shares are 0-1 and JSON-ready.

    `accuracy` counts every intent; `accuracy_emergency_as_guidance` counts emergency and ask_guidance as one, since
    danger is found by an engine of its own and not by the intent. `not_understood` is the share of nlu_fallback.
    """
    outcomes = []
    sources: Counter[str] = Counter()
    for row in rows:
        parse = interpreter.parse(str(row["text"]))
        sources[parse.source] += 1
        outcomes.append((str(row["lang"]), str(row["intent"]), parse.intent.value))
    languages = sorted({language for language, _, _ in outcomes})
    return {
        **_shares([(right, got) for _, right, got in outcomes]),
        "by_language": {
            language: _shares([(right, got) for lang, right, got in outcomes if lang == language])
            for language in languages
        },
        "by_intent": _by_intent([(right, got) for _, right, got in outcomes]),
        "confusion": _confusion([(right, got) for _, right, got in outcomes]),
        "sources": dict(sources),
    }


def cross_validate(folds: int = 5, embedder: str | None = None) -> dict[str, Any]:
    """Train on all but a fifth of our own phrasings (and all samples), ask that fifth; also what a threshold costs.

    `thresholds` maps a confidence to [share of right answers lost below it, share of wrong ones caught by it].
    """
    examples = training_examples()
    texts = [example.text for example in examples]
    intents = np.array([example.intent for example in examples])
    vectors = configured_embedder(embedder).embed(texts)
    own = np.array([i for i, example in enumerate(examples) if example.origin == "own"])
    rest = np.array([i for i, example in enumerate(examples) if example.origin != "own"], dtype=own.dtype)
    pairs: list[tuple[str, str]] = []
    sure: list[tuple[bool, float]] = []
    for kept, asked in StratifiedKFold(folds, shuffle=True, random_state=7).split(own, intents[own]):
        chosen = np.concatenate([own[kept], rest])
        model = fit(
            vectors[chosen], [texts[i] for i in chosen], [str(s) for s in intents[chosen]], classifier_settings()
        )
        for i in own[asked]:
            name, confidence = model.probabilities(vectors[i], texts[i])[0]
            pairs.append((str(intents[i]), name))
            sure.append((name == intents[i], confidence))
    right = [confidence for is_right, confidence in sure if is_right]
    wrong = [confidence for is_right, confidence in sure if not is_right]
    return {
        **_shares(pairs),
        "by_intent": _by_intent(pairs),
        "confusion": _confusion(pairs),
        "thresholds": {
            str(level): [_share_below(right, level), _share_below(wrong, level)]
            for level in (0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5)
        },
    }


def _shares(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    n = len(pairs)
    return {
        "messages": n,
        "accuracy": _ratio(sum(right == got for right, got in pairs), n),
        "accuracy_emergency_as_guidance": _ratio(sum(_merged(right) == _merged(got) for right, got in pairs), n),
        "not_understood": _ratio(sum(got == Intent.FALLBACK for _, got in pairs), n),
    }


def _by_intent(pairs: list[tuple[str, str]]) -> dict[str, dict[str, Any]]:
    table = {}
    for name in sorted({right for right, _ in pairs}):
        asked = sum(right == name for right, _ in pairs)
        answered = sum(got == name for _, got in pairs)
        hits = sum(right == got == name for right, got in pairs)
        table[name] = {"messages": asked, "recall": _ratio(hits, asked), "precision": _ratio(hits, answered)}
    return table


def _confusion(pairs: list[tuple[str, str]]) -> list[dict[str, Any]]:
    wrong = Counter(pair for pair in pairs if pair[0] != pair[1])
    return [{"right": right, "got": got, "n": n} for (right, got), n in wrong.most_common(_WORST_CONFUSIONS)]


def _merged(intent: str) -> str:
    return Intent.ASK_GUIDANCE.value if intent == Intent.EMERGENCY else intent


def _share_below(values: list[float], level: float) -> float:
    return _ratio(sum(value < level for value in values), len(values))


def _ratio(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
