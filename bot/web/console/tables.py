"""Plain tables for admins, by starlette-admin: centres, rooms, articles, staff. To look, search and export.

Only the address of a centre can be changed here; everything else has rules, and pages of its own. Below this path alone
the policy is looser: starlette-admin has inline styles, and inline scripts, which get a nonce.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from jinja2 import BaseLoader, Environment, PackageLoader
from sqlalchemy.orm import sessionmaker
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette_admin import I18nConfig, TimezoneConfig
from starlette_admin.contrib.sqla import Admin, ModelView
from starlette_admin.export import CsvExporter
from starlette_admin.views import Link

from bot.core import audit
from bot.core.staff.model import Action
from bot.core.staff.store import StaffRow
from bot.web.console.frame import Console
from knowledge.store import ArticleRow
from scheduler.care.store import CentreRow, RoomRow

PATH = "/tables"
FIRST = f"/console{PATH}/centres/list"
# What their templates say, and what is said here instead: nothing from outside, a nonce on scripts, no inline handlers,
# and what axe asks for.
_CHANGES = (
    (
        "@import url('https://rsms.me/inter/inter.css');",
        ".btn-danger { background-color: #a3211a; } .alert-description { color: inherit; }",
    ),
    ("<script", '<script nonce="{{ request.state.nonce }}"'),
    ('onchange="window.location = this.value"', ""),
    ('<div class="page-wrapper">', '<div class="page-wrapper" role="main">'),
    ('<th scope="col" class="w-1"></th>', '<td class="w-1"></td>'),
    (
        '<p class="empty-title">{{ _("Oops… You just found an error page") }}</p>',
        '<h1 class="empty-title">{{ _("Oops… You just found an error page") }}</h1>',
    ),
    ('<h3 class="text-center text-wrap">{{ app_title }}</h3>', "{{ app_title }}"),
)
_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def mount_tables(console: Console, app: FastAPI) -> None:
    """Below /console/tables, behind the same login."""
    reading = sessionmaker(console.house.database.engine.execution_options(reading=True), expire_on_commit=False)
    admin = Admin(
        reading, title="Sprout", base_url=PATH, route_name="tables", templates_dir="",
        favicon_url=f"{console.chat_static}/sprout.svg",
        additional_loaders=[_Templates()], secret_key=console.door.key_for("tables"),
        i18n_config=I18nConfig(default_locale="zh", language_cookie_name=None, language_switcher=None),
        timezone_config=TimezoneConfig(default_timezone=console.house.zone.key, use_user_locale_timezone=False),
    )  # fmt: skip
    for view in (_centres(console), _Rooms(RoomRow), _Articles(ArticleRow), _Staff(StaffRow)):
        admin.add_view(view)
    admin.add_view(Link(menu_label="← 工作台 Console", url="/console/"))
    inner = FastAPI()
    admin.mount_to(inner)
    (mount,) = [route for route in inner.routes if getattr(route, "name", "") == "tables"]
    app.mount(PATH, _Gate(console, mount.app), name="tables")  # type: ignore[attr-defined]


class _Gate:
    """Asks who it is before starlette-admin sees anything, and sets this path's policy."""

    def __init__(self, console: Console, app: ASGIApp) -> None:
        self._console = console
        self._app = app
        self.routes = getattr(app, "routes", [])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope)
        actor = await run_in_threadpool(self._console.require, request, Action.TABLES_EDIT)
        if request.url.path.rstrip("/") == f"/console{PATH}":
            await RedirectResponse(FIRST, status_code=303)(scope, receive, send)
            return
        request.state.nonce = secrets.token_urlsafe(16)
        MutableHeaders(scope=scope)["accept-language"] = actor.language.value  # theirs knows no other way

        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = _POLICY.format(nonce=request.state.nonce)
            await send(message)

        await self._app(scope, receive, send_with_policy)


class _Templates(BaseLoader):
    """starlette-admin's own, with _CHANGES."""

    def __init__(self) -> None:
        self._theirs = PackageLoader("starlette_admin", "templates")

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, Callable[[], bool] | None]:
        source, name, fresh = self._theirs.get_source(environment, template)
        for theirs, ours in _CHANGES:
            source = source.replace(theirs, ours)
        return source, name, fresh


class _ReadOnly(ModelView):
    exporters: Any = (CsvExporter(escape_formulas=True),)
    importers: Any = ()
    column_visibility = False
    page_size = 50
    page_size_options: Any = (50,)

    def can_create(self, request: Request) -> bool:
        return False

    def can_edit(self, request: Request) -> bool:
        return False

    def can_delete(self, request: Request) -> bool:
        return False

    def can_import(self, request: Request) -> bool:
        return False


class _Rooms(_ReadOnly):
    key = "rooms"
    menu_label = display_name = "房间 Rooms"
    icon = "fa-solid fa-door-open"
    fields: Any = (
        "id",
        "centre_id",
        "name",
        "age_group",
        "from_months",
        "to_months",
        "size",
        "adults",
    )


class _Articles(_ReadOnly):
    key = "articles"
    menu_label = display_name = "文章 Articles"
    icon = "fa-solid fa-file-lines"
    fields: Any = (
        "id",
        "domain",
        "title_zh",
        "title_en",
        "created_at",
    )


class _Staff(_ReadOnly):
    key = "staff"
    menu_label = display_name = "人员 Staff"
    icon = "fa-solid fa-user-nurse"
    fields: Any = (
        "id",
        "name",
        "login",
        "roles",
        "centres",
        "active",
        "demo",
        "created_at",
        "signed_in_at",
    )


_CHANGED_HERE = ("name", "address", "phone", "registration")


class _Centres(_ReadOnly):
    key = "centres"
    menu_label = display_name = "机构 Centres"
    icon = "fa-solid fa-house"
    fields: Any = ("id", "name", "address", "phone", "registration", "zone", "source", "active")
    exclude_fields_from_edit: Any = (
        "id",
        "zone",
        "source",
        "active",
    )
    console: Console

    def can_edit(self, request: Request) -> bool:
        return True

    async def edit(self, request: Request, pk: Any, data: dict[str, Any]) -> Any:
        """Through a transaction of the house, with a line in the audit log; the session of the page only reads."""
        checked = await self._arrange_data(request, data, True)
        await self.validate(request, checked)
        await run_in_threadpool(self._keep, request, int(pk), checked)
        return await self.find_by_pk(request, pk)

    def _keep(self, request: Request, centre_id: int, data: dict[str, Any]) -> None:
        actor = self.console.require(request, Action.TABLES_EDIT)
        with self.console.begin() as session:
            row = session.get_one(CentreRow, centre_id)
            changed = [f for f in _CHANGED_HERE if f in data and getattr(row, f) != (data[f] or "")]
            for field in changed:
                setattr(row, field, data[field] or "")
            audit.record(
                session, at=self.console.now(), actor=actor.audit_name, action="centre.changed",
                subject=str(centre_id), fields=changed,
            )  # fmt: skip


def _centres(console: Console) -> _Centres:
    view = _Centres(CentreRow)
    view.console = console
    return view
