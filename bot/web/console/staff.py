"""Staff for admins: who works here, invitations, roles and centres, closing an account, signing somebody out."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.staff import entry, inviting, service
from bot.core.staff.model import INVITED_FOR, ROLES, Action, Role
from bot.web.console.forms import Form
from bot.web.console.frame import CheckedForm, Console
from scheduler.care.store import CentreRow

_MOST_CENTRES = 500  # shown as tick boxes


def staff_pages(console: Console) -> APIRouter:
    router = APIRouter()
    address = console.house.settings.address

    @router.get("/staff")
    def staff(request: Request) -> Response:
        actor = console.require(request, Action.STAFF_MANAGE)
        with console.read() as session:
            rows = service.everybody(session)
            open_links = inviting.open_invitations(session, console.now())
            by = {link.invited_by: _by(session, link.invited_by) for link in open_links}
            centres = _centres(session)
        return console.page(
            request, "staff/staff.html", actor, rows=rows, links=open_links, by=by, centres=centres,
            centre_names={str(id): name for id, name in centres}, roles=list(Role),
        )  # fmt: skip

    def show_link(request: Request, token: str, who: str) -> Response:
        """Shown once: only its digest is kept."""
        actor = console.require(request, Action.STAFF_MANAGE)
        link = f"{address}/console/join/{token}"
        return console.page(request, "staff/link.html", actor, link=link, who=who, days=INVITED_FOR.days)

    @router.post("/staff/invite")
    def invite(request: Request, form: CheckedForm) -> Response:
        actor = console.require(request, Action.STAFF_MANAGE)
        with console.begin() as session:
            token = inviting.invite(
                session, actor, console.now(), roles=_roles(form), centres=form.all("centre"), note=form["note"]
            )
        return show_link(request, token, form["note"])

    @router.post("/staff/invitations/{invitation_id}/withdraw")
    def withdraw(request: Request, invitation_id: str, form: CheckedForm) -> Response:
        actor = console.require(request, Action.STAFF_MANAGE)
        with console.begin() as session:
            inviting.withdraw_invitation(session, actor, invitation_id, console.now())
        return console.redirect("/console/staff", "console_staff.withdrawn", request=request)

    @router.get("/staff/{staff_id}")
    def person(request: Request, staff_id: str) -> Response:
        actor = console.require(request, Action.STAFF_MANAGE)
        with console.read() as session:
            row = service.account(session, staff_id)
            sign_ins = entry.sign_ins_of(session, staff_id, console.now())
            centres = _centres(session)
        actions = sorted({a.value for r in row.roles for a in ROLES[Role(r)]})
        return console.page(
            request, "staff/person.html", actor, row=row, sign_ins=sign_ins, centres=centres, roles=list(Role),
            actions=actions,
        )  # fmt: skip

    @router.post("/staff/{staff_id}/roles")
    def change_roles(request: Request, staff_id: str, form: CheckedForm) -> Response:
        actor = console.require(request, Action.STAFF_MANAGE)
        with console.begin() as session:
            service.change_roles(
                session, actor, staff_id, console.now(), roles=_roles(form), centres=form.all("centre")
            )
        return console.redirect(f"/console/staff/{staff_id}", "console_staff.roles_kept", request=request)

    @router.post("/staff/{staff_id}/close")
    def close(request: Request, staff_id: str, form: CheckedForm) -> Response:
        actor = console.require(request, Action.STAFF_MANAGE)
        with console.begin() as session:
            service.set_active(session, actor, staff_id, console.now(), active=False)
        return console.redirect("/console/staff", "console_staff.closed", request=request)

    @router.post("/staff/{staff_id}/open")
    def open_again(request: Request, staff_id: str, form: CheckedForm) -> Response:
        actor = console.require(request, Action.STAFF_MANAGE)
        with console.begin() as session:
            service.set_active(session, actor, staff_id, console.now(), active=True)
        return console.redirect(f"/console/staff/{staff_id}", "console_staff.opened", request=request)

    @router.post("/staff/{staff_id}/sign-out")
    def sign_out(request: Request, staff_id: str, form: CheckedForm) -> Response:
        actor = console.require(request, Action.STAFF_MANAGE)
        with console.begin() as session:
            service.end_sign_ins(session, actor, staff_id, console.now())
        return console.redirect(f"/console/staff/{staff_id}", "console_staff.signed_out", request=request)

    @router.post("/staff/{staff_id}/link")
    def new_link(request: Request, staff_id: str, form: CheckedForm) -> Response:
        actor = console.require(request, Action.STAFF_MANAGE)
        with console.begin() as session:
            token = inviting.new_password_link(session, actor, staff_id, console.now())
            name = service.name_of(session, staff_id)
        return show_link(request, token, name)

    return router


def _roles(form: Form) -> list[Role]:
    known = {role.value for role in Role}
    return [Role(value) for value in form.all("role") if value in known]


def _centres(session: Session) -> Sequence[tuple[int, str]]:
    rows = session.execute(
        select(CentreRow.id, CentreRow.name).where(CentreRow.active).order_by(CentreRow.name).limit(_MOST_CENTRES)
    )
    return [(id, name) for id, name in rows]


def _by(session: Session, actor: str) -> str:
    kind, _, id = actor.partition(":")
    return service.name_of(session, id) if kind == "staff" else ""
