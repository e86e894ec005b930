"""Marking an item: done, later, not wanted; each with the next ones below, and an undo.

done -> a vaccine that was due long ago: on which day? -> a date, today, not known
     -> everything else: today
"""

from __future__ import annotations

from datetime import date, timedelta

from bot.dialogue.desk import Desk
from bot.dialogue.plan.showing import IN_LIST, earlier_list, mark_row, next_buttons, said, summary
from bot.dialogue.plan.words import day_words, text_of
from bot.dialogue.reply import Button, Reply, Route, Rows, Say, rows, say
from bot.dialogue.turn import Outcome, Press, Turn
from nlu.phrases.ages import child_age
from scheduler.reminders.plan.model import Entry, MarkState, Status
from scheduler.reminders.plan.reminding import still_meant
from scheduler.reminders.plan.schedule import ItemKind

PUT_OFF = timedelta(days=7)
FRESH = timedelta(days=7)  # so long after a dose's first day 'done' may mean today
LONGEST_DATE = 24  # characters; a longer message is about something else


def on_done(turn: Turn, press: Press, desk: Desk) -> Outcome:
    found = _found(turn, press, desk)
    if isinstance(found, Outcome):
        return found
    child_id, entry = found
    if entry.item.kind is ItemKind.VACCINE and _is_long_due(turn, entry):
        return _ask_day(turn, child_id, entry, in_list=_in_list(press))
    return _done(turn, desk, child_id, entry, turn.today, in_list=_in_list(press))


def _is_long_due(turn: Turn, entry: Entry) -> bool:
    """It may have been done on any day since: to take it for today would put off the next dose."""
    since = max(entry.opens, entry.put_off or entry.opens)
    return entry.status in (Status.OPEN, Status.ASK) or turn.today > since + FRESH


def _in_list(press: Press) -> bool:
    return f":{press.arguments[-1]}" == IN_LIST


def _ask_day(turn: Turn, child_id: str, entry: Entry, *, unclear: Say | None = None, in_list: bool = False) -> Outcome:
    """What has to wait for a dose is counted from its day."""
    of, back = f"{child_id}:{entry.item.id}", IN_LIST if in_list else ""
    buttons = rows(
        Button(say("plan.day_today"), f"pday:{of}:t{back}"),
        Button(say("plan.day_unknown"), f"pday:{of}:u{back}"),
        width=2,
    )
    ask = unclear or say("plan.which_day", name=text_of(entry.item.name, turn.language))
    conversation = turn.conversation.asking("plan_day", child=child_id, item=entry.item.id, in_list=in_list)
    return Outcome((Reply((ask,), buttons),), conversation, Route.PLAN)


def on_day(turn: Turn, press: Press, desk: Desk) -> Outcome:
    """Today, or nobody knows."""
    found = _found(turn, press, desk)
    if isinstance(found, Outcome):
        return found
    day = turn.today if press.argument(2) == "t" else None
    return _done(turn, desk, *found, day, in_list=_in_list(press))


def day_told(turn: Turn, desk: Desk) -> Outcome | None:
    """The date that answers 'which day?'; None when the message is about something else."""
    if turn.conversation.waiting != "plan_day" or len(turn.text) > LONGEST_DATE:
        return None
    about = turn.conversation.waiting_for
    found = _found(turn, Press("pday", (str(about.get("child")), str(about.get("item")))), desk)
    if isinstance(found, Outcome):
        return found
    child_id, entry = found
    in_list = bool(about.get("in_list"))
    day = _date_in(turn)
    if day is None:
        has_digits = any(c.isdigit() for c in turn.text)
        unclear = say("plan.day_unclear")
        return _ask_day(turn, child_id, entry, unclear=unclear, in_list=in_list) if has_digits else None
    plan = desk.plan(child_id)
    if plan is None or not plan.birth.day <= day <= turn.today:
        return _ask_day(turn, child_id, entry, unclear=say("plan.day_not_yet"), in_list=in_list)
    return _done(turn, desk, child_id, entry, day, in_list=in_list)


def _date_in(turn: Turn) -> date | None:
    when = turn.understood.when
    if when is not None and when.day is not None and when.day <= turn.today:
        return when.day
    told = child_age(f"出生日期 {turn.text}", today=turn.today)
    return told.birth_date if told is not None else None


def _done(turn: Turn, desk: Desk, child_id: str, entry: Entry, day: date | None, *, in_list: bool = False) -> Outcome:
    desk.mark_plan(child_id, entry.item.id, MarkState.DONE, day)
    noted = say("plan.marked_done", name=text_of(entry.item.name, turn.language))
    return _marked(turn, desk, child_id, entry, noted, in_list=in_list)


def on_later(turn: Turn, press: Press, desk: Desk) -> Outcome:
    found = _found(turn, press, desk)
    if isinstance(found, Outcome):
        return found
    child_id, entry = found
    until = max(entry.opens, turn.today) + PUT_OFF
    desk.mark_plan(child_id, entry.item.id, MarkState.LATER, until)
    name, day = text_of(entry.item.name, turn.language), day_words(until, turn.today)
    noted = say("plan.marked_later", name=name, day=day)
    return _marked(turn, desk, child_id, entry, noted, in_list=_in_list(press))


def on_not_wanted(turn: Turn, press: Press, desk: Desk) -> Outcome:
    found = _found(turn, press, desk)
    if isinstance(found, Outcome):
        return found
    child_id, entry = found
    desk.mark_plan(child_id, entry.item.id, MarkState.UNWANTED, None)
    noted = say("plan.marked_unwanted", name=text_of(entry.item.name, turn.language))
    return _marked(turn, desk, child_id, entry, noted, in_list=_in_list(press))


def on_undo(turn: Turn, press: Press, desk: Desk) -> Outcome:
    found = _found(turn, press, desk)
    if isinstance(found, Outcome):
        return found
    child_id, entry = found
    desk.mark_plan(child_id, entry.item.id, None, None)
    noted = say("plan.marked_undone", name=text_of(entry.item.name, turn.language))
    return said(turn, _with_next(turn, desk, child_id, noted))


def on_earlier_done(turn: Turn, press: Press, desk: Desk) -> Outcome:
    """'All of that was done'."""
    child_id = press.argument()
    if desk.plan(child_id) is None:
        return said(turn, Reply((say("plan.no_child"),)))
    count = desk.mark_earlier_done(child_id)
    noted = say("plan.marked_earlier", count=count) if count else say("plan.each_none")
    return said(turn, _with_next(turn, desk, child_id, noted))


def on_reminder(turn: Turn, press: Press, desk: Desk) -> Outcome:
    """The buttons of a reminder: all of it done, all of it in a week, or one by one."""
    found = desk.plan_reminder(int(press.argument())) if press.argument().isdigit() else None
    plan = desk.plan(found[0]) if found is not None else None
    if found is None or plan is None:
        return said(turn, Reply((say("talk.old_button"),)))
    child_id, items = found
    meant = still_meant(plan, items)
    if not meant:
        return said(turn, _with_next(turn, desk, child_id, say("plan.each_none")))
    match press.argument(1):
        case "done":
            for entry in meant:
                day = None if _is_long_due(turn, entry) else turn.today
                desk.mark_plan(child_id, entry.item.id, MarkState.DONE, day)
            return said(turn, _with_next(turn, desk, child_id, say("plan.all_marked_done")))
        case "later":
            until = max(turn.today, *(e.opens for e in meant)) + PUT_OFF
            for entry in meant:
                desk.mark_plan(child_id, entry.item.id, MarkState.LATER, until)
            return said(turn, Reply((say("plan.all_marked_later", day=day_words(until, turn.today)),), _show(child_id)))
    lines = tuple(mark_row(turn, child_id, e) for e in meant)
    return said(turn, Reply((say("plan.some_done_which"),), (*lines, *_show(child_id))))


def _found(turn: Turn, press: Press, desk: Desk) -> tuple[str, Entry] | Outcome:
    """The item of a button, or the words for one that is gone."""
    plan = desk.plan(press.argument())
    if plan is None:
        return said(turn, Reply((say("plan.no_child"),)))
    entry = plan.entry(press.argument(1))
    if entry is None:
        return said(turn, Reply((say("plan.not_in_plan"),), _show(press.argument())))
    return press.argument(), entry


def _marked(turn: Turn, desk: Desk, child_id: str, entry: Entry, noted: Say, *, in_list: bool) -> Outcome:
    plan = desk.plan(child_id)
    if in_list and plan is not None:
        return said(turn, earlier_list(turn, child_id, plan, noted=noted))
    undo = (Button(say("plan.undo"), f"pundo:{child_id}:{entry.item.id}"),)
    return said(turn, _with_next(turn, desk, child_id, noted, undo))


def _with_next(turn: Turn, desk: Desk, child_id: str, noted: Say, first: tuple[Button, ...] = ()) -> Reply:
    """What was noted, and below it what comes next."""
    plan = desk.plan(child_id)
    if plan is None:
        return Reply((noted,))
    return Reply(
        (noted, *summary(turn, plan, brief=True)), (*next_buttons(turn, child_id, plan), *_show(child_id, first))
    )


def _show(child_id: str, first: tuple[Button, ...] = ()) -> Rows:
    return ((*first, Button(say("plan.show"), f"plan:{child_id}")),)
