"""Hold, confirm, cancel, move: on both databases, with the recount after every test."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.audit import AuditRow
from scheduler.care import service as care
from scheduler.care.model.booking import MAX_OPEN_AFTER_NO_SHOWS, MAX_OPEN_BOOKINGS, State
from scheduler.care.model.centre import AgeGroup, CareKind
from scheduler.care.model.errors import (
    ChildAlreadyBooked,
    HoldExpired,
    RoomFull,
    StayRefused,
    TooManyOpenBookings,
    UnknownBooking,
    WrongStep,
)
from scheduler.care.model.events import BookingCancelled, BookingConfirmed, BookingMoved, CareEvent, HoldLapsed
from scheduler.care.store import CellRow
from tests.care.town import ask, at, child, open_centre
from tests.conftest import NOW

LATER = NOW + timedelta(minutes=10)


def booked(session: Session, room_id: int) -> int:
    """The places taken in the fullest half hour of the room."""
    return max(session.scalars(select(CellRow.booked).where(CellRow.room_id == room_id)))


def test_a_place_is_held_for_ten_minutes_and_then_booked(session: Session, heard: list[CareEvent]) -> None:
    place = open_centre(session, NOW)
    held = care.hold(session, ask(place, at(20, 9)), NOW)
    assert [b.state for b in held] == [State.HELD]
    assert held[0].held_until == LATER
    assert held[0].price is not None
    assert held[0].price.text == "60"
    done = care.confirm(session, held[0].party_id, "family", LATER - timedelta(seconds=1), heard.append)
    assert [b.state for b in done] == [State.BOOKED]
    assert heard == [BookingConfirmed(done)]
    assert care.last_centre(session, "family") == place.centre_id
    actions = session.scalars(select(AuditRow.action).where(AuditRow.subject == held[0].party_id)).all()
    assert sorted(actions) == ["booking.confirmed", "booking.held"]


def test_a_double_tap_on_hold_and_on_confirm_books_once(session: Session, heard: list[CareEvent]) -> None:
    place = open_centre(session, NOW)
    request = ask(place, at(20, 9))
    first, second = care.hold(session, request, NOW), care.hold(session, request, NOW)
    assert first == second
    for _ in range(2):
        done = care.confirm(session, first[0].party_id, "family", NOW, heard.append)
        assert done[0].state is State.BOOKED
    assert len(heard) == 1
    assert booked(session, place.room_id) == 1


def test_a_hold_whose_time_is_over_cannot_be_confirmed_and_frees_its_place(
    session: Session, heard: list[CareEvent]
) -> None:
    place = open_centre(session, NOW, places=1)
    held = care.hold(session, ask(place, at(20, 9)), NOW)
    with pytest.raises(HoldExpired):
        care.confirm(session, held[0].party_id, "family", LATER)
    with pytest.raises(RoomFull):
        care.hold(session, ask(place, at(20, 9), family="other"), LATER)
    assert care.expire_holds(session, LATER, heard.append) == 1
    assert [type(e) for e in heard] == [HoldLapsed]
    assert booked(session, place.room_id) == 0
    with pytest.raises(HoldExpired):
        care.confirm(session, held[0].party_id, "family", LATER)
    assert care.hold(session, ask(place, at(20, 9), family="other"), LATER)


def test_a_full_room_is_refused_and_nothing_is_touched(session: Session) -> None:
    place = open_centre(session, NOW, places=1)
    care.hold(session, ask(place, at(20, 10), 1), NOW)
    before = session.execute(select(CellRow.half_hour, CellRow.booked)).all()
    with pytest.raises(RoomFull):
        care.hold(session, ask(place, at(20, 9), 3, family="other"), NOW)
    assert session.execute(select(CellRow.half_hour, CellRow.booked)).all() == before


def test_overlapping_stays_are_counted_by_the_half_hour(session: Session) -> None:
    place = open_centre(session, NOW, places=1)
    care.hold(session, ask(place, at(20, 9), 2, family="a"), NOW)
    care.hold(session, ask(place, at(20, 11), 2, family="b"), NOW)
    for start in (at(20, 10, 30), at(20, 12, 30)):
        with pytest.raises(RoomFull):
            care.hold(session, ask(place, start, 1, family="c", key=str(start)), NOW)
    care.hold(session, ask(place, at(20, 13), 1, family="c"), NOW)


def test_twins_come_together_or_not_at_all(session: Session) -> None:
    place = open_centre(session, NOW, places=3)
    twins = (child("first"), child("second"))
    held = care.hold(session, ask(place, at(20, 9), children=twins), NOW)
    assert [(b.line, b.child_id, b.code) for b in held] == [(0, "first", held[0].code), (1, "second", held[0].code)]
    others = (child("third"), child("fourth"))
    with pytest.raises(RoomFull):
        care.hold(session, ask(place, at(20, 9), children=others, family="other"), NOW)
    assert booked(session, place.room_id) == 2
    done = care.confirm(session, held[0].party_id, "family", NOW)
    care.cancel(session, done[0].party_id, "family", NOW, booking_ids=[done[1].id])
    assert [b.state for b in care.party(session, done[0].party_id)] == [State.BOOKED, State.CANCELLED]
    assert booked(session, place.room_id) == 1


def test_siblings_of_different_ages_go_to_different_rooms_of_one_centre(session: Session) -> None:
    place = open_centre(session, NOW, places=2)
    older = care.keep_room(session, place.centre_id, "older", AgeGroup.OLDER, adults=2)
    care.generate_cells(session, NOW, days=10, centre_ids=[place.centre_id])
    held = care.hold(session, ask(place, at(20, 9), children=(child("small", 14), child("big", 30))), NOW)
    assert {b.child_id: b.room_id for b in held} == {"small": place.room_id, "big": older}


def test_a_child_cannot_be_in_two_places_at_once(session: Session) -> None:
    place, other = open_centre(session, NOW), open_centre(session, NOW, key="two")
    held = care.hold(session, ask(place, at(20, 9)), NOW)
    care.confirm(session, held[0].party_id, "family", NOW)
    with pytest.raises(ChildAlreadyBooked):
        care.hold(session, ask(other, at(20, 10), key="again"), NOW)
    assert care.hold(session, ask(other, at(20, 11), key="after"), NOW)


def test_a_parent_who_changes_their_mind_gets_the_new_hold_in_exchange_for_the_old(session: Session) -> None:
    place = open_centre(session, NOW, places=1)
    first = care.hold(session, ask(place, at(20, 9)), NOW)
    second = care.hold(session, ask(place, at(20, 9, 30)), NOW)
    assert care.party(session, first[0].party_id)[0].state is State.CANCELLED
    assert second[0].state is State.HELD
    assert booked(session, place.room_id) == 1


def test_an_exchange_that_fails_leaves_the_old_hold(session: Session) -> None:
    place, full = open_centre(session, NOW, places=1), open_centre(session, NOW, key="two", places=1)
    care.hold(session, ask(full, at(20, 10), family="other"), NOW)
    first = care.hold(session, ask(place, at(20, 9)), NOW)
    with pytest.raises(RoomFull):
        care.hold(session, ask(full, at(20, 10)), NOW)
    assert care.party(session, first[0].party_id)[0].state is State.HELD


def test_cancelling_frees_the_place_at_once_and_twice_does_no_harm(session: Session, heard: list[CareEvent]) -> None:
    place = open_centre(session, NOW)
    held = care.hold(session, ask(place, at(20, 9)), NOW)
    care.confirm(session, held[0].party_id, "family", NOW)
    for _ in range(2):
        gone = care.not_coming(session, held[0].party_id, "family", NOW, heard.append)
        assert (gone[0].state, gone[0].why) == (State.CANCELLED, "not_coming")
    assert [type(e) for e in heard] == [BookingCancelled]
    assert booked(session, place.room_id) == 0


def test_another_familys_booking_is_unknown(session: Session) -> None:
    place = open_centre(session, NOW)
    held = care.hold(session, ask(place, at(20, 9)), NOW)
    for step in (care.confirm, care.cancel, care.not_coming):
        with pytest.raises(UnknownBooking):
            step(session, held[0].party_id, "stranger", NOW)
    with pytest.raises(UnknownBooking):
        care.hold(session, ask(place, at(20, 9), family="stranger", key=ask(place, at(20, 9)).key), NOW)


def test_a_booking_moves_to_another_time_even_when_only_its_own_place_is_left(
    session: Session, heard: list[CareEvent]
) -> None:
    place = open_centre(session, NOW, places=1)
    held = care.hold(session, ask(place, at(20, 9)), NOW)
    care.confirm(session, held[0].party_id, "family", NOW)
    moved = care.reschedule(session, held[0].party_id, "family", ask(place, at(20, 10), key="move"), NOW, heard.append)
    assert [(b.state, b.starts_at, b.moved_from) for b in moved] == [(State.BOOKED, at(20, 10), held[0].party_id)]
    assert care.party(session, held[0].party_id)[0].why == "moved"
    event = heard[0]
    assert isinstance(event, BookingMoved)
    assert event.old[0].starts_at == at(20, 9)
    assert care.reschedule(session, held[0].party_id, "family", ask(place, at(20, 10), key="move"), NOW) == moved


def test_a_move_to_a_full_time_changes_nothing(session: Session) -> None:
    place = open_centre(session, NOW, places=1)
    care.hold(session, ask(place, at(20, 12), family="other"), NOW)
    held = care.hold(session, ask(place, at(20, 9)), NOW)
    care.confirm(session, held[0].party_id, "family", NOW)
    with pytest.raises(RoomFull):
        care.reschedule(session, held[0].party_id, "family", ask(place, at(20, 11), key="move"), NOW)
    assert care.party(session, held[0].party_id)[0].state is State.BOOKED


def test_places_kept_for_the_day_itself_open_on_that_day(session: Session) -> None:
    place = open_centre(session, NOW, places=2, reserve=1)
    care.hold(session, ask(place, at(20, 9), family="a"), NOW)
    with pytest.raises(RoomFull):
        care.hold(session, ask(place, at(20, 9), family="b"), NOW)
    assert care.hold(session, ask(place, at(20, 9), family="b"), at(20, 0, 1))


def test_a_family_may_have_only_so_many_open_bookings(session: Session) -> None:
    place = open_centre(session, NOW, places=20)
    for number in range(MAX_OPEN_BOOKINGS):
        care.hold(session, ask(place, at(20, 8) + timedelta(minutes=30 * number), 0.5), NOW)
    with pytest.raises(TooManyOpenBookings):
        care.hold(session, ask(place, at(21, 9)), NOW)
    assert care.standing(session, "family", NOW).open_bookings == MAX_OPEN_BOOKINGS
    assert care.hold(session, ask(place, at(21, 9)), LATER)


def test_three_absences_without_a_word_mean_fewer_bookings_for_a_while(session: Session) -> None:
    place = open_centre(session, NOW, places=5)
    for hour in (11, 13, 15):
        held = care.hold(session, ask(place, at(18, hour), 1), NOW)
        care.confirm(session, held[0].party_id, "family", NOW)
        with pytest.raises(WrongStep):
            care.no_show(session, held[0].id, at(18, hour, 14), "staff:1")
        care.no_show(session, held[0].id, at(18, hour, 15), "staff:1")
    tomorrow = at(19, 8)
    assert care.standing(session, "family", tomorrow).limit == MAX_OPEN_AFTER_NO_SHOWS
    assert care.standing(session, "family", tomorrow + timedelta(days=61)).limit == MAX_OPEN_BOOKINGS
    care.attend(session, held[0].id, tomorrow, "staff:1")
    assert care.standing(session, "family", tomorrow).limit == MAX_OPEN_BOOKINGS


def test_a_stay_about_which_the_centre_said_nothing_counts_as_attended(session: Session) -> None:
    place = open_centre(session, NOW)
    held = care.hold(session, ask(place, at(18, 12)), NOW)
    care.confirm(session, held[0].party_id, "family", NOW)
    assert care.settle(session, at(19, 13)) == 0
    assert care.settle(session, at(19, 15)) == 1
    assert care.party(session, held[0].party_id)[0].state is State.ATTENDED
    with pytest.raises(WrongStep):
        care.cancel(session, held[0].party_id, "family", at(19, 15))


def test_twelve_free_uses_a_year_and_the_thirteenth_is_paid(session: Session) -> None:
    place = open_centre(session, NOW, places=5, rules={"free_uses": True}, days=20)
    numbers = []
    for day in range(19, 26):
        for hour in (9, 14):
            held = care.hold(session, ask(place, at(day, hour)), NOW)
            done = care.confirm(session, held[0].party_id, "family", NOW)
            numbers.append((done[0].free_use, done[0].price and done[0].price.amount))
            care.attend(session, done[0].id, at(day, 18), "staff:1") if len(numbers) > 4 else None
            if len(numbers) == 3:
                care.cancel(session, held[0].party_id, "family", NOW)
    assert numbers[:4] == [(1, 0), (2, 0), (3, 0), (3, 0)]
    assert numbers[-2:] == [(12, 0), (None, 6000)]
    assert care.free_uses(session, ["child of family"], 2026)["child of family"].left == 0
    assert care.free_uses(session, ["child of family"], 2027)["child of family"].left == 12


def test_a_family_that_leaves_takes_its_rows_along_and_frees_its_places(session: Session) -> None:
    place = open_centre(session, NOW, places=1)
    held = care.hold(session, ask(place, at(20, 9)), NOW)
    care.confirm(session, held[0].party_id, "family", NOW)
    care.keep_health_form(
        session,
        "child of family",
        "family",
        NOW,
        allergies="-",
        medicines="",
        collectors=["grandmother"],
        consent_by="p",
    )
    waiting = care.join_waitlist(session, ask(place, at(20, 9), family="other"), NOW)
    care.forget_family(session, "family", NOW)
    assert care.list_bookings(session, "family", NOW, past=True) == []
    assert care.health_form(session, "child of family") is None
    assert care.party(session, waiting[0].party_id)[0].state is State.HELD


@pytest.mark.parametrize(
    ("start", "hours", "reason"),
    [
        (at(20, 7), 2, "closed"),
        (at(20, 17), 2, "closed"),
        (at(18, 9), 1, "past"),
        (at(20, 9), 0.5, "too_short"),
        (at(20, 9), 6, "too_long"),
        (at(18, 10, 30), 1, "too_soon"),
        (at(30, 9), 2, "not_yet"),
    ],
)
def test_a_stay_against_the_rules_is_refused_with_its_reason(
    session: Session, start: datetime, hours: float, reason: str
) -> None:
    rules = {"min_minutes": 60, "max_minutes": 300, "lead_minutes": 60}
    place = open_centre(session, NOW, rules=rules)
    with pytest.raises(StayRefused) as refused:
        care.hold(session, ask(place, start, hours), NOW)
    assert refused.value.reasons == (reason,)


def test_care_that_the_centre_does_not_have_is_refused(session: Session) -> None:
    place = open_centre(session, NOW)
    with pytest.raises(StayRefused) as refused:
        care.hold(session, ask(place, at(20, 9), kind=CareKind.FULL_DAY), NOW)
    assert refused.value.reasons == ("no_such_care",)
