"""A push service as a browser's maker runs it: it checks the signature, and opens the body with the browser's key."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.push.sealing import from_text, public_key, to_text


def derived(length: int, salt: bytes, info: bytes, key: bytes) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(key)


def opened(body: bytes, browser: ec.EllipticCurvePrivateKey, secret: bytes) -> bytes:
    """RFC 8291 from the browser's side."""
    salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
    theirs, sealed = body[21 : 21 + length], body[21 + length :]
    assert len(sealed) <= size == 4096
    sender = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
    info = b"WebPush: info\0" + public_key(browser) + theirs
    agreed = derived(32, secret, info, browser.exchange(ec.ECDH(), sender))
    key = derived(16, salt, b"Content-Encoding: aes128gcm\0", agreed)
    nonce = derived(12, salt, b"Content-Encoding: nonce\0", agreed)
    padded = AESGCM(key).decrypt(nonce, sealed, None)
    return padded.rstrip(b"\0")[:-1]


def claims_of(authorization: str) -> tuple[dict[str, Any], bytes]:
    """The claims of a VAPID header and the key that signed them; raises InvalidSignature."""
    scheme, _, rest = authorization.partition(" ")
    assert scheme == "vapid"
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    key = from_text(parts["k"])
    head, claims, signed = parts["t"].split(".")
    raw = from_text(signed)
    signature = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    own = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key)
    own.verify(signature, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    assert json.loads(from_text(head)) == {"typ": "JWT", "alg": "ES256"}
    return json.loads(from_text(claims)), key


@dataclass
class Browser:
    """One that has subscribed: its address at the service, its keys, and what it was told."""

    url: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = field(default_factory=lambda: os.urandom(16))
    told: list[dict[str, Any]] = field(default_factory=list)

    @property
    def p256dh(self) -> str:
        return to_text(public_key(self.key))

    @property
    def auth(self) -> str:
        return to_text(self.secret)

    def as_json(self) -> dict[str, Any]:
        return {"endpoint": self.url, "expirationTime": None, "keys": {"p256dh": self.p256dh, "auth": self.auth}}


@dataclass
class Fault:
    """How the service answers instead: a status, or it breaks the line after it has delivered."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    breaks: bool = False


class PushService:
    """`with PushService() as service`: real HTTP on 127.0.0.1. `faults` are used up one a call."""

    def __init__(self) -> None:
        self.browsers: dict[str, Browser] = {}
        self.faults: list[Fault] = []
        self.calls: list[dict[str, str]] = []
        self.refused: list[str] = []
        self.claims: list[dict[str, Any]] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.calls.append(dict(self.headers))
                fault = service.faults.pop(0) if service.faults else Fault(201)
                if fault.status in (0, 201):
                    try:
                        service.deliver(self.path, dict(self.headers), body)
                    except (AssertionError, InvalidSignature, KeyError) as error:
                        service.refused.append(repr(error))
                        fault = Fault(401)
                if fault.breaks:
                    self.connection.close()
                    return
                self.send_response(fault.status)
                for name, value in fault.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> PushService:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def browser(self) -> Browser:
        new = Browser(f"{self.url}/send/{len(self.browsers)}")
        self.browsers[new.url.removeprefix(self.url)] = new
        return new

    def deliver(self, path: str, headers: dict[str, str], body: bytes) -> None:
        claims, _ = claims_of(headers["Authorization"])
        assert claims["aud"] == self.url
        assert claims["sub"].startswith(("mailto:", "https://"))
        assert headers["Content-Encoding"] == "aes128gcm"
        assert int(headers["TTL"]) > 0
        self.claims.append(claims)
        browser = self.browsers[path]
        browser.told.append(json.loads(opened(body, browser.key, browser.secret)))
