"""What became of a send, from the error that Telegram or the network gave.

429                            -> told to wait
no connection                  -> it never left
403                            -> blocked
400 not modified               -> it is there already
400 can't parse entities       -> once more without tags
400 the message to edit is gone-> once more as a new message
400 otherwise                  -> refused
5xx                            -> probably not delivered: again, with a growing pause
timeout, connection broke      -> nobody knows
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import httpx
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError


class Fate(StrEnum):
    SENT = "sent"
    WAIT = "wait"  # Telegram told us how long
    NOT_LEFT = "not_left"
    BLOCKED = "blocked"
    NOT_PARSED = "not_parsed"
    EDIT_GONE = "edit_gone"
    REFUSED = "refused"
    SERVER_ERROR = "server_error"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`code` names an error without any text of the message; `seconds` is how long Telegram told us to wait."""

    fate: Fate
    code: str = ""
    seconds: float = 0.0
    remote_id: str = ""


_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


def of_error(error: TelegramError) -> Outcome:
    code, cause = type(error).__name__, error.__cause__
    match error:
        case RetryAfter():
            return Outcome(Fate.WAIT, "429", _seconds(error))
        case Forbidden():
            return Outcome(Fate.BLOCKED, "403")
        case InvalidToken():
            return Outcome(Fate.NOT_LEFT, "401")
        case BadRequest():
            return _bad_request(error.message.lower())
        case ChatMigrated():
            return Outcome(Fate.REFUSED, code)
        case NetworkError() if isinstance(cause, _NEVER_LEFT):
            return Outcome(Fate.NOT_LEFT, type(cause).__name__)
        case NetworkError() if not isinstance(cause, httpx.HTTPError):
            return Outcome(Fate.SERVER_ERROR, "5xx")
    return Outcome(Fate.UNKNOWN, type(cause).__name__ if cause else code)


def _seconds(error: RetryAfter) -> float:
    """The library is changing the type of `retry_after` from seconds to a timedelta."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _bad_request(message: str) -> Outcome:
    if "not modified" in message:
        return Outcome(Fate.SENT, "not_modified")
    if "can't parse" in message:
        return Outcome(Fate.NOT_PARSED, "not_parsed")
    if "message to edit" in message or "can't be edited" in message:
        return Outcome(Fate.EDIT_GONE, "edit_gone")
    return Outcome(Fate.REFUSED, "chat_not_found" if "chat not found" in message else "400")
