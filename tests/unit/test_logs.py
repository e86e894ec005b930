"""Logs never quote a parent."""

from __future__ import annotations

import io
import logging

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.core.db import Database
from bot.core.logs import SafeFormatter

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
