"""The frame of every page of the console: who is there, what they may do, the language, forms, notices."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.core.language import Language
from bot.core.settings import HOME
from bot.core.staff import entry
from bot.core.staff.model import Action, Actor, permit
from bot.core.staff.sealing import seal_of
from bot.core.staff.service import actor_of
from bot.dialogue.reply import say
from bot.house import House
from bot.web.answers import asked_language
from bot.web.console.attempts import Attempts
from bot.web.console.door import FIELD, HEADER, Door, inside
from bot.web.console.forms import Form
from bot.web.console.navigation import is_here, menu
from bot.web.document import document
from bot.web.guard import from_another_site
from bot.web.view import LANG_TAG, stamp_of

HERE = Path(__file__).resolve().parent
STATIC = HERE / "static"
_STRANGERS_BYTES = 64 * 1024


class NeedsLogin(Exception):
    """Nobody is signed in, or only half-way."""


class NeedsSecondFactor(Exception):
    """This person's role asks for a second factor, and none is set up yet."""


class NotOurForm(Exception):
    """A form without its token, or from another site."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for this person today: a card on the home page. `text` may use the blank {count}."""

    text: str
    count: int
    path: str
    urgent: bool = False


WhatWaits = Callable[[Session, Actor, datetime], Sequence[Waiting]]


class Console:
    """Made once by bot/web/console/app.py and handed to every section."""

    def __init__(self, house: House, chat_static: str) -> None:
        self.house = house
        self.chat_static = chat_static
        self.door = Door(house.settings)
        self.seal = seal_of(house.settings)
        self.attempts = Attempts()
        self.static = f"/console/static/{stamp_of(STATIC)}"
        packages = json.loads((HOME / "package.json").read_text(encoding="utf-8"))
        self.htmx = f"/console/htmx-{packages['dependencies']['htmx.org']}.js"
        self.waiting: list[WhatWaits] = []
        self.conflicts: list[type[Exception]] = []
        self.jinja = Environment(
            loader=ChoiceLoader(
                [
                    FileSystemLoader(HERE / "templates"),
                    PrefixLoader({"chat": FileSystemLoader(HERE.parent / "templates")}),
                ]
            ),
            undefined=StrictUndefined,
            autoescape=select_autoescape(default=True),
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.jinja.globals.update(
            static=self.static, htmx=self.htmx, chat_static=chat_static, lang_tag=lambda language: LANG_TAG[language],
            document=document, when=self.when, may=lambda actor, name: actor.may(Action(name)),
        )  # fmt: skip

    # Registering

    def waits(self, function: WhatWaits) -> WhatWaits:
        """Let the home page ask this section what waits: function(session, actor, now) -> Waiting rows."""
        self.waiting.append(function)
        return function

    def conflict(self, *errors: type[Exception]) -> None:
        """Errors that mean 'somebody else was first': answered with 409."""
        self.conflicts.extend(errors)

    # The database and the clock

    def begin(self) -> AbstractContextManager[Session]:
        return self.house.database.begin()

    def read(self) -> AbstractContextManager[Session]:
        return self.house.database.read()

    def now(self) -> datetime:
        return self.house.clock()

    # Who is there

    def known(self, request: Request) -> Actor | None:
        """Who is signed in, both steps done; None for anybody else."""
        if not hasattr(request.state, "actor"):
            request.state.actor = self._look(request)
        actor: Actor | None = request.state.actor
        return actor

    def actor(self, request: Request) -> Actor:
        """Raises NeedsLogin, which leads to the login page, and NeedsSecondFactor, which leads to setting it up."""
        actor = self.known(request)
        if actor is None:
            raise NeedsLogin
        if request.state.owes_second and not request.url.path.startswith("/console/account"):
            raise NeedsSecondFactor
        return actor

    def require(self, request: Request, action: Action, centre_id: str | int | None = None) -> Actor:
        """Raises NeedsLogin, NotPermitted."""
        actor = self.actor(request)
        permit(actor, action, centre_id=centre_id)
        return actor

    def _look(self, request: Request) -> Actor | None:
        token, now = self.door.token(request), self.now()
        if not token:
            return None
        with self.read() as session:
            found = entry.signed_in(session, token, now)
            asked_by_itself = "poll" in request.query_params  # a page that looks for news is no sign of a person
            late = found is not None and not asked_by_itself and entry.needs_touch(session, found.key, now)
        if found is None or not found.passed_second or (found.staff.demo and not self.house.settings.demo):
            return None
        if late:
            with self.begin() as session:
                entry.seen(session, found.key, now)
        asked = set(self.house.settings.second_factor) & set(found.staff.roles)
        request.state.owes_second = bool(asked) and found.staff.totp_since is None
        return actor_of(found.staff)

    # Forms

    async def checked_form(self, request: Request) -> Form:
        """For Depends(console.checked_form) of every POST: raises NeedsLogin, NotOurForm."""
        if from_another_site(request):
            raise NotOurForm
        await run_in_threadpool(self.actor, request)
        return await self._read_form(request)

    async def form(self, request: Request) -> Form:
        """A form whose token is right, of anybody: for the pages before the login. Small ones only."""
        if from_another_site(request):
            raise NotOurForm
        length = request.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > _STRANGERS_BYTES:
            raise HTTPException(413)
        return await self._read_form(request)

    async def _read_form(self, request: Request) -> Form:
        given = request.headers.get(HEADER, "")
        form = Form(await request.form(max_files=4, max_fields=2000))
        if not self.door.is_our_form(request, form.pop(FIELD, "") or given):
            raise NotOurForm
        return form

    # Answers

    def page(
        self, request: Request, template: str, actor: Actor | None, *, status: int = 200, **context: Any
    ) -> HTMLResponse:
        """A whole page or, with a template that does not extend frame.html, a piece of one."""
        language = self.language(request)
        t = self.texts(language)
        left = self.door.notice(request)
        token = self.door.form_token(request)
        shown = self.jinja.get_template(template).render(
            actor=actor, language=language, t=t, path=request.url.path, form_header=HEADER, form_token=token,
            menu=[(group, [(p, is_here(p, request.url.path)) for p in places]) for group, places in menu(actor)]
            if actor else [],
            csrf=lambda: Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token),
            notice=t(left[0], **left[1]) if left else "", demo=self.house.settings.demo, **context,
        )  # fmt: skip
        response = HTMLResponse(shown, status)
        if left and "<!doctype" in shown[:20].lower():
            self.door.forget_notice(response)
        if actor is None:
            self.door.keep_stranger(response, request)
        return response

    def redirect(
        self, path: str, notice: str | None = None, *, request: Request | None = None, **blanks: object
    ) -> Response:
        """To another page of the console, which shows `notice` once. With `request` also right for htmx."""
        target = inside(path.split("#")[0]) + (f"#{quote(path.split('#', 1)[1])}" if "#" in path else "")
        response: Response
        if request is not None and request.headers.get("HX-Request") == "true":
            response = Response(status_code=200, headers={"HX-Redirect": target})
        else:
            response = RedirectResponse(target, status_code=303)
        if notice:
            self.door.leave_notice(response, notice, {k: str(v) for k, v in blanks.items()}, request)
        return response

    # Words

    def language(self, request: Request) -> Language:
        """The person's choice; before the login that of the cookie, else of the browser."""
        actor = self.known(request)
        if actor is not None:
            return actor.language
        chosen = self.door.language(request)
        return Language(chosen) if chosen in {"zh", "en"} else asked_language(request)

    def texts(self, language: Language) -> Callable[..., str]:
        """t("console_home.title", blank=...) -> the sentence as plain text; templates escape it."""

        def t(key: str, /, **blanks: Any) -> str:
            return html.unescape(self.house.renderer.sentence(say(key, **blanks), language))

        return t

    def when(self, moment: datetime | None) -> Markup:
        """A moment as <time>: the hour today, else day and hour, on the deployment's wall clock."""
        if moment is None:
            return Markup("")
        local = moment.astimezone(self.house.zone)
        today = self.now().astimezone(self.house.zone)
        short = f"{local:%H:%M}" if local.date() == today.date() else f"{local:%m-%d %H:%M}"
        if local.year != today.year:
            short = f"{local:%Y-%m-%d}"
        return Markup('<time datetime="{}" title="{}">{}</time>').format(
            local.isoformat(timespec="seconds"), f"{local:%Y-%m-%d %H:%M}", short
        )


async def _checked(request: Request) -> Form:
    console: Console = request.app.state.console
    return await console.checked_form(request)


async def _stranger(request: Request) -> Form:
    console: Console = request.app.state.console
    return await console.form(request)


CheckedForm = Annotated[Form, Depends(_checked)]
"""For routes: `def save(request: Request, form: CheckedForm)`, the same as Depends(console.checked_form)."""

StrangersForm = Annotated[Form, Depends(_stranger)]
"""The same for the pages before the login."""
