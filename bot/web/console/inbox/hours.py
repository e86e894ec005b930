"""When the team answers, and how soon: what parents are promised."""

from __future__ import annotations

from datetime import time

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.core.hand_off.hours import HoursOdd, keep_hours, team_hours
from bot.core.staff.model import Action
from bot.web.console.forms import Form, number
from bot.web.console.frame import CheckedForm, Console

_PROMISES = (10, 15, 30, 45, 60, 120, 240)  # minutes


def hours_pages(console: Console) -> APIRouter:
    router = APIRouter()

    @router.get("/inbox/hours")
    def hours(request: Request) -> Response:
        actor = console.require(request, Action.TEAM_HOURS)
        with console.read() as session:
            now_kept = team_hours(session, console.house.team_hours)
        week = [now_kept.week.get(day) if now_kept.week else (now_kept.opens, now_kept.closes) for day in range(7)]
        within = int(now_kept.within.total_seconds() // 60)
        return console.page(
            request, "inbox/hours.html", actor, week=week, within=within, promises=sorted({*_PROMISES, within}),
            open_now=now_kept.open_at(console.now()),
        )  # fmt: skip

    @router.post("/inbox/hours")
    def keep(request: Request, form: CheckedForm) -> Response:
        actor = console.require(request, Action.TEAM_HOURS)
        week = {day: _span(form, day) for day in range(7) if form[f"open_{day}"] == "yes"}
        within = number(form["within"])
        with console.begin() as session:
            keep_hours(session, actor, console.now(), week=week, within_minutes=within)
        return console.redirect("/console/inbox/hours", "console_inbox.hours_kept", request=request)

    return router


def _span(form: Form, day: int) -> tuple[time, time]:
    try:
        return time.fromisoformat(form[f"opens_{day}"]), time.fromisoformat(form[f"closes_{day}"])
    except ValueError as error:
        raise HoursOdd from error
