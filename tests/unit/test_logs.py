"""Logs never quote a parent."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.commands.run import web_server
from bot.core.db import Database
from bot.core.logs import SafeFormatter, configure

SECRET = "宝宝发烧了怎么办"


def logged(action: object) -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(SafeFormatter("%(message)s"))
    log = logging.Logger("test")
    log.addHandler(handler)
    try:
        action()  # type: ignore[operator]
    except Exception:
        log.exception("turn.failed")
    return stream.getvalue()


def test_the_message_of_an_exception_is_not_logged() -> None:
    def fail() -> None:
        raise ValueError(SECRET)

    line = logged(fail)
    assert "ValueError" in line
    assert "test_logs.py" in line
    assert SECRET not in line


def test_a_database_error_does_not_quote_its_parameters(database: Database) -> None:
    try:
        with database.begin() as session:
            session.execute(text("INSERT INTO no_such_table VALUES (:text)"), {"text": SECRET})
        told = ""
    except SQLAlchemyError as error:
        told = str(error)
    assert "no_such_table" in told
    assert SECRET not in told


@pytest.fixture
def our_logs(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What `sprout` writes to standard error; pytest's own handlers come back afterwards."""
    root, servers = logging.getLogger(), [logging.getLogger(name) for name in ("uvicorn", "uvicorn.error")]
    before, level = root.handlers[:], root.level
    root.handlers.clear()  # else they would be closed
    for log in servers:  # servers of other tests leave handlers of their own here
        monkeypatch.setattr(log, "handlers", [])
        monkeypatch.setattr(log, "propagate", True)
    told = io.StringIO()
    monkeypatch.setattr("sys.stderr", told)
    configure(logging.WARNING)
    yield told
    root.handlers[:] = before
    root.setLevel(level)
    logging.raiseExceptions = True


async def test_an_error_in_the_middle_of_a_response_is_logged_without_its_message(
    our_logs: io.StringIO,
) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            raise ValueError(SECRET)

    server = web_server(app, "127.0.0.1", 0)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    with pytest.raises(httpx.RemoteProtocolError):
        async with httpx.AsyncClient(trust_env=False) as client:
            await client.get(f"http://127.0.0.1:{port}/")
    server.should_exit = True
    await serving
    told = our_logs.getvalue()
    assert "ValueError" in told
    assert SECRET not in told


def test_a_line_that_cannot_be_written_is_dropped_without_a_word(our_logs: io.StringIO) -> None:
    try:
        raise ValueError(SECRET)
    except ValueError:
        logging.getLogger("sprout.test").error("turn.failed error=%s %s", "one blank too many", exc_info=True)
    assert SECRET not in our_logs.getvalue()
