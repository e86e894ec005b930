"""The console as an app of its own, mounted by bot/web/server.py at /console; paths in sections are without that."""

from __future__ import annotations

from fastapi import Depends, FastAPI
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from bot.core.settings import HOME
from bot.house import House
from bot.web.console.frame import STATIC, Console
from bot.web.console.problems import Problems
from bot.web.console.sections import SECTIONS
from bot.web.console.tables import mount_tables
from bot.web.guard import Guard

HTMX = HOME / "node_modules" / "htmx.org" / "dist" / "htmx.min.js"
_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}


def create_console(house: House, chat_static: str) -> FastAPI:
    """`chat_static`: the address of the chat page's styles, which the console shares."""
    console = Console(house, chat_static)
    app = FastAPI(
        title="Sprout console", docs_url=None, redoc_url=None, openapi_url=None, dependencies=[Depends(_gate)]
    )
    app.state.console = console

    @app.get(console.htmx.removeprefix("/console"), name="public:htmx")
    def htmx() -> Response:
        return FileResponse(HTMX, media_type="text/javascript", headers=_FOREVER)

    for section in SECTIONS:
        app.include_router(section(console))
    app.mount(console.static.removeprefix("/console"), _Unchanging(directory=STATIC), name="public:static")
    mount_tables(console, app)
    problems = Problems(console)
    problems.handle(app)
    app.add_middleware(Guard, sorry=problems.unexpected)
    return app


def _gate(request: Request) -> None:
    """Before every route and before anything of the request is read: strangers see only what is named public."""
    console: Console = request.app.state.console
    if not request.scope["route"].name.startswith("public:"):
        console.actor(request)


class _Unchanging(StaticFiles):
    """Files whose address changes with their content."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = _FOREVER["Cache-Control"]
        return response
