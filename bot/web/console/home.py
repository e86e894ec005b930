"""What waits for this person today: a card from every section that has something."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.core.staff.model import Action
from bot.web.console.frame import Console
from bot.web.console.navigation import menu


def home_pages(console: Console) -> APIRouter:
    router = APIRouter()

    @router.get("/")
    def home(request: Request) -> Response:
        actor = console.require(request, Action.ACCOUNT)
        with console.read() as session:
            waiting = [card for look in console.waiting for card in look(session, actor, console.now())]
        waiting.sort(key=lambda card: not card.urgent)
        here = {"/console/", "/console/account"}
        places = [place for _, group in menu(actor) for place in group if place.path not in here]
        return console.page(request, "home/home.html", actor, waiting=waiting, places=places)

    return router
