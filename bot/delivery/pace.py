"""How fast a channel may be written to, shared by all processes through rows of the database.

`free_at` is when a channel, or a chat, is at rest again if nothing more is sent (the generic cell rate algorithm):
each message pushes it by one interval, and a message may leave as long as it is not more than a burst away.
A channel that says 'wait N seconds' is simply busy until then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.db import insert_into
from bot.delivery.store import PaceRow

WHOLE_CHANNEL = ""


@dataclass(frozen=True, slots=True)
class Pace:
    """`per_second` messages in all with a short `burst`; `chat_seconds` between two messages to one chat."""

    per_second: float = 25.0
    burst: int = 5
    chat_seconds: float = 1.0

    @property
    def interval(self) -> timedelta:
        return timedelta(seconds=1 / self.per_second)

    @property
    def slack(self) -> timedelta:
        return self.interval * (self.burst - 1)


# About 30 a second in all and one a second to a chat; the exact limits are not published.
# 25 a second and a burst of 5 is never more than 30 in any second. Source: core.telegram.org/bots/faq
TELEGRAM = Pace()


def allowance(session: Session, channel: str, now: datetime, pace: Pace) -> int:
    """How many messages may leave now. Holds the channel's row until the transaction ends."""
    free_at = max(_row(session, channel, now).free_at, now)
    latest = now + pace.slack
    return 0 if free_at > latest else min(pace.burst, (latest - free_at) // pace.interval + 1)


def taken(session: Session, channel: str, count: int, now: datetime, pace: Pace) -> None:
    """So many messages leave now."""
    whole = _row(session, channel, now)
    whole.free_at = max(whole.free_at, now) + pace.interval * count


def chat_rests(session: Session, channel: str, address: str, now: datetime, pace: Pace) -> None:
    """A message has arrived in this chat. Counted from here, not from when it left: the way there takes its time."""
    until = now + timedelta(seconds=pace.chat_seconds)
    values = insert_into(session, PaceRow).values(channel=channel, address=address, free_at=until)
    session.execute(values.on_conflict_do_update(index_elements=["channel", "address"], set_={"free_at": until}))


def hold(session: Session, channel: str, now: datetime, seconds: float, pace: Pace) -> None:
    """The channel told us to wait. We keep to the limit of a chat, so it means the channel as a whole."""
    whole = _row(session, channel, now)
    whole.free_at = max(whole.free_at, now + timedelta(seconds=seconds) + pace.slack)


def _row(session: Session, channel: str, now: datetime) -> PaceRow:
    query = select(PaceRow).where(PaceRow.channel == channel, PaceRow.address == WHOLE_CHANNEL).with_for_update()
    query = query.execution_options(populate_existing=True)
    row = session.scalar(query)
    if row is None:
        first = insert_into(session, PaceRow).values(channel=channel, address=WHOLE_CHANNEL, free_at=now)
        session.execute(first.on_conflict_do_nothing())
        row = session.scalars(query).one()
    return row
