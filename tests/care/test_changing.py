"""Changes of a centre: the preview shows what will happen and changes nothing; making it tells those families only."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.core.families import service as families
from bot.core.families.model import Child
from bot.core.staff.model import Actor, NotPermitted
from scheduler.care import service as care
from scheduler.care.centre_side.changing import (
    Change,
    Closure,
    DayHours,
    OnDuty,
    Preview,
    Price,
    RoomRules,
    UsualAgain,
    WeeklyHours,
    make,
    preview,
)
from scheduler.care.model.booking import Booking, State
from scheduler.care.model.centre import CareKind
from scheduler.care.model.errors import ChangedSince, NotAllowed, RoomFull, StayRefused, UnknownCentre
from scheduler.care.model.events import CareEvent, PlaceLost
from scheduler.care.store import BookingRow, CellRow
from tests.care.test_door import booked, staff
from tests.care.town import Place, ask, at, open_centre
from tests.conftest import NOW

DAY = date(2026, 11, 20)
CLOSED = Closure(DAY, DAY, reason="holiday")


def change(session: Session, place: Place, wanted: Change, heard: list[CareEvent] | None = None) -> Preview:
    """Shown, then made."""
    own: Actor = staff(place)
    shown = preview(session, own, place.centre_id, wanted, NOW)
    listen = heard.append if heard is not None else (lambda _: None)
    return make(session, own, place.centre_id, wanted, NOW, listen, seen=shown.seen)


def state(session: Session, booking: Booking) -> State:
    return care.party(session, booking.party_id)[0].state


def places_at(session: Session, place: Place, day: int, hour: int) -> int:
    half_hour = int(at(day, hour).timestamp()) // 1800
    found = session.scalar(
        select(CellRow.target).where(CellRow.room_id == place.room_id, CellRow.half_hour == half_hour)
    )
    return found or 0


def test_the_preview_shows_who_loses_a_place_and_changes_nothing(session: Session) -> None:
    place = open_centre(session, NOW)
    stay, other = booked(session, place, at(20, 9)), booked(session, place, at(21, 9), family="other")
    shown = preview(session, staff(place), place.centre_id, CLOSED, NOW)
    assert [a.booking.id for a in shown.lost] == [stay.id]
    assert shown.families == 1
    assert state(session, stay) is State.BOOKED
    assert state(session, other) is State.BOOKED
    assert places_at(session, place, 20, 9) == 2


def test_making_it_tells_the_families_with_other_places(session: Session, heard: list[CareEvent]) -> None:
    place = open_centre(session, NOW)
    open_centre(session, NOW, key="near by")
    parent = families.parent_at(session, "telegram", "78", now=NOW, zone="Asia/Shanghai")
    born = families.add_child(session, parent.family_id, birth_date=date(2025, 7, 1), precision="day", now=NOW)
    little = Child(born, date(2025, 7, 1), "day")
    stay = booked(session, place, at(20, 9), family=parent.family_id, children=(little,))
    change(session, place, CLOSED, heard)
    assert state(session, stay) is State.CANCELLED
    (told,) = heard
    assert isinstance(told, PlaceLost)
    assert (told.why, told.waiting) == ("closed", False)
    assert told.alternatives
    with pytest.raises(StayRefused, match="closed"):
        care.hold(session, ask(place, at(20, 14)), NOW)


def test_when_somebody_booked_since_the_preview_it_is_shown_anew(session: Session) -> None:
    place = open_centre(session, NOW)
    own = staff(place)
    shown = preview(session, own, place.centre_id, CLOSED, NOW)
    booked(session, place, at(20, 9))
    trial = session.begin_nested()
    with pytest.raises(ChangedSince):
        make(session, own, place.centre_id, CLOSED, NOW, seen=shown.seen)
    trial.rollback()
    assert preview(session, own, place.centre_id, CLOSED, NOW).seen != shown.seen


def test_who_waits_for_a_closed_time_is_told_too(session: Session, heard: list[CareEvent]) -> None:
    place = open_centre(session, NOW, places=1)
    booked(session, place, at(20, 9), family="has")
    waits = care.join_waitlist(session, ask(place, at(20, 9), family="waits"), NOW)[0]
    done = change(session, place, CLOSED, heard)
    assert {a.booking.state for a in done.lost} == {State.BOOKED, State.WAITLISTED}
    assert state(session, waits) is State.CANCELLED
    assert sorted(e.waiting for e in heard if isinstance(e, PlaceLost)) == [False, True]


def test_a_part_of_the_day_and_a_single_room_can_be_closed_and_opened_again(session: Session) -> None:
    place = open_centre(session, NOW)
    morning, afternoon = booked(session, place, at(20, 9)), booked(session, place, at(20, 14), family="b")
    change(session, place, Closure(DAY, DAY, part=(13 * 60, 24 * 60)))
    assert (state(session, morning), state(session, afternoon)) == (State.BOOKED, State.CANCELLED)
    assert places_at(session, place, 20, 14) == 0
    change(session, place, UsualAgain(DAY, DAY))
    assert places_at(session, place, 20, 14) == 2
    change(session, place, Closure(DAY, DAY, part=(9 * 60, 10 * 60), room_id=place.room_id))
    assert state(session, morning) is State.CANCELLED
    assert [places_at(session, place, 20, h) for h in (8, 9, 10)] == [2, 0, 2]


def test_fewer_adults_take_nobody_new_and_cancel_only_when_asked(session: Session, heard: list[CareEvent]) -> None:
    place = open_centre(session, NOW, places=8)
    stays = [booked(session, place, at(20, 9), family=f"f{n}") for n in range(7)]
    few = OnDuty(place.room_id, DAY, (9 * 60, 11 * 60), adults=1)
    done = change(session, place, few, heard)
    assert len(done.kept) == 2
    assert not done.lost
    assert heard == []
    with pytest.raises(RoomFull):
        care.hold(session, ask(place, at(20, 10), family="new"), NOW)
    done = change(session, place, OnDuty(place.room_id, DAY, (9 * 60, 11 * 60), adults=1, cancel=True), heard)
    assert len(done.lost) == len(heard) == 2
    assert [state(session, s) for s in stays].count(State.BOOKED) == 5


def test_a_smaller_room_follows_and_never_exceeds_the_law(session: Session) -> None:
    place = open_centre(session, NOW)
    change(session, place, RoomRules(place.room_id, size=60, adults=2, same_day_reserve=0))
    assert places_at(session, place, 20, 9) == 10
    change(session, place, RoomRules(place.room_id, size=60, adults=9, same_day_reserve=0))
    assert places_at(session, place, 20, 9) == 15


def test_new_weekly_hours_reach_all_days_ahead(session: Session) -> None:
    place = open_centre(session, NOW)
    early, late = booked(session, place, at(20, 8)), booked(session, place, at(20, 16), family="b")
    done = change(session, place, WeeklyHours(dict.fromkeys(range(7), ((9 * 60, 19 * 60),))))
    assert [a.booking.id for a in done.lost] == [early.id]
    assert state(session, late) is State.BOOKED
    assert [places_at(session, place, 21, h) for h in (8, 9, 18)] == [0, 2, 2]


def test_a_new_price_is_for_new_bookings_only(session: Session, heard: list[CareEvent]) -> None:
    place = open_centre(session, NOW)
    stay = booked(session, place, at(20, 9))
    done = change(session, place, Price(CareKind.HOURLY, per_hour=5000), heard)
    assert [a.booking.id for a in done.kept] == [stay.id]
    assert heard == []
    price, new = care.party(session, stay.party_id)[0].price, booked(session, place, at(20, 9), family="new").price
    assert price is not None
    assert new is not None
    assert (price.amount, new.amount) == (6000, 10000)


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (Closure(DAY, DAY - timedelta(days=1)), "days"),
        (Closure(date(2026, 11, 17), DAY), "days"),
        (Closure(DAY, DAY + timedelta(days=40)), "too_many_days"),
        (Price(CareKind.HOURLY, flat=100, per_hour=100), "price"),
        (Price(CareKind.HOURLY, per_hour=-1), "price"),
    ],
)
def test_what_cannot_be_meant_is_refused(session: Session, wanted: Change, why: str) -> None:
    place = open_centre(session, NOW)
    with pytest.raises(NotAllowed, match=why):
        preview(session, staff(place), place.centre_id, wanted, NOW)


def test_staff_change_nothing_at_another_centre_nor_its_rooms(session: Session) -> None:
    here, there = open_centre(session, NOW, key="one"), open_centre(session, NOW, key="two")
    booked(session, here, at(20, 9))
    other = staff(there)
    for wanted in (CLOSED, DayHours(DAY, ()), WeeklyHours({}), Price(CareKind.HOURLY, per_hour=1)):
        with pytest.raises(NotPermitted):
            preview(session, other, here.centre_id, wanted, NOW)
        with pytest.raises(NotPermitted):
            make(session, other, here.centre_id, wanted, NOW, seen="")
    for about_a_room in (
        OnDuty(here.room_id, DAY, (540, 600), 0, cancel=True),
        Closure(DAY, DAY, room_id=here.room_id),
        RoomRules(here.room_id, 1, 1, 0),
    ):
        with pytest.raises(UnknownCentre):
            make(session, other, there.centre_id, about_a_room, NOW, seen="")
    assert session.scalar(select(func.count()).where(BookingRow.state == State.BOOKED.value)) == 1
