"""How long the console's lists take at the server, with 5,000 articles and 10,000 questions."""

from __future__ import annotations

import argparse
import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import insert

from bot.app import build_assistant, build_house
from bot.benchmarks import console_questions
from bot.benchmarks.load import percentile
from bot.core.ids import new_id
from bot.core.settings import Settings
from bot.core.staff.demo import DEMO_PASSWORD
from bot.delivery.clerk import Clerk
from bot.house import House
from bot.web.server import create_web
from knowledge import service
from knowledge.model import article_to_json
from knowledge.service import describe, digest
from knowledge.store import ArticleRow, RevisionRow

AIM_MS = 300
ARTICLES = 5000
_FORM = re.compile(r'name="form_token" value="([0-9a-f]{64})"')

Fill = Callable[[House, argparse.Namespace], None]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--articles", type=int, default=ARTICLES, help=f"articles in the list (default: {ARTICLES})")
    parser.add_argument("--times", type=int, default=15, help="how often each page is asked for (default: 15)")
    parser.add_argument("--database", default="", help="an empty database's URL (default: SQLite in a new folder)")


def fill_articles(house: House, options: argparse.Namespace) -> None:
    """Copies of the shipped articles, a tenth of them with an open draft. Not served: the version stays."""
    now = house.clock()
    articles, revisions = [], []
    with house.database.read() as session:
        shipped = service.published(session)
    for number in range(max(0, options.articles - len(shipped))):
        source = shipped[number % len(shipped)].article
        article = replace(source, id=f"{source.id[:60]}-{number}")
        row = ArticleRow(id=article.id)
        describe(row, article)
        live, opened = new_id(), new_id() if number % 10 == 0 else None
        articles.append(
            {
                "id": article.id, "domain": article.domain.value, "live_revision_id": live, "created_at": now,
                "version": 1, "open_revision_id": opened, "title_zh": row.title_zh, "title_en": row.title_en,
                "search_text": row.search_text, "owner": "",
            }
        )  # fmt: skip
        body, mark = article_to_json(article), digest(article)
        for key, order, status in ((live, 1, "published"), (opened, 2, "in_review" if number % 20 else "draft")):
            if key is not None:
                revisions.append(
                    {
                        "id": key, "article_id": article.id, "number": order, "status": status, "body": body,
                        "digest": mark, "origin": "seed", "review_by": article.review_by, "created_at": now,
                        "published_at": now, "writers": [], "approved_locally": number % 3 == 0,
                    }
                )  # fmt: skip
    with house.database.begin() as session:
        for start in range(0, len(articles), 500):
            session.execute(insert(ArticleRow), articles[start : start + 500])
        for start in range(0, len(revisions), 500):
            session.execute(insert(RevisionRow), revisions[start : start + 500])


# What is put in, by whom it is looked at, and which pages: a line for each list.
FILLS: list[Fill] = [fill_articles, console_questions.fill_questions]
PAGES: list[tuple[str, str]] = [
    ("jing", "/console/articles"),
    ("jing", "/console/articles?page=60"),
    ("jing", "/console/articles?domain=health&state=not_approved"),
    ("jing", "/console/articles?state=in_review"),
    ("jing", "/console/articles?text=发烧"),
    ("jing", "/console/"),
    *console_questions.PAGES,
]


def run(options: argparse.Namespace) -> dict[str, Any]:
    from starlette.testclient import TestClient

    real = Settings()
    with tempfile.TemporaryDirectory(prefix="sprout-bench-") as folder:
        settings = real.model_copy(
            update={"data_dir": Path(folder), "cache_dir": real.cache, "database_url": options.database, "demo": True}
        )
        house = build_house(settings)
        for fill in FILLS:
            fill(house, options)
        group = console_questions.any_group(house)
        assistant = build_assistant(house)
        app = create_web(house, assistant, Clerk(house, assistant))
        found = []
        for login in dict.fromkeys(who for who, _ in PAGES):
            with TestClient(app, base_url="http://sprout.bench") as browser:
                _sign_in(browser, login)
                own: Sequence[str] = [path for who, path in PAGES if who == login]
                found += [_measured(browser, path.format(group=group), options.times) for path in own]
        grouping = console_questions.one_more_ms(house, options.times)
        kind = "sqlite" if house.database.is_sqlite else "postgresql"
        house.database.close()
    return {"aim_ms": AIM_MS, "database": kind, "articles": options.articles, "pages": found,
            "questions": console_questions.QUESTIONS, "grouping_ms": grouping}  # fmt: skip


def _sign_in(browser: Any, login: str) -> None:
    page = browser.get("/console/login")
    token = _FORM.search(page.text)
    assert token is not None
    sent = {"form_token": token[1], "login": login, "password": DEMO_PASSWORD, "next": ""}
    answer = browser.post("/console/login", data=sent)
    assert answer.status_code == 200, answer.status_code


def _measured(browser: Any, path: str, times: int) -> dict[str, Any]:
    spent = []
    for _ in range(times + 1):
        started = perf_counter()
        answer = browser.get(path)
        spent.append((perf_counter() - started) * 1000)
        assert answer.status_code == 200, (path, answer.status_code)
    return {"path": path, "p50_ms": percentile(spent[1:], 50), "max_ms": percentile(spent[1:], 100)}


def show(console: Console, result: dict[str, Any]) -> None:
    table = Table(title=f"Pages of the console, {result['database']}, {result['articles']} articles; aim {AIM_MS} ms")
    table.add_column("page")
    table.add_column("median", justify="right")
    table.add_column("slowest", justify="right")
    for page in result["pages"]:
        table.add_row(page["path"], f"{page['p50_ms']:.0f} ms", f"{page['max_ms']:.0f} ms")
    console.print(table)
    console.print(f"one more of {result['questions']} questions is put to its group in {result['grouping_ms']:.0f} ms")
