"""The audit log: nobody changes it, not even by SQL; it can be looked through and taken along."""

from __future__ import annotations

import csv
import io

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.core import audit
from bot.core.db import Database
from bot.house import House
from bot.web.console.csv_file import cell
from tests.conftest import NOW
from tests.console.conftest import Come

one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit"])
def test_the_database_refuses_to_change_or_delete_a_line(database: Database, statement: str) -> None:
    with database.begin() as session:
        audit.record(session, at=NOW, actor="system", action="test.done")
    with pytest.raises(DBAPIError, match="only added"), database.begin() as session:
        session.execute(text(statement))
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM audit WHERE actor = 'system'")) == 1


@one_database
def test_the_log_is_filtered_by_person_action_and_day(house: House, come: Come) -> None:
    with house.database.begin() as session:
        for n, actor in enumerate(("staff:x", "staff:y", "parent:z")):
            audit.record(session, at=NOW, actor=actor, action=f"test.{n}", subject=f"s{n}")
    admin = come("admin")
    for query, shown, hidden in (
        ("who=staff:x", "test.0", "<code>test.1"),
        ("action=test.2", "test.2", "<code>test.0"),
        ("subject=s1", "test.1", "<code>test.0"),
        ("since=2026-11-18&until=2026-11-18", "test.1", "Nothing fits"),
        ("since=2026-11-19", "没有符合的记录", "<code>test.1"),
        ("since=nonsense", "test.1", "没有符合的记录"),
        ("since=0001-01-01&until=9999-12-31", "test.1", "没有符合的记录"),
    ):
        page = admin.get(f"/console/audit?{query}").text
        assert shown in page, query
        assert hidden not in page, query


@one_database
def test_a_file_of_the_log_holds_no_formulas_and_is_itself_recorded(house: House, come: Come) -> None:
    with house.database.begin() as session:
        audit.record(session, at=NOW, actor="staff:x", action="test.done", subject="=HYPERLINK(1)", note="+1")
    admin = come("admin")
    response = admin.get("/console/audit/file?action=test")
    assert response.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(response.text.removeprefix("\ufeff"))))
    assert [r["subject"] for r in rows] == ["'=HYPERLINK(1)"]
    assert "audit.exported" in admin.get("/console/audit").text


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", " ="])
def test_a_cell_that_begins_like_a_formula_is_text(start: str) -> None:
    assert cell(f"{start}1") == f"'{start}1"
    assert cell("1") == "1"
    assert cell(-1) == "-1"
    assert cell(None) == ""


@one_database
def test_the_log_can_be_read_through_pages(house: House, come: Come) -> None:
    with house.database.begin() as session:
        for n in range(150):
            audit.record(session, at=NOW, actor="system", action="test.many", subject=f"row-{n}")
    admin = come("admin")
    first = admin.get("/console/audit?action=test.many").text
    second = admin.get("/console/audit?action=test.many&page=2").text
    assert first.count("<code>test.many") == 100
    assert second.count("<code>test.many") == 50
    assert 'rel="next"' in first
    assert 'rel="next"' not in second
