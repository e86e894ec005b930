"""The methods of the Bot API that the bot uses."""

from __future__ import annotations

import json
import time
from typing import Any

from tests.telegram.emulator.cloud import BOT, Cloud, Shown
from tests.telegram.emulator.markup import CannotParse, shown, units

LONGEST_TEXT, LONGEST_CAPTION, LONGEST_PRESS = 4096, 1024, 64


class Refused(Exception):
    """An answer other than ok."""

    def __init__(self, status: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, parameters


class Methods:
    """`call(name, parameters, files)` -> the `result` of the answer; raises Refused."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def call(self, name: str, parameters: dict[str, Any], files: dict[str, tuple[str, bytes]]) -> Any:
        method = getattr(self, f"_{name}", None)
        if method is None:
            raise Refused(404, "Not Found")
        return method(parameters, files)

    # receiving

    def _getMe(self, p: dict[str, Any], files: Any) -> Any:
        return {**BOT, "can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}

    def _getUpdates(self, p: dict[str, Any], files: Any) -> Any:
        """Keeps an update until a higher offset is asked for; a second poller ends the first."""
        cloud = self._cloud
        with cloud.changed:
            if cloud.webhook["url"]:
                raise Refused(409, "Conflict: can't use getUpdates method while webhook is active")
            cloud.poller += 1
            me = cloud.poller
            cloud.changed.notify_all()
            if "allowed_updates" in p:
                cloud.allowed_updates = list(p["allowed_updates"])
            if p.get("offset") is not None:
                cloud.confirm(int(p["offset"]))
            cloud.wait_until(lambda: bool(cloud.updates) or cloud.poller != me, float(p.get("timeout", 0)))
            if cloud.poller != me:
                raise Refused(409, "Conflict: terminated by other getUpdates request")
            return json.loads(json.dumps(cloud.updates[: int(p.get("limit", 100))]))

    def _setWebhook(self, p: dict[str, Any], files: Any) -> Any:
        with self._cloud.changed:
            self._cloud.webhook = {"url": p.get("url", ""), "secret": p.get("secret_token")}
            if "allowed_updates" in p:
                self._cloud.allowed_updates = list(p["allowed_updates"])
            if str(p.get("drop_pending_updates", "")).lower() == "true":
                self._cloud.updates.clear()
            self._cloud.changed.notify_all()
        return True

    def _deleteWebhook(self, p: dict[str, Any], files: Any) -> Any:
        return self._setWebhook({"drop_pending_updates": p.get("drop_pending_updates")}, files)

    def _getWebhookInfo(self, p: dict[str, Any], files: Any) -> Any:
        return {
            "url": self._cloud.webhook["url"],
            "has_custom_certificate": False,
            "pending_update_count": len(self._cloud.updates),
        }

    def _getFile(self, p: dict[str, Any], files: Any) -> Any:
        return {"file_id": p["file_id"], "file_unique_id": p["file_id"], "file_path": f"files/{p['file_id']}"}

    # commands and small signs

    def _setMyCommands(self, p: dict[str, Any], files: Any) -> Any:
        self._cloud.commands[p.get("language_code", "")] = list(p["commands"])
        return True

    def _getMyCommands(self, p: dict[str, Any], files: Any) -> Any:
        return self._cloud.commands.get(p.get("language_code", ""), [])

    def _sendChatAction(self, p: dict[str, Any], files: Any) -> Any:
        self._chat(p)
        return True

    def _answerCallbackQuery(self, p: dict[str, Any], files: Any) -> Any:
        with self._cloud.changed:
            if p["callback_query_id"] not in self._cloud.open_queries:
                raise Refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
            self._cloud.open_queries.discard(p["callback_query_id"])
            self._cloud.answered_queries.append(p["callback_query_id"])
            self._cloud.changed.notify_all()
        return True

    # sending

    def _sendMessage(self, p: dict[str, Any], files: Any) -> Any:
        return self._send("text", p, self._text(p, "text", LONGEST_TEXT))

    def _sendPhoto(self, p: dict[str, Any], files: dict[str, tuple[str, bytes]]) -> Any:
        return self._send("photo", p, self._text(p, "caption", LONGEST_CAPTION), extra=_file("photo", p, files))

    def _sendDocument(self, p: dict[str, Any], files: dict[str, tuple[str, bytes]]) -> Any:
        return self._send("document", p, self._text(p, "caption", LONGEST_CAPTION), extra=_file("document", p, files))

    def _sendVenue(self, p: dict[str, Any], files: Any) -> Any:
        place = {k: p[k] for k in ("latitude", "longitude", "title", "address")}
        return self._send("venue", p, "", extra=place)

    def _sendLocation(self, p: dict[str, Any], files: Any) -> Any:
        return self._send("location", p, "", extra={k: p[k] for k in ("latitude", "longitude")})

    def _editMessageText(self, p: dict[str, Any], files: Any) -> Any:
        self._chat(p)
        text = self._text(p, "text", LONGEST_TEXT)
        with self._cloud.changed:
            message = self._cloud.find(int(p["chat_id"]), int(p["message_id"]))
            if message is None:
                raise Refused(400, "Bad Request: message to edit not found")
            buttons = _inline(p)
            if (message.text, message.buttons) == (text, buttons):
                raise Refused(
                    400, "Bad Request: message is not modified: specified new message content and reply markup are "
                    "exactly the same as a current content and reply markup of the message",
                )  # fmt: skip
            message.text, message.html, message.buttons = text, p["text"], buttons
            message.edits += 1
            self._cloud.show(message)
            return self._json(message)

    def _deleteMessage(self, p: dict[str, Any], files: Any) -> Any:
        with self._cloud.changed:
            message = self._cloud.find(int(p["chat_id"]), int(p["message_id"]))
            if message is None:
                raise Refused(400, "Bad Request: message to delete not found")
            self._cloud.messages[message.chat_id].remove(message)
        return True

    def _send(self, kind: str, p: dict[str, Any], text: str, extra: dict[str, Any] | None = None) -> Any:
        chat = self._chat(p)
        message = Shown(
            message_id=self._cloud.next_id(),
            chat_id=chat["id"],
            kind=kind,
            text=text,
            html=str(p.get("text", p.get("caption", ""))),
            buttons=_inline(p),
            keyboard=p.get("reply_markup", {}).get("keyboard", []),
            extra=extra or {},
            at=time.monotonic(),
        )
        return self._json(self._cloud.show(message))

    def _chat(self, p: dict[str, Any]) -> dict[str, Any]:
        chat_id = int(p["chat_id"])
        if chat_id not in self._cloud.chats:
            raise Refused(400, "Bad Request: chat not found")
        if chat_id in self._cloud.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        return self._cloud.chats[chat_id]

    def _text(self, p: dict[str, Any], key: str, longest: int) -> str:
        raw = str(p.get(key, ""))
        try:
            text = shown(raw) if p.get("parse_mode") == "HTML" else raw
        except CannotParse as error:
            raise Refused(400, f"Bad Request: can't parse entities: {error}") from error
        if key == "text" and not text.strip():
            raise Refused(400, "Bad Request: message text is empty")
        if units(text) > longest:
            raise Refused(400, "Bad Request: message is too long" if key == "text" else
                          "Bad Request: message caption is too long")  # fmt: skip
        return text.strip()

    def _json(self, m: Shown) -> dict[str, Any]:
        """As the server gives a message back: only inline keyboards are echoed, dates are seconds."""
        found: dict[str, Any] = {
            "message_id": m.message_id,
            "date": self._cloud.date(),
            "chat": self._cloud.chats[m.chat_id],
            "from": BOT,
        }
        if m.kind == "text":
            found["text"] = m.text
        elif m.text:
            found["caption"] = m.text
        if m.buttons:
            found["reply_markup"] = {"inline_keyboard": m.buttons}
        return found


def _inline(p: dict[str, Any]) -> list[list[dict[str, str]]]:
    rows: list[list[dict[str, str]]] = p.get("reply_markup", {}).get("inline_keyboard", [])
    for button in (b for row in rows for b in row):
        if not button.get("text"):
            raise Refused(400, "Bad Request: inline keyboard button text must be non-empty")
        if "url" in button:
            if not button["url"].startswith(("http://", "https://", "tg://")):
                raise Refused(400, "Bad Request: BUTTON_URL_INVALID")
        elif not 1 <= len(button.get("callback_data", "").encode()) <= LONGEST_PRESS:
            raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
    return rows


def _file(field: str, p: dict[str, Any], files: dict[str, tuple[str, bytes]]) -> dict[str, Any]:
    """The file that came with the call, under its field's own name or as attach://name; else the id of an old one."""
    reference = str(p.get(field, field)).removeprefix("attach://")
    name, content = files.get(reference, (reference, b""))
    return {"name": name, "content": content}
