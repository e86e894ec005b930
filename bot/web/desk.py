"""What every route of the chat needs: who is there, whether they may write, and which language is spoken."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request

from bot.assistant import Utterance
from bot.core.families.model import Parent
from bot.core.language import Language
from bot.house import House
from bot.web.answers import Refused, asked_language
from bot.web.guard import from_another_site
from bot.web.pace import Gate
from bot.web.talk import Heard, Talk
from bot.web.visitors import NotASession, Visitor, Visitors

LONGEST_TEXT = 20_000  # characters; the assistant reads the first 4,000 and says so


@dataclass(frozen=True, slots=True)
class WebDesk:
    """Made once by bot/web/server.py."""

    house: House
    talk: Talk
    visitors: Visitors
    gate: Gate

    def visitor(self, request: Request) -> Visitor:
        try:
            return self.visitors.at(request)
        except NotASession as error:
            raise Refused(401, "session") from error

    def writer(self, request: Request) -> Visitor:
        """The visitor of a request that changes something; raises Refused."""
        if from_another_site(request):
            raise Refused(403, "elsewhere")
        visitor = self.visitor(request)
        host = request.client.host if request.client else ""
        seconds = self.gate.wait(visitor=host if visitor.is_new else visitor.address, host=host, now=self.house.clock())
        if seconds:
            raise Refused(429, "busy", seconds=seconds)
        return visitor

    def language(self, request: Request, visitor: Visitor | None) -> Language:
        """The parent's choice, else what they spoke last, else what the browser prefers. Never raises."""
        parent = self._parent(visitor)
        return asked_language(request) if parent is None else parent.speaks

    def _parent(self, visitor: Visitor | None) -> Parent | None:
        if visitor is None or visitor.is_new:
            return None
        try:
            return self.talk.parent(visitor.address)
        except SQLAlchemyError:
            return None

    def hear(
        self,
        request: Request,
        visitor: Visitor,
        message_id: str,
        utterance: Utterance,
        *,
        language: Language | None = None,
        age_months: float | None = None,
    ) -> Heard:
        """Raises Refused, NotKept."""
        if len(utterance.text) > LONGEST_TEXT:
            raise Refused(413, "too_long", most=LONGEST_TEXT)
        return self.talk.hear(
            visitor.address, message_id, utterance, spoken=language or asked_language(request),
            language=language, age_months=age_months,
        )  # fmt: skip


def readable(text: str) -> str:
    """Without NUL and half characters, which no database and no page can hold."""
    return text.replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def utterance_of(text: str) -> Utterance:
    """Words, or a command when they are one: /help."""
    text = readable(text)
    name = text.strip()
    if name.startswith("/") and name[1:].isascii() and name[1:].replace("_", "").isalpha() and len(name) <= 33:
        return Utterance("command", name[1:].lower())
    return Utterance("text", text)
