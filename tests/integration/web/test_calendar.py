"""The calendar of a plan: only its secret address opens it, and only until it is ended."""

from __future__ import annotations

import re
from datetime import date

import httpx
import pytest
from icalendar import Calendar
from sqlalchemy import select

from bot.core.families import service as families
from bot.core.families.store import ChildRow
from bot.house import House
from scheduler.reminders.plan import service as plans
from scheduler.reminders.plan.model import MarkState
from tests.conftest import NOW
from tests.integration.web.conftest import Caller, Serve

BORN = date(2026, 3, 18)


@pytest.fixture
async def web(serve: Serve, house: House) -> httpx.AsyncClient:
    return await serve(house)


def family_of(house: House, caller: Caller, *, label: str = "") -> tuple[str, str]:
    """Parent and child at this caller's address."""
    with house.database.begin() as session:
        parent = families.parent_at(session, "web", caller.address, now=NOW, zone="Asia/Shanghai")
        families.give_consent(session, parent.id, NOW)
        child = families.add_child(session, parent.family_id, birth_date=BORN, precision="day", now=NOW)
        session.get_one(ChildRow, child).label = label
        plans.replan(session, child, NOW)
    return parent.id, child


async def press(web: httpx.AsyncClient, caller: Caller, data: str) -> str:
    answer = (await web.post("/api/chat", json={"press": data}, headers=caller.headers)).json()
    return "\n".join(answer["reply"])


async def address_of(web: httpx.AsyncClient, caller: Caller, child: str) -> str:
    found = re.search(r"/calendar/\S+\.ics", await press(web, caller, f"pcal:{child}:address"))
    assert found is not None
    return found[0]


async def test_the_address_opens_without_a_session_and_holds_what_is_due(
    web: httpx.AsyncClient, house: House, caller: Caller
) -> None:
    _, child = family_of(house, caller, label="豆豆")
    response = await web.get(await address_of(web, caller, child))
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/calendar")
    events = {str(e["summary"]): e for e in Calendar.from_ical(response.content).walk("VEVENT")}
    assert events["A群流脑疫苗 第2剂"]["dtstart"].dt == date(2026, 12, 18)
    assert "豆豆" not in response.text
    assert "2026-03-18" not in response.text
    assert "20260318" not in response.text
    assert len({str(e["uid"]) for e in events.values()}) == len(events)


async def test_what_is_done_disappears_and_the_name_comes_only_when_the_parent_wants_it(
    web: httpx.AsyncClient, house: House, caller: Caller
) -> None:
    _, child = family_of(house, caller, label="豆豆")
    address = await address_of(web, caller, child)
    with house.database.begin() as session:
        plans.mark(session, child, "mena-2", MarkState.DONE, NOW, day=date(2026, 11, 18))
    await press(web, caller, f"pcal:{child}:named")
    text = (await web.get(address)).text
    assert "流脑疫苗 第2剂" not in text
    assert "豆豆" in text
    await press(web, caller, f"pcal:{child}:unnamed")
    assert "豆豆" not in (await web.get(address)).text


async def test_a_wrong_an_ended_and_a_strangers_address_are_the_same_404(
    web: httpx.AsyncClient, house: House, caller: Caller
) -> None:
    _, child = family_of(house, caller)
    address = await address_of(web, caller, child)
    wrong = await web.get(f"/calendar/{'x' * 43}.ics")
    assert await press(web, caller, f"pcal:{child}:end")
    ended = await web.get(address)
    assert wrong.status_code == ended.status_code == 404
    assert wrong.text == ended.text
    assert await address_of(web, caller, child) != address
    other = Caller(house)
    family_of(house, other)
    assert "没有找到" in await press(web, other, f"pcal:{child}:address")


async def test_the_address_ends_with_the_consent_and_with_the_child(
    web: httpx.AsyncClient, house: House, caller: Caller
) -> None:
    _, child = family_of(house, caller)
    address = await address_of(web, caller, child)
    await press(web, caller, "privacy:withdraw")
    assert (await web.get(address)).status_code == 404
    with house.database.read() as session:
        assert session.scalar(select(ChildRow.id).where(ChildRow.id == child)) is None


async def test_after_a_loss_the_calendar_is_empty(web: httpx.AsyncClient, house: House, caller: Caller) -> None:
    parent, child = family_of(house, caller)
    address = await address_of(web, caller, child)
    with house.database.begin() as session:
        families.told_of_loss(session, parent, NOW, told=True)
    response = await web.get(address)
    assert response.status_code == 200
    assert not Calendar.from_ical(response.content).walk("VEVENT")


@pytest.mark.usefixtures("chinese_font")
async def test_the_picture_of_the_plan_is_shown_to_its_own_chat_only(
    web: httpx.AsyncClient, house: House, caller: Caller
) -> None:
    family_of(house, caller)
    answer = (await web.post("/api/chat?markup=true", json={"command": "plan"}, headers=caller.headers)).json()
    message = next(m for m in answer["messages"] if m["picture"])
    picture = await web.get(message["picture"]["url"], headers=caller.headers)
    assert picture.status_code == 200
    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    assert f'alt="{message["picture"]["alt"]}"' in message["markup"]
    assert (await web.get(message["picture"]["url"], headers=Caller(house).headers)).status_code == 404
