"""Group sessions of a centre, its waiting lines, whom a message reaches, and what it says about itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.audit import AuditRow
from bot.core.staff.model import NotPermitted
from scheduler.care import service as care
from scheduler.care.centre_side import meetings
from scheduler.care.centre_side.day import centre_day
from scheduler.care.centre_side.door import arrive, did_not_come, undo
from scheduler.care.centre_side.letters import About, families_about
from scheduler.care.centre_side.lines import waiting_here, withdraw
from scheduler.care.centre_side.profile import Profile, keep_photo, keep_profile, keep_room
from scheduler.care.centre_side.walk_in import WalkIn, walk_in
from scheduler.care.model.booking import Party, State
from scheduler.care.model.errors import ChangedSince, NotAllowed, UnknownBooking, UnknownCentre, WrongStep
from scheduler.care.model.events import CareEvent, OfferMade, PlaceLost
from scheduler.care.model.group import GroupKind, GroupSeries
from scheduler.care.model.repeat import Every, Repeat, repeat_of
from scheduler.care.model.search import GroupRequest
from tests.care.test_door import TODDLER, booked, staff
from tests.care.town import SHANGHAI, Place, ask, at, child, open_centre
from tests.conftest import NOW


def clock(month: int, day: int) -> datetime:
    """Three in the afternoon on the wall clock."""
    return datetime.combine(date(2026, month, day), time(15))


WEDNESDAYS = GroupSeries(
    id=0, kind=GroupKind.PARENTING_GROUP, domain="nutrition", titles={"zh": "辅食小组", "en": "First foods"},
    zone=SHANGHAI, first=clock(11, 18), minutes=60, families=2, from_months=6, to_months=24,
    rule="FREQ=WEEKLY;BYDAY=WE",
)  # fmt: skip


def group(session: Session, place: Place, series: GroupSeries = WEDNESDAYS) -> meetings.SeriesLine:
    meetings.add(session, staff(place), place.centre_id, series, NOW)
    return meetings.series_here(session, staff(place), place.centre_id, NOW)[0]


def seat(session: Session, number: int, family: str, *, wait: bool = False) -> Party:
    request = GroupRequest(f"{family}-{number}", family, f"p of {family}", number, child(f"c {family}", 12))
    if wait:
        return care.join_group_waitlist(session, request, NOW)
    held = care.hold_group(session, request, NOW)
    return care.confirm(session, held[0].party_id, family, NOW)


def test_a_family_that_comes_to_one_meeting_of_a_course_is_awaited_at_that_one(session: Session) -> None:
    place = open_centre(session, NOW)
    own, first, second = staff(place), at(18, 15), at(25, 15)
    course = replace(WEDNESDAYS, rule="FREQ=WEEKLY;BYDAY=WE;COUNT=2", course=True)
    party = seat(session, group(session, place, course).meetings[0].id, "f")[0].party_id
    assert [b.starts_at for b in care.will_come(session, party, "f", NOW, starts_at=second)] == [second]
    days = [centre_day(session, own, place.centre_id, date(2026, 11, day), NOW) for day in (18, 25)]
    assert [list(day.coming_to.values()) for day in days] == [[], [1]]
    assert [b.starts_at for b in care.will_come(session, party, "f", NOW)] == [first]


def test_a_series_written_at_the_centre_has_its_meetings_ahead(session: Session) -> None:
    line = group(session, open_centre(session, NOW))
    assert [m.starts_at for m in line.meetings[:2]] == [at(18, 15), at(25, 15)]
    assert line.meetings[0].series.place == "centre one"


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        ({"titles": {"zh": ""}}, "title"),
        ({"minutes": 5}, "time"),
        ({"families": 0}, "families"),
        ({"from_months": 20, "to_months": 10}, "months"),
        ({"rule": "FREQ=SOMETIMES"}, "rule"),
        ({"rule": "", "first": clock(11, 1)}, "no_meeting"),
        ({"rule": "FREQ=HOURLY", "minutes": 90}, "time"),
    ],
)
def test_what_cannot_be_a_series_is_refused(session: Session, odd: dict[str, object], why: str) -> None:
    place = open_centre(session, NOW)
    with pytest.raises(NotAllowed, match=why):
        meetings.add(session, staff(place), place.centre_id, replace(WEDNESDAYS, **odd), NOW)  # type: ignore[arg-type]


def test_a_new_day_cancels_the_old_meetings_and_tells_their_families(session: Session, heard: list[CareEvent]) -> None:
    place = open_centre(session, NOW)
    line = group(session, place)
    has = seat(session, line.meetings[1].id, "a")
    own, moved = staff(place), replace(line.series, rule="FREQ=WEEKLY;BYDAY=TH")
    shown = meetings.preview_change(session, own, place.centre_id, moved, NOW)
    assert [a.booking.party_id for a in shown.lost] == [has[0].party_id]
    assert care.party(session, has[0].party_id)[0].state is State.BOOKED
    meetings.change(session, own, place.centre_id, moved, NOW, heard.append, seen=shown.seen)
    assert care.party(session, has[0].party_id)[0].state is State.CANCELLED
    assert [type(e) for e in heard] == [PlaceLost]
    now = meetings.series_here(session, own, place.centre_id, NOW)[0].meetings
    assert [m.starts_at for m in now[:2]] == [at(19, 15), at(26, 15)]
    back = meetings.preview_change(session, own, place.centre_id, line.series, NOW)
    meetings.change(session, own, place.centre_id, line.series, NOW, seen=back.seen)
    again = meetings.series_here(session, own, place.centre_id, NOW)[0].meetings
    assert [(m.starts_at, m.places_left) for m in again[:2]] == [(at(18, 15), 2), (at(25, 15), 2)]


def test_a_seat_booked_since_the_preview_shows_it_anew(session: Session) -> None:
    place = open_centre(session, NOW)
    line = group(session, place)
    moved = replace(line.series, rule="FREQ=WEEKLY;BYDAY=TH")
    shown = meetings.preview_change(session, staff(place), place.centre_id, moved, NOW)
    seat(session, line.meetings[1].id, "a")
    trial = session.begin_nested()
    with pytest.raises(ChangedSince):
        meetings.change(session, staff(place), place.centre_id, moved, NOW, seen=shown.seen)
    trial.rollback()


def test_fewer_seats_take_nobody_away(session: Session) -> None:
    place = open_centre(session, NOW)
    line = group(session, place)
    for family in ("a", "b"):
        seat(session, line.meetings[0].id, family)
    smaller = replace(line.series, families=1)
    shown = meetings.preview_change(session, staff(place), place.centre_id, smaller, NOW)
    assert not shown.lost
    meetings.change(session, staff(place), place.centre_id, smaller, NOW, seen=shown.seen)
    found, seated, _ = meetings.meeting(session, staff(place), place.centre_id, line.meetings[0].id)
    assert (found.places_left, len(seated)) == (0, 2)


def test_one_meeting_is_left_out_for_good(session: Session, heard: list[CareEvent]) -> None:
    place = open_centre(session, NOW)
    line = group(session, place)
    own, first = staff(place), line.meetings[0].id
    seat(session, first, "a"), seat(session, first, "b"), seat(session, first, "c", wait=True)
    assert meetings.leave_out(session, own, place.centre_id, first, NOW, heard.append) == 3
    assert sorted(e.waiting for e in heard if isinstance(e, PlaceLost)) == [False, False, True]
    care.generate_group_sessions(session, NOW)
    assert meetings.series_here(session, own, place.centre_id, NOW)[0].meetings[0].starts_at == at(25, 15)
    same = meetings.series_here(session, own, place.centre_id, NOW)[0].series
    meetings.preview_change(session, own, place.centre_id, replace(same, families=9), NOW)
    assert same.left_out == (clock(11, 18),)


def test_an_ended_series_has_no_meeting_any_more(session: Session) -> None:
    place = open_centre(session, NOW)
    line = group(session, place)
    seat(session, line.meetings[2].id, "a")
    assert meetings.end(session, staff(place), place.centre_id, line.series.id, NOW) == 1
    care.generate_group_sessions(session, NOW)
    assert meetings.series_here(session, staff(place), place.centre_id, NOW)[0].meetings == ()


def test_who_came_to_a_meeting_is_noted_with_a_tap(session: Session) -> None:
    place = open_centre(session, NOW)
    line = group(session, place)
    own, first = staff(place), line.meetings[0].id
    a, b = seat(session, first, "a")[0], seat(session, first, "b")[0]
    waits = seat(session, first, "c", wait=True)[0]
    assert arrive(session, own, place.centre_id, a.id, at(18, 15)).state is State.ATTENDED
    assert undo(session, own, place.centre_id, a.id, at(18, 15)).state is State.BOOKED
    assert did_not_come(session, own, place.centre_id, b.id, at(18, 15, 20)).state is State.NO_SHOW
    _, seated, line_up = meetings.meeting(session, own, place.centre_id, first)
    assert {s.booking.id: int(s.age_months or 0) for s in seated} == {a.id: 0, b.id: 0}
    assert [s.booking.id for s in line_up] == [waits.id]


def test_the_line_is_shown_in_its_order_with_running_offers(session: Session, heard: list[CareEvent]) -> None:
    place = open_centre(session, NOW, places=1)
    has = booked(session, place, at(20, 9), family="has")
    for number, family in enumerate(("first", "second", "third")):
        care.join_waitlist(session, ask(place, at(20, 9), family=family), NOW + timedelta(minutes=number))
    own, later = staff(place), NOW + timedelta(minutes=5)
    assert [(w.first.family_id, w.place) for w in waiting_here(session, own, place.centre_id, later)] == [
        ("first", 1), ("second", 2), ("third", 3),
    ]  # fmt: skip
    care.cancel(session, has.party_id, "has", later)
    offered, second, _ = waiting_here(session, own, place.centre_id, later)
    assert (offered.first.family_id, offered.place) == ("first", None)
    assert offered.until is not None
    withdraw(session, own, place.centre_id, offered.first.party_id, later, heard.append)
    withdraw(session, own, place.centre_id, offered.first.party_id, later, heard.append)
    assert [type(e) for e in heard] == [OfferMade, PlaceLost]
    assert care.party(session, second.first.party_id)[0].is_offer
    care.confirm(session, second.first.party_id, "second", later)
    with pytest.raises(WrongStep):
        withdraw(session, own, place.centre_id, second.first.party_id, later)


def test_a_message_reaches_the_families_of_the_room_the_meeting_or_the_booking(session: Session) -> None:
    place = open_centre(session, NOW, places=5)
    own, line = staff(place), group(session, place)
    for family in ("a", "b"):
        booked(session, place, at(18, 11), family=family)
    tomorrow = booked(session, place, at(19, 11), family="c")
    walk_in(session, own, place.centre_id, WalkIn("k", at(18, 12), guest=TODDLER), NOW)
    seat(session, line.meetings[0].id, "d")

    def reached(about: About) -> list[str]:
        return families_about(session, own, place.centre_id, about)[0]

    assert reached(About(room_id=place.room_id, day=date(2026, 11, 18))) == ["a", "b"]
    assert reached(About(group_session_id=line.meetings[0].id)) == ["d"]
    assert reached(About(booking_id=tomorrow.id)) == ["c"]


def test_the_profile_is_kept_within_its_limits_and_logged_without_its_words(session: Session) -> None:
    place = open_centre(session, NOW)
    own = staff(place)
    said = Profile(
        "One", "021-1", "https://one.example", ("garden",), ("zh", "en"), {"en": ("a hat",)}, {}, {}, 37.5, 24
    )
    keep_profile(session, own, place.centre_id, said, NOW)
    keep_room(session, own, place.centre_id, place.room_id, NOW, name_en="Ducklings", from_months=14, to_months=20)
    keep_photo(session, own, place.centre_id, "abc.jpg", NOW)
    facts = care.centre_facts(session, place.centre_id)
    assert (facts.centre.names["en"], facts.centre.bring["en"], facts.centre.photo) == ("One", ("a hat",), "abc.jpg")
    assert (facts.rooms[0].names, facts.rooms[0].from_months) == ({"en": "Ducklings"}, 14)
    log = session.scalars(select(AuditRow).where(AuditRow.action == "centre.profile")).one()
    assert "hat" not in str(log.detail)
    for odd, why in ((replace(said, fever_limit=20.0), "fever"), (replace(said, website="http://x"), "website")):
        with pytest.raises(NotAllowed, match=why):
            keep_profile(session, own, place.centre_id, odd, NOW)
    with pytest.raises(NotAllowed, match="months"):
        keep_room(session, own, place.centre_id, place.room_id, NOW, name_en="", from_months=3, to_months=20)


def test_a_new_import_of_the_register_keeps_what_the_centre_wrote(session: Session) -> None:
    place = open_centre(session, NOW)
    keep_photo(session, staff(place), place.centre_id, "abc.jpg", NOW)
    fields = {"name": "centre one", "address": "new road", "zone": SHANGHAI, "lat": 31.2, "lon": 121.4}
    assert care.keep_centre(session, "test", "one", fields) == (place.centre_id, "changed")
    assert care.centre(session, place.centre_id).photo == "abc.jpg"
    assert care.centre(session, place.centre_id).address == "new road"


def test_all_of_it_is_closed_to_staff_of_another_centre(session: Session) -> None:
    here, there = open_centre(session, NOW, key="one"), open_centre(session, NOW, key="two")
    line, other = group(session, here), staff(there)
    first = line.meetings[0].id
    full = open_centre(session, NOW, key="three", places=1)
    booked(session, full, at(20, 9))
    waits = care.join_waitlist(session, ask(full, at(20, 9), family="w"), NOW)[0]
    for centre_id in (here.centre_id, full.centre_id):
        for act in (
            lambda c=centre_id: meetings.series_here(session, other, c, NOW),
            lambda c=centre_id: meetings.one_series(session, other, c, line.series.id),
            lambda c=centre_id: meetings.add(session, other, c, WEDNESDAYS, NOW),
            lambda c=centre_id: meetings.preview_change(session, other, c, line.series, NOW),
            lambda c=centre_id: meetings.leave_out(session, other, c, first, NOW),
            lambda c=centre_id: meetings.end(session, other, c, line.series.id, NOW),
            lambda c=centre_id: meetings.meeting(session, other, c, first),
            lambda c=centre_id: waiting_here(session, other, c, NOW),
            lambda c=centre_id: withdraw(session, other, c, waits.party_id, NOW),
            lambda c=centre_id: families_about(session, other, c, About(booking_id=waits.id)),
            lambda c=centre_id: keep_profile(session, other, c, Profile(), NOW),
            lambda c=centre_id: keep_photo(session, other, c, "x", NOW),
        ):
            with pytest.raises(NotPermitted):
                act()
    for unknown in (
        lambda: meetings.one_series(session, other, there.centre_id, line.series.id),
        lambda: meetings.preview_change(session, other, there.centre_id, line.series, NOW),
        lambda: meetings.leave_out(session, other, there.centre_id, first, NOW),
        lambda: meetings.end(session, other, there.centre_id, line.series.id, NOW),
        lambda: meetings.meeting(session, other, there.centre_id, first),
        lambda: families_about(session, other, there.centre_id, About(group_session_id=first)),
        lambda: families_about(session, other, there.centre_id, About(room_id=here.room_id, day=date(2026, 11, 18))),
        lambda: keep_room(session, other, there.centre_id, here.room_id, NOW, name_en="", from_months=12, to_months=24),
    ):
        with pytest.raises(UnknownCentre):
            unknown()
    for unbooked in (
        lambda: withdraw(session, other, there.centre_id, waits.party_id, NOW),
        lambda: families_about(session, other, there.centre_id, About(booking_id=waits.id)),
    ):
        with pytest.raises(UnknownBooking):
            unbooked()


REPEATS = st.builds(
    Repeat,
    st.sampled_from([Every.WEEK, Every.TWO_WEEKS]),
    st.lists(st.integers(0, 6), min_size=1, max_size=3, unique=True).map(lambda days: tuple(sorted(days))),
    st.none() | st.dates(date(2026, 12, 1), date(2027, 12, 31)),
)


@given(REPEATS)
def test_a_form_shows_the_rule_that_it_wrote(repeat: Repeat) -> None:
    first = clock(11, 18)
    assert repeat_of(repeat.rule(first)) == repeat


def test_a_month_means_the_same_weekday_of_the_month() -> None:
    first = clock(11, 18)
    rule = Repeat(Every.MONTH, times=3).rule(first)
    assert repeat_of(rule) == Repeat(Every.MONTH, times=3)
    series = replace(WEDNESDAYS, first=first, rule=rule)
    found = series.meetings(datetime(2026, 11, 1, tzinfo=UTC), datetime(2027, 11, 1, tzinfo=UTC))
    assert [m.date() for m in found] == [date(2026, 11, 18), date(2026, 12, 16), date(2027, 1, 20)]


def test_a_rule_that_the_form_cannot_show_is_kept_as_it_is() -> None:
    for rule in ("FREQ=DAILY", "FREQ=WEEKLY;BYSETPOS=1", "FREQ=MONTHLY;BYMONTHDAY=1"):
        assert repeat_of(rule).rule(clock(11, 18)) == rule
