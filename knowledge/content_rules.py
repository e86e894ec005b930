"""What is wrong with an article, by field: the same rules for files (`sprout content check`) and for the editor.

A remark has a code and the numbers or words that belong to it; content_check.py and the console put it into a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as made
from datetime import date
from itertools import pairwise
from typing import Any

from bot.core.language import Language
from knowledge.model import Article, ArticleText, Source

SHORT_ANSWER = {Language.ZH: 100, Language.EN: 60}  # characters, words
STEP = {Language.ZH: 50, Language.EN: 32}
FEWEST_PHRASINGS = 10
MOST_WORDS_A_SENTENCE = 26  # English, mean over the card: about a twelve-year-old's reading
MOST_CHARACTERS_A_SENTENCE = 45  # Chinese, mean over the card
LONGEST_SENTENCE = {Language.ZH: MOST_CHARACTERS_A_SENTENCE, Language.EN: MOST_WORDS_A_SENTENCE}

_ZH_UNIT = re.compile(r"[\u4e00-\u9fff]|[A-Za-z0-9.%℃]+")
_DOSE = re.compile(r"(\d+(\.\d+)?\s*(mg|毫克|ml|毫升)\s*(/|每|per)\s*(kg|公斤|千克))|(每公斤体重\s*\d)", re.IGNORECASE)
_URL = re.compile(r"^https://[^\s/]+/\S+$")
_SOURCE_ID = re.compile(r"^[a-z0-9][a-z0-9-]{1,79}$")


@dataclass(frozen=True, slots=True)
class Remark:
    """`field`: zh.title, zh.short, zh.steps, zh.by_age, zh.doctor (en likewise), phrasings.zh, sources, claims,
    related, review_by, ages or ask_age. `quote`: the words that it is about, to find the line.
    """

    field: str
    code: str
    blanks: Mapping[str, Any] = made(default_factory=dict)
    quote: str = ""
    is_error: bool = True


def check_article(article: Article, sources: Collection[str], known: Collection[str], today: date) -> Iterator[Remark]:
    """All remarks on one article. `sources`: ids of the library of sources; `known`: ids of all articles."""
    yield from _rests_on(article, sources)
    for other in article.related:
        if other not in known or other == article.id:
            yield Remark("related", "related_unknown", {"other": other}, "related")
    if article.ages.start >= article.ages.end:
        yield Remark("ages", "ages_order", {"start": f"{article.ages.start:g}", "end": f"{article.ages.end:g}"}, "age")
    if article.review_by <= today:
        yield Remark("review_by", "review_due", {"day": article.review_by}, "review_by", is_error=False)
    for language in Language:
        count = len(article.phrasings.get(language, ()))
        if count < FEWEST_PHRASINGS:
            blanks = {"language": language.value, "count": count, "fewest": FEWEST_PHRASINGS}
            yield Remark(f"phrasings.{language}", "phrasings_few", blanks, "phrasings")
        text = article.texts.get(language)
        if text is not None:
            yield from _text(article, text, language)
    zh, en = (
        tuple(v.band for v in article.texts[lang].by_age) if lang in article.texts else ()
        for lang in (Language.ZH, Language.EN)
    )
    if zh != en:
        yield Remark("en.by_age", "bands_differ")
    if article.ask_age and not zh:
        yield Remark("ask_age", "ask_age_alone", {}, "ask_age")


def _rests_on(article: Article, sources: Collection[str]) -> Iterator[Remark]:
    for source in article.sources:
        if source not in sources:
            yield Remark("sources", "source_unknown", {"source": source}, source)
    if not article.sources:
        yield Remark("sources", "sources_none")
    for claim in article.claims:
        if claim.check not in ("seen", "from_guideline_knowledge"):
            yield Remark("claims", "claim_check", {}, claim.check)
        if claim.check == "seen" and not claim.where.startswith("http"):
            yield Remark("claims", "claim_where", {"claim": claim.claim[:60]}, claim.claim[:30])
        for source in sorted(set(claim.sources) - set(article.sources)):
            yield Remark("claims", "claim_source", {"source": source, "claim": claim.claim[:60]}, claim.claim[:30])
    if not article.claims:
        yield Remark("claims", "claims_none")


def _text(article: Article, text: ArticleText, language: Language) -> Iterator[Remark]:
    most = SHORT_ANSWER[language]
    for name in ("title", "short", "steps", "doctor"):
        if not getattr(text, name):
            yield Remark(f"{language}.{name}", "empty")
    if (size := length(text.short, language)) > most:
        yield Remark(f"{language}.short", "short_long", {"size": size, "most": most}, text.short[:20])
    for number, step in enumerate(text.steps, 1):
        if (size := length(step, language)) > STEP[language]:
            blanks: dict[str, Any] = {"number": number, "size": size, "most": STEP[language]}
            yield Remark(f"{language}.steps", "step_long", blanks, step[:20])
    for variant in text.by_age:
        if (size := length(variant.text, language)) > most:
            blanks = {"size": size, "most": most, "band": f"{variant.band.start:g}-{variant.band.end:g}"}
            yield Remark(f"{language}.by_age", "variant_long", blanks, variant.text[:20])
        if not variant.text:
            band = f"{variant.band.start:g}-{variant.band.end:g}"
            yield Remark(f"{language}.by_age", "variant_empty", {"band": band})
    yield from _bands(article, text, language)
    yield from _words(text, language)
    if (mean := sentence_length(text, language)) > LONGEST_SENTENCE[language]:
        yield Remark(f"{language}.short", "sentences_long", {"mean": f"{mean:.0f}"}, is_error=False)


def _words(text: ArticleText, language: Language) -> Iterator[Remark]:
    parts = [("short", text.short), *(("steps", s) for s in text.steps)]
    parts += [*(("by_age", v.text) for v in text.by_age), *(("doctor", d.text) for d in text.doctor)]
    for name, part in parts:
        if _DOSE.search(part):
            yield Remark(f"{language}.{name}", "dose", {}, part[:20])
        if "!" in part or "！" in part:
            yield Remark(f"{language}.{name}", "exclamation", {}, part[:20], is_error=False)
        if name in ("short", "by_age") and part.startswith("#"):
            yield Remark(f"{language}.{name}", "markup", {}, part[:20])


def _bands(article: Article, text: ArticleText, language: Language) -> Iterator[Remark]:
    bands = [v.band for v in text.by_age]
    if not bands:
        return
    if bands[0].start > article.ages.start or bands[-1].end < article.ages.end:
        blanks = {"start": f"{article.ages.start:g}", "end": f"{article.ages.end:g}"}
        yield Remark(f"{language}.by_age", "bands_cover", blanks)
    for before, after in pairwise(bands):
        if before.end != after.start:
            blanks = {"before": f"{before.end:g}", "after": f"{after.start:g}"}
            yield Remark(f"{language}.by_age", "bands_hole", blanks)


def check_source(source: Source) -> Iterator[Remark]:
    """Form only: whether the page answers is looked at by people."""
    if not _SOURCE_ID.match(source.id):
        yield Remark("id", "source_id")
    for name in ("title", "publisher"):
        if not getattr(source, name).strip():
            yield Remark(name, "empty")
    if not _URL.match(source.url):
        yield Remark("url", "source_url", {"url": source.url})


def same_phrasing(phrasing: str) -> str:
    """Two phrasings with the same key are one."""
    return " ".join(phrasing.lower().split())


def length(text: str, language: Language) -> int:
    """Characters in Chinese (a number or Latin word counts one), words in English."""
    return len(_ZH_UNIT.findall(text)) if language is Language.ZH else len(text.split())


def sentence_length(text: ArticleText, language: Language) -> float:
    """Mean length of the sentences of a card."""
    whole = "\n".join((text.short, *text.steps, *(v.text for v in text.by_age)))
    sentences = [s for s in re.split(r"[。！？；\n]|[.!?;](?:\s|$)", whole) if s.strip()]
    return sum(length(s, language) for s in sentences) / max(1, len(sentences))
