"""One training in a process of its own: python -m nlu.correcting.job FOLDER MODELS [--no-rasa].

FOLDER holds examples.jsonl (what people corrected); progress.json tells how far it is, and in the end the report. The
lock in FOLDER's parent is held as long as the process lives: there are never two, and a dead one is seen at once.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from nlu import nearest, training
from nlu.classifier import IntentModel, fit
from nlu.correcting.models import weights
from nlu.examples import Example, own_examples, read_examples, training_examples
from nlu.server import PROJECT, RasaNotInstalled

STEPS = ("reading", "before", "after", "rasa", "weights", "done")
_EVERY = 5  # one example of so many is held back for the report


class Busy(Exception):
    """Another training runs."""


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Raises Busy while another process holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / "training.lock", os.O_CREAT | os.O_RDWR, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy from None
        yield
    finally:
        os.close(handle)


def is_running(folder: Path) -> bool:
    try:
        with only_one(folder):
            return False
    except Busy:
        return True


class Teacher:
    """Fits models to examples whose vectors are made once."""

    def __init__(self, examples: Sequence[Example]) -> None:
        texts = list(dict.fromkeys(example.text for example in examples))
        self._vectors = dict(zip(texts, nearest.configured_embedder().embed(texts), strict=True))

    def taught(self, examples: Sequence[Example]) -> IntentModel:
        vectors = np.stack([self._vectors[example.text] for example in examples])
        texts, intents = [e.text for e in examples], [e.intent for e in examples]
        return fit(vectors, texts, intents, nearest.classifier_settings())

    def is_right(self, model: IntentModel, example: Example) -> bool:
        return model.probabilities(self._vectors[example.text], example.text)[0][0] == example.intent


def compared(teacher: Teacher, corrections: Sequence[Example], base: Sequence[Example]) -> dict[str, Any]:
    """Before and after on examples that neither model was trained on: shares right, in all and by intent."""
    texts = {example.text.casefold() for example in corrections}
    base = [example for example in base if example.text.casefold() not in texts]
    held = [e for e in (*base, *corrections) if e.origin in ("own", "console") and _is_held_back(e)]
    taught = [example for example in corrections if not _is_held_back(example)]
    learnt = [example for example in base if not _is_held_back(example) or example.origin not in ("own", "console")]
    old, new = teacher.taught(learnt), teacher.taught([*learnt, *taught])
    before = [teacher.is_right(old, example) for example in held]
    after = [teacher.is_right(new, example) for example in held]
    by_intent = []
    for intent in sorted({example.intent for example in held}):
        own = [place for place, example in enumerate(held) if example.intent == intent]
        by_intent.append([intent, len(own), sum(before[p] for p in own), sum(after[p] for p in own)])
    unseen = [place for place, example in enumerate(held) if example.origin == "console"]
    return {
        "held_back": len(held), "before": sum(before), "after": sum(after), "by_intent": by_intent,
        "corrections": len(corrections), "corrections_held_back": len(unseen),
        "corrections_before": sum(before[p] for p in unseen), "corrections_after": sum(after[p] for p in unseen),
    }  # fmt: skip


def train(folder: Path, models: Path, *, with_rasa: bool) -> None:
    """The whole of it; raises what went wrong."""
    started = time.perf_counter()
    _tell(folder, "reading", started)
    extra = read_examples(folder / "examples.jsonl")
    if faults := training.validate([*own_examples(), *extra]):
        hard = [fault for fault in faults if "is an example of" not in fault]
        if hard:
            raise training.TrainingFailed("; ".join(hard[:5]))
    examples = training_examples(extra)
    mark = training.fingerprint(examples)
    _tell(folder, "before", started, mark=mark)
    teacher = Teacher(examples)
    report = compared(teacher, extra, [e for e in examples if e.origin != "console"])
    _tell(folder, "rasa", started, mark=mark, report=report)
    model_file = models / f"sprout-{mark}.tar.gz"
    report["rasa"] = with_rasa
    try:
        if with_rasa and not model_file.is_file():
            training.train_rasa(examples, PROJECT / "config.yml", model_file)
    except RasaNotInstalled:
        report["rasa"] = False
    _tell(folder, "weights", started, mark=mark, report=report)
    models.mkdir(parents=True, exist_ok=True)
    part = weights(models, mark).with_suffix(".part")
    teacher.taught(examples).save(part)
    part.replace(weights(models, mark))
    report["seconds"] = round(time.perf_counter() - started)
    _tell(folder, "done", started, mark=mark, report=report)


def progress(folder: Path) -> dict[str, Any]:
    """What the training told last; empty before it began."""
    try:
        read = json.loads((folder / "progress.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def _tell(folder: Path, step: str, started: float, **more: Any) -> None:
    part = folder / "progress.part"
    told = {"step": step, "place": STEPS.index(step) if step in STEPS else 0, "of": len(STEPS) - 1,
            "seconds": round(time.perf_counter() - started), **more}  # fmt: skip
    part.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    part.replace(folder / "progress.json")


def _is_held_back(example: Example) -> bool:
    return int(sha256(example.text.encode()).hexdigest(), 16) % _EVERY == 0


def main(folder: Path, models: Path, *, with_rasa: bool) -> int:
    os.nice(10)
    try:
        with only_one(folder.parent):
            train(folder, models, with_rasa=with_rasa)
    except Busy:
        _tell(folder, "failed", time.perf_counter(), fault="busy")
        return 1
    except Exception as error:
        _tell(folder, "failed", time.perf_counter(), fault=f"{type(error).__name__}: {error}"[:500])
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), with_rasa="--no-rasa" not in sys.argv))
