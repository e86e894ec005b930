"""What the picture of a plan shows (bot/pictures/plan.py draws it)."""

from __future__ import annotations

import itertools
from datetime import date

from bot.core.families.model import DAYS_A_MONTH
from bot.core.language import Language
from bot.dialogue.plan.words import age, full_day, text_of, when_words
from bot.dialogue.reply import Picture, Say, say
from scheduler.reminders.plan.model import Entry, Plan, Status
from scheduler.reminders.plan.schedule import Age, ItemKind

_STATES = {
    Status.DONE: "done", Status.UNWANTED: "unwanted", Status.NOW: "now", Status.OPEN: "open", Status.ASK: "open",
    Status.COMING: "coming",
}  # fmt: skip
_LEGEND = ("done", "now", "open", "coming", "unwanted", "today")


def picture(plan: Plan, language: Language, most: int = 3, *, number: int = 0) -> Picture:
    coming = plan.next(most)
    lines = [say("plan.about_line", name=text_of(e.item.name, language), when=when_words(e, plan)) for e in coming]
    about = say("plan.about_title", age=age(plan, number))
    columns = _columns(plan)
    rows = [
        {"name": text_of(name, language), "kind": _band(plan, row), "cells": _cells(plan, row, columns)}
        for row, name in plan.schedule.rows
    ]
    shown = {str(cell[2]) for row in rows for cell in row["cells"]}  # type: ignore[attr-defined]
    facts: dict[str, object] = {
        "title": say("plan.pic_title"),
        "subtitle": say("plan.pic_child", age=age(plan, number), day=full_day(plan.today)),
        "axis": say("plan.pic_axis"),
        "columns": [str(months) for months in columns],
        "today": _column_of(plan.birth.day, plan.today, columns),
        "rows": rows,
        "legend": [(state, Say(f"plan.pic_{state}")) for state in _LEGEND if state in shown | {"today"}],
        "next_title": say("plan.pic_next"),
        "next": [
            {"name": text_of(e.item.name, language), "when": when_words(e, plan), "state": _STATES[e.status]}
            for e in coming
        ],
        "footer": say(
            "plan.pic_footer",
            title=plan.schedule.whole.title[language],
            country=plan.schedule.country[language],
            version=plan.schedule.version,
        ),
    }
    return Picture("plan", facts, say("plan.about_next", about=about, lines=lines) if lines else about)


def _in_rows(plan: Plan, row: str) -> list[Entry]:
    return [e for e in plan.entries if e.item.row == row]


def _band(plan: Plan, row: str) -> str:
    """Vaccines stand apart from the rest."""
    return "vaccine" if any(e.item.kind is ItemKind.VACCINE for e in _in_rows(plan, row)) else "check"


def _month(opens: Age) -> int:
    return opens.months + round(opens.days / DAYS_A_MONTH)


def _columns(plan: Plan) -> list[int]:
    """The ages at which something is due, in months."""
    rows = {row for row, _ in plan.schedule.rows}
    return sorted({_month(e.item.opens) for e in plan.entries if e.item.row in rows})


def _cells(plan: Plan, row: str, columns: list[int]) -> list[tuple[int, str, str]]:
    band = _band(plan, row)
    return [
        (columns.index(_month(e.item.opens)), e.item.number if band == "vaccine" else "", _STATES[e.status])
        for e in _in_rows(plan, row)
    ]


def _column_of(born: date, today: date, columns: list[int]) -> float | None:
    """Where today stands between the columns; None after the last."""
    days = [Age(months).after(born) for months in columns]
    if today < born or today > days[-1]:
        return None
    for number, (left, right) in enumerate(itertools.pairwise(days)):
        if left <= today <= right:
            return round(number + (today - left).days / (right - left).days, 3)
    return None
