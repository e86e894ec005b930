"""Articles in and out: JSON (everything), CSV (phrasings, for a spreadsheet), a zip of the files of knowledge/content.

What comes in becomes drafts: nothing is published, and nobody's open draft is written over.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core import audit
from bot.core.language import Language
from bot.core.staff.model import Action, Actor, permit
from knowledge.content_files import ContentBroken, article_folders, read_article, read_sources
from knowledge.content_rules import check_source
from knowledge.content_writing import write_content
from knowledge.editing.drafting import is_an_id
from knowledge.editing.revisions import begin
from knowledge.model import Article, KnowledgeError, Source, article_from_json, article_to_json
from knowledge.service import describe, digest
from knowledge.store import ArticleRow, RevisionRow, SourceRow

FORMAT = "sprout-articles-1"
CSV_HEAD = ("article", "language", "phrasing")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")
_PART = re.compile(r"(?:[^/]+/)?(articles/[a-z_]+/[a-z0-9-]+/(?:article\.yaml|zh\.md|en\.md)|sources\.yaml)")
_MOST_BYTES = 40_000_000  # of an unpacked zip
_SOURCE = TypeAdapter(Source)


class NotReadable(KnowledgeError):
    """The file is not one of ours, or is broken; the message says where."""


@dataclass(frozen=True, slots=True)
class Brought:
    """Ids: new articles, drafts that differ from what is live, what was the same, what has an open draft already."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    same: tuple[str, ...]
    left_alone: tuple[str, ...]
    sources: tuple[str, ...]


def stored_sources(session: Session) -> list[Source]:
    rows = session.scalars(select(SourceRow).order_by(SourceRow.id))
    return [Source(r.id, r.title, r.publisher, r.url, r.year, r.title_translated) for r in rows]


def stored_articles(session: Session, *, drafts: bool = False) -> list[Article]:
    """What is live; with `drafts`, the open revision where there is one."""
    bodies: dict[str, Any] = {}
    for key in (ArticleRow.live_revision_id, ArticleRow.open_revision_id)[: 2 if drafts else 1]:
        query = select(ArticleRow.id, RevisionRow.body).join(RevisionRow, RevisionRow.id == key)
        bodies.update((row[0], row[1]) for row in session.execute(query))
    articles = [article_from_json(body) for body in bodies.values()]
    return sorted(articles, key=lambda a: (a.domain.value, a.id))


def to_json(articles: Sequence[Article], sources: Iterable[Source]) -> str:
    data = {
        "format": FORMAT,
        "sources": [asdict(source) for source in sources],
        "articles": [article_to_json(article) for article in articles],
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def from_json(text: str) -> tuple[list[Article], list[Source]]:
    """Raises NotReadable."""
    try:
        data: Any = json.loads(text)
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            raise NotReadable(f"format is not {FORMAT}")
        articles = [article_from_json(body) for body in data["articles"]]
        return articles, [_SOURCE.validate_python(source) for source in data.get("sources", [])]
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        raise NotReadable(str(error)[:300]) from error


def to_csv(articles: Sequence[Article]) -> str:
    """One phrasing a line, with a byte-order mark, so that spreadsheets read Chinese; formulas are escaped."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(CSV_HEAD)
    for article in articles:
        for language in Language:
            for phrasing in article.phrasings.get(language, ()):
                writer.writerow((article.id, language.value, escaped(phrasing)))
    return "\ufeff" + out.getvalue()


def from_csv(text: str, articles: Mapping[str, Article]) -> list[Article]:
    """These articles with the phrasings of the file: an article in the file loses those that it does not name."""
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    if not rows or tuple(cell.strip().lower() for cell in rows[0]) != CSV_HEAD:
        raise NotReadable(f"the first line is not {','.join(CSV_HEAD)}")
    found: dict[str, dict[Language, list[str]]] = {}
    for number, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != 3 or row[0] not in articles or row[1] not in set(Language):
            raise NotReadable(f"line {number}: {', '.join(row)[:80]}")
        phrasing = " ".join(unescaped(row[2]).split())
        if phrasing:
            found.setdefault(row[0], {}).setdefault(Language(row[1]), []).append(phrasing)
    return [
        replace(articles[key], phrasings={language: tuple(own.get(language, ())) for language in Language})
        for key, own in found.items()
    ]


def escaped(cell: str) -> str:
    """A spreadsheet takes what begins like this for a formula; an apostrophe before it makes it text."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def unescaped(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def to_zip(articles: Sequence[Article], sources: Iterable[Source]) -> bytes:
    """The files of knowledge/content; files of unchanged articles byte for byte as shipped."""
    out = io.BytesIO()
    with TemporaryDirectory() as folder, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        root = Path(folder)
        write_content(articles, sources, root)
        for file in sorted(p for p in root.rglob("*") if p.is_file()):
            packed.writestr(zipfile.ZipInfo(file.relative_to(root).as_posix()), file.read_bytes())
    return out.getvalue()


def from_zip(content: bytes) -> tuple[list[Article], list[Source]]:
    """Raises NotReadable. Only files of our form are unpacked, wherever their names would lead."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed, TemporaryDirectory() as folder:
            parts = [(info, match[1]) for info in packed.infolist() if (match := _PART.fullmatch(info.filename))]
            if not parts or sum(info.file_size for info, _ in parts) > _MOST_BYTES:
                raise NotReadable("no articles in it, or too many")
            for info, name in parts:
                file = Path(folder) / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(packed.read(info))
            return from_folder(Path(folder))
    except (zipfile.BadZipFile, UnicodeDecodeError, RuntimeError) as error:
        raise NotReadable("not a zip file") from error


def from_folder(root: Path) -> tuple[list[Article], list[Source]]:
    """A folder in the format of knowledge/content; sources.yaml may be missing. Raises NotReadable."""
    try:
        articles = [read_article(folder) for folder in article_folders(root)]
        sources = list(read_sources(root).values()) if (root / "sources.yaml").exists() else []
    except ContentBroken as broken:
        place = broken.problem.file.relative_to(root).as_posix()
        raise NotReadable(f"{place}:{broken.problem.line}: {broken.problem.text}") from broken
    if not articles:
        raise NotReadable("no articles in it")
    return articles, sources


def read_any(name: str, content: bytes | Path, known: Mapping[str, Article]) -> tuple[list[Article], list[Source]]:
    """By the ending of the name; a Path is a folder. `known`: the articles whose phrasings a CSV may replace."""
    if isinstance(content, Path):
        return from_folder(content)
    if name.lower().endswith(".zip"):
        return from_zip(content)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotReadable("not UTF-8 text") from error
    if name.lower().endswith(".csv"):
        return from_csv(text, known), []
    return from_json(text)


def bring_in(
    session: Session, actor: Actor, articles: Sequence[Article], sources: Iterable[Source], now: datetime
) -> Brought:
    """Drafts of everything that differs from what is live; sources that are new are added. Raises NotReadable."""
    permit(actor, Action.ARTICLES_MOVE)
    known = set(session.scalars(select(SourceRow.id)))
    added = [s for s in sources if s.id not in known]
    for source in added:
        add_source(session, source)
    kinds: dict[str, list[str]] = {"new": [], "changed": [], "same": [], "left_alone": []}
    for article in articles:
        if not is_an_id(article.id):
            raise NotReadable(article.id[:80])
        kinds[_brought(session, actor, article, now)].append(article.id)
    audit.record(
        session, at=now, actor=actor.audit_name, action="articles.imported",
        new=len(kinds["new"]), changed=len(kinds["changed"]), sources=len(added),
    )  # fmt: skip
    return Brought(
        tuple(kinds["new"]), tuple(kinds["changed"]), tuple(kinds["same"]), tuple(kinds["left_alone"]),
        tuple(source.id for source in added),
    )  # fmt: skip


def add_source(session: Session, source: Source) -> None:
    """Raises NotReadable when its form is wrong."""
    wrong = [remark.code for remark in check_source(source)]
    if wrong:
        raise NotReadable(f"{source.id}: {', '.join(wrong)}")
    session.add(SourceRow(**asdict(source)))


def _brought(session: Session, actor: Actor, article: Article, now: datetime) -> str:
    row = session.get(ArticleRow, article.id, with_for_update=True)
    kind = "new"
    if row is None:
        row = ArticleRow(id=article.id, domain=article.domain.value, created_at=now, version=1, owner=actor.id)
        session.add(row)
        session.flush()
        describe(row, article)
    else:
        live = session.get(RevisionRow, row.live_revision_id) if row.live_revision_id else None
        if live is not None and live.digest == digest(article):
            return "same"
        if row.open_revision_id:
            revision = session.get_one(RevisionRow, row.open_revision_id)
            return "same" if revision.digest == digest(article) else "left_alone"
        kind = "changed"
        row.version += 1
    begin(session, actor, row, article, now, kind="imported", writers=[actor.id])
    return kind
