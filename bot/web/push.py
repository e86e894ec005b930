"""Where a browser asks to be told that a message waits (Web Push), and the service worker that shows it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field

from bot.core.families import service as families
from bot.push import service
from bot.push.places import LONGEST, NotAllowed
from bot.push.sealing import BadKey
from bot.push.sending import public_name
from bot.web.answers import Refused
from bot.web.desk import WebDesk
from bot.web.talk import CHANNEL
from bot.web.view import STATIC


class Keys(BaseModel):
    p256dh: str = Field(max_length=90)
    auth: str = Field(max_length=30)


class Subscription(BaseModel):
    """As PushSubscription.toJSON() gives it."""

    endpoint: Annotated[str, Field(max_length=LONGEST)]
    keys: Keys


def push_routes(desk: WebDesk) -> APIRouter:
    router = APIRouter()
    house = desk.house

    @router.get("/worker.js", include_in_schema=False)
    def worker() -> Response:
        """At the root, so that it may stand for the whole page."""
        return FileResponse(STATIC / "worker.js", media_type="text/javascript", headers={"Cache-Control": "no-cache"})

    @router.get("/api/push", summary="The public key of this house, for pushManager.subscribe")
    def key() -> dict[str, str]:
        return {"key": public_name(house.settings)}

    @router.post("/api/push", status_code=204, summary="Knock at this browser when a message waits")
    def subscribe(subscription: Subscription, request: Request, response: Response) -> None:
        visitor, now = desk.writer(request), house.clock()
        spoken = desk.language(request, visitor)
        try:
            with house.database.begin() as session:
                parent = families.parent_at(
                    session, CHANNEL, visitor.address, now=now, zone=house.zone.key, language=spoken
                )
                service.subscribe(
                    session, parent.id, subscription.endpoint, subscription.keys.p256dh, subscription.keys.auth, now,
                    stand_in=house.settings.push_stand_in,
                )  # fmt: skip
        except (NotAllowed, BadKey) as error:
            raise Refused(400, "request") from error
        desk.visitors.remember(response, visitor, request)

    @router.delete("/api/push", status_code=204, summary="No more of that")
    def unsubscribe(subscription: Subscription, request: Request) -> None:
        visitor = desk.writer(request)
        with house.database.begin() as session:
            parent = families.known_at(session, CHANNEL, visitor.address)
            if parent is not None:
                service.unsubscribe(session, parent.id, subscription.endpoint)

    return router
