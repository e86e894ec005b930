"""The two formats of Web Push, over the primitives of `cryptography`: a sealed body, and who sends it. Pure.

Body: RFC 8291 (keys agreed with the browser) within RFC 8188 (`aes128gcm`, one record). Sender: RFC 8292 (VAPID).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_CURVE = ec.SECP256R1()
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256: SEC 2, 2.4.2
_RECORD = 4096  # bytes; every push service takes a body of that size
LONGEST = 3000  # bytes of a text
VALID = timedelta(hours=12)  # of a signature; a day at most


class BadKey(Exception):
    """The browser's key is no point of P-256, or its secret has not 16 bytes."""


def to_text(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_text(text: str) -> bytes:
    """Raises ValueError for what is not base64url."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def private_key(secret: bytes) -> ec.EllipticCurvePrivateKey:
    """The key that belongs to 32 random bytes."""
    return ec.derive_private_key(int.from_bytes(secret, "big") % (_ORDER - 1) + 1, _CURVE)


def public_key(key: ec.EllipticCurvePrivateKey) -> bytes:
    """65 bytes: how a browser is told who may knock."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def read_keys(p256dh: str, auth: str) -> tuple[ec.EllipticCurvePublicKey, bytes]:
    """The browser's key and secret; raises BadKey."""
    try:
        key, secret = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, from_text(p256dh)), from_text(auth)
    except (ValueError, InvalidKey) as error:
        raise BadKey from error
    if len(secret) != 16:
        raise BadKey
    return key, secret


def sealed(text: bytes, p256dh: str, auth: str, *, one_time: ec.EllipticCurvePrivateKey, salt: bytes) -> bytes:
    """The body that only this browser can open. `one_time` and `salt` (16 bytes) are never used twice; BadKey."""
    if len(text) > LONGEST:
        raise ValueError("too long for one record")
    browser, secret = read_keys(p256dh, auth)
    ours, theirs = public_key(one_time), browser.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    agreed = _derived(32, secret, b"WebPush: info\0" + theirs + ours)(one_time.exchange(ec.ECDH(), browser))
    content_key = _derived(16, salt, b"Content-Encoding: aes128gcm\0")(agreed)
    nonce = _derived(12, salt, b"Content-Encoding: nonce\0")(agreed)
    head = salt + _RECORD.to_bytes(4, "big") + bytes([len(ours)]) + ours
    return head + AESGCM(content_key).encrypt(nonce, text + b"\x02", None)


def _derived(length: int, salt: bytes, info: bytes) -> Callable[[bytes], bytes]:
    return HKDF(hashes.SHA256(), length, salt, info).derive


def signature(key: ec.EllipticCurvePrivateKey, *, origin: str, contact: str, now: datetime) -> str:
    """The header Authorization for a push service (`origin`: https://host); `contact`: mailto: or https:."""
    claims = {"aud": origin, "exp": int((now + VALID).timestamp()), "sub": contact}
    unsigned = ".".join(to_text(json.dumps(part).encode()) for part in ({"typ": "JWT", "alg": "ES256"}, claims))
    r, s = decode_dss_signature(key.sign(unsigned.encode(), ec.ECDSA(hashes.SHA256())))
    signed = f"{unsigned}.{to_text(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"
    return f"vapid t={signed}, k={to_text(public_key(key))}"
