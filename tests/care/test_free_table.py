"""The free places of a week: for the child's age, half hour by half hour, never more than can be booked."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from scheduler.care import service as care
from scheduler.care.service.free_table import free_table
from tests.care.town import ask, at, child, open_centre
from tests.conftest import NOW


def test_a_booking_takes_one_place_in_its_half_hours_only(session: Session) -> None:
    place = open_centre(session, NOW, places=3)
    care.hold(session, ask(place, at(20, 9), 2), NOW)
    week = {d.day: d.free for d in free_table(session, place.centre_id, child("c"), NOW)}
    friday = week[date(2026, 11, 20)]
    assert len(week) == 7
    assert [minute for minute, places in friday.items() if places == 2] == [540, 570, 600, 630]
    assert set(friday.values()) == {2, 3}
    assert min(friday) == 8 * 60
    assert max(friday) == 17 * 60 + 30


def test_today_begins_now_and_has_what_is_kept_for_the_day_itself(session: Session) -> None:
    place = open_centre(session, NOW, places=3, reserve=1)
    today, tomorrow, *_ = free_table(session, place.centre_id, child("c"), NOW)
    assert min(today.free) == 10 * 60
    assert set(today.free.values()) == {3}
    assert set(tomorrow.free.values()) == {2}


def test_a_closed_day_and_an_age_without_a_room_have_no_boxes(session: Session) -> None:
    place = open_centre(session, NOW)
    day = date(2026, 11, 20)
    care.close_centre(session, place.centre_id, day, day, NOW, actor="staff:1")
    week = {d.day: d.free for d in free_table(session, place.centre_id, child("c"), NOW)}
    assert week[day] == {}
    assert week[date(2026, 11, 21)] != {}
    assert all(not d.free for d in free_table(session, place.centre_id, child("old", 40), NOW))
