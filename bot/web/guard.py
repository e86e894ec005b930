"""What stands before every route: headers, the size of a body, and no writing from other sites."""

from __future__ import annotations

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 256 * 1024  # bytes; the longest text that is read takes a quarter of it
LARGEST_UPLOAD = 8 * 1024 * 1024  # bytes, below /console/, where a form is read only for those who are signed in
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: with it a browser sends 'Origin: null' with our own form.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class BodyTooLarge(HTTPException):
    """More bytes than LARGEST_BODY, or LARGEST_UPLOAD."""

    def __init__(self) -> None:
        super().__init__(413)


class Guard:
    """Adds the security headers; raises BodyTooLarge where the body is read; answers what nobody expected."""

    def __init__(self, app: ASGIApp, sorry: Callable[[Request, Exception], Response]) -> None:
        self._app = app
        self._sorry = sorry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
                if scope.get("scheme") == "https":
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
            await send(message)

        largest = LARGEST_UPLOAD if scope["path"].startswith("/console/") else LARGEST_BODY
        read = 0
        length = Headers(scope=scope).get("content-length", "")
        announced = int(length) if length.isdecimal() else 0

        async def receive_some() -> Message:
            nonlocal read
            message = await receive()
            if message["type"] == "http.request":
                read += len(message.get("body", b""))
                if max(read, announced) > largest:
                    raise BodyTooLarge
            return message

        try:
            await self._app(scope, receive_some, send_with_headers)
        except Exception as error:
            if started:
                raise
            response = await run_in_threadpool(self._sorry, Request(scope), error)
            await response(scope, receive, send_with_headers)


def from_another_site(request: Request) -> bool:
    """Whether a browser sends this on behalf of another site. Clients that are no browsers say nothing, and may."""
    if request.method in _SAFE:
        return False
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is not None and origin.split("://")[-1] != request.headers.get("host")
