"""A code that links the Telegram chat which sends it to an account, so that nobody types a chat's number.

The account and the minute at which it ends, signed: nothing is kept until it comes back. It is as long as Telegram
lets a link to a bot carry: https://t.me/NAME?start=CODE.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from bot.core import audit
from bot.core.settings import Settings
from bot.core.staff.model import StaffError
from bot.core.staff.sealing import key_of
from bot.core.staff.service import account
from bot.core.staff.store import StaffRow

LINKS_FOR = timedelta(minutes=15)
_CODE = re.compile(r"staff-([A-Za-z0-9_-]{43})")
_NAME = "telegram_name"  # a file in data_dir: the bot's own name, once Telegram has told it


class CodeNotValid(StaffError):
    """Not a code of ours, or its time is over, or the account is closed."""


def is_link_code(text: str) -> bool:
    return _CODE.fullmatch(text) is not None


def link_code(settings: Settings, staff_id: str, now: datetime) -> str:
    """For this account, for LINKS_FOR."""
    said = UUID(staff_id).bytes + int((now + LINKS_FOR).timestamp()).to_bytes(5, "big")
    return "staff-" + base64.urlsafe_b64encode(said + _mark(settings, said)).decode().rstrip("=")


def link_chat(settings: Settings, session: Session, code: str, chat: str, now: datetime) -> StaffRow:
    """Notices of the code's account go to this Telegram chat from now on. Raises CodeNotValid."""
    found = _CODE.fullmatch(code)
    try:
        raw = base64.urlsafe_b64decode(f"{found[1]}=") if found else b""
    except binascii.Error:
        raw = b""
    said, mark = raw[:21], raw[21:]
    if len(raw) != 32 or not hmac.compare_digest(mark, _mark(settings, said)):
        raise CodeNotValid
    if int.from_bytes(said[16:], "big") < now.timestamp():
        raise CodeNotValid
    row = account(session, UUID(bytes=said[:16]).hex)
    if not row.active or (row.demo and not settings.demo):
        raise CodeNotValid
    row.telegram_chat = chat
    audit.record(session, at=now, actor=f"staff:{row.id}", action="staff.telegram_linked", subject=row.id)
    return row


def keep_name(settings: Settings, name: str) -> None:
    """The bot's own name, for links to it."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    (settings.data_dir / _NAME).write_text(name, encoding="ascii")


def link_address(settings: Settings, code: str) -> str:
    """One tap; empty until the bot's name is known."""
    file = settings.data_dir / _NAME
    name = file.read_text(encoding="ascii").strip() if file.exists() else ""
    return f"https://t.me/{name}?start={code}" if re.fullmatch(r"[A-Za-z0-9_]{4,32}", name) else ""


def _mark(settings: Settings, said: bytes) -> bytes:
    return hmac.new(b"sprout.staff.link:" + key_of(settings).encode(), said, hashlib.sha256).digest()[:11]
