"""The plain tables: for admins, to look at; only a centre's address can be changed, and that is recorded."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from bot.core.audit import AuditRow
from bot.house import House
from scheduler.care.demo_town import seed_demo
from scheduler.care.store import CentreRow
from tests.conftest import NOW
from tests.console.conftest import Come, Person

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LIST = "/console/tables/centres/list"


@pytest.fixture
def town(house: House) -> House:
    with house.database.begin() as session:
        seed_demo(session, NOW, days=1)
    return house


def edit(admin: Person, **fields: str) -> int:
    page = admin.get("/console/tables/centres/edit?pk=1").text
    (token,) = set(re.findall(r'name="csrftoken" value="([^"]+)"', page))
    known = dict(re.findall(r'name="(name|address|phone|registration)"[^>]*value="([^"]*)"', page))
    data = {"csrftoken": token, **known, **fields}
    return int(admin.http.post("/console/tables/centres/edit?pk=1", data=data, follow_redirects=False).status_code)


def test_tables_are_shown_to_admins_with_nothing_from_outside(town: House, come: Come) -> None:
    admin = come("admin")
    for name in ("centres", "rooms", "articles", "staff"):
        page = admin.get(f"/console/tables/{name}/list")
        assert page.status_code == 200
        assert "rsms.me" not in page.text
        assert not re.findall(r'(?:src|href)="(?:https?:)?//(?!sprout\.test)', page.text)
        assert re.findall(r"<script(?! nonce=)", page.text) == []
        assert "'unsafe-inline'" not in page.headers["content-security-policy"].split("style-src")[0]
    assert "青禾社区宝宝屋" in admin.get(LIST).text
    assert "argon2" not in admin.get("/console/tables/staff/list").text


@pytest.mark.parametrize("login", ["", "fang", "yan"])
def test_tables_are_closed_to_everybody_else(town: House, come: Come, login: str) -> None:
    person = come(login)
    for path in (LIST, "/console/tables/static/css/select2-tabler.css", "/console/tables/centres/edit?pk=1"):
        response = person.get(path)
        assert response.status_code == 403 if login else response.url.path == "/console/login"


def test_an_address_is_changed_and_recorded_and_nothing_else_can_be(town: House, come: Come) -> None:
    admin = come("admin")
    assert edit(admin, phone="021-1", active="", zone="UTC", source="x") in (302, 303)
    with town.database.read() as session:
        row = session.get_one(CentreRow, 1)
        assert (row.phone, row.active, row.zone, row.source) == ("021-1", True, "Asia/Shanghai", "demo")
        (line,) = session.scalars(select(AuditRow).where(AuditRow.action == "centre.changed"))
    assert line.actor.startswith("staff:")
    assert (line.subject, line.detail) == ("1", {"fields": ["phone"]})


def test_a_change_needs_the_token_of_the_form(town: House, come: Come) -> None:
    admin = come("admin")
    assert edit(admin, phone="021-1", csrftoken="wrong") == 403
    assert admin.http.post("/console/tables/centres/edit?pk=1", data={"phone": "021-1"}).status_code == 403


def test_nothing_is_made_or_deleted_or_changed_in_other_tables(town: House, come: Come) -> None:
    admin = come("admin")
    for path in ("centres/create", "rooms/create", "rooms/edit?pk=1", "staff/create", "articles/create"):
        assert admin.get(f"/console/tables/{path}").status_code == 403, path
