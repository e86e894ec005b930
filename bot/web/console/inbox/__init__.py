"""Chats that parents handed over: the list with its clock, the talk so far, answers, notes, the team's hours."""

from bot.web.console.inbox.pages import inbox_pages

__all__ = ["inbox_pages"]
