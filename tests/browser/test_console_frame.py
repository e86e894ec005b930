"""The console's frame in a real browser: in, out, two nurses and a parent at once, no scripts, axe on every page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bot.core.staff import inviting
from bot.core.staff.demo import DEMO_PASSWORD, seed_demo_accounts
from bot.core.staff.model import Role
from bot.house import House
from tests.browser.conftest import AXE, DESK, PHONE, Visit, say
from tests.browser.test_access import violations
from tests.conftest import NOW

pytestmark = pytest.mark.browser
Come = Callable[..., Page]
Open = Callable[..., Visit]


@pytest.fixture
def come(chromium: Browser, address: str, web_house: House) -> Iterator[Come]:
    """A function: somebody signed in by a click on the login page; nothing outside is asked, nothing complains."""
    with web_house.database.begin() as session:
        seed_demo_accounts(session, NOW, centres=["1"])
    contexts: list[BrowserContext] = []
    outside: list[str] = []
    complaints: list[str] = []

    def somebody(login: str = "", viewport: dict[str, int] = DESK, *, english: bool = True, **more: object) -> Page:
        context = chromium.new_context(viewport=viewport, base_url=address, locale="en-GB", **more)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        contexts.append(context)
        context.on("request", lambda r: None if r.url.startswith(address) else outside.append(r.url))
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on(
            "console",
            lambda m: complaints.append(m.text) if m.type == "error" and "status of 4" not in m.text else None,
        )
        page = context.new_page()
        page.goto("/console/login")
        if login:
            page.locator(f"button[name=login][value={login}]").click()
            page.wait_for_url("**/console/")
            tag = "en" if english else "zh-Hans"
            if page.locator("html").get_attribute("lang") != tag:
                page.locator("button[name=language]").click()
            expect(page.locator("html")).to_have_attribute("lang", tag)
        return page

    yield somebody
    for context in contexts:
        context.close()
    assert outside == []
    assert complaints == []


def test_a_parent_and_two_nurses_at_once(come: Come, visit: Open) -> None:
    nurse, colleague = come("min"), come("hong")
    nurse.goto("/console/inbox")
    colleague.goto("/console/inbox")
    parent = visit(PHONE, "en-GB").page
    say(parent, "/person")
    say_alone(parent, "He has a rash since yesterday")
    # It comes up on both lists by itself, and rings.
    for page in (nurse, colleague):
        page.locator(".chat", has_text="rash since yesterday").click(timeout=20_000)
    expect(nurse.locator("body")).to_have_attribute("data-rang", re.compile(r"\d+"), timeout=20_000)
    nurse.get_by_role("button", name="Take this chat").click()
    expect(nurse.get_by_role("status").filter(has_text="The chat is yours")).to_be_visible()
    colleague.get_by_role("button", name="Take this chat").click()
    expect(colleague.get_by_role("alert")).to_contain_text("陈敏 has taken this chat")
    # Ready words go where the cursor is; Ctrl+Enter sends; the parent reads it.
    nurse.get_by_role("link", name="Ask for age and since when").click()
    expect(nurse.locator("#answer")).to_have_value(re.compile("How old is your child"))
    nurse.locator("#answer").press("Control+Enter")
    expect(nurse.get_by_role("status").filter(has_text="Sent.")).to_be_visible()
    expect(parent.get_by_text("How old is your child exactly")).to_be_visible(timeout=20_000)
    # What the parent writes comes up in the open talk by itself, and a note stays inside.
    say_alone(parent, "Eight months")
    expect(nurse.locator(".talk").get_by_text("Eight months")).to_be_visible(timeout=20_000)
    colleague.get_by_label("Note for colleagues").fill("Mother sounds tired")
    colleague.get_by_role("button", name="Keep the note").click()
    expect(colleague.locator(".turn.note")).to_contain_text("Mother sounds tired")
    assert "Mother sounds tired" not in parent.content()
    nurse.goto("/console/inbox")
    nurse.locator(".chat.mine", has_text="Eight months").click()
    nurse.get_by_role("button", name="Back to the bot", exact=True).click()
    expect(parent.get_by_text("I'm back")).to_be_visible(timeout=20_000)


def say_alone(page: Page, text: str) -> None:
    """While a person has the chat the bot does not answer."""
    page.fill("#text", text)
    page.press("#text", "Enter")
    expect(page.locator(".own").last).to_contain_text(text)


def test_everything_works_without_scripts(come: Come, visit: Open) -> None:
    parent = visit(PHONE, "en-GB").page
    say(parent, "/person")
    say_alone(parent, "He will not drink")
    nurse = come("min", PHONE, java_script_enabled=False)
    nurse.get_by_role("link", name=re.compile("chats wait")).click()
    nurse.locator(".chat", has_text="will not drink").click()
    nurse.get_by_role("button", name="Take this chat").click()
    nurse.get_by_role("link", name="Hello", exact=True).click()
    expect(nurse.locator("#answer")).to_have_value(re.compile("this is the health team"))
    nurse.get_by_role("button", name="Send, and back to the bot").click()
    expect(nurse.locator(".said")).to_contain_text("Sent.")
    nurse.get_by_role("button", name="Sign out").click()
    expect(nurse.get_by_role("heading", name="Sign in")).to_be_visible()


def test_an_invitation_a_password_and_a_second_step(come: Come, web_house: House) -> None:
    admin = come("admin")
    admin.goto("/console/staff")
    admin.get_by_label("For whom").fill("Mei")
    admin.get_by_label("Nurse on call").check()
    admin.get_by_role("button", name="Make a link").click()
    link = admin.get_by_label("Invitation link").input_value()
    person = come()
    person.goto(link[link.index("/console/") :])
    person.get_by_label("Your name").fill("Mei")
    person.get_by_label(re.compile("^Login")).fill("mei@clinic.example")
    person.get_by_label(re.compile("^New password")).fill("a kettle on a quiet sea")
    person.get_by_role("button", name="Save and go in").click()
    expect(person.get_by_role("status").filter(has_text="Welcome, Mei")).to_be_visible()
    person.goto("/console/account/second")
    expect(person.get_by_role("img", name="Picture to scan")).to_be_visible()
    person.get_by_text("No camera?").click()
    totp = pyotp.TOTP(person.locator("code.secret").inner_text())
    person.get_by_label("Code").fill(totp.at(web_house.clock()))
    if AXE.exists():
        assert violations(person) == []
    person.get_by_role("button", name="Turn it on").click()
    code = person.locator(".codes code").first.inner_text()
    person.get_by_role("button", name="Sign out").click()
    person.get_by_label("Login").fill("mei@clinic.example")
    person.get_by_label("Password").fill("a kettle on a quiet sea")
    person.get_by_role("button", name="Sign in").click()
    if AXE.exists():
        assert violations(person) == []
    person.get_by_label("Code").fill(code)
    person.get_by_role("button", name="Go on").click()
    expect(person.get_by_role("heading", name=re.compile("Hello Mei|Mei, what waits"))).to_be_visible()


PAGES = {
    "min": ("/console/", "/console/inbox", "CHAT", "/console/inbox/words", "/console/inbox/hours", "/console/account"),
    "admin": ("/console/staff", "PERSON", "/console/audit", "/console/nowhere", "/console/inbox"),
}


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: make assets")
@pytest.mark.parametrize(
    ("viewport", "english", "scheme"), [(PHONE, False, "light"), (DESK, True, "dark")], ids=["zh-phone", "en-desk"]
)
def test_axe_finds_nothing_and_nothing_runs_off_the_screen(
    come: Come, visit: Open, web_house: House, viewport: dict[str, int], english: bool, scheme: str
) -> None:
    parent = visit(PHONE, "en-GB").page
    say(parent, "my baby is having a seizure and won't wake")
    say(parent, "/person")
    found = []
    stranger = come(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
    with web_house.database.begin() as session:
        token = inviting.invite_from_outside(session, NOW, roles=[Role.AUTHOR])
    for path in ("/console/login", f"/console/join/{token}", "/console/join/no-such"):
        stranger.goto(path)
        found += look(stranger, path)
    for login, paths in PAGES.items():
        page = come(login, viewport, english=english, color_scheme=scheme, reduced_motion="reduce")
        for path in paths:
            if path == "CHAT":
                page.locator(".chat").first.click()
                page.get_by_role(
                    "button", name=re.compile("Take this chat|接这个对话|Take it over|接过来")
                ).first.click()
            elif path == "PERSON":
                page.locator("td a").first.click()
            else:
                page.goto(path)
            page.wait_for_load_state()
            found += look(page, path)
    assert found == []


def look(page: Page, path: str) -> list[str]:
    """What axe complains about, and whether the page is wider than the screen."""
    problems = [f"{path}: {problem}" for problem in violations(page)]
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        problems.append(f"{path}: wider than the screen")
    return problems


def test_the_password_of_the_demo_is_the_one_on_the_page(come: Come) -> None:
    page = come()
    page.get_by_label("Login").fill("min")
    page.get_by_label("Password").fill(DEMO_PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/")
