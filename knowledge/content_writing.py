"""Articles as files, in the format of knowledge/content/README.md. Files that still say the same keep every byte.

`write_content` into a copy of a content folder changes only what differs; into an empty folder it takes the bytes of
unchanged articles from `kept` (the shipped folder).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from bot.core.language import Language
from knowledge.content_files import CONTENT, HEADINGS, ContentBroken, read_article, read_sources
from knowledge.model import Article, ArticleText, Source

_NOT_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_PARTS = ("article.yaml", "zh.md", "en.md")


def write_content(
    articles: Sequence[Article], sources: Iterable[Source], root: Path, *, kept: Path | None = CONTENT
) -> int:
    """Write `articles/<domain>/<id>/` and sources.yaml below `root`; returns how many articles differ from `kept`."""
    changed = 0
    for article in articles:
        folder = root / "articles" / article.domain.value / article.id
        same = _same_article(folder, article) or (
            kept / "articles" / article.domain.value / article.id if kept is not None else None
        )
        folder.mkdir(parents=True, exist_ok=True)
        if same is not None and _same_article(same, article):
            parts = {part: (same / part).read_bytes() for part in _PARTS}
        else:
            changed += 1
            parts = {part: text.encode() for part, text in article_files(article).items()}
        for part, content in parts.items():
            (folder / part).write_bytes(content)
    root.mkdir(parents=True, exist_ok=True)
    (root / "sources.yaml").write_bytes(sources_file(list(sources), kept))
    return changed


def article_files(article: Article) -> dict[str, str]:
    """Name and text of each file."""
    files = {"article.yaml": _yaml(article)}
    for language in Language:
        files[f"{language}.md"] = markdown(article.texts[language], language)
    return files


def markdown(text: ArticleText, language: Language) -> str:
    headings = HEADINGS[language]
    lines = [f"# {text.title}", "", text.short, "", f"## {headings['steps']}", *(f"- {step}" for step in text.steps)]
    if text.by_age:
        lines += ["", f"## {headings['by_age']}"]
        for variant in text.by_age:
            lines += [f"### {variant.band.start:g}-{variant.band.end:g}", variant.text]
    lines += ["", f"## {headings['doctor']}", *(f"- {line.urgency}: {line.text}" for line in text.doctor)]
    return "\n".join(lines) + "\n"


def sources_file(sources: Sequence[Source], kept: Path | None = CONTENT) -> bytes:
    """The kept file, byte for byte, while it says the same; new sources are added at its end."""
    known: dict[str, Source] = {}
    if kept is not None and (kept / "sources.yaml").exists():
        known = read_sources(kept)
    own = {source.id: source for source in sources}
    if known and all(own.get(key) == source for key, source in known.items()):
        text = (kept / "sources.yaml").read_text(encoding="utf-8") if kept is not None else ""
        new = [source for source in sources if source.id not in known]
        return (text.rstrip("\n") + "\n" + "".join(map(_source, new))).encode()
    return ("sources:\n" + "".join(map(_source, sorted(sources, key=lambda s: s.id)))).encode()


def _same_article(folder: Path, article: Article) -> Path | None:
    try:
        return folder if read_article(folder) == article else None
    except ContentBroken:
        return None


def _yaml(article: Article) -> str:
    lines = [
        f"id: {_id(article.id)}",
        f"domain: {article.domain}",
        f"age_months: [{article.ages.start:g}, {article.ages.end:g}]",
        f"ask_age: {str(article.ask_age).lower()}",
        f"review_by: {article.review_by.isoformat()}",
        f"related: [{', '.join(map(_id, article.related))}]",
        "sources:" if article.sources else "sources: []",
        *(f"  - id: {_id(source)}" for source in article.sources),
        "claims:" if article.claims else "claims: []",
    ]
    for claim in article.claims:
        lines.append(f"  - claim: {_quoted(claim.claim)}")
        lines.append(f"    sources: [{', '.join(map(_id, claim.sources))}]")
        lines.append(f"    check: {_quoted(claim.check)}")
        if claim.where:
            lines.append(f"    where: {_quoted(claim.where)}")
    lines.append("phrasings:")
    for language in Language:
        own = article.phrasings.get(language, ())
        lines.append(f"  {language}:" if own else f"  {language}: []")
        lines += [f"    - {_quoted(phrasing)}" for phrasing in own]
    return "\n".join(lines) + "\n"


def _source(source: Source) -> str:
    lines = [f"- id: {_id(source.id)}", f"  title: {_quoted(source.title)}"]
    if source.title_translated:
        lines.append(f"  title_translated: {_quoted(source.title_translated)}")
    lines.append(f"  publisher: {_quoted(source.publisher)}")
    if source.year is not None:
        lines.append(f"  year: {source.year}")
    lines.append(f"  url: {_quoted(source.url)}")
    return "\n".join(lines) + "\n"


def _id(key: str) -> str:
    """`no`, `2` and the like are other things than words to YAML."""
    return key if re.fullmatch(r"[a-z][a-z0-9-]*", key) and key not in _NOT_WORDS else _quoted(key)


def _quoted(text: str) -> str:
    """A JSON string is a YAML string (of one line)."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\x7f").replace("\x85", "\\x85").replace(
        "\u2028", "\\u2028"
    ).replace("\u2029", "\\u2029").replace("\ufeff", "\\ufeff")  # fmt: skip
