"""Planning by key: twice is once, moved is moved, what was sent is not sent again."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from bot.core.db import Database
from scheduler.reminders import service
from scheduler.reminders.bookings import BookingFacts, planned_for
from scheduler.reminders.model import Kind, Planned, State
from scheduler.reminders.own import OwnReminder, times
from scheduler.reminders.own import planned as own_planned
from scheduler.reminders.quiet import MANNER, Manner, QuietHours, moved
from scheduler.reminders.service import choices, own
from scheduler.reminders.store import ReminderRow
from tests.conftest import NOW
from tests.reminders.families import DAY, HOUR, parent, planned, row, states

ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Auckland")
MOMENTS = st.integers(0, 4 * 365 * 24 * 60).map(lambda m: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=m))


def test_planning_twice_is_planning_once(database: Database) -> None:
    with database.begin() as session:
        one = planned(parent(session).id)
        assert service.put(session, one, NOW)
        assert service.put(session, one, NOW)
        assert session.scalar(select(func.count()).select_from(ReminderRow)) == 1


def test_planning_the_same_key_for_another_time_moves_it(database: Database) -> None:
    with database.begin() as session:
        mei = parent(session).id
        service.put(session, planned(mei, due=NOW + HOUR), NOW)
        service.put(session, planned(mei, due=NOW + 2 * HOUR, about="plan:other"), NOW)
        assert (row(session).due_at, row(session).about) == (NOW + 2 * HOUR, "plan:other")


@pytest.mark.parametrize("state", [State.SENT, State.AMBIGUOUS, State.FAILED])
def test_what_may_have_been_sent_is_not_planned_again(database: Database, state: State) -> None:
    with database.begin() as session:
        one = planned(parent(session).id)
        service.put(session, one, NOW)
        row(session).state = state.value
        session.flush()
        assert not service.put(session, one, NOW)
        assert row(session).state == state


@pytest.mark.parametrize("state", [State.CANCELLED, State.EXPIRED])
def test_what_was_taken_back_may_be_planned_again(database: Database, state: State) -> None:
    with database.begin() as session:
        mei = parent(session).id
        service.put(session, planned(mei), NOW)
        row(session).state = state.value
        session.flush()
        assert service.put(session, planned(mei, due=NOW + DAY), NOW)
        assert (row(session).state, row(session).due_at) == (State.PENDING, NOW + DAY)


def test_what_is_over_is_not_planned_and_is_taken_back_if_it_was(database: Database) -> None:
    with database.begin() as session:
        mei = parent(session).id
        service.put(session, planned(mei), NOW)
        assert not service.put(session, planned(mei, due=NOW - DAY, ends=NOW), NOW)
        assert row(session).state == State.EXPIRED
        assert not service.put(session, planned(mei, "never", due=NOW - DAY, ends=NOW), NOW)
        assert "never" not in states(session)


def test_cancelling_takes_all_that_is_below_and_nothing_beside(database: Database) -> None:
    with database.begin() as session:
        mei = parent(session).id
        for about in ("plan:a", "plan:a:x", "plan:a:x:y", "plan:ab", "plan:b:a"):
            service.put(session, planned(mei, about, about=about), NOW)
        assert service.cancel_about(session, "plan:a", NOW) == 3
        left = {key for key, state in states(session).items() if state == State.PENDING}
        assert left == {"plan:ab", "plan:b:a"}


def test_replacing_keeps_what_is_the_same_and_cancels_the_rest(database: Database) -> None:
    with database.begin() as session:
        mei = parent(session).id
        service.replace_about(session, "plan:c", [planned(mei, "a"), planned(mei, "b")], NOW)
        row(session, "a").state = State.SENT.value
        session.flush()
        assert service.replace_about(session, "plan:c", [planned(mei, "a"), planned(mei, "c")], NOW) == 1
        assert states(session) == {"a": State.SENT, "b": State.CANCELLED, "c": State.PENDING}


def test_the_plan_waits_for_the_morning_and_a_booking_comes_the_evening_before(database: Database) -> None:
    night = datetime(2026, 11, 19, 6, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    with database.begin() as session:
        mei = parent(session).id
        for kind in (Kind.PLAN, Kind.BOOKING, Kind.OWN):
            service.put(session, planned(mei, kind.value, kind=kind, due=night, ends=night + 2 * HOUR), NOW)
        service.put(session, planned(mei, "day before", kind=Kind.BOOKING, due=night, ends=night + 20 * HOUR), NOW)
        local = {k: row(session, k).due_at.astimezone(night.tzinfo) for k in states(session)}
        assert local["plan"] == local["day before"] == night.replace(hour=8, minute=0)
        assert local["booking"] == night.replace(day=18, hour=20, minute=30)
        assert local["own"] == night


def test_a_key_that_two_transactions_plan_at_once_is_one_reminder(postgres_url: str) -> None:
    one, two = Database(postgres_url), Database(postgres_url)
    with one.begin() as session:
        mei = parent(session).id
    with one.begin() as first:
        service.put(first, planned(mei), NOW)
        results: list[bool] = []

        def again() -> None:
            with two.begin() as second:
                results.append(service.put(second, planned(mei, due=NOW + HOUR), NOW))

        thread = threading.Thread(target=again)
        thread.start()
        thread.join(0.3)
        assert not results
    thread.join(10)
    with one.begin() as session:
        assert results == [True]
        assert row(session).due_at == NOW + HOUR
    one.close()
    two.close()


# Quiet hours


@given(
    MOMENTS,
    st.sampled_from(ZONES),
    st.integers(0, 95),
    st.integers(0, 95),
    st.sampled_from(list(Kind)),
    st.integers(1, 30),
)
@settings(max_examples=400, deadline=None)
def test_no_moved_time_lies_in_the_quiet_hours(
    moment: datetime, zone: str, start: int, end: int, kind: Kind, stretch: int
) -> None:
    quiet = QuietHours(start * 15, end * 15)
    ends = moment + stretch * HOUR
    due = moved(moment, kind, quiet, zone, ends)
    if MANNER[kind] is Manner.STAYS:
        assert due == moment
        return
    if MANNER[kind] is Manner.LATER:
        assert not quiet.holds_at(due, zone)
        assert moment <= due < moment + timedelta(hours=26)
    else:
        assert moment - timedelta(hours=27) < due < max(ends, moment + timedelta(seconds=1))
        if start * 15 >= 30 and abs(start - end) > 8:
            assert not quiet.holds_at(due, zone)
    if not quiet.holds_at(moment, zone):
        assert due == moment
        following = quiet.next_start(moment, zone)
        assert (following is None) == (start == end)
        if following is not None:
            assert following > moment
            # Until then nobody is disturbed, except by an hour that the clocks repeat.
            assert not quiet.holds_at(moment + (following - moment) / 2, zone) or following - moment > 23 * HOUR


# Bookings


@given(
    st.lists(MOMENTS, min_size=1, max_size=4),
    MOMENTS,
    st.lists(st.sampled_from("abc"), min_size=1, max_size=3, unique=True),
)
@settings(max_examples=200, deadline=None)
def test_a_booking_is_reminded_of_before_it_begins(starts: list[datetime], now: datetime, parents: list[str]) -> None:
    plan = list(planned_for(BookingFacts("p", tuple(starts), tuple(parents)), now))
    assert len({p.key for p in plan}) == len(plan)
    for each in plan:
        start = datetime.fromisoformat(each.payload["starts_at"])
        assert now < each.due_at < each.expires_at <= start
        assert start - each.due_at in (2 * HOUR, DAY)


def test_a_moved_booking_takes_its_reminders_along(database: Database) -> None:
    with database.begin() as session:
        mei = parent(session).id
        service.plan_booking(session, BookingFacts("one", (NOW + 3 * DAY,), (mei,)), NOW)
        service.cancel_for(session, "one", NOW)
        service.plan_booking(session, BookingFacts("two", (NOW + 5 * DAY,), (mei,)), NOW)
        alive = [r for r in session.scalars(select(ReminderRow)) if r.state == State.PENDING]
        assert {r.about for r in alive} == {"booking:two"}
        assert [r.due_at for r in alive] == [NOW + 4 * DAY, NOW + 5 * DAY - 2 * HOUR]
        service.cancel_for(session, "two", NOW)
        assert set(states(session).values()) == {State.CANCELLED}


# Own reminders

RULES = st.sampled_from(
    ["", "FREQ=DAILY", "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;BYDAY=MO,FR", "FREQ=MONTHLY", "FREQ=MONTHLY;BYMONTHDAY=31",
     "FREQ=HOURLY;INTERVAL=8", "FREQ=DAILY;UNTIL=20290101T000000Z", "FREQ=WEEKLY"]
)  # fmt: skip


@given(MOMENTS, RULES, st.sampled_from(ZONES), st.integers(0, 60), st.integers(1, 70))
@settings(max_examples=300, deadline=None)
def test_own_reminders_come_at_their_time_and_never_twice(
    start: datetime, rule: str, zone: str, skipped: int, days: int
) -> None:
    wish = OwnReminder("o", "p", "vitamin D", start.replace(second=0, microsecond=0), rule, zone)
    after, until = start + skipped * DAY, start + (skipped + days) * DAY
    plan = list(own_planned(wish, after, until))
    assert len({p.key for p in plan}) == len(plan)
    assert all(after < p.due_at <= until and p.due_at < p.expires_at for p in plan)
    assert all(a.expires_at <= b.due_at for a, b in pairwise(plan))
    # Planned in two steps, nothing is missing and nothing is new.
    middle = after + (until - after) / 2
    parts = [*own_planned(wish, after, middle), *own_planned(wish, middle, until)]
    assert {p.key for p in parts} == {p.key for p in plan}
    if rule == "FREQ=DAILY":
        clocks = {p.due_at.astimezone(ZoneInfo(zone)).strftime("%H:%M") for p in plan}
        assert len(clocks) <= 2  # two only where the clocks skip that very hour
        assert len(plan) in (days - 1, days, days + 1)


def test_the_31st_of_a_short_month_is_its_last_day_and_a_leap_day_is_one() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    wish = OwnReminder("o", "p", "w", datetime(2028, 1, 31, 9, tzinfo=zone), "FREQ=MONTHLY", "Asia/Shanghai")
    found = [
        t.astimezone(zone).date()
        for t in times(wish, datetime(2028, 1, 1, tzinfo=zone), datetime(2028, 5, 1, tzinfo=zone))
    ]
    assert found == [date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 31), date(2028, 4, 30)]


def test_nine_stays_nine_when_the_clocks_change() -> None:
    zone = ZoneInfo("Europe/Berlin")
    wish = OwnReminder("o", "p", "w", datetime(2027, 3, 27, 9, tzinfo=zone), "FREQ=DAILY", "Europe/Berlin")
    found = list(times(wish, datetime(2027, 3, 27, tzinfo=zone), datetime(2027, 3, 30, tzinfo=zone)))
    assert [t.astimezone(zone).hour for t in found] == [9, 9, 9]
    assert found[1] - found[0] == timedelta(hours=23)


def test_own_reminders_are_planned_ahead_again_and_again(database: Database) -> None:
    with database.begin() as session:
        mei = parent(session)
        wish = own.remind(session, mei.id, "吃维D", NOW + HOUR, "FREQ=DAILY", mei.zone, NOW)
        for day in range(10):
            own.plan_ahead(session, NOW + day * DAY)
        assert len(states(session)) == 10
        own.end(session, wish.id, mei.id, NOW + 10 * DAY)
        assert State.PENDING not in states(session).values()
        assert own.plan_ahead(session, NOW + 11 * DAY) == 0
        assert own.listed(session, mei.id) == []


def test_nobody_ends_the_reminder_of_another(database: Database) -> None:
    with database.begin() as session:
        mei, li = parent(session), parent(session, "2")
        wish = own.remind(session, mei.id, "w", NOW + HOUR, "", mei.zone, NOW)
        assert own.end(session, wish.id, li.id, NOW) is None
        assert own.snooze(session, 1, li.id, 10, NOW) is None
        assert [o.id for o in own.listed(session, mei.id)] == [wish.id]


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(-3, 9), st.integers(1, 5), st.booleans()), max_size=12))
@settings(max_examples=60, deadline=None)
def test_any_edits_leave_one_row_a_key_none_before_its_time(edits: list[tuple[str, int, int, bool]]) -> None:
    database = memory()
    with database.begin() as session:
        mei, now = parent(session, zone="UTC").id, NOW
        for name, due, length, replace in edits:
            now += timedelta(minutes=5)
            wanted = planned(mei, name, due=now + due * HOUR, ends=now + (due + length) * HOUR)
            if replace:
                service.replace_about(session, "plan:c", [wanted], now)
                alive = [k for k, s in states(session).items() if s == State.PENDING]
                assert alive in ([], [name])
            else:
                service.put(session, wanted, now)
            check(session.scalars(select(ReminderRow)).all(), wanted)
        ids = service.claim_due(session, now)
        for reminder_id in ids:
            claimed = session.get_one(ReminderRow, reminder_id)
            session.refresh(claimed)
            assert claimed.due_at <= now < claimed.expires_at
    database.close()


def check(rows: Sequence[ReminderRow], wanted: Planned) -> None:
    assert len({r.key for r in rows}) == len(rows)
    for each in rows:
        assert each.due_at < each.expires_at
        if each.key == wanted.key and each.state == State.PENDING:
            assert each.due_at >= wanted.due_at


def memory() -> Database:
    from bot.core.db import Base
    from bot.migrations import tables

    assert tables
    database = Database("sqlite://")
    Base.metadata.create_all(database.engine)
    return database


EARLY = datetime(2026, 11, 19, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))  # NOW is ten in the morning of the day before


def test_a_reminder_that_waits_for_the_morning_outlives_a_change_of_its_booking(database: Database) -> None:
    with database.begin() as session:
        facts = BookingFacts("party", (EARLY, EARLY + 7 * DAY), (parent(session).id,))
        service.plan_booking(session, facts, NOW)
        hours = next(r for r in session.scalars(select(ReminderRow)) if r.expires_at == EARLY)
        assert hours.due_at == EARLY - timedelta(minutes=90)  # eight o'clock
        service.plan_booking(session, replace(facts, starts=(EARLY,)), EARLY - timedelta(minutes=105))
        assert [r.key for r in session.scalars(select(ReminderRow)) if r.state == State.PENDING] == [hours.key]


def test_new_quiet_hours_move_what_waits_of_bookings(database: Database) -> None:
    with database.begin() as session:
        mei = parent(session).id
        service.plan_booking(session, BookingFacts("party", (EARLY,), (mei,)), NOW)
        hours = next(r for r in session.scalars(select(ReminderRow)) if r.expires_at == EARLY)
        for quiet, due_at in (
            (QuietHours(20 * 60, 9 * 60), EARLY - timedelta(hours=14)),  # half past seven the evening before
            (QuietHours(23 * 60, 6 * 60), EARLY - timedelta(hours=2)),
            (QuietHours(), EARLY - timedelta(minutes=90)),
        ):
            choices.set_quiet(session, mei, quiet)
            service.quiet_hours_changed(session, mei, NOW)
            assert hours.due_at == due_at
