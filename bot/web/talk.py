"""The chat of the web, without HTTP: a message is committed before anything else, answered, and its answer fetched.

A repeated message id gets the answer that it got the first time.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from bot.assistant import Assistant, Utterance
from bot.core.families import service as families
from bot.core.families.model import Parent
from bot.core.ids import new_code
from bot.core.language import Language
from bot.delivery import history, inbox
from bot.delivery.clerk import Clerk, to_payload, to_utterance
from bot.delivery.letters import from_payload
from bot.delivery.store import InboxRow, OutboxRow
from bot.dialogue.reply import Attachment
from bot.house import House
from bot.texts import Message, PictureText

CHANNEL = "web"
log = logging.getLogger("sprout.web")


class NotKept(Exception):
    """The database is down. `messages` are what can be said without it: danger words, and sorry."""

    def __init__(self, messages: list[Message], error_id: str) -> None:
        super().__init__(error_id)
        self.messages = messages
        self.error_id = error_id


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to the parent. `id` grows; 0: it is not in the database."""

    id: int
    message: Message
    at: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """What the parent sent."""

    utterance: Utterance
    at: datetime


@dataclass(frozen=True, slots=True)
class Heard:
    """`outcome` is the public JSON without texts; None when answering failed. `forgotten`: the family left."""

    letters: tuple[Letter, ...]
    outcome: dict[str, Any] | None
    forgotten: bool = False


class Talk:
    """Safe to use from many threads."""

    def __init__(self, house: House, assistant: Assistant, clerk: Clerk) -> None:
        self._house = house
        self._assistant = assistant
        self._clerk = clerk

    def hear(
        self,
        address: str,
        message_id: str,
        utterance: Utterance,
        *,
        spoken: Language,
        language: Language | None = None,
        age_months: float | None = None,
    ) -> Heard:
        """Answer one message. `spoken` is what a stranger is taken to speak; `language` is a choice. Raises NotKept."""
        try:
            row_id = self._keep(
                address, message_id, to_payload(utterance, language=language, age_months=age_months), spoken
            )
            while self._clerk.handle_next(CHANNEL, address):
                pass
            return self._answer(address, row_id)
        except SQLAlchemyError as error:
            raise self._without_memory(utterance, language, type(error).__name__) from error

    def _keep(self, address: str, message_id: str, payload: dict[str, Any], spoken: Language) -> int:
        now = self._house.clock()
        with inbox.chat_turn(self._house.database, CHANNEL, address) as session:
            families.parent_at(session, CHANNEL, address, now=now, zone=self._house.zone.key, language=spoken)
            key = f"{address}:{message_id}"
            return inbox.put(session, channel=CHANNEL, key=key, address=address, payload=payload, now=now)[0]

    def _answer(self, address: str, row_id: int) -> Heard:
        now = self._house.clock()
        with self._house.database.begin() as session:
            row = session.get(InboxRow, row_id)
            rows = history.answer_to(session, CHANNEL, address, row_id, now)
            history.fetched(rows, now)
            letters = tuple(_letter(r) for r in rows)
            return Heard(letters, row.outcome if row else None, forgotten=row is None)

    def _without_memory(self, utterance: Utterance, language: Language | None, why: str) -> NotKept:
        error_id = new_code()
        log.error("message.not_kept error_id=%s error=%s", error_id, why)
        understood = self._assistant.understand(utterance, now=self._house.clock())
        return NotKept(self._assistant.without_memory(understood, language=language, error_id=error_id), error_id)

    def later(self, address: str, after: int) -> list[Letter]:
        """Messages that came since, reminders and a person's replies among them."""
        now = self._house.clock()
        with self._house.database.read() as session:
            rows = history.told(session, CHANNEL, address, now, after=after)
            if all(row.state == "sent" for row in rows):
                return [_letter(row) for row in rows]
        with self._house.database.begin() as session:
            rows = history.told(session, CHANNEL, address, now, after=after)
            history.fetched(rows, now)
            return [_letter(row) for row in rows]

    def so_far(self, address: str, *, most: int = 60) -> list[Said | Letter]:
        """The latest part of the talk in the order in which it is read: an answer stands below its question."""
        now = self._house.clock()
        with self._house.database.begin() as session:
            updates = history.heard(session, CHANNEL, address, most=most)
            rows = history.told(session, CHANNEL, address, now, most=2 * most)
            history.fetched(rows, now)
            asked_at = {u.id: u.received_at for u in updates}
            entries: list[tuple[datetime, int, int, Said | Letter]] = [
                (u.received_at, u.id, 0, Said(to_utterance(u.payload), u.received_at)) for u in updates
            ]
            for r in rows:
                place = asked_at.get(r.inbox_id, r.created_at) if r.inbox_id else r.created_at
                entries.append((place, r.inbox_id or 0, r.id, _letter(r)))
        return [entry for *_, entry in sorted(entries, key=lambda e: e[:3])]

    def attachment(self, address: str, letter_id: int) -> Attachment | None:
        """The file of one message of this chat."""
        message = self._message(address, letter_id)
        return message.attachment if message is not None else None

    def picture(self, address: str, letter_id: int) -> PictureText | None:
        """What the picture of one message of this chat shows."""
        message = self._message(address, letter_id)
        return message.picture if message is not None else None

    def _message(self, address: str, letter_id: int) -> Message | None:
        with self._house.database.read() as session:
            row = session.get(OutboxRow, letter_id)
            if row is None or (row.channel, row.address) != (CHANNEL, address):
                return None
            return from_payload(row.payload)

    def parent(self, address: str) -> Parent | None:
        with self._house.database.read() as session:
            return families.known_at(session, CHANNEL, address)

    def choose_language(self, address: str, language: Language) -> None:
        now = self._house.clock()
        with inbox.chat_turn(self._house.database, CHANNEL, address) as session:
            parent = families.parent_at(session, CHANNEL, address, now=now, zone=self._house.zone.key)
            families.choose_language(session, parent.id, language)

    def finish_what_waits(self) -> int:
        """After a crash: answer what was taken in and not answered; how many chats had something."""
        with self._house.database.read() as session:
            chats = [address for channel, address in inbox.waiting_chats(session) if channel == CHANNEL]
        for address in chats:
            while self._clerk.handle_next(CHANNEL, address):
                pass
        return len(chats)


def _letter(row: OutboxRow) -> Letter:
    return Letter(row.id, from_payload(row.payload), row.created_at)
