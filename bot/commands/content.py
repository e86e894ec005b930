"""sprout content: check the files, import and export them, say how much there is."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from bot.app import migrate, system_clock
from bot.core.db import Database
from bot.core.language import Language
from bot.core.settings import Settings
from bot.core.staff.model import Actor, Role
from knowledge import service
from knowledge.content_check import check_content
from knowledge.content_files import CONTENT, ContentBroken, article_folders, read_article
from knowledge.content_writing import write_content
from knowledge.editing import exchange


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["check", "import", "export", "stats"])
    parser.add_argument("place", nargs="?", type=Path, help="export: a folder to write into; import: a file or folder")
    parser.add_argument("--format", choices=["md", "json", "csv"], default="md", help="of an export (default: md)")
    parser.add_argument("--root", type=Path, default=CONTENT, help="the folder with articles/ and sources.yaml")


def run(options: argparse.Namespace) -> int:
    if options.what == "export":
        return _export(options.place, options.format)
    if options.what == "import" and options.place is not None:
        return _import_drafts(options.place)
    return {"check": _check, "import": _import, "stats": _stats}[options.what](options.root)


def _check(root: Path) -> int:
    findings = check_content(system_clock().date(), root)
    for finding in findings:
        print(finding)
    errors = sum(f.is_error for f in findings)
    articles = sum(1 for _ in article_folders(root))
    print(f"{articles} articles: {errors} errors, {len(findings) - errors} warnings")
    return 1 if errors else 0


def _import(root: Path) -> int:
    settings = Settings()
    migrate(settings.database)
    database = Database(settings.database)
    try:
        with database.begin() as session:
            changed = service.import_content(session, system_clock(), root)
    except ContentBroken as broken:
        print(f"nothing was imported: {broken}")
        return 1
    print(f"{changed} articles published")
    return 0


def _export(folder: Path | None, form: str) -> int:
    """What is live in the database."""
    if folder is None:
        print("sprout content export: give a folder", file=sys.stderr)
        return 2
    with _database().read() as session:
        articles, sources = exchange.stored_articles(session), exchange.stored_sources(session)
    folder.mkdir(parents=True, exist_ok=True)
    if form == "md":
        changed = write_content(articles, sources, folder)
        print(f"{len(articles)} articles in {folder}, {changed} of them changed since they were shipped")
        return 0
    file = folder / ("articles.json" if form == "json" else "phrasings.csv")
    text = exchange.to_json(articles, sources) if form == "json" else exchange.to_csv(articles)
    file.write_bytes(text.encode())
    print(f"{len(articles)} articles in {file}")
    return 0


def _import_drafts(place: Path) -> int:
    """JSON, CSV, a zip or a folder as drafts, for people to review in the console."""
    actor = Actor("import", "sprout content import", frozenset({Role.AUTHOR}))
    database = _database()
    try:
        with database.begin() as session:
            known = {a.id: a for a in exchange.stored_articles(session)}
            articles, sources = exchange.read_any(place.name, place if place.is_dir() else place.read_bytes(), known)
            brought = exchange.bring_in(session, actor, articles, sources, system_clock())
    except exchange.NotReadable as error:
        print(f"nothing was imported: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"cannot read {place}: {error.strerror}", file=sys.stderr)
        return 1
    print(
        f"drafts: {len(brought.new)} of new articles, {len(brought.changed)} of changed ones; {len(brought.same)} the "
        f"same; {len(brought.left_alone)} left alone (an open draft); {len(brought.sources)} new sources"
    )
    return 0


def _database() -> Database:
    settings = Settings()
    migrate(settings.database)
    return Database(settings.database)


def _stats(root: Path) -> int:
    articles = [read_article(folder) for folder in article_folders(root)]
    checks = Counter(c.check for a in articles for c in a.claims)
    print(
        f"{len(articles)} articles: "
        + ", ".join(f"{d} {n}" for d, n in Counter(a.domain.value for a in articles).items())
    )
    for language in Language:
        print(f"{language}: {sum(len(a.phrasings[language]) for a in articles)} phrasings")
    print(f"claims: {checks['seen']} seen, {checks['from_guideline_knowledge']} from guideline knowledge")
    return 0
