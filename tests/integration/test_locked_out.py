"""Two transactions that lock each other out: PostgreSQL gives one up, and it is done anew."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.core.db import TRIES, Database, tried_again


@pytest.fixture
def counters(postgres_url: str) -> Database:
    database = Database(postgres_url)
    with database.begin() as session:
        session.execute(text("CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER)"))
        session.execute(text("INSERT INTO counter VALUES ('a', 0), ('b', 0)"))
    return database


def values(database: Database) -> dict[str, int]:
    with database.read() as session:
        return dict(session.execute(text("SELECT name, value FROM counter")).all())


def add_to_both(database: Database, names: str, met: threading.Barrier, tries: Counter[str]) -> None:
    """Both rows, in the order of the letters; the first time, each waits until the other has its first row."""
    tries[names] += 1
    with database.begin() as session:
        for place, name in enumerate(names):
            session.execute(text("UPDATE counter SET value = value + 1 WHERE name = :name"), {"name": name})
            if place == 0 and tries[names] == 1:
                met.wait(10)


def test_of_two_that_lock_each_other_out_both_are_done_once(counters: Database) -> None:
    met, tries = threading.Barrier(2), Counter[str]()
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(tried_again(add_to_both), counters, names, met, tries) for names in ("ab", "ba")]:
            done.result(20)
    assert sum(tries.values()) == 3  # one was given up, once
    assert values(counters) == {"a": 2, "b": 2}


def test_what_read_too_old_rows_is_done_anew_with_new_ones(counters: Database) -> None:
    tries = 0

    @tried_again
    def copy_a_to_b() -> None:
        nonlocal tries
        tries += 1
        with counters.begin() as session:
            session.connection(execution_options={"isolation_level": "SERIALIZABLE"})
            seen = session.scalar(text("SELECT value FROM counter WHERE name = 'a'"))
            if tries == 1:
                with counters.begin() as other:
                    other.execute(text("UPDATE counter SET value = 7 WHERE name = 'a'"))
            session.execute(text("UPDATE counter SET value = :seen WHERE name IN ('a', 'b')"), {"seen": seen})

    copy_a_to_b()
    assert tries == 2
    assert values(counters) == {"a": 7, "b": 7}


def test_it_ends_after_five_times(counters: Database) -> None:
    tries = 0

    @tried_again
    def never() -> None:
        nonlocal tries
        tries += 1
        with counters.begin() as session:
            session.execute(text("DO $$ BEGIN RAISE EXCEPTION 'given up' USING ERRCODE = '40P01'; END $$"))

    with pytest.raises(DBAPIError):
        never()
    assert tries == TRIES


def test_other_errors_are_not_tried_again(counters: Database) -> None:
    tries = 0

    @tried_again
    def wrong() -> None:
        nonlocal tries
        tries += 1
        with counters.begin() as session:
            session.execute(text("SELECT * FROM no_such_table"))

    with pytest.raises(DBAPIError):
        wrong()
    assert tries == 1
