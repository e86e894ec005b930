"""The clerk: takes the next update of a chat, has it answered, and writes answer and 'done' in one transaction."""

from __future__ import annotations

import logging
import time
from typing import Any

from bot.ask import outcome_json
from bot.assistant import Answer, Assistant, Utterance
from bot.core.db import tried_again
from bot.core.ids import new_code
from bot.core.language import Language
from bot.core.logs import places
from bot.delivery import inbox, outbox
from bot.delivery.outbox import Priority
from bot.dialogue.reply import Route
from bot.house import House

log = logging.getLogger("sprout.delivery")


def to_payload(
    utterance: Utterance, *, language: Language | None = None, age_months: float | None = None
) -> dict[str, Any]:
    payload: dict[str, Any] = {"kind": utterance.kind, "text": utterance.text}
    if utterance.location:
        payload["location"] = list(utterance.location)
    if utterance.edited:
        payload["edited"] = True
    if language:
        payload["language"] = language.value
    if age_months is not None:
        payload["age_months"] = age_months
    return payload


def to_utterance(payload: dict[str, Any]) -> Utterance:
    place = payload.get("location")
    return Utterance(
        kind=str(payload.get("kind", "text")),
        text=str(payload.get("text", "")),
        location=(float(place[0]), float(place[1])) if place else None,
        edited=bool(payload.get("edited", False)),
    )


class Clerk:
    """Handles inbox rows; safe to run in many threads and processes."""

    def __init__(self, house: House, assistant: Assistant) -> None:
        self._house = house
        self._assistant = assistant

    def handle_next(self, channel: str, address: str) -> bool:
        """Answer the oldest update of this chat; False when there is none."""
        with self._house.database.read() as session:
            row = inbox.next_of(session, channel, address)
            if row is None:
                return False
            row_id, payload = row.id, dict(row.payload)
        now, started = self._house.clock(), time.perf_counter()
        utterance = to_utterance(payload)
        age_months = payload.get("age_months")
        understood = self._assistant.understand(utterance, now=now, age_months=age_months)
        language = Language(payload["language"]) if payload.get("language") else None

        @tried_again
        def answer() -> None:
            with inbox.chat_turn(self._house.database, channel, address) as session:
                current = inbox.next_of(session, channel, address)
                if current is None or current.id != row_id:
                    return  # another process was faster
                answered = self._assistant.hear(
                    session, utterance, understood, channel=channel, address=address, now=now,
                    language=language, age_months=age_months,
                )  # fmt: skip
                inbox.finish(session, row_id, now, outcome=outcome_json(answered, ms=_ms_since(started)))
                outbox.write(
                    session, answered.messages, channel=channel, address=address, now=now,
                    priority=_priority(answered), inbox_id=row_id,
                )  # fmt: skip

        try:
            answer()
        except Exception as error:
            error_id = new_code()
            where = places(error)
            log.error("turn.failed error=%s error_id=%s inbox_id=%s\n%s", type(error).__name__, error_id, row_id, where)
            messages = self._assistant.without_memory(understood, language=language, error_id=error_id)
            with inbox.chat_turn(self._house.database, channel, address) as session:
                current = inbox.next_of(session, channel, address)
                if current is None or current.id != row_id:
                    return True  # another process answered it meanwhile
                inbox.finish(session, row_id, now, failed=True)
                outbox.write(
                    session, messages, channel=channel, address=address, now=now,
                    priority=Priority.DANGER if understood.danger else Priority.REPLY, inbox_id=row_id,
                )  # fmt: skip
        return True


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000


def _priority(answer: Answer) -> Priority:
    if answer.outcome.route is Route.DANGER:
        return Priority.DANGER
    return Priority.PERSON if answer.outcome.route is Route.PERSON else Priority.REPLY
