"""A child's plan at a secret address, for calendars that subscribe to it. Who has the address needs nothing else."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import Response

from bot.house import House
from bot.plan_calendar import feed
from bot.web.answers import Refused


def calendar_feed(house: House) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/calendar/{secret}.ics")
    def plan(secret: Annotated[str, Path(max_length=64)]) -> Response:
        """404 for an address that never was and for one that was ended: nobody learns which."""
        with house.database.read() as session:
            file = feed(house, session, secret)
        if file is None:
            raise Refused(404, "not_found")
        return Response(
            file,
            media_type="text/calendar; charset=utf-8",
            headers={
                "Content-Disposition": 'inline; filename="sprout-plan.ics"',
                "Cache-Control": "private, max-age=3600",
                "X-Robots-Tag": "noindex",
            },
        )

    return router
