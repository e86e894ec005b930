"""The city's page, and its tables as CSV."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from bot.core.staff.model import Action
from bot.statistics.overview import Overview, as_csv, months, overview
from bot.statistics.period import Month
from bot.web.console.city.labels import sheets
from bot.web.console.frame import Console

GROUPS = ("questions", "danger", "places", "reminders")


def pages(console: Console) -> APIRouter:
    router = APIRouter()

    def found(request: Request, month: str) -> tuple[Overview, list[Month]]:
        actor = console.require(request, Action.CITY_READ)
        now, zone = console.now(), console.house.zone
        today = now.astimezone(zone).date()
        with console.read() as session:
            shown = overview(session, actor, Month.read(month, today, zone), now)
            return shown, months(session, Month(today.replace(day=1), zone))

    @router.get("/city")
    def city(request: Request, month: str = "") -> Response:
        shown, known = found(request, month)
        actor = console.require(request, Action.CITY_READ)
        t = console.texts(console.language(request))
        return console.page(
            request, "city/city.html", actor, shown=shown, months=known, sheets=sheets(shown, t), groups=GROUPS
        )

    @router.get("/city/{key}.csv")
    def table(request: Request, key: str, month: str = "") -> Response:
        shown, _ = found(request, month)
        t = console.texts(console.language(request))
        sheet = next((sheet for sheet in sheets(shown, t) if sheet.key == key), None)
        if sheet is None:
            raise HTTPException(404)
        words = (t("console_city.rows"), t("console_city.in_all"), t("console_city.hidden"))
        text = as_csv(sheet.table, sheet.row, sheet.column, words)
        name = f"sprout-{shown.month.name}-{key}.csv"
        return Response(text, media_type="text/csv; charset=utf-8", headers={
            "Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store",
        })  # fmt: skip

    return router
