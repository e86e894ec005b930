"""People with phones: they write, press, share, block, and look at what the bot says."""

from __future__ import annotations

import itertools
import re
from typing import Any

from tests.telegram.emulator.cloud import BOT, Cloud, Shown

_QUERY = itertools.count(1)
_COMMAND = re.compile(r"/[a-zA-Z0-9_]+(@\w+)?")
_MENTION = re.compile(r"@\w+")


class Group:
    """A group chat that the bot is in."""

    def __init__(self, cloud: Cloud, chat_id: int, title: str) -> None:
        self.cloud, self.chat_id = cloud, chat_id
        self.chat = {"id": chat_id, "type": "supergroup", "title": title}
        cloud.chats[chat_id] = self.chat

    @property
    def screen(self) -> list[Shown]:
        return list(self.cloud.messages.get(self.chat_id, ()))


class Phone:
    """One parent. What it `sees` is taken in order: a message is seen once."""

    def __init__(self, cloud: Cloud, user_id: int, name: str, language: str) -> None:
        self.cloud, self.chat_id = cloud, user_id
        self.user = {"id": user_id, "is_bot": False, "first_name": name, "language_code": language}
        self.chat = {"id": user_id, "type": "private", "first_name": name}
        self._seen = 0
        self._last: dict[str, Any] = {}
        cloud.chats[user_id] = self.chat

    # writing

    def says(self, text: str, *, in_: Group | None = None, reply_to: Shown | None = None) -> int:
        """Write a text or a /command; returns the id of the message."""
        content: dict[str, Any] = {"text": text}
        if entities := _entities(text):
            content["entities"] = entities
        if reply_to is not None:
            content["reply_to_message"] = {
                "message_id": reply_to.message_id, "date": self.cloud.date(), "from": BOT,
                "chat": self.cloud.chats[reply_to.chat_id], "text": reply_to.text,
            }  # fmt: skip
        return self.sends(content, in_=in_)

    def command(self, name: str) -> int:
        return self.says(f"/{name}")

    def sends(self, content: dict[str, Any], *, in_: Group | None = None) -> int:
        """Any message, with these fields of the Bot API's Message."""
        message = {
            "message_id": self.cloud.next_id(),
            "date": self.cloud.date(),
            "chat": in_.chat if in_ else self.chat,
            "from": self.user,
            **content,
        }
        self._last = message
        self.cloud.add_update("message", message)
        return int(message["message_id"])

    def edits(self, text: str) -> None:
        """Change the last message."""
        message = {**self._last, "text": text, "edit_date": self.cloud.date()}
        self.cloud.add_update("edited_message", message)

    def photo(self, caption: str = "", album: str = "") -> int:
        size = {"file_id": "photo1", "file_unique_id": "photo1", "width": 90, "height": 90}
        return self.sends(
            {
                "photo": [size],
                **({"caption": caption} if caption else {}),
                **({"media_group_id": album} if album else {}),
            }
        )

    def voice(self) -> int:
        return self.sends({"voice": {"file_id": "v1", "file_unique_id": "v1", "duration": 3}})

    def video(self) -> int:
        return self.sends({"video": {"file_id": "m1", "file_unique_id": "m1", "width": 9, "height": 9, "duration": 3}})

    def sticker(self) -> int:
        return self.sends(
            {
                "sticker": {
                    "file_id": "s1", "file_unique_id": "s1", "type": "regular", "width": 9, "height": 9,
                    "is_animated": False, "is_video": False,
                }
            }
        )  # fmt: skip

    def file(self, media_type: str = "application/pdf") -> int:
        return self.sends({"document": {"file_id": "d1", "file_unique_id": "d1", "mime_type": media_type}})

    def contact(self) -> int:
        return self.sends({"contact": {"phone_number": "+8613800000000", "first_name": "X"}})

    def location(self, latitude: float = 31.23, longitude: float = 121.47) -> int:
        return self.sends({"location": {"latitude": latitude, "longitude": longitude}})

    def dice(self) -> int:
        return self.sends({"dice": {"emoji": "🎲", "value": 3}})

    def poll(self) -> int:
        poll = {
            "id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": False,
            "is_anonymous": True, "type": "regular", "allows_multiple_answers": False,
            "allows_revoting": False, "members_only": False,
        }  # fmt: skip
        return self.sends({"poll": poll})

    def presses(self, label: str, *, in_: Group | None = None) -> str:
        """Press the newest button whose label holds `label`; it must be there. Returns the query's id."""
        screen = in_.screen if in_ else self.screen
        for message in reversed(screen):
            for button in (b for row in message.buttons for b in row):
                if label in button["text"]:
                    assert "callback_data" in button, f"{button['text']!r} is a link"
                    return self.presses_data(message, button["callback_data"])
        raise AssertionError(f"no button with {label!r}; there are {[m.labels for m in screen]}")

    def presses_data(self, message: Shown, data: str) -> str:
        query = f"query{next(_QUERY)}"
        self.cloud.open_queries.add(query)
        shown: dict[str, Any] = {
            "message_id": message.message_id, "date": self.cloud.date(), "from": BOT,
            "chat": self.cloud.chats[message.chat_id], "text": message.text,
        }  # fmt: skip
        self.cloud.add_update(
            "callback_query", {"id": query, "from": self.user, "message": shown, "chat_instance": "1", "data": data}
        )
        return query

    def blocks(self) -> None:
        self.cloud.blocked.add(self.chat_id)
        self._member("member", "kicked")

    def unblocks(self) -> None:
        self.cloud.blocked.discard(self.chat_id)
        self._member("kicked", "member")

    def _member(self, before: str, after: str) -> None:
        def status(name: str) -> dict[str, Any]:
            return {"user": BOT, "status": name, **({"until_date": 0} if name == "kicked" else {})}

        self.cloud.add_update(
            "my_chat_member",
            {
                "chat": self.chat, "from": self.user, "date": self.cloud.date(),
                "old_chat_member": status(before), "new_chat_member": status(after),
            },
        )  # fmt: skip

    # looking

    @property
    def screen(self) -> list[Shown]:
        """Everything that the bot said in this chat, edits included."""
        with self.cloud.changed:
            return list(self.cloud.messages.get(self.chat_id, ()))

    def sees(self, part: str = "", *, within: float = 8) -> Shown:
        """Wait for the next message, or edit, that holds `part`; what was before it counts as seen."""
        found: list[Shown] = []

        def there() -> bool:
            new = sorted((m for m in self.screen if m.version > self._seen), key=lambda m: m.version)
            found[:] = [m for m in new if part in m.text]
            return bool(found)

        if not self.cloud.wait_until(there, within):
            unseen = [m.text[:80] for m in self.screen if m.version > self._seen]
            raise AssertionError(f"nothing with {part!r} within {within} s; unseen: {unseen}")
        self._seen = found[0].version
        return found[0]

    def sees_nothing(self, seconds: float = 0.7) -> None:
        """Nothing new arrives for so long."""
        new = self.cloud.wait_until(lambda: any(m.version > self._seen for m in self.screen), seconds)
        assert not new, [m.text[:80] for m in self.screen if m.version > self._seen]


def _entities(text: str) -> list[dict[str, Any]]:
    """Commands at the start and mentions, as the server marks them."""
    found = []
    if command := _COMMAND.match(text):
        found.append({"type": "bot_command", "offset": 0, "length": command.end()})
    for mention in _MENTION.finditer(text):
        if not command or mention.start() >= command.end():
            offset = len(text[: mention.start()].encode("utf-16-le")) // 2
            found.append({"type": "mention", "offset": offset, "length": mention.end() - mention.start()})
    return found
