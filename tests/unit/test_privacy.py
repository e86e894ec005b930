"""What is kept about a family is found again by the columns of its tables."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Table

from bot.core.db import Base
from bot.migrations import tables

KEYS = {"parent_id", "family_id", "child_id"}
FAMILY = {"family", "parent", "child"}
WITH_ITS_CHAT = {"hand_off_line"}  # privacy.py goes to these through the hand-off


def own_keys(table: Table) -> set[str]:
    return KEYS & set(table.columns.keys())


def goes_by_itself(key: ForeignKey) -> bool:
    return key.ondelete == "CASCADE"


def test_whatever_hangs_on_a_family_names_it_in_a_column_that_export_and_deletion_look_for() -> None:
    assert tables
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name in FAMILY:
                assert key.parent.name in KEYS, f"{table.name}.{key.parent.name}"


def test_whatever_hangs_on_such_a_table_goes_with_it() -> None:
    for table in Base.metadata.sorted_tables:
        if own_keys(table) - {"child_id"} or table.name in FAMILY | WITH_ITS_CHAT:
            continue
        for key in table.foreign_keys:
            if own_keys(key.column.table) or key.column.table.name in FAMILY:
                assert goes_by_itself(key), f"{table.name}.{key.parent.name}"
