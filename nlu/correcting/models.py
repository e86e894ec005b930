"""Which trained model is in service: files beside the models, so that every process sees a change within seconds.

console.json names the model in service and the one before; the app loads nearest.npz, a copy of nearest-MARK.npz.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from nlu import training
from nlu.training import MODELS, TrainingFailed

SHIPPED = "shipped"


def weights(models: Path, mark: str) -> Path:
    return models / f"nearest-{mark}.npz"


def in_service(models: Path = MODELS) -> tuple[str, str]:
    """Marks of the model in service and of the one before it; "shipped" for what set-up trained, "" for none."""
    state = _state(models)
    return state.get("current", SHIPPED), state.get("previous", "")


def use(mark: str, models: Path = MODELS) -> None:
    """Put a trained model into service; TrainingFailed when its files are gone."""
    with training.one_at_a_time(models):
        if not weights(models, mark).is_file():
            raise TrainingFailed(f"the model {mark} is not there any more")
        current, _ = in_service(models)
        if current == mark:
            return
        rasa = dict(_state(models).get("rasa", {}))
        now_served = models / "nearest.npz"
        if now_served.is_file() and not weights(models, current).is_file():
            shutil.copyfile(now_served, weights(models, current))
        served_by_rasa = training.current_model(models)
        if served_by_rasa is not None:
            rasa.setdefault(current, served_by_rasa.name)
        own = models / f"sprout-{mark}.tar.gz"
        target = own if own.is_file() else models / rasa.get(mark, "-")
        _replace(weights(models, mark), now_served)
        if target.is_file():
            training.make_current(target, models)
        _write(models, {"current": mark, "previous": current, "rasa": rasa})
        _tidy(models)


def _replace(source: Path, target: Path) -> None:
    part = target.with_suffix(".part")
    shutil.copyfile(source, part)
    part.replace(target)


def _state(models: Path) -> dict[str, Any]:
    try:
        read = json.loads((models / "console.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def _write(models: Path, state: dict[str, Any]) -> None:
    part = models / f"console.{os.getpid()}.part"
    part.write_text(json.dumps(state), encoding="utf-8")
    part.replace(models / "console.json")


def _tidy(models: Path) -> None:
    """Keep the weights in service, those before, and those that set-up trained."""
    keep = {weights(models, mark).name for mark in (*in_service(models), SHIPPED)}
    for path in models.glob("nearest-*.npz"):
        if path.name not in keep:
            path.unlink()
