"""Reminders and their lives.

    pending --claim--> claimed --a letter is written--> handed --(what became of the letter)--> sent
       |  ^               |                               |                                     ambiguous
       |  `--lease over---+--parent blocked--> suspended  |--(no longer in time: quiet hours)--> pending
       |                                                  `--(refused for good)---------------> failed
       `--> expired, cancelled (from every state before `sent`)

A letter is a row of the outbox: `attempting` and what is in doubt live there until it is settled here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a reminder is about; a parent may turn most kinds off."""

    FOLLOW_UP = "follow_up"  # how the child is, the day after urgent advice
    HOLD = "hold"  # a place that is kept for a few minutes more
    BOOKING = "booking"
    OWN = "own"  # what a parent asked to be reminded of
    PLAN = "plan"  # vaccines, check-ups, screening
    TIP = "tip"


RANK = {
    Kind.FOLLOW_UP: 10, Kind.HOLD: 30, Kind.BOOKING: 40, Kind.OWN: 50, Kind.PLAN: 60, Kind.TIP: 80,
}  # fmt: skip
"""What goes first when many are due; smaller is sooner. The scale of bot.delivery.outbox.Priority."""


class State(StrEnum):
    PENDING = "pending"
    CLAIMED = "claimed"  # a process writes its letter, until the lease is over
    HANDED = "handed"  # its letter is in the outbox
    SUSPENDED = "suspended"  # the parent blocked the bot; goes on when back
    SENT = "sent"
    AMBIGUOUS = "ambiguous"  # nobody knows whether it arrived
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


WAITING = frozenset({State.PENDING, State.CLAIMED, State.SUSPENDED})
"""Nothing has left yet, and nothing is in the outbox."""
OPEN = WAITING | {State.HANDED}
RENEWABLE = frozenset({State.CANCELLED, State.EXPIRED})
"""Nothing was sent: planning the same key again brings it back."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A reminder to be: `key` says what it is for, so that planning it twice is planning it once.

    `about` is what it belongs to ("booking:ID", "plan:CHILD:ITEM"): what is cancelled together shares it, or begins
    with it. It leaves at `due_at` or as soon after as it can, never at or after `expires_at`.
    `payload` is plain JSON: what the words need besides the rows that they are read from.
    """

    key: str
    kind: Kind
    parent_id: str
    child_id: str | None
    about: str
    due_at: datetime
    expires_at: datetime
    payload: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.due_at.tzinfo is None or self.expires_at.tzinfo is None:
            raise ValueError("a reminder's times need a zone")
