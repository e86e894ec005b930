"""Hours, closures, staff on duty, rooms and prices: a form, then who is affected, then the change."""

from __future__ import annotations

from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.db import tried_again
from bot.core.staff.model import Action, Actor
from bot.web.console.centre import fields
from bot.web.console.centre.desk import CentreDesk, status_of
from bot.web.console.centre.fields import filled
from bot.web.console.forms import Form
from bot.web.console.frame import CheckedForm
from scheduler.care.centre_side.changing import (
    Change,
    Closure,
    DayHours,
    OnDuty,
    Price,
    RoomRules,
    UsualAgain,
    WeeklyHours,
    make,
    preview,
)
from scheduler.care.centre_side.day import changes_from, children_of
from scheduler.care.model.centre import CareKind
from scheduler.care.model.errors import CareError, ChangedSince, NotAllowed
from scheduler.care.model.times import day_at, say_span
from scheduler.care.service.reading import centre_facts
from scheduler.care.store import StaffRow

_NOT_FIELDS = frozenset({"seen"})


def change_pages(desk: CentreDesk) -> APIRouter:
    router = APIRouter()
    console = desk.console

    def forms(
        request: Request, actor: Actor, centre_id: int, *, said: Form | None = None, wrong: str = "", status: int = 200
    ) -> Response:
        now = console.now()
        with console.read() as session:
            facts = centre_facts(session, centre_id)
            today = day_at(now, facts.centre.zone)
            changed = changes_from(session, centre_id, today)
            duty = _duty(session, [r.id for r in facts.rooms], now)
        hours = {day: " ".join(say_span(s) for s in facts.centre.hours.get(day, ())) for day in range(7)}
        return desk.page(
            request, "changes.html", actor, facts.centre, "changes", status=status, facts=facts, today=today,
            changed=[(d.day, d.reason, [say_span(s) for s in d.spans]) for d in changed], duty=duty,
            hours=hours, said=said or Form.empty(), wrong=wrong,
        )  # fmt: skip

    @router.get("/centres/{centre_id}/changes")
    def changes(request: Request, centre_id: int) -> Response:
        """With `what`, `room`, `day` in the query that form is open and filled so far."""
        actor = console.require(request, Action.CENTRE_CHANGE, centre_id)
        asked = {k: v for k, v in request.query_params.items() if k in ("what", "room", "day")}
        return forms(request, actor, centre_id, said=filled(**asked))

    @router.post("/centres/{centre_id}/changes/preview")
    def show(request: Request, centre_id: int, form: CheckedForm) -> Response:
        actor = console.require(request, Action.CENTRE_CHANGE, centre_id)
        try:
            return shown(request, actor, centre_id, form)
        except NotAllowed as error:
            return forms(request, actor, centre_id, said=form, wrong=desk.refusal(request, error), status=400)

    @tried_again
    def shown(
        request: Request, actor: Actor, centre_id: int, form: Form, *, wrong: str = "", status: int = 200
    ) -> Response:
        now, change = console.now(), change_of(form)
        with console.begin() as session:
            found = preview(session, actor, centre_id, change, now)
            facts = centre_facts(session, centre_id)
            children = children_of(session, [a.booking for a in (*found.lost, *found.kept)])
        return desk.page(
            request, "preview.html", actor, facts.centre, "changes", status=status, found=found, wrong=wrong,
            form=[(k, v) for k in form if k not in _NOT_FIELDS for v in form.all(k) or [form[k]]],
            rooms={r.id: r for r in facts.rooms}, kind=form["what"], change=change,
            ages={i: c.months(day_at(now, facts.centre.zone)) for i, c in children.items()},
        )  # fmt: skip

    @router.post("/centres/{centre_id}/changes")
    @tried_again
    def do(request: Request, centre_id: int, form: CheckedForm) -> Response:
        actor, now = console.require(request, Action.CENTRE_CHANGE, centre_id), console.now()
        try:
            with console.begin() as session:
                tell = console.house.care_news(session, now)
                done = make(session, actor, centre_id, change_of(form), now, tell, seen=form["seen"])
        except ChangedSince as error:
            wrong = desk.refusal(request, error)
            return shown(request, actor, centre_id, form, wrong=wrong, status=409)
        except CareError as error:
            return forms(
                request, actor, centre_id, said=form, wrong=desk.refusal(request, error), status=status_of(error)
            )
        notice = "console_centre.changed_told" if done.families else "console_centre.changed"
        return console.redirect(f"/console/centres/{centre_id}/changes", notice, count=done.families, request=request)

    return router


def change_of(form: Form) -> Change:
    """The change that a form means; NotAllowed names the field that cannot be read."""
    match form["what"]:
        case "close":
            first = fields.day(form, "first")
            last = fields.day(form, "last") if form["last"] else first
            part = fields.part(form) if form["begins"] or form["ends"] else None
            room = fields.number(form, "room") if form["room"] else None
            return Closure(first, last, part, room, form["reason"].strip()[:80])
        case "usual":
            return UsualAgain(fields.day(form, "first"), fields.day(form, "last"))
        case "day":
            return DayHours(fields.day(form, "day"), fields.spans(form["hours"]), form["reason"].strip()[:80])
        case "week":
            return WeeklyHours({day: fields.spans(form[f"hours_{day}"]) for day in range(7)})
        case "duty":
            return OnDuty(
                fields.number(form, "room"), fields.day(form, "day"), fields.part(form),
                fields.number(form, "adults"), bool(form["cancel"]),
            )  # fmt: skip
        case "room":
            return RoomRules(
                fields.number(form, "room"), fields.number(form, "size"), fields.number(form, "adults"),
                fields.number(form, "same_day_reserve", missing=0), bool(form["cancel"]),
            )  # fmt: skip
        case "price" if form["kind"] in {k.value for k in CareKind}:
            rises = fields.number(form, "rises_after") if form["rises_after"] else None
            return Price(
                CareKind(form["kind"]), fields.cents(form, "flat"), fields.cents(form, "per_hour"),
                rises * 60 if rises else None, fields.cents(form, "per_hour_then") if rises else None,
            )  # fmt: skip
    raise NotAllowed("form")


def _duty(session: Session, rooms: list[int], now: datetime) -> list[StaffRow]:
    """What was written about staff on duty for times to come, the newest last."""
    return list(
        session.scalars(
            select(StaffRow)
            .where(StaffRow.room_id.in_(rooms), StaffRow.ends_at > now - timedelta(hours=12))
            .order_by(StaffRow.starts_at, StaffRow.id)
        )
    )
