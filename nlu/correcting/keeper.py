"""Keeps a running house at the model in service: the app's own weights, and Rasa's without a refused request."""

from __future__ import annotations

import logging
from pathlib import Path

from nlu import training
from nlu.nearest import NearestInterpreter
from nlu.rasa_client import RasaUnavailable
from nlu.server import ModelMissing, RasaServer

log = logging.getLogger("sprout.nlu")


class ModelKeeper:
    """One for each process; `look` every few seconds. `rasa` is None where none runs."""

    def __init__(self, nearest: NearestInterpreter, rasa: RasaServer | None, models: Path = training.MODELS) -> None:
        self._nearest, self._rasa, self._models = nearest, rasa, models
        self._seen = self._stamp()
        self._refused = ""

    def look(self) -> bool:
        """Whether something was swapped."""
        swapped = False
        stamp = self._stamp()
        if stamp != self._seen:
            self._seen = stamp
            self._nearest.reload()
            swapped = True
            log.info("nlu.swapped app")
        return self._look_at_rasa() or swapped

    def _look_at_rasa(self) -> bool:
        wanted = training.current_model(self._models)
        rasa = self._rasa
        if rasa is None or rasa.interpreter is None or wanted is None or wanted.name == self._refused:
            return False
        if wanted.resolve() == rasa.model_file.resolve():
            return False
        try:
            rasa.swap(wanted)
        except (RasaUnavailable, ModelMissing) as error:
            self._refused = wanted.name  # the old model goes on; trying it again would not help
            log.error("nlu.swap_failed %s", type(error).__name__)
            return False
        self._refused = ""
        log.info("nlu.swapped rasa")
        return True

    def _stamp(self) -> tuple[int, int]:
        try:
            found = self._nearest.model_file.stat()
        except OSError:
            return (0, 0)
        return found.st_mtime_ns, found.st_size
