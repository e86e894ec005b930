"""`sprout content check`: everything that can be wrong with content files, each with file and line.

Errors stop a release; warnings are for the author's eye. The rules themselves: content_rules.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.core.language import Language
from knowledge.content_files import CONTENT, HEADINGS, ContentBroken, article_folders, read_article, read_sources
from knowledge.content_rules import Remark, check_article, check_source, same_phrasing
from knowledge.model import Article, Source

_SENTENCES = {
    "ages_order": "age_months: {start} is not before {end}",
    "ask_age_alone": "ask_age needs texts by age",
    "bands_cover": "the bands do not cover {start}-{end} months",
    "bands_differ": "the age bands differ from those of zh.md",
    "bands_hole": "a hole or overlap between {before} and {after} months",
    "claim_check": "check is 'seen' or 'from_guideline_knowledge'",
    "claim_source": "claim rests on {source!r}, which the article does not name",
    "claim_where": "a seen claim says where (an address)",
    "claims_none": "records no claims",
    "dose": "a dose: never",
    "empty": "{field} is empty",
    "exclamation": "no exclamation marks",
    "markup": "a text does not begin with '#'",
    "phrasings_few": "{language}: {count} phrasings, needs {fewest}",
    "related_unknown": "related article {other!r} does not exist",
    "review_due": "review was due on {day}",
    "sentences_long": "sentences are long ({mean} on average): hard to read at night",
    "short_long": "short answer has {size}, at most {most}",
    "source_id": "a source's id has small letters, digits and hyphens",
    "source_unknown": "source {source!r} is not in sources.yaml",
    "source_url": "not the https address of a page: {url}",
    "sources_none": "needs at least one source",
    "step_long": "step has {size}, at most {most}",
    "variant_empty": "no text for {band} months",
    "variant_long": "text by age has {size}, at most {most}",
}


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
        findings += [_finding(folder, r) for r in check_article(article, sources, articles, today)]
    findings += _phrasings_twice(articles)
    findings += _sources(root, sources, {s for _, a in articles.values() for s in a.sources})
    return findings


def _finding(folder: Path, remark: Remark) -> Finding:
    language, _, part = remark.field.partition(".")
    file = folder / (f"{language}.md" if language in set(Language) else "article.yaml")
    quote = remark.quote
    if part == "by_age" and not quote:
        quote = f"## {HEADINGS[Language(language)]['by_age']}"
    line = 3 if remark.code == "short_long" else line_of(file, quote) if quote else 1
    return Finding(file, line, sentence(remark), remark.is_error)


def sentence(remark: Remark) -> str:
    """A remark in English, for the terminal."""
    return _SENTENCES[remark.code].format(field=remark.field, **remark.blanks)


def _phrasings_twice(articles: dict[str, tuple[Path, Article]]) -> Iterator[Finding]:
    owners: dict[str, list[str]] = defaultdict(list)
    for key, (_, article) in articles.items():
        for language in Language:
            for phrasing in article.phrasings.get(language, ()):
                owners[same_phrasing(phrasing)].append(key)
    for phrasing, keys in owners.items():
        for key in keys[1:]:
            file = articles[key][0] / "article.yaml"
            yield Finding(file, line_of(file, phrasing[:24]), f"phrasing {phrasing!r} stands in {keys[0]} too")


def _sources(root: Path, sources: dict[str, Source], used: set[str]) -> Iterator[Finding]:
    file = root / "sources.yaml"
    for source in sources.values():
        line = line_of(file, f"id: {source.id}")
        for remark in check_source(source):
            yield Finding(file, line, f"{source.id}: {sentence(remark)}")
        if source.id not in used:
            yield Finding(file, line, f"{source.id}: no article uses it", is_error=False)


def line_of(file: Path, part: str) -> int:
    """The first line that holds `part` (1 when it stands nowhere in one piece)."""
    if not file.exists():
        return 1
    lines = file.read_text(encoding="utf-8").lower().splitlines()
    return next((number for number, line in enumerate(lines, 1) if part.lower() in line), 1)
