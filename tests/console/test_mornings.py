"""The morning's notice to the staff of a centre: once, before it opens, without names."""

from __future__ import annotations

import json
import re
from datetime import datetime

from sqlalchemy import select

from bot import centre_mornings
from bot.core.language import Language
from bot.core.staff.model import Role
from bot.core.staff.service import create_demo
from bot.delivery.store import OutboxRow
from bot.house import House
from scheduler.care import service as care
from scheduler.care.centre_side.day import centre_day
from scheduler.care.demo_town import seed_demo
from tests.care.test_door import booked, staff
from tests.care.town import at as at_hour
from tests.care.town import open_centre
from tests.conftest import NOW, StandingClock
from tests.console.conftest import Come


def at(clock: StandingClock, hour: str) -> None:
    clock.now = datetime.fromisoformat(f"2026-11-19T{hour}:00+08:00")


def test_staff_hear_once_before_opening_what_the_day_brings(house: House, clock: StandingClock, come: Come) -> None:
    with house.database.begin() as session:
        seed_demo(session, NOW, days=7)
        row = create_demo(
            session, NOW, login="c1", name="园长", password="sprout-demo-town", roles=(Role.CENTRE_STAFF,),
            centres=("1",), language=Language.EN,
        )  # fmt: skip
        row.telegram_chat = "-4711"
    at(clock, "06:30")
    assert centre_mornings.of_the_day(house) == 0
    at(clock, "07:45")
    assert [centre_mornings.of_the_day(house) for _ in range(2)] == [1, 0]
    with house.database.read() as session:
        (words,) = session.scalars(select(OutboxRow.payload).where(OutboxRow.address == "-4711")).all()
    (link,) = re.findall(r"/console/[\w/]+", json.dumps(words))
    assert come("yan").get(link).url.path == "/console/centres/1/today", "the notice leads to the day"
    at(clock, "13:00")
    assert centre_mornings.of_the_day(house) == 0
    with house.database.read() as session:
        (letter,) = session.scalars(select(OutboxRow)).all()
    assert letter.address == "-4711"
    assert "Today at Qinghe Community Baby House" in letter.payload["html"]
    assert "/console/centres/1" in letter.payload["html"]


def test_the_notice_counts_the_children_whose_family_confirmed(house: House) -> None:
    with house.database.begin() as session:
        place = open_centre(session, NOW)
        booked(session, place, at_hour(18, 11), family="silent")
        care.will_come(session, booked(session, place, at_hour(18, 11)).party_id, "family", NOW)
        day = centre_day(session, staff(place), place.centre_id, NOW.date(), NOW)
    told = house.renderer.sentence(centre_mornings.words(day, "en", ""), Language.EN)
    assert "2 children are booked" in told
    assert "confirmed coming by their family: 1" in told
