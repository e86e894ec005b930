"""What Telegram knows: chats and their messages, updates that the bot has not confirmed, a journal of every call."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.app import system_clock
from tests.telegram.emulator.faults import Fault

BOT = {"id": 7000000001, "is_bot": True, "first_name": "Sprout", "username": "sprout_test_bot"}
SENDS = frozenset({"sendMessage", "sendPhoto", "sendDocument", "sendVenue", "sendLocation", "editMessageText"})


@dataclass
class Shown:
    """A message of the bot as the phone shows it."""

    message_id: int
    chat_id: int
    kind: str  # text | photo | document | venue | location
    text: str  # what is visible, without tags
    html: str
    buttons: list[list[dict[str, str]]] = field(default_factory=list)
    keyboard: list[list[dict[str, Any]]] = field(default_factory=list)  # the reply keyboard under the input field
    extra: dict[str, Any] = field(default_factory=dict)  # venue, file name and content, ...
    edits: int = 0
    version: int = 0  # of the whole cloud, grows with each change
    at: float = 0.0  # time.monotonic()

    @property
    def labels(self) -> list[str]:
        return [b["text"] for row in self.buttons for b in row]


@dataclass(frozen=True)
class Call:
    """A request of the bot. `outcome` is ok, dropped, or the status that it got."""

    method: str
    chat_id: int | None
    parameters: dict[str, Any]
    outcome: str
    delivered: bool
    at: float  # time.monotonic()


class Cloud:
    """All state, behind one lock; `changed` wakes whoever waits."""

    def __init__(self) -> None:
        self.changed = threading.Condition(threading.RLock())
        self.messages: dict[int, list[Shown]] = {}
        self.chats: dict[int, dict[str, Any]] = {}
        self.updates: list[dict[str, Any]] = []
        self.journal: list[Call] = []
        self.commands: dict[str, list[dict[str, str]]] = {}
        self.open_queries: set[str] = set()
        self.answered_queries: list[str] = []
        self.blocked: set[int] = set()
        self.webhook: dict[str, Any] = {"url": ""}
        self.allowed_updates: list[str] = []
        self.poller = 0  # the newest getUpdates; older ones are told 409
        self.limits: tuple[int, int] | None = None  # messages a second in all, and to one chat
        self.weather: Callable[[str, int | None], Fault | None] | None = None
        self._faults: list[list[Any]] = []
        self._ids = 100
        self._update_id = 500_000
        self._version = 0

    def next_id(self) -> int:
        with self.changed:
            self._ids += 1
            return self._ids

    def next_version(self) -> int:
        with self.changed:
            self._version += 1
            return self._version

    @staticmethod
    def date() -> int:
        return int(system_clock().timestamp())

    # updates for the bot

    def add_update(self, kind: str, content: dict[str, Any]) -> int:
        """Queue an update for the bot; kinds that it does not want are dropped, as Telegram does."""
        with self.changed:
            self._update_id += 1
            if not self.allowed_updates or kind in self.allowed_updates:
                self.updates.append({"update_id": self._update_id, kind: content})
                self.changed.notify_all()
            return self._update_id

    def confirm(self, offset: int) -> None:
        """All updates below `offset` have been received."""
        with self.changed:
            self.updates = [u for u in self.updates if u["update_id"] >= offset]

    # faults

    def add_fault(self, fault: Fault, method: str | None, chat_id: int | None, times: int) -> None:
        with self.changed:
            self._faults.append([fault, method, chat_id, times])

    def fault_for(self, method: str, chat_id: int | None) -> Fault | None:
        with self.changed:
            for entry in self._faults:
                fault, wanted, chat, left = entry
                if left > 0 and wanted in (None, method) and chat in (None, chat_id):
                    entry[3] -= 1
                    return fault  # type: ignore[no-any-return]
        return self.weather(method, chat_id) if self.weather else None

    def over_the_limit(self, chat_id: int | None) -> bool:
        """Whether one more message now would be more than Telegram allows."""
        if self.limits is None:
            return False
        since = time.monotonic() - 1
        recent = [c for c in self.journal[-400:] if c.method in SENDS and c.outcome == "ok" and c.at > since]
        return len(recent) >= self.limits[0] or sum(c.chat_id == chat_id for c in recent) >= self.limits[1]

    # looking

    def record(self, call: Call) -> None:
        with self.changed:
            self.journal.append(call)
            self.changed.notify_all()

    def show(self, message: Shown) -> Shown:
        with self.changed:
            message.version, message.at = self.next_version(), time.monotonic()
            if message not in self.messages.setdefault(message.chat_id, []):
                self.messages[message.chat_id].append(message)
            self.changed.notify_all()
        return message

    def find(self, chat_id: int, message_id: int) -> Shown | None:
        return next((m for m in self.messages.get(chat_id, ()) if m.message_id == message_id), None)

    def wait_until(self, true: Callable[[], bool], within: float) -> bool:
        with self.changed:
            return self.changed.wait_for(true, within)

    def count(self) -> Counter[str]:
        with self.changed:
            return Counter(c.method for c in self.journal)
