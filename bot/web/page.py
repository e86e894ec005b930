"""The chat page. Everything on it works as a plain form too; the scripts only make it quicker."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import text as sql
from sqlalchemy.exc import SQLAlchemyError

from bot.assistant import Utterance
from bot.core.ids import new_id
from bot.core.language import Language
from bot.web.answers import Refused
from bot.web.desk import WebDesk, readable, utterance_of
from bot.web.view import Pages
from bot.web.visitors import Visitor


def chat_page(desk: WebDesk, pages: Pages) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def page(request: Request) -> Response:
        visitor = desk.visitor(request)
        entries = [] if visitor.is_new else desk.talk.so_far(visitor.address)
        response = HTMLResponse(pages.chat(entries, desk.language(request, visitor)))
        desk.visitors.remember(response, visitor, request)
        return response

    @router.post("/say")
    def say(
        request: Request,
        text: Annotated[str | None, Form()] = None,
        press: Annotated[str | None, Form(max_length=60)] = None,
        command: Annotated[str | None, Form(pattern=r"^[a-z_]{1,32}$")] = None,
        message_id: Annotated[str | None, Form(pattern=r"^[A-Za-z0-9_-]{1,40}$")] = None,
    ) -> Response:
        """The form: the answer is on the page that follows."""
        visitor = desk.writer(request)
        if press is not None:
            utterance = Utterance("press", readable(press))
        elif command is not None:
            utterance = Utterance("command", command)
        elif text is not None:
            utterance = utterance_of(text.replace("\r\n", "\n"))
        else:
            raise Refused(400, "request")
        desk.hear(request, visitor, message_id or new_id(), utterance)
        return back(request, visitor)

    @router.post("/language")
    def choose_language(request: Request, language: Annotated[Language, Form()]) -> Response:
        visitor = desk.writer(request)
        desk.talk.choose_language(visitor.address, language)
        return back(request, visitor)

    def back(request: Request, visitor: Visitor) -> Response:
        response = RedirectResponse("/#newest", status_code=303)
        desk.visitors.remember(response, visitor, request)
        return response

    @router.get("/healthz")
    def health() -> Response:
        """200 while the database answers."""
        try:
            with desk.house.database.read() as session:
                session.execute(sql("select 1"))
        except SQLAlchemyError:
            return Response('{"status":"database is down"}', 503, media_type="application/json")
        return Response('{"status":"ok"}', media_type="application/json")

    return router
