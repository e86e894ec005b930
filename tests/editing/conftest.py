"""A small shelf of shipped articles in a real database, and four colleagues."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from bot.core.db import Database
from bot.core.staff.model import Actor, Role
from knowledge import service
from knowledge.content_files import CONTENT, article_folders, read_article, read_sources
from knowledge.content_writing import write_content
from knowledge.model import Article
from tests.conftest import NOW

TODAY = date(2026, 11, 18)
FANG = Actor("fang", "王芳", frozenset({Role.AUTHOR}))
LI = Actor("li", "李静", frozenset({Role.REVIEWER}))
SUN = Actor("sun", "孙倩", frozenset({Role.AUTHOR, Role.REVIEWER}))
ADMIN = Actor("admin", "吴强", frozenset({Role.ADMIN, Role.AUTHOR, Role.REVIEWER}))
NURSE = Actor("min", "陈敏", frozenset({Role.NURSE_ON_CALL}))
HONEY = "honey-botulism"


@pytest.fixture(scope="session")
def articles() -> list[Article]:
    """All shipped articles."""
    return [read_article(folder) for folder in article_folders()]


@pytest.fixture(scope="session")
def small_shelf(articles: list[Article], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six of them in a folder of their own, related to nothing outside it."""
    root = tmp_path_factory.mktemp("content")
    names = {HONEY, "cpr-child", "outings-with-baby", "swaddling", "boredom-independent-play", "constipation"}
    chosen = [replace(a, related=()) for a in articles if a.id in names]
    write_content(chosen, read_sources(CONTENT).values(), root, kept=None)
    return root


@pytest.fixture
def shelf(database: Database, small_shelf: Path) -> Database:
    with database.begin() as session:
        service.import_content(session, NOW, small_shelf)
    return database


@pytest.fixture
def session(shelf: Database) -> Iterator[Session]:
    """A transaction that is kept open for the whole test."""
    with shelf.begin() as opened:
        yield opened
        opened.rollback()


def edited(article: Article, words: str = "改过的标题") -> Article:
    """The same with another Chinese title."""
    from bot.core.language import Language

    texts = dict(article.texts)
    texts[Language.ZH] = replace(texts[Language.ZH], title=words)
    return replace(article, texts=texts)
