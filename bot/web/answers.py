"""Messages as the public JSON of the API, and refusals in the visitor's language."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request

from bot.ask import FIELDS
from bot.core.language import Language
from bot.dialogue.reply import say
from bot.texts import ButtonText, Renderer
from bot.web.talk import Heard, Letter


class Refused(Exception):
    """A request that is not taken in. `code` is the stable name; `web.error_<code>` says it in words."""

    def __init__(self, status: int, code: str, *, seconds: int | None = None, **blanks: object) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.blanks = blanks if seconds is None else {"seconds": seconds, **blanks}
        self.headers = {"Retry-After": str(seconds)} if seconds is not None else {}


def number_of(button: ButtonText, dialled: Mapping[str, str]) -> str:
    """The telephone number that a button stands for, if it is one of those."""
    verb, _, kind = button.press.partition(":")
    return dialled.get(kind, "") if verb == "call" else ""


def heard_json(
    heard: Heard, *, text: str, message_id: str, letter: Callable[[Letter], dict[str, Any]]
) -> dict[str, Any]:
    """The fields of bot/ask.py, and the messages whole. Fields are null when answering failed."""
    messages = [x.message for x in heard.letters]
    known = {
        "text": text,
        "reply": [m.plain for m in messages],
        "buttons": [b.label for m in messages for row in m.buttons for b in row],
        **(heard.outcome or {}),
    }
    return {
        "message_id": message_id,
        "messages": [letter(x) for x in heard.letters],
        **{field: known.get(field) for field in FIELDS},
        "forgotten": heard.forgotten,
    }


def letter_json(letter: Letter, dialled: Mapping[str, str]) -> dict[str, Any]:
    """One message to the parent. Absent things are null, so that every message has the same keys."""
    message = letter.message
    venue, attachment = message.venue, message.attachment
    return {
        "id": letter.id,
        "at": letter.at.isoformat(timespec="seconds"),
        "language": message.language.value,
        "html": message.html,
        "plain": message.plain,
        "buttons": [[_button(b, dialled) for b in row] for row in message.buttons],
        "alarm": message.alarm.value if message.alarm else None,
        "venue": {
            "name": venue.name, "address": venue.address, "latitude": venue.latitude, "longitude": venue.longitude
        } if venue else None,
        "attachment": {
            "kind": attachment.kind, "name": attachment.name, "media_type": attachment.media_type,
            "url": f"/api/attachments/{letter.id}",
        } if attachment else None,
        "picture": {"url": f"/api/pictures/{letter.id}", "alt": message.picture.alt} if message.picture else None,
        "ask_location": message.ask_location,
        "replaces": message.replaces,
    }  # fmt: skip


def _button(button: ButtonText, dialled: Mapping[str, str]) -> dict[str, str]:
    if button.url:
        return {"label": button.label, "url": button.url}
    shown = {"label": button.label, "press": button.press}
    number = number_of(button, dialled)
    return shown | ({"call": number} if number else {})


def error_json(
    renderer: Renderer, language: Language, code: str, blanks: Mapping[str, object], *, error_id: str | None = None
) -> dict[str, Any]:
    key = "talk.sorry" if code == "sorry" else f"web.error_{code}"
    said = say(key, **blanks, **({"id": error_id} if error_id else {}))
    words = html.unescape(renderer.sentence(said, language))
    return {"error": {"code": code, "message": words, "id": error_id}}


def asked_language(request: Request) -> Language:
    """What the browser prefers; Chinese unless it puts English first."""
    for part in request.headers.get("accept-language", "").lower().split(","):
        tag = part.split(";")[0].strip()
        if tag.startswith("zh"):
            return Language.ZH
        if tag.startswith("en"):
            return Language.EN
    return Language.ZH
