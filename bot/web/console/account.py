"""One's own account: name, where notices go, password, second factor, the browsers in which one is signed in."""

from __future__ import annotations

import segno
from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup

from bot.core.staff import entry, linking, service
from bot.core.staff.model import SHORTEST_PASSWORD, Action, Actor
from bot.core.staff.sealing import KeyLost
from bot.web.console.frame import CheckedForm, Console


def account_pages(console: Console) -> APIRouter:
    router = APIRouter()
    settings = console.house.settings

    def page(request: Request, *, problem: str = "", status: int = 200, code: str = "") -> Response:
        actor = console.require(request, Action.ACCOUNT)
        with console.read() as session:
            row = service.account(session, actor.id)
            sign_ins = entry.sign_ins_of(session, actor.id, console.now())
        here = service.digest(console.door.token(request))
        return console.page(
            request, "account/account.html", actor, status=status, row=row, sign_ins=sign_ins, here=here,
            problem=problem, shortest=SHORTEST_PASSWORD, mail_is_on=settings.smtp_url is not None,
            telegram_is_on=settings.telegram_token is not None, code=code,
            code_address=linking.link_address(settings, code) if code else "",
            code_minutes=int(linking.LINKS_FOR.total_seconds() // 60),
        )  # fmt: skip

    @router.get("/account")
    def account(request: Request) -> Response:
        return page(request)

    @router.post("/account/profile")
    def profile(request: Request, form: CheckedForm) -> Response:
        actor = console.require(request, Action.ACCOUNT)
        with console.begin() as session:
            service.change_profile(
                session, actor, console.now(), name=form["name"], email=form["email"], telegram_chat=form["telegram"]
            )
        return console.redirect("/console/account", "console_account.profile_kept", request=request)

    @router.post("/account/telegram")
    def telegram(request: Request, form: CheckedForm) -> Response:
        """A code that links the chat which sends it; or the end of notices there."""
        actor = console.require(request, Action.ACCOUNT)
        if form["do"] == "stop":
            with console.begin() as session:
                row = service.account(session, actor.id)
                service.change_profile(session, actor, console.now(), name=row.name, email=row.email, telegram_chat="")
            return console.redirect("/console/account", "console_account.profile_kept", request=request)
        return page(request, code=linking.link_code(settings, actor.id, console.now()))

    def may_try(request: Request, actor: Actor) -> bool:
        """The present password is not for guessing either by somebody who finds an open screen."""
        return console.attempts.may_try(f"present:{actor.id}", request.client.host if request.client else "")

    @router.post("/account/password")
    def password(request: Request, form: CheckedForm) -> Response:
        actor = console.require(request, Action.ACCOUNT)
        if not may_try(request, actor):
            return page(request, problem="console_entrance.too_often", status=429)
        try:
            with console.begin() as session:
                row = service.change_password(
                    session, actor, console.now(), present=form["present"], new=form["password"]
                )
                fresh = entry.renew(session, row, console.door.token(request), console.now())
        except (service.WrongPassword, service.PasswordTooShort) as error:
            return page(request, problem=f"console_account.{type(error).__name__.lower()}", status=400)
        response = console.redirect("/console/account", "console_account.password_changed", request=request)
        console.door.let_in(response, request, fresh)
        return response

    @router.post("/account/everywhere")
    def everywhere(request: Request, form: CheckedForm) -> Response:
        actor = console.require(request, Action.ACCOUNT)
        with console.begin() as session:
            service.end_sign_ins(session, actor, actor.id, console.now())
        response = console.redirect("/console/login", "console_account.everywhere_done", request=request)
        console.door.let_out(response)
        return response

    def second_page(request: Request, *, problem: str = "", status: int = 200, sealed: str = "") -> Response:
        """`sealed`: the secret that the page before showed, so that an app that has it goes on being right."""
        actor = console.require(request, Action.ACCOUNT)
        with console.read() as session:
            row = service.account(session, actor.id)
        new = entry.new_totp(row, console.seal, "Sprout", sealed=sealed) if row.totp_since is None else None
        return console.page(
            request, "account/second.html", actor, status=status, row=row, new=new, problem=problem,
            picture=_picture(new.address) if new else "", codes=[],
        )  # fmt: skip

    @router.get("/account/second")
    def second(request: Request) -> Response:
        return second_page(request)

    @router.post("/account/second")
    def confirm(request: Request, form: CheckedForm) -> Response:
        actor = console.require(request, Action.ACCOUNT)
        try:
            with console.begin() as session:
                row = service.account(session, actor.id)
                code = form["code"].replace(" ", "")[:10]
                codes = entry.confirm_totp(session, row, console.seal, form["sealed"], code, console.now())
        except (entry.WrongCode, KeyLost):
            return second_page(request, problem="console_errors.wrong_code", status=400, sealed=form["sealed"])
        request.state.owes_second = False
        return console.page(
            request, "account/second.html", actor, row=row, new=None, picture="", problem="", codes=codes
        )

    @router.post("/account/second/drop")
    def drop(request: Request, form: CheckedForm) -> Response:
        actor = console.require(request, Action.ACCOUNT)
        if not may_try(request, actor):
            return second_page(request, problem="console_entrance.too_often", status=429)
        try:
            with console.begin() as session:
                entry.drop_totp(session, service.account(session, actor.id), form["present"], console.now())
        except service.WrongPassword:
            return second_page(request, problem="console_errors.wrong_password", status=400)
        return console.redirect("/console/account", "console_account.second_off", request=request)

    return router


def _picture(address: str) -> Markup:
    """The QR code as inline SVG, drawn with attributes only."""
    code = segno.make(address, error="m")
    return Markup(code.svg_inline(scale=4, border=3, dark="#000", light="#fff"))  # noqa: S704  made by us
