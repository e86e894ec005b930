"""The database: one declarative base, and `Database.begin()`, the only place where a transaction is opened.

SQLite allows one writer. With plain deferred BEGIN, eight threads that read and then write fail with
'database is locked'; so every SQLite transaction here is `BEGIN IMMEDIATE` behind one lock, in WAL mode.
PostgreSQL gets a pool. Services take a Session and never commit. Two transactions of PostgreSQL that lock each other
out cost one of them its work: the edge marks what may be done anew with `tried_again`.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import DateTime, MetaData, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect, Engine, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import QueuePool
from sqlalchemy.types import TypeDecorator

log = logging.getLogger("sprout.db")
P = ParamSpec("P")
T = TypeVar("T")

TRIES = 5
LOCKED_OUT = {"40P01": "deadlock", "40001": "serialization"}
"""SQLSTATE of PostgreSQL: nothing of the transaction is kept, and the same again may well succeed."""


def tried_again(work: Callable[P, T]) -> Callable[P, T]:
    """Work that opens its own transaction and does nothing else that lasts: done anew, at most five times in all,
    when PostgreSQL gave its transaction up for another one."""

    @wraps(work)
    def trying(*args: P.args, **kwargs: P.kwargs) -> T:
        for attempt in range(1, TRIES):
            try:
                return work(*args, **kwargs)
            except DBAPIError as error:
                why = LOCKED_OUT.get(getattr(error.orig, "sqlstate", None) or "")
                if why is None:
                    raise
                log.warning("transaction.tried_again why=%s attempt=%s", why, attempt)
            time.sleep(0.01 * 2**attempt)  # the other one goes first
        return work(*args, **kwargs)

    return trying


class NaiveTimeError(ValueError):
    """A time without a zone was about to be stored."""


class _Undone(Exception):
    """Leaves a transaction without keeping anything."""


def insert_into(session: Session, table: type[Base] | Table) -> postgresql.Insert | sqlite.Insert:
    """INSERT as the database at hand says it: both kinds have `on_conflict_do_nothing` and `on_conflict_do_update`."""
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


class UtcTime(TypeDecorator[datetime]):
    """A moment, stored in UTC. Rejects naive values; gives aware UTC values back (SQLite drops offsets)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise NaiveTimeError("a stored time needs a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table of the house; names of constraints are stable so that migrations can find them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Database:
    """An engine and its transactions. `begin()` writes, `read()` only reads."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._writer = threading.RLock() if self.is_sqlite else None
        self.engine = self._sqlite() if self.is_sqlite else self._postgresql(pool_size)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    def _postgresql(self, pool_size: int) -> Engine:
        return create_engine(self.url, pool_size=pool_size, pool_pre_ping=True, hide_parameters=True)

    def _sqlite(self) -> Engine:
        if self.url.database and self.url.database != ":memory:":
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(
            self.url, poolclass=QueuePool, connect_args={"check_same_thread": False, "timeout": 30},
            hide_parameters=True,  # errors reach the log; what a parent wrote must not
        )  # fmt: skip

        @event.listens_for(engine, "connect")
        def _on_connect(connection: Any, _record: Any) -> None:
            connection.isolation_level = None  # we say BEGIN ourselves
            cursor = connection.cursor()
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=FULL")
            cursor.execute("PRAGMA foreign_keys=ON")
            cursor.close()

        @event.listens_for(engine, "begin")
        def _on_begin(connection: Any) -> None:
            reading = connection.get_execution_options().get("reading", False)
            connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

        return engine

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """A transaction that may write: committed at the end of the block, rolled back on an exception."""
        if self._writer is None:
            with self._sessions.begin() as session:
                yield session
            return
        with self._writer, self._sessions.begin() as session:
            yield session

    @contextmanager
    def undone(self) -> Iterator[Session]:
        """A transaction that may write and of which nothing is kept: to see what would happen."""
        with suppress(_Undone), self.begin() as session:
            yield session
            session.flush()  # what would be refused is refused here too
            raise _Undone

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that only reads; it never waits for a writer."""
        with self._sessions() as session:
            session.connection(execution_options={"reading": True})
            yield session
            session.expunge_all()  # what was read stays readable
            session.rollback()

    def close(self) -> None:
        self.engine.dispose()
