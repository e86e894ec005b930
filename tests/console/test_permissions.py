"""Who may do what: the table of roles; every route of the console asked by strangers and by those without a right."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as some
from starlette.routing import BaseRoute, Mount, Route

from bot.core.language import Language
from bot.core.staff.demo import seed_demo_accounts
from bot.core.staff.model import ROLES, Action, Actor, NotPermitted, Role, permit
from bot.core.staff.service import create_demo
from bot.house import House
from tests.conftest import NOW
from tests.console.conftest import Come, Person

roles = some.frozensets(some.sampled_from(Role))
centres = some.frozensets(some.sampled_from(["1", "2", "3"]))


@given(roles, centres, some.sampled_from(Action), some.sampled_from([None, "1", 2]))
def test_a_person_may_what_one_of_the_roles_holds_and_centre_staff_only_at_their_centres(
    held: frozenset[Role], at: frozenset[str], action: Action, where: str | int | None
) -> None:
    actor = Actor("x", "x", held, at)
    elsewhere = any(action in ROLES[r] for r in held - {Role.CENTRE_STAFF})
    here = bool(at) if where is None else str(where) in at
    as_centre_staff = Role.CENTRE_STAFF in held and action in ROLES[Role.CENTRE_STAFF]
    expected = elsewhere or (as_centre_staff and (here or action is Action.ACCOUNT))
    assert actor.may(action, centre_id=where) is expected
    if not expected:
        with pytest.raises(NotPermitted):
            permit(actor, action, centre_id=where)


def test_every_role_and_every_action_is_in_the_table() -> None:
    assert ROLES.keys() == set(Role)
    held = set().union(*ROLES.values())
    assert held == set(Action)
    assert all(Action.ACCOUNT in actions for actions in ROLES.values())


def test_an_admin_reads_no_chats_and_sees_no_children() -> None:
    assert not ROLES[Role.ADMIN] & {Action.INBOX, Action.CENTRE_DAY}


PRIVATE_ONLY_FOR = {
    "/inbox": Role.NURSE_ON_CALL,
    "/staff": Role.ADMIN,
    "/audit": Role.ADMIN,
    "/tables": Role.ADMIN,
}


def console_routes(app: FastAPI) -> Iterator[tuple[str, str, str]]:
    """(method, path below /console, name) of everything that the console answers."""

    def walk(routes: list[BaseRoute], prefix: str) -> Iterator[tuple[str, str, str]]:
        for route in routes:
            inner = getattr(route, "original_router", None)
            if inner is not None:
                yield from walk(inner.routes, prefix)
            elif isinstance(route, Mount):
                if route.name.startswith("public:"):
                    continue
                if route.routes:
                    yield from walk(list(route.routes), prefix + route.path)
            elif isinstance(route, Route):
                for method in sorted((route.methods or set()) - {"HEAD"}):
                    yield method, prefix + route.path, route.name

    (console,) = [r for r in app.routes if isinstance(r, Mount) and r.path == "/console"]
    yield from walk(list(console.routes), "")


# What stands in a path where not everything may: other blanks get "1".
BLANKS = {"domain": "health", "step": "claim", "tap": "here"}


def filled(path: str) -> str:
    """The path with something in its blanks."""
    return "/console" + re.sub(r"\{(\w+)[^}]*\}", lambda blank: BLANKS.get(blank[1], "1"), path)


one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@one_database
def test_routes_are_found(app: FastAPI) -> None:
    found = {(method, path) for method, path, _ in console_routes(app)}
    assert {("GET", "/staff"), ("POST", "/inbox/{chat_id}/{step}"), ("GET", "/audit/file")} <= found
    assert len(found) > 30


@one_database
def test_a_stranger_is_sent_to_the_login_by_every_route_that_is_not_public(app: FastAPI, come: Come) -> None:
    stranger = come()
    stranger.get("/console/login")
    for method, path, name in console_routes(app):
        if name.startswith("public:"):
            continue
        response = _ask(stranger, method, filled(path))
        assert response.status_code in (303, 401), (method, path, response.status_code)
        where = response.headers.get("location", "/console/login")
        assert where.startswith(("/console/login", "http://sprout.test/console/login")), (method, path, where)


PUBLIC = {
    "/login", "/second", "/join/{token}", "/language",
}  # fmt: skip


@one_database
def test_only_the_entrance_and_files_are_public(app: FastAPI) -> None:
    public = {path for _, path, name in console_routes(app) if name.startswith("public:")}
    assert {path for path in public if not path.startswith("/htmx")} == PUBLIC


# Own pages that everybody who is in may use.
FOR_ALL = ("/", "/account", "/logout")


@one_database
def test_somebody_without_any_right_is_refused_by_every_route_in_words(app: FastAPI, house: House, come: Come) -> None:
    with house.database.begin() as session:
        create_demo(
            session, NOW, login="nobody", name="无权限", password="sprout-demo-town", roles=(), centres=(),
            language=Language.EN,
        )  # fmt: skip
    person = come("nobody")
    open_to_all = []
    for method, path, name in console_routes(app):
        if name.startswith("public:") or path == "/" or path.startswith(FOR_ALL[1:]):
            continue
        response = _ask(person, method, filled(path))
        if response.status_code != 403 or "Not yours to do" not in response.text:
            open_to_all.append((method, path, response.status_code))
    assert open_to_all == []


@one_database
@pytest.mark.parametrize(("prefix", "role"), PRIVATE_ONLY_FOR.items())
def test_sections_for_one_role_refuse_all_other_demo_people(
    prefix: str, role: Role, app: FastAPI, house: House, come: Come
) -> None:
    logins = {"author": "fang", "reviewer": "jing", "nurse_on_call": "min", "centre_staff": "yan", "admin": "admin"}
    with house.database.begin() as session:
        seed_demo_accounts(session, NOW, centres=["1"])
    paths = [
        (method, path) for method, path, _ in console_routes(app)
        if path.startswith(prefix) and path not in ("/inbox/hours",)
    ]  # fmt: skip
    for other, login in logins.items():
        if other == role.value:
            continue
        person = come(login)
        for method, path in paths:
            assert _ask(person, method, filled(path)).status_code == 403, (login, method, path)


def _ask(person: Person, method: str, path: str) -> httpx.Response:
    if method == "GET":
        return person.http.get(path, follow_redirects=False)
    return person.http.request(method, path, data={"form_token": person.token}, follow_redirects=False)
