"""The pages before the login: password, second factor, invitation; and the way out."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from bot.core import audit
from bot.core.language import Language
from bot.core.staff import entry, inviting, service
from bot.core.staff.demo import DEMO_PASSWORD, demo_accounts
from bot.core.staff.model import SHORTEST_PASSWORD
from bot.core.staff.sealing import KeyLost
from bot.web.console.door import inside
from bot.web.console.forms import Form
from bot.web.console.frame import CheckedForm, Console, StrangersForm

_BROWSER = re.compile(r"(Edg|OPR|Firefox|Chrome|Safari)")
_SYSTEM = re.compile(r"(Android|iPhone|iPad|Windows|Mac OS X|Linux)")


def entrance_pages(console: Console) -> APIRouter:
    router = APIRouter()
    attempts = console.attempts
    settings = console.house.settings

    def login_page(request: Request, *, next: str, problem: str = "", login: str = "", status: int = 200) -> Response:
        with console.read() as session:
            demo = demo_accounts(session) if settings.demo else []
        return console.page(
            request, "entrance/login.html", None, status=status, next=inside(next), problem=problem, login=login,
            demo_accounts=demo, demo_password=DEMO_PASSWORD if settings.demo else "",
        )  # fmt: skip

    @router.get("/login", name="public:login")
    def login_form(request: Request, next: Annotated[str, Query(max_length=500)] = "") -> Response:
        if console.known(request) is not None:
            return console.redirect(next)
        return login_page(request, next=next)

    @router.post("/login", name="public:log_in")
    def log_in(request: Request, form: StrangersForm) -> Response:
        login, next = form["login"][:200], form["next"]
        host = request.client.host if request.client else ""
        if not attempts.may_try(login, host):
            return login_page(request, next=next, problem="console_entrance.too_often", login=login, status=429)
        old = console.door.token(request)
        with console.begin() as session:
            try:
                staff = entry.check_password(session, login, form["password"], allow_demo=settings.demo)
            except service.WrongPassword as error:
                staff = None
                audit.record(
                    session, at=console.now(), actor="system", action="staff.login_failed", subject=error.staff_id
                )
            if staff is not None:
                entry.sign_out(session, old)
                token = entry.sign_in(session, staff, console.now(), device=_device(request))
                half_way = staff.totp_since is not None
        if staff is None:
            return login_page(request, next=next, problem="console_entrance.wrong", login=login, status=401)
        attempts.got_in(login, host)
        way = f"/console/second?next={inside(next).replace('?', '%3F').replace('&', '%26')}" if half_way else next
        response = console.redirect(way)
        console.door.let_in(response, request, token)
        return response

    @router.get("/second", name="public:second")
    def second_form(request: Request, next: Annotated[str, Query(max_length=500)] = "") -> Response:
        if console.known(request) is not None:
            return console.redirect(next)
        with console.read() as session:
            half = entry.signed_in(session, console.door.token(request), console.now())
        if half is None:
            return console.redirect("/console/login")
        return console.page(request, "entrance/second.html", None, next=inside(next), problem="")

    @router.post("/second", name="public:second_step")
    def second_step(request: Request, form: StrangersForm) -> Response:
        token, now = console.door.token(request), console.now()
        with console.begin() as session:
            half = entry.signed_in(session, token, now)
            if half is None or half.passed_second:
                return console.redirect("/console/login")
            problem, fresh = "", ""
            if not attempts.may_try(f"code:{half.staff.id}", request.client.host if request.client else ""):
                problem = "console_entrance.too_often"
            else:
                try:
                    fresh = entry.pass_second(session, console.seal, token, form["code"][:40], now)
                except (entry.WrongCode, KeyLost) as error:
                    lost = isinstance(error, KeyLost)
                    problem = "console_errors.key_lost" if lost else "console_entrance.wrong_code"
                    action = "staff.key_lost" if lost else "staff.code_failed"
                    audit.record(session, at=now, actor="system", action=action, subject=half.staff.id)
        if problem:
            return console.page(
                request, "entrance/second.html", None, status=401, next=inside(form["next"]), problem=problem
            )
        response = console.redirect(form["next"])
        console.door.let_in(response, request, fresh)
        return response

    @router.get("/join/{token}", name="public:join")
    def join_form(request: Request, token: str) -> Response:
        with console.read() as session:
            link = inviting.invitation(session, token, console.now())
        return console.page(
            request, "entrance/join.html", None, link=link, problem="", given=Form.empty(),
            shortest=SHORTEST_PASSWORD,
        )  # fmt: skip

    @router.post("/join/{token}", name="public:joining")
    def join(request: Request, token: str, form: StrangersForm) -> Response:
        try:
            with console.begin() as session:
                staff = inviting.accept(
                    session, token, console.now(), login=form["login"], name=form["name"],
                    password=form["password"], language=console.language(request),
                )  # fmt: skip
                fresh = entry.sign_in(session, staff, console.now(), device=_device(request))
        except (service.LoginTaken, service.LoginOdd, service.PasswordTooShort, service.NameMissing) as error:
            with console.read() as session:
                link = inviting.invitation(session, token, console.now())
            problem = f"console_entrance.{type(error).__name__.lower()}"
            return console.page(
                request, "entrance/join.html", None, status=400, link=link, problem=problem, given=form,
                shortest=SHORTEST_PASSWORD,
            )  # fmt: skip
        response = console.redirect("/console/", "console_entrance.welcome", who=staff.name)
        console.door.let_in(response, request, fresh)
        return response

    @router.post("/language", name="public:language")
    def choose_language(request: Request, form: StrangersForm) -> Response:
        language = Language(form["language"]) if form["language"] in {"zh", "en"} else Language.ZH
        actor = console.known(request)
        if actor is not None:
            with console.begin() as session:
                service.choose_language(session, actor, language)
        response = console.redirect(form["back"])
        console.door.remember_language(response, request, language.value)
        return response

    @router.post("/logout")
    def log_out(request: Request, form: CheckedForm) -> Response:
        with console.begin() as session:
            entry.sign_out(session, console.door.token(request))
        response = console.redirect("/console/login", "console_entrance.signed_out", request=request)
        console.door.let_out(response)
        return response

    return router


def _device(request: Request) -> str:
    """'Firefox, Linux': enough to know one's own browsers by, and no more is kept."""
    agent = request.headers.get("user-agent", "")
    found = [match.group(1) for pattern in (_BROWSER, _SYSTEM) if (match := pattern.search(agent))]
    return ", ".join({"Edg": "Edge", "OPR": "Opera", "Mac OS X": "Mac"}.get(f, f) for f in found)
