"""A rendered message as JSON, and back: the payload of an outbox row."""

from __future__ import annotations

import base64
from typing import Any

from bot.core.language import Language
from bot.dialogue.reply import Attachment, Venue
from bot.texts import ButtonText, Message, PictureText
from knowledge.triage.model import Level


def to_payload(message: Message) -> dict[str, Any]:
    payload: dict[str, Any] = {"html": message.html, "language": message.language.value}
    if message.buttons:
        payload["buttons"] = [
            [{"label": b.label, **({"url": b.url} if b.url else {"press": b.press})} for b in row]
            for row in message.buttons
        ]
    if message.venue:
        v = message.venue
        payload["venue"] = {"name": v.name, "address": v.address, "latitude": v.latitude, "longitude": v.longitude}
    if message.attachment:
        a = message.attachment
        payload["attachment"] = {
            "kind": a.kind, "name": a.name, "media_type": a.media_type, "content": base64.b64encode(a.content).decode(),
        }  # fmt: skip
    if message.picture:
        p = message.picture
        payload["picture"] = {"drawing": p.drawing, "facts": p.facts, "alt": p.alt}
    if message.ask_location:
        payload["ask_location"] = True
    if message.replaces:
        payload["replaces"] = True
    if message.alarm:
        payload["alarm"] = message.alarm.value
    return payload


def from_payload(payload: dict[str, Any]) -> Message:
    attachment = payload.get("attachment")
    return Message(
        html=payload["html"],
        language=Language(payload["language"]),
        buttons=tuple(
            tuple(ButtonText(b["label"], b.get("press", ""), b.get("url", "")) for b in row)
            for row in payload.get("buttons", ())
        ),
        venue=Venue(**payload["venue"]) if payload.get("venue") else None,
        attachment=Attachment(
            attachment["kind"], attachment["name"], attachment["media_type"], base64.b64decode(attachment["content"])
        )
        if attachment
        else None,
        picture=PictureText(**payload["picture"]) if payload.get("picture") else None,
        ask_location=payload.get("ask_location", False),
        replaces=payload.get("replaces", False),
        alarm=Level(payload["alarm"]) if payload.get("alarm") else None,
    )
