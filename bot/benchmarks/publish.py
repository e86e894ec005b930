"""From a reviewer's press on 'approve' to the chat's answer, in the process that was asked and in another one."""

from __future__ import annotations

import argparse
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from bot.app import build_house
from bot.benchmarks.load import percentile
from bot.core.db import Database
from bot.core.language import Language
from bot.core.settings import HOME, Settings
from bot.core.staff.demo import DEMO_PASSWORD
from bot.core.staff.model import Actor, Role
from bot.core.time import local
from knowledge.editing import drafting, reviewing
from knowledge.editing.revisions import newest_edit
from knowledge.model import article_from_json
from knowledge.store import ArticleRow

AIM_MS = 1000
ARTICLE, QUESTION = "honey-botulism", "宝宝8个月能吃蜂蜜吗"
_FORM = re.compile(r'name="form_token" value="([0-9a-f]{64})"')
_LONGEST_SECONDS = 180
_WRITER = Actor("bench-writer", "bench", frozenset({Role.AUTHOR}))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--times", type=int, default=8, help="publications (default: 8)")
    parser.add_argument("--database", default="", help="an empty database's URL (default: SQLite in a new folder)")


def run(options: argparse.Namespace) -> dict[str, Any]:
    real = Settings()
    with tempfile.TemporaryDirectory(prefix="sprout-bench-") as folder:
        settings = real.model_copy(
            update={"data_dir": Path(folder), "cache_dir": real.cache, "database_url": options.database, "demo": True}
        )
        house = build_house(settings)
        ports = [_free_port(), _free_port()]
        servers = [_server(settings, port) for port in ports]
        try:
            chats = [httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) for port in ports]
            for chat in chats:
                _wait(chat)
            reviewer = httpx.Client(base_url=f"http://127.0.0.1:{ports[0]}", timeout=60, follow_redirects=True)
            _sign_in(reviewer)
            spent: list[list[float]] = [[], []]
            for number in range(options.times):
                for place, chat in enumerate(chats):
                    title = f"蜂蜜：第{2 * number + place}次发布"
                    _hand_in(house.database, settings, title)
                    spent[place].append(_approved(reviewer, chat, title))
        finally:
            for server in servers:
                server.terminate()
            for server in servers:
                server.wait(30)
            house.database.close()
    kind = "sqlite" if house.database.is_sqlite else "postgresql"
    return {
        "aim_ms": AIM_MS,
        "database": kind,
        "times": options.times,
        "same_process": _figures(spent[0]),
        "other_process": _figures(spent[1]),
    }


def _figures(spent: list[float]) -> dict[str, float]:
    return {"p50_ms": percentile(spent, 50), "max_ms": percentile(spent, 100)}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _server(settings: Settings, port: int) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "DATABASE_URL": settings.database,
        "SPROUT_DATA_DIR": str(settings.data_dir),
        "SPROUT_CACHE_DIR": str(settings.cache),
        "SPROUT_HOST": "127.0.0.1",
        "SPROUT_DEMO": "true",
    }
    environment.pop("TELEGRAM_BOT_TOKEN", None)
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "bot.cli", "run", "--no-rasa", "--port", str(port)],
        cwd=HOME, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def _wait(chat: httpx.Client) -> None:
    until = time.monotonic() + _LONGEST_SECONDS
    while time.monotonic() < until:
        try:
            if chat.get("/healthz").status_code == 200:
                _ask(chat)
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.3)
    raise RuntimeError("the server did not start")


def _sign_in(reviewer: httpx.Client) -> None:
    token = _FORM.search(reviewer.get("/console/login").text)
    assert token is not None
    sent = {"form_token": token[1], "login": "jing", "password": DEMO_PASSWORD, "next": ""}
    assert reviewer.post("/console/login", data=sent).url.path == "/console/"


def _hand_in(database: Database, settings: Settings, title: str) -> None:
    """Another person's draft with a new title and a new phrasing, waiting for review."""
    from bot.app import system_clock

    now = system_clock()
    with database.begin() as session:
        revision = drafting.draft(session, _WRITER, ARTICLE, now)
        edit = newest_edit(session, revision.id)
        article = article_from_json(revision.body)
        zh = replace(article.texts[Language.ZH], title=title)
        asked = (*article.phrasings[Language.ZH], f"{title}的问法")
        article = replace(
            article, texts={**article.texts, Language.ZH: zh}, phrasings={**article.phrasings, Language.ZH: asked}
        )
        number = edit.number if edit else 0
        drafting.save(session, _WRITER, ARTICLE, article, revision_id=revision.id, based_on=number, now=now)
        version = session.get_one(ArticleRow, ARTICLE).version
        today = local(now, settings.zone).date()
        reviewing.submit(session, _WRITER, ARTICLE, version=version, now=now, today=today)


def _approved(reviewer: httpx.Client, chat: httpx.Client, title: str) -> float:
    """Milliseconds from the press to the first answer in the chat that has the new title."""
    path = f"/console/articles/{ARTICLE}/review"
    page = reviewer.get(path).text
    token, version = _FORM.search(page), re.search(r'name="version" value="(\d+)"', page)
    assert token is not None
    assert version is not None
    sent = {"form_token": token[1], "version": version[1], "step": "approve", "comment": "", "publish_at": ""}
    started = perf_counter()
    answer = reviewer.post(path, data=sent, follow_redirects=False)
    assert answer.status_code == 303, answer.status_code
    while title not in _ask(chat):
        assert perf_counter() - started < _LONGEST_SECONDS
        time.sleep(0.02)
    return (perf_counter() - started) * 1000


def _ask(chat: httpx.Client) -> str:
    answer = chat.post("/api/chat", json={"text": QUESTION})
    if answer.status_code == 429:
        time.sleep(float(answer.headers.get("Retry-After", "1")))
    return answer.text if answer.status_code == 200 else ""


def show(console: Console, result: dict[str, Any]) -> None:
    table = Table(title=f"From 'approve' to the chat's answer, {result['database']}; aim {AIM_MS} ms")
    table.add_column("")
    table.add_column("median", justify="right")
    table.add_column("slowest", justify="right")
    for key, name in (("same_process", "the process that was asked"), ("other_process", "another process")):
        figures = result[key]
        table.add_row(name, f"{figures['p50_ms']:.0f} ms", f"{figures['max_ms']:.0f} ms")
    console.print(table)
