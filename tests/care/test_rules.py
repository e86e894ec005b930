"""The pure rules: cells and clocks, ages on the day of care, stays, fees, distances."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.care.model.booking import STEPS, State
from scheduler.care.model.centre import AgeGroup, CareKind, CareType, Centre, DayChange, Fee, Room
from scheduler.care.model.search import Point, Reason, walking_minutes
from scheduler.care.model.stay import Stay, allocate, rooms_for, stay_at
from scheduler.care.model.times import half_hours, minutes_at, moment_of, read_span, say_span, wall
from tests.care.town import at, child

ZONES = st.sampled_from(
    ["Asia/Shanghai", "Europe/Berlin", "America/Toronto", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns"]
)
MOMENTS = st.integers(1_735_689_600, 1_830_297_600).map(lambda s: datetime.fromtimestamp(s, UTC))
DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))
OPEN = dict.fromkeys(range(7), ((8 * 60, 18 * 60),))
CENTRE = Centre(1, "c", "a", "Asia/Shanghai", hours=OPEN)


@given(MOMENTS, st.integers(1, 24 * 60))
def test_a_stay_takes_every_half_hour_that_it_touches_and_no_other(start: datetime, minutes: int) -> None:
    end = start + timedelta(minutes=minutes)
    cells = half_hours(start, end)
    assert moment_of(cells[0]) <= start < moment_of(cells[0] + 1)
    assert moment_of(cells[-1]) < end <= moment_of(cells[-1] + 1)


@given(DAYS, st.integers(0, 1439), ZONES)
def test_a_wall_time_comes_back_unless_the_clock_skipped_it(day: date, minutes: int, zone: str) -> None:
    moment = wall(day, minutes, zone)
    back = minutes_at(moment, day, zone)
    if back != minutes:
        before = (moment - timedelta(hours=1)).astimezone(ZoneInfo(zone)).utcoffset()
        assert before != moment.astimezone(ZoneInfo(zone)).utcoffset()
        assert back > minutes


def test_a_night_with_a_clock_change_has_as_many_cells_as_it_has_half_hours() -> None:
    zone = "Europe/Berlin"
    spring, autumn = date(2026, 3, 29), date(2026, 10, 25)
    assert len(half_hours(wall(spring, 0, zone), wall(spring, 1440, zone))) == 46
    assert len(half_hours(wall(autumn, 0, zone), wall(autumn, 1440, zone))) == 50


@pytest.mark.parametrize("text", ["08:00-17:30", "00:00-24:00", "20:00-24:00"])
def test_hours_are_read_and_said_alike(text: str) -> None:
    assert say_span(read_span(text)) == text


def test_hours_may_end_after_midnight() -> None:
    assert read_span("18:00-02:00") == (1080, 1560)


@pytest.mark.parametrize("text", ["8-17", "25:00-26:00", "08:00", "08:00-17:70", "", "24:30-25:00"])
def test_hours_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_span(text)


def room(group: AgeGroup, **changes: int) -> Room:
    from scheduler.care.model.centre import LEGAL

    rule = LEGAL[group]
    usual = {"from_months": rule.from_months, "to_months": rule.to_months, "size": rule.largest, "adults": 9}
    return Room(1, 1, "r", group, **{**usual, **changes})


def test_age_counts_on_the_day_of_care() -> None:
    older = room(AgeGroup.OLDER)
    born = date(2024, 11, 20)
    assert not older.takes(born, date(2026, 11, 19))
    assert older.takes(born, date(2026, 11, 20))
    assert older.takes(born, date(2027, 11, 19))
    assert not older.takes(born, date(2027, 11, 20))


@pytest.mark.parametrize(
    ("group", "adults", "places"),
    [
        (AgeGroup.INFANTS, 2, 6), (AgeGroup.INFANTS, 9, 10), (AgeGroup.TODDLERS, 2, 10), (AgeGroup.TODDLERS, 9, 15),
        (AgeGroup.OLDER, 2, 14), (AgeGroup.OLDER, 9, 20), (AgeGroup.MIXED, 2, 10), (AgeGroup.MIXED, 9, 18),
        (AgeGroup.MIXED, 0, 0),
    ],
)  # fmt: skip
def test_places_follow_size_and_adults(group: AgeGroup, adults: int, places: int) -> None:
    assert room(group).places(adults) == places


def test_a_mixed_room_without_children_under_two_needs_fewer_adults() -> None:
    assert room(AgeGroup.MIXED, from_months=24).places(2) == 14


BLOCKS = CareType(1, 1, CareKind.TEMPORARY, Fee(flat=4000), blocks=((540, 660), (660, 780), (870, 990)))


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (at(20, 9), at(20, 10), (at(20, 9), at(20, 11), 1)),
        (at(20, 9, 30), at(20, 12), (at(20, 9), at(20, 13), 2)),
        (at(20, 15), None, (at(20, 14, 30), at(20, 16, 30), 1)),
        (at(20, 12), at(20, 15), (Reason.NO_SUCH_CARE,)),
        (at(20, 17), None, (Reason.NO_SUCH_CARE,)),
    ],
)
def test_care_in_blocks_books_whole_blocks(start: datetime, end: datetime | None, expected: object) -> None:
    found = stay_at(CENTRE, BLOCKS, {}, start, end, at(18, 9))
    assert (found if isinstance(found, tuple) else (found.starts_at, found.ends_at, found.blocks)) == expected


def test_the_last_moment_to_book_may_be_the_day_before() -> None:
    strict = CareType(1, 1, CareKind.FULL_DAY, Fee(), blocks=((480, 1050),), last_booking=(1, 16 * 60))
    assert isinstance(stay_at(CENTRE, strict, {}, at(20, 8), None, at(19, 16)), Stay)
    assert stay_at(CENTRE, strict, {}, at(20, 8), None, at(19, 16, 1)) == (Reason.TOO_SOON,)


def test_a_closed_day_closes_and_a_changed_day_opens_other_hours() -> None:
    hourly = CareType(1, 1, CareKind.HOURLY, Fee(per_hour=3000))
    day = date(2026, 11, 20)
    ask = (at(20, 9), at(20, 11), at(18, 9))
    assert stay_at(CENTRE, hourly, {day: DayChange(day, ())}, *ask) == (Reason.CLOSED,)
    assert stay_at(CENTRE, hourly, {day: DayChange(day, ((600, 720),))}, *ask) == (Reason.CLOSED,)
    assert isinstance(stay_at(CENTRE, hourly, {day: DayChange(day, ((540, 720),))}, *ask), Stay)


@pytest.mark.parametrize(
    ("minutes", "amount"), [(30, 1500), (60, 3000), (45, 3000), (240, 12000), (300, 16500), (241, 14250)]
)
def test_a_higher_rate_holds_after_the_fourth_hour(minutes: int, amount: int) -> None:
    fee = Fee(per_hour=3000, rises_after=240, per_hour_then=4500)
    assert fee.of(NOW_, NOW_ + timedelta(minutes=minutes)).amount == amount


NOW_ = datetime(2026, 11, 18, 2, tzinfo=UTC)


@given(st.integers(1, 5000), st.integers(0, 600), st.integers(1, 5000), st.integers(1, 700), st.integers(1, 700))
def test_a_longer_stay_never_costs_less(rate: int, after: int, later: int, a: int, b: int) -> None:
    fee = Fee(per_hour=rate, rises_after=after, per_hour_then=later)
    short, long = sorted((a, b))
    assert fee.of(NOW_, NOW_ + timedelta(minutes=short)).amount <= fee.of(NOW_, NOW_ + timedelta(minutes=long)).amount


@given(st.lists(st.integers(7, 35), min_size=1, max_size=4), st.dictionaries(st.integers(1, 4), st.integers(0, 3)))
def test_children_get_rooms_of_their_age_and_no_room_more_than_is_free(months: list[int], free: dict[int, int]) -> None:
    rooms = [
        Room(1, 1, "i", AgeGroup.INFANTS, 6, 12, 10, 9), Room(2, 1, "t", AgeGroup.TODDLERS, 12, 24, 15, 9),
        Room(3, 1, "o", AgeGroup.OLDER, 24, 36, 20, 9), Room(4, 1, "m", AgeGroup.MIXED, 18, 36, 18, 9),
    ]  # fmt: skip
    children = [child(str(n), m) for n, m in enumerate(months)]
    options = rooms_for(children, rooms, date(2026, 11, 20))
    assert isinstance(options, list)
    found = allocate(children, options, free)
    if found is None:
        strict = [r for n, own in enumerate(options) for r in own]
        assert any(sum(free.get(r.id, 0) for r in own) < len(children) for own in options) or not strict
        return
    used = [r for _, r in found]
    assert all(used.count(r) <= free.get(r, 0) for r in used)
    by_id = {r.id: r for r in rooms}
    assert all(by_id[r].takes(c.birth_date, date(2026, 11, 20)) for c, (_, r) in zip(children, found, strict=True))


def test_a_child_too_young_and_a_child_too_old_are_told_apart() -> None:
    rooms = [room(AgeGroup.TODDLERS)]
    assert rooms_for([child("a", 8)], rooms, date(2026, 11, 20)) == (Reason.TOO_YOUNG,)
    assert rooms_for([child("a", 25)], rooms, date(2026, 11, 20)) == (Reason.TOO_OLD,)


def test_every_step_of_a_life_leads_somewhere_known_and_ends_end() -> None:
    assert set(STEPS) == set(State)
    assert {s for s, to in STEPS.items() if not to} == {State.EXPIRED, State.CANCELLED}


def test_a_quarter_of_an_hour_on_foot_is_about_nine_hundred_metres() -> None:
    metres = Point(31.2320, 121.4700).metres_to(Point(31.2403, 121.4700))
    assert 915 < metres < 930
    assert walking_minutes(metres) == 15
