"""From a due reminder to a letter, and from the letter's fate back to the reminder."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import reminding
from bot.core.families import service as families
from bot.delivery import outbox
from bot.delivery.store import OutboxRow
from bot.house import House
from scheduler.reminders import service
from scheduler.reminders.model import Kind, State
from scheduler.reminders.service import choices, listing
from scheduler.reminders.service.claiming import LEASE
from tests.conftest import NOW, StandingClock
from tests.reminders.families import DAY, HOUR, parent, planned, row, states

NIGHT = NOW + 12 * HOUR  # ten in the evening in Shanghai
MORNING = NOW + 22 * HOUR


def plan(house: House, *keys: str, **how: Any) -> str:
    """Reminders of one parent, by key; the parent's id."""
    with house.database.begin() as session:
        mei = parent(session).id
        for key in keys or ("k",):
            service.put(session, planned(mei, key, **{"words": f"{key}.", **how}), NOW)
    return mei


def letters(session: Session) -> list[OutboxRow]:
    return list(session.scalars(select(OutboxRow).order_by(OutboxRow.id)))


def test_what_is_due_becomes_one_letter_and_sent_when_it_arrived(reminder_house: House) -> None:
    plan(reminder_house)
    assert reminding.look(reminder_house).handed == 1
    assert reminding.look(reminder_house).handed == 0
    with reminder_house.database.begin() as session:
        (letter,) = letters(session)
        assert (row(session).state, row(session).letter_id) == (State.HANDED, letter.id)
        assert (letter.kind, letter.priority, letter.key) == ("remind_plan", 60, f"reminder:{row(session).id}:0")
        assert [x.id for x in outbox.claim(session, "telegram", NOW)] == [letter.id]
        outbox.sent(session, letter.id, NOW)
    assert reminding.look(reminder_house).settled == 1
    with reminder_house.database.read() as session:
        assert row(session).state == State.SENT


def test_nothing_leaves_before_it_is_due(reminder_house: House, clock: StandingClock) -> None:
    plan(reminder_house, due=NOW + HOUR)
    assert reminding.look(reminder_house).handed == 0
    clock.now = NOW + HOUR
    assert reminding.look(reminder_house).handed == 1


def test_nothing_leaves_after_its_end(reminder_house: House, clock: StandingClock) -> None:
    plan(reminder_house, due=NOW + HOUR, ends=NOW + 2 * HOUR)
    clock.now = NOW + 2 * HOUR
    assert reminding.look(reminder_house).expired == 1
    with reminder_house.database.read() as session:
        assert (row(session).state, letters(session)) == (State.EXPIRED, [])


def test_after_a_downtime_what_is_of_use_is_sent_once_and_the_rest_is_counted(
    reminder_house: House, clock: StandingClock
) -> None:
    plan(reminder_house, "useful", due=NOW + HOUR, ends=NOW + 3 * DAY)
    plan(reminder_house, "late", due=NOW + HOUR, ends=NOW + 5 * HOUR)
    clock.now = NOW + 2 * DAY
    done = reminding.look(reminder_house)
    assert (done.handed, done.expired) == (1, 1)
    with reminder_house.database.read() as session:
        assert states(session) == {"useful": State.HANDED, "late": State.EXPIRED}


@pytest.mark.parametrize("handed", [False, True])
def test_a_cancelled_reminder_is_not_sent_even_when_its_letter_is_written(reminder_house: House, handed: bool) -> None:
    plan(reminder_house, about="booking:7")
    if handed:
        reminding.look(reminder_house)
    with reminder_house.database.begin() as session:
        assert service.cancel_about(session, "booking:7", NOW) == 1
    reminding.look(reminder_house)
    with reminder_house.database.begin() as session:
        assert row(session).state == State.CANCELLED
        assert outbox.claim(session, "telegram", NOW) == []


def test_a_letter_on_its_way_is_not_called_cancelled(reminder_house: House) -> None:
    plan(reminder_house, about="booking:7")
    reminding.look(reminder_house)
    with reminder_house.database.begin() as session:
        (letter,) = outbox.claim(session, "telegram", NOW)
        service.cancel_about(session, "booking:7", NOW)
        outbox.sent(session, letter.id, NOW)
    reminding.look(reminder_house)
    with reminder_house.database.read() as session:
        assert row(session).state == State.SENT


def test_a_crash_between_claim_and_letter_loses_nothing(reminder_house: House, clock: StandingClock) -> None:
    plan(reminder_house)
    assert len(reminding.claim(reminder_house, 10)) == 1  # and then the process dies
    assert reminding.look(reminder_house).handed == 0
    clock.now = NOW + LEASE
    assert reminding.look(reminder_house).handed == 1


def test_a_reminder_moved_while_claimed_is_not_sent_at_the_old_time(reminder_house: House) -> None:
    mei = plan(reminder_house)
    (claimed,) = reminding.claim(reminder_house, 10)
    with reminder_house.database.begin() as session:
        service.put(session, planned(mei, due=NOW + HOUR, words="k."), NOW)
    assert not reminding.send_reminder(reminder_house, claimed)
    with reminder_house.database.read() as session:
        assert (row(session).state, row(session).due_at) == (State.PENDING, NOW + HOUR)


def test_sending_the_same_reminder_twice_writes_one_letter(reminder_house: House) -> None:
    plan(reminder_house)
    (claimed,) = reminding.claim(reminder_house, 10)
    assert reminding.send_reminder(reminder_house, claimed)
    assert not reminding.send_reminder(reminder_house, claimed)
    with reminder_house.database.read() as session:
        assert len(letters(session)) == 1


def test_nobody_is_woken_when_the_tick_comes_late(reminder_house: House, clock: StandingClock) -> None:
    plan(reminder_house, "plan", due=NOW + 10 * HOUR, ends=NOW + 2 * DAY)
    plan(reminder_house, "tonight", due=NOW + 10 * HOUR, ends=NIGHT + HOUR)
    plan(reminder_house, "own", kind=Kind.OWN, due=NOW + 10 * HOUR, ends=NOW + 2 * DAY)
    clock.now = NIGHT
    reminding.look(reminder_house)
    with reminder_house.database.read() as session:
        assert states(session) == {"plan": State.PENDING, "tonight": State.EXPIRED, "own": State.HANDED}
        assert row(session, "plan").due_at == MORNING
    clock.now = MORNING
    assert reminding.look(reminder_house).handed == 1


def test_a_letter_that_waited_into_the_night_goes_in_the_morning(reminder_house: House, clock: StandingClock) -> None:
    plan(reminder_house, due=NOW + 10 * HOUR, ends=NOW + 2 * DAY)
    clock.now = NOW + 10 * HOUR
    assert reminding.look(reminder_house).handed == 1
    with reminder_house.database.read() as session:
        assert letters(session)[0].expires_at == NOW + 11 * HOUR  # nine in the evening
    clock.now = NIGHT
    with reminder_house.database.begin() as session:
        assert outbox.claim(session, "telegram", NIGHT) == []
    reminding.look(reminder_house)  # settles: back to waiting
    reminding.look(reminder_house)  # claims: it is night
    with reminder_house.database.read() as session:
        assert (row(session).state, row(session).due_at) == (State.PENDING, MORNING)
    clock.now = MORNING
    reminding.look(reminder_house)
    with reminder_house.database.read() as session:
        assert [x.state for x in letters(session)] == ["expired", "pending"]


def test_the_chat_page_keeps_it_for_the_next_visit(reminder_house: House, clock: StandingClock) -> None:
    with reminder_house.database.begin() as session:
        guest = parent(session, "w", channel="web").id
        service.put(session, planned(guest, ends=NOW + 3 * DAY, words="k."), NOW)
    reminding.look(reminder_house)
    with reminder_house.database.read() as session:
        assert letters(session)[0].expires_at == NOW + 3 * DAY
    clock.now = NOW + 3 * DAY
    reminding.tend(reminder_house)
    reminding.look(reminder_house)
    with reminder_house.database.read() as session:
        assert row(session).state == State.EXPIRED


def test_what_a_parent_turned_off_is_not_sent_and_comes_again_when_turned_on(
    reminder_house: House, clock: StandingClock
) -> None:
    mei = plan(reminder_house, "now")
    plan(reminder_house, "later", due=NOW + HOUR)
    with reminder_house.database.begin() as session:
        choices.turn(session, mei, Kind.PLAN, on=False)
    reminding.look(reminder_house)
    with reminder_house.database.begin() as session:
        assert states(session) == {"now": State.CANCELLED, "later": State.PENDING}
        choices.turn(session, mei, Kind.PLAN, on=True)
    clock.now = NOW + HOUR
    assert reminding.look(reminder_house).handed == 1


def test_turning_off_takes_back_what_is_in_the_outbox(reminder_house: House) -> None:
    mei = plan(reminder_house)
    reminding.look(reminder_house)
    with reminder_house.database.begin() as session:
        choices.turn(session, mei, Kind.PLAN, on=False)
        assert service.withhold(session, mei, Kind.PLAN, NOW) == 1
        assert outbox.claim(session, "telegram", NOW) == []


def test_a_family_that_lost_a_child_hears_of_no_vaccines(reminder_house: House) -> None:
    mei = plan(reminder_house, "plan")
    plan(reminder_house, "tip", kind=Kind.TIP)
    plan(reminder_house, "own", kind=Kind.OWN)
    with reminder_house.database.begin() as session:
        families.keep_conversation(session, mei, {"loss": True}, NOW)
    reminding.look(reminder_house)
    with reminder_house.database.read() as session:
        assert states(session) == {"plan": State.CANCELLED, "tip": State.CANCELLED, "own": State.HANDED}
        assert row(session, "tip").why == "loss"


@pytest.mark.parametrize("when", ["before", "in the outbox", "refused"])
def test_who_blocked_the_bot_is_left_alone_until_back(reminder_house: House, clock: StandingClock, when: str) -> None:
    mei = plan(reminder_house, ends=NOW + 3 * DAY)
    if when != "before":
        reminding.look(reminder_house)
    with reminder_house.database.begin() as session:
        if when == "refused":
            (letter,) = outbox.claim(session, "telegram", NOW)
            outbox.failed(session, letter.id, "403")
        families.set_blocked(session, "telegram", "1", NOW)
    reminding.tend(reminder_house)
    reminding.look(reminder_house)
    with reminder_house.database.begin() as session:
        assert row(session).state == State.SUSPENDED
        families.set_blocked(session, "telegram", "1", None)
        assert service.resume(session, mei, NOW) == 1
    assert reminding.look(reminder_house).handed == 1


def test_an_unknown_fate_is_shown_and_a_plan_is_not_repeated(reminder_house: House) -> None:
    plan(reminder_house, "plan")
    plan(reminder_house, "booking", kind=Kind.BOOKING)
    for _ in range(3):
        reminding.look(reminder_house)
        with reminder_house.database.begin() as session:
            for letter in outbox.claim(session, "telegram", NOW):
                outbox.ambiguous(session, letter.id, NOW, "crash")
    reminding.look(reminder_house)
    with reminder_house.database.read() as session:
        assert states(session) == {"plan": State.AMBIGUOUS, "booking": State.AMBIGUOUS}
        assert {x.kind: x.attempts for x in letters(session)} == {"remind_plan": 1, "remind_booking": 2}
        counted = listing.counts(session, NOW)
        assert counted.states == {"plan": {"ambiguous": 1}, "booking": {"ambiguous": 1}}


def test_the_most_urgent_is_claimed_and_sent_first(reminder_house: House) -> None:
    kinds = (Kind.TIP, Kind.PLAN, Kind.OWN, Kind.BOOKING, Kind.HOLD, Kind.FOLLOW_UP)
    for number, kind in enumerate(kinds):
        plan(reminder_house, kind.value, kind=kind, due=NOW - timedelta(minutes=len(kinds) - number))
    with reminder_house.database.begin() as session:
        ids = service.claim_due(session, NOW, most=3)
        by_id = {row(session, k.value).id: k for k in kinds}
        assert [by_id[i] for i in ids] == [Kind.FOLLOW_UP, Kind.HOLD, Kind.BOOKING]


def test_the_mistake_of_one_does_not_hold_up_the_others(
    reminder_house: House, clock: StandingClock, caplog: pytest.LogCaptureFixture
) -> None:
    plan(reminder_house, "broken", due=NOW - HOUR, words=None)
    plan(reminder_house, "whole")
    with reminder_house.database.begin() as session:
        broken = row(session, "broken")
        broken.payload = {"secret": "宝宝"}  # no words
    assert reminding.look(reminder_house).handed == 1
    assert "宝宝" not in caplog.text
    with reminder_house.database.read() as session:
        assert states(session) == {"broken": State.CLAIMED, "whole": State.HANDED}


def test_late_ones_are_counted(reminder_house: House, clock: StandingClock) -> None:
    plan(reminder_house, due=NOW)
    with reminder_house.database.read() as session:
        assert listing.counts(session, NOW).late == 0
        counted = listing.counts(session, NOW + HOUR)
    assert (counted.late, counted.oldest_due) == (1, NOW)


def test_two_processes_never_claim_the_same(postgres_url: str, clock: StandingClock, plain_words: None) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from tests.reminders.process import plain_house

    houses = [plain_house(postgres_url, clock) for _ in range(2)]
    plan(houses[0], *(f"k{n}" for n in range(120)))
    with ThreadPoolExecutor(2) as both:
        rounds = list(both.map(lambda h: reminding.look(h, batch=7), houses))
    with houses[0].database.read() as session:
        assert set(states(session).values()) == {State.HANDED}
        assert len(letters(session)) == 120
    assert sum(r.handed for r in rounds) == 120
    for house in houses:
        house.database.close()


def test_times_are_in_the_zone_of_the_parent(reminder_house: House) -> None:
    with reminder_house.database.begin() as session:
        berlin = parent(session, "b", zone="Europe/Berlin").id
        due = datetime.fromisoformat("2026-11-18T06:30:00+01:00")
        service.put(session, planned(berlin, due=due, ends=due + DAY), NOW)
        assert row(session).due_at == datetime.fromisoformat("2026-11-18T08:00:00+01:00")
