"""Training: a Rasa model and the weights for the app's own fallback, from the same examples.

A model is named after the fingerprint of all that goes into it, so nothing is trained twice. `state.json` beside the
models holds the current and the previous one; correcting/keeper.py swaps a running Rasa to the current one.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from nlu import nearest
from nlu.examples import Example, own_examples, training_examples
from nlu.interpreter import Intent
from nlu.server import PROJECT, REPOSITORY, rasa_environment, rasa_python

MODELS = PROJECT / "models"
FEWEST_EXAMPLES = 40  # an intent and language
LONGEST_TRAINING_SECONDS = 900.0
_INGREDIENTS = ("embedding.py", "e5_mean.npy", "tokens.py", "classifier.py", "lookups.py", "lookups.yaml")


class TrainingFailed(Exception):
    """The training data or Rasa's training is at fault; the message says what, the models are as before."""


@dataclass(frozen=True, slots=True)
class Trained:
    """`fresh` is False when a model with this fingerprint was there already."""

    model_file: Path
    fingerprint: str
    examples: int
    seconds: float
    fresh: bool


def validate(examples: Sequence[Example]) -> list[str]:
    """What is wrong with the examples, in plain words; empty when nothing is."""
    faults = []
    known = {intent.value for intent in Intent} - {Intent.FALLBACK.value}
    in_domain = set(yaml.safe_load((PROJECT / "domain.yml").read_text(encoding="utf-8"))["intents"])
    for name in sorted(known ^ in_domain):
        faults.append(f"{name} is an intent only in {'domain.yml' if name in in_domain else 'nlu/interpreter.py'}")
    counts = Counter((example.intent, example.language) for example in examples)
    for name in sorted({example.intent for example in examples} - known):
        faults.append(f"{name} has examples but is not an intent")
    for name in sorted(known):
        for language in ("zh", "en"):
            if counts[name, language] < FEWEST_EXAMPLES:
                faults.append(f"{name} has {counts[name, language]} examples in {language}, needs {FEWEST_EXAMPLES}")
    meanings: dict[str, set[str]] = {}
    for example in examples:
        if example.origin == "own":
            meanings.setdefault(example.text.casefold(), set()).add(example.intent)
    faults.extend(f"'{text}' is an example of {' and '.join(sorted(m))}" for text, m in meanings.items() if len(m) > 1)
    return faults


def fingerprint(examples: Sequence[Example]) -> str:
    """Twelve hex digits that change with the examples, the configuration or the code that a model is made of."""
    digest = sha256()
    for path in [
        PROJECT / "config.yml",
        PROJECT / "domain.yml",
        PROJECT / "requirements.txt",
        *sorted((PROJECT / "components").glob("*.py")),
        *(REPOSITORY / "nlu" / name for name in _INGREDIENTS),
    ]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    for line in sorted(f"{e.intent}\0{e.text}" for e in examples):
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()[:12]


def train(models: Path = MODELS, python: Path | None = None) -> Trained:
    """Train what is not trained yet (about a minute on two cores); TrainingFailed leaves the models as they were."""
    start = time.perf_counter()
    examples = training_examples()
    if faults := validate(own_examples()):
        raise TrainingFailed("; ".join(faults[:10]))
    mark = fingerprint(examples)
    model_file = models / f"sprout-{mark}.tar.gz"
    models.mkdir(parents=True, exist_ok=True)
    with one_at_a_time(models):
        fresh = not model_file.is_file()
        if fresh:
            train_rasa(examples, PROJECT / "config.yml", model_file, python)
        if fresh or not (models / "nearest.npz").is_file():
            nearest.train(models / "nearest.npz")
        state = _state(models)
        if state.get("current") != model_file.name:
            _write_state(models, model_file.name, state.get("current"))
        _tidy(models)
    return Trained(model_file, mark, len(examples), time.perf_counter() - start, fresh)


def current_model(models: Path = MODELS) -> Path | None:
    """The model that was trained or rolled back to last; None before the first training."""
    return _existing(models, _state(models).get("current"))


def make_current(model_file: Path, models: Path = MODELS) -> None:
    """From now on this one is served; the one before can be rolled back to."""
    current = _state(models).get("current")
    if current != model_file.name:
        _write_state(models, model_file.name, current)


def is_up_to_date(models: Path = MODELS) -> bool:
    """Whether `train` would find nothing to do."""
    wanted = models / f"sprout-{fingerprint(training_examples())}.tar.gz"
    return wanted.is_file() and current_model(models) == wanted


def train_rasa(
    examples: Sequence[Example],
    config: Path,
    model_file: Path,
    python: Path | None = None,
    domain: Path = PROJECT / "domain.yml",
    at_most_seconds: float = LONGEST_TRAINING_SECONDS,
) -> None:
    """Train one Rasa model in a process and a cache of its own; TrainingFailed names the last lines of its log."""
    with tempfile.TemporaryDirectory(prefix="sprout-training-") as folder:
        work = Path(folder)
        write_rasa_data(examples, work / "data")
        command = [str(python or rasa_python()), "-m", "rasa", "train", "nlu"]
        command += ["--nlu", str(work / "data"), "--config", str(config), "--domain", str(domain)]
        command += ["--out", str(work / "out"), "--fixed-model-name", "model"]
        environment = {**rasa_environment(), "RASA_CACHE_DIRECTORY": str(work / "cache")}
        try:
            done = subprocess.run(  # noqa: S603
                command,
                cwd=work,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=at_most_seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise TrainingFailed(f"training took longer than {at_most_seconds:.0f} s") from error
        made = work / "out" / "model.tar.gz"
        if done.returncode != 0 or not made.is_file():
            tail = done.stdout.decode("utf-8", "replace").strip().splitlines()[-5:]
            raise TrainingFailed("Rasa could not train: " + " | ".join(tail))
        model_file.parent.mkdir(parents=True, exist_ok=True)
        part = model_file.with_suffix(".part")
        part.write_bytes(made.read_bytes())
        part.replace(model_file)


def write_rasa_data(examples: Sequence[Example], folder: Path) -> None:
    """The examples in Rasa's own training format, one file."""
    by_intent: dict[str, list[str]] = {}
    for example in examples:
        by_intent.setdefault(example.intent, []).append(example.text)
    lines = ['version: "3.1"', "nlu:"]
    for intent, texts in sorted(by_intent.items()):
        lines += [f"- intent: {intent}", "  examples: |", *(f"    - {text}" for text in texts)]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "nlu.yml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _state(models: Path) -> dict[str, Any]:
    try:
        read = json.loads((models / "state.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def _write_state(models: Path, current: str, previous: str | None) -> None:
    part = models / "state.part"
    part.write_text(json.dumps({"current": current, "previous": previous}), encoding="utf-8")
    part.replace(models / "state.json")


def _existing(models: Path, name: str | None) -> Path | None:
    path = models / name if name else None
    return path if path is not None and path.is_file() else None


def _tidy(models: Path) -> None:
    """Keep the current and the previous model."""
    keep = {_state(models).get("current"), _state(models).get("previous")}
    for path in models.glob("sprout-*.tar.gz"):
        if path.name not in keep:
            path.unlink()


@contextmanager
def one_at_a_time(models: Path) -> Iterator[None]:
    """Two trainings of one folder: the second waits, and then finds the work done."""
    handle = os.open(models / ".lock", os.O_CREAT | os.O_RDWR, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
