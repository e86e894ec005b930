"""Photos of centres: what is uploaded is checked, made small, freed of all that a camera writes into it, and kept."""

from __future__ import annotations

import hashlib
import io
import re
from pathlib import Path
from typing import Any

LARGEST_FILE = 8 * 1024 * 1024  # bytes
LARGEST_PICTURE = 50_000_000  # pixels; a small file can say that it is huge
LONGEST_SIDE = 1280  # pixels of what is kept
_FORMATS = ("JPEG", "PNG", "WEBP")
_NAME = re.compile(r"[0-9a-f]{32}\.jpg")


class NotAPhoto(Exception):
    """`why`: `large` (bytes or pixels), `kind` (none of JPEG, PNG, WebP, or broken)."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def folder_of(data_dir: Path) -> Path:
    return data_dir / "photos"


def keep_photo(content: bytes, folder: Path) -> str:
    """The name of the kept JPEG: drawn anew, so without place, time, camera, or anything hidden in the file."""
    from PIL import Image, ImageOps, UnidentifiedImageError  # here: most processes only look up what is kept

    if len(content) > LARGEST_FILE:
        raise NotAPhoto("large")
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
            if opened.width * opened.height > LARGEST_PICTURE:
                raise NotAPhoto("large")
            upright = ImageOps.exif_transpose(opened)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            plain = Image.new("RGB", upright.size, "white")
            with_alpha = upright.convert("RGBA")
            plain.paste(with_alpha, mask=with_alpha.getchannel("A"))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise NotAPhoto("kind") from None
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=85, optimize=True)
    name = f"{hashlib.sha256(out.getvalue()).hexdigest()[:32]}.jpg"
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f"{name}.new"
    unfinished.write_bytes(out.getvalue())
    unfinished.replace(folder / name)
    return name


def photo_file(name: str, folder: Path) -> Path | None:
    """The file of a kept photo; None for any other name, or when it is gone."""
    path = folder / name
    return path if _NAME.fullmatch(name) and path.is_file() else None


def paint(facts: dict[str, Any]) -> bytes:
    """The artist of the drawing `photo`: `name` and `folder`."""
    path = photo_file(facts["name"], Path(facts["folder"]))
    if path is None:
        raise LookupError(facts["name"])
    return path.read_bytes()
