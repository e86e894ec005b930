"""Receiving updates by webhook: a small server on our side of the city's TLS proxy."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram.error import TelegramError

from bot.core.settings import Settings

log = logging.getLogger("sprout.telegram")

LARGEST = 1_000_000  # bytes of an update; real ones stay far below
_HEADER = "X-Telegram-Bot-Api-Secret-Token"


class PortTaken(Exception):
    """The port of the webhook is used by something else."""


def secret_of(settings: Settings) -> str:
    """The configured secret, or one made from the token, so that all processes and restarts agree."""
    if settings.telegram_webhook_secret is not None:
        return settings.telegram_webhook_secret.get_secret_value()
    assert settings.telegram_token is not None
    return hashlib.sha256(b"webhook:" + settings.telegram_token.get_secret_value().encode()).hexdigest()


def receiver(path: str, secret: str, take: Callable[[dict[str, object]], Awaitable[None]]) -> Starlette:
    """The application: 200 only after `take` has kept the update; 503 makes Telegram send it again."""

    async def receive(request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get(_HEADER, "").encode(), secret.encode()):
            return Response(status_code=403)
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST:
                return Response(status_code=413)
        try:
            update = json.loads(body)
        except ValueError:
            return Response(status_code=400)
        if not isinstance(update, dict) or "update_id" not in update:
            return Response(status_code=400)
        try:
            await take(update)
        except TelegramError:
            return Response(status_code=503)
        return Response()

    return Starlette(routes=[Route(path, receive, methods=["POST"])])


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the business of `sprout run`."""
        yield


@contextlib.asynccontextmanager
async def served(settings: Settings, take: Callable[[dict[str, object]], Awaitable[None]]) -> AsyncIterator[None]:
    """Serve the receiver while the block runs; raises PortTaken."""
    path = urlsplit(settings.telegram_webhook_url).path or "/"
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.telegram_webhook_port))
    except OSError as error:
        listening.close()
        raise PortTaken(
            f"port {settings.telegram_webhook_port} on {settings.host} is taken; choose another with "
            "SPROUT_TELEGRAM_WEBHOOK_PORT"
        ) from error
    config = uvicorn.Config(
        receiver(path, secret_of(settings), take), log_level="warning", log_config=None, access_log=False,
        lifespan="off", timeout_graceful_shutdown=3,
    )  # fmt: skip
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        while not server.started:
            await asyncio.sleep(0.02)
        yield
    finally:
        server.should_exit = True
        await serving
        listening.close()
