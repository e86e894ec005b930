"""The index over one state of the shelf: three kinds of evidence and the child's age, added as log-probabilities.

    message -> vector -> which article's phrasings look like it (linear discriminant)
                      -> the three nearest phrasings
            -> words  -> what it shares with all that the article says
            -> age    -> how far outside the article's age band

All of it has a closed form: nothing is trained ahead, nothing is kept on disk but the vectors of the phrasings,
and an article is found as soon as it is published. Topics that no article answers compete too, and are never shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.model import AgeBand, Published
from knowledge.search.clauses import questions_in
from knowledge.search.elsewhere import Elsewhere
from knowledge.search.entries import Entry, make_entries
from knowledge.search.meaning import MeaningIndex
from knowledge.search.model import Candidate, Embed, Question, Ranking, Vectors, Verdict
from knowledge.search.words import WordIndex


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
class Thresholds:
    """Chosen on phrasings that were left out and on messages out of scope; see `sprout evaluate --compare`."""

    sure: float = 0.45  # the first article's probability from which its card is shown without asking,
    doubt: float = 0.015  # unless the probability of 'no article' is this or more
    elsewhere: float = 0.12  # the probability of 'no article' from which nothing is offered
    also: float = 0.75  # the probability from which a second question's article is offered
    nothing: float = 0.06  # the first article's probability below which nothing is offered


LIKELY = 0.25  # the probability from which an unclear part's article is offered as a button
_NEAR_THE_TOP = 6  # places in the ranking of the whole message


class Finder:
    """Immutable and thread-safe: a new state of the shelf gets a new Finder, made from the old one where alike."""

    def __init__(
        self,
        shelf: Sequence[Published],
        embed: Embed,
        embed_many: Embed | None = None,
        *,
        elsewhere: Elsewhere | None = None,
        before: Finder | None = None,
        weights: Weights | None = None,
        thresholds: Thresholds | None = None,
    ) -> None:
        """`embed` is for a message, `embed_many` (kept on disk) for phrasings, `before` the Finder to learn from."""
        self._embed = embed
        self._weights = weights or Weights()
        self._thresholds = thresholds or Thresholds()
        self.ids = tuple(p.article.id for p in shelf)
        known = before.entries if before else ()
        self.entries: tuple[Entry, ...] = make_entries(shelf, elsewhere or {}, embed_many or embed, known)
        self._ages = [e.ages for e in self.entries]
        self._words = WordIndex([e.words for e in self.entries])
        self._meaning: MeaningIndex = MeaningIndex(
            [e.phrasings for e in self.entries], before._meaning if before else None
        )

    def search(self, question: Question, *, most: int = 5) -> Ranking:
        """The best `most` articles for a question, best first, and whether to trust the first."""
        return self.search_many([question], most=most)[0]

    def search_many(self, questions: Sequence[Question], *, most: int = 5) -> list[Ranking]:
        """As `search`, for messages or clauses that are embedded together."""
        readable = [q for q in questions if any(c.isalnum() for c in q.text)]
        if not self.ids or not readable:
            return [Ranking((), Verdict.NOTHING) for _ in questions]
        found = iter(softmax(self.evidence(readable)))
        nothing = Ranking((), Verdict.NOTHING)
        return [self._ranking(next(found), most) if q in readable else nothing for q in questions]

    def also_asked(self, question: Question, shown: str, *, most: int = 2) -> tuple[Candidate, ...]:
        """Articles that another question of the same message clearly asks for, when `shown` answers the first.

        The message as a whole must speak for them too: a clause alone ('spat it out, what now?') misleads.
        """
        parts = questions_in(question.text)
        if len(parts) < 2:
            return ()
        asked = [Question(part, question.language, question.age_months) for part in parts]
        whole, *rankings = self.search_many([question, *asked], most=_NEAR_THE_TOP)
        near = {c.article for c in whole.candidates}
        found: dict[str, Candidate] = {}
        for ranking in rankings:
            best = ranking.candidates[0] if ranking.candidates else None
            if best is None or ranking.verdict is not Verdict.SURE or best.score < self._thresholds.also:
                continue
            share_of_shown = next((c.score for c in ranking.candidates if c.article == shown), 0.0)
            if best.article != shown and best.article in near and share_of_shown < best.score / 10:
                found.setdefault(best.article, best)
        return tuple(sorted(found.values(), key=lambda c: -c.score))[:most]

    def by_parts(self, question: Question, *, most: int = 2) -> tuple[Ranking, tuple[str, ...]] | None:
        """Of a message that is unclear as a whole: the answer to the first of its questions that is clear alone, and
        what the others most likely ask for. None when it holds no two questions, or none of them is clear."""
        parts = questions_in(question.text)
        if len(parts) < 2:
            return None
        asked = [Question(part, question.language, question.age_months) for part in parts]
        rankings = [r for r in self.search_many(asked, most=_NEAR_THE_TOP) if r.candidates]
        clear = [r for r in rankings if r.verdict is Verdict.SURE and r.candidates[0].score >= self._thresholds.also]
        if not clear:
            return None
        first = clear[0].candidates[0].article
        likely = (r.candidates[0] for r in rankings if r.verdict is not Verdict.NOTHING)
        others = dict.fromkeys(c.article for c in likely if c.article != first and c.score >= LIKELY)
        return clear[0], tuple(others)[:most]

    def elsewhere(self, question: Question) -> float:
        """The probability that no article answers."""
        if not self.ids:
            return 1.0
        return max(0.0, 1 - float(softmax(self.evidence([question]))[0, : len(self.ids)].sum()))

    def evidence(self, questions: Sequence[Question]) -> Vectors:
        """(questions, entries): log-probabilities up to a constant of each question; articles first."""
        total: Vectors = self.kinds_of_evidence(questions) @ self._weights.as_vector()
        return total

    def kinds_of_evidence(self, questions: Sequence[Question]) -> Vectors:
        """(questions, entries, 4): what `Weights` weighs, in its order."""
        texts = [q.text for q in questions]
        vectors = self._embed(texts)
        kinds = (
            self._meaning.likelihoods(vectors),
            self._meaning.nearness(vectors),
            self._words.scores(texts),
            np.stack([age_fit(self._ages, q.age_months) for q in questions]),
        )
        return np.stack(kinds, axis=-1)

    def _ranking(self, shares: Vectors, most: int) -> Ranking:
        articles = shares[: len(self.ids)]
        order = np.argsort(-articles, kind="stable")[:most]
        found = tuple(Candidate(self.ids[i], float(articles[i])) for i in order)
        return Ranking(found, self._verdict(found[0].score, 1 - float(articles.sum())))

    def _verdict(self, best: float, elsewhere: float) -> Verdict:
        limits = self._thresholds
        if elsewhere >= limits.elsewhere or best < limits.nothing:
            return Verdict.NOTHING
        return Verdict.SURE if best >= limits.sure and elsewhere < limits.doubt else Verdict.UNSURE


def age_fit(bands: Sequence[AgeBand], months: float | None) -> Vectors:
    """0 inside a band or when the age is not known, down to -1.5 outside."""
    if months is None:
        return np.zeros(len(bands), np.float32)
    outside = [max(band.start - months, months - band.end, 0.0) for band in bands]
    return np.maximum(-np.array(outside, np.float32) / 6, -1.5)


def softmax(rows: Vectors) -> Vectors:
    raised = np.exp(rows - rows.max(axis=1, keepdims=True))
    shares: Vectors = raised / raised.sum(axis=1, keepdims=True)
    return shares
