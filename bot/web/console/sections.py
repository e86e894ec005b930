"""All sections of the console: a line for each."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter

from bot.web.console.account import account_pages
from bot.web.console.articles import articles_pages
from bot.web.console.audit import audit_pages
from bot.web.console.centre import centre_pages
from bot.web.console.city import city_pages
from bot.web.console.danger import danger_pages
from bot.web.console.entrance import entrance_pages
from bot.web.console.frame import Console
from bot.web.console.home import home_pages
from bot.web.console.inbox import inbox_pages
from bot.web.console.nlu import nlu_pages
from bot.web.console.questions import questions_pages
from bot.web.console.reminders import reminder_pages
from bot.web.console.staff import staff_pages

SECTIONS: tuple[Callable[[Console], APIRouter], ...] = (
    home_pages,
    entrance_pages,
    inbox_pages,
    questions_pages,
    articles_pages,
    danger_pages,
    nlu_pages,
    centre_pages,
    city_pages,
    reminder_pages,
    staff_pages,
    audit_pages,
    account_pages,
)
