"""Keys that nobody chose: made once, kept in a file that only its owner may read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def kept_key(file: Path) -> str:
    """The key in this file; a new one when there is no file. When two processes start at once the first one's stays."""
    if not file.exists():
        _keep(file, secrets.token_urlsafe(32))
    return file.read_text(encoding="ascii").strip()


def _keep(file: Path, key: str) -> None:
    """Written whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    half = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(key)
    try:
        os.link(half, file)
    except FileExistsError:
        pass
    finally:
        half.unlink()
