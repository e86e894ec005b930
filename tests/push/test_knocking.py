"""From a letter that waits on the chat page to a knock on the phone: when, how often, and when not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update

from bot.core.db import Database
from bot.core.families import privacy
from bot.core.families import service as families
from bot.core.hand_off.model import TeamHours
from bot.core.language import Language
from bot.core.settings import Settings
from bot.delivery.store import OutboxRow
from bot.house import House
from bot.push import sending, service
from bot.push.store import PushSubscriptionRow
from bot.texts import Renderer
from scheduler.reminders.quiet import QuietHours
from scheduler.reminders.service import choices
from tests.conftest import NOW, StandingClock
from tests.push.service import Browser, Fault, PushService

PATIENCE, MINUTE, HOUR = service.PATIENCE, timedelta(minutes=1), timedelta(hours=1)
NIGHT = datetime.fromisoformat("2026-11-18T23:00:00+08:00")
MORNING = datetime.fromisoformat("2026-11-19T08:00:00+08:00")


@pytest.fixture
def post() -> Iterator[PushService]:
    with PushService() as started:
        yield started


@pytest.fixture
def house(database: Database, clock: StandingClock, post: PushService, tmp_path: Any) -> House:
    settings = Settings(_env_file=None, data_dir=tmp_path, push_stand_in=post.url)
    nobody: Any = None
    return House(
        settings=settings, clock=clock, database=database, library=nobody, triage=nobody, interpreter=nobody,
        renderer=Renderer({}), team_hours=TeamHours(zone=settings.zone), zone=ZoneInfo(settings.zone),
    )  # fmt: skip


class Family:
    """A parent of the chat page with a browser that wants to be told."""

    def __init__(self, house: House, post: PushService, *, address: str = "a" * 32, language: str = "en") -> None:
        self.house, self.address, self.browser = house, address, post.browser()
        with house.database.begin() as session:
            self.id = families.parent_at(session, "web", address, now=NOW, zone="Asia/Shanghai").id
            families.choose_language(session, self.id, Language(language))
        self.wants(self.browser)

    def wants(self, browser: Browser) -> None:
        with self.house.database.begin() as session:
            service.subscribe(
                session, self.id, browser.url, browser.p256dh, browser.auth, self.house.clock(),
                stand_in=self.house.settings.push_stand_in,
            )  # fmt: skip

    def letter(self, kind: str = "remind_booking", *, inbox_id: int | None = None, ends: timedelta = 20 * HOUR) -> int:
        now = self.house.clock()
        with self.house.database.begin() as session:
            row = OutboxRow(
                channel="web", address=self.address, kind=kind, priority=40, payload={"html": "Lele, born 2026-03-18"},
                inbox_id=inbox_id, due_at=now, expires_at=now + ends, created_at=now,
            )  # fmt: skip
            session.add(row)
            session.flush()
            return row.id

    def fetches(self, letter: int) -> None:
        with self.house.database.begin() as session:
            session.execute(update(OutboxRow).where(OutboxRow.id == letter).values(state="sent"))

    def knocks(self) -> list[str]:
        with self.house.database.read() as session:
            return list(
                session.scalars(select(OutboxRow.state).where(OutboxRow.channel == "push").order_by(OutboxRow.id))
            )


def later(house: House, clock: StandingClock, by: timedelta = PATIENCE) -> None:
    clock.now += by
    sending.tend(house)


def test_a_letter_that_waits_is_knocked_for_once_without_a_word_of_it(
    house: House, post: PushService, clock: StandingClock
) -> None:
    family = Family(house, post)
    family.letter()
    sending.tend(house)
    assert family.browser.told == []  # an open page has it in a moment
    for _ in range(3):
        later(house, clock)
    assert family.browser.told == [{"title": "Sprout", "body": "You have a new reminder from Sprout", "lang": "en"}]
    assert family.knocks() == ["sent"]
    assert post.refused == []
    assert (post.calls[0]["Urgency"], post.calls[0]["Topic"]) == ("high", "waiting")


def test_several_letters_at_once_are_one_knock_and_the_next_one_another(
    house: House, post: PushService, clock: StandingClock
) -> None:
    family = Family(house, post, language="zh")
    family.letter()
    family.letter("remind_plan")
    later(house, clock)
    assert family.browser.told == [{"title": "萌芽", "body": "萌芽有一条新提醒", "lang": "zh"}]
    family.letter("remind_own")
    later(house, clock)
    assert len(family.browser.told) == 2


def test_what_was_fetched_an_answer_and_what_was_there_before_is_not_knocked_for(
    house: House, post: PushService, clock: StandingClock
) -> None:
    with house.database.begin() as session:
        families.parent_at(session, "web", "a" * 32, now=NOW, zone="Asia/Shanghai")
        session.add(
            OutboxRow(channel="web", address="a" * 32, kind="remind_tip", payload={}, due_at=NOW, created_at=NOW)
        )
    family = Family(house, post)
    family.letter("reply", inbox_id=1)
    family.fetches(family.letter())
    family.letter("remind_hold", ends=PATIENCE)
    later(house, clock)
    assert family.knocks() == []


def test_a_letter_that_was_fetched_or_taken_back_while_the_knock_waited_is_left(
    house: House, post: PushService, clock: StandingClock
) -> None:
    family = Family(house, post)
    letter = family.letter()
    post.faults = [Fault(503)]
    later(house, clock)
    family.fetches(letter)
    later(house, clock, HOUR)
    assert (family.knocks(), family.browser.told, len(post.calls)) == (["cancelled"], [], 1)


def test_in_the_night_only_what_the_parent_chose_knocks_and_the_rest_waits_for_the_morning(
    house: House, post: PushService, clock: StandingClock
) -> None:
    family = Family(house, post)
    clock.now = NIGHT
    family.letter("remind_plan")
    later(house, clock)
    assert family.knocks() == ["pending"]
    family.letter("remind_own")
    later(house, clock)
    assert len(family.browser.told) == 1
    later(house, clock, MORNING - clock.now - MINUTE)
    assert len(family.browser.told) == 1
    later(house, clock, MINUTE)
    assert len(family.browser.told) == 2


def test_a_knock_that_did_not_leave_before_the_quiet_hours_is_let_go(
    house: House, post: PushService, clock: StandingClock
) -> None:
    family = Family(house, post)
    with house.database.begin() as session:
        choices.set_quiet(session, family.id, QuietHours(10 * 60 + 2, 20 * 60))  # two minutes from now
    family.letter("remind_plan")
    post.faults = [Fault(429, {"Retry-After": "300"})]
    later(house, clock)
    later(house, clock, 10 * MINUTE)
    assert (family.knocks(), family.browser.told) == (["expired"], [])


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(
    house: House, post: PushService, clock: StandingClock, status: int
) -> None:
    family = Family(house, post)
    family.letter()
    post.faults = [Fault(status)]
    later(house, clock)
    family.letter()
    later(house, clock)
    assert (family.knocks(), len(post.calls)) == (["failed"], 1)
    with house.database.read() as session:
        assert session.scalars(select(PushSubscriptionRow)).all() == []


def test_it_waits_as_long_as_it_is_told_and_tries_again_after_a_broken_service(
    house: House, post: PushService, clock: StandingClock
) -> None:
    family = Family(house, post)
    family.letter()
    post.faults = [Fault(429, {"Retry-After": "120"}), Fault(503), Fault(500)]
    later(house, clock)
    later(house, clock, timedelta(seconds=119))
    assert len(post.calls) == 1
    for _ in range(3):
        later(house, clock, MINUTE)
    assert (len(post.calls), len(family.browser.told), family.knocks()) == (4, 1, ["sent"])


@pytest.mark.parametrize(("kind", "told", "state"), [("remind_booking", 2, "sent"), ("remind_tip", 1, "ambiguous")])
def test_when_nobody_knows_whether_it_arrived_the_kind_says_whether_it_is_repeated(
    house: House, post: PushService, clock: StandingClock, kind: str, told: int, state: str
) -> None:
    family = Family(house, post)
    family.letter(kind)
    post.faults = [Fault(breaks=True)]
    for _ in range(3):
        later(house, clock, MINUTE)
    assert (len(family.browser.told), family.knocks()) == (told, [state])


def test_without_a_connection_it_is_tried_again_until_it_is_of_no_use(
    house: House, post: PushService, clock: StandingClock
) -> None:
    family = Family(house, post)
    family.letter(ends=2 * HOUR)
    nowhere = replace(house, settings=house.settings.model_copy(update={"push_stand_in": "http://127.0.0.1:9"}))
    with house.database.begin() as session:
        session.scalars(select(PushSubscriptionRow)).one().endpoint = "http://127.0.0.1:9/a"
    later(nowhere, clock)
    assert family.knocks() == ["pending"]
    for _ in range(13):
        later(nowhere, clock, 10 * MINUTE)
    assert family.knocks() == ["expired"]


def test_an_address_that_is_no_public_one_is_never_called(
    house: House, post: PushService, clock: StandingClock
) -> None:
    family = Family(house, post)
    family.letter()
    closed = replace(house, settings=house.settings.model_copy(update={"push_stand_in": ""}))
    later(closed, clock)
    assert (family.knocks(), post.calls) == (["failed"], [])
    with house.database.read() as session:
        assert session.scalars(select(PushSubscriptionRow)).all() == []


def test_after_a_crash_what_was_being_sent_is_in_doubt(house: House, post: PushService, clock: StandingClock) -> None:
    family = Family(house, post)
    family.letter("remind_tip")
    clock.now += PATIENCE
    with house.database.begin() as session:
        service.knock(session, clock.now)
        session.execute(
            update(OutboxRow).where(OutboxRow.channel == "push").values(state="attempting", attempted_at=NOW)
        )
    later(house, clock, 2 * MINUTE)
    assert (family.knocks(), post.calls) == (["ambiguous"], [])


def test_the_oldest_of_many_browsers_gives_way_and_each_is_told(
    house: House, post: PushService, clock: StandingClock
) -> None:
    family = Family(house, post)
    more = [post.browser() for _ in range(service.MOST)]
    for browser in more:
        clock.now += MINUTE
        family.wants(browser)
    family.wants(more[0])  # again changes nothing
    family.letter()
    later(house, clock)
    assert family.browser.told == []
    assert all(len(browser.told) == 1 for browser in more)


def test_who_leaves_takes_the_browsers_along_and_sees_them_before(
    house: House, post: PushService, clock: StandingClock
) -> None:
    family = Family(house, post)
    family.letter()
    with house.database.begin() as session:
        service.knock(session, NOW + PATIENCE)
        parent = families.parent_by_id(session, family.id)
        assert parent is not None
        assert [s["endpoint"] for s in privacy.export(session, parent)["push_subscription"]] == [family.browser.url]
        privacy.forget(session, parent)
    later(house, clock)
    other = Family(house, post, address="b" * 32)
    later(house, clock)
    assert (family.browser.told, post.calls, other.knocks()) == ([], [], [])


def test_the_key_is_made_once_and_for_its_owner_only(house: House) -> None:
    name = sending.public_name(house.settings)
    file = house.settings.data_dir / "push_key"
    assert file.stat().st_mode & 0o777 == 0o600
    assert sending.public_name(house.settings) == name
    elsewhere = house.settings.model_copy(update={"push_key": SecretStr("shared by two machines")})
    assert sending.public_name(elsewhere) == sending.public_name(elsewhere) != name
