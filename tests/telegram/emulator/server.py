"""The emulator as a server: HTTP in front of the cloud, webhooks behind it."""

from __future__ import annotations

import contextlib
import email.parser
import email.policy
import json
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.telegram.emulator.cloud import SENDS, Call, Cloud, Shown
from tests.telegram.emulator.faults import Fault
from tests.telegram.emulator.methods import Methods, Refused
from tests.telegram.emulator.phone import Group, Phone
from tests.telegram.emulator.webhook import WebhookPost

TOKEN = "7000000001:AAtest-token_of-the-emulator"
_JSON_FIELDS = {"reply_markup", "commands", "allowed_updates", "link_preview_options", "entities", "scope"}


class Telegram:
    """A context manager: the server runs on a free port of the loopback."""

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.cloud = Cloud()
        self.methods = Methods(self.cloud)
        self.post = WebhookPost(self.cloud)
        self._people = 0
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.telegram = self
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Telegram:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.post.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.post.stop()
        self._server.shutdown()
        self._server.server_close()

    def phone(self, name: str = "Mei", language: str = "zh-hans") -> Phone:
        """Somebody new with a private chat with the bot."""
        self._people += 1
        return Phone(self.cloud, 10_000 + self._people, name, language)

    def group(self, title: str = "宝妈群") -> Group:
        self._people += 1
        return Group(self.cloud, -100_000 - self._people, title)

    def fails(
        self, fault: Fault, *, times: int = 1, method: str | None = "sendMessage", chat: Phone | None = None
    ) -> None:
        """The next `times` calls of the method (to this chat) go wrong."""
        self.cloud.add_fault(fault, method, chat.chat_id if chat else None, times)

    def limits(self, per_second: int = 30, chat_per_second: int = 1) -> None:
        """Answer 429 to whoever sends more."""
        self.cloud.limits = (per_second, chat_per_second)

    def calls(self, method: str | None = None, chat: Phone | None = None) -> list[Call]:
        """The journal, or the part of it about one method or chat."""
        with self.cloud.changed:
            return [
                c
                for c in self.cloud.journal
                if method in (None, c.method) and (chat is None or c.chat_id == chat.chat_id)
            ]

    def wait_for(self, method: str, times: int = 1, within: float = 5) -> list[Call]:
        """Wait until the bot has called a method so many times."""
        assert self.cloud.wait_until(lambda: self.cloud.count()[method] >= times, within), self.cloud.count()
        return self.calls(method)

    def handle(self, method: str, parameters: dict[str, Any], files: dict[str, tuple[str, bytes]]) -> _Answer:
        """Carry out one call, with whatever goes wrong."""
        chat_id = int(parameters["chat_id"]) if "chat_id" in parameters else None
        fault = self.cloud.fault_for(method, chat_id)
        if fault is None and method in SENDS and self.cloud.over_the_limit(chat_id):
            fault = Fault(429, "Too Many Requests: retry after 1", {"retry_after": 1})
        if fault is not None and not fault.delivers:
            self._note(method, chat_id, parameters, "dropped" if fault.drops else str(fault.status), delivered=False)
            return _Answer(fault.status, _no(fault.status, fault.description, fault.parameters), fault)
        try:
            result = self.methods.call(method, parameters, files)
        except Refused as no:
            self._note(method, chat_id, parameters, str(no.status), delivered=False)
            return _Answer(no.status, _no(no.status, no.description, no.parameters), fault)
        self._note(method, chat_id, parameters, "dropped" if fault and fault.drops else "ok", delivered=True)
        return _Answer(200, {"ok": True, "result": result}, fault)

    def _note(self, method: str, chat_id: int | None, p: dict[str, Any], outcome: str, *, delivered: bool) -> None:
        if method != "getUpdates":
            self.cloud.record(Call(method, chat_id, p, outcome, delivered, time.monotonic()))

    @property
    def everything_shown(self) -> list[Shown]:
        with self.cloud.changed:
            return [m for chat in self.cloud.messages.values() for m in chat]


class _Answer:
    def __init__(self, status: int, body: dict[str, Any], fault: Fault | None) -> None:
        self.status, self.body, self.fault = status, body, fault


def _no(status: int, description: str, parameters: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    return {**body, "parameters": parameters} if parameters else body


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    telegram: Telegram

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A bot that was killed leaves broken connections behind; anything else is a mistake in the emulator."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        telegram = self.server.telegram
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:  # whoever asked was killed in the middle of it
            self.close_connection = True
            return
        path = unquote(urlsplit(self.path).path)  # the colon of the token may come as %3A
        token, _, method = path.removeprefix("/bot").partition("/")
        if not path.startswith("/bot") or token != telegram.token:
            self._reply(401, _no(401, "Unauthorized", {}))
            return
        parameters, files = _read(self.headers.get("Content-Type", ""), body)
        parameters |= dict(parse_qsl(urlsplit(self.path).query))
        answer = telegram.handle(method, parameters, files)
        if answer.fault is not None:
            time.sleep(answer.fault.delay)
            if answer.fault.drops:
                self.close_connection = True
                with contextlib.suppress(OSError):
                    self.connection.shutdown(socket.SHUT_RDWR)
                return
        self._reply(answer.status, answer.body)

    do_GET = do_POST

    def _reply(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


def _read(content_type: str, body: bytes) -> tuple[dict[str, Any], dict[str, tuple[str, bytes]]]:
    """Parameters and files of a form, multipart or JSON body."""
    files: dict[str, tuple[str, bytes]] = {}
    if content_type.startswith("application/json"):
        return (json.loads(body) if body else {}), files
    fields: dict[str, str] = {}
    if content_type.startswith("multipart/"):
        head = f"Content-Type: {content_type}\r\n\r\n".encode()
        whole = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
        for part in whole.iter_parts():
            name = str(part.get_param("name", header="content-disposition"))
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            if part.get_filename():
                files[name] = (str(part.get_filename()), content)
            else:
                fields[name] = content.decode()
    else:
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
    return {k: json.loads(v) if k in _JSON_FIELDS else v for k, v in fields.items()}, files
