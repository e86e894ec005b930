"""The own password, the second factor and its secret at rest."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from pydantic import SecretStr
from sqlalchemy import select

from bot.core import audit
from bot.core.staff import inviting, linking
from bot.core.staff.model import Role
from bot.core.staff.sealing import KeyLost, Seal, is_sealed
from bot.core.staff.store import StaffRow
from bot.house import House
from bot.web.console.attempts import PER_PAIR
from bot.web.console.door import SIGN_IN
from tests.conftest import NOW, StandingClock
from tests.console.conftest import Come, Person, app_of
from tests.console.joining import (
    PASSWORD,
    account_of,
    half_way,
    invited,
    joined,
    one_database,
    with_second_factor,
)

# The own password and the second factor


def test_a_changed_password_signs_out_all_other_browsers(house: House, come: Come) -> None:
    here, elsewhere = come(), come()
    joined(house, here, Role.NURSE_ON_CALL)
    elsewhere.sign_in("mei@clinic.example", PASSWORD)
    here.get("/console/account")
    wrong = here.post("/console/account/password", {"present": "wrong", "password": "another kettle at sea"})
    assert wrong.status_code == 400
    here.post("/console/account/password", {"present": PASSWORD, "password": "another kettle at sea"})
    assert here.get("/console/inbox").status_code == 200
    assert elsewhere.get("/console/inbox").url.path == "/console/login"


def test_with_a_second_factor_the_password_alone_opens_nothing(house: House, come: Come, clock: StandingClock) -> None:
    owner = come()
    joined(house, owner, Role.NURSE_ON_CALL)
    totp, _ = with_second_factor(house, owner)
    person = come()
    response = person.sign_in("mei@clinic.example", PASSWORD, next="/console/inbox")
    assert response.url.path == "/console/second"
    assert person.get("/console/inbox").url.path == "/console/login"
    clock.now += timedelta(seconds=60)
    person.get("/console/second?next=/console/inbox")
    half = person.http.cookies[SIGN_IN]
    assert person.post("/console/second", {"code": "000000"}).status_code == 401
    inside_now = person.post("/console/second", {"code": totp.at(clock.now), "next": "/console/inbox"})
    assert inside_now.url.path == "/console/inbox"
    assert person.http.cookies[SIGN_IN] != half


def test_a_code_works_once_even_in_its_half_minute(house: House, come: Come, clock: StandingClock) -> None:
    owner = come()
    joined(house, owner, Role.NURSE_ON_CALL)
    totp, _ = with_second_factor(house, owner)
    enrolled_with = totp.at(clock.now)
    clock.now += timedelta(seconds=60)
    code = totp.at(clock.now)
    for given, opens in ((enrolled_with, False), (code, True), (code, False)):
        person = come()
        person.sign_in("mei@clinic.example", PASSWORD)
        person.get("/console/second")
        response = person.post("/console/second", {"code": given})
        assert (response.url.path == "/console/") is opens, given


def test_of_two_browsers_with_one_code_at_once_only_one_gets_in(house: House, come: Come, clock: StandingClock) -> None:
    owner = come()
    joined(house, owner, Role.NURSE_ON_CALL)
    totp, _ = with_second_factor(house, owner)
    clock.now += timedelta(seconds=60)
    people = [come(), come()]
    for person in people:
        person.sign_in("mei@clinic.example", PASSWORD)
        person.get("/console/second")
    inside_now: list[bool] = []
    start = threading.Barrier(2)

    def enter(person: Person) -> None:
        start.wait()
        response = person.post("/console/second", {"code": totp.at(clock.now)})
        inside_now.append(response.url.path == "/console/")

    threads = [threading.Thread(target=enter, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(inside_now) == [False, True]


@pytest.mark.parametrize("email", ["x", "a@b\nBcc: c@d", "a b@c", "<a@b>"])
def test_notices_go_to_addresses_only(house: House, come: Come, email: str) -> None:
    person = come("min")
    person.get("/console/account")
    assert person.post("/console/account/profile", {"name": "陈敏", "email": email}).status_code == 400
    data = {"name": "陈敏", "email": "min@clinic.example", "telegram": "-100123"}
    assert person.post("/console/account/profile", data).url.path == "/console/account"
    assert person.post("/console/account/profile", {**data, "telegram": "x; y"}).status_code == 400


def test_a_recovery_code_works_once(house: House, come: Come) -> None:
    owner = come()
    joined(house, owner, Role.NURSE_ON_CALL)
    _, codes = with_second_factor(house, owner)
    for opens in (True, False):
        person = come()
        person.sign_in("mei@clinic.example", PASSWORD)
        person.get("/console/second")
        assert (person.post("/console/second", {"code": codes[0].lower()}).url.path == "/console/") is opens


def test_codes_cannot_be_guessed_by_many_tries(house: House, come: Come, clock: StandingClock) -> None:
    owner = come()
    joined(house, owner, Role.NURSE_ON_CALL)
    totp, _ = with_second_factor(house, owner)
    clock.now += timedelta(seconds=60)
    person = come()
    person.sign_in("mei@clinic.example", PASSWORD)
    person.get("/console/second")
    for _ in range(PER_PAIR.amount):
        person.post("/console/second", {"code": "000000"})
    assert person.post("/console/second", {"code": totp.at(clock.now)}).status_code == 401


def test_a_role_that_needs_a_second_factor_leads_to_setting_it_up_first(house: House) -> None:
    strict = replace(house, settings=house.settings.model_copy(update={"second_factor": ["nurse_on_call"]}))
    person = Person(app_of(strict))
    joined_at = invited(strict, Role.NURSE_ON_CALL)
    person.get(f"/console/join/{joined_at}")
    person.post(f"/console/join/{joined_at}", {"login": "mei", "name": "Mei", "password": PASSWORD})
    assert person.get("/console/inbox").url.path == "/console/account/second"
    with_second_factor(strict, person)
    assert person.get("/console/inbox").url.path == "/console/inbox"


@one_database
def test_a_tap_gives_a_code_for_the_own_telegram_and_a_tap_ends_it(house: House) -> None:
    settings = house.settings.model_copy(update={"telegram_token": SecretStr("1:x")})
    nurse = Person(app_of(replace(house, settings=settings)))
    nurse.sign_in("min")
    assert "还没有关联" in nurse.get("/console/account").text
    (code,) = re.findall(r"/start (staff-[\w-]{43})<", nurse.post("/console/account/telegram").text)
    with house.database.begin() as session:
        row = linking.link_chat(settings, session, code, "4711", house.clock())
        assert row.login == "min"
    assert "您关联的" in nurse.get("/console/account").text
    nurse.post("/console/account/telegram", {"do": "stop"})
    assert account_of(house, "min").telegram_chat == ""
    nurse.http.close()


# The secret at rest


def test_the_database_holds_no_readable_secret_and_one_of_before_is_sealed_when_used(
    house: House, come: Come, clock: StandingClock
) -> None:
    owner = come()
    joined(house, owner, Role.NURSE_ON_CALL)
    totp, _ = with_second_factor(house, owner)
    kept = account_of(house).totp_secret
    assert totp.secret not in kept
    assert is_sealed(kept)
    with house.database.begin() as session:  # as an older version kept it
        session.get_one(StaffRow, account_of(house).id).totp_secret = totp.secret
    clock.now += timedelta(minutes=5)
    assert half_way(come).post("/console/second", {"code": totp.at(clock.now)}).url.path == "/console/"
    assert is_sealed(account_of(house).totp_secret)
    clock.now += timedelta(minutes=5)
    assert half_way(come).post("/console/second", {"code": totp.at(clock.now)}).url.path == "/console/"


def test_with_the_key_lost_a_recovery_code_or_a_link_of_the_admin_is_the_way_back(
    house: House, come: Come, clock: StandingClock
) -> None:
    owner = come()
    id = joined(house, owner, Role.NURSE_ON_CALL)
    totp, codes = with_second_factor(house, owner)
    settings = house.settings.model_copy(update={"second_factor_key": SecretStr("another key than before")})
    elsewhere = Person(app_of(replace(house, settings=settings)))
    clock.now += timedelta(minutes=5)
    elsewhere.sign_in("mei@clinic.example", PASSWORD)
    refused = elsewhere.post("/console/second", {"code": totp.at(clock.now)})
    assert refused.status_code == 401
    assert "recovery code" in refused.text
    assert "ask an admin" in refused.text
    assert elsewhere.post("/console/second", {"code": codes[0]}).url.path == "/console/"
    with house.database.begin() as session:
        token = inviting.password_link_from_outside(session, session.get_one(StaffRow, id), clock.now)
    anew = Person(app_of(replace(house, settings=settings)))
    anew.get(f"/console/join/{token}")
    assert anew.post(f"/console/join/{token}", {"password": PASSWORD}).url.path == "/console/"
    assert account_of(house).totp_secret == ""
    elsewhere.http.close()
    anew.http.close()


def test_a_sealed_secret_opens_for_its_account_and_with_its_key_only() -> None:
    seal, secret = Seal("one key"), pyotp.random_base32()
    kept = seal.close(secret, "mei")
    assert seal.open(kept, "mei") == secret
    assert kept != seal.close(secret, "mei")
    for other, whose in ((seal, "min"), (Seal("two keys"), "mei")):
        with pytest.raises(KeyLost):
            other.open(kept, whose)
    with pytest.raises(KeyLost):
        seal.open("!" * len(kept), "mei")


@one_database
def test_the_key_is_made_once_and_only_its_owner_may_read_it(house: House, come: Come) -> None:
    come("min")
    file = house.settings.data_dir / "second_factor_key"
    assert file.stat().st_mode & 0o777 == 0o600
    key = file.read_text()
    app_of(house)
    assert file.read_text() == key


@one_database
def test_looking_at_the_page_of_the_second_factor_keeps_no_secret(house: House, come: Come) -> None:
    owner = come()
    joined(house, owner, Role.AUTHOR)
    shown = [
        re.findall(r'<code class="secret">(\w+)</code>', owner.get("/console/account/second").text)[0] for _ in "ab"
    ]
    assert shown[0] != shown[1], "whoever looked before knows nothing of it"
    assert account_of(house).totp_secret == ""


@one_database
def test_a_wrong_first_code_leaves_the_same_secret_on_the_page(house: House, come: Come) -> None:
    owner = come()
    joined(house, owner, Role.AUTHOR)
    page = owner.get("/console/account/second").text
    (sealed,) = re.findall(r'name="sealed" value="([\w=-]+)"', page)
    wrong = owner.post("/console/account/second", {"code": "000000", "sealed": sealed})
    assert wrong.status_code == 400
    secret = re.findall(r'<code class="secret">(\w+)</code>', page)
    assert re.findall(r'<code class="secret">(\w+)</code>', wrong.text) == secret


@one_database
def test_failed_sign_ins_and_codes_are_in_the_audit_log_by_account(house: House, come: Come) -> None:
    owner = come()
    id = joined(house, owner, Role.AUTHOR)
    with_second_factor(house, owner)
    person = half_way(come)
    person.post("/console/second", {"code": "000000"})
    stranger = come()
    stranger.sign_in("mei@clinic.example", "wrong")
    stranger.sign_in("nobody-here", "wrong")
    with house.database.read() as session:
        rows = session.execute(select(audit.AuditRow.action, audit.AuditRow.subject)).all()
    assert ("staff.code_failed", id) in rows
    assert [s for a, s in rows if a == "staff.login_failed"] in ([id, ""], ["", id])


@one_database
def test_the_present_password_is_not_for_guessing_at_an_open_screen(house: House, come: Come) -> None:
    owner = come()
    joined(house, owner, Role.AUTHOR)
    owner.get("/console/account")
    guess = {"present": "wrong", "password": "another long password"}
    codes = [owner.post("/console/account/password", guess).status_code for _ in range(PER_PAIR.amount + 1)]
    assert codes == [400] * PER_PAIR.amount + [429]
    assert owner.post("/console/account/second/drop", {"present": PASSWORD}).status_code == 429


@one_database
@pytest.mark.parametrize("then", ["closed", "changed"])
def test_an_old_link_to_a_new_password_ends_with_the_account_or_the_password(
    house: House, come: Come, then: str
) -> None:
    owner, admin = come(), come("admin")
    id = joined(house, owner, Role.AUTHOR)
    with house.database.begin() as session:
        token = inviting.password_link_from_outside(session, session.get_one(StaffRow, id), NOW)
    if then == "closed":
        admin.get("/console/staff")
        admin.post(f"/console/staff/{id}/close")
        admin.post(f"/console/staff/{id}/open")
    else:
        owner.get("/console/account")
        owner.post("/console/account/password", {"present": PASSWORD, "password": "another long password"})
    assert come().get(f"/console/join/{token}").status_code == 400
