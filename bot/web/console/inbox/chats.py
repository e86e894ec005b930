"""Handed-over chats as the team reads them, and what it does with them; everything asks for Action.INBOX."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import team
from bot.core import audit
from bot.core.families import service as families
from bot.core.families.model import Parent
from bot.core.hand_off import service as hand_offs
from bot.core.hand_off.store import HandOffLineRow, HandOffRow
from bot.core.language import Language
from bot.core.staff.model import Action, Actor, permit
from bot.delivery import history
from bot.delivery.letters import from_payload
from bot.house import House
from knowledge.triage.model import Level

_SHOWN = 60  # messages of each side
_OLD = timedelta(days=30)  # before the hand-over: what the parent said earlier is not needed to answer now


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat in the list. `late`: nobody has answered and the promised time is over."""

    row: HandOffRow
    channel: str
    age_months: float | None
    last_words: str
    late: bool
    mine: bool
    danger: str = ""  # the worst that the danger check found lately

    @property
    def is_urgent(self) -> bool:
        return self.danger in ("emergency_now", "urgent_today") and self.row.first_reply_at is None

    @property
    def id(self) -> str:
        return self.row.id


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a talk; `who` is parent, bot, team or note. `html` is safe: b, i, a and line breaks only."""

    at: datetime
    who: str
    name: str
    html: str
    danger: str = ""  # the level that the danger check found in it
    language: Language | None = None
    buttons: tuple[str, ...] = ()  # what the bot offered to press
    order: tuple[int, int] = (10**12, 2)  # among lines of one moment: a message, then its answers

    @property
    def is_long(self) -> bool:
        return self.who == "bot" and len(self.html) > 280

    @property
    def heading(self) -> str:
        return self.html.split("\n")[0]


def open_chats(house: House, session: Session, actor: Actor, now: datetime) -> list[Chat]:
    """Danger first, then late ones, then those that wait, then those with a colleague; the earliest promise first."""
    permit(actor, Action.INBOX)
    found = [_chat(house, session, row, actor, now) for row in hand_offs.open_hand_offs(session)]
    return sorted(
        found, key=lambda c: (not c.is_urgent, not c.late, c.row.state != "waiting", not c.mine, c.row.reply_by)
    )


def closed_chats(house: House, session: Session, actor: Actor, now: datetime, *, most: int = 20) -> list[Chat]:
    """Given back to the bot in the last week, the latest first."""
    permit(actor, Action.INBOX)
    rows = session.scalars(
        select(HandOffRow)
        .where(HandOffRow.state == "released", HandOffRow.released_at > now - timedelta(days=7))
        .order_by(HandOffRow.released_at.desc())
        .limit(most)
    )
    return [_chat(house, session, row, actor, now) for row in rows]


def chat(house: House, session: Session, actor: Actor, hand_off_id: str, now: datetime) -> Chat:
    """Raises NotPermitted, NoResultFound."""
    permit(actor, Action.INBOX)
    return _chat(house, session, session.get_one(HandOffRow, hand_off_id), actor, now)


def parent_of(session: Session, chat: Chat) -> Parent | None:
    return families.parent_by_id(session, chat.row.parent_id)


def has_read(session: Session, actor: Actor, hand_off_id: str) -> bool:
    """Whether the audit log says that this person has read the talk."""
    already = select(audit.AuditRow.id).where(
        audit.AuditRow.action == "hand_off.read",
        audit.AuditRow.subject == hand_off_id,
        audit.AuditRow.actor == actor.audit_name,
    )
    return session.scalar(already.limit(1)) is not None


def read_by(session: Session, actor: Actor, hand_off_id: str, now: datetime) -> None:
    """The audit log keeps who has read a family's talk: once a person and chat."""
    if not has_read(session, actor, hand_off_id):
        audit.record(session, at=now, actor=actor.audit_name, action="hand_off.read", subject=hand_off_id)


def talk(house: House, session: Session, chat: Chat, now: datetime) -> list[Line]:
    """What parent, bot and team said, with the team's notes, in order. After the release: as it was then."""
    until = chat.row.released_at or now
    lines = [_line(row) for row in hand_offs.lines_of(session, chat.id)]
    parent = parent_of(session, chat)
    messages = _messages(session, parent, chat.row.opened_at - _OLD, until) if parent else []
    if any(m.who == "parent" for m in messages):
        lines = messages + [line for line in lines if line.who == "note"]
    return sorted(lines, key=lambda line: (line.at, line.order))


def _messages(session: Session, parent: Parent, since: datetime, until: datetime) -> list[Line]:
    told = history.told(session, parent.channel, parent.address, until, most=_SHOWN)
    heard = history.heard(session, parent.channel, parent.address, most=_SHOWN)
    labels: dict[str, str] = {}
    lines = []
    for row in told:
        message = from_payload(row.payload)
        labels.update({b.press: b.label for across in message.buttons for b in across})
        who = "team" if row.kind == "person" else "bot"
        order = (row.inbox_id or 10**12, 1)
        offered = tuple(b.label for across in message.buttons for b in across)
        lines.append(
            Line(row.created_at, who, "", message.html, language=message.language, buttons=offered, order=order)
        )
    for update in heard:
        payload = update.payload
        words = str(payload.get("text", ""))
        if payload.get("kind") == "press":
            words = f"[{labels.get(words, '…')}]"
        elif payload.get("kind") == "command":
            words = f"/{words}"
        elif payload.get("kind") == "location":
            words = "📍"
        danger = ((update.outcome or {}).get("danger") or {}).get("level", "")
        lines.append(Line(update.received_at, "parent", "", html.escape(words), danger, order=(update.id, 0)))
    return [line for line in lines if since <= line.at <= until]


def _line(row: HandOffLineRow) -> Line:
    who = "note" if row.kind == "note" else "parent" if row.author == "parent" else "team"
    return Line(row.at, who, "" if who == "parent" else row.author, html.escape(row.text))


def _chat(house: House, session: Session, row: HandOffRow, actor: Actor, now: datetime) -> Chat:
    parent = families.parent_by_id(session, row.parent_id)
    said = [line.text for line in hand_offs.lines_of(session, row.id) if line.author == "parent"]
    today = now.astimezone(house.zone).date()
    return Chat(
        row=row,
        channel=parent.channel if parent else "",
        age_months=parent.children[0].months(today) if parent and parent.children else None,
        last_words=said[-1][:80] if said else "",
        late=row.state != "released" and row.first_reply_at is None and row.reply_by < now,
        mine=row.state == "claimed" and row.claimed_by_id == actor.id,
        danger=_danger(session, parent, row) if parent and row.state != "released" else "",
    )


def _danger(session: Session, parent: Parent, row: HandOffRow) -> str:
    """Of the hours around the hand-over."""
    since = row.opened_at - timedelta(hours=3)
    heard = history.heard(session, parent.channel, parent.address, most=20)
    levels = {((u.outcome or {}).get("danger") or {}).get("level", "") for u in heard if u.received_at >= since}
    return max(levels, key=lambda level: Level(level).rank if level else 0, default="")


def last_words_of(lines: Sequence[Line]) -> str:
    """What the parent wrote last, to look for articles that fit."""
    words = [
        html.unescape(line.html) for line in lines if line.who == "parent" and not line.html.startswith(("[", "/"))
    ]
    return words[-1] if words else ""


def claim(house: House, session: Session, actor: Actor, hand_off_id: str, now: datetime) -> None:
    """Raises NotPermitted, AlreadyClaimed, NotOpen."""
    permit(actor, Action.INBOX)
    team.claim(house, session, hand_off_id, actor.name, now, who_id=actor.id)


def take_over(house: House, session: Session, actor: Actor, hand_off_id: str, now: datetime) -> None:
    permit(actor, Action.INBOX)
    team.take_over(house, session, hand_off_id, actor.name, now, who_id=actor.id)


def answer(
    house: House, session: Session, actor: Actor, hand_off_id: str, text: str, now: datetime, *, article_id: str = ""
) -> None:
    """Raises NotPermitted, AlreadyClaimed, NotOpen, ArticleGone."""
    permit(actor, Action.INBOX)
    team.answer(house, session, hand_off_id, actor.name, text, now, who_id=actor.id, article_id=article_id)


def add_note(session: Session, actor: Actor, hand_off_id: str, text: str, now: datetime) -> None:
    permit(actor, Action.INBOX)
    session.get_one(HandOffRow, hand_off_id)
    hand_offs.note(session, hand_off_id, actor.name, text, now)


def release(house: House, session: Session, actor: Actor, hand_off_id: str, now: datetime) -> None:
    """Raises NotPermitted, AlreadyClaimed when a colleague has it."""
    permit(actor, Action.INBOX)
    row = session.get_one(HandOffRow, hand_off_id, with_for_update=True, populate_existing=True)
    if row.state == "claimed" and row.claimed_by_id not in ("", actor.id):
        raise hand_offs.AlreadyClaimed(row.claimed_by)
    team.release(house, session, hand_off_id, actor.name, now, who_id=actor.id)
