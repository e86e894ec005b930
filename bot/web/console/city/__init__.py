"""What the city sees: a month in numbers and pictures, and each table as a file."""

from __future__ import annotations

from fastapi import APIRouter

from bot.web.console.city.pages import pages
from bot.web.console.frame import Console


def city_pages(console: Console) -> APIRouter:
    router = APIRouter()
    router.include_router(pages(console))
    return router
