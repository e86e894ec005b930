"""The plan in the family's calendar: a file, or a secret address that keeps itself up to date."""

from __future__ import annotations

from bot.dialogue.desk import Desk
from bot.dialogue.plan.showing import said
from bot.dialogue.reply import Attachment, Button, Reply, rows, say
from bot.dialogue.turn import Outcome, Press, Turn
from scheduler.reminders.plan.reminding import TOO_VAGUE


def on_calendar(turn: Turn, press: Press, desk: Desk) -> Outcome:
    child_id = press.argument()
    child = next((c for c in desk.parent().children if c.id == child_id), None)
    if child is None:
        return said(turn, Reply((say("plan.no_child"),)))
    plan = desk.plan(child_id)
    if plan is None or plan.birth.precision == TOO_VAGUE:
        details = rows(Button(say("plan.details"), f"pset:{child_id}"))
        return said(turn, Reply((say("plan.too_vague"),), details))
    match press.argument(1):
        case "address":
            return said(turn, _address(child_id, child.label, desk.plan_address(child_id)))
        case "end":
            ended = desk.end_plan_address(child_id)
            return said(turn, Reply((say("plan.calendar_ended" if ended else "plan.calendar_none"),)))
        case "named" if child.label:
            desk.name_in_plan_address(child_id, named=True)
            return said(turn, Reply((say("plan.calendar_named", label=child.label),)))
        case "unnamed":
            desk.name_in_plan_address(child_id, named=False)
            return said(turn, Reply((say("plan.calendar_unnamed"),)))
    file = Attachment("document", "sprout-plan.ics", "text/calendar", desk.plan_file(child_id))
    subscribe = rows(Button(say("plan.calendar_subscribe"), f"pcal:{child_id}:address"))
    return said(turn, Reply((say("plan.calendar_file"), say("plan.calendar_how")), subscribe, attachment=file))


def _address(child_id: str, label: str, address: str) -> Reply:
    buttons = [Button(say("plan.calendar_end"), f"pcal:{child_id}:end")]
    if label:
        buttons += [Button(say("plan.calendar_name_on"), f"pcal:{child_id}:named"),
                    Button(say("plan.calendar_name_off"), f"pcal:{child_id}:unnamed")]  # fmt: skip
    return Reply((say("plan.calendar_address", address=address),), rows(*buttons, width=2))
