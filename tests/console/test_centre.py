"""The pages of centre staff: the day at the door, walk-ins, changes with a preview, group sessions, messages, photo."""

from __future__ import annotations

import html
import io
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from fastapi import FastAPI
from PIL import Image
from sqlalchemy import func, select, text

from bot.core.audit import AuditRow
from bot.core.families import household
from bot.core.families import service as families
from bot.core.families.model import Child
from bot.core.language import Language
from bot.core.staff.demo import DEMO_PASSWORD
from bot.core.staff.model import Role
from bot.core.staff.service import create_demo
from bot.delivery.store import OutboxRow
from bot.house import House
from bot.pictures.photo import folder_of
from scheduler.care import service as care
from scheduler.care.audit import audit_cells
from scheduler.care.model.booking import State
from scheduler.care.model.errors import RoomFull
from scheduler.care.model.search import GroupRequest
from scheduler.care.service.districts import districts
from scheduler.care.store import BookingRow, CellRow, GroupSessionRow
from tests.care.test_meetings import WEDNESDAYS
from tests.care.town import Place, ask, at, open_centre
from tests.conftest import NOW, StandingClock
from tests.console.conftest import Come, Person
from tests.console.test_permissions import console_routes


@dataclass(frozen=True)
class Town:
    """Two centres; somebody works at the first one only. A family with a child, and its booking there today."""

    here: int
    room: int
    elsewhere: int
    other_room: int
    family: str
    code: str
    child: Child
    stay: str
    party: str
    other_stay: str
    other_party: str
    other_meeting: int
    other_series: int


@pytest.fixture
def town(house: House) -> Iterator[Town]:
    with house.database.begin() as session:
        here, there = open_centre(session, NOW, key="one", places=3), open_centre(session, NOW, key="two", places=1)
        create_demo(
            session, NOW, login="dora", name="Dora", password=DEMO_PASSWORD, roles=[Role.CENTRE_STAFF],
            centres=[str(here.centre_id)], language=Language.EN,
        )  # fmt: skip
        parent = families.parent_at(session, "telegram", "77", now=NOW, zone="Asia/Shanghai", language=Language.EN)
        families.add_child(session, parent.family_id, birth_date=date(2025, 6, 1), precision="day", now=NOW)
        parent = families.parent_by_id(session, parent.id) or parent
        (little,) = parent.children
        care.keep_health_form(
            session, little.id, parent.family_id, NOW, allergies="egg <b>", medicines="", collectors=["grandma"],
            consent_by=parent.id,
        )  # fmt: skip
        code = household.invite(session, parent, NOW)
        request = ask(here, at(18, 11), family=parent.family_id, children=(little,))
        held = care.hold(session, replace(request, booked_by=parent.id), NOW)
        own = care.confirm(session, held[0].party_id, parent.family_id, NOW)[0]
        held = care.hold(session, ask(there, at(18, 11), family="f2"), NOW)
        other = care.confirm(session, held[0].party_id, "f2", NOW)[0]
        series = care.add_series(session, "test:two", replace(WEDNESDAYS, centre_id=there.centre_id))
        care.generate_group_sessions(session, NOW, days=10)
        meeting = session.scalars(select(GroupSessionRow.id).where(GroupSessionRow.series_id == series)).first()
        assert meeting is not None
    yield Town(
        here.centre_id, here.room_id, there.centre_id, there.room_id, parent.family_id, code, little, own.id,
        own.party_id, other.id, other.party_id, meeting, series,
    )  # fmt: skip
    with house.database.read() as session:
        assert audit_cells(session) == []


@pytest.fixture
def dora(come: Come, town: Town) -> Person:
    return come("dora")


def state_of(house: House, booking_id: str) -> str:
    with house.database.read() as session:
        return session.get_one(BookingRow, booking_id).state


def test_the_day_shows_who_comes_with_what_the_centre_must_know(dora: Person, town: Town, clock: StandingClock) -> None:
    page = dora.get("/console/centres").text  # one centre only: its day at once
    assert "11:00" in page
    assert "Allergies: egg &lt;b&gt;" in page
    assert "May collect: grandma" in page
    assert "via Telegram" in page
    tomorrow = dora.get(f"/console/centres/{town.here}/today?day=2026-11-19").text
    assert "egg" not in tomorrow
    clock.now = NOW + timedelta(days=1)
    assert "egg" not in dora.get(f"/console/centres/{town.here}/today?day=2026-11-18").text


def test_arrival_and_leaving_are_one_tap_each_and_can_be_taken_back(
    dora: Person, town: Town, house: House, clock: StandingClock
) -> None:
    day, base = f"/console/centres/{town.here}/today", f"/console/centres/{town.here}/stays/{town.stay}"
    dora.get(day)
    assert dora.post(f"{base}/missed").status_code == 409
    clock.now = at(18, 11, 20)
    assert "not here yet" in dora.get(day).text
    for tap, state in (("here", "attended"), ("gone", "attended"), ("undo", "attended"), ("undo", "booked")):
        assert dora.post(f"{base}/{tap}").status_code == 200
        assert state_of(house, town.stay) == state
    assert dora.post(f"{base}/missed").status_code == 200
    assert state_of(house, town.stay) == "no_show"
    assert dora.post(f"{base}/elsewhere").status_code == 404


def test_a_tap_with_htmx_gives_the_list_as_it_is_now(dora: Person, town: Town, clock: StandingClock) -> None:
    clock.now = at(18, 11)
    dora.get(f"/console/centres/{town.here}/today")
    piece = dora.post(f"/console/centres/{town.here}/stays/{town.stay}/here", headers={"HX-Request": "true"})
    assert piece.status_code == 200
    assert "<!doctype" not in piece.text
    assert "Collected" in piece.text


def test_who_said_to_a_reminder_that_they_come_is_marked_and_counted(dora: Person, town: Town, house: House) -> None:
    assert "confirmed coming" not in dora.get(f"/console/centres/{town.here}/today").text
    with house.database.begin() as session:
        care.will_come(session, town.party, town.family, NOW)
    page = dora.get(f"/console/centres/{town.here}/today").text
    assert "confirmed coming ✓" in page
    assert "<b>1</b> confirmed coming" in page
    assert "confirmed coming" in dora.get(f"/console/centres/{town.here}/stays/{town.stay}").text


def test_a_longer_stay_and_what_a_shorter_one_frees(
    dora: Person, town: Town, house: House, clock: StandingClock
) -> None:
    base = f"/console/centres/{town.here}/stays/{town.stay}"
    assert "13:00" in dora.get(base).text
    assert "until 14:00" in dora.post(f"{base}/until", {"at": "14:00"}).text
    closed = dora.post(f"{base}/until", {"at": "19:00"})
    assert closed.status_code == 400
    assert "closed" in closed.text.lower()
    clock.now = at(18, 11, 20)
    dora.post(f"{base}/missed")
    dora.post(f"{base}/until", {"now": "yes"})
    with house.database.read() as session:
        assert session.get_one(BookingRow, town.stay).ends_at == at(18, 11, 20)


def test_a_guest_and_a_known_child_come_in_without_a_booking(dora: Person, town: Town, house: House) -> None:
    base = f"/console/centres/{town.here}/walk-in"
    page = dora.get(base).text
    key = re.search(r'name="key" value="(\w+)"', page)
    assert key is not None
    guest = {"label": "Bo", "born": "2025-05", "collector": "aunt", "until": "12:00", "kind": "hourly", "key": key[1]}
    assert "Noted, until 12:00" in dora.post(base, guest).text
    dora.post(base, guest)  # a double tap
    assert dora.post(f"{base}/family", {"code": "NOSUCH"}).status_code == 404
    found = dora.post(f"{base}/family", {"code": town.code.lower()}).text
    assert town.child.id in found
    known = {"code": town.code, "child": town.child.id, "until": "10:30", "key": "k2"}
    assert dora.post(base, known).status_code == 200
    odd = dora.post(base, {**guest, "key": "k3", "label": " "})
    assert odd.status_code == 400
    assert "collects" in odd.text
    with house.database.read() as session:
        assert session.scalar(select(func.count()).where(BookingRow.booked_by == "door")) == 2


@pytest.mark.parametrize(
    "path", ["today?day=9999-12-31", "today?day=0001-01-01", "week?first=9999-12-30", f"meetings/{10**25}",
             f"groups/{10**25}", f"message?meeting={10**25}", "message?room=1&day=9999-12-31"],
)  # fmt: skip
def test_days_and_numbers_beyond_all_bounds_are_refused_in_words(dora: Person, town: Town, path: str) -> None:
    shown = dora.get(f"/console/centres/{town.here}/{path}")
    assert shown.status_code in (400, 404)
    assert "<h1" in shown.text


def test_wrong_family_codes_are_in_the_audit_log_and_soon_refused_on_every_way(
    dora: Person, town: Town, house: House, clock: StandingClock
) -> None:
    base = f"/console/centres/{town.here}/walk-in"
    dora.get(base)
    wrong = {"code": "NOSUCH", "child": "x", "until": "12:00", "key": "k"}
    codes = [dora.post(f"{base}/family" if n % 2 else base, wrong).status_code for n in range(12)]
    assert codes == [404] * 10 + [400] * 2
    assert dora.post(f"{base}/family", {"code": town.code}).status_code == 400
    with house.database.read() as session:
        looks = session.scalars(select(AuditRow.detail).where(AuditRow.action == "family.looked_up")).all()
    assert looks == [{"found": False}] * 10
    clock.now += timedelta(minutes=16)
    assert dora.post(f"{base}/family", {"code": town.code}).status_code == 200


def test_closing_shows_who_is_affected_then_tells_them(dora: Person, town: Town, house: House) -> None:
    base = f"/console/centres/{town.here}/changes"
    form = {"what": "close", "first": "2026-11-18", "last": "", "room": "", "begins": "", "ends": "", "reason": "flu"}
    dora.get(base)
    shown = dora.post(f"{base}/preview", form)
    assert shown.status_code == 200
    assert "Bookings that will be cancelled: 1" in shown.text
    assert state_of(house, town.stay) == "booked"
    seen = re.search(r'name="seen" value="(\w+)"', shown.text)
    assert seen is not None
    with house.database.begin() as session:  # meanwhile another family books
        place = ask_place(town)
        held = care.hold(session, ask(place, at(18, 14), family="late"), NOW)
        care.confirm(session, held[0].party_id, "late", NOW)
    again = dora.post(base, {**form, "seen": seen[1]})
    assert again.status_code == 409
    assert "Bookings that will be cancelled: 2" in again.text
    assert state_of(house, town.stay) == "booked"
    seen = re.search(r'name="seen" value="(\w+)"', again.text)
    assert seen is not None
    done = dora.post(base, {**form, "seen": seen[1]})
    assert "Families told: 2" in done.text
    assert state_of(house, town.stay) == "cancelled"
    assert "flu" in dora.get(base).text


def ask_place(town: Town) -> Place:
    return Place(town.here, town.room)


@pytest.mark.parametrize(
    "form",
    [
        {"what": "close", "first": "", "last": ""},
        {"what": "close", "first": "2026-11-01", "last": ""},
        {"what": "duty", "room": "1", "day": "2026-11-20", "begins": "10:00", "ends": "09:00", "adults": "1"},
        {"what": "day", "day": "2026-11-20", "hours": "from eight to six"},
        {"what": "price", "kind": "hourly", "per_hour": "a lot"},
        {"what": "nothing"},
    ],
)
def test_what_cannot_be_read_is_said_at_the_form(dora: Person, town: Town, form: dict[str, str]) -> None:
    dora.get(f"/console/centres/{town.here}/changes")
    answer = dora.post(f"/console/centres/{town.here}/changes/preview", form)
    assert answer.status_code == 400
    assert 'class="wrong"' in answer.text


@pytest.mark.parametrize(
    "form",
    [
        {"what": "duty", "room": "ROOM", "day": "2026-11-20", "begins": "09:00", "ends": "12:00", "adults": "1"},
        {"what": "day", "day": "2026-11-20", "hours": "09:00 - 12:00，13:00–17:00"},
        {"what": "week", **{f"hours_{day}": "08:00-18:00" for day in range(6)}},
        {"what": "room", "room": "ROOM", "size": "4", "adults": "1", "same_day_reserve": "1"},
        {"what": "price", "kind": "hourly", "per_hour": "45.50", "rises_after": "4", "per_hour_then": "60"},
        {"what": "usual", "first": "2026-11-20", "last": "2026-11-20"},
    ],
)
def test_every_kind_of_change_goes_through_its_preview(dora: Person, town: Town, form: dict[str, str]) -> None:
    form = {k: str(town.room) if v == "ROOM" else v for k, v in form.items()}
    base = f"/console/centres/{town.here}/changes"
    dora.get(base)
    shown = dora.post(f"{base}/preview", form)
    assert shown.status_code == 200, shown.text
    hidden = {
        k: html.unescape(v) for k, v in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown.text)
    }
    assert hidden.items() >= form.items()
    assert "Changed." in dora.post(base, hidden).text


def test_a_series_is_written_changed_and_attended(dora: Person, town: Town, house: House, clock: StandingClock) -> None:
    base = f"/console/centres/{town.here}"
    form = {
        "kind": "parent_child", "domain": "safety", "title_zh": "安全小屋", "title_en": "Safe at home", "host": "Li",
        "first": "2026-11-18", "time": "11:30", "minutes": "60", "families": "4", "from_months": "6",
        "to_months": "36", "every": "week", "weekday": ["2"], "language": ["zh", "en"], "times": "5", "price": "12.5",
    }  # fmt: skip
    dora.get(f"{base}/groups/new")
    assert dora.post(f"{base}/groups/new", {**form, "minutes": "3"}).status_code == 400
    assert "Safe at home" in dora.post(f"{base}/groups/new", form).text
    page = dora.get(f"{base}/groups").text
    meeting = re.search(rf"{base}/meetings/(\d+)", page)
    series = re.search(rf"{base}/groups/(\d+)", page)
    assert meeting is not None
    assert series is not None
    edit = dora.get(f"{base}/groups/{series[1]}").text
    assert 'value="12.50"' in edit
    with house.database.begin() as session:
        held = care.hold_group(session, group_request(town, int(meeting[1])), NOW)
        care.confirm(session, held[0].party_id, town.family, NOW)
    moved = {**form, "weekday": ["3"]}
    shown = dora.post(f"{base}/groups/{series[1]}/preview", moved)
    assert "Seats that will be cancelled: 1" in shown.text
    clock.now = at(18, 11, 31)
    there = f"{base}/meetings/{meeting[1]}/{held[0].id}"
    assert "came: 1" in dora.post(f"{there}/here").text
    assert "came: 0" in dora.post(f"{there}/undo").text
    clock.now = NOW
    assert "Families told: 1" in dora.post(f"{base}/meetings/{meeting[1]}/leave-out").text
    assert "Families told: 0" in dora.post(f"{base}/groups/{series[1]}/end").text


def group_request(town: Town, meeting: int) -> GroupRequest:
    return GroupRequest("seat", town.family, "p", meeting)


def test_a_message_goes_once_to_the_family_with_the_name_of_who_wrote(dora: Person, town: Town, house: House) -> None:
    base = f"/console/centres/{town.here}"
    page = dora.get(f"{base}/message?room={town.room}&day=2026-11-18").text
    assert "each: 1." in page
    key = re.search(r'name="key" value="(\w+)"', page)
    assert key is not None
    form = {"room": str(town.room), "day": "2026-11-18", "text": "We play outside: <rain boots>!", "key": key[1]}
    assert "On its way" in dora.post(f"{base}/message", form).text
    dora.post(f"{base}/message", form)
    with house.database.read() as session:
        (row,) = session.scalars(select(OutboxRow).where(OutboxRow.kind == "centre"))
        assert "Dora" in row.payload["html"]
        assert "&lt;rain boots&gt;" in row.payload["html"]
        log = session.scalars(select(AuditRow).where(AuditRow.action == "centre.message")).all()
        assert [entry.detail["families"] for entry in log] == [1, 1]
        assert "rain" not in str([entry.detail for entry in log])
    assert dora.post(f"{base}/message", {**form, "text": "x" * 501}).status_code == 400


def test_who_waits_is_listed_and_can_be_taken_out(dora: Person, town: Town, house: House) -> None:
    with house.database.begin() as session:
        for family in ("a", "b", "c"):
            held = care.hold(session, ask(ask_place(town), at(20, 9), family=family), NOW)
            care.confirm(session, held[0].party_id, family, NOW)
        waits = care.join_waitlist(
            session, ask(ask_place(town), at(20, 9), family=town.family, children=(town.child,)), NOW
        )
    base = f"/console/centres/{town.here}/waiting"
    assert waits[0].code in dora.get(base).text
    assert "Taken out" in dora.post(f"{base}/{waits[0].party_id}/withdraw").text
    assert state_of(house, waits[0].id) == State.CANCELLED
    with house.database.read() as session:
        assert session.scalar(select(func.count()).where(OutboxRow.kind == "booking")) == 1


def picture(kind: str = "JPEG", size: tuple[int, int] = (2000, 1000)) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "a secret place"
    Image.new("RGB", size, "green").save(out, kind, exif=exif)
    return out.getvalue()


def test_a_photo_is_made_small_and_freed_of_what_the_camera_wrote(dora: Person, town: Town, house: House) -> None:
    base = f"/console/centres/{town.here}"
    dora.get(f"{base}/profile")
    sent = {"photo": ("a.jpg", picture(), "image/jpeg")}
    assert "Saved" in dora.post(f"{base}/photo", files=sent).text
    (kept,) = folder_of(house.settings.data_dir).iterdir()
    with Image.open(kept) as opened:
        assert opened.size == (1280, 640)
        assert not opened.getexif()
    assert b"secret" not in kept.read_bytes()
    assert dora.get(f"{base}/photo/{kept.name}").headers["content-type"] == "image/jpeg"
    assert dora.get(f"{base}/photo/{'0' * 32}.jpg").status_code == 404
    for content in (b"<svg onload=alert(1)>", b"", b"\xff\xd8\xff but no more", picture("GIF", (5, 5))):
        answer = dora.post(f"{base}/photo", files={"photo": ("a.jpg", content, "image/jpeg")})
        assert answer.status_code == 400
    assert kept.name not in dora.post(f"{base}/photo/remove").text


def test_the_profile_and_rooms_are_kept(dora: Person, town: Town) -> None:
    base = f"/console/centres/{town.here}"
    dora.get(f"{base}/profile")
    said = {
        "name_en": "Number One",
        "phone": "021",
        "bring_en": "a hat\nboots",
        "language": ["zh", "en"],
        "fever_limit": "37.3",
    }
    page = dora.post(f"{base}/profile", said).text
    assert "Number One" in page
    assert "boots" in page
    hot = dora.post(f"{base}/profile", {**said, "bring_en": "a raincoat", "fever_limit": "hot"})
    assert hot.status_code == 400
    assert "a raincoat" in hot.text, "what was typed stays"
    rooms = f"{base}/rooms/{town.room}"
    assert "Ducklings" in dora.post(rooms, {"name_en": "Ducklings", "from_months": "12", "to_months": "24"}).text
    assert dora.post(rooms, {"name_en": "", "from_months": "0", "to_months": "24"}).status_code == 400


def test_the_district_is_the_centres_own_and_what_the_city_counts_by(dora: Person, town: Town, house: House) -> None:
    base = f"/console/centres/{town.here}/profile"
    dora.get(base)
    assert 'value="浦东新区"' in dora.post(base, {"district": " 浦东新区 "}).text
    with house.database.read() as session:
        assert districts(session)[town.here] == "浦东新区"
    assert dora.post(base, {"district": "区" * 31}).status_code == 400
    dora.post(base, {"district": ""})
    with house.database.read() as session:
        assert districts(session)[town.here] != "浦东新区"


def test_of_two_who_write_the_profile_at_once_the_later_is_told_and_loses_nothing(dora: Person, town: Town) -> None:
    base = f"/console/centres/{town.here}/profile"
    (seen,) = re.findall(r'name="seen" value="(\w+)"', dora.get(base).text)
    assert dora.post(base, {"phone": "021-1", "seen": seen}).status_code == 200
    late = dora.post(base, {"phone": "021-2", "routine_en": "A walk at ten", "seen": seen})
    assert late.status_code == 409
    assert "A walk at ten" in late.text
    (seen,) = re.findall(r'name="seen" value="(\w+)"', late.text)
    kept = dora.post(base, {"phone": "021-2", "routine_en": "A walk at ten", "seen": seen})
    assert kept.status_code == 200
    assert "021-2" in kept.text


def test_staff_on_duty_of_a_room_are_one_tap_from_its_picture(dora: Person, town: Town) -> None:
    link = re.search(r'href="([^"]+what=duty[^"]+)"', dora.get(f"/console/centres/{town.here}/today").text)
    assert link is not None
    page = dora.get(html.unescape(link[1])).text
    assert re.search(rf'<details open>.{{0,900}}<option value="{town.room}" selected>', page, re.DOTALL)


def test_week_and_printed_list_are_there(dora: Person, town: Town) -> None:
    assert dora.get(f"/console/centres/{town.here}/week").text.count('class="bars"') == 7
    assert "grandma" in dora.get(f"/console/centres/{town.here}/print").text


def routes(app: FastAPI) -> list[tuple[str, str]]:
    """(method, path) of every route of a centre."""
    own = [(method, path) for method, path, _ in console_routes(app) if path.startswith("/centres/{centre_id}")]
    return sorted((method, f"/console{path}") for method, path in own)


def test_every_page_of_another_centre_is_closed_and_its_ids_are_unknown_here(
    app: FastAPI, dora: Person, town: Town, house: House
) -> None:
    dora.get(f"/console/centres/{town.here}/today")
    walked = routes(app)
    assert len(walked) > 30
    ids = {
        "booking_id": town.other_stay, "party_id": town.other_party, "room_id": town.other_room,
        "meeting_id": town.other_meeting, "series_id": town.other_series, "tap": "here", "name": "x.jpg",
    }  # fmt: skip
    about_a_thing = re.compile(r"\{(?:booking_id|party_id|room_id|meeting_id|series_id)\}")
    form = {
        "at": "14:00", "first": "2026-11-20", "time": "10:00", "minutes": "60", "families": "3", "from_months": "12",
        "to_months": "24", "kind": "parent_child", "domain": "safety", "every": "week", "title_zh": "x", "seen": "x",
        "room": str(town.other_room), "day": "2026-11-18", "text": "hi", "key": "k",
    }  # fmt: skip
    for method, path in walked:
        there = path.format(centre_id=town.elsewhere, **ids)
        asked = dora.get if method == "GET" else lambda p: dora.post(p, form)
        assert asked(there).status_code == 403, (method, there)
        if about_a_thing.search(path):
            here = path.format(centre_id=town.here, **ids)
            assert asked(here).status_code == 404, (method, here)
    for query in (
        f"room={town.other_room}&day=2026-11-18",
        f"meeting={town.other_meeting}",
        f"booking={town.other_stay}",
    ):
        assert dora.get(f"/console/centres/{town.here}/message?{query}").status_code == 404
    assert state_of(house, town.other_stay) == "booked"
    with house.database.read() as session:
        assert session.get_one(GroupSessionRow, town.other_meeting).target == 2
        assert session.scalar(select(func.count()).where(OutboxRow.kind == "centre")) == 0


def test_staff_and_parents_at_once_never_overbook(come: Come, town: Town, house: House, clock: StandingClock) -> None:
    """The last places of a room: parents book in the chat, two colleagues note walk-ins, stays get longer."""
    clock.now = at(18, 11)
    people = [come("dora") for _ in range(2)]
    for person in people:
        person.get(f"/console/centres/{town.here}/walk-in")
    gate = threading.Barrier(6)

    def parent(number: int) -> str:
        gate.wait()
        try:
            with house.database.begin() as session:
                request = ask(ask_place(town), at(18, 12), family=f"race {number}")
                held = care.hold(session, request, clock.now)
                care.confirm(session, held[0].party_id, request.family_id, clock.now)
            return "booked"
        except RoomFull:
            return "full"

    def staff(number: int) -> str:
        gate.wait()
        form = {
            "label": "g",
            "born": "2025-05",
            "collector": "aunt",
            "until": "14:00",
            "kind": "hourly",
            "key": f"w{number}",
        }
        code = people[number].post(f"/console/centres/{town.here}/walk-in", form, follow=False).status_code
        return {303: "booked", 409: "full"}[code]

    def longer() -> str:
        gate.wait()
        with_session = come("dora")
        path = f"/console/centres/{town.here}/stays/{town.stay}/until"
        code = with_session.post(path, {"at": "15:00"}, follow=False).status_code
        return {303: "longer", 409: "full", 403: "no"}[code]

    with ThreadPoolExecutor(6) as pool:
        jobs = [pool.submit(parent, n) for n in range(3)] + [pool.submit(staff, n) for n in range(2)]
        jobs.append(pool.submit(longer))
        outcome = [job.result() for job in jobs]
    assert outcome.count("booked") == 2, outcome
    with house.database.read() as session:
        assert audit_cells(session) == []
        most = session.execute(
            select(func.max(CellRow.booked), func.max(CellRow.booked - CellRow.capacity)).where(
                CellRow.room_id == town.room
            )
        ).one()
    assert tuple(most) == (3, 0)


def given_up_once(house: House) -> None:
    """PostgreSQL gives the next transaction that changes a booking up, as if another one had been in its way."""
    with house.database.begin() as session:
        session.execute(text("CREATE SEQUENCE given_up"))
        session.execute(
            text(
                "CREATE FUNCTION give_up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                " IF nextval('given_up') = 1 THEN RAISE EXCEPTION 'given up' USING ERRCODE = '40P01'; END IF;"
                " RETURN NEW; END $$"
            )
        )
        session.execute(
            text("CREATE TRIGGER give_up BEFORE UPDATE ON care_booking FOR EACH ROW EXECUTE FUNCTION give_up()")
        )


@pytest.mark.parametrize("what", ["tap", "until", "preview of a closure", "withdrawal"])
def test_what_the_database_gave_up_for_another_transaction_is_done_anew(
    dora: Person, town: Town, house: House, clock: StandingClock, what: str
) -> None:
    if house.database.is_sqlite:
        pytest.skip("SQLite has one writer at a time")
    clock.now = at(18, 11, 5)
    base = f"/console/centres/{town.here}"
    dora.get(f"{base}/today")
    if what == "until":
        assert dora.post(f"{base}/stays/{town.stay}/here").status_code == 200
    if what == "withdrawal":
        with house.database.begin() as session:
            for number in range(2):
                held = care.hold(session, ask(Place(town.here, town.room), at(20, 9), family=f"x{number}"), NOW)
                care.confirm(session, held[0].party_id, f"x{number}", NOW)
            care.hold(session, ask(Place(town.here, town.room), at(20, 9), family="x2"), NOW)
            waits = care.join_waitlist(session, ask(Place(town.here, town.room), at(20, 9), family="y"), NOW)
    given_up_once(house)
    match what:
        case "tap":
            assert dora.post(f"{base}/stays/{town.stay}/here").status_code == 200
            assert state_of(house, town.stay) == "attended"
        case "until":
            assert dora.post(f"{base}/stays/{town.stay}/until", {"at": "12:00"}).status_code == 200
        case "withdrawal":
            assert dora.post(f"{base}/waiting/{waits[0].party_id}/withdraw").status_code == 200
        case _:
            hours = {"what": "day", "day": "2026-11-18", "hours": ""}
            preview = dora.post(f"{base}/changes/preview", hours)
            assert preview.status_code == 200
            assert state_of(house, town.stay) == "booked"
    with house.database.read() as session:
        assert (session.scalar(text("SELECT last_value FROM given_up")) or 0) > 1
