"""The city's month, on both databases: what is counted, who may see it, and that it says nothing about anybody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, update

from bot.assistant import Assistant, Utterance
from bot.core.counting import store as counting
from bot.core.counting.model import Happening, age_band
from bot.core.counting.store import HappeningRow
from bot.core.families import service as families
from bot.core.staff.model import Actor, NotPermitted, Role
from bot.desk import HouseDesk
from bot.house import House
from bot.statistics.hiding import hidden_table
from bot.statistics.overview import Overview, as_csv, overview
from bot.statistics.period import Month
from bot.statistics.talk import LEVELS
from knowledge import service as knowledge
from scheduler.care.demo_town import seed_demo
from scheduler.care.model.errors import RoomFull
from scheduler.care.model.search import Wish
from scheduler.care.service.districts import district_in
from scheduler.care.store import CellRow
from tests.conftest import NOW
from tests.console.conftest import Come

ZONE = ZoneInfo("Asia/Shanghai")
NOVEMBER = Month(date(2026, 11, 1), ZONE)


@pytest.fixture
def viewer(actor: Callable[..., Actor]) -> Actor:
    return actor(Role.CITY_VIEWER)


TOMORROW = NOW + timedelta(days=1)  # what happened today counts from tomorrow on


def month_of(house: House, viewer: Actor, month: Month = NOVEMBER, now: datetime = TOMORROW) -> Overview:
    with house.database.read() as session:
        return overview(session, viewer, month, now)


def happen(house: House, times: int, kind: str, outcome: str, at: datetime = NOW, **more: str) -> None:
    with house.database.begin() as session:
        counting.count(session, [Happening(kind, outcome, **more)] * times, at, ZONE)


def with_content(house: House) -> None:
    with house.database.begin() as session:
        knowledge.import_content(session, NOW)


def hears(house: House, text: str, *, kind: str = "text", who: str = "1") -> None:
    assistant, utterance = Assistant(house), Utterance(kind, text)
    understood = assistant.understand(utterance, now=NOW)
    with house.database.begin() as session:
        assistant.hear(session, utterance, understood, channel="test", address=who, now=NOW)


def test_a_talk_is_counted_by_what_it_was_about_and_keeps_no_word_and_no_name(house: House) -> None:
    with_content(house)
    hears(house, "宝宝8个月能吃蜂蜜吗")
    hears(house, "宝宝抽搐了，叫不醒", who="2")
    hears(house, "call:emergency", kind="press", who="2")
    with house.database.read() as session:
        rows = session.scalars(select(HappeningRow).order_by(HappeningRow.id)).all()
        found = [(r.kind, r.outcome, r.about, r.ages, r.language, r.day, r.hour) for r in rows]
    day, hour = date(2026, 11, 18), 10
    assert found == [
        ("question", "answered", "nutrition", "6-11", "zh", day, hour),
        ("danger", "told", "emergency_now", "", "zh", day, hour),
        ("call", "called", "", "", "zh", day, hour),
    ]
    assert not {c.name for c in HappeningRow.__table__.columns} & {"parent_id", "family_id", "address", "text"}


def test_the_month_says_how_questions_were_answered_and_hides_small_groups(house: House, viewer: Actor) -> None:
    happen(house, 40, "question", "answered", about="health", ages="6-11", language="zh")
    happen(house, 10, "question", "unsure", about="safety", ages="6-11", language="zh")
    happen(house, 3, "question", "unanswered", about="safety", ages="0-5", language="en")
    talk = month_of(house, viewer).talk
    assert talk.outcomes.cells[0] == (40, None, None, 53)
    assert talk.by_language.total == 53
    for table in (talk.by_domain, talk.by_ages, talk.by_language, talk.by_hour):
        assert table.totals == talk.outcomes.totals
        assert all(value is None or value == 0 or value >= 5 for line in table.cells for value in line)


def test_another_month_is_not_counted_in(house: House, viewer: Actor) -> None:
    happen(house, 20, "question", "answered", at=datetime(2026, 10, 31, 15, 59, tzinfo=UTC))
    happen(house, 30, "question", "answered", at=datetime(2026, 10, 31, 16, 1, tzinfo=UTC))
    assert month_of(house, viewer).talk.outcomes.total == 30, "the month begins at midnight in Shanghai"
    assert month_of(house, viewer, NOVEMBER.before()).talk.outcomes.total == 20


def test_checks_add_up_to_what_the_levels_say(house: House, viewer: Actor) -> None:
    happen(house, 30, "danger", "told", about="check")
    happen(house, 9, "check", "confirmed")
    happen(house, 12, "check", "cleared")
    talk = month_of(house, viewer).talk
    assert talk.danger.cells[0][LEVELS.index("check")] == 30
    assert talk.checks is not None
    assert talk.checks.cells[0] == (9, 12, 9, 30)


def test_places_offered_and_used_are_counted_by_district_and_local_hour(house: House, viewer: Actor) -> None:
    with house.database.begin() as session:
        seed_demo(session, NOW - timedelta(days=1), days=3)
        session.execute(CellRow.__table__.update().values(booked=0))
        first = int(NOW.timestamp() // 1800) - 4  # 08:00-09:00 of today in Shanghai
        for cell in session.scalars(select(CellRow).where(CellRow.half_hour.in_((first, first + 1)))):
            cell.booked = min(cell.capacity, 6)
        used = session.scalar(select(func.sum(CellRow.booked)))
        midnight = datetime.combine(TOMORROW.astimezone(ZONE).date(), time(), ZONE)
        offered = session.scalar(
            select(func.sum(CellRow.capacity)).where(CellRow.half_hour < int(midnight.timestamp() // 1800))
        )
    care = month_of(house, viewer).care
    assert set(care.districts) == {"青禾街道", "星河街道", "湖滨街道"}
    assert used
    assert care.used_by_district.total is not None
    assert abs(care.used_by_district.total - used // 2) <= 3
    assert abs(sum(care.offered_by_district) - (offered or 0) // 2) <= 3
    assert care.used_by_hour.cells[8][0] == care.used_by_hour.total


def test_nobody_can_watch_the_present_month_grow_by_one_family(house: House, viewer: Actor) -> None:
    happen(house, 30, "question", "answered", at=NOW - timedelta(days=1), about="health")
    before = month_of(house, viewer, now=NOW)
    happen(house, 1, "question", "unanswered", about="safety")
    happen(house, 1, "search", "full", place="青禾街道")
    assert month_of(house, viewer, now=NOW) == before
    assert month_of(house, viewer).talk.outcomes.total == 31
    first_day = datetime(2026, 11, 1, 9, tzinfo=ZONE)
    assert month_of(house, viewer, now=first_day).talk.outcomes.total == 0


def test_a_search_that_finds_everything_full_shows_where_and_when(house: House, viewer: Actor) -> None:
    happen(house, 12, "search", "full", place="青禾街道")
    happen(house, 8, "search", "offered", place="青禾街道")
    happen(house, 9, "search", "full", place="湖滨街道")
    care = month_of(house, viewer).care
    assert care.searches.total == 29
    assert care.full_by_hour.total == 21
    hour = care.full_by_hour.row(10)
    assert dict(zip(care.districts, hour, strict=True))["青禾街道"] == 12


def test_a_place_that_was_taken_between_looking_and_holding_counts_as_refused(house: House, viewer: Actor) -> None:
    """Through the desk that the dialogues use; the wished hour counts, and whose child it was does not."""
    with house.database.begin() as session:
        seed_demo(session, NOW, days=3)
        parent = families.parent_at(session, "test", "1", now=NOW, zone="Asia/Shanghai")
        families.add_child(session, parent.family_id, birth_date=date(2025, 3, 1), precision="day", now=NOW)
        parent = families.parent_by_id(session, parent.id) or parent
        desk = HouseDesk(house, session, parent, NOW)
        found = desk.search(Wish(parent.children, datetime(2026, 11, 19, 9, 0, tzinfo=ZONE)), None)
        session.execute(update(CellRow).values(booked=CellRow.capacity))
        with pytest.raises(RoomFull):
            desk.hold(found.offers[0], parent.children, "key")
    with house.database.read() as session:
        rows = session.scalars(select(HappeningRow).order_by(HappeningRow.id)).all()
        assert [(r.kind, r.outcome, r.day, r.hour) for r in rows] == [
            ("search", "offered", date(2026, 11, 19), 9),
            ("search", "full", date(2026, 11, 19), 9),
        ]
        assert rows[0].place == rows[1].place != ""


def test_folding_a_past_day_changes_no_number(house: House, viewer: Actor) -> None:
    happen(house, 25, "question", "answered", at=NOW - timedelta(days=2), about="health")
    before = month_of(house, viewer).talk
    with house.database.begin() as session:
        assert counting.fold(session, NOW.date()) == 24
        assert session.scalar(select(func.count()).select_from(HappeningRow)) == 1
        assert counting.fold(session, NOW.date()) == 0
    assert month_of(house, viewer).talk == before


def test_only_who_may_see_the_city_sees_it(house: House, actor: Callable[..., Actor], come: Come) -> None:
    with house.database.read() as session, pytest.raises(NotPermitted):
        overview(session, actor(Role.AUTHOR), NOVEMBER, NOW)
    assert come("fang").get("/console/city").status_code == 403
    assert come("lei").get("/console/city").status_code == 200


@pytest.mark.parametrize("month", ["0001-01", "9999-12", "now", "2026-13"])
def test_a_month_that_nobody_counted_is_no_error(house: House, come: Come, month: str) -> None:
    assert come("lei").get(f"/console/city?month={month}").status_code == 200


def test_a_file_for_a_spreadsheet_holds_the_same_and_no_formula(house: House, come: Come) -> None:
    happen(house, 12, "search", "full", at=NOW - timedelta(days=1), place='=HYPERLINK("http://x")')
    viewer = come("lei")
    answer = viewer.get("/console/city/searches.csv?month=2026-11")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.text.startswith("\ufeff")
    assert "\"'=HYPERLINK" in answer.text
    assert viewer.get("/console/city/nothing.csv").status_code == 404
    assert viewer.get("/console/city?month=rubbish").status_code == 200


def test_hidden_numbers_are_words_in_the_file() -> None:
    text = as_csv(hidden_table(["a", "b"], ["x", "y"], [[1, 20], [30, 40]]), str, str, ("", "all", "hidden"))
    assert text.splitlines()[1] == "a,hidden,hidden,21"


@pytest.mark.parametrize(
    ("months", "band"),
    [(None, ""), (0, "0-5"), (5.9, "0-5"), (6, "6-11"), (23.99, "12-23"), (36.9, "24-36"), (40, "37+")],
)
def test_ages_are_counted_in_bands(months: float | None, band: str) -> None:
    assert age_band(months) == band


@pytest.mark.parametrize(
    ("address", "district"),
    [("上海市徐汇区漕溪北路1号", "徐汇区"), ("浦东新区世纪大道8号", "浦东新区"), ("江苏省昆山市玉山镇前进路", "玉山镇"),
     ("康乐小区3栋", ""), ("青禾路18号社区中心", ""), ("12 High Street", "")],
)  # fmt: skip
def test_the_district_is_read_from_the_address(address: str, district: str) -> None:
    assert district_in(address) == district
