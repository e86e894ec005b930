"""The section of centre staff: their centre's day at the door, changes, group sessions, waiting lines, profile."""

from __future__ import annotations

from fastapi import APIRouter

from bot.web.console.centre.changes import change_pages
from bot.web.console.centre.desk import CONFLICTS, CentreDesk
from bot.web.console.centre.groups import group_pages
from bot.web.console.centre.profile import profile_pages
from bot.web.console.centre.talk import talk_pages
from bot.web.console.centre.today import today_pages
from bot.web.console.centre.walk_in import walk_in_pages
from bot.web.console.frame import Console


def centre_pages(console: Console) -> APIRouter:
    router = APIRouter()
    desk = CentreDesk(console)
    for pages in (profile_pages, today_pages, walk_in_pages, talk_pages, change_pages, group_pages):
        router.include_router(pages(desk))
    console.waits(desk.what_waits)
    console.conflict(*CONFLICTS)
    return router
