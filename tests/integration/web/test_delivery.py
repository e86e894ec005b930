"""The web keeps its promises on both databases: taken in first, answered once, nothing lost, nothing kept for ever."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import httpx
from sqlalchemy import func, select

from bot.core.language import Language
from bot.delivery import inbox, outbox
from bot.delivery.store import InboxRow, OutboxRow
from bot.house import House
from bot.texts import Message
from bot.web.talk import CHANNEL
from tests.conftest import NOW, StandingClock
from tests.integration.web.conftest import Caller, Serve

HONEY = "宝宝8个月能吃蜂蜜吗"


def rows(house: House, table: type[InboxRow] | type[OutboxRow], address: str) -> int:
    with house.database.read() as session:
        return session.scalar(select(func.count()).select_from(table).where(table.address == address)) or 0


async def test_a_message_sent_again_gets_the_same_answer_and_happens_once(
    house: House, serve: Serve, caller: Caller
) -> None:
    web = await serve(house, **caller.headers)
    first = (await web.post("/api/chat", json={"text": HONEY, "message_id": "m-1"})).json()
    again = (await web.post("/api/chat", json={"text": HONEY, "message_id": "m-1"})).json()
    assert first == again
    assert rows(house, InboxRow, caller.address) == 1
    assert rows(house, OutboxRow, caller.address) == len(first["messages"]) >= 1
    other = (await web.post("/api/chat", json={"text": HONEY, "message_id": "m-2"})).json()
    assert other["messages"][0]["id"] > first["messages"][0]["id"]


async def test_two_visitors_may_use_the_same_message_id(house: House, serve: Serve) -> None:
    web, one, two = await serve(house), Caller(house), Caller(house)
    first = await web.post("/api/chat", json={"text": "你好", "message_id": "1"}, headers=one.headers)
    second = await web.post("/api/chat", json={"command": "privacy", "message_id": "1"}, headers=two.headers)
    assert first.json()["reply"] != second.json()["reply"]


async def test_one_message_sent_several_times_at_once_is_answered_once(
    house: House, serve: Serve, caller: Caller
) -> None:
    web = await serve(house, **caller.headers)
    asked = [web.post("/api/chat", json={"text": HONEY, "message_id": "7"}) for _ in range(5)]
    answers = [response.json() for response in await asyncio.gather(*asked)]
    assert all(answer == answers[0] for answer in answers)
    assert answers[0]["messages"]
    assert rows(house, InboxRow, caller.address) == 1


async def test_what_a_crash_left_unanswered_is_answered_at_the_next_start(
    house: House, serve: Serve, caller: Caller
) -> None:
    with house.database.begin() as session:
        inbox.put(
            session, channel=CHANNEL, key=f"{caller.address}:last", address=caller.address,
            payload={"kind": "text", "text": HONEY}, now=NOW,
        )  # fmt: skip
    web = await serve(house, **caller.headers)
    letters = (await web.get("/api/messages")).json()["messages"]
    assert letters
    again = (await web.post("/api/chat", json={"text": HONEY, "message_id": "last"})).json()
    assert [m["id"] for m in again["messages"]] == [m["id"] for m in letters]
    assert again["intent"]


async def test_a_reminder_arrives_when_it_is_due_unless_it_is_too_late(
    house: House, serve: Serve, caller: Caller, clock: StandingClock
) -> None:
    web = await serve(house, **caller.headers)
    with house.database.begin() as session:
        for text, due, expires in (("soon", 60, 3600), ("too late", 0, 30)):
            outbox.write(
                session, [Message(text, language=Language.EN)], channel=CHANNEL, address=caller.address,
                now=NOW + timedelta(seconds=due), kind="reminder", expires_at=NOW + timedelta(seconds=expires),
            )  # fmt: skip
    clock.now = NOW + timedelta(seconds=59)
    assert await look(web) == []
    clock.now = NOW + timedelta(seconds=60)
    assert await look(web) == ["soon"]
    with house.database.read() as session:
        own = select(OutboxRow.state).where(OutboxRow.address == caller.address).order_by(OutboxRow.id)
        assert session.scalars(own).all() == ["sent", "pending"]


async def look(web: httpx.AsyncClient, after: int = 0) -> list[str]:
    return [m["plain"] for m in (await web.get(f"/api/messages?after={after}")).json()["messages"]]


async def test_a_message_that_appears_below_the_newest_id_is_still_found(
    house: House, serve: Serve, caller: Caller
) -> None:
    """Ids are given before transactions end, so a reader may have passed one that was not visible yet."""
    web = await serve(house, **caller.headers)
    with house.database.begin() as session:
        message = Message("late", language=Language.EN)
        outbox.write(session, [message], channel=CHANNEL, address=caller.address, now=NOW)
    assert await look(web, after=100_000) == ["late"]
    assert await look(web, after=100_000) == []


async def test_the_page_shows_the_talk_in_the_order_in_which_it_is_read(
    house: House, serve: Serve, caller: Caller
) -> None:
    web = await serve(house, **caller.headers)
    await web.post("/api/chat", json={"text": HONEY})
    await web.post("/api/chat", json={"command": "privacy"})
    page = (await web.get("/")).text
    places = [page.index(words) for words in (HONEY, "什么时候看医生", ">/privacy<", "您的信息</h2>")]
    assert places == sorted(places)


async def test_a_family_that_deletes_everything_leaves_nothing_but_the_goodbye(
    house: House, serve: Serve, caller: Caller
) -> None:
    web = await serve(house, **caller.headers)
    await web.post("/api/chat", json={"text": HONEY})
    gone = (await web.post("/api/chat", json={"press": "privacy:forget"})).json()
    assert gone["forgotten"] is True
    assert gone["messages"]
    assert rows(house, InboxRow, caller.address) == 0
    assert rows(house, OutboxRow, caller.address) == len(gone["messages"])
    assert HONEY not in (await web.get("/")).text


async def test_nobody_reads_the_messages_of_another(house: House, serve: Serve) -> None:
    web, one, two = await serve(house), Caller(house), Caller(house)
    await web.post("/api/chat", json={"text": HONEY}, headers=one.headers)
    assert (await web.get("/api/messages", headers=one.headers)).json()["messages"]
    assert (await web.get("/api/messages", headers=two.headers)).json()["messages"] == []
