"""Adults who share a family, on both kinds of database."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from bot.core.db import Database
from bot.core.families import household
from bot.core.families import service as families
from bot.core.families.model import Parent
from bot.core.families.store import FamilyRow
from tests.conftest import NOW

ELDER, YOUNGER = date(2024, 3, 1), date(2025, 9, 1)


def a_parent(database: Database, address: str, *born: date) -> Parent:
    with database.begin() as session:
        parent = families.parent_at(session, "test", address, now=NOW, zone="Asia/Shanghai")
        for day in born:
            families.add_child(session, parent.family_id, birth_date=day, precision="day", now=NOW)
        found = families.parent_by_id(session, parent.id)
    assert found is not None
    return found


def test_who_joins_brings_only_the_children_that_are_not_known_there(database: Database) -> None:
    mother, father = a_parent(database, "mother", ELDER), a_parent(database, "father", ELDER, YOUNGER)
    with database.begin() as session:
        code = household.invite(session, mother, NOW)
    with database.begin() as session:
        assert household.family_of(session, code.lower(), NOW) == mother.family_id
        household.move_to(session, father, mother.family_id, NOW)
    with database.read() as session:
        joined = families.parent_by_id(session, father.id)
        assert joined is not None
        assert joined.family_id == mother.family_id
        assert sorted(c.birth_date for c in joined.children) == [ELDER, YOUNGER]
        assert len(families.adults_of(session, mother.family_id)) == 2
        assert session.scalars(select(FamilyRow.id)).all() == [mother.family_id]


def test_a_family_that_somebody_stays_in_keeps_its_children(database: Database) -> None:
    mother, aunt, uncle = a_parent(database, "m", ELDER), a_parent(database, "a", YOUNGER), a_parent(database, "u")
    with database.begin() as session:
        household.move_to(session, uncle, aunt.family_id, NOW)
    with database.begin() as session:
        household.move_to(session, aunt, mother.family_id, NOW)
    with database.read() as session:
        left, gone = families.parent_by_id(session, uncle.id), families.parent_by_id(session, aunt.id)
        assert left is not None
        assert gone is not None
        assert [c.birth_date for c in left.children] == [YOUNGER]
        assert [c.birth_date for c in gone.children] == [ELDER]


def test_a_code_ends_after_two_days_and_with_a_newer_one(database: Database) -> None:
    mother = a_parent(database, "mother")
    with database.begin() as session:
        first = household.invite(session, mother, NOW)
        second = household.invite(session, mother, NOW)
    with database.read() as session:
        assert household.family_of(session, first, NOW) is None
        assert household.family_of(session, second, NOW + timedelta(hours=47)) == mother.family_id
        assert household.family_of(session, second, NOW + timedelta(hours=48)) is None
