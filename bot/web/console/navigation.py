"""The menu of the console: every section has a line here, and shows to those who may use it."""

from __future__ import annotations

from typing import NamedTuple

from bot.core.staff.model import Action, Actor


class Place(NamedTuple):
    """`path` begins with /console/; `text` is a key of bot/texts; `group` orders the menu."""

    path: str
    text: str
    action: Action
    group: str


GROUPS = ("today", "content", "centres", "city", "house")

PLACES: tuple[Place, ...] = (
    Place("/console/", "console_home.menu", Action.ACCOUNT, "today"),
    Place("/console/inbox", "console_inbox.menu", Action.INBOX, "today"),
    Place("/console/questions", "console_questions.menu", Action.QUESTIONS_READ, "content"),
    Place("/console/articles", "console_articles.menu", Action.ARTICLES_READ, "content"),
    Place("/console/danger", "console_danger.menu", Action.DANGER_READ, "content"),
    Place("/console/nlu", "console_nlu.menu", Action.NLU_CORRECT, "content"),
    Place("/console/try", "console_try.menu", Action.TRY_IT, "content"),
    Place("/console/centres", "console_centre.menu", Action.CENTRE_DAY, "centres"),
    Place("/console/city", "console_city.menu", Action.CITY_READ, "city"),
    Place("/console/reminders", "console_reminders.menu", Action.REMINDERS_READ, "house"),
    Place("/console/staff", "console_staff.menu", Action.STAFF_MANAGE, "house"),
    Place("/console/tables/centres/list", "console_frame.tables", Action.TABLES_EDIT, "house"),
    Place("/console/audit", "console_audit.menu", Action.AUDIT_READ, "house"),
    Place("/console/account", "console_account.menu", Action.ACCOUNT, "house"),
)


def menu(actor: Actor) -> list[tuple[str, list[Place]]]:
    """Groups in order, with what this person may use."""
    mine = [place for place in PLACES if actor.may(place.action)]
    return [(group, found) for group in GROUPS if (found := [p for p in mine if p.group == group])]


def is_here(place: Place, path: str) -> bool:
    """Whether the page at `path` belongs to this line of the menu."""
    if place.path == "/console/":
        return path.rstrip("/") == "/console"
    return path == place.path or path.startswith(f"{place.path}/")
