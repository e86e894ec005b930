"""Getting in: passwords, forms, cookies, the second factor, invitations, and what an attacker may try."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from pydantic import SecretStr
from sqlalchemy import select

from bot.core import audit
from bot.core.staff import entry, inviting, linking, service
from bot.core.staff.model import IDLE, INVITED_FOR, LONGEST, Role
from bot.core.staff.sealing import KeyLost, Seal, is_sealed
from bot.core.staff.store import StaffInvitationRow, StaffRow, StaffSignInRow
from bot.house import House
from bot.web.console.attempts import PER_ACCOUNT, PER_PAIR, Attempts
from bot.web.console.door import SIGN_IN, inside
from bot.web.console.frame import HERE
from tests.conftest import NOW, StandingClock
from tests.console.conftest import Come, Person, app_of

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


# Passwords and attempts


def test_the_right_password_opens_the_console_and_leads_where_one_wanted_to_go(come: Come) -> None:
    person = come()
    asked = person.get("/console/inbox?state=open")
    assert asked.url.path == "/console/login"
    response = person.post(
        "/console/login", {"login": "MIN ", "password": "sprout-demo-town", "next": "/console/inbox"}
    )
    assert response.url.path == "/console/inbox"


def test_unknown_login_and_wrong_password_are_told_in_the_same_words(come: Come) -> None:
    person = come()
    person.get("/console/login")
    unknown = person.post("/console/login", {"login": "nobody-here", "password": PASSWORD})
    wrong = person.post("/console/login", {"login": "min", "password": PASSWORD})
    assert unknown.status_code == wrong.status_code == 401
    strip = re.compile(r'[0-9a-f]{64}|value="(nobody-here|min)"')
    assert strip.sub("", unknown.text) == strip.sub("", wrong.text)


def test_an_unknown_login_costs_a_hash_as_well(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []
    hasher = service.hasher()
    real = hasher.verify_and_update
    monkeypatch.setattr(hasher, "verify_and_update", lambda p, h: checked.append(h) or real(p, h))
    for login in ("min", "nobody-here"):
        with house.database.begin() as session, pytest.raises(service.WrongPassword):
            entry.check_password(session, login, "wrong", allow_demo=True)
    assert len(checked) == 2
    assert all(h.startswith("$argon2id$") for h in checked)


def test_after_ten_wrong_passwords_even_the_right_one_has_to_wait_at_that_address(come: Come) -> None:
    attacker, owner = come(), come(address="192.0.2.9")
    attacker.get("/console/login")
    for _ in range(PER_PAIR.amount):
        assert attacker.post("/console/login", {"login": "min", "password": "wrong"}).status_code == 401
    assert attacker.sign_in("min").status_code == 429
    assert owner.sign_in("min").status_code == 200  # one stranger locks nobody out


def test_many_addresses_together_cannot_guess_one_account() -> None:
    attempts = Attempts()
    tried = [attempts.may_try("min", f"192.0.2.{n // 9}") for n in range(PER_ACCOUNT.amount + 1)]
    assert all(tried[:-1])
    assert not tried[-1]
    assert attempts.may_try("hong", "192.0.2.250")


def test_one_stranger_who_goes_on_trying_locks_nobody_out() -> None:
    attempts = Attempts()
    for _ in range(PER_ACCOUNT.amount * 2):
        attempts.may_try("min", "192.0.2.1")
    assert attempts.may_try("min", "192.0.2.2")


def test_a_right_password_gives_the_attempts_back() -> None:
    attempts = Attempts()
    for _ in range(3):
        for _ in range(PER_PAIR.amount):
            assert attempts.may_try("min", "192.0.2.1")
        attempts.got_in("MIN", "192.0.2.1")


def test_a_stranger_cannot_send_much(come: Come) -> None:
    stranger = come()
    stranger.get("/console/login")
    assert stranger.post("/console/login", {"login": "min", "password": "x" * 100_000}).status_code == 413


def test_one_address_cannot_try_many_accounts(come: Come) -> None:
    attacker = come()
    attacker.get("/console/login")
    codes = [attacker.post("/console/login", {"login": f"x{n}", "password": "wrong"}).status_code for n in range(45)]
    assert codes[0] == 401
    assert codes[-1] == 429
    assert come(address="192.0.2.9").sign_in("min").status_code == 200


def test_no_password_and_no_token_is_kept_or_logged(house: House, come: Come, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    person = come()
    joined(house, person, Role.ADMIN)
    token = person.http.cookies[SIGN_IN]
    with house.database.read() as session:
        kept = [str(vars(row)) for table in (StaffRow, StaffSignInRow, StaffInvitationRow, audit.AuditRow)
                for row in session.scalars(select(table))]  # fmt: skip
    for text in (*kept, caplog.text):
        assert PASSWORD not in text
        assert token.split(".")[0] not in text


# Forms


@pytest.mark.parametrize("token", ["", "0" * 64, "é"])
def test_a_form_without_its_token_changes_nothing(house: House, come: Come, token: str) -> None:
    person = come("min")
    response = person.post("/console/inbox/words", {"form_token": token, "title": "x", "text": "y", "language": "zh"})
    assert response.status_code == 403
    assert "Please send it again" in response.text or "请重新提交" in response.text
    with house.database.read() as session:
        from bot.core.hand_off.store import CannedWordsRow

        assert session.scalars(select(CannedWordsRow)).all() == []


def test_the_token_of_somebody_else_is_no_good(come: Come) -> None:
    one, other = come("min"), come("hong")
    response = one.post("/console/inbox/words", {"form_token": other.token, "title": "x", "text": "y"})
    assert response.status_code == 403


def test_the_header_that_htmx_sends_is_as_good_as_the_field(come: Come) -> None:
    person = come("min")
    response = person.http.post(
        "/console/inbox/words", data={"title": "x", "text": "y"}, headers={"X-Sprout-Form": person.token},
        follow_redirects=False,
    )  # fmt: skip
    assert response.status_code == 303


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}]
)
def test_another_site_cannot_send_our_forms_even_with_the_token(come: Come, headers: dict[str, str]) -> None:
    person = come("min")
    assert person.post("/console/inbox/words", {"title": "x", "text": "y"}, headers=headers).status_code == 403
    stranger = come()
    stranger.get("/console/login")
    data = {"login": "min", "password": "sprout-demo-town"}
    assert stranger.post("/console/login", data, headers=headers).status_code == 403


def test_the_login_form_needs_its_token_too(come: Come) -> None:
    person = come()
    response = person.post("/console/login", {"login": "min", "password": "sprout-demo-town"})
    assert response.status_code == 403


# Cookies and headers


@one_database
def test_cookies_are_closed_to_scripts_and_other_sites_and_secure_behind_https(come: Come) -> None:
    for https in (False, True):
        person = come(https=https)
        person.get("/console/login")
        response = person.post("/console/login", {"login": "min", "password": "sprout-demo-town"}, follow=False)
        (cookie,) = [c for c in response.headers.get_list("set-cookie") if c.startswith(f"{SIGN_IN}=")]
        assert "HttpOnly" in cookie
        assert "samesite=lax" in cookie.lower()
        assert "Path=/console" in cookie
        assert ("Secure" in cookie) is https


@one_database
def test_every_page_forbids_foreign_and_inline_scripts_frames_and_storing(come: Come) -> None:
    person = come("min")
    for path in ("/console/", "/console/login", "/console/nope", "/console/staff", "/console/inbox"):
        response = person.get(path)
        policy = response.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["x-content-type-options"] == "nosniff"
        assert not re.search(r"<script(?![^>]*src=)|\son\w+=|\sstyle=|javascript:", response.text)
        assert not re.findall(r'(?:src|href|action)="(?!/|#|\?)[^"]*"', response.text)


@one_database
@pytest.mark.parametrize(
    "next",
    [
        "https://evil.example", "//evil.example", "/console/../login", "/\\evil.example", "/console//evil.example",
        "javascript:alert(1)", "/", "/console/\r\nSet-Cookie:x", "/consolex", "/console/@evil.example",
    ],
)  # fmt: skip
def test_the_login_leads_nowhere_else(come: Come, next: str) -> None:
    person = come()
    person.get("/console/login", params={"next": next})
    data = {"login": "min", "password": "sprout-demo-town", "next": next}
    response = person.post("/console/login", data, follow=False)
    assert response.headers["location"] == "/console/"
    assert inside(next) == "/console/"


# Sign-ins


def test_a_cookie_planted_before_the_login_is_worth_nothing_after_it(come: Come) -> None:
    victim = come("min")
    planted = victim.http.cookies[SIGN_IN]
    victim.sign_in("min")  # the login page sends those who are in on; signing in again needs the form
    victim.get("/console/inbox")
    victim.post("/console/login", {"login": "hong", "password": "sprout-demo-town"})
    assert victim.http.cookies[SIGN_IN] != planted
    thief = come()
    thief.http.cookies.set(SIGN_IN, planted, path="/console")
    assert thief.get("/console/inbox").url.path == "/console/login"


def test_signing_out_ends_the_sign_in_at_the_server(come: Come) -> None:
    person = come("min")
    cookie = person.http.cookies[SIGN_IN]
    assert person.post("/console/logout").url.path == "/console/login"
    thief = come()
    thief.http.cookies.set(SIGN_IN, cookie, path="/console")
    assert thief.get("/console/inbox").url.path == "/console/login"


def test_signing_out_everywhere_ends_all_browsers(come: Come) -> None:
    one, other = come("min"), come("min")
    one.get("/console/account")
    one.post("/console/account/everywhere")
    assert other.get("/console/inbox").url.path == "/console/login"
    assert come("hong").get("/console/inbox").status_code == 200


def test_an_epoch_that_moved_on_ends_a_sign_in_whose_row_is_still_there(house: House, come: Come) -> None:
    person = come("min")
    with house.database.begin() as session:
        session.scalars(select(StaffRow).where(StaffRow.login == "min")).one().epoch += 1
    assert person.get("/console/inbox").url.path == "/console/login"


def test_a_sign_in_ends_when_idle_and_when_old(come: Come, clock: StandingClock) -> None:
    person = come("min")
    clock.now = NOW + IDLE - timedelta(minutes=1)
    assert person.get("/console/inbox").url.path == "/console/inbox"
    clock.now += IDLE + timedelta(minutes=1)
    assert person.get("/console/inbox").url.path == "/console/login"
    person.sign_in("min")
    since = clock.now
    while clock.now < since + LONGEST:
        assert person.get("/console/inbox").url.path == "/console/inbox"
        clock.now += timedelta(minutes=90)
    assert person.get("/console/inbox").url.path == "/console/login"


def test_a_page_that_only_looks_for_news_keeps_nobody_signed_in(come: Come, clock: StandingClock) -> None:
    person = come("min")
    for _ in range(3):
        clock.now += IDLE / 2 - timedelta(minutes=1)
        person.get("/console/inbox/bell?poll=1")
    assert person.get("/console/inbox").url.path == "/console/login"


def test_whatever_a_page_asks_for_by_itself_says_so_or_an_open_page_would_never_end_idle() -> None:
    asks = re.compile(r'<[^>]*hx-(?:get|post)="([^"]*)"[^>]*hx-trigger="[^"]*\bevery\b')
    found = [a for page in (HERE / "templates").rglob("*.html") for a in asks.findall(page.read_text(encoding="utf-8"))]
    assert len(found) >= 5
    assert [address for address in found if "poll=1" not in address] == []


def test_a_closed_account_is_out_at_once(come: Come, house: House) -> None:
    nurse, admin = come("min"), come("admin")
    with house.database.read() as session:
        id = session.scalars(select(StaffRow.id).where(StaffRow.login == "min")).one()
    admin.get("/console/staff")
    admin.post(f"/console/staff/{id}/close")
    assert nurse.get("/console/inbox").url.path == "/console/login"
    assert come().sign_in("min").status_code == 401


def test_a_forged_cookie_is_nobody(come: Come) -> None:
    person = come()
    person.http.cookies.set(SIGN_IN, "Ingi.abc", path="/console")
    assert person.get("/console/").url.path == "/console/login"


# Demo


def test_outside_a_demo_its_accounts_do_not_exist(house: House, come: Come) -> None:
    before = come("min")
    real = replace(house, settings=house.settings.model_copy(update={"demo": False}))
    person = Person(app_of(real))
    page = person.get("/console/login")
    assert "sprout-demo-town" not in page.text
    assert person.sign_in("min").status_code == 401
    person.http.cookies.set(SIGN_IN, before.http.cookies[SIGN_IN], path="/console")
    assert person.get("/console/inbox").url.path == "/console/login"


def test_production_turns_the_demo_off(tmp_path: Any) -> None:
    from bot.core.settings import Settings

    settings = Settings(data_dir=tmp_path, production=True, demo=True, approved_only=False, _env_file=None)
    assert not settings.demo
    assert settings.approved_only


def test_a_demo_account_keeps_its_password(come: Come) -> None:
    person = come("min")
    person.get("/console/account")
    data = {"present": "sprout-demo-town", "password": PASSWORD}
    assert person.post("/console/account/password", data).status_code == 400
    assert come().sign_in("min").status_code == 200


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


# Language


def test_the_language_is_the_persons_own_and_stays(come: Come) -> None:
    person = come("min", language="en")
    assert '<html lang="zh-Hans">' in person.get("/console/inbox").text
    response = person.post("/console/language", {"language": "en", "back": "/console/inbox"})
    assert response.url.path == "/console/inbox"
    assert '<html lang="en">' in response.text
    assert '<html lang="en">' in come("min", language="zh").get("/console/").text


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


def account_of(house: House, login: str = "mei@clinic.example") -> StaffRow:
    with house.database.read() as session:
        return session.scalars(select(StaffRow).where(StaffRow.login == login)).one()


def half_way(come: Come) -> Person:
    person = come()
    assert person.sign_in("mei@clinic.example", PASSWORD).url.path == "/console/second"
    return person


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
