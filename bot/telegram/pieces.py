"""A message as the sends that it takes: text in parts, a file, a place on the map. Buttons hang under the last text."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
)
from telegram import Message as TelegramMessage
from telegram.constants import ParseMode

from bot.core.language import Language
from bot.dialogue.reply import Attachment, Venue
from bot.pictures import draw, media_type
from bot.telegram.split import LONGEST_CAPTION, split, units, visible
from bot.texts import ButtonText, Message, PictureText, texts

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | None


@dataclass(frozen=True, slots=True)
class Piece:
    """One call of the Bot API."""

    html: str = ""
    markup: Markup = None
    attachment: Attachment | None = None
    picture: PictureText | None = None
    venue: Venue | None = None
    edits: int | None = None  # the message whose text it replaces
    plain: bool = False  # Telegram could not read our tags

    async def send(self, bot: Bot, chat_id: int) -> str:
        """Send it; returns Telegram's id of the message, "" when there was nothing to send. Raises TelegramError."""
        text, mode = (visible(self.html), None) if self.plain else (self.html, ParseMode.HTML)
        drawn = await asyncio.to_thread(as_photo, self.picture) if self.picture is not None else None
        file = drawn or self.attachment
        if file is not None:
            sent = await self._send_file(bot, chat_id, text, mode, file)
        elif self.picture is not None and not text:
            return ""  # it cannot be drawn here; the text above it says the same
        elif self.venue is not None:
            v = self.venue
            sent = await bot.send_venue(chat_id, v.latitude, v.longitude, v.name, v.address, reply_markup=self.markup)
        elif self.edits is not None:
            keyboard = self.markup if isinstance(self.markup, InlineKeyboardMarkup) else None
            await bot.edit_message_text(
                text, chat_id, self.edits, parse_mode=mode, link_preview_options=_NO_PREVIEW, reply_markup=keyboard
            )
            return str(self.edits)
        else:
            sent = await bot.send_message(
                chat_id, text, parse_mode=mode, link_preview_options=_NO_PREVIEW, reply_markup=self.markup
            )
        return str(sent.message_id)

    async def _send_file(
        self, bot: Bot, chat_id: int, caption: str, mode: ParseMode | None, file: Attachment
    ) -> TelegramMessage:
        send = bot.send_photo if file.kind == "photo" else bot.send_document
        return await send(
            chat_id, file.content, caption=caption or None, parse_mode=mode, reply_markup=self.markup,
            filename=file.name,
        )  # fmt: skip


def as_photo(picture: PictureText) -> Attachment | None:
    """Draw it; None when it cannot be drawn, then its words go alone."""
    drawn = draw(picture.drawing, picture.facts)
    if drawn is None:
        return None
    kind = media_type(drawn)
    return Attachment("photo", f"{picture.drawing}.{kind.removeprefix('image/')}", kind, drawn)


def pieces(message: Message, *, edits: int | None = None) -> tuple[Piece, ...]:
    """The calls for one message, in order. `edits`: it may take the place of this message, if it is one text.

    A short text is the caption of the picture, else of the file; a long one stands below the picture.
    """
    inline, file, picture = _inline(message.buttons), message.attachment, message.picture
    found: list[Piece] = []
    if (picture is not None or file is not None) and units(visible(message.html)) <= LONGEST_CAPTION:
        found = [Piece(message.html, attachment=file if picture is None else None, picture=picture)]
        file = file if picture is not None else None
    else:
        found = [Piece(picture=picture)] if picture is not None else []
        found += [Piece(part) for part in split(message.html)]
    if file is not None:
        found.append(Piece(attachment=file))
    carries_buttons = max((n for n, p in enumerate(found) if p.html), default=None)
    if message.venue is not None:
        found.append(Piece(venue=message.venue))
        carries_buttons = carries_buttons if carries_buttons is not None else len(found) - 1
    markup: Markup = inline
    if message.ask_location and inline is None:
        markup = location_keyboard(message.language)
    if carries_buttons is not None and markup is not None:
        found[carries_buttons] = replace(found[carries_buttons], markup=markup)
    if message.ask_location and inline is not None:
        below = texts(message.language)["telegram.share_location_below"]
        found.append(Piece(below, location_keyboard(message.language)))
    if edits is not None and len(found) == 1 and _is_text(found[0]):
        found[0] = replace(found[0], edits=edits)
    return tuple(found)


def _is_text(piece: Piece) -> bool:
    return (
        piece.attachment is None
        and piece.picture is None
        and piece.venue is None
        and not isinstance(piece.markup, ReplyKeyboardMarkup)
    )


def _inline(rows: tuple[tuple[ButtonText, ...], ...]) -> InlineKeyboardMarkup | None:
    keyboard = [[b for b in map(_button, row) if b is not None] for row in rows]
    return InlineKeyboardMarkup(filled) if (filled := [row for row in keyboard if row]) else None


def _button(button: ButtonText) -> InlineKeyboardButton | None:
    """None for a link that Telegram does not open from a button (tel:, a path of the web page)."""
    if button.press:
        return InlineKeyboardButton(button.label, callback_data=button.press)
    if button.url.startswith(("https://", "http://")):
        return InlineKeyboardButton(button.label, url=button.url)
    return None


def location_keyboard(language: Language) -> ReplyKeyboardMarkup:
    """One big button that sends where the phone is; it goes away when it was used."""
    label = texts(language)["telegram.share_location"]
    return ReplyKeyboardMarkup(
        [[KeyboardButton(label, request_location=True)]], resize_keyboard=True, one_time_keyboard=True
    )
