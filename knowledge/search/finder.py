"""The index over one state of the shelf: three kinds of evidence and the child's age, added as log-probabilities.

    message -> vector -> which article's phrasings look like it (linear discriminant)
                      -> the three nearest phrasings
            -> words  -> what it shares with all that the article says
            -> age    -> how far outside the article's age band

All of it has a closed form: nothing is trained ahead, nothing is kept on disk but the vectors of the phrasings,
and an article is found as soon as it is published.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from knowledge.content_files import CONTENT, article_folders, read_article
from knowledge.model import Article, Published
from knowledge.search.meaning import MeaningIndex
from knowledge.search.model import Candidate, Embed, Question, Ranking, Vectors, Verdict
from knowledge.search.words import Bag, WordIndex, bag


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each kind of evidence counts; fitted by knowledge/evaluation on phrasings that were left out."""

    meaning: float = 0.06
    nearness: float = 8.0
    words: float = 48.0
    age: float = 5.0  # for each half-year outside the band, at most 1.5 of them

    def as_vector(self) -> Vectors:
        return np.array([self.meaning, self.nearness, self.words, self.age], np.float32)


@dataclass(frozen=True, slots=True)
class _Entry:
    """An article, ready for the index."""

    article: Article
    words: Bag
    phrasings: Vectors


class Finder:
    """Immutable and thread-safe: a new state of the shelf gets a new Finder, made from the old one where alike."""

    SURE_TRUST = 0.5
    NOTHING_TRUST = 0.05

    def __init__(
        self,
        shelf: Sequence[Published],
        embed: Embed,
        embed_many: Embed | None = None,
        *,
        before: Finder | None = None,
        weights: Weights | None = None,
    ) -> None:
        """`embed` is for a message, `embed_many` (kept on disk) for phrasings, `before` the Finder to learn from."""
        self._embed = embed
        self._weights = weights or Weights()
        self._entries = _entries([p.article for p in shelf], embed_many or embed, before)
        articles = [e.article for e in self._entries]
        self.ids = tuple(a.id for a in articles)
        self._youngest = np.array([a.ages.start for a in articles], np.float32)
        self._oldest = np.array([a.ages.end for a in articles], np.float32)
        self._words = WordIndex([e.words for e in self._entries])
        self._meaning = MeaningIndex([e.phrasings for e in self._entries])

    def search(self, question: Question, *, most: int = 5) -> Ranking:
        """The best `most` articles for a question, best first, and whether to trust the first."""
        if not self.ids or not any(c.isalnum() for c in question.text):
            return Ranking((), Verdict.NOTHING)
        scores = softmax(self.evidence([question]))[0]
        order = np.argsort(-scores, kind="stable")[:most]
        found = tuple(Candidate(self.ids[i], float(scores[i])) for i in order)
        trust = found[0].score
        return Ranking(found, self._verdict(trust), trust)

    def evidence(self, questions: Sequence[Question]) -> Vectors:
        """(questions, articles): log-probabilities up to a constant of each question."""
        total: Vectors = self.kinds_of_evidence(questions) @ self._weights.as_vector()
        return total

    def kinds_of_evidence(self, questions: Sequence[Question]) -> Vectors:
        """(questions, articles, 4): what `Weights` weighs, in its order."""
        texts = [q.text for q in questions]
        vectors = self._embed(texts)
        kinds = (
            self._meaning.likelihoods(vectors),
            self._meaning.nearness(vectors),
            self._words.scores(texts),
            np.stack([self._age_fit(q.age_months) for q in questions]),
        )
        return np.stack(kinds, axis=-1)

    def _age_fit(self, months: float | None) -> Vectors:
        """0 inside the band of an article or when the age is not known, down to -1.5 outside."""
        if months is None:
            return np.zeros(len(self.ids), np.float32)
        outside = np.maximum(np.maximum(self._youngest - months, months - self._oldest), 0)
        fit: Vectors = -np.minimum(outside / 6, 1.5).astype(np.float32)
        return fit

    def _verdict(self, trust: float) -> Verdict:
        if trust < self.NOTHING_TRUST:
            return Verdict.NOTHING
        return Verdict.SURE if trust >= self.SURE_TRUST else Verdict.UNSURE


def _entries(articles: Sequence[Article], embed: Embed, before: Finder | None) -> list[_Entry]:
    known = {e.article.id: e for e in before._entries} if before else {}
    kept = {a.id: known[a.id] for a in articles if a.id in known and known[a.id].article == a}
    new = [a for a in articles if a.id not in kept]
    asked = [_asked(a) for a in new]
    vectors = embed([text for texts in asked for text in texts]) if new else np.zeros((0, 1), np.float32)
    ends = np.cumsum([len(texts) for texts in asked])
    for article, cloud in zip(new, np.split(vectors, ends[:-1]), strict=False):
        kept[article.id] = _Entry(article, bag(_said(article)), cloud)
    return [kept[a.id] for a in articles]


def phrasings_to_embed(root: Path = CONTENT) -> list[str]:
    """Every text of the seed articles that the index needs a vector of; raises ContentBroken."""
    return [text for folder in article_folders(root) for text in _asked(read_article(folder))]


def _asked(article: Article) -> list[str]:
    """How parents ask for it: title, short answer and phrasings of every language."""
    return [
        text
        for language, own in article.texts.items()
        for text in (own.title, own.short, *article.phrasings.get(language, ()))
    ]


def _said(article: Article) -> list[str]:
    """Everything that it says, and how it is asked for."""
    lines = [
        line
        for own in article.texts.values()
        for line in (*own.steps, *(d.text for d in own.doctor), *(v.text for v in own.by_age))
    ]
    return _asked(article) + lines


def softmax(rows: Vectors) -> Vectors:
    raised = np.exp(rows - rows.max(axis=1, keepdims=True))
    shares: Vectors = raised / raised.sum(axis=1, keepdims=True)
    return shares
