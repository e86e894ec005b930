"""What the bot would say to a message, and why: for the console. Nothing that it does is kept.

The same assistant answers as in a chat, in a transaction that is rolled back; with a draft, over a library in memory
that has the draft in place of the live revision. The danger check is the same for both.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.assistant import Answer, Assistant, Utterance
from bot.core.ids import new_id
from bot.core.language import Language
from bot.house import House
from knowledge.library import Library
from knowledge.model import Published
from knowledge.search import Question, Ranking
from knowledge.triage.engine import Evidence


@dataclass(frozen=True, slots=True)
class Nearness:
    """One candidate: its share of the probability, and each kind of evidence for it."""

    article: str
    score: float
    meaning: float
    phrasings: float  # mean cosine of the three nearest phrasings
    words: float
    age: float  # 0 inside the age band, down to -1.5 outside


@dataclass(frozen=True, slots=True)
class Side:
    """What is said over one state of the library. `margin`: between the first and the second candidate."""

    answer: Answer
    library: Library
    ranking: Ranking
    near: tuple[Nearness, ...]
    elsewhere: float  # the probability that no article answers

    @property
    def margin(self) -> float:
        scores = [c.score for c in self.ranking.candidates[:2]]
        return scores[0] - (scores[1] if len(scores) > 1 else 0.0) if scores else 0.0


@dataclass(frozen=True, slots=True)
class Trial:
    text: str
    age_months: float | None
    evidence: Evidence
    live: Side
    draft: Side | None = None


def tried(
    house: House,
    text: str,
    *,
    language: Language | None = None,
    age_months: float | None = None,
    draft: Published | None = None,
) -> Trial:
    """One message of a stranger; `age_months` as if the chat knew it. With `draft`, both states side by side."""
    live = _side(house, text, language, age_months)
    understood = live.answer.understood
    age = understood.age.months if understood.age else age_months
    trial = None
    if draft is not None:
        trial = _side(replace(house, library=house.library.with_draft(draft)), text, language, age_months)
    evidence = house.triage.evidence(understood.text, age_months=age)
    return Trial(text, age, evidence, live, trial)


def _side(house: House, text: str, language: Language | None, age_months: float | None) -> Side:
    assistant, utterance, now = Assistant(house), Utterance(text=text), house.clock()
    understood = assistant.understand(utterance, now=now, age_months=age_months)
    with house.database.undone() as session:
        answer = assistant.hear(
            session, utterance, understood, channel="trial", address=new_id(), now=now,
            language=language, age_months=age_months,
        )  # fmt: skip
    age = understood.age.months if understood.age else age_months
    question = Question(understood.text, answer.language, age)
    ranking = house.library.find(question)
    return Side(answer, house.library, ranking, *_near(house.library, question, ranking))


def _near(library: Library, question: Question, ranking: Ranking) -> tuple[tuple[Nearness, ...], float]:
    if not ranking.candidates:
        return (), 0.0
    finder = library.finder
    kinds = finder.kinds_of_evidence([question])[0]
    place = {key: number for number, key in enumerate(finder.ids)}
    near = tuple(
        Nearness(c.article, c.score, *(float(value) for value in kinds[place[c.article]])) for c in ranking.candidates
    )
    return near, finder.elsewhere(question)
