"""Identifiers: opaque keys for rows, and short codes that people read aloud."""

from __future__ import annotations

import secrets
import uuid

# No 0/O, 1/I/L: a code is read over the phone.
_CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_id() -> str:
    """A random 32-digit hex key for a row."""
    return uuid.uuid4().hex


def new_code(length: int = 6) -> str:
    """A short code that people can read aloud and type, for example `K7QM4P`."""
    return "".join(secrets.choice(_CODE_ALPHABET) for _ in range(length))
