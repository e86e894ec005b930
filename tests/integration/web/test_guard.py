"""What stands before the chat: other sites, the pace, headers, keys, and a database that is down."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import text as sql

from bot.app import migrate
from bot.core.db import Database
from bot.core.settings import Settings
from bot.house import House
from bot.web.pace import Allowance, Pace
from bot.web.visitors import session_key
from tests.conftest import NOW, StandingClock
from tests.integration.web.conftest import Serve, said


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
@pytest.mark.parametrize("path", ["/api/chat", "/say", "/language", "/api/session"])
async def test_another_site_cannot_write(web: httpx.AsyncClient, path: str, headers: dict[str, str]) -> None:
    await web.get("/")
    json = {"text": "你好"} if path == "/api/chat" else None
    data = {"/say": {"text": "你好"}, "/language": {"language": "en"}}.get(path)
    response = await web.post(path, json=json, data=data, headers=headers)
    assert response.status_code == 403
    assert (await web.get("/api/messages")).json()["messages"] == []


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "http://sprout.test"}, {}]
)
async def test_our_own_page_and_a_plain_client_can(web: httpx.AsyncClient, headers: dict[str, str]) -> None:
    assert (await web.post("/api/chat", json={"text": "你好"}, headers=headers)).status_code == 200


async def test_too_fast_is_refused_in_words_for_this_visitor_only(serve: Serve, shared_house: House) -> None:
    clock = StandingClock()
    house = replace(shared_house, clock=clock)
    pace = Pace(visitor=Allowance(at_once=2, a_minute=6))
    web = await serve(house, pace=pace)
    await web.get("/")
    answers = [await web.post("/api/chat", json={"text": "你好"}) for _ in range(3)]
    assert [a.status_code for a in answers] == [200, 200, 429]
    assert answers[2].headers["retry-after"] == "10"
    assert "120" in answers[2].json()["error"]["message"]
    web.cookies.clear()
    await web.get("/")
    assert (await web.post("/api/chat", json={"text": "你好"})).status_code == 200


async def test_leaving_the_cookie_out_does_not_make_anybody_faster(serve: Serve, shared_house: House) -> None:
    house = replace(shared_house, clock=StandingClock())
    web = await serve(house, pace=Pace(visitor=Allowance(2, 6)))
    codes = []
    for _ in range(4):
        codes.append((await web.post("/api/chat", json={"text": "你好"})).status_code)
        web.cookies.clear()
    assert codes == [200, 200, 429, 429]


async def test_after_the_wait_it_goes_on(serve: Serve, shared_house: House) -> None:
    clock = StandingClock()
    web = await serve(replace(shared_house, clock=clock), pace=Pace(visitor=Allowance(1, 6)))
    await web.get("/")
    assert (await web.post("/api/chat", json={"text": "你好"})).status_code == 200
    refused = await web.post("/api/chat", json={"text": "你好"})
    clock.now = NOW + timedelta(seconds=int(refused.headers["retry-after"]))
    assert (await web.post("/api/chat", json={"text": "你好"})).status_code == 200


@pytest.mark.parametrize("path", ["/", "/nothing-here", "/api/version", "/api/nothing", "/healthz"])
async def test_every_response_carries_the_security_headers(web: httpx.AsyncClient, path: str) -> None:
    headers = (await web.get(path)).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


async def test_the_page_has_no_inline_script_or_style_and_names_no_other_site(web: httpx.AsyncClient) -> None:
    await web.post("/api/chat", json={"text": "宝宝抽搐了"})
    page = (await web.get("/")).text
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", page)
    loaded = re.findall(r'<(?:script|link|img)[^>]*?(?:src|href)="([^"]+)"', page)
    assert loaded
    assert all(url.startswith("/") for url in loaded)
    for url in loaded:
        fetched = await web.get(url)
        assert fetched.status_code == 200
        assert "immutable" in fetched.headers["cache-control"]


async def test_the_cookie_is_kept_from_scripts_and_other_sites(web: httpx.AsyncClient) -> None:
    cookie = (await web.get("/")).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie
    assert "secure" in (await web.get("https://sprout.test/")).headers["set-cookie"].lower()


async def test_a_lost_page_is_told_in_the_visitors_language(web: httpx.AsyncClient) -> None:
    response = await web.get("/nothing-here", headers={"Accept-Language": "en"})
    assert response.status_code == 404
    assert "There is no such page." in response.text


def test_the_key_is_made_once_and_is_for_its_owner_only(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "new", _env_file=None)  # type: ignore[call-arg]
    key = session_key(settings)
    assert session_key(settings) == key
    assert len(key) >= 32
    assert stat.S_IMODE((settings.data_dir / "secret_key").stat().st_mode) == 0o600
    assert [f.name for f in settings.data_dir.iterdir()] == ["secret_key"]


def test_a_key_of_the_settings_wins(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, secret_key=SecretStr("own"), _env_file=None)  # type: ignore[call-arg]
    assert session_key(settings) == "own"
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def breaking(shared_house: House, tmp_path: Path) -> Iterator[House]:
    """A house whose database a test may break."""
    url = f"sqlite:///{tmp_path / 'own.db'}"
    migrate(url)
    database = Database(url)
    yield replace(shared_house, database=database, library=shared_house.library.standing())
    database.close()


def break_table(house: House, name: str) -> None:
    with house.database.begin() as session:
        session.execute(sql(f"alter table {name} rename to lost"))


async def test_without_a_database_danger_is_still_answered(serve: Serve, breaking: House) -> None:
    web = await serve(breaking)
    break_table(breaking, "inbox")
    response = await web.post("/api/chat", json={"text": "宝宝抽搐了，叫不醒"})
    assert response.status_code == 503
    answer = response.json()
    assert answer["messages"][0]["alarm"] == "emergency_now"
    assert answer["error"]["id"] in answer["messages"][-1]["plain"]
    assert answer["error"]["id"] in answer["error"]["message"]


async def test_an_answer_that_fails_is_a_sorry_with_an_id_and_keeps_the_danger_words(
    serve: Serve, breaking: House
) -> None:
    web = await serve(breaking)
    break_table(breaking, "conversation")
    answer = (await web.post("/api/chat", json={"text": "宝宝抽搐了，叫不醒"})).json()
    assert answer["messages"][0]["alarm"] == "emergency_now"
    assert "编号" in said(answer)
    assert answer["intent"] is None


async def test_health_tells_whether_the_database_answers(serve: Serve, breaking: House) -> None:
    web = await serve(breaking)
    assert (await web.get("/healthz")).json() == {"status": "ok"}


async def test_the_form_works_without_scripts(web: httpx.AsyncClient) -> None:
    page = await web.post("/say", data={"text": "宝宝8个月能吃蜂蜜吗"}, follow_redirects=True)
    assert page.status_code == 200
    assert "什么时候看医生" in page.text
    page = await web.post("/say", data={"command": "danger"}, follow_redirects=True)
    assert "没有呼吸" in page.text
    page = await web.post("/language", data={"language": "en"}, follow_redirects=True)
    assert '<html lang="en">' in page.text


@pytest.mark.parametrize("form", [{}, {"command": "a b"}, {"press": "x" * 61}, {"text": "x" * 20_001}])
async def test_a_wrong_form_is_refused_with_the_way_back(web: httpx.AsyncClient, form: dict[str, str]) -> None:
    response = await web.post("/say", data=form)
    assert response.status_code in (400, 413)
    assert 'href="/"' in response.text
    assert 'href="tel:120"' in response.text


@pytest.mark.parametrize("form", [{}, {"language": "fr"}])
async def test_only_a_language_that_is_spoken_can_be_chosen(web: httpx.AsyncClient, form: dict[str, str]) -> None:
    assert (await web.post("/language", data=form)).status_code == 400
