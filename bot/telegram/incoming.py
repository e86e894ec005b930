"""What a Telegram update means for us: pure, nothing is downloaded.

private message ---> one or two payloads for the inbox (a caption, or words after a command, count as a text)
group message -----> one, when the bot is addressed by /command, mention or reply
button ------------> a press
my_chat_member ----> the parent blocked the bot, or came back
anything else -----> nothing
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from telegram import CallbackQuery, Message, MessageEntity, Update
from telegram.constants import ChatMemberStatus, ChatType

from bot.assistant import Utterance, has_words
from bot.core.staff.linking import is_link_code
from bot.delivery.clerk import to_payload

CHANNEL = "telegram"
WANTED = ["message", "edited_message", "callback_query", "my_chat_member"]

# Which of our kinds a message is, by the first of these fields that it has.
_KINDS = {
    "voice": "voice",
    "audio": "voice",
    "photo": "photo",
    "animation": "sticker",
    "video": "video",
    "video_note": "video",
    "sticker": "sticker",
    "dice": "sticker",
    "document": "file",
    "contact": "contact",
}


@dataclass(frozen=True, slots=True)
class Arrival:
    """What goes into the inbox, by key. `blocked`: True or False when the parent's reachability became known."""

    address: str
    letters: tuple[tuple[str, dict[str, Any]], ...] = ()
    blocked: bool | None = None


def read(update: Update, username: str) -> Arrival | None:
    """None: nothing for us. `username` is the bot's own, without @."""
    if update.my_chat_member is not None:
        chat, status = update.my_chat_member.chat, update.my_chat_member.new_chat_member.status
        if chat.type != ChatType.PRIVATE:
            return None
        return Arrival(str(chat.id), blocked=status in (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT))
    if update.callback_query is not None:
        return _press(update.update_id, update.callback_query)
    edited = update.edited_message is not None
    message = update.edited_message or update.message
    if message is None or message.from_user is None or message.from_user.is_bot:
        return None
    address = str(message.chat.id)
    if message.chat.type != ChatType.PRIVATE:
        said = None if edited else _said_to_us(message, username)
        if said is None:
            return None
        return Arrival(address, ((str(update.update_id), to_payload(Utterance("group_chat", said))),))
    utterances = _utterances(message, edited=edited)
    if not utterances:
        return None
    letters = tuple((_key(update.update_id, message, u), to_payload(u)) for u in utterances)
    return Arrival(address, letters, blocked=False)


def _key(update_id: int, message: Message, utterance: Utterance) -> str:
    """An album arrives as one update a picture: one answer to the pictures is enough, whatever their captions say."""
    if utterance.kind == "text":
        return str(update_id)
    return f"album:{message.media_group_id}" if message.media_group_id else f"{update_id}:{utterance.kind}"


def _press(update_id: int, query: CallbackQuery) -> Arrival | None:
    if query.message is None or not query.data:
        return None
    chat = query.message.chat
    if chat.type != ChatType.PRIVATE and not query.data.startswith("call:"):
        return Arrival(str(chat.id), ((str(update_id), to_payload(Utterance("group_chat"))),))
    payload = {**to_payload(Utterance("press", query.data)), "pressed": query.message.message_id}
    return Arrival(str(chat.id), ((str(update_id), payload),), blocked=False if chat.type == ChatType.PRIVATE else None)


def _utterances(message: Message, *, edited: bool) -> list[Utterance]:
    """Mostly one. Words come before the picture that they were sent with: they may be about danger."""
    if message.text is not None:
        name, rest = _command(message)
        if name is None:
            return [Utterance("text", message.text, edited=edited)]
        if name == "start" and is_link_code(rest):
            name = rest
        also = [Utterance("text", rest)] if has_words(rest) and name != rest and name != "start" else []
        return [] if edited else [Utterance("command", name), *also]
    words = message.caption or ""
    caption = [Utterance("text", words, edited=edited)] if has_words(words) else []
    if edited:  # a live location moves, a caption is corrected
        return caption
    if message.location is not None:
        return [Utterance("location", location=(message.location.latitude, message.location.longitude))]
    kind = _kind(message)
    return [*caption, Utterance(kind)] if kind else caption


def _kind(message: Message) -> str | None:
    """The kind of a message without text; None for a service message (pinned, joined, ...)."""
    for field, kind in _KINDS.items():
        if getattr(message, field):
            is_picture = field == "document" and (message.document.mime_type or "").startswith(("image/", "video/"))  # type: ignore[union-attr]
            return "photo" if is_picture else kind
    content = (message.poll, message.story, message.game, message.invoice, message.paid_media, message.checklist)
    return "other_kind" if any(content) else None


def _command(message: Message) -> tuple[str | None, str]:
    """(name of the command that the message starts with, the words after it); the name without / and @bot."""
    first = next((e for e in message.entities if e.type == MessageEntity.BOT_COMMAND and e.offset == 0), None)
    if first is None:
        return None, ""
    command = message.parse_entity(first)
    return command[1:].partition("@")[0].lower(), (message.text or "")[len(command) :].strip()


def _said_to_us(message: Message, username: str) -> str | None:
    """The words of a group message that is for us (/command, /command@us, @us, a reply to us), else None."""
    text = message.text or message.caption or ""
    ours = f"@{username}".lower()
    command = next((e for e in message.entities if e.type == MessageEntity.BOT_COMMAND and e.offset == 0), None)
    if command is not None:
        asked = message.parse_entity(command)
        whom = asked.partition("@")[2].lower()
        return text[len(asked) :].strip() if whom in ("", username.lower()) else None
    entities = {**message.parse_entities(), **message.parse_caption_entities()}
    for entity, part in entities.items():
        if entity.type == MessageEntity.MENTION and part.lower() == ours:
            return text.replace(part, " ").strip()
    answered = message.reply_to_message
    if answered is not None and answered.from_user is not None and answered.from_user.username == username:
        return text
    return None
