"""Full: the line, timed offers, night, group sessions and courses, closures and missing staff."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from scheduler.care import service as care
from scheduler.care.model.booking import HOLD, State, offer_ends
from scheduler.care.model.errors import (
    AlreadyWaiting,
    ChildAlreadyBooked,
    GroupFull,
    HoldExpired,
    PlaceStillFree,
    RoomFull,
    StayRefused,
)
from scheduler.care.model.events import CareEvent, OfferLapsed, OfferMade, PlaceLost, WaitEnded
from scheduler.care.model.group import GroupKind, GroupSeries
from scheduler.care.model.search import GroupRequest
from tests.care.town import SHANGHAI, ask, at, child, open_centre
from tests.conftest import NOW


def states(session: Session, *parties: str) -> list[str]:
    return [care.party(session, p)[0].state.value for p in parties]


def test_the_line_is_served_in_order_by_timed_offers(session: Session, heard: list[CareEvent]) -> None:
    place = open_centre(session, NOW, places=1)
    held = care.hold(session, ask(place, at(20, 9)), NOW)
    line = [
        care.join_waitlist(session, ask(place, at(20, 9), family=f), NOW + timedelta(minutes=n))[0].party_id
        for n, f in enumerate(("first", "second", "third"))
    ]
    assert [care.place_in_line(session, p) for p in line] == [1, 2, 3]
    care.cancel(session, held[0].party_id, "family", NOW + timedelta(minutes=5), heard.append)
    assert states(session, *line) == ["held", "waitlisted", "waitlisted"]
    made = heard[0]
    assert isinstance(made, OfferMade)
    assert made.until == NOW + timedelta(minutes=35)
    assert made.party[0].is_offer
    with pytest.raises(RoomFull):
        care.hold(session, ask(place, at(20, 9), family="stranger"), NOW + timedelta(minutes=6))
    care.sweep(session, NOW + timedelta(minutes=35), heard.append)
    assert states(session, *line) == ["expired", "held", "waitlisted"]
    assert OfferLapsed in [type(e) for e in heard]
    with pytest.raises(HoldExpired):
        care.accept_offer(session, line[0], "first", NOW + timedelta(minutes=35))
    care.decline_offer(session, line[1], "second", NOW + timedelta(minutes=36))
    care.accept_offer(session, line[2], "third", NOW + timedelta(minutes=37))
    assert states(session, *line) == ["expired", "cancelled", "booked"]


def test_who_waits_for_a_time_that_fits_is_served_and_who_needs_more_keeps_waiting(session: Session) -> None:
    place = open_centre(session, NOW, places=1)
    morning = care.hold(session, ask(place, at(20, 9), 1, family="a"), NOW)
    care.hold(session, ask(place, at(20, 10), 1, family="b"), NOW)
    long = care.join_waitlist(session, ask(place, at(20, 9), 2, family="long"), NOW)[0].party_id
    short = care.join_waitlist(session, ask(place, at(20, 9), 1, family="short"), NOW)[0].party_id
    care.cancel(session, morning[0].party_id, "a", NOW)
    assert states(session, long, short) == ["waitlisted", "held"]


def test_nobody_waits_while_there_is_a_place_and_nobody_waits_twice(session: Session) -> None:
    place = open_centre(session, NOW, places=1)
    with pytest.raises(PlaceStillFree):
        care.join_waitlist(session, ask(place, at(20, 9)), NOW)
    care.hold(session, ask(place, at(20, 9), family="other"), NOW)
    care.join_waitlist(session, ask(place, at(20, 9)), NOW)
    with pytest.raises(AlreadyWaiting):
        care.join_waitlist(session, ask(place, at(20, 9, 30), key="again"), NOW)


def test_an_offer_that_meets_another_booking_of_the_child_cannot_be_accepted(session: Session) -> None:
    place, other = open_centre(session, NOW, places=1), open_centre(session, NOW, key="two")
    first = care.hold(session, ask(place, at(20, 9), family="other"), NOW)
    waiting = care.join_waitlist(session, ask(place, at(20, 9)), NOW)
    elsewhere = care.hold(session, ask(other, at(20, 10), key="elsewhere"), NOW)
    care.confirm(session, elsewhere[0].party_id, "family", NOW)
    care.cancel(session, first[0].party_id, "other", NOW)
    with pytest.raises(ChildAlreadyBooked):
        care.accept_offer(session, waiting[0].party_id, "family", NOW)


def test_a_reserve_that_opens_goes_to_the_line_first(session: Session) -> None:
    place = open_centre(session, NOW, places=2, reserve=1)
    care.hold(session, ask(place, at(20, 9)), NOW)
    waiting = care.join_waitlist(session, ask(place, at(20, 9), family="waits"), NOW)
    day = at(20, 0, 1)
    care.expire_holds(session, NOW)
    with pytest.raises(RoomFull):
        care.hold(session, ask(place, at(20, 9), family="quick"), at(19, 23, 59))
    care.sweep(session, day)
    assert states(session, waiting[0].party_id) == ["held"]


def test_waiting_ends_when_the_stay_begins(session: Session, heard: list[CareEvent]) -> None:
    place = open_centre(session, NOW, places=1)
    held = care.hold(session, ask(place, at(20, 9), family="other"), NOW)
    care.confirm(session, held[0].party_id, "other", NOW)
    waiting = care.join_waitlist(session, ask(place, at(20, 9)), NOW)
    care.sweep(session, at(20, 9), heard.append)
    assert [type(e) for e in heard] == [WaitEnded]
    assert states(session, waiting[0].party_id) == ["expired"]


@pytest.mark.parametrize(
    ("now", "start", "until"),
    [
        (at(18, 10), at(20, 9), at(18, 10, 30)),
        (at(18, 22), at(20, 9), at(19, 8, 30)),
        (at(19, 3), at(20, 9), at(19, 8, 30)),
        (at(19, 3), at(19, 8), at(19, 8)),
        (at(19, 8, 45), at(19, 9), at(19, 9)),
    ],
)
def test_an_offer_in_the_night_waits_for_the_morning(now: datetime, start: datetime, until: datetime) -> None:
    assert offer_ends(now, start, SHANGHAI) == until


def series(**changes: object) -> GroupSeries:
    usual: dict[str, object] = {
        "id": 0, "kind": GroupKind.PARENTING_GROUP, "domain": "nutrition", "titles": {"en": "tastes"}, "zone": SHANGHAI,
        "first": datetime.fromisoformat("2026-11-21T10:00"), "minutes": 90, "families": 2,
        "from_months": 6, "to_months": 18, "rule": "FREQ=WEEKLY;COUNT=4",
    }  # fmt: skip
    return GroupSeries(**{**usual, **changes})  # type: ignore[arg-type]


def meet(session: Session, **changes: object) -> list[int]:
    """Keep a series, generate its meetings; their ids in order of time."""
    care.add_series(session, "test", series(**changes))
    care.generate_group_sessions(session, NOW)
    care.generate_group_sessions(session, NOW)
    months = {"age_months": 12.0, "until": NOW + timedelta(days=90), "limit": 50}
    return [g.id for g in care.sessions_near(session, None, NOW, **months)]  # type: ignore[arg-type]


def seat(meeting: int, family: str, months: int = 12) -> GroupRequest:
    return GroupRequest(f"{family}-{meeting}", family, "p", meeting, child(f"child of {family}", months))


def test_a_group_session_has_so_many_seats_and_a_line(session: Session, heard: list[CareEvent]) -> None:
    first, *others = meet(session)
    assert len(others) == 3
    parties = [care.hold_group(session, seat(first, f), NOW)[0].party_id for f in ("a", "b")]
    assert care.group_session(session, first, NOW).places_left == 0
    with pytest.raises(GroupFull):
        care.hold_group(session, seat(first, "c"), NOW)
    with pytest.raises(ChildAlreadyBooked):
        care.hold_group(session, GroupRequest("again", "a", "p", first), NOW)
    waiting = care.join_group_waitlist(session, seat(first, "c"), NOW)
    assert care.place_in_line(session, waiting[0].party_id) == 1
    care.confirm(session, parties[0], "a", NOW)
    care.cancel(session, parties[0], "a", NOW, heard.append)
    assert [type(e) for e in heard] == [OfferMade, type(heard[1])]
    care.confirm(session, waiting[0].party_id, "c", NOW)
    assert care.group_session(session, others[0], NOW).places_left == 2


def test_a_group_session_asks_for_the_age_on_its_day(session: Session) -> None:
    first, *_ = meet(session)
    with pytest.raises(StayRefused) as refused:
        care.hold_group(session, seat(first, "young", 5), NOW)
    assert refused.value.reasons == ("too_young",)
    with pytest.raises(StayRefused) as refused:
        care.hold_group(session, seat(first, "old", 19), NOW)
    assert refused.value.reasons == ("too_old",)
    assert care.sessions_near(session, None, NOW, age_months=30) == []


def test_a_course_is_booked_as_one_or_not_at_all(session: Session) -> None:
    (first,) = meet(session, course=True, families=1)
    shown = care.group_session(session, first, NOW)
    assert len(shown.meetings) == 4
    party = care.hold_group(session, seat(first, "a"), NOW)
    assert [b.line for b in party] == [0, 1, 2, 3]
    assert len({b.code for b in party}) == 1
    with pytest.raises(GroupFull):
        care.hold_group(session, seat(first, "b"), NOW)
    care.confirm(session, party[0].party_id, "a", NOW)
    care.cancel(session, party[0].party_id, "a", NOW, booking_ids=[party[2].id])
    assert [b.state for b in care.party(session, party[0].party_id)].count(State.BOOKED) == 3
    with pytest.raises(GroupFull):
        care.hold_group(session, seat(first, "b"), NOW)


def test_a_meeting_that_falls_out_tells_its_families(session: Session, heard: list[CareEvent]) -> None:
    first, *_ = meet(session)
    party = care.hold_group(session, seat(first, "a"), NOW)
    care.confirm(session, party[0].party_id, "a", NOW)
    assert care.cancel_meeting(session, first, NOW, heard.append, actor="staff:1") == 1
    assert [type(e) for e in heard] == [PlaceLost]
    assert first not in [g.id for g in care.sessions_near(session, None, NOW)]


def test_a_series_keeps_the_wall_clock_over_a_clock_change_and_knows_exceptions() -> None:
    own = series(
        zone="Europe/Berlin", first=datetime.fromisoformat("2026-03-22T10:00"), rule="FREQ=WEEKLY",
        left_out=(datetime.fromisoformat("2026-04-05T10:00"),), added=(datetime.fromisoformat("2026-04-06T11:00"),),
    )  # fmt: skip
    found = own.meetings(datetime(2026, 3, 20, tzinfo=NOW.tzinfo), datetime(2026, 4, 13, tzinfo=NOW.tzinfo))
    assert [m.strftime("%m-%d %H") for m in found] == ["03-22 09", "03-29 08", "04-06 09", "04-12 08"]


def test_a_closure_cancels_the_day_and_offers_the_same_time_near_by(session: Session, heard: list[CareEvent]) -> None:
    from bot.core.families import service as families

    parent = families.parent_at(session, "test", "1", now=NOW, zone=SHANGHAI)
    born = child("x").birth_date
    child_id = families.add_child(session, parent.family_id, birth_date=born, precision="day", now=NOW)
    place = open_centre(session, NOW, places=3)
    near = open_centre(session, NOW, key="near", lat=31.201)
    own = (type(child("x"))(child_id, born, "day"),)
    held = care.hold(session, ask(place, at(20, 9), children=own, family=parent.family_id), NOW)
    care.confirm(session, held[0].party_id, parent.family_id, NOW)
    other_day = care.hold(session, ask(place, at(21, 9), children=own, family=parent.family_id), NOW)
    day = at(20, 12).date()
    affected = care.close_centre(session, place.centre_id, day, day, NOW, heard.append, actor="staff:1", reason="leak")
    assert [a.booking.id for a in affected] == [held[0].id]
    assert affected[0].alternatives[0].centre.id == near.centre_id
    assert [type(e) for e in heard] == [PlaceLost]
    assert states(session, held[0].party_id, other_day[0].party_id) == ["cancelled", "held"]
    with pytest.raises(StayRefused):
        care.hold(session, ask(place, at(20, 14), family="late"), NOW)


def test_missing_staff_takes_nobody_new_and_names_the_last_to_book(session: Session, heard: list[CareEvent]) -> None:
    place = open_centre(session, NOW, places=15)
    parties = []
    for number in range(7):
        held = care.hold(session, ask(place, at(20, 9), family=f"f{number}"), NOW + timedelta(seconds=number))
        parties.append(care.confirm(session, held[0].party_id, f"f{number}", NOW)[0])
    change = (place.room_id, at(20, 8), at(20, 12), 1)
    affected = care.change_staff(
        session, *change, NOW, heard.append, centre_id=place.centre_id, actor="staff:1"
    )  # one adult: five toddlers
    assert [a.booking.id for a in affected] == [parties[6].id, parties[5].id]
    assert heard == []
    with pytest.raises(RoomFull):
        care.hold(session, ask(place, at(20, 9), family="new"), NOW)
    assert care.hold(session, ask(place, at(20, 13), family="new"), NOW)
    care.cancel(session, parties[0].party_id, "f0", NOW)
    with pytest.raises(RoomFull):
        care.hold(session, ask(place, at(20, 9), family="next"), NOW)
    waiting = care.join_waitlist(session, ask(place, at(20, 9), family="waits"), NOW)
    care.change_staff(
        session, place.room_id, at(20, 8), at(20, 12), 3, NOW, heard.append, centre_id=place.centre_id, actor="staff:1"
    )
    assert states(session, waiting[0].party_id) == ["held"]


def test_new_hours_cancel_what_lies_outside_and_open_what_is_new(session: Session, heard: list[CareEvent]) -> None:
    place = open_centre(session, NOW)
    late = care.hold(session, ask(place, at(20, 16)), NOW)
    care.confirm(session, late[0].party_id, "family", NOW)
    care.change_hours(
        session, place.centre_id, {d: [(7 * 60, 17 * 60)] for d in range(7)}, NOW, heard.append, actor="staff:1"
    )
    assert states(session, late[0].party_id) == ["cancelled"]
    assert care.hold(session, ask(place, at(20, 7), family="early"), NOW)


def test_two_seats_of_a_meeting_that_lapse_together_both_come_back(session: Session) -> None:
    first, *_ = meet(session)
    for family in ("a", "b"):
        care.hold_group(session, seat(first, family), NOW)
    assert care.group_session(session, first, NOW).places_left == 0
    assert care.expire_holds(session, NOW + HOLD) == 2
    assert care.group_session(session, first, NOW).places_left == 2
