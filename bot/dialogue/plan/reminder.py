"""The words of a plan's reminder: what can be done now, made from the plan as it is when they are sent."""

from __future__ import annotations

from typing import Any

from bot.dialogue.desk import Desk
from bot.dialogue.plan.showing import mark_row
from bot.dialogue.plan.words import age, is_vaccine, line, number_of
from bot.dialogue.reply import Button, Reply, Say, block, say
from bot.dialogue.turn import Turn
from scheduler.reminders.plan.model import MarkState
from scheduler.reminders.plan.reminding import AHEAD, still_meant


def plan_words(turn: Turn, desk: Desk, payload: dict[str, Any]) -> Reply | None:
    """None when all of it was done, dropped or moved to another day meanwhile."""
    child_id, stage = str(payload["child"]), str(payload["stage"])
    plan = desk.plan(child_id)
    if plan is None:
        return None
    soon = turn.today + AHEAD
    meant = [
        e
        for e in still_meant(plan, [str(i) for i in payload["items"]])
        if e.opens <= soon and (stage == "later" or e.mark is None or e.mark.state is not MarkState.LATER)
    ]
    if not meant:
        return None
    lines = block([line(e, plan, turn.language, detail=True) for e in meant])
    of_age = age(plan, number_of(child_id, desk.parent().children))
    parts: list[Say] = [say(f"plan.remind_{stage}", lines=lines, age=of_age)]
    if stage != "again":
        parts.append(say("plan.remind_bring" if is_vaccine(meant) else "plan.remind_bring_check"))
    if plan.is_approximate:
        parts.append(say("plan.approximate"))
    if len(meant) == 1:
        entry = meant[0]
        read = [Button(say("plan.read_more"), f"art:{entry.item.article}")] if entry.item.article else []
        more = (*read, Button(say("plan.show"), f"plan:{child_id}"))
        return Reply(tuple(parts), (mark_row(turn, child_id, entry), more))
    of = payload["id"]
    buttons = (
        (Button(say("plan.all_done"), f"prem:{of}:done"), Button(say("plan.all_later"), f"prem:{of}:later")),
        (Button(say("plan.some_done"), f"prem:{of}:some"), Button(say("plan.show"), f"plan:{child_id}")),
    )
    return Reply(tuple(parts), buttons)
