"""Notices to staff, by e-mail and Telegram: that something waits, and where. Never whose, never what was written."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.hand_off import service as hand_offs
from bot.core.hand_off.hours import team_hours
from bot.core.language import Language
from bot.core.staff.model import Action
from bot.core.staff.service import actor_of, everybody
from bot.core.staff.store import StaffRow
from bot.delivery import outbox
from bot.delivery.outbox import Priority
from bot.delivery.store import OutboxRow
from bot.dialogue.reply import Reply, Say, say
from bot.house import House

EMAIL = "email"
TELEGRAM = "telegram"
_STALE = timedelta(hours=6)  # a notice that late helps nobody


def staff_who_may(house: House, session: Session, action: Action) -> list[StaffRow]:
    """Open accounts whose roles hold this action."""
    rows = [row for row in everybody(session) if row.active and (house.settings.demo or not row.demo)]
    return [row for row in rows if actor_of(row).may(action)]


def tell(house: House, session: Session, people: Iterable[StaffRow], words: Say, now: datetime, *, key: str) -> int:
    """Write a notice to each of them, once for a `key` (at most 60 characters); returns how many messages.

    The first line of the words is the subject of the e-mail.
    """
    if session.scalar(select(OutboxRow.id).where(OutboxRow.key.startswith(f"{key}:", autoescape=True)).limit(1)):
        return 0
    written = 0
    for person in people:
        message = house.renderer.render(Reply((words,)), Language(person.language))
        email = person.email if house.settings.smtp_url is not None else ""
        for channel, address in ((EMAIL, email), (TELEGRAM, person.telegram_chat)):
            if address:
                outbox.write(
                    session, [message], channel=channel, address=address, now=now, kind="notice",
                    priority=Priority.PERSON, key=f"{key}:{person.id}:{channel}", expires_at=now + _STALE,
                )  # fmt: skip
                written += 1
    return written


def of_waiting_chats(house: House) -> int:
    """In the team's hours: a notice for each chat that nobody has taken, and one more when it is overdue."""
    now = house.clock()
    with house.database.read() as session:
        if not team_hours(session, house.team_hours).open_at(now):
            return 0
        waiting = [row for row in hand_offs.open_hand_offs(session) if row.state == "waiting"]
    if not waiting:
        return 0
    written = 0
    with house.database.begin() as session:
        nurses = staff_who_may(house, session, Action.INBOX)
        for row in waiting:
            link = f"{house.settings.address}/console/inbox/{row.id}"
            by = row.reply_by.astimezone(house.zone).strftime("%H:%M")
            late = row.reply_by < now
            words = say("console_inbox.notice_late" if late else "console_inbox.notice", by=by, link=link)
            written += tell(house, session, nurses, words, now, key=f"{'late' if late else 'waits'}:{row.id}")
    return written
