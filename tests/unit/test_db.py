"""Transactions on both kinds of database."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from bot.core.db import Database
from bot.core.families.store import FamilyRow, ParentRow
from tests.conftest import NOW


def families(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(FamilyRow)) or 0


def test_of_an_undone_transaction_nothing_is_kept(database: Database) -> None:
    with database.undone() as session:
        session.add(FamilyRow(id="trial", created_at=NOW))
        session.flush()
        assert session.get(FamilyRow, "trial") is not None
    assert families(database) == 0
    with database.begin() as session:
        session.add(FamilyRow(id="real", created_at=NOW))
    assert families(database) == 1


def test_what_would_be_refused_is_refused_in_an_undone_transaction(database: Database) -> None:
    nobodys = ParentRow(id="p", family_id="not there", channel="test", address="1", created_at=NOW)
    with pytest.raises(IntegrityError), database.undone() as session:
        session.add(nobodys)


def test_an_error_leaves_an_undone_transaction_as_it_is(database: Database) -> None:
    with pytest.raises(LookupError), database.undone():
        raise LookupError
