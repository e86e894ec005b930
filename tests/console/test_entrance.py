"""Getting in: passwords, forms, cookies, sign-ins, the demo, and what an attacker may try."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.core import audit
from bot.core.staff import entry, service
from bot.core.staff.model import IDLE, LONGEST, Role
from bot.core.staff.store import StaffInvitationRow, StaffRow, StaffSignInRow
from bot.house import House
from bot.web.console.attempts import PER_ACCOUNT, PER_PAIR, Attempts
from bot.web.console.door import SIGN_IN, inside
from bot.web.console.frame import HERE
from tests.conftest import NOW, StandingClock
from tests.console.conftest import Come, Person, app_of
from tests.console.joining import (
    PASSWORD,
    joined,
    one_database,
)

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


# Language


def test_the_language_is_the_persons_own_and_stays(come: Come) -> None:
    person = come("min", language="en")
    assert '<html lang="zh-Hans">' in person.get("/console/inbox").text
    response = person.post("/console/language", {"language": "en", "back": "/console/inbox"})
    assert response.url.path == "/console/inbox"
    assert '<html lang="en">' in response.text
    assert '<html lang="en">' in come("min", language="zh").get("/console/").text
