"""What went wrong, on a page in words: who may not, what is not there, who was first, what we did not expect."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError, NoResultFound
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.core.hand_off.service import HandOffError
from bot.core.ids import new_code
from bot.core.language import Language
from bot.core.staff.model import NotPermitted, StaffError
from bot.texts import texts
from bot.web.console.frame import Console, NeedsLogin, NeedsSecondFactor, NotOurForm
from knowledge.model import KnowledgeError
from nlu.correcting.service import CorrectingError
from scheduler.care.model.errors import CareError, UnknownBooking, UnknownCentre

log = logging.getLogger("sprout.console")

_GONE = (UnknownBooking, UnknownCentre)  # also what belongs to another centre


class Problems:
    """A domain error is said by the text console_errors.<its_name>, else in general words."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def handle(self, app: FastAPI) -> None:
        app.add_exception_handler(NeedsLogin, self._login)
        app.add_exception_handler(NeedsSecondFactor, self._second)
        app.add_exception_handler(NotOurForm, self._plain(403, "form"))
        app.add_exception_handler(NotPermitted, self._plain(403, "not_permitted"))
        app.add_exception_handler(NoResultFound, self._plain(404, "not_found"))
        app.add_exception_handler(RequestValidationError, self._plain(400, "request"))
        for out_of_range in (OverflowError, DataError):  # a day or a number that no calendar or column holds
            app.add_exception_handler(out_of_range, self._plain(400, "request"))
        app.add_exception_handler(HTTPException, self._http)
        for base in (CorrectingError, KnowledgeError, CareError, HandOffError, StaffError):
            app.add_exception_handler(base, self._domain)

    def _login(self, request: Request, error: Exception) -> Response:
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        where = f"/console/login?next={quote(back, safe='')}" if request.method == "GET" else "/console/login"
        if request.headers.get("HX-Request") == "true":
            return Response(status_code=401, headers={"HX-Redirect": "/console/login"})
        return RedirectResponse(where, status_code=303)

    def _second(self, request: Request, error: Exception) -> Response:
        return self._console.redirect("/console/account/second", "console_account.second_owed", request=request)

    def _plain(self, status: int, code: str) -> Callable[[Request, Exception], Response]:
        return lambda request, error: self.page(request, status, code)

    def _http(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        codes = {403: "not_permitted", 404: "not_found", 405: "request", 409: "conflict", 413: "too_large"}
        return self.page(request, error.status_code, codes.get(error.status_code, "request"))

    def _domain(self, request: Request, error: Exception) -> Response:
        first = isinstance(error, tuple(self._console.conflicts))
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", type(error).__name__).lower()
        key = f"console_errors.{name}"
        known = key in texts(Language.ZH)
        status, code = (
            (409, "conflict") if first else (404, "not_found") if isinstance(error, _GONE) else (400, "refused")
        )
        return self.page(request, status, code, key if known else None)

    def unexpected(self, request: Request, error: Exception) -> Response:
        error_id = new_code()
        log.error("console.failed error_id=%s", error_id, exc_info=error)
        return self.page(request, 500, "sorry", error_id=error_id)

    def page(
        self, request: Request, status: int, code: str, words: str | None = None, *, error_id: str = ""
    ) -> Response:
        """`words`: the key of a sentence that says more than the usual one."""
        try:
            actor = self._console.known(request)
        except Exception:  # the database may be what failed
            actor = request.state.actor = None
        return self._console.page(
            request, "problem.html", actor, status=status, code=code, error_id=error_id,
            words=words or f"console_frame.problem_{code}",
        )  # fmt: skip
