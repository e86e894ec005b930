"""Where distances are measured from: the place that was shared or typed, else the centre used last."""

from __future__ import annotations

from bot.dialogue.care.form import point
from bot.dialogue.desk import Desk
from bot.dialogue.turn import Turn
from scheduler.care.model.centre import Centre
from scheduler.care.model.search import Point


def starting_point(turn: Turn, desk: Desk) -> tuple[Point | None, Centre | None]:
    """The point, and the centre that it is when the family's own place is not known: then that has to be said."""
    if turn.conversation.near is not None:
        return point(turn.conversation.near), None
    last = desk.last_centre()
    if last is None or last.lat is None or last.lon is None:
        return None, None
    return Point(last.lat, last.lon), last
