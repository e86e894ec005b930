"""Accounts for tests: invited from outside, joined in a browser."""

from __future__ import annotations

import re

import pyotp
import pytest
from sqlalchemy import select

from bot.core.staff import entry, inviting
from bot.core.staff.model import Role
from bot.core.staff.store import StaffRow
from bot.house import House
from tests.console.conftest import Come, Person

PASSWORD = "a kettle on a quiet sea"
one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def invited(house: House, *roles: Role, centres: tuple[str, ...] = ()) -> str:
    with house.database.begin() as session:
        return inviting.invite_from_outside(session, house.clock(), roles=roles, centres=centres)


def joined(house: House, person: Person, *roles: Role, login: str = "mei@clinic.example", name: str = "Mei") -> str:
    """A new account; returns its id."""
    person.get(f"/console/join/{invited(house, *roles)}")
    return person_joins(house, person, roles, login, name)


def person_joins(house: House, person: Person, roles: tuple[Role, ...], login: str, name: str) -> str:
    token = invited(house, *roles)
    person.get(f"/console/join/{token}")
    response = person.post(f"/console/join/{token}", {"login": login, "name": name, "password": PASSWORD})
    assert response.url.path == "/console/", response.text
    with house.database.read() as session:
        return session.scalars(select(StaffRow.id).where(StaffRow.login == login)).one()


def with_second_factor(house: House, person: Person) -> tuple[pyotp.TOTP, list[str]]:
    page = person.get("/console/account/second").text
    (secret,) = re.findall(r'<code class="secret">(\w+)</code>', page)
    assert "<svg" in page
    (sealed,) = re.findall(r'name="sealed" value="([\w=-]+)"', page)
    totp = pyotp.TOTP(secret)
    page = person.post("/console/account/second", {"code": totp.at(house.clock()), "sealed": sealed}).text
    codes = re.findall(r"<code>([\w-]+)</code>", page)
    assert len(codes) == entry.RECOVERY_CODES
    assert secret not in person.get("/console/account/second").text
    return totp, codes


def account_of(house: House, login: str = "mei@clinic.example") -> StaffRow:
    with house.database.read() as session:
        return session.scalars(select(StaffRow).where(StaffRow.login == login)).one()


def half_way(come: Come) -> Person:
    person = come()
    assert person.sign_in("mei@clinic.example", PASSWORD).url.path == "/console/second"
    return person
