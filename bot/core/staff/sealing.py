"""Secrets of second factors at rest: sealed with a key that is not in the database (AES-256-GCM, NIST SP 800-38D).

Unlike a password such a secret has to be computed with, so a digest will not do. A sealed one is bound to its account:
copied to another it cannot be opened. What an older version kept readable is told by its length.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.core.key_file import kept_key
from bot.core.settings import Settings
from bot.core.staff.model import StaffError

_NONCE = 12  # bytes
_SEALED = 64  # characters: nonce, 20 bytes of secret, 16 bytes of tag; a readable secret has 32


class KeyLost(StaffError):
    """The secret was sealed with another key than the server has now, or for another account."""


class Seal:
    """Closes and opens secrets in base32, as authenticator apps take them."""

    def __init__(self, key: str) -> None:
        self._cipher = AESGCM(hashlib.sha256(b"sprout.staff.second-factor:" + key.encode()).digest())

    def close(self, secret: str, whose: str) -> str:
        """`whose`: the account, or what else it may be used for."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = self._cipher.encrypt(nonce, base64.b32decode(secret), whose.encode())
        return base64.urlsafe_b64encode(nonce + sealed).decode()

    def open(self, kept: str, whose: str) -> str:
        """Raises KeyLost."""
        if not is_sealed(kept):
            return kept
        try:
            raw = base64.urlsafe_b64decode(kept)
            return base64.b32encode(self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], whose.encode())).decode()
        except (InvalidTag, binascii.Error, ValueError) as error:
            raise KeyLost from error


def is_sealed(kept: str) -> bool:
    return len(kept) == _SEALED


def seal_of(settings: Settings) -> Seal:
    return Seal(key_of(settings))


def key_of(settings: Settings) -> str:
    """The key of the settings, or one made once and kept in data_dir."""
    if settings.second_factor_key is not None:
        return settings.second_factor_key.get_secret_value()
    return kept_key(settings.data_dir / "second_factor_key")
