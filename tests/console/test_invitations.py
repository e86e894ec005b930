"""Who may come in: invitations, roles, forgotten passwords, accounts that end."""

from __future__ import annotations

import re

from sqlalchemy import select

from bot.core.staff.model import INVITED_FOR, Role
from bot.core.staff.store import StaffRow
from bot.house import House
from tests.conftest import NOW, StandingClock
from tests.console.conftest import Come
from tests.console.joining import (
    PASSWORD,
    invited,
    joined,
)

# Invitations


def test_an_invitation_works_once(house: House, come: Come) -> None:
    token = invited(house, Role.AUTHOR)
    first, second = come(), come()
    for person in (first, second):
        assert "You have been invited" in person.get(f"/console/join/{token}").text
    data = {"login": "mei", "name": "梅", "password": PASSWORD}
    assert first.post(f"/console/join/{token}", data).url.path == "/console/"
    again = second.post(f"/console/join/{token}", {**data, "login": "other"})
    assert again.status_code == 400
    assert "used up" in again.text
    with house.database.read() as session:
        assert session.scalars(select(StaffRow).where(StaffRow.login == "other")).all() == []


def test_an_invitation_ends_with_its_week_or_when_withdrawn(house: House, come: Come, clock: StandingClock) -> None:
    admin = come("admin")
    withdrawn = invited(house, Role.REVIEWER)
    (path,) = re.findall(r'action="(/console/staff/invitations/\w+/withdraw)"', admin.get("/console/staff").text)
    late = invited(house, Role.AUTHOR)
    admin.post(path)
    assert come().get(f"/console/join/{withdrawn}").status_code == 400
    assert come().get(f"/console/join/{late}").status_code == 200
    clock.now = NOW + INVITED_FOR
    assert come().get(f"/console/join/{late}").status_code == 400


def test_a_short_or_simple_password_is_refused_with_what_was_typed_kept(house: House, come: Come) -> None:
    token = invited(house, Role.AUTHOR)
    person = come()
    person.get(f"/console/join/{token}")
    for password in ("short", "aaaaaaaaaaaaaa", "mei@clinic.example"):
        data = {"login": "mei@clinic.example", "name": "Mei", "password": password}
        response = person.post(f"/console/join/{token}", data)
        assert response.status_code == 400
        assert 'value="mei@clinic.example"' in response.text
    assert person.post(f"/console/join/{token}", {**data, "password": PASSWORD}).url.path == "/console/"


def test_a_login_that_is_taken_is_refused(house: House, come: Come) -> None:
    joined(house, come(), Role.AUTHOR)
    token = invited(house, Role.AUTHOR)
    person = come()
    person.get(f"/console/join/{token}")
    data = {"login": "Mei@Clinic.example", "name": "Mei", "password": PASSWORD}
    assert "has this login already" in person.post(f"/console/join/{token}", data).text


def test_an_admin_invites_on_the_page_and_the_link_is_shown_once(house: House, come: Come) -> None:
    admin = come("admin")
    admin.get("/console/staff")
    page = admin.post("/console/staff/invite", {"role": ["author", "reviewer"], "note": "Mei"})
    (link,) = re.findall(r'value="http[^"]*(/console/join/[\w-]+)"', page.text)
    assert link.rsplit("/", 1)[1] not in admin.get("/console/staff").text
    person = come()
    person.get(link)
    person.post(link, {"login": "mei", "name": "Mei", "password": PASSWORD})
    with house.database.read() as session:
        row = session.scalars(select(StaffRow).where(StaffRow.login == "mei")).one()
    assert set(row.roles) == {"author", "reviewer"}


def test_centre_staff_need_a_centre_and_everybody_a_role(come: Come) -> None:
    admin = come("admin")
    admin.get("/console/staff")
    for roles in ([], ["centre_staff"], ["root"]):
        assert admin.post("/console/staff/invite", {"role": roles}).status_code == 400


def test_the_last_admin_cannot_leave(house: House, come: Come) -> None:
    person = come()
    id = joined(house, person, Role.ADMIN)
    person.get("/console/staff")
    assert person.post(f"/console/staff/{id}/roles", {"role": ["author"]}).status_code == 400
    assert person.post(f"/console/staff/{id}/close").status_code == 400
    assert person.get("/console/staff").status_code == 200


def test_a_forgotten_password_is_set_anew_by_a_link_which_ends_all_sign_ins(house: House, come: Come) -> None:
    person, admin = come(), come("admin")
    id = joined(house, person, Role.NURSE_ON_CALL)
    admin.get("/console/staff")
    page = admin.post(f"/console/staff/{id}/link")
    (link,) = re.findall(r'value="http[^"]*(/console/join/[\w-]+)"', page.text)
    again = come()
    again.get(link)
    assert again.post(link, {"password": "another kettle, another sea"}).url.path == "/console/"
    assert person.get("/console/inbox").url.path == "/console/login"
    assert come().sign_in("mei@clinic.example", PASSWORD).status_code == 401


def test_changed_roles_hold_from_the_next_click_on(house: House, come: Come) -> None:
    person, admin = come(), come("admin")
    id = joined(house, person, Role.NURSE_ON_CALL)
    assert person.get("/console/inbox").status_code == 200
    admin.get("/console/staff")
    admin.post(f"/console/staff/{id}/roles", {"role": ["author"]})
    assert person.get("/console/inbox").status_code == 403
