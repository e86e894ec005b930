"""The web: the chat page, its JSON API and the console, in one FastAPI app."""

from __future__ import annotations

import logging
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from bot.assistant import Assistant
from bot.core.ids import new_code
from bot.core.settings import HOME
from bot.delivery.clerk import Clerk
from bot.house import House
from bot.web.answers import Refused, error_json
from bot.web.api import chat_api
from bot.web.calendar import calendar_feed
from bot.web.console.app import create_console
from bot.web.desk import LONGEST_TEXT, WebDesk
from bot.web.guard import Guard
from bot.web.metrics import metrics
from bot.web.pace import Gate, Pace
from bot.web.page import chat_page
from bot.web.push import push_routes
from bot.web.talk import NotKept, Talk
from bot.web.view import STATIC, Pages
from bot.web.visitors import NotASession, Visitors, session_key

log = logging.getLogger("sprout.web")


def create_web(house: House, assistant: Assistant, clerk: Clerk, *, pace: Pace | None = None) -> FastAPI:
    """The app for uvicorn. At its start it answers what a crash left unanswered."""
    desk = WebDesk(house, Talk(house, assistant, clerk), Visitors(session_key(house.settings)), Gate(pace or Pace()))
    pages = Pages(house, _version())

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(desk.talk.finish_what_waits)
        yield

    app = FastAPI(
        title="Sprout", version=pages.version, lifespan=life, docs_url=None, redoc_url=None,
        openapi_url="/api/openapi.json",
    )  # fmt: skip
    app.include_router(chat_api(desk, pages))
    app.include_router(chat_page(desk, pages))
    app.include_router(push_routes(desk))
    app.include_router(calendar_feed(house))
    app.include_router(metrics(house))
    app.mount(pages.static, _Unchanging(directory=STATIC))
    app.mount("/console", create_console(house, pages.static))
    problems = _Problems(desk, pages)
    app.add_exception_handler(Refused, problems.refused)
    app.add_exception_handler(NotKept, problems.not_kept)
    app.add_exception_handler(RequestValidationError, problems.unreadable)
    app.add_exception_handler(HTTPException, problems.http)
    app.add_middleware(Guard, sorry=problems.unexpected)
    return app


class _Unchanging(StaticFiles):
    """Files whose address changes with their content."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


class _Problems:
    """Every error in the visitor's language: JSON below /api, else a page with the way back."""

    def __init__(self, desk: WebDesk, pages: Pages) -> None:
        self._desk = desk
        self._pages = pages

    def refused(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, Refused)
        return self._answer(request, error.status, error.code, error.blanks, headers=error.headers)

    def not_kept(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, NotKept)
        return self._answer(request, 503, "not_kept", {}, error_id=error.error_id)

    def unreadable(self, request: Request, error: Exception) -> Response:
        return self._answer(request, 400, "request", {})

    def http(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code == 413:
            return self._answer(request, 413, "too_long", {"most": LONGEST_TEXT})
        code = "not_found" if error.status_code == 404 else "request"
        return self._answer(request, error.status_code, code, {}, headers=dict(error.headers or {}))

    def unexpected(self, request: Request, error: Exception) -> Response:
        error_id = new_code()
        log.error("web.failed error_id=%s", error_id, exc_info=error)
        return self._answer(request, 500, "sorry", {}, error_id=error_id)

    def _answer(
        self,
        request: Request,
        status: int,
        code: str,
        blanks: dict[str, object],
        *,
        error_id: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Response:
        try:
            visitor = self._desk.visitors.at(request)
        except NotASession:
            visitor = None
        language = self._desk.language(request, visitor)
        said = error_json(self._desk.house.renderer, language, code, blanks, error_id=error_id)
        if request.url.path.startswith("/api/"):
            return JSONResponse(said, status, headers=headers)
        return HTMLResponse(self._pages.problem(said["error"]["message"], language), status, headers=headers)


def _version() -> str:
    project = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])
