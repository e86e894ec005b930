"""sprout content: check the files, import them, say how much there is."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from bot.app import migrate, system_clock
from bot.core.db import Database
from bot.core.language import Language
from bot.core.settings import Settings
from knowledge import service
from knowledge.content_check import check_content
from knowledge.content_files import CONTENT, ContentBroken, article_folders, read_article


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["check", "import", "stats"])
    parser.add_argument("--root", type=Path, default=CONTENT, help="the folder with articles/ and sources.yaml")


def run(options: argparse.Namespace) -> int:
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
