"""The plan of a child as a calendar in words: as a file in a chat, and at a secret address."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from bot.core.families import service as families
from bot.core.language import Language
from bot.dialogue.plan.words import day_words, text_of
from bot.dialogue.reply import say
from bot.house import House
from bot.texts import Renderer
from scheduler.reminders.plan import service
from scheduler.reminders.plan.calendar import plan_calendar
from scheduler.reminders.plan.model import Entry, Plan


def plan_file(renderer: Renderer, plan: Plan, *, of: str, language: Language, now: datetime, label: str = "") -> bytes:
    """The .ics. `label` is what the family calls the child, if it wants that in its calendar."""

    def words(entry: Entry) -> tuple[str, str]:
        name = text_of(entry.item.name, language)
        detail = say("plan.calendar_detail", detail=text_of(entry.item.detail, language)) if entry.item.detail else ""
        source = next(p for p in plan.schedule.publications if p.id == entry.item.sources[0])
        summary = say("plan.calendar_words_named", name=name, label=label) if label else name
        about = say(
            "plan.calendar_description", detail=detail, by=day_words(entry.by, plan.today),
            title=source.title[language], url=source.url,
        )  # fmt: skip
        return renderer.words(summary, language), renderer.words(about, language)

    title = say("plan.calendar_title_named", label=label) if label else say("plan.calendar_title")
    return plan_calendar(plan, of=of, title=renderer.words(title, language), words=words, now=now)


def feed(house: House, session: Session, secret: str) -> bytes | None:
    """What stands at a secret address; None when there is none, or it was ended."""
    row = service.feed_at(session, secret)
    parent = families.parent_by_id(session, row.parent_id) if row is not None else None
    child = next((c for c in parent.children if row and c.id == row.child_id), None) if parent is not None else None
    if row is None or parent is None or child is None or not parent.consented:
        return None
    now = house.clock()
    plan = service.plan_of(session, child.id, now.astimezone(house.zone).date())
    if plan is None:
        return None
    if families.mourns(session, parent.family_id):  # an empty calendar takes its events away where it is subscribed to
        plan = replace(plan, entries=())
    return plan_file(
        house.renderer, plan, of=row.secret[:8], language=parent.speaks, now=now,
        label=child.label if row.named else "",
    )  # fmt: skip
