"""What the index keeps of each article, and of each topic that no article answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from knowledge.content_files import CONTENT, article_folders, read_article
from knowledge.model import AgeBand, Article, Published
from knowledge.search.elsewhere import Elsewhere, read_elsewhere
from knowledge.search.model import Embed, Vectors
from knowledge.search.words import Bag, bag

_ANY_AGE = AgeBand(0, 36)


@dataclass(frozen=True, slots=True)
class Entry:
    """One topic, ready for the index; `made_of` tells whether it can be used again."""

    made_of: Article | tuple[str, ...]
    ages: AgeBand
    words: Bag
    phrasings: Vectors


def make_entries(
    shelf: Sequence[Published], elsewhere: Elsewhere, embed: Embed, known: Iterable[Entry] = ()
) -> tuple[Entry, ...]:
    """The articles in the order of the shelf, then the topics elsewhere; only what is new is read and embedded."""
    old = {_key(e.made_of): e for e in known}
    topics: list[Article | tuple[str, ...]] = [*(p.article for p in shelf), *(t for t in elsewhere.values() if t)]
    kept = [old.get(_key(topic)) for topic in topics]
    kept = [e if e and e.made_of == topic else None for e, topic in zip(kept, topics, strict=True)]
    new = [topic for e, topic in zip(kept, topics, strict=True) if e is None]
    asked = [asked_as(topic) for topic in new]
    clouds: list[Vectors] = []
    if new:
        ends = np.cumsum([len(texts) for texts in asked])
        clouds = np.split(embed([text for texts in asked for text in texts]), ends[:-1])
    made = iter([_entry(topic, cloud) for topic, cloud in zip(new, clouds, strict=True)])
    return tuple(e or next(made) for e in kept)


def phrasings_to_embed(root: Path = CONTENT) -> list[str]:
    """Every text of the seed content that the index needs a vector of; raises ContentBroken."""
    articles = [read_article(folder) for folder in article_folders(root)]
    topics: list[Article | tuple[str, ...]] = [*articles, *read_elsewhere(root).values()]
    return [text for topic in topics for text in asked_as(topic)]


def asked_as(topic: Article | tuple[str, ...]) -> list[str]:
    """How people ask for it: title, short answer and phrasings of every language."""
    if isinstance(topic, tuple):
        return list(topic)
    return [
        text
        for language, own in topic.texts.items()
        for text in (own.title, own.short, *topic.phrasings.get(language, ()))
    ]


def _key(topic: Article | tuple[str, ...]) -> str:
    return topic[0] if isinstance(topic, tuple) else topic.id


def _entry(topic: Article | tuple[str, ...], cloud: Vectors) -> Entry:
    ages = _ANY_AGE if isinstance(topic, tuple) else topic.ages
    return Entry(topic, ages, bag([*asked_as(topic), *_answers(topic)]), cloud)


def _answers(topic: Article | tuple[str, ...]) -> list[str]:
    if isinstance(topic, tuple):
        return []
    return [
        line
        for own in topic.texts.values()
        for line in (*own.steps, *(d.text for d in own.doctor), *(v.text for v in own.by_age))
    ]
