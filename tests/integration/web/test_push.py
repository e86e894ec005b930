"""The chat page's 'tell me here': whose browser it is, what is refused, and the worker that shows it."""

from __future__ import annotations

import httpx
import pytest
from sqlalchemy import select

from bot.core.families import service as families
from bot.house import House
from bot.push.sealing import from_text
from bot.push.store import PushSubscriptionRow
from tests.integration.web.conftest import Serve
from tests.push.service import Browser


def of(house: House, endpoint: str) -> list[str]:
    """The addresses of those who are told at this browser."""
    with house.database.read() as session:
        ids = session.scalars(select(PushSubscriptionRow.parent_id).where(PushSubscriptionRow.endpoint == endpoint))
        parents = [families.parent_by_id(session, parent_id) for parent_id in ids]
        return [parent.address for parent in parents if parent is not None]


async def test_a_browser_asks_to_be_told_and_no_longer(web: httpx.AsyncClient, shared_house: House) -> None:
    phone = Browser("https://push.example.org/on-and-off")
    assert len(from_text((await web.get("/api/push")).json()["key"])) == 65
    assert (await web.post("/api/push", json=phone.as_json())).status_code == 204
    assert (await web.post("/api/push", json=phone.as_json())).status_code == 204
    (address,) = of(shared_house, phone.url)
    assert (await web.request("DELETE", "/api/push", json=phone.as_json())).status_code == 204
    assert of(shared_house, phone.url) == []
    await web.post("/api/push", json=phone.as_json())
    assert of(shared_house, phone.url) == [address]  # the cookie knows it again


async def test_a_browser_belongs_to_who_asked_last_and_nobody_else_can_end_it(
    serve: Serve, web: httpx.AsyncClient, shared_house: House
) -> None:
    phone, other = Browser("https://push.example.org/shared"), await serve(shared_house)
    await web.post("/api/push", json=phone.as_json())
    (first,) = of(shared_house, phone.url)
    await other.request("DELETE", "/api/push", json=phone.as_json())
    assert of(shared_house, phone.url) == [first]
    await other.post("/api/push", json=phone.as_json())
    (second,) = of(shared_house, phone.url)
    assert first != second


@pytest.mark.parametrize(
    "body",
    [{}, {"endpoint": "https://push.example.org/a"}, Browser("http://push.example.org/a").as_json(),
     Browser("https://127.0.0.1/a").as_json(), Browser("https://push.example.org/" + "a" * 2000).as_json(),
     {**Browser("https://push.example.org/a").as_json(), "keys": {"p256dh": "AAAA", "auth": "AAAA"}}],
)  # fmt: skip
async def test_what_is_no_browser_is_refused(web: httpx.AsyncClient, body: dict[str, object]) -> None:
    assert (await web.post("/api/push", json=body)).status_code == 400


async def test_another_site_cannot_turn_it_on(serve: Serve, shared_house: House) -> None:
    evil = await serve(shared_house, **{"Sec-Fetch-Site": "cross-site"})
    phone = Browser("https://push.example.org/evil")
    assert (await evil.post("/api/push", json=phone.as_json())).status_code == 403


async def test_the_worker_stands_at_the_root_and_is_asked_for_anew(web: httpx.AsyncClient) -> None:
    worker = await web.get("/worker.js")
    assert worker.headers["content-type"].startswith("text/javascript")
    assert worker.headers["cache-control"] == "no-cache"
    assert "showNotification" in worker.text
