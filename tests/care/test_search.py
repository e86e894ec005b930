"""Near me: centres through filters, free places, why nothing is free; the demo town; the calendar file."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduler.care import service as care
from scheduler.care.calendar_file import calendar_file
from scheduler.care.demo_town import CENTRE_OF_TOWN, seed_demo
from scheduler.care.model.centre import AgeGroup, CareKind
from scheduler.care.model.search import Filters, GroupRequest, Point, Reason, Request, Wish
from scheduler.care.store import BookingRow, CellRow, CentreRow, GroupSessionRow
from tests.care.town import ask, at, child, open_centre
from tests.conftest import NOW

HERE = Point(31.20, 121.45)


def test_the_nearest_centre_with_a_place_comes_first(session: Session) -> None:
    far = open_centre(session, NOW, key="far", lat=31.215)
    near = open_centre(session, NOW, key="near", lat=31.201)
    found = care.search_places(session, Wish((child("x"),), at(20, 9), at(20, 11)), HERE, NOW)
    assert [o.centre.id for o in found.offers] == [near.centre_id, far.centre_id]
    offer = found.offers[0]
    assert (offer.near.minutes, offer.near.in_walk, offer.places_left) == (2, True, 2)
    assert offer.local_start.isoformat() == "2026-11-20T09:00:00+08:00"
    party = care.hold(session, Request.of(offer, (child("x"),), key="k", family_id="f", booked_by="p"), NOW)
    assert party[0].price == offer.price


def test_twins_see_only_places_for_both(session: Session) -> None:
    place = open_centre(session, NOW, places=2)
    care.hold(session, ask(place, at(20, 9)), NOW)
    twins = (child("a"), child("b"))
    assert not care.search_places(session, Wish(twins, at(20, 9), at(20, 11)), HERE, NOW).offers
    both = care.search_places(session, Wish(twins, at(20, 11), at(20, 13)), HERE, NOW).offers
    assert both[0].price.amount == 12000


def test_a_full_centre_says_so_and_offers_other_times_and_places(session: Session) -> None:
    place = open_centre(session, NOW, places=1)
    other = open_centre(session, NOW, key="other", lat=31.21)
    care.hold(session, ask(place, at(20, 9)), NOW)
    wish = Wish((child("x"),), at(20, 9), at(20, 11), centre_id=place.centre_id)
    nothing = care.search_places(session, wish, HERE, NOW).nothing
    assert nothing is not None
    assert nothing.reasons == (Reason.FULL,)
    assert nothing.can_wait[0].starts_at == at(20, 9)
    assert nothing.near_in_time[0].starts_at == at(20, 11)
    assert [o.centre.id for o in nothing.near_in_place] == [other.centre_id]


@pytest.mark.parametrize(
    ("months", "start", "hours", "kind", "reason"),
    [
        (8, at(20, 9), 2, None, Reason.TOO_YOUNG),
        (30, at(20, 9), 2, None, Reason.TOO_OLD),
        (16, at(20, 19), 2, None, Reason.CLOSED),
        (16, at(18, 8), 2, None, Reason.PAST),
        (16, at(20, 9), 2, CareKind.FULL_DAY, Reason.NO_SUCH_CARE),
        (16, at(30, 9), 2, None, Reason.NOT_YET),
    ],
)
def test_nothing_free_gives_its_reason(
    session: Session, months: int, start: datetime, hours: int, kind: CareKind | None, reason: Reason
) -> None:
    open_centre(session, NOW)
    wish = Wish((child("x", months),), start, start + timedelta(hours=hours), kind)
    nothing = care.search_places(session, wish, HERE, NOW).nothing
    assert nothing is not None
    assert nothing.reasons == (reason,)


def test_no_centre_near_is_said(session: Session) -> None:
    open_centre(session, NOW, lat=10.0)
    nothing = care.search_places(session, Wish((child("x"),), at(20, 9)), HERE, NOW).nothing
    assert nothing is not None
    assert nothing.reasons == (Reason.NO_CENTRE,)


def test_filters_leave_out_what_does_not_fit(session: Session) -> None:
    open_centre(session, NOW, key="day")
    open_centre(session, NOW, key="late", hours=("12:00-21:00",), fee={"currency": "CNY", "per_hour": 9000})
    names = {
        "evening": Filters(evening=True), "open": Filters(open_now=True), "cheap": Filters(price_at_most=5000),
        "age": Filters(age_months=30), "english": Filters(language="en"), "registered": Filters(registered=True),
        "weekend": Filters(weekend=True), "close": Filters(within_metres=1),
    }  # fmt: skip
    found = {
        name: [n.centre.name for n in care.nearest_centres(session, HERE, NOW, own)] for name, own in names.items()
    }
    both = ["centre day", "centre late"]
    assert found == {
        "evening": ["centre late"], "open": ["centre day"], "cheap": ["centre day"], "age": [], "english": [],
        "registered": both, "weekend": both, "close": both,
    }  # fmt: skip


def test_a_wider_circle_is_searched_until_enough_is_found_and_no_further(session: Session) -> None:
    for number in range(8):
        open_centre(session, NOW, key=str(number), lat=31.20 + 0.004 * 2**number, days=1)
    found = care.nearest_centres(session, HERE, NOW, limit=4)
    assert [n.centre.name for n in found] == ["centre 0", "centre 1", "centre 2", "centre 3"]
    assert [n.metres for n in found] == sorted(n.metres or 0 for n in found)


def test_free_uses_show_before_booking_and_lower_the_price(session: Session) -> None:
    open_centre(session, NOW, rules={"free_uses": True})
    offer = care.search_places(session, Wish((child("x"),), at(20, 9), at(20, 11)), HERE, NOW).offers[0]
    assert (offer.price.amount, offer.full_price.amount) == (0, 6000)
    assert offer.free_uses[0].left == 12


def test_a_booking_that_moves_brings_its_free_use_along_even_the_last_one(session: Session) -> None:
    open_centre(session, NOW, rules={"free_uses": True})
    wish = Wish((child("x"),), at(20, 9), at(20, 11))
    first = care.search_places(session, wish, HERE, NOW).offers[0]
    request = Request.of(first, wish.children, key="k", family_id="f", booked_by="p")
    party = care.hold(session, request, NOW, lambda event: None)
    later = care.search_places(session, replace(wish, start=at(20, 13), end=at(20, 15)), HERE, NOW).offers[0]
    assert (later.free_uses[0].used, later.giving_back(party).free_uses[0].used) == (1, 0)
    none_left = replace(later, free_uses=(), price=later.full_price)
    with_the_last = tuple(replace(b, free_use=12) for b in party)
    moved = none_left.giving_back(with_the_last)
    assert (moved.price.amount, moved.free_uses[0].used) == (0, 11)


def test_late_in_the_evening_the_nearest_hours_of_a_far_centre_are_offered(session: Session) -> None:
    for number in range(4):
        open_centre(session, NOW, key=f"day {number}", lat=31.20 + number / 1000)
    open_centre(session, NOW, key="night", lat=31.21, hours=("12:00-21:00",))
    found = care.search_places(session, Wish((child("x"),), at(20, 20), at(20, 22)), HERE, NOW)
    assert found.nothing is not None
    assert found.nothing.near_in_time[0].centre.name == "centre night"
    assert found.nothing.near_in_time[0].starts_at == at(20, 19)


def test_a_time_that_has_passed_is_offered_on_the_next_days(session: Session) -> None:
    open_centre(session, NOW)
    found = care.search_places(session, Wish((child("x"),), at(18, 9), at(18, 10)), HERE, NOW)
    assert found.nothing is not None
    assert [o.starts_at for o in found.nothing.near_in_time][:1] == [at(19, 9)]


def test_a_centre_without_an_age_group_for_a_sibling_is_refused_for_both(session: Session) -> None:
    open_centre(session, NOW, group=AgeGroup.OLDER)
    pair = (child("big", 30), child("small", 8))
    nothing = care.search_places(session, Wish(pair, at(20, 9), at(20, 11)), HERE, NOW).nothing
    assert nothing is not None
    assert nothing.reasons == (Reason.TOO_YOUNG,)


def test_the_demo_town_opens_and_seeding_it_again_changes_nothing(session: Session) -> None:
    def counts() -> list[int | None]:
        tables = (CentreRow, CellRow, GroupSessionRow, BookingRow)
        return [session.scalar(select(func.count()).select_from(t)) for t in tables]

    assert seed_demo(session, NOW) == 8
    before = counts()
    assert seed_demo(session, NOW) == 8
    assert counts() == before
    park = Point(*CENTRE_OF_TOWN)
    for months in (8, 16, 20, 30):
        wish = Wish((child("x", months),), at(19, 15), at(19, 17))
        assert len(care.search_places(session, wish, park, NOW).offers) >= 3
    meetings = care.sessions_near(session, park, NOW, age_months=11, limit=40)
    domains = {m.series.domain for m in meetings}
    assert domains == {"nutrition", "health", "responsive_care", "safety", "early_learning"}
    assert all(m.series.titled(language) for m in meetings for language in ("zh", "en"))


def test_what_a_centre_has_is_read_in_both_languages_as_far_as_it_is_known(session: Session) -> None:
    seed_demo(session, NOW, days=2)
    for near in care.nearest_centres(session, Point(*CENTRE_OF_TOWN), NOW, limit=8):
        assert len(near.centre.has("en")) == len(near.centre.has("zh")) > 0
    told = replace(near.centre, translations={}, qualifications=("CPR",), facilities=("母婴室", "café"))
    assert told.has("en") == ("CPR", "café")
    assert told.has("zh") == ("CPR", "母婴室", "café")


def test_a_course_in_the_calendar_file_has_an_event_a_meeting_in_local_time(session: Session) -> None:
    seed_demo(session, NOW)
    course = next(m for m in care.sessions_near(session, None, NOW, limit=40) if m.series.course)
    party = care.hold_group(session, GroupRequest("k", "f", "p", course.id, child("x", 12)), NOW)
    done = care.confirm(session, party[0].party_id, "f", NOW)
    data = calendar_file(done, title="养育小组", place="青禾路 18 号", now=NOW, geo=(31.2, 121.4))
    events = Calendar.from_ical(data).walk("VEVENT")
    assert len(events) == 4
    assert events[0]["summary"] == "养育小组"
    assert events[0].decoded("dtstart") == done[0].local_start
    assert len({e["uid"] for e in events}) == 4


def test_twins_share_one_event_in_the_calendar_file(session: Session) -> None:
    place = open_centre(session, NOW)
    party = care.hold(session, ask(place, at(20, 9), children=(child("a"), child("b"))), NOW)
    events = Calendar.from_ical(calendar_file(party, title="t", place="p", now=NOW)).walk("VEVENT")
    assert len(events) == 1
