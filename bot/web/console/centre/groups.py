"""Group sessions of a centre: series with their meetings, a form to write one, and who comes to a meeting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from bot.core.db import tried_again
from bot.core.staff.model import Action, Actor
from bot.web.console.centre import fields
from bot.web.console.centre.desk import CentreDesk, status_of
from bot.web.console.centre.fields import filled
from bot.web.console.forms import Form
from bot.web.console.frame import CheckedForm
from knowledge.model import Domain
from scheduler.care.centre_side import door, meetings
from scheduler.care.model.booking import State
from scheduler.care.model.centre import Money
from scheduler.care.model.day import at_the_door
from scheduler.care.model.errors import CareError, ChangedSince, NotAllowed
from scheduler.care.model.group import GroupKind, GroupSeries
from scheduler.care.model.repeat import Every, Repeat, repeat_of

Tap = Callable[[Session, Actor, int, str, datetime], object]
TAPS: dict[str, Tap] = {"here": door.arrive, "missed": door.did_not_come, "undo": door.undo}
LANGUAGES = ("zh", "en")


def group_pages(desk: CentreDesk) -> APIRouter:
    router = APIRouter()
    console = desk.console

    @router.get("/centres/{centre_id}/groups")
    def groups(request: Request, centre_id: int) -> Response:
        actor = console.require(request, Action.CENTRE_DAY, centre_id)
        with console.read() as session:
            lines = meetings.series_here(session, actor, centre_id, console.now())
        return desk.page(request, "groups.html", actor, desk.centre(centre_id), "groups", lines=lines)

    def form_page(
        request: Request, actor: Actor, centre_id: int, said: Form, *, series_id: int | None, wrong: str = "",
        status: int = 200,
    ) -> Response:  # fmt: skip
        return desk.page(
            request, "group_form.html", actor, desk.centre(centre_id), "groups", status=status, said=said,
            series_id=series_id, wrong=wrong, kinds=list(GroupKind), domains=list(Domain),
            every=[e for e in Every if e is not Every.OWN or said["every"] == "own"], days=said.all("weekday"),
        )  # fmt: skip

    @router.get("/centres/{centre_id}/groups/new")
    def new(request: Request, centre_id: int) -> Response:
        actor = console.require(request, Action.CENTRE_CHANGE, centre_id)
        said = filled(
            kind=GroupKind.PARENTING_GROUP.value, every=Every.WEEK.value, time="10:00", minutes="60", families="8",
            from_months="0", to_months="36", language=["zh"],
        )  # fmt: skip
        return form_page(request, actor, centre_id, said, series_id=None)

    @router.post("/centres/{centre_id}/groups/new")
    def add(request: Request, centre_id: int, form: CheckedForm) -> Response:
        actor, now = console.require(request, Action.CENTRE_CHANGE, centre_id), console.now()
        try:
            wanted = series_of(form, desk.centre(centre_id).zone, None)
            with console.begin() as session:
                meetings.add(session, actor, centre_id, wanted, now)
        except CareError as error:
            wrong = desk.refusal(request, error)
            return form_page(request, actor, centre_id, form, series_id=None, wrong=wrong, status=status_of(error))
        return console.redirect(f"/console/centres/{centre_id}/groups", "console_centre.group_added", request=request)

    @router.get("/centres/{centre_id}/groups/{series_id}")
    def edit(request: Request, centre_id: int, series_id: int) -> Response:
        actor = console.require(request, Action.CENTRE_CHANGE, centre_id)
        with console.read() as session:
            own = meetings.one_series(session, actor, centre_id, series_id)
        return form_page(request, actor, centre_id, said_of(own), series_id=series_id)

    @router.post("/centres/{centre_id}/groups/{series_id}/preview")
    def show(request: Request, centre_id: int, series_id: int, form: CheckedForm) -> Response:
        actor = console.require(request, Action.CENTRE_CHANGE, centre_id)
        try:
            return shown(request, actor, centre_id, series_id, form)
        except NotAllowed as error:
            wrong = desk.refusal(request, error)
            return form_page(request, actor, centre_id, form, series_id=series_id, wrong=wrong, status=400)

    @tried_again
    def shown(
        request: Request,
        actor: Actor,
        centre_id: int,
        series_id: int,
        form: Form,
        *,
        wrong: str = "",
        status: int = 200,
    ) -> Response:
        own = desk.centre(centre_id)
        with console.begin() as session:
            old = meetings.one_series(session, actor, centre_id, series_id)
            wanted = series_of(form, own.zone, old)
            found = meetings.preview_change(session, actor, centre_id, wanted, console.now())
        return desk.page(
            request, "group_preview.html", actor, own, "groups", status=status, found=found, wrong=wrong,
            series=wanted, form=[(k, v) for k in form if k != "seen" for v in form.all(k)],
        )  # fmt: skip

    @router.post("/centres/{centre_id}/groups/{series_id}")
    @tried_again
    def change(request: Request, centre_id: int, series_id: int, form: CheckedForm) -> Response:
        actor, now = console.require(request, Action.CENTRE_CHANGE, centre_id), console.now()
        try:
            with console.begin() as session:
                old = meetings.one_series(session, actor, centre_id, series_id)
                wanted = series_of(form, old.zone, old)
                tell = console.house.care_news(session, now)
                done = meetings.change(session, actor, centre_id, wanted, now, tell, seen=form["seen"])
        except ChangedSince as error:
            wrong = desk.refusal(request, error)
            return shown(request, actor, centre_id, series_id, form, wrong=wrong, status=409)
        notice = "console_centre.changed_told" if done.families else "console_centre.changed"
        where = f"/console/centres/{centre_id}/groups"
        return console.redirect(where, notice, count=done.families, request=request)

    @router.post("/centres/{centre_id}/groups/{series_id}/end")
    @tried_again
    def end(request: Request, centre_id: int, series_id: int, form: CheckedForm) -> Response:
        actor, now = console.require(request, Action.CENTRE_CHANGE, centre_id), console.now()
        with console.begin() as session:
            told = meetings.end(session, actor, centre_id, series_id, now, console.house.care_news(session, now))
        where = f"/console/centres/{centre_id}/groups"
        return console.redirect(where, "console_centre.group_ended", count=told, request=request)

    @router.get("/centres/{centre_id}/meetings/{meeting_id}")
    def meeting(request: Request, centre_id: int, meeting_id: int) -> Response:
        actor = console.require(request, Action.CENTRE_DAY, centre_id)
        return meeting_page(request, actor, centre_id, meeting_id)

    def meeting_page(
        request: Request, actor: Actor, centre_id: int, meeting_id: int, *, wrong: str = "", status: int = 200
    ) -> Response:
        now = console.now()
        with console.read() as session:
            found, seated, line = meetings.meeting(session, actor, centre_id, meeting_id)
        zone = ZoneInfo(found.series.zone)
        return desk.page(
            request, "meeting.html", actor, desk.centre(centre_id), "groups", status=status, meeting=found,
            seated=[(s, at_the_door(s.booking, now)) for s in seated], line=line, wrong=wrong,
            is_today=found.starts_at.astimezone(zone).date() == now.astimezone(zone).date(),
            came=sum(s.booking.state is State.ATTENDED for s in seated),
        )  # fmt: skip

    @router.post("/centres/{centre_id}/meetings/{meeting_id}/leave-out")
    @tried_again
    def leave_out(request: Request, centre_id: int, meeting_id: int, form: CheckedForm) -> Response:
        actor, now = console.require(request, Action.CENTRE_CHANGE, centre_id), console.now()
        with console.begin() as session:
            tell = console.house.care_news(session, now)
            told = meetings.leave_out(session, actor, centre_id, meeting_id, now, tell)
        where = f"/console/centres/{centre_id}/groups"
        return console.redirect(where, "console_centre.left_out", count=told, request=request)

    @router.post("/centres/{centre_id}/meetings/{meeting_id}/{booking_id}/{tap}")
    @tried_again
    def attendance(
        request: Request, centre_id: int, meeting_id: int, booking_id: str, tap: str, form: CheckedForm
    ) -> Response:
        actor = console.require(request, Action.CENTRE_DAY, centre_id)
        if tap not in TAPS:
            raise HTTPException(404)
        try:
            with console.begin() as session:
                TAPS[tap](session, actor, centre_id, booking_id, console.now())
        except CareError as error:
            wrong = desk.refusal(request, error)
            return meeting_page(request, actor, centre_id, meeting_id, wrong=wrong, status=status_of(error))
        return console.redirect(f"/console/centres/{centre_id}/meetings/{meeting_id}#b-{booking_id}", request=request)

    return router


def series_of(form: Form, zone: str, old: GroupSeries | None) -> GroupSeries:
    """The series that a form means; what it does not show is kept from `old`. NotAllowed."""
    first = datetime.combine(fields.day(form, "first"), fields.clock(form, "time"))
    times = fields.number(form, "times") if form["times"] else None
    if times is not None and not 1 <= times <= 200:
        raise NotAllowed("number")
    try:
        every, kind, domain = Every(form["every"]), GroupKind(form["kind"]), Domain(form["domain"])
        weekdays = tuple(sorted({int(d) for d in form.all("weekday") if d in "0123456"}))
    except ValueError:
        raise NotAllowed("form") from None
    repeat = Repeat(
        every, weekdays, fields.day(form, "until") if form["until"] else None, times, own=old.rule if old else ""
    )
    price = fields.cents(form, "price")
    base = old or GroupSeries(0, kind, domain.value, {}, zone, first, 60, 1)
    return replace(
        base,
        kind=kind,
        domain=domain.value,
        titles=_by_language(form, "title"),
        about=_by_language(form, "about"),
        host=form["host"].strip(),
        first=first,
        minutes=fields.number(form, "minutes"),
        families=fields.number(form, "families"),
        from_months=fields.number(form, "from_months"),
        to_months=fields.number(form, "to_months"),
        rule=repeat.rule(first),
        left_out=_moments(form["left_out"]),
        added=_moments(form["added"]),
        course=bool(form["course"]),
        price=Money(price) if price else None,
        lead_minutes=fields.number(form, "lead_hours", missing=0) * 60,
        languages=tuple(code for code in LANGUAGES if code in form.all("language")),
    )


def said_of(own: GroupSeries) -> Form:
    """A series as the form shows it."""
    repeat = repeat_of(own.rule)
    return filled(
        kind=own.kind.value, domain=own.domain, host=own.host, first=f"{own.first:%Y-%m-%d}", time=f"{own.first:%H:%M}",
        minutes=str(own.minutes), families=str(own.families), from_months=str(own.from_months),
        to_months=str(own.to_months), every=repeat.every.value, until=repeat.until.isoformat() if repeat.until else "",
        times=str(repeat.times or ""), course="yes" if own.course else "", price=own.price.text if own.price else "",
        lead_hours=str(own.lead_minutes // 60), left_out=_lines(own.left_out), added=_lines(own.added),
        weekday=[str(d) for d in repeat.weekdays], language=list(own.languages),
        **{f"title_{k}": v for k, v in own.titles.items()}, **{f"about_{k}": v for k, v in own.about.items()},
    )  # fmt: skip


def _by_language(form: Form, name: str) -> dict[str, str]:
    said = {code: form[f"{name}_{code}"].strip() for code in LANGUAGES}
    return {code: words for code, words in said.items() if words}


def _moments(text: str) -> tuple[datetime, ...]:
    """One `2026-12-24 10:00` a line."""
    try:
        found = {datetime.fromisoformat(line.strip()) for line in text.splitlines() if line.strip()}
    except ValueError:
        raise NotAllowed("moments") from None
    if any(m.tzinfo is not None for m in found):
        raise NotAllowed("moments")
    return tuple(sorted(found))


def _lines(moments: tuple[datetime, ...]) -> str:
    return "\n".join(f"{m:%Y-%m-%d %H:%M}" for m in moments)
