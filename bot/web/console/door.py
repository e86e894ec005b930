"""Who is at the console: the cookie of a sign-in, and the token that every form carries."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from typing import Any

from itsdangerous import BadData, URLSafeSerializer
from starlette.requests import Request
from starlette.responses import Response

from bot.core.settings import Settings
from bot.web.visitors import session_key

SIGN_IN = "sprout_staff"
STRANGER = "sprout_staff_form"  # before anybody is signed in: what a form's token is made from
NOTICE = "sprout_staff_notice"
LANGUAGE = "sprout_staff_language"
FIELD = "form_token"
HEADER = "X-Sprout-Form"
_PATH = "/console"
_INSIDE = re.compile(r"/console(?:/[A-Za-z0-9_.~%-]+)*/?(?:\?[A-Za-z0-9_.~%=&+/:-]*)?")


def inside(path: str) -> str:
    """The path if it is one of the console's own, else its front page: a link must not lead away."""
    return path if _INSIDE.fullmatch(path) and "/.." not in path else "/console/"


class Door:
    """Reads and writes the console's cookies. Signed, HttpOnly, SameSite=Lax, Secure behind https."""

    def __init__(self, settings: Settings) -> None:
        key = session_key(settings)
        self._cookies = URLSafeSerializer(key, salt="sprout.console.cookie")
        self._forms = hashlib.sha256(b"sprout.console.form" + key.encode()).digest()
        self._others = hashlib.sha256(b"sprout.console.other" + key.encode()).hexdigest()

    def key_for(self, what: str) -> str:
        """A key of its own for another signer."""
        return hashlib.sha256(f"{what}:{self._others}".encode()).hexdigest()

    def token(self, request: Request) -> str:
        """The token of the sign-in, empty when there is none or it is not ours."""
        return self._read(request, SIGN_IN)

    def let_in(self, response: Response, request: Request, token: str) -> None:
        """Until the browser closes; the server ends it earlier when it is idle or old."""
        self._set(response, request, SIGN_IN, token)
        response.delete_cookie(STRANGER, path=_PATH)

    def let_out(self, response: Response) -> None:
        response.delete_cookie(SIGN_IN, path=_PATH)

    def stranger(self, request: Request) -> str:
        """What the forms of somebody who is not signed in hang on; made anew when there is none."""
        known: str = getattr(request.state, "stranger", "") or self._read(request, STRANGER)
        request.state.stranger = known or secrets.token_urlsafe(16)
        return str(request.state.stranger)

    def keep_stranger(self, response: Response, request: Request) -> None:
        self._set(response, request, STRANGER, self.stranger(request))

    def form_token(self, request: Request) -> str:
        """What forms on this page have to carry; it ends with the sign-in."""
        whose = self.token(request) or self.stranger(request)
        return hmac.new(self._forms, whose.encode(), hashlib.sha256).hexdigest()

    def is_our_form(self, request: Request, given: str) -> bool:
        whose = self.token(request) or self._read(request, STRANGER)
        expected = hmac.new(self._forms, whose.encode(), hashlib.sha256).hexdigest()
        return bool(whose) and hmac.compare_digest(expected.encode(), given.encode())

    def leave_notice(self, response: Response, key: str, blanks: dict[str, str], request: Request | None) -> None:
        """Shown once, on the page that follows."""
        self._set(response, request, NOTICE, [key, blanks], seconds=60)

    def notice(self, request: Request) -> tuple[str, dict[str, str]] | None:
        try:
            key, blanks = self._cookies.loads(request.cookies.get(NOTICE, ""))
        except (BadData, ValueError, TypeError):
            return None
        return key, blanks

    def forget_notice(self, response: Response) -> None:
        response.delete_cookie(NOTICE, path=_PATH)

    def remember_language(self, response: Response, request: Request, language: str) -> None:
        self._set(response, request, LANGUAGE, language, seconds=400 * 24 * 3600)

    def language(self, request: Request) -> str:
        return self._read(request, LANGUAGE)

    def _set(
        self, response: Response, request: Request | None, name: str, value: Any, *, seconds: int | None = None
    ) -> None:
        response.set_cookie(
            name, str(self._cookies.dumps(value)), max_age=seconds, path=_PATH, httponly=True, samesite="lax",
            secure=request is not None and request.url.scheme == "https",
        )  # fmt: skip

    def _read(self, request: Request, name: str) -> str:
        try:
            value = self._cookies.loads(request.cookies.get(name, ""))
        except BadData:
            return ""
        return value if isinstance(value, str) else ""
