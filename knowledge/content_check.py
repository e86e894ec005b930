"""`sprout content check`: everything that can be wrong with content files, each with file and line.

Errors stop a release; warnings are for the author's eye.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from bot.core.language import Language
from knowledge.content_files import CONTENT, HEADINGS, ContentBroken, article_folders, read_article, read_sources
from knowledge.model import Article, ArticleText, Source

SHORT_ANSWER = {Language.ZH: 100, Language.EN: 60}  # characters, words
STEP = {Language.ZH: 50, Language.EN: 32}
FEWEST_PHRASINGS = 10
MOST_WORDS_A_SENTENCE = 26  # English, mean over the card: about a twelve-year-old's reading
MOST_CHARACTERS_A_SENTENCE = 45  # Chinese, mean over the card

_ZH_UNIT = re.compile(r"[\u4e00-\u9fff]|[A-Za-z0-9.%℃]+")
_DOSE = re.compile(r"(\d+(\.\d+)?\s*(mg|毫克|ml|毫升)\s*(/|每|per)\s*(kg|公斤|千克))|(每公斤体重\s*\d)", re.IGNORECASE)
_URL = re.compile(r"^https://[^\s/]+/\S+$")


@dataclass(frozen=True, slots=True)
class Finding:
    file: Path
    line: int
    text: str
    is_error: bool = True

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {'' if self.is_error else 'warning: '}{self.text}"


def check_content(today: date, root: Path = CONTENT) -> list[Finding]:
    """All findings, errors and warnings, in the order of the files."""
    try:
        sources = read_sources(root)
    except ContentBroken as broken:
        return [Finding(broken.problem.file, broken.problem.line, broken.problem.text)]
    findings: list[Finding] = []
    articles: dict[str, tuple[Path, Article]] = {}
    for folder in article_folders(root):
        try:
            articles[folder.name] = (folder, read_article(folder))
        except ContentBroken as broken:
            findings.append(Finding(broken.problem.file, broken.problem.line, broken.problem.text))
    for folder, article in articles.values():
        findings += _article(folder, article, sources, set(articles), today)
    findings += _phrasings_twice(articles)
    findings += _sources(root, sources, {s for _, a in articles.values() for s in a.sources})
    return findings


def _article(
    folder: Path, article: Article, sources: dict[str, Source], known: set[str], today: date
) -> Iterator[Finding]:
    file = folder / "article.yaml"
    for source in article.sources:
        if source not in sources:
            yield Finding(file, line_of(file, source), f"source {source!r} is not in sources.yaml")
    if not article.sources:
        yield Finding(file, 1, "needs at least one source")
    for claim in article.claims:
        if claim.check not in ("seen", "from_guideline_knowledge"):
            yield Finding(file, line_of(file, claim.check), "check is 'seen' or 'from_guideline_knowledge'")
        if claim.check == "seen" and not claim.where.startswith("http"):
            yield Finding(file, line_of(file, claim.claim[:30]), "a seen claim says where (an address)")
        for source in set(claim.sources) - set(article.sources):
            yield Finding(
                file, line_of(file, claim.claim[:30]), f"claim rests on {source!r}, which the article does not name"
            )
    if not article.claims:
        yield Finding(file, 1, "records no claims")
    for other in article.related:
        if other not in known or other == article.id:
            yield Finding(file, line_of(file, "related"), f"related article {other!r} does not exist")
    if article.review_by <= today:
        yield Finding(file, line_of(file, "review_by"), f"review was due on {article.review_by}", is_error=False)
    for language in Language:
        count = len(article.phrasings.get(language, ()))
        if count < FEWEST_PHRASINGS:
            yield Finding(file, line_of(file, "phrasings"), f"{language}: {count} phrasings, needs {FEWEST_PHRASINGS}")
        yield from _text(folder / f"{language}.md", article, article.texts[language], language)
    zh, en = (tuple(v.band for v in article.texts[lang].by_age) for lang in (Language.ZH, Language.EN))
    if zh != en:
        yield Finding(folder / "en.md", 1, "the age bands differ from those of zh.md")
    if article.ask_age and not zh:
        yield Finding(file, line_of(file, "ask_age"), "ask_age needs texts by age")


def _text(file: Path, article: Article, text: ArticleText, language: Language) -> Iterator[Finding]:
    if (size := length(text.short, language)) > SHORT_ANSWER[language]:
        yield Finding(file, 3, f"short answer has {size}, at most {SHORT_ANSWER[language]}")
    for step in text.steps:
        if (size := length(step, language)) > STEP[language]:
            yield Finding(file, line_of(file, step[:20]), f"step has {size}, at most {STEP[language]}")
    for variant in text.by_age:
        if (size := length(variant.text, language)) > SHORT_ANSWER[language]:
            yield Finding(
                file, line_of(file, variant.text[:20]), f"text by age has {size}, at most {SHORT_ANSWER[language]}"
            )
    yield from _bands(file, article, text, language)
    for part in (text.short, *text.steps, *(v.text for v in text.by_age), *(d.text for d in text.doctor)):
        if _DOSE.search(part):
            yield Finding(file, line_of(file, part[:20]), "a dose: never")
        if "!" in part or "！" in part:
            yield Finding(file, line_of(file, part[:20]), "no exclamation marks", is_error=False)
    if (mean := sentence_length(text, language)) > (
        MOST_CHARACTERS_A_SENTENCE if language is Language.ZH else MOST_WORDS_A_SENTENCE
    ):
        yield Finding(file, 1, f"sentences are long ({mean:.0f} on average): hard to read at night", is_error=False)


def _bands(file: Path, article: Article, text: ArticleText, language: Language) -> Iterator[Finding]:
    bands = [v.band for v in text.by_age]
    if not bands:
        return
    line = line_of(file, f"## {HEADINGS[language]['by_age']}")
    if bands[0].start > article.ages.start or bands[-1].end < article.ages.end:
        yield Finding(file, line, f"the bands do not cover {article.ages.start:g}-{article.ages.end:g} months")
    for before, after in pairwise(bands):
        if before.end != after.start:
            yield Finding(file, line, f"a hole or overlap between {before.end:g} and {after.start:g} months")


def _phrasings_twice(articles: dict[str, tuple[Path, Article]]) -> Iterator[Finding]:
    owners: dict[str, list[str]] = defaultdict(list)
    for key, (_, article) in articles.items():
        for language in Language:
            for phrasing in article.phrasings.get(language, ()):
                owners[" ".join(phrasing.lower().split())].append(key)
    for phrasing, keys in owners.items():
        for key in keys[1:]:
            file = articles[key][0] / "article.yaml"
            yield Finding(file, line_of(file, phrasing[:24]), f"phrasing {phrasing!r} stands in {keys[0]} too")


def _sources(root: Path, sources: dict[str, Source], used: set[str]) -> Iterator[Finding]:
    file = root / "sources.yaml"
    for source in sources.values():
        line = line_of(file, f"id: {source.id}")
        if not _URL.match(source.url):
            yield Finding(file, line, f"{source.id}: not the https address of a page: {source.url}")
        if source.id not in used:
            yield Finding(file, line, f"{source.id}: no article uses it", is_error=False)


def length(text: str, language: Language) -> int:
    """Characters in Chinese (a number or Latin word counts one), words in English."""
    return len(_ZH_UNIT.findall(text)) if language is Language.ZH else len(text.split())


def sentence_length(text: ArticleText, language: Language) -> float:
    """Mean length of the sentences of a card."""
    whole = "\n".join((text.short, *text.steps, *(v.text for v in text.by_age)))
    sentences = [s for s in re.split(r"[。！？；\n]|[.!?;](?:\s|$)", whole) if s.strip()]
    return sum(length(s, language) for s in sentences) / max(1, len(sentences))


def line_of(file: Path, part: str) -> int:
    """The first line that holds `part` (1 when it stands nowhere in one piece)."""
    if not file.exists():
        return 1
    lines = file.read_text(encoding="utf-8").lower().splitlines()
    return next((number for number, line in enumerate(lines, 1) if part.lower() in line), 1)
