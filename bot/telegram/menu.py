"""The command menu: every `telegram.command_NAME` of bot/texts, in that order, in both languages."""

from __future__ import annotations

from telegram import Bot, BotCommand

from bot.core.language import Language
from bot.texts import texts

_PREFIX = "telegram.command_"


def commands(language: Language) -> list[BotCommand]:
    found = texts(language)
    return [BotCommand(key.removeprefix(_PREFIX), found[key]) for key in found if key.startswith(_PREFIX)]


async def set_menu(bot: Bot) -> None:
    """Chinese for whoever has a phone in another language. Raises TelegramError."""
    await bot.set_my_commands(commands(Language.ZH))
    for language in Language:
        await bot.set_my_commands(commands(language), language_code=language.value)
