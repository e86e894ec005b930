"""What can go wrong between the bot and Telegram."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """`delivers`: the request is carried out all the same. `drops`: the connection closes without a reply."""

    status: int = 200
    description: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    delivers: bool = False
    drops: bool = False
    delay: float = 0.0  # seconds before the reply


def too_many(retry_after: int) -> Fault:
    return Fault(429, f"Too Many Requests: retry after {retry_after}", {"retry_after": retry_after})


def forbidden(description: str = "Forbidden: bot was blocked by the user") -> Fault:
    return Fault(403, description)


def bad_request(description: str) -> Fault:
    return Fault(400, f"Bad Request: {description}")


def not_modified() -> Fault:
    return bad_request(
        "message is not modified: specified new message content and reply markup are exactly the same as a current "
        "content and reply markup of the message"
    )


def server_error(status: int = 502) -> Fault:
    return Fault(status, "Bad Gateway" if status == 502 else "Internal Server Error")


def slow(seconds: float) -> Fault:
    """Delivered, but the reply comes late: longer than the bot waits, it is a timeout after delivery."""
    return Fault(delivers=True, delay=seconds)


def reply_lost() -> Fault:
    """Delivered, and the connection breaks before the reply."""
    return Fault(delivers=True, drops=True)


def connection_lost() -> Fault:
    """The connection breaks before anything is delivered."""
    return Fault(drops=True)
