"""Phrasings that pull two ways: nearer to what parents ask another article than to the article's own phrasings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.core.language import Language
from knowledge.library import Library
from knowledge.model import Article, ArticleText
from knowledge.search.entries import asked_as

# Of the shipped phrasings 3.5 % are warned of; with 0.65 it would be 17 %, most of them for nothing.
_CLOSE = 0.75  # cosine: below it two phrasings only happen to be the nearest
_CLEARLY = 0.05  # by so much another article has to be nearer


@dataclass(frozen=True, slots=True)
class Pull:
    """`other` is the article whose phrasing `like` is nearer; cosines 0 to 1."""

    language: Language
    phrasing: str
    other: str
    like: str
    score: float
    own_score: float


def pulls(library: Library, article: Article) -> list[Pull]:
    """The article's phrasings that another live article pulls, strongest first. Embeds what is new (20 ms a text)."""
    asked = [(language, p) for language in Language for p in article.phrasings.get(language, ())]
    if not asked:
        return []
    others = [p.article for p in library.articles() if p.article.id != article.id]
    texts = [(other.id, text) for other in others for text in asked_as(other)]
    if not texts:
        return []
    entries = {e.made_of.id: e for e in library.finder.entries if isinstance(e.made_of, Article)}
    theirs = np.concatenate([entries[other.id].phrasings for other in others])
    own = library.embed_kept([p for _, p in asked])
    titles = [text for t in article.texts.values() for text in _named(t)]
    home = np.concatenate([own, library.embed_kept(titles)]) if titles else own
    near = own @ theirs.T
    at_home = own @ home.T
    at_home[np.arange(len(own)), np.arange(len(own))] = -1.0
    found = []
    for number, (language, phrasing) in enumerate(asked):
        best = int(near[number].argmax())
        score, own_score = float(near[number, best]), float(at_home[number].max())
        if score >= _CLOSE and score >= own_score + _CLEARLY:
            found.append(Pull(language, phrasing, *texts[best], round(score, 2), round(max(own_score, 0.0), 2)))
    return sorted(found, key=lambda p: p.own_score - p.score)


def _named(text: ArticleText) -> list[str]:
    return [line for line in (text.title, text.short) if line]
