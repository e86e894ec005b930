"""From a talk to the reminder on the phone: bookings, held places, own wishes, the day after urgent advice."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from bot import reminding
from bot.app import build_assistant
from bot.assistant import Answer, Utterance
from bot.care_news import care_news, sweep
from bot.core.families import household
from bot.core.families import service as families
from bot.core.families.model import born_at_age
from bot.core.language import Language
from bot.delivery.letters import from_payload
from bot.delivery.store import OutboxRow
from bot.house import House
from bot.looking_ahead import foresee
from scheduler.care import service as care
from scheduler.care.demo_town import seed_demo
from scheduler.care.store import BookingRow
from scheduler.reminders.model import State
from scheduler.reminders.service import listing
from scheduler.reminders.store import ReminderRow
from tests.conftest import NOW, StandingClock

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


class Parent:
    """Somebody at the keyboard, and the reminders that reached them."""

    def __init__(self, house: House, clock: StandingClock, address: str = "7", language: str = "en") -> None:
        self.house, self.clock, self.address = house, clock, address
        self.assistant = build_assistant(house)
        with house.database.begin() as session:
            self.id = families.parent_at(session, "telegram", address, now=clock.now, zone="Asia/Shanghai").id
            families.give_consent(session, self.id, clock.now)
            families.choose_language(session, self.id, Language(language))
        self.buttons: dict[str, str] = {}

    def does(self, kind: str, text: str) -> Answer:
        utterance = Utterance(kind, text)
        understood = self.assistant.understand(utterance, now=self.clock.now)
        with self.house.database.begin() as session:
            answer = self.assistant.hear(
                session, utterance, understood, channel="telegram", address=self.address, now=self.clock.now
            )
        self.buttons = {b.label: b.press for m in answer.messages for row in m.buttons for b in row if b.press}
        return answer

    def says(self, text: str) -> str:
        return "\n".join(m.plain for m in self.does("text", text).messages)

    def presses(self, label: str) -> str:
        press = next(p for name, p in self.buttons.items() if label in name)
        return "\n".join(m.plain for m in self.does("press", press).messages)

    def is_reminded(self, at: datetime) -> list[str]:
        """What arrives when that time comes."""
        self.clock.now = at
        reminding.tend(self.house)
        reminding.look(self.house)
        with self.house.database.begin() as session:
            rows = session.scalars(
                select(OutboxRow)
                .where(
                    OutboxRow.address == self.address, OutboxRow.state == "pending", OutboxRow.kind.startswith("remind")
                )
                .order_by(OutboxRow.id)
            ).all()
            for row in rows:
                row.state = "sent"
            messages = [from_payload(row.payload) for row in rows]
        if messages:
            self.buttons = {b.label: b.press for m in messages for line in m.buttons for b in line if b.press}
        return [m.plain for m in messages]


@pytest.fixture
def town(whole_house: House, clock: StandingClock) -> House:
    with whole_house.database.begin() as session:
        seed_demo(session, NOW, days=7)
    return replace(whole_house, care_news=partial(care_news, whole_house))


@pytest.fixture
def mei(town: House, clock: StandingClock) -> Parent:
    parent = Parent(town, clock)
    with town.database.begin() as session:
        family = families.parent_by_id(session, parent.id)
        assert family is not None
        born = born_at_age(20, NOW.date())
        child = families.add_child(session, family.family_id, birth_date=born, precision="day", now=NOW)
        care.keep_health_form(
            session, child, family.family_id, NOW, allergies="", medicines="", collectors=(), consent_by=parent.id
        )
    return parent


FRIDAY = datetime.fromisoformat("2026-11-20T15:00:00+08:00")


def books_friday(parent: Parent) -> None:
    parent.says("book care on Friday 3pm for two hours")
    parent.presses("Qinghe Community")
    assert "Booked" in parent.presses("Confirm")


def coming_at(parent: Parent) -> datetime | None:
    with parent.house.database.read() as session:
        return session.scalars(select(BookingRow.coming_at).where(BookingRow.booked_by == parent.id)).one()


def test_a_booking_is_reminded_of_the_day_before_and_two_hours_before(mei: Parent) -> None:
    books_friday(mei)
    assert mei.is_reminded(FRIDAY - DAY - timedelta(minutes=1)) == []
    (first,) = mei.is_reminded(FRIDAY - DAY)
    assert "Qinghe Community Baby House" in first
    assert "Fri 20 Nov, 15:00–17:00" in first
    assert "Bring" in first
    assert "see you at 15:00" in mei.presses("We're coming")
    assert coming_at(mei) == FRIDAY - DAY
    (second,) = mei.is_reminded(FRIDAY - 2 * HOUR)
    assert "today at 15:00" in second
    assert mei.is_reminded(FRIDAY - HOUR) == []


def test_a_cancelled_booking_is_not_spoken_of_again(mei: Parent) -> None:
    books_friday(mei)
    mei.is_reminded(FRIDAY - DAY)
    mei.presses("Not coming")
    mei.presses("ancel")
    assert mei.is_reminded(FRIDAY - 2 * HOUR) == []
    with mei.house.database.read() as session:
        states = {r.state for r in session.scalars(select(ReminderRow).where(ReminderRow.kind == "booking"))}
    assert states == {State.SENT, State.CANCELLED}


def test_a_moved_booking_is_reminded_of_at_its_new_time_only(mei: Parent) -> None:
    books_friday(mei)
    mei.says("move it to Friday 10am")
    mei.presses("Move it")
    with mei.house.database.read() as session:
        due = [at for _, at, _ in listing.coming(session, mei.id, NOW, most=9)]
    ten = FRIDAY - 5 * HOUR
    assert due == [ten - DAY, ten - 2 * HOUR]


def test_who_joins_the_family_is_reminded_of_what_is_booked_already(mei: Parent, clock: StandingClock) -> None:
    books_friday(mei)
    grandma = Parent(mei.house, clock, "8", "zh")
    with mei.house.database.begin() as session:
        parent = families.parent_by_id(session, mei.id)
        assert parent is not None
        code = household.invite(session, parent, NOW)
    grandma.does("press", f"join:{code}")
    mei.is_reminded(FRIDAY - DAY)
    with mei.house.database.read() as session:
        reached = set(session.scalars(select(OutboxRow.address).where(OutboxRow.kind == "remind_booking")))
    assert reached == {"7", "8"}


def test_a_held_place_is_spoken_of_before_it_lapses_and_not_after_it_is_booked(mei: Parent) -> None:
    mei.says("book care on Friday 3pm for two hours")
    mei.presses("Qinghe Community")
    (word,) = mei.is_reminded(NOW + timedelta(minutes=7))
    assert "kept until 10:10" in word
    mei.clock.now = NOW + timedelta(minutes=30)
    sweep(mei.house)
    mei.says("book care on Friday 3pm for two hours")
    mei.presses("Confirm")
    assert not any("kept until" in text for text in mei.is_reminded(NOW + timedelta(minutes=38)))


def test_an_own_reminder_comes_every_day_and_can_be_snoozed_and_ended(mei: Parent) -> None:
    mei.says("remind me every day at 9am to give vitamin D")
    nine = datetime.fromisoformat("2026-11-19T09:00:00+08:00")
    assert mei.is_reminded(nine) == ["⏰ give vitamin D"]
    assert "09:10" in mei.presses("Again in 10 min")
    assert mei.is_reminded(nine + timedelta(minutes=10)) == ["⏰ give vitamin D"]
    assert mei.is_reminded(nine + DAY) == ["⏰ give vitamin D"]
    mei.presses("Stop this reminder")
    assert mei.is_reminded(nine + 2 * DAY) == []


def test_the_day_after_urgent_advice_the_family_is_asked(mei: Parent) -> None:
    mei.does("press", "danger:fever-over-3-days")
    mei.presses("Ask me tomorrow")
    (asked,) = mei.is_reminded(datetime.fromisoformat("2026-11-19T10:00:00+08:00"))
    assert "How is your child today?" in asked
    assert "emergency now" in mei.presses("Worse")


def test_stop_is_heard_at_once(mei: Parent) -> None:
    mei.says("remind me every day at 9am to give vitamin D")
    books_friday(mei)
    assert "won't message you" in mei.says("stop")
    assert mei.is_reminded(FRIDAY - DAY) == []


def test_looking_ahead_shows_the_words_and_keeps_nothing(mei: Parent) -> None:
    books_friday(mei)
    house = mei.house
    (seen,) = foresee(replace(house, clock=lambda: FRIDAY - DAY), FRIDAY - DAY)
    assert (seen.what, seen.address) == ("sent", "7")
    assert "Qinghe Community Baby House" in seen.text
    with house.database.read() as session:
        assert session.scalars(select(OutboxRow).where(OutboxRow.kind.startswith("remind"))).all() == []
    assert len(mei.is_reminded(FRIDAY - DAY)) == 1


def test_a_deleted_family_leaves_no_reminder_behind(mei: Parent) -> None:
    books_friday(mei)
    mei.does("press", "privacy:forget")
    with mei.house.database.read() as session:
        assert session.scalars(select(ReminderRow)).all() == []


@pytest.mark.parametrize(
    "press",
    ["remat:99999999999999", "remat:x", "snooze:99999999999999999:10", "snooze:1:99999999", "unown:nothing",
     "remtips:7", "remquiet:9999-1", "rem:nothing:off", "coming:nothing", "coming:nothing:99", "coming:nothing:-",
     "howis:better:", "howis:worse:nothing",
     "howis:same:nothing", "askme:nothing", "unask"],
)  # fmt: skip
def test_a_button_that_was_made_up_does_no_harm(mei: Parent, press: str) -> None:
    answer = mei.does("press", press)
    assert "sorry" not in answer.messages[0].plain.lower()
    with mei.house.database.read() as session:
        assert session.scalars(select(ReminderRow).where(ReminderRow.kind == "own")).all() == []
