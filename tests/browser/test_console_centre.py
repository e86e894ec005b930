"""A centre's day in a real browser: a phone at the door, two colleagues at once, no scripts, axe, thumbs."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bot.app import build_assistant, migrate
from bot.core.db import Database
from bot.core.families import service as families
from bot.core.staff.demo import DEMO_PASSWORD, seed_demo_accounts
from bot.delivery.clerk import Clerk
from bot.house import House
from bot.web.server import create_web
from scheduler.care import service as care
from scheduler.care.audit import audit_cells
from scheduler.care.demo_town import seed_demo
from scheduler.care.model.search import GroupRequest
from tests.browser.conftest import AXE, DESK, PHONE
from tests.browser.test_access import violations
from tests.care.test_meetings import WEDNESDAYS
from tests.care.town import Place, ask, at
from tests.conftest import NOW, StandingClock

pytestmark = pytest.mark.browser
Come = Callable[..., Page]


@dataclass(frozen=True)
class Day:
    """Half past ten at the demo's second centre: a child that is missed, one that is due, one with an allergy."""

    address: str
    house: House
    place: Place
    stays: tuple[str, ...]
    meeting: int
    code: str


@pytest.fixture(scope="module")
def day(shared_house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    url = f"sqlite:///{tmp_path_factory.mktemp('centre') / 'centre.db'}"
    migrate(url)
    database = Database(url)
    stays = []
    with database.begin() as session:
        seed_demo(session, NOW, days=5)
        seed_demo_accounts(session, NOW, centres=["2"])
        rooms = care.centre_facts(session, 2).rooms
        place = Place(2, next(r.id for r in rooms if r.name == "托小班"))
        for number, hour in enumerate((11, 11, 12, 14)):
            parent = families.parent_at(session, "web", f"p{number}", now=NOW, zone="Asia/Shanghai")
            families.add_child(session, parent.family_id, birth_date=date(2025, 5, 2), precision="day", now=NOW)
            parent = families.parent_by_id(session, parent.id) or parent
            care.keep_health_form(
                session, parent.children[0].id, parent.family_id, NOW, allergies="花生" if number == 1 else "",
                medicines="", collectors=["奶奶"], consent_by=parent.id,
            )  # fmt: skip
            request = ask(place, at(18, hour), family=parent.family_id, children=parent.children)
            held = care.hold(session, replace(request, booked_by=parent.id), NOW)
            stays.append(care.confirm(session, held[0].party_id, parent.family_id, NOW)[0])
        care.add_series(session, "browser", replace(WEDNESDAYS, centre_id=2))
        care.generate_group_sessions(session, NOW, days=10)
        found = care.sessions_near(session, None, NOW, limit=50)
        meeting = next(g.id for g in found if g.series.centre_id == 2 and g.series.domain == "nutrition")
        for family in ("first", "second"):
            held = care.hold_group(session, GroupRequest(family, family, "p", meeting), NOW)
            care.confirm(session, held[0].party_id, family, NOW)
        care.join_group_waitlist(session, GroupRequest("g3", "third", "p", meeting), NOW)
    clock = StandingClock()
    clock.now = at(18, 11, 20)
    house = replace(shared_house, database=database, clock=clock, library=shared_house.library.standing())
    assistant = build_assistant(house)
    server = uvicorn.Server(
        uvicorn.Config(create_web(house, assistant, Clerk(house, assistant)), port=0, log_level="warning")
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        threading.Event().wait(0.02)
    address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield Day(address, house, place, tuple(s.id for s in stays), meeting, stays[0].code)
    server.should_exit = True
    thread.join(10)
    with database.read() as session:
        assert audit_cells(session) == []
    database.close()


@pytest.fixture
def come(chromium: Browser, day: Day) -> Iterator[Come]:
    """A function: somebody signed in at the centre; nothing outside is asked, nothing complains."""
    contexts: list[BrowserContext] = []
    outside: list[str] = []
    complaints: list[str] = []

    def somebody(viewport: dict[str, int] = PHONE, *, english: bool = False, **more: object) -> Page:
        context = chromium.new_context(viewport=viewport, base_url=day.address, **more)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        contexts.append(context)
        context.on("request", lambda r: None if r.url.startswith(day.address) else outside.append(r.url))
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on(
            "console",
            lambda m: complaints.append(m.text) if m.type == "error" and "status of 4" not in m.text else None,
        )
        page = context.new_page()
        page.goto("/console/login")
        page.fill("[name=login]", "yan")
        page.fill("[name=password]", DEMO_PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/console/")
        if english != (page.get_attribute("html", "lang") == "en"):
            page.locator("form.language button").click()
            expect(page.locator("html")).to_have_attribute("lang", "en" if english else "zh-Hans")
        return page

    yield somebody
    for context in contexts:
        context.close()
    assert outside == []
    assert complaints == []


def test_a_phone_at_the_door_notes_who_comes_with_a_thumb(come: Come, day: Day) -> None:
    page = come(PHONE, has_touch=True)
    page.goto("/console/centres/2/today")
    missed, allergic = page.locator(f"#b-{day.stays[0]}"), page.locator(f"#b-{day.stays[1]}")
    expect(missed).to_contain_text("该到没到")
    expect(allergic).to_contain_text("过敏：花生")
    page.evaluate("window.same = true")
    allergic.get_by_role("button", name="到了").tap()
    expect(allergic).to_contain_text("在园 11:20")
    allergic.get_by_role("button", name="撤销").tap()
    expect(allergic.get_by_role("button", name="到了")).to_be_visible()
    missed.get_by_role("button", name="没来").tap()
    expect(missed).to_contain_text("没来")
    missed.get_by_role("button", name="到了").tap()
    missed.get_by_role("button", name="接走了").tap()
    expect(missed).to_contain_text("已接走 11:20")
    assert page.evaluate("window.same")  # htmx brought the list; the page was not loaded anew
    small = page.evaluate(
        """() => [...document.querySelectorAll('.taps button, .dayline .button, .tabs a, summary')]
        .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 36).map(e => e.outerHTML)"""
    )
    assert small == []


def test_two_colleagues_and_a_walk_in(come: Come, day: Day) -> None:
    door, desk = come(PHONE), come(DESK, english=False)
    desk.goto("/console/centres/2/today")
    door.goto("/console/centres/2/walk-in")
    guest = door.locator("form", has=door.locator("[name=label]"))
    guest.locator("[name=label]").fill("果果")
    guest.locator("[name=born]").fill("2025-04")
    guest.locator("[name=collector]").fill("外公")
    guest.locator("[name=until]").fill("13:00")
    guest.get_by_role("button", name="到了").click()
    expect(door.locator(".said")).to_contain_text("到13:00")
    child = door.locator(".child", has_text="果果")
    expect(child).to_contain_text("外公")
    both = desk.locator(f"#b-{day.stays[2]}").get_by_role("button", name="到了")
    door.locator(f"#b-{day.stays[2]}").get_by_role("button", name="到了").click()
    expect(door.locator(f"#b-{day.stays[2]}")).to_contain_text("在园")
    both.click()  # the colleague did not see it yet: it does no harm
    expect(desk.locator(f"#b-{day.stays[2]}")).to_contain_text("在园")
    expect(desk.locator(".child", has_text="果果")).to_be_visible()


def test_a_closure_is_shown_first_and_again_when_somebody_books_meanwhile(come: Come, day: Day) -> None:
    page = come(DESK, english=True)
    page.goto("/console/centres/2/changes")
    page.fill("[name=first]", "2026-11-20")
    page.get_by_role("button", name="See who is affected").first.click()
    expect(page.get_by_text("No family is affected")).to_be_visible()
    with day.house.database.begin() as session:
        held = care.hold(session, ask(day.place, at(20, 9), family="just now"), day.house.clock())
        care.confirm(session, held[0].party_id, "just now", day.house.clock())
    page.get_by_role("button", name="Make the change").click()
    expect(page.get_by_role("alert")).to_contain_text("Since you looked")
    expect(page.locator(".affected li")).to_have_count(1)
    page.get_by_role("button", name=re.compile("tell the families")).click()
    expect(page.locator(".said")).to_contain_text("Families told: 1")


def test_it_works_without_scripts(come: Come, day: Day) -> None:
    page = come(PHONE, java_script_enabled=False)
    page.goto("/console/centres/2/today")
    stay = page.locator(f"#b-{day.stays[3]}")
    stay.get_by_role("button", name="到了").click()
    refused = page.get_by_role("alert")
    expect(refused).to_contain_text("现在不能做这一步")  # hours too early: the wrong line
    page.goto(f"/console/centres/2/stays/{day.stays[3]}")
    page.fill("[name=at]", "17:00")
    page.get_by_role("button", name="改时间").click()
    expect(page.locator(".said")).to_contain_text("17:00")


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: make assets")
@pytest.mark.parametrize(
    ("viewport", "english", "scheme"), [(PHONE, False, "light"), (DESK, True, "dark")], ids=["zh-phone", "en-desk-dark"]
)
def test_axe_finds_nothing_and_no_page_is_wider_than_the_screen(
    come: Come, day: Day, viewport: dict[str, int], english: bool, scheme: str
) -> None:
    page = come(viewport, english=english, color_scheme=scheme, reduced_motion="reduce")
    paths = (
        "today", "week", "print", "walk-in", "waiting", "groups", "groups/new", f"meetings/{day.meeting}", "changes",
        "profile", f"stays/{day.stays[3]}", f"message?meeting={day.meeting}",
    )  # fmt: skip
    for path in paths:
        page.goto(f"/console/centres/2/{path}")
        page.evaluate("document.querySelectorAll('main details').forEach(fold => { fold.open = true; })")
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
