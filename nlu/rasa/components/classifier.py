"""The house's linear model as Rasa's intent classifier: Rasa's own exposes neither C nor a mild class weight."""

from __future__ import annotations

from typing import Any, Dict, List, Text, Type

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.classifier import IntentModel, Settings, fit

FILE = "intents.npz"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class WordsAndMeaningClassifier(IntentClassifier, GraphComponent):
    """Settings are those of nlu.classifier.Settings, under the same names."""

    @classmethod
    def required_components(cls) -> List[Type]:
        return [Featurizer]

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {"c": 10.0, "balance": 0.4, "word_weight": 1.0, "max_iterations": 200, "prior": {}, "ranking_length": 10}

    def __init__(self, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model = None

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> WordsAndMeaningClassifier:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> WordsAndMeaningClassifier:
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._model = IntentModel.load(folder / FILE)
        return component

    def train(self, training_data: TrainingData) -> Resource:
        examples = [e for e in training_data.intent_examples if e.get(INTENT) and e.get(TEXT)]
        settings = Settings(
            c=self._config["c"],
            balance=self._config["balance"],
            word_weight=self._config["word_weight"],
            max_iterations=self._config["max_iterations"],
            prior=self._config["prior"],
        )
        vectors = np.stack([_vector(e) for e in examples])
        self._model = fit(vectors, [e.get(TEXT) for e in examples], [e.get(INTENT) for e in examples], settings)
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(folder / FILE)
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            if not message.get(TEXT) or self._model is None:
                continue
            ranking = [
                {"name": name, "confidence": share}
                for name, share in self._model.probabilities(_vector(message), message.get(TEXT))
            ]
            message.set("intent", ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking[: self._config["ranking_length"]], add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        """Nothing to check: a wrong name stops Rasa before."""


def _vector(message: Message) -> np.ndarray:
    """The (dimension,) sentence features of a message, whoever put them there."""
    _, sentence = message.get_dense_features(TEXT)
    return sentence.features[0]
