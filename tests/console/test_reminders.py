"""The page, the JSON and the metrics of reminders: counts that are true, and no names."""

from __future__ import annotations

from pydantic import SecretStr
from starlette.testclient import TestClient

from bot.core.families import service as families
from bot.house import House
from bot.web.server import create_web
from scheduler.reminders import service
from scheduler.reminders.model import Kind, State
from tests.conftest import NOW
from tests.console.conftest import Come
from tests.reminders.families import HOUR, planned, row


def some_reminders(house: House) -> None:
    with house.database.begin() as session:
        mei = families.parent_at(session, "telegram", "1", now=NOW, zone="Asia/Shanghai")
        for key, kind, due in (("a", Kind.PLAN, NOW - HOUR), ("b", Kind.PLAN, NOW + HOUR), ("c", Kind.OWN, NOW)):
            service.put(session, planned(mei.id, key, kind=kind, due=due), NOW)
        row(session, "c").state = State.AMBIGUOUS.value


def test_the_page_says_what_was_sent_and_what_is_late(house: House, come: Come) -> None:
    some_reminders(house)
    page = come("admin").get("/console/reminders").text
    assert "1 条已晚点" in page
    assert "疫苗和体检" in page
    assert "说不准" in page


def test_whoever_sees_the_city_without_small_groups_does_not_count_them_here(house: House, come: Come) -> None:
    for path in ("/console/reminders", "/console/reminders.json"):
        assert come("lei").get(path).status_code == 403


def test_the_json_counts_each_state(house: House, come: Come) -> None:
    some_reminders(house)
    said = come("admin").get("/console/reminders.json").json()
    assert (said["late"], said["totals"]["waiting"], said["totals"]["in_doubt"]) == (1, 2, 1)
    assert said["states"] == {"plan": {"pending": 2}, "own": {"ambiguous": 1}}


def test_prometheus_is_told_by_this_machine_only(house: House) -> None:
    some_reminders(house)
    app = create_web(house, None, None)  # type: ignore[arg-type]
    here = TestClient(app, client=("127.0.0.1", 5000))
    told = here.get("/metrics")
    assert 'sprout_reminders{kind="plan",state="pending"} 2.0' in told.text
    assert "sprout_reminders_late 1.0" in told.text
    assert here.get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 404
    assert TestClient(app, client=("192.0.2.7", 5000)).get("/metrics").status_code == 404


def test_with_a_token_prometheus_may_come_from_anywhere(house: House) -> None:
    from dataclasses import replace

    settings = house.settings.model_copy(update={"metrics_token": SecretStr("geheim")})
    app = create_web(replace(house, settings=settings), None, None)  # type: ignore[arg-type]
    far = TestClient(app, client=("192.0.2.7", 5000))
    assert far.get("/metrics", headers={"Authorization": "Bearer geheim"}).status_code == 200
    assert far.get("/metrics", headers={"Authorization": "Bearer falsch"}).status_code == 404
    assert far.get("/metrics").status_code == 404
