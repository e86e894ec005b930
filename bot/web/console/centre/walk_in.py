"""A child who comes without a booking: the family by its code, or a guest with a few words."""

from __future__ import annotations

from datetime import date, datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.core.db import tried_again
from bot.core.ids import new_id
from bot.core.staff.model import Action, Actor
from bot.web.console.centre.desk import CentreDesk, status_of
from bot.web.console.centre.fields import later_times, moment
from bot.web.console.forms import Form
from bot.web.console.frame import CheckedForm
from scheduler.care.centre_side.day import centre_day
from scheduler.care.centre_side.walk_in import KnownFamily, WalkIn, look_up, walk_in
from scheduler.care.model.booking import Booking, Guest
from scheduler.care.model.centre import CareKind
from scheduler.care.model.errors import CareError, NotAllowed, UnknownBooking
from scheduler.care.model.times import day_at


def walk_in_pages(desk: CentreDesk) -> APIRouter:
    router = APIRouter()
    console = desk.console

    def shown(
        request: Request, actor: Actor, centre_id: int, said: Form, *,
        known: KnownFamily | None = None, wrong: str = "", status: int = 200,
    ) -> Response:  # fmt: skip
        now = console.now()
        with console.read() as session:
            day = centre_day(session, actor, centre_id, None, now)
        zone = day.centre.zone
        closes = max((r.half_hours[-1].at for r in day.rooms if r.half_hours), default=None)
        times = later_times(now, day.last if closes else None, zone)
        ages = {} if known is None else {c.id: c.months(day_at(now, zone)) for c in known.children}
        return desk.page(
            request, "walk_in.html", actor, day.centre, "today", status=status, day=day, said=said, known=known,
            wrong=wrong, times=times, ages=ages, key=said["key"] or new_id(), this_month=f"{day.day:%Y-%m}",
        )  # fmt: skip

    @router.get("/centres/{centre_id}/walk-in")
    def form_page(request: Request, centre_id: int) -> Response:
        return shown(request, console.require(request, Action.CENTRE_DAY, centre_id), centre_id, Form.empty())

    def looked_up(actor: Actor, centre_id: int, form: Form) -> KnownFamily | None:
        """None for a wrong code; also that look stays in the audit log. TooManyCodes."""
        with console.begin() as session:
            try:
                return look_up(session, actor, centre_id, form["code"][:20], console.now())
            except UnknownBooking:
                return None

    def unknown(request: Request, actor: Actor, centre_id: int, form: Form) -> Response:
        wrong = console.texts(console.language(request))("console_centre.code_unknown")
        return shown(request, actor, centre_id, form, wrong=wrong, status=404)

    @router.post("/centres/{centre_id}/walk-in/family")
    def family(request: Request, centre_id: int, form: CheckedForm) -> Response:
        actor = console.require(request, Action.CENTRE_DAY, centre_id)
        known = looked_up(actor, centre_id, form)
        if known is None:
            return unknown(request, actor, centre_id, form)
        return shown(request, actor, centre_id, form, known=known)

    @tried_again
    def taken_in(actor: Actor, centre_id: int, wanted: WalkIn, now: datetime) -> Booking:
        with console.begin() as session:
            return walk_in(session, actor, centre_id, wanted, now, console.house.care_news(session, now))

    @router.post("/centres/{centre_id}/walk-in")
    def come_in(request: Request, centre_id: int, form: CheckedForm) -> Response:
        actor = console.require(request, Action.CENTRE_DAY, centre_id)
        now, own = console.now(), desk.centre(centre_id)
        known = looked_up(actor, centre_id, form) if form["code"] else None
        if form["code"] and known is None:
            return unknown(request, actor, centre_id, form)
        try:
            wanted = _wanted(form, now, own.zone)
            stay = taken_in(actor, centre_id, wanted, now)
        except CareError as error:
            wrong = desk.refusal(request, error)
            return shown(request, actor, centre_id, form, known=known, wrong=wrong, status=status_of(error))
        return console.redirect(
            f"/console/centres/{centre_id}/today#b-{stay.id}", "console_centre.came_in",
            until=desk.words(request, own.zone).clock(stay.ends_at), request=request,
        )  # fmt: skip

    return router


def _wanted(form: Form, now: datetime, zone: str) -> WalkIn:
    ends = moment(form, "until", day_at(now, zone), zone)
    kind = CareKind(form["kind"]) if form["kind"] in {k.value for k in CareKind} else None
    key = form["key"][:40]
    if form["code"]:
        return WalkIn(key, ends, code=form["code"][:20], child_id=form["child"], kind=kind)
    if not form["label"].strip() or not form["collector"].strip():
        raise NotAllowed("guest")
    try:
        born = date.fromisoformat(f"{form['born'].strip()[:7]}-01")
    except ValueError:
        raise NotAllowed("born") from None
    return WalkIn(key, ends, guest=Guest(form["label"], born, form["collector"]), kind=kind)
