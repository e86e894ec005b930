"""Today at the door, the week, the stay of one child, and the list to print."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from bot.core.db import tried_again
from bot.core.staff.model import Action, Actor
from bot.web.console.centre.desk import CentreDesk, status_of
from bot.web.console.centre.fields import moment
from bot.web.console.centre.picture import room_picture
from bot.web.console.frame import CheckedForm
from scheduler.care.centre_side import door
from scheduler.care.centre_side.day import centre_day, centre_week, printed_list
from scheduler.care.model.day import AtTheDoor, CentreDay, Line
from scheduler.care.model.errors import CareError, UnknownBooking
from scheduler.care.model.times import day_at, wall

Tap = Callable[[Session, Actor, int, str, datetime], object]
TAPS: dict[str, Tap] = {"here": door.arrive, "gone": door.leave, "missed": door.did_not_come}
AT_WORK = (AtTheDoor.MISSING, AtTheDoor.LATE, AtTheDoor.EXPECTED, AtTheDoor.HELD)
INSIDE = (AtTheDoor.OVERDUE, AtTheDoor.HERE)
OVER = (AtTheDoor.LEFT, AtTheDoor.NO_SHOW, AtTheDoor.OFF)


def today_pages(desk: CentreDesk) -> APIRouter:
    router = APIRouter()
    console = desk.console

    def shown(
        request: Request,
        actor: Actor,
        day: CentreDay,
        template: str = "today.html",
        *,
        status: int = 200,
        wrong: str = "",
    ) -> Response:
        now, today = console.now(), day_at(console.now(), day.centre.zone)
        return desk.page(
            request, template, actor, day.centre, "today", status=status, day=day, today=today, wrong=wrong,
            is_today=day.day == today, before=day.day - timedelta(days=1), after=day.day + timedelta(days=1),
            pictures=pictures(day, now), groups=grouped(day),
        )  # fmt: skip

    @router.get("/centres/{centre_id}")
    def one(request: Request, centre_id: int) -> Response:
        """Where the morning's notice leads."""
        console.require(request, Action.CENTRE_DAY, centre_id)
        return console.redirect(f"/console/centres/{centre_id}/today")

    @router.get("/centres/{centre_id}/today")
    def today(request: Request, centre_id: int, day: Annotated[date | None, Query()] = None) -> Response:
        actor = console.require(request, Action.CENTRE_DAY, centre_id)
        with console.read() as session:
            found = centre_day(session, actor, centre_id, day, console.now())
        piece = request.headers.get("HX-Request") == "true"
        return shown(request, actor, found, "day.html" if piece else "today.html")

    @router.get("/centres/{centre_id}/week")
    def week(request: Request, centre_id: int, first: Annotated[date | None, Query()] = None) -> Response:
        actor = console.require(request, Action.CENTRE_DAY, centre_id)
        now = console.now()
        own = desk.centre(centre_id)
        start = first or day_at(now, own.zone)
        with console.read() as session:
            days = centre_week(session, actor, centre_id, start, now)
        begins, ends = _hours(days)
        drawn = [
            (d, [room_picture(r, *_on(d, begins, ends, own.zone), now) for r in d.rooms if r.half_hours]) for d in days
        ]
        return desk.page(
            request, "week.html", actor, own, "week", days=drawn, first=start, today=day_at(now, own.zone),
            before=start - timedelta(days=7), after=start + timedelta(days=7),
        )  # fmt: skip

    @router.get("/centres/{centre_id}/print")
    def to_print(request: Request, centre_id: int) -> Response:
        actor = console.require(request, Action.CENTRE_DAY, centre_id)
        with console.begin() as session:
            day = printed_list(session, actor, centre_id, console.now())
        return desk.page(request, "print.html", actor, day.centre, "today", day=day)

    @router.get("/centres/{centre_id}/stays/{booking_id}")
    def stay(request: Request, centre_id: int, booking_id: str) -> Response:
        actor = console.require(request, Action.CENTRE_DAY, centre_id)
        return stay_page(request, actor, centre_id, booking_id)

    def stay_page(
        request: Request, actor: Actor, centre_id: int, booking_id: str, *, wrong: str = "", status: int = 200
    ) -> Response:
        with console.read() as session:
            day, line = find(session, actor, centre_id, booking_id, console.now())
        return desk.page(
            request, "stay.html", actor, day.centre, "today", status=status, day=day, line=line, wrong=wrong,
            is_today=day.day == day_at(console.now(), day.centre.zone),
        )  # fmt: skip

    @router.post("/centres/{centre_id}/stays/{booking_id}/until")
    @tried_again
    def until(request: Request, centre_id: int, booking_id: str, form: CheckedForm) -> Response:
        """A longer or shorter stay: `at` is a time of its day; `now`: what is left of it is free for others."""
        actor = console.require(request, Action.CENTRE_DAY, centre_id)
        now = console.now()
        try:
            with console.begin() as session:
                day, line = find(session, actor, centre_id, booking_id, now)
                ends = now.replace(second=0) if form["now"] else moment(form, "at", day.day, day.centre.zone)
                tell = console.house.care_news(session, now)
                stay = door.stay_until(session, actor, centre_id, booking_id, ends, now, tell)
        except CareError as error:
            return stay_page(
                request, actor, centre_id, booking_id, wrong=desk.refusal(request, error), status=status_of(error)
            )
        words = desk.words(request, line.booking.zone)
        return console.redirect(
            f"/console/centres/{centre_id}/today?day={day.day}#b-{booking_id}", "console_centre.until_kept",
            until=words.clock(stay.ends_at), request=request,
        )  # fmt: skip

    @router.post("/centres/{centre_id}/stays/{booking_id}/undo")
    def undo(request: Request, centre_id: int, booking_id: str, form: CheckedForm) -> Response:
        def take_back(session: Session, actor: Actor, where: int, which: str, now: datetime) -> object:
            return door.undo(session, actor, where, which, now, console.house.care_news(session, now))

        return tapped(request, centre_id, booking_id, take_back)

    @router.post("/centres/{centre_id}/stays/{booking_id}/{tap}")
    def tap(request: Request, centre_id: int, booking_id: str, tap: str, form: CheckedForm) -> Response:
        if tap not in TAPS:
            raise HTTPException(404)
        return tapped(request, centre_id, booking_id, TAPS[tap])

    @tried_again
    def tapped(request: Request, centre_id: int, booking_id: str, act: Tap) -> Response:
        """With htmx the list as it is now; else back to the child's line."""
        actor, now, wrong, status = console.require(request, Action.CENTRE_DAY, centre_id), console.now(), "", 200
        try:
            with console.begin() as session:
                act(session, actor, centre_id, booking_id, now)
        except UnknownBooking:
            raise
        except CareError as error:
            wrong, status = desk.refusal(request, error), status_of(error)
        piece = request.headers.get("HX-Request") == "true"
        if not piece and not wrong:
            return console.redirect(f"/console/centres/{centre_id}/today#b-{booking_id}")
        with console.read() as session:
            day = centre_day(session, actor, centre_id, None, now)
        return shown(request, actor, day, "day.html" if piece else "today.html", status=status, wrong=wrong)

    return router


def find(session: Session, actor: Actor, centre_id: int, booking_id: str, now: datetime) -> tuple[CentreDay, Line]:
    """The child's line on the list of its day; UnknownBooking when it is not of this centre, or is over."""
    day = centre_day(session, actor, centre_id, door.day_of(session, actor, centre_id, booking_id), now)
    line = next((x for x in day.lines if x.booking.id == booking_id), None)
    if line is None:
        raise UnknownBooking
    return day, line


def grouped(day: CentreDay) -> list[tuple[str, list[Line]]]:
    """Who is awaited (the missed first), who is here (the next to be collected first), who is gone."""
    order = {where: place for place, where in enumerate(AtTheDoor)}
    awaited = [x for x in day.lines if x.where in AT_WORK]
    inside = sorted((x for x in day.lines if x.where in INSIDE), key=lambda x: x.booking.ends_at)
    over = [x for x in day.lines if x.where in OVER]
    awaited.sort(
        key=lambda x: (x.where not in (AtTheDoor.MISSING, AtTheDoor.LATE), x.booking.starts_at, order[x.where])
    )
    return [(name, found) for name, found in (("awaited", awaited), ("inside", inside), ("over", over)) if found]


def pictures(day: CentreDay, now: datetime) -> list[Any]:
    if day.first is None or day.last is None:
        return []
    return [room_picture(room, day.first, day.last, now) for room in day.rooms if room.half_hours]


def _hours(days: list[CentreDay]) -> tuple[int, int]:
    """The earliest and latest minute of the week's days, so that all pictures share one scale."""
    zone = days[0].centre.time_zone
    firsts = [d.first.astimezone(zone) for d in days if d.first is not None]
    lasts = [d.last.astimezone(zone) for d in days if d.last is not None]
    low = min((m.hour * 60 + m.minute for m in firsts), default=8 * 60)
    high = max((m.hour * 60 + m.minute or 24 * 60 for m in lasts), default=18 * 60)
    return low, max(high, low + 60)


def _on(day: CentreDay, low: int, high: int, zone: str) -> tuple[datetime, datetime]:
    return wall(day.day, low, zone), wall(day.day, high, zone)
