"""What is measured on: phrasings left out of training, a tenth at a time, and labelled messages of others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.core.language import Language
from knowledge.model import Published
from knowledge.search.entries import asked_as
from knowledge.search.model import Embed, Question, Vectors

Ages = Callable[[str], float | None]  # a child's age in months as stated in a message
NOT_IN_MESSAGE: Ages = lambda _: None  # noqa: E731


@dataclass(frozen=True, slots=True)
class Asked:
    """Questions with the number of the right article, and of those that would do too."""

    questions: tuple[Question, ...]
    right: NDArray[np.int64]
    accepted: tuple[frozenset[int], ...]
    groups: tuple[str, ...]  # the language, or another split that is reported apart

    def __len__(self) -> int:
        return len(self.questions)

    def only(self, numbers: NDArray[np.int64]) -> Asked:
        picked = numbers.tolist()
        return Asked(
            tuple(self.questions[n] for n in picked),
            self.right[numbers],
            tuple(self.accepted[n] for n in picked),
            tuple(self.groups[n] for n in picked),
        )


@dataclass(frozen=True, slots=True)
class Fold:
    """A shelf to learn from, and what to ask it."""

    shelf: tuple[Published, ...]
    asked: Asked


@dataclass(frozen=True, slots=True)
class Texts:
    """The phrasings of a shelf as classifiers want them, with their vectors by the name of the model."""

    texts: list[str]
    owners: NDArray[np.int64]
    vectors: Mapping[str, Vectors]


def left_out(shelf: Sequence[Published], folds: int = 10, ages: Ages = NOT_IN_MESSAGE) -> list[Fold]:
    """Every phrasing is asked once, of an index that has never seen it; titles and answers stay in."""
    made = []
    for fold in range(folds):
        kept: list[Published] = []
        questions: list[Question] = []
        right: list[int] = []
        for number, one in enumerate(shelf):
            phrasings: dict[Language, tuple[str, ...]] = {}
            for language, texts in one.article.phrasings.items():
                out = [(i + number) % folds == fold for i in range(len(texts))]
                phrasings[language] = tuple(t for t, gone in zip(texts, out, strict=True) if not gone)
                gone_texts = [t for t, gone in zip(texts, out, strict=True) if gone]
                questions += [Question(t, language, ages(t)) for t in gone_texts]
                right += [number] * len(gone_texts)
            kept.append(replace(one, article=replace(one.article, phrasings=phrasings)))
        asked = Asked(
            tuple(questions),
            np.array(right, np.int64),
            tuple(frozenset({r}) for r in right),
            tuple(q.language.value for q in questions),
        )
        made.append(Fold(tuple(kept), asked))
    return made


def labelled(rows: Iterable[Mapping[str, Any]], shelf: Sequence[Published], ages: Ages = NOT_IN_MESSAGE) -> Asked:
    """Rows {text, lang, topic, also?} whose topic is on the shelf. The age is read from the text, not the label."""
    number = {p.article.id: n for n, p in enumerate(shelf)}
    questions, right, accepted, groups = [], [], [], []
    for row in rows:
        if row.get("topic") not in number:
            continue
        questions.append(Question(row["text"], language_of(row), ages(row["text"])))
        right.append(number[row["topic"]])
        accepted.append(frozenset(number[t] for t in (row["topic"], *(row.get("also") or ())) if t in number))
        groups.append(str(row["lang"]))
    return Asked(tuple(questions), np.array(right, np.int64), tuple(accepted), tuple(groups))


def out_of_scope(rows: Iterable[Mapping[str, Any]]) -> list[Question]:
    return [Question(r["text"], language_of(r)) for r in rows if r.get("intent") == "out_of_scope"]


def language_of(row: Mapping[str, Any]) -> Language:
    """Code-mixed rows count as English, as the bot's own detection mostly does."""
    return Language.ZH if row["lang"] == "zh" else Language.EN


def texts_of(shelf: Sequence[Published], embedders: Mapping[str, Embed]) -> Texts:
    texts: list[str] = []
    owners: list[int] = []
    for number, one in enumerate(shelf):
        own = asked_as(one.article)
        texts += own
        owners += [number] * len(own)
    return Texts(texts, np.array(owners, np.int64), {name: embed(texts) for name, embed in embedders.items()})
