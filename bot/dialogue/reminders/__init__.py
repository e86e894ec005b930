"""Reminders in a talk: their words, asking for one, and choosing which ones come. Pure."""

from bot.dialogue.reminders.words import follow_up_words, own_words

__all__ = ["follow_up_words", "own_words"]
