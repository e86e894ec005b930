"""The meaning check: how likely a message is an emergency, urgent, soon or ordinary, whatever its words.

A logistic regression over likeness to landmark messages (landmarks.py), the embedding, hashed word pieces, structure
and rule hits; trained at set-up on the project's own corpus (corpus.py) and kept as numbers only (.npz), with a
fingerprint of all that it was made from. A second one, of pieces and structure, stands in when the embedding fails.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse

from knowledge.triage import corpus, features, naming, rules
from knowledge.triage.corpus import LEVELS, Row
from knowledge.triage.features import Vectors
from knowledge.triage.landmarks import Landmarks, choose
from knowledge.triage.naming import Naming
from knowledge.triage.rules import Hit, Message

Embed = Callable[[Sequence[str]], Vectors]
Progress = Callable[[str], None]

_HERE = Path(__file__).resolve().parent
_MADE_FROM = (
    "rules.yaml",
    "cues.yaml",
    "signs.yaml",
    "features.py",
    "facts.py",
    "ages.py",
    "clauses.py",
    "rules.py",
    "landmarks.py",
    "meaning.py",
    "naming.py",
)
_STRENGTH = 1.0  # C of the logistic regression
_STEPS = 300
_LIKENESS_SCALE, _EMBEDDING_SCALE, _PIECES_SCALE, _STRUCTURE_SCALE = 10.0, 1.5, 4.0, 0.25
_DOUBTFUL, _DOUBTFUL_WITH_RULE = 0.85, 0.5  # an article's phrasing that looks this dangerous is not taken as ordinary


class MeaningMissing(Exception):
    """No trained weights, or they belong to other data: rules alone must do."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """Trained weights. Rows of `weights`, columns of the first two: none, soon, urgent_today, emergency_now."""

    landmarks: Landmarks
    likeness_weights: Vectors
    vector_weights: Vectors
    weights: Vectors
    offset: Vectors
    plain_weights: Vectors  # without the embedding, for when it fails
    plain_offset: Vectors
    rarity: Vectors
    naming: Naming
    fingerprint: str

    def levels(self, vector: Vectors | None, message: Message, found: Sequence[Hit]) -> Vectors:
        """Probabilities of LEVELS for one message; `vector` is its embedding of length 1, None when there is none."""
        one = Prepared(
            np.zeros((1, 0), np.float32) if vector is None else vector[None, :],
            [features.pieces(message.text)],
            features.structure(message, found)[None, :],
            np.zeros(1, bool),
        )
        return np.asarray(chances(self, one)[0], dtype=np.float32)

    def signs(self, vector: Vectors | None, message: Message) -> list[tuple[str, float]]:
        """Signs by how well they fit, best first; the score is roughly 0 to 1."""
        return self.naming.scores(vector, features.piece_rows([features.pieces(message.text)], self.rarity))

    def save(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part.npz")
        np.savez_compressed(
            part,
            landmarks=self.landmarks.points,
            likeness_weights=self.likeness_weights,
            vector_weights=self.vector_weights,
            weights=self.weights.astype(np.float32),
            offset=self.offset,
            plain_weights=self.plain_weights.astype(np.float32),
            plain_offset=self.plain_offset,
            rarity=self.rarity.astype(np.float16),
            sign_vectors=self.naming.vectors,
            sign_pieces=self.naming.pieces,
            sign_ids=np.array(self.naming.ids),
            fingerprint=np.array(self.fingerprint),
        )
        os.replace(part, file)


def load(file: Path, *, dimension: int | None = None) -> Meaning:
    """Weights from a file; MeaningMissing if there are none, they are broken or made from other data."""
    try:
        with np.load(file, allow_pickle=False) as kept:
            found = Meaning(
                Landmarks(kept["landmarks"]),
                kept["likeness_weights"],
                kept["vector_weights"],
                kept["weights"],
                kept["offset"],
                kept["plain_weights"],
                kept["plain_offset"],
                kept["rarity"].astype(np.float32),
                Naming(
                    kept["sign_vectors"],
                    kept["sign_pieces"],
                    tuple(str(s) for s in kept["sign_ids"]),
                ),
                str(kept["fingerprint"]),
            )
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise MeaningMissing(f"{file.name}: {type(error).__name__}") from error
    if dimension is not None and found.naming.vectors.shape[0] != dimension:
        raise MeaningMissing(f"{file.name}: made for another embedding")
    return found


def train(embed: Embed, file: Path, *, ordinary: Sequence[str] = (), progress: Progress | None = None) -> Path:
    """Train on the corpus if anything that the weights are made from has changed; the file with the weights.

    `embed` should keep vectors on disk; `ordinary` are more messages without danger (bookings, small talk).
    """
    say = progress or (lambda _: None)
    examples = corpus.rows()
    labelled = {row.text for row in examples}
    harmless = [text for text in (*corpus.article_phrasings(), *ordinary) if text not in labelled]
    dimension = embed(["."]).shape[1]
    mark = fingerprint(examples, harmless, dimension)
    try:
        if load(file, dimension=dimension).fingerprint == mark:
            return file
    except MeaningMissing:
        pass
    say(f"danger check: {len(examples)} examples")
    fitted(examples, harmless, embed, mark=mark).save(file)
    say("danger check: trained")
    return file


def fingerprint(examples: Sequence[Row], harmless: Sequence[str], dimension: int) -> str:
    """Changes with the examples, the harmless messages, the rules, the features and the kind of embedding."""
    mark = hashlib.blake2b(str(dimension).encode(), digest_size=16)
    for row in examples:
        mark.update(f"{row.text}\0{row.level}\0{row.sign}\0".encode())
    for text in harmless:
        mark.update(text.encode() + b"\0")
    for name in _MADE_FROM:
        mark.update((_HERE / name).read_bytes())
    return mark.hexdigest()


def fitted(examples: Sequence[Row], harmless: Sequence[str], embed: Embed, *, mark: str = "") -> Meaning:
    """Weights from these examples and harmless messages."""
    known = prepared([row.text for row in examples], embed)
    levels = np.array([LEVELS.index(row.level) for row in examples])
    signs = [row.sign for row in examples]
    if not harmless:
        return fit(known, levels, signs, mark=mark)
    return fit_with_harmless(known, levels, signs, prepared(harmless, embed), mark=mark)


def fit_with_harmless(
    known: Prepared, levels: np.ndarray, signs: Sequence[str | None], more: Prepared, *, mark: str = ""
) -> Meaning:
    """As `fit`; of `more` only those that a first fit (or a rule with it) does not find dangerous count as ordinary."""
    danger = chances(fit(known, levels, signs), more)[:, 2:].sum(axis=1)
    keep = np.flatnonzero(danger < np.where(more.alarmed, _DOUBTFUL_WITH_RULE, _DOUBTFUL))
    all_levels = np.concatenate([levels, np.zeros(len(keep), np.int64)])
    return fit(known.with_more(more, keep), all_levels, [*signs, *[None] * len(keep)], mark=mark)


@dataclass(frozen=True, slots=True)
class Prepared:
    """Messages with everything that is computed from them once."""

    vectors: Vectors
    pieces: list[dict[int, int]]
    structures: Vectors
    alarmed: np.ndarray  # a rule fired in a present-tense clause

    def with_more(self, other: Prepared, keep: np.ndarray) -> Prepared:
        return Prepared(
            np.vstack([self.vectors, other.vectors[keep]]),
            [*self.pieces, *(other.pieces[i] for i in keep)],
            np.vstack([self.structures, other.structures[keep]]),
            np.concatenate([self.alarmed, other.alarmed[keep]]),
        )

    def only(self, keep: np.ndarray) -> Prepared:
        return Prepared(self.vectors[keep], [self.pieces[i] for i in keep], self.structures[keep], self.alarmed[keep])


def prepared(texts: Sequence[str], embed: Embed) -> Prepared:
    messages = [rules.read(text) for text in texts]
    found = [rules.hits(message) for message in messages]
    return Prepared(
        np.asarray(embed(list(texts)), np.float32),
        [features.pieces(message.text) for message in messages],
        np.stack([features.structure(m, h) for m, h in zip(messages, found, strict=True)]),
        np.array([any(hit.live for hit in hits) for hits in found]),
    )


def fit(known: Prepared, levels: np.ndarray, signs: Sequence[str | None], *, mark: str = "") -> Meaning:
    """Two logistic regressions for the levels, and what names the sign."""
    rarity = features.rarity(known.pieces)
    words = _words(known, rarity)
    landmarks, whitening = choose(known.vectors, known.structures)
    likeness = landmarks.likeness(known.vectors, known.structures) @ whitening
    dense = np.hstack([likeness * np.float32(_LIKENESS_SCALE), known.vectors * np.float32(_EMBEDDING_SCALE)])
    weights, offset = _fitted(sparse.hstack([sparse.csr_matrix(dense), words]).tocsr(), levels)
    near, whole = likeness.shape[1], dense.shape[1]
    dangerous = np.flatnonzero(levels > 0)
    return Meaning(
        landmarks,
        whitening @ weights[:, :near].T * np.float32(_LIKENESS_SCALE),
        weights[:, near:whole].T * np.float32(_EMBEDDING_SCALE),
        weights[:, whole:],
        offset,
        *_fitted(words, levels),
        rarity,
        naming.learn(
            known.vectors[dangerous],
            features.piece_rows([known.pieces[i] for i in dangerous], rarity),
            [signs[int(i)] for i in dangerous],
        ),
        mark,
    )


def _fitted(table: sparse.csr_matrix, levels: np.ndarray) -> tuple[Vectors, Vectors]:
    """Weights (4, columns) and offsets (4,) of LEVELS; a level without an example is never found."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=_STRENGTH, max_iter=_STEPS).fit(table, levels)
    weights = np.zeros((len(LEVELS), table.shape[1]), np.float32)
    offset = np.full(len(LEVELS), -30.0, np.float32)
    for row, level in enumerate(model.classes_):
        weights[level], offset[level] = model.coef_[row], model.intercept_[row]
    return weights, offset


def chances(model: Meaning, known: Prepared) -> Vectors:
    """Probabilities of LEVELS for many messages, (n, 4)."""
    blind = known.vectors.shape[1] == 0
    weights, scores = (model.plain_weights, model.plain_offset) if blind else (model.weights, model.offset)
    scores = np.asarray(_words(known, model.rarity) @ weights.T) + scores
    if not blind:
        scores = scores + known.vectors @ model.vector_weights
        scores = scores + model.landmarks.likeness(known.vectors, known.structures) @ model.likeness_weights
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float32)


def _words(known: Prepared, rarity: Vectors) -> sparse.csr_matrix:
    """Pieces and structure, (n, buckets + structure)."""
    return sparse.hstack(
        [
            features.piece_rows(known.pieces, rarity) * np.float32(_PIECES_SCALE),
            sparse.csr_matrix(known.structures * np.float32(_STRUCTURE_SCALE)),
        ]
    ).tocsr()
