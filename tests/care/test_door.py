"""A day at the centre: arrivals and their undoing, walk-ins, longer and shorter stays; the counts stay right."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from bot.core.audit import AuditRow
from bot.core.families import household
from bot.core.families import service as families
from bot.core.families.model import Child
from bot.core.language import Language
from bot.core.staff.model import Actor, NotPermitted, Role
from scheduler.care import service as care
from scheduler.care.centre_side.day import centre_day, centre_week
from scheduler.care.centre_side.door import arrive, did_not_come, leave, stay_until, undo
from scheduler.care.centre_side.walk_in import WalkIn, look_up, walk_in
from scheduler.care.model.booking import GUEST, Booking, Guest, State
from scheduler.care.model.day import AtTheDoor
from scheduler.care.model.errors import ChildAlreadyBooked, RoomFull, StayRefused, UnknownBooking, WrongStep
from scheduler.care.model.events import CareEvent, OfferMade
from scheduler.care.service.sweeping import GUESTS_KEPT
from scheduler.care.store import BookingRow
from tests.care.town import Place, ask, at, child, open_centre
from tests.conftest import NOW

TODAY = date(2026, 11, 18)
TODDLER = Guest("Lele", date(2025, 6, 1), "grandmother, red coat")


def staff(*places: Place) -> Actor:
    return Actor("s1", "Ms Lin", frozenset({Role.CENTRE_STAFF}), frozenset(str(p.centre_id) for p in places))


def booked(session: Session, place: Place, start: datetime, hours: float = 2, **more: object) -> Booking:
    request = ask(place, start, hours, **more)  # type: ignore[arg-type]
    held = care.hold(session, request, NOW)
    return care.confirm(session, held[0].party_id, request.family_id, NOW)[0]


def test_a_tap_notes_arrival_and_leaving_and_a_tap_takes_each_back(session: Session) -> None:
    place = open_centre(session, NOW)
    own, stay = staff(place), booked(session, place, at(18, 11))
    came = at(18, 11, 4)
    assert arrive(session, own, place.centre_id, stay.id, came).arrived_at == came
    assert arrive(session, own, place.centre_id, stay.id, at(18, 11, 9)).arrived_at == came
    assert leave(session, own, place.centre_id, stay.id, at(18, 12, 50)).left_at == at(18, 12, 50)
    assert undo(session, own, place.centre_id, stay.id, at(18, 12, 51)).left_at is None
    back = undo(session, own, place.centre_id, stay.id, at(18, 12, 52))
    assert (back.state, back.arrived_at) == (State.BOOKED, None)


def test_nobody_is_missed_before_the_grace_time_nor_before_the_time_told(session: Session) -> None:
    place = open_centre(session, NOW)
    own, stay = staff(place), booked(session, place, at(18, 11))
    with pytest.raises(WrongStep):
        did_not_come(session, own, place.centre_id, stay.id, at(18, 11, 14))
    care.running_late(session, stay.party_id, "family", 30, at(18, 11))
    with pytest.raises(WrongStep):
        did_not_come(session, own, place.centre_id, stay.id, at(18, 11, 40))
    assert did_not_come(session, own, place.centre_id, stay.id, at(18, 11, 45)).state is State.NO_SHOW
    assert arrive(session, own, place.centre_id, stay.id, at(18, 11, 50)).state is State.ATTENDED


def test_the_centre_sees_and_counts_who_said_that_they_come(session: Session) -> None:
    place = open_centre(session, NOW, places=5)
    own = staff(place)
    says, _, late, comes = [booked(session, place, at(18, 11), family=f"f{n}") for n in range(4)]
    care.will_come(session, says.party_id, "f0", NOW, starts_at=at(18, 11))
    care.will_come(session, comes.party_id, "f3", NOW)
    care.running_late(session, late.party_id, "f2", 15, NOW)
    day = centre_day(session, own, place.centre_id, TODAY, at(18, 10))
    said = {line.booking.family_id for line in day.lines if line.booking.coming_at is not None}
    assert (said, day.said_coming) == ({"f0", "f2", "f3"}, 3)
    arrive(session, own, place.centre_id, comes.id, at(18, 11))
    care.not_coming(session, says.party_id, "f0", at(18, 11))
    assert centre_day(session, own, place.centre_id, TODAY, at(18, 11, 1)).said_coming == 1
    with pytest.raises(WrongStep):
        care.will_come(session, says.party_id, "f0", at(18, 11))
    with pytest.raises(UnknownBooking):
        care.will_come(session, late.party_id, "f0", at(18, 11))


def test_one_twin_cancelled_does_not_keep_the_other_from_being_late_or_expected(session: Session) -> None:
    place = open_centre(session, NOW, places=5)
    twins = (child("one"), child("two"))
    party = care.hold(session, ask(place, at(18, 11), children=twins), NOW)[0].party_id
    care.confirm(session, party, "family", NOW)
    gone = care.cancel(session, party, "family", NOW, booking_ids=[care.party(session, party)[0].id])[0]
    care.will_come(session, party, "family", NOW)
    assert [b.late_minutes for b in care.running_late(session, party, "family", 15, NOW)] == [15]
    assert next(b for b in care.party(session, party) if b.id == gone.id).coming_at is None


def test_the_list_says_where_each_child_is(session: Session) -> None:
    place = open_centre(session, NOW, places=5)
    own = staff(place)
    stays = [booked(session, place, at(18, 11), family=f"f{n}") for n in range(4)]
    arrive(session, own, place.centre_id, stays[0].id, at(18, 11))
    arrive(session, own, place.centre_id, stays[1].id, at(18, 11))
    leave(session, own, place.centre_id, stays[1].id, at(18, 11, 5))

    def seen(now: datetime) -> list[AtTheDoor]:
        lines = {line.booking.id: line.where for line in centre_day(session, own, place.centre_id, None, now).lines}
        return [lines[s.id] for s in stays]

    assert seen(at(18, 11, 10)) == [AtTheDoor.HERE, AtTheDoor.LEFT, AtTheDoor.LATE, AtTheDoor.LATE]
    assert seen(at(18, 11, 15))[2] is AtTheDoor.MISSING
    assert seen(at(18, 13, 1))[0] is AtTheDoor.OVERDUE


def test_who_called_off_is_still_on_the_list_and_who_never_confirmed_is_not(session: Session) -> None:
    place = open_centre(session, NOW, places=5)
    off, kept = booked(session, place, at(18, 11), family="off"), booked(session, place, at(18, 11), family="kept")
    dropped = care.hold(session, ask(place, at(18, 11), family="dropped"), NOW)
    care.not_coming(session, off.party_id, "off", NOW)
    care.cancel(session, dropped[0].party_id, "dropped", NOW)
    lines = centre_day(session, staff(place), place.centre_id, None, NOW).lines
    assert {(x.booking.id, x.where) for x in lines} == {(off.id, AtTheDoor.OFF), (kept.id, AtTheDoor.EXPECTED)}


def test_the_picture_counts_places_children_and_adults_by_half_hour(session: Session) -> None:
    place = open_centre(session, NOW, places=6)
    booked(session, place, at(18, 11), family="a")
    booked(session, place, at(18, 12), family="b")
    care.change_staff(
        session, place.room_id, at(18, 12), at(18, 13), 1, NOW, centre_id=place.centre_id, actor="staff:s1"
    )
    room = centre_day(session, staff(place), place.centre_id, TODAY, NOW).rooms[0]
    picture = {h.at: (h.taken, h.places, h.adults, h.adults_needed, h.ratio_kept) for h in room.half_hours}
    assert picture[at(18, 11)] == (1, 6, 10, 1, True)
    assert picture[at(18, 12, 30)] == (2, 5, 1, 1, True)
    assert room.half_hours[0].at == at(18, 8)
    assert len(room.half_hours) == 20


def test_too_few_adults_show_as_a_ratio_not_kept(session: Session) -> None:
    place = open_centre(session, NOW, places=6)
    for n in range(6):
        booked(session, place, at(18, 11), family=f"f{n}")
    care.change_staff(
        session, place.room_id, at(18, 11), at(18, 12), 1, NOW, centre_id=place.centre_id, actor="staff:s1"
    )
    room = centre_day(session, staff(place), place.centre_id, TODAY, NOW).rooms[0]
    assert [h.at for h in room.half_hours if not h.ratio_kept] == [at(18, 11), at(18, 11, 30)]


def test_children_who_stay_longer_than_booked_count_for_the_ratio(session: Session) -> None:
    place = open_centre(session, NOW, places=6)
    own = staff(place)
    for n in range(6):
        stay = booked(session, place, at(18, 11), 1, family=f"f{n}")
        arrive(session, own, place.centre_id, stay.id, at(18, 11))
    care.change_staff(
        session, place.room_id, at(18, 12), at(18, 13), 1, NOW, centre_id=place.centre_id, actor="staff:s1"
    )
    late = at(18, 12, 10)
    room = centre_day(session, own, place.centre_id, None, late).rooms[0]
    half = room.now(late)
    assert half is not None
    assert (half.taken, half.ratio_kept, room.present, room.enough_now(late)) == (0, True, 6, False)


def test_a_guest_takes_a_place_like_any_child_and_none_when_there_is_none(session: Session) -> None:
    place = open_centre(session, NOW, places=1)
    own = staff(place)
    stay = walk_in(session, own, place.centre_id, WalkIn("k", at(18, 12), guest=TODDLER), NOW)
    assert (stay.state, stay.guest, stay.family_id) == (State.ATTENDED, TODDLER, GUEST)
    assert walk_in(session, own, place.centre_id, WalkIn("k", at(18, 12), guest=TODDLER), NOW).id == stay.id
    with pytest.raises(RoomFull):
        walk_in(session, own, place.centre_id, WalkIn("k2", at(18, 12), guest=TODDLER), NOW)
    with pytest.raises(RoomFull):
        care.hold(session, ask(place, at(18, 11)), NOW)
    assert undo(session, own, place.centre_id, stay.id, NOW).state is State.CANCELLED
    assert care.hold(session, ask(place, at(18, 11)), NOW)


def test_a_walk_in_is_refused_outside_hours_and_age(session: Session) -> None:
    place = open_centre(session, NOW)
    own = staff(place)
    with pytest.raises(StayRefused, match="closed"):
        walk_in(session, own, place.centre_id, WalkIn("k", at(18, 18, 30), guest=TODDLER), NOW)
    with pytest.raises(StayRefused, match="too_young"):
        walk_in(
            session, own, place.centre_id, WalkIn("k", at(18, 12), guest=Guest("B", date(2026, 9, 1), "mother")), NOW
        )
    with pytest.raises(StayRefused, match="too_short"):
        walk_in(session, own, place.centre_id, WalkIn("k", NOW, guest=TODDLER), NOW)


def test_a_walk_in_does_not_overtake_who_waits(session: Session, heard: list[CareEvent]) -> None:
    place = open_centre(session, NOW, places=1, reserve=1)
    care.join_waitlist(session, ask(place, at(18, 14), family="waits"), NOW - timedelta(days=1))
    with pytest.raises(RoomFull):
        walk_in(session, staff(place), place.centre_id, WalkIn("k", at(18, 15), guest=TODDLER), NOW, heard.append)
    assert [type(e) for e in heard] == [OfferMade]


def known_family(session: Session) -> tuple[str, str, Child]:
    parent = families.parent_at(session, "telegram", "77", now=NOW, zone="Asia/Shanghai", language=Language.ZH)
    families.add_child(session, parent.family_id, birth_date=date(2025, 5, 2), precision="day", now=NOW)
    parent = families.parent_by_id(session, parent.id) or parent
    return parent.family_id, household.invite(session, parent, NOW), parent.children[0]


def test_a_known_family_is_found_by_its_code_and_uses_its_free_times(session: Session) -> None:
    place = open_centre(session, NOW, rules={"free_uses": True})
    own = staff(place)
    family, code, little = known_family(session)
    assert look_up(session, own, place.centre_id, f" {code.lower()} ", NOW).children == (little,)
    wanted = WalkIn("k", at(18, 12), code=code, child_id=little.id)
    stay = walk_in(session, own, place.centre_id, wanted, NOW)
    assert (stay.family_id, stay.child_id, stay.free_use, stay.price and stay.price.amount) == (family, little.id, 1, 0)
    with pytest.raises(ChildAlreadyBooked):
        care.hold(session, ask(place, at(18, 11), family=family, children=(little,)), NOW)
    undo(session, own, place.centre_id, stay.id, NOW)
    assert care.free_uses(session, [little.id], 2026)[little.id].used == 0


def test_a_wrong_code_or_a_child_of_another_family_is_unknown(session: Session) -> None:
    place = open_centre(session, NOW)
    _, code, _ = known_family(session)
    with pytest.raises(UnknownBooking):
        look_up(session, staff(place), place.centre_id, "NOSUCH", NOW)
    with pytest.raises(UnknownBooking):
        walk_in(session, staff(place), place.centre_id, WalkIn("k", at(18, 12), code=code, child_id="other"), NOW)
    session.flush()
    assert {r.detail.get("found") for r in session.query(AuditRow).filter_by(action="family.looked_up")} == {
        True,
        False,
    }


def test_a_longer_stay_takes_its_half_hours_only_when_they_are_free(session: Session) -> None:
    place = open_centre(session, NOW, places=1)
    own, stay = staff(place), booked(session, place, at(18, 11))
    booked(session, place, at(18, 14), family="next")
    arrive(session, own, place.centre_id, stay.id, at(18, 11))
    longer = stay_until(session, own, place.centre_id, stay.id, at(18, 14), at(18, 12))
    assert (longer.ends_at, longer.price and longer.price.amount) == (at(18, 14), 9000)
    with pytest.raises(RoomFull):
        stay_until(session, own, place.centre_id, stay.id, at(18, 14, 30), at(18, 12))
    with pytest.raises(StayRefused, match="closed"):
        stay_until(session, own, place.centre_id, stay.id, at(18, 18, 30), at(18, 12))


def test_a_shorter_stay_frees_the_rest_at_once_for_who_waits(session: Session, heard: list[CareEvent]) -> None:
    place = open_centre(session, NOW, places=1)
    own, stay = staff(place), booked(session, place, at(18, 11), 4)
    care.join_waitlist(session, ask(place, at(18, 13), family="waits"), NOW)
    arrive(session, own, place.centre_id, stay.id, at(18, 11))
    leave(session, own, place.centre_id, stay.id, at(18, 12, 40))
    ended = stay_until(session, own, place.centre_id, stay.id, at(18, 12, 45), at(18, 12, 45), heard.append)
    assert ended.ends_at == at(18, 12, 45)
    assert [type(e) for e in heard] == [OfferMade]


def test_the_place_of_a_no_show_can_be_freed(session: Session) -> None:
    place = open_centre(session, NOW, places=1)
    own, stay = staff(place), booked(session, place, at(18, 11), 4)
    did_not_come(session, own, place.centre_id, stay.id, at(18, 11, 20))
    stay_until(session, own, place.centre_id, stay.id, at(18, 11, 25), at(18, 11, 25))
    assert walk_in(session, own, place.centre_id, WalkIn("k", at(18, 15), guest=TODDLER), at(18, 11, 31))


def test_a_longer_stay_does_not_run_into_another_booking_of_the_child(session: Session) -> None:
    here, there = open_centre(session, NOW, key="one"), open_centre(session, NOW, key="two")
    stay = booked(session, here, at(18, 11))
    booked(session, there, at(18, 13, 30))
    with pytest.raises(ChildAlreadyBooked):
        stay_until(session, staff(here), here.centre_id, stay.id, at(18, 14), at(18, 12))


def test_health_forms_are_shown_on_the_day_itself_only(session: Session) -> None:
    place = open_centre(session, NOW)
    family, _, little = known_family(session)
    care.keep_health_form(
        session, little.id, family, NOW, allergies="egg", medicines="", collectors=["grandmother"], consent_by="p"
    )
    booked(session, place, at(19, 9), family=family, children=(little,))
    own = staff(place)
    eve = centre_day(session, own, place.centre_id, date(2026, 11, 19), NOW)
    assert eve.lines[0].health is None
    form = centre_day(session, own, place.centre_id, None, at(19, 8)).lines[0].health
    assert form is not None
    assert form.allergies == "egg"
    after = centre_day(session, own, place.centre_id, date(2026, 11, 19), at(20, 8))
    assert after.lines[0].health is None


def test_what_is_written_about_a_guest_goes_after_a_month(session: Session) -> None:
    place = open_centre(session, NOW)
    stay = walk_in(session, staff(place), place.centre_id, WalkIn("k", at(18, 12), guest=TODDLER), NOW)
    care.sweep(session, NOW + GUESTS_KEPT)
    assert session.get_one(BookingRow, stay.id, populate_existing=True).guest is not None
    care.sweep(session, NOW + GUESTS_KEPT + timedelta(days=1))
    assert session.get_one(BookingRow, stay.id, populate_existing=True).guest is None


def test_staff_of_another_centre_can_do_nothing_here(session: Session) -> None:
    here, there = open_centre(session, NOW, key="one"), open_centre(session, NOW, key="two")
    stay, other = booked(session, here, at(18, 11)), staff(there)
    with pytest.raises(NotPermitted):
        centre_day(session, other, here.centre_id, None, NOW)
    with pytest.raises(NotPermitted):
        centre_week(session, other, here.centre_id, TODAY, NOW)
    with pytest.raises(NotPermitted):
        look_up(session, other, here.centre_id, stay.code, NOW)
    with pytest.raises(NotPermitted):
        walk_in(session, other, here.centre_id, WalkIn("k", at(18, 12), guest=TODDLER), NOW)
    # nor by naming the own centre and the other's booking
    for change in (arrive, leave, did_not_come, undo):
        with pytest.raises(NotPermitted):
            change(session, other, here.centre_id, stay.id, at(18, 11, 30))
        with pytest.raises(UnknownBooking):
            change(session, other, there.centre_id, stay.id, at(18, 11, 30))
    with pytest.raises(UnknownBooking):
        stay_until(session, other, there.centre_id, stay.id, at(18, 12), at(18, 11, 30))
    with pytest.raises(UnknownBooking):
        look_up(session, other, there.centre_id, stay.code, NOW)


def test_a_child_of_another_household_may_come_on_the_wrong_day_but_not_be_noted(session: Session) -> None:
    place = open_centre(session, NOW)
    stay = booked(session, place, at(19, 11), children=(child("c"),))
    with pytest.raises(WrongStep):
        arrive(session, staff(place), place.centre_id, stay.id, at(18, 11))
