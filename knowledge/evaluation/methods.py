"""Ways to rank articles for a message, each from a shelf and its vectors to scores, to be compared side by side."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import ComplementNB
from sklearn.neural_network import MLPClassifier
from sklearn.svm import LinearSVC

from knowledge.evaluation.material import Texts, texts_of
from knowledge.model import Published
from knowledge.search.entries import asked_as
from knowledge.search.finder import age_fit
from knowledge.search.meaning import MeaningIndex
from knowledge.search.model import Embed, Question, Vectors
from knowledge.search.words import WordIndex, bag, fold, tokens

SEED = 20261118
_CLAUSE = re.compile(r"[。！？!?\n;；，,]+|(?<=[a-z)])\.\s+")


@dataclass(frozen=True, slots=True)
class Task:
    """What a method may learn from, and what it is asked."""

    shelf: Sequence[Published]
    learn: Texts
    questions: Sequence[Question]
    embedders: Mapping[str, Embed]

    @property
    def texts(self) -> list[str]:
        return [q.text for q in self.questions]

    def asked(self, model: str) -> Vectors:
        return self.embedders[model](self.texts)

    def clouds(self, model: str) -> list[Vectors]:
        vectors, owners = self.learn.vectors[model], self.learn.owners
        return [vectors[owners == n] for n in range(len(self.shelf))]


Method = Callable[[Task], Vectors]  # scores (questions, articles)


def task_for(shelf: Sequence[Published], questions: Sequence[Question], embedders: Mapping[str, Embed]) -> Task:
    return Task(shelf, texts_of(shelf, embedders), questions, embedders)


def nearest(model: str, count: int = 1) -> Method:
    """The mean cosine of the `count` nearest phrasings."""

    def method(task: Task) -> Vectors:
        cosines = task.asked(model) @ task.learn.vectors[model].T
        return _best_of_each(cosines, task.learn.owners, len(task.shelf), count)

    return method


def discriminant(model: str) -> Method:
    return lambda task: MeaningIndex(task.clouds(model)).likelihoods(task.asked(model))


def clauses(model: str, join: Callable[[Vectors], Vectors]) -> Method:
    """The discriminant on each clause of a message, joined: the strongest clause, or all together."""

    def method(task: Task) -> Vectors:
        index = MeaningIndex(task.clouds(model))
        rows = []
        for text in task.texts:
            parts = [p.strip() for p in _CLAUSE.split(text) if len(p.strip()) >= 6] or [text]
            rows.append(join(log_softmax(index.likelihoods(task.embedders[model](parts)) / np.float32(8))))
        return np.stack(rows)

    return method


def ridge(model: str, penalty: float = 0.5) -> Method:
    def method(task: Task) -> Vectors:
        vectors = _with_one(task.learn.vectors[model])
        gram = vectors.T @ vectors + penalty * np.eye(vectors.shape[1], dtype=np.float32)
        weights = np.linalg.solve(gram, vectors.T @ _one_hot(task))
        scores: Vectors = _with_one(task.asked(model)) @ weights
        return scores

    return method


def logistic(model: str, strength: float = 20.0) -> Method:
    def method(task: Task) -> Vectors:
        classifier = LogisticRegression(C=strength, max_iter=100)
        return _fitted(classifier, task, task.learn.vectors[model], task.asked(model))

    return method


def perceptron(model: str, hidden: int = 384) -> Method:
    """A learned projection: one hidden layer."""

    def method(task: Task) -> Vectors:
        network = MLPClassifier(
            (hidden,), alpha=1e-4, max_iter=40, batch_size=128, learning_rate_init=2e-3, random_state=SEED
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            network.fit(task.learn.vectors[model] * 8, task.learn.owners)
        scores: Vectors = np.log(network.predict_proba(task.asked(model) * 8) + 1e-9).astype(np.float32)
        return scores

    return method


def articles_as_words(*, answers: bool) -> Method:
    """Every article as one bag of words, with or without its answer; what the index does."""

    def method(task: Task) -> Vectors:
        index = WordIndex([bag([*asked_as(p.article), *(_answer_lines(p) if answers else ())]) for p in task.shelf])
        return index.scores(task.texts)

    return method


def nearest_words(count: int = 1) -> Method:
    def method(task: Task) -> Vectors:
        learnt, asked = _tfidf(task)
        return _best_of_each((asked @ learnt.T).toarray(), task.learn.owners, len(task.shelf), count)

    return method


def linear_words() -> Method:
    """A linear support vector machine over TF-IDF pieces."""

    def method(task: Task) -> Vectors:
        learnt, asked = _tfidf(task)
        return _fitted(LinearSVC(C=1.0, tol=1e-2, random_state=SEED), task, learnt, asked)

    return method


def bayes_words() -> Method:
    def method(task: Task) -> Vectors:
        learnt, asked = _tfidf(task)
        scores: Vectors = ComplementNB(alpha=0.3).fit(learnt, task.learn.owners).predict_joint_log_proba(asked)
        return scores

    return method


def kernel(models: Sequence[str], sharpness: float = 3.0, penalty: float = 0.5) -> Method:
    """Kernel ridge: TF-IDF cosine plus an exponential of each model's cosine. Cubic in the phrasings."""

    def method(task: Task) -> Vectors:
        learnt, asked = _tfidf(task)
        gram, cross = (learnt @ learnt.T).toarray(), (asked @ learnt.T).toarray()
        for model in models:
            own, other = task.learn.vectors[model], task.asked(model)
            gram += np.exp(sharpness * (own @ own.T - 1)) * (2 / len(models))
            cross += np.exp(sharpness * (other @ own.T - 1)) * (2 / len(models))
        gram[np.diag_indices(len(gram))] += penalty
        targets = _one_hot(task)
        weights = cho_solve(cho_factor(gram, lower=True, overwrite_a=True), targets - targets.mean(axis=0))
        scores: Vectors = cross @ weights
        return scores

    return method


def ages(task: Task) -> Vectors:
    bands = [p.article.ages for p in task.shelf]
    return np.stack([age_fit(bands, q.age_months) for q in task.questions])


def domains(model: str) -> Method:
    """How well the domain of each article fits, by a discriminant over the five domains."""

    def method(task: Task) -> Vectors:
        names = sorted({p.article.domain for p in task.shelf})
        number = np.array([names.index(p.article.domain) for p in task.shelf])
        of_texts = number[task.learn.owners]
        vectors = task.learn.vectors[model]
        index = MeaningIndex([vectors[of_texts == n] for n in range(len(names))])
        return log_softmax(index.likelihoods(task.asked(model)))[:, number]

    return method


class Reranker:
    """Gradient boosting over the first twenty candidates, from every kind of evidence and its place in each list."""

    CANDIDATES = 20

    def __init__(self) -> None:
        self._trees = HistGradientBoostingClassifier(max_iter=150, learning_rate=0.06, random_state=SEED)

    def fit(self, evidence: Vectors, weights: NDArray[np.float64], right: NDArray[np.int64]) -> Reranker:
        first = self._first(evidence @ weights)
        rows = self._features(evidence, weights, first)
        hits = first == right[:, None]
        self._trees.fit(rows.reshape(-1, rows.shape[-1]), hits.ravel())
        return self

    def scores(self, evidence: Vectors, weights: NDArray[np.float64]) -> Vectors:
        base = evidence @ weights
        first = self._first(base)
        rows = self._features(evidence, weights, first)
        chance = self._trees.predict_proba(rows.reshape(-1, rows.shape[-1]))[:, 1].reshape(first.shape)
        scores = base - base.max() - 10.0
        np.put_along_axis(scores, first, chance, axis=1)
        result: Vectors = scores.astype(np.float32)
        return result

    def _first(self, scores: NDArray[np.float64]) -> NDArray[np.int64]:
        return np.argsort(-scores, axis=1, kind="stable")[:, : self.CANDIDATES]

    @staticmethod
    def _features(evidence: Vectors, weights: NDArray[np.float64], first: NDArray[np.int64]) -> Vectors:
        picked = np.take_along_axis(evidence, first[:, :, None], axis=1)
        total = (picked @ weights)[:, :, None]
        behind = picked - picked.max(axis=1, keepdims=True)
        joined: Vectors = np.concatenate([picked, behind, total, total - total.max(axis=1, keepdims=True)], axis=2)
        return joined


def log_softmax(rows: Vectors) -> Vectors:
    shifted = rows - rows.max(axis=-1, keepdims=True)
    result: Vectors = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return result


def _best_of_each(scores: Vectors, owners: NDArray[np.int64], articles: int, count: int) -> Vectors:
    best = [np.sort(scores[:, owners == n], axis=1)[:, -count:].mean(axis=1) for n in range(articles)]
    return np.stack(best, axis=1).astype(np.float32)


def _fitted(classifier: object, task: Task, learnt: object, asked: object) -> Vectors:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        classifier.fit(learnt, task.learn.owners)  # type: ignore[attr-defined]
    scores: Vectors = classifier.decision_function(asked)  # type: ignore[attr-defined]
    return scores


def _tfidf(task: Task):  # type: ignore[no-untyped-def]
    reader = TfidfVectorizer(analyzer=lambda text: list(tokens(fold(text))), sublinear_tf=True, dtype=np.float32)
    return reader.fit_transform(task.learn.texts), reader.transform(task.texts)


def _one_hot(task: Task) -> Vectors:
    return np.eye(len(task.shelf), dtype=np.float32)[task.learn.owners]


def _with_one(vectors: Vectors) -> Vectors:
    return np.hstack([vectors, np.ones((len(vectors), 1), np.float32)])


def _answer_lines(one: Published) -> list[str]:
    return [
        line
        for own in one.article.texts.values()
        for line in (*own.steps, *(d.text for d in own.doctor), *(v.text for v in own.by_age))
    ]
