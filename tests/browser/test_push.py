"""'Tell me here when a reminder comes' in a real browser: asked, knocked, shown, and the click that opens the chat.

Without the internet no push service gives a browser its address: that one call is played by a local service, which
checks who knocks and opens the body with the browser's key. The rest is the browser's own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from bot.core.families.store import ParentRow
from bot.delivery.store import OutboxRow
from bot.house import House
from bot.push import sending, service
from bot.push.store import PushSubscriptionRow
from tests.browser.conftest import PHONE, Visit, served
from tests.push import service as elsewhere

pytestmark = pytest.mark.browser

_PLAYED = """subscription => {
  let mine = null;
  PushManager.prototype.getSubscription = async () => mine;
  PushManager.prototype.subscribe = async (options) => {
    window.asked = [options.userVisibleOnly, options.applicationServerKey];
    mine = { toJSON: () => subscription, unsubscribe: async () => { mine = null; return true; } };
    return mine;
  };
}"""
_SHOWN = """async () => {
  const registration = await navigator.serviceWorker.ready;
  return (await registration.getNotifications()).map((n) => [n.title, n.body]);
}"""
_CLICKED = """async () => {
  WindowClient.prototype.focus = async function () { self.opened = this.url; return this; };
  const [shown] = await self.registration.getNotifications();
  const clicked = new NotificationEvent("notificationclick", { notification: shown });
  self.dispatchEvent(clicked);
  for (let n = 0; n < 50 && !self.opened; n += 1) await new Promise((then) => setTimeout(then, 20));
  return [new URL(self.opened).pathname, (await self.registration.getNotifications()).length];
}"""


@dataclass
class Phone:
    page: Page
    context: BrowserContext
    at: elsewhere.Browser
    house: House


@pytest.fixture(params=["zh-CN", "en-GB"])
def phone(request: pytest.FixtureRequest, chromium: Browser, web_house: House) -> Iterator[Phone]:
    with elsewhere.PushService() as post:
        settings = web_house.settings.model_copy(update={"push_stand_in": post.url})
        house = replace(web_house, settings=settings)
        with served(house) as address:
            context = chromium.new_context(viewport=PHONE, locale=request.param, permissions=["notifications"])  # type: ignore[arg-type]
            context.set_default_timeout(10_000)
            visit = Visit(context, address)
            at = post.browser()
            visit.page.evaluate(_PLAYED, at.as_json())
            yield Phone(visit.page, context, at, house)
            assert visit.complaints == []
            assert all(url.startswith(address) for url in visit.requests)
            assert post.refused == []
            context.close()


def press(phone: Phone, words: str) -> None:
    phone.page.locator(".menu-button").click()
    phone.page.get_by_role("button", name=words).click()


def subscriptions(phone: Phone) -> list[PushSubscriptionRow]:
    with phone.house.database.read() as session:
        found = select(PushSubscriptionRow).where(PushSubscriptionRow.endpoint == phone.at.url)
        return list(session.scalars(found))


def test_it_is_turned_on_a_knock_is_shown_and_a_click_opens_the_chat(phone: Phone) -> None:
    zh = phone.page.locator("html").get_attribute("lang") == "zh-Hans"
    press(phone, "来提醒时在这里通知我" if zh else "Tell me here when a reminder comes")
    expect(phone.page.locator("#notice")).to_contain_text("这台设备会响一下" if zh else "This device will let you know")
    assert phone.page.evaluate("window.asked") == [True, sending.public_name(phone.house.settings)]
    (row,) = subscriptions(phone)
    phone.page.evaluate("Object.defineProperty(document, 'hidden', { get: () => true })")  # nobody looks: no fetching
    now = phone.house.clock()
    with phone.house.database.begin() as session:
        address = session.get_one(ParentRow, row.parent_id).address
        session.add(
            OutboxRow(channel="web", address=address, kind="remind_own", payload={}, due_at=now - service.PATIENCE,
                      created_at=now)
        )  # fmt: skip
    sending.tend(phone.house)
    (told,) = phone.at.told
    assert told["body"] == ("萌芽有一条新提醒" if zh else "You have a new reminder from Sprout")
    with phone.house.database.begin() as session:
        for letter in session.scalars(select(OutboxRow).where(OutboxRow.address == address)):
            session.delete(letter)  # it has no words that a page could show

    devtools = phone.context.new_cdp_session(phone.page)
    found: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(r["registrationId"] for r in event["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    while not found:
        phone.page.wait_for_timeout(20)
    origin = phone.page.evaluate("location.origin")
    devtools.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": origin, "registrationId": found[0], "data": json.dumps(told)},
    )
    for _ in range(100):
        shown = phone.page.evaluate(_SHOWN)
        if shown:
            break
        phone.page.wait_for_timeout(20)
    assert shown == [[told["title"], told["body"]]]
    (worker,) = phone.context.service_workers
    assert worker.evaluate(_CLICKED) == ["/", 0]


def test_it_is_turned_off_again_and_what_cannot_be_is_said(phone: Phone) -> None:
    zh = phone.page.locator("html").get_attribute("lang") == "zh-Hans"
    press(phone, "来提醒时在这里通知我" if zh else "Tell me here when a reminder comes")
    expect(phone.page.locator("#push")).to_have_attribute("data-on", "")
    press(phone, "不用在这里通知了" if zh else "Stop telling me here")
    expect(phone.page.locator("#notice")).to_contain_text("不再在这台设备上通知" if zh else "stays quiet")
    assert subscriptions(phone) == []
    phone.page.evaluate("() => { PushManager.prototype.subscribe = async () => { throw new Error('none') } }")
    press(phone, "来提醒时在这里通知我" if zh else "Tell me here when a reminder comes")
    expect(phone.page.locator("#notice")).to_contain_text(
        "现在开不了通知" if zh else "can't be turned on here just now"
    )
