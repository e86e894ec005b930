"""Understanding inside the app: the same model as in Rasa, there within a second, for when Rasa is not.

Weights come from `train` (nlu.training calls it beside Rasa's training). Without them it fits itself to our own
phrasings when first asked, which takes some seconds.
"""

from __future__ import annotations

import logging
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import yaml

from bot.core.language import Language, detect
from nlu.classifier import IntentModel, Settings, fit
from nlu.embedding import Embedder, embedder_named
from nlu.examples import Example, own_examples, training_examples
from nlu.interpreter import Entity, Intent, Parse
from nlu.lookups import find
from nlu.traditional import to_simplified

CONFIG = Path(__file__).parent / "rasa" / "config.yml"
MODEL_FILE = Path(__file__).parent / "rasa" / "models" / "nearest.npz"

LONGEST = 10_000  # characters that are read; the models look at fewer
_KNOWN = frozenset(intent.value for intent in Intent)

log = logging.getLogger(__name__)


class NearestInterpreter:
    """Never raises on a message; safe to share between threads. Parses carry `source="nearest"`."""

    def __init__(self, model_file: Path = MODEL_FILE) -> None:
        self._model_file = model_file
        self._lock = Lock()
        self._model: IntentModel | None = None

    def warm_up(self) -> None:
        """Load embedding and weights now: about 1 s, or some seconds when there are no weights yet."""
        self._ready()
        configured_embedder().warm_up()

    def reload(self) -> None:
        """Take the weights that a training has just written; until they are loaded the old ones answer."""
        fresh = self._load()
        with self._lock:
            self._model = fresh

    @property
    def model_file(self) -> Path:
        return self._model_file

    def parse(self, text: str) -> Parse:
        language = detect(text)
        simplified = to_simplified(text[:LONGEST])
        if not says_something(simplified):
            return nothing_said(text, language)
        vector = configured_embedder().embed([simplified])[0]
        ranking = tuple(
            (Intent(name), share) for name, share in self._ready().probabilities(vector, simplified) if name in _KNOWN
        )
        best, confidence = ranking[0]
        if confidence < fallback_threshold():
            best = Intent.FALLBACK
        return Parse(text, language, best, confidence, ranking[:10], entities_in(simplified), "nearest")

    def _ready(self) -> IntentModel:
        with self._lock:
            if self._model is None:
                self._model = self._load()
            return self._model

    def _load(self) -> IntentModel:
        try:
            model = IntentModel.load(self._model_file)
            if model.dimension == configured_embedder().dimension:
                return model
            log.warning("intent weights are for another embedding; fitting to our own phrasings")
        except FileNotFoundError:
            log.info("no intent weights yet; fitting to our own phrasings")
        except (OSError, ValueError, KeyError):
            log.warning("intent weights cannot be read; fitting to our own phrasings")
        return fit_to(own_examples())


def says_something(text: str) -> bool:
    """Whether there is a letter or a digit; blanks, marks and emoji alone have no intent."""
    return any(character.isalnum() for character in text)


def nothing_said(text: str, language: Language, source: str = "nearest") -> Parse:
    """The understanding of a message without anything to read."""
    return Parse(text, language, Intent.FALLBACK, 0.0, (), (), source)


def entities_in(simplified: str) -> tuple[Entity, ...]:
    """Places in the text count on simplified characters, which stand where the traditional ones stood."""
    return tuple(Entity(f.kind, f.value, f.start, f.end) for f in find(simplified))


def fit_to(examples: list[Example]) -> IntentModel:
    """A model of these examples with the numbers of nlu/rasa/config.yml."""
    texts = [example.text for example in examples]
    return fit(
        configured_embedder().embed(texts), texts, [example.intent for example in examples], classifier_settings()
    )


def train(model_file: Path = MODEL_FILE) -> int:
    """Fit to all training examples and write the weights in one step; how many examples there were."""
    examples = training_examples()
    model_file.parent.mkdir(parents=True, exist_ok=True)
    half_done = model_file.with_suffix(".part")
    fit_to(examples).save(half_done)
    half_done.replace(model_file)
    return len(examples)


def fallback_threshold() -> float:
    """Below this confidence the parent is asked again; how it was measured is in nlu/README.md."""
    return float(_component("FallbackClassifier")["threshold"])


def classifier_settings() -> Settings:
    """Those of the pipeline's classifier."""
    given = _component("WordsAndMeaningClassifier")
    names = ("c", "balance", "word_weight", "max_iterations", "prior")
    return Settings(**{name: given[name] for name in names if name in given})


def configured_embedder(name: str | None = None) -> Embedder:
    """The pipeline's, or another one to compare."""
    return embedder_named(name or str(_component("EmbeddingFeaturizer")["embedder"]))


@lru_cache(maxsize=8)
def _component(name: str) -> dict[str, Any]:
    """The settings of one component of the Rasa pipeline; KeyError when it is not in there."""
    pipeline = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["pipeline"]
    for component in pipeline:
        if str(component["name"]).rsplit(".", 1)[-1] == name:
            return dict(component)
    raise KeyError(name)
