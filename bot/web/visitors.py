"""Who is at the other end: a random address, signed, in a cookie of the page or a header of another channel."""

from __future__ import annotations

from dataclasses import dataclass

from itsdangerous import BadData, URLSafeSerializer
from starlette.requests import Request
from starlette.responses import Response

from bot.core.ids import new_id
from bot.core.key_file import kept_key
from bot.core.settings import Settings

COOKIE = "sprout"
HEADER = "X-Sprout-Session"
_KEPT = 400 * 24 * 3600  # seconds; browsers keep no cookie longer than 400 days


class NotASession(Exception):
    """The header holds something that this service did not sign."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """`address` is the chat of channel "web". `by_cookie`: the browser sends it by itself."""

    address: str
    is_new: bool = False
    by_cookie: bool = True


class Visitors:
    """Knows visitors again; keeps nothing but the key."""

    def __init__(self, key: str) -> None:
        self._signer = URLSafeSerializer(key, salt="sprout.web.visitor")

    def at(self, request: Request) -> Visitor:
        """The visitor who sent this, a new one if nobody is known; raises NotASession for a wrong header."""
        token = request.headers.get(HEADER)
        if token is not None:
            address = self._read(token)
            if address is None:
                raise NotASession
            return Visitor(address, by_cookie=False)
        address = self._read(request.cookies.get(COOKIE, ""))
        return Visitor(address) if address else Visitor(new_id(), is_new=True)

    def token(self, address: str) -> str:
        return str(self._signer.dumps(address))

    def remember(self, response: Response, visitor: Visitor, request: Request) -> None:
        """Give the browser its cookie; a channel that sends the header gets none."""
        if visitor.by_cookie:
            response.set_cookie(
                COOKIE, self.token(visitor.address), max_age=_KEPT, httponly=True, samesite="lax",
                secure=request.url.scheme == "https",
            )  # fmt: skip

    def _read(self, token: str) -> str | None:
        try:
            address = self._signer.loads(token)
        except BadData:
            return None
        return address if isinstance(address, str) and len(address) == 32 else None


def session_key(settings: Settings) -> str:
    """The key of the settings, or one made once and kept in data_dir, readable by its owner only."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    return kept_key(settings.data_dir / "secret_key")
