"""Items of a plan and their days, as parents read them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.core.families.model import Child, age_in_months
from bot.core.language import Language
from bot.dialogue.reply import Say, say
from bot.dialogue.words import age_words
from scheduler.reminders.plan.model import Entry, Plan, Status
from scheduler.reminders.plan.reminding import TOO_VAGUE
from scheduler.reminders.plan.schedule import ItemKind, Words

FAR_MONTHS = 24  # an item with longer than this to go has no 'best before'
SIGNS = {
    Status.DONE: "✓", Status.UNWANTED: "–", Status.NOW: "●", Status.OPEN: "○", Status.ASK: "○", Status.COMING: "·",
}  # fmt: skip


def text_of(words: Words, language: Language) -> Say:
    """Words of the schedule: they are kept in its file, in both languages."""
    return say("talk.literal", text=words[language])


def day_words(day: date, today: date) -> Say:
    """3月18日 / 18 Mar; with the year when it is another one."""
    month = Say(f"booking.month_{day.month}")
    if day.year == today.year:
        return say("plan.day", month=month, day=day.day)
    return full_day(day)


def full_day(day: date) -> Say:
    """With its year."""
    return say("plan.day_far", month=Say(f"booking.month_{day.month}"), day=day.day, year=day.year)


def when_words(entry: Entry, plan: Plan) -> Say:
    """When it is due, or what became of it."""
    today = plan.today

    def day(of: date) -> Say:
        return day_words(of, today)

    match entry.status:
        case Status.DONE:
            done_on = entry.mark.day if entry.mark is not None else None
            return say("plan.when_done_on", day=day(done_on)) if done_on else say("plan.when_done")
        case Status.UNWANTED:
            return say("plan.when_unwanted")
    if entry.put_off is not None:
        return say("plan.when_put_off", day=day(entry.turn))
    if plan.birth.precision == TOO_VAGUE:
        return _by_age(entry)
    match entry.status:
        case Status.COMING:
            return say("plan.when_about" if plan.is_approximate else "plan.when_coming", day=day(entry.opens))
        case Status.NOW if entry.turn > today:
            return say("plan.when_by", by=day(entry.by))
        case Status.NOW if today < entry.by and (entry.by - today).days < FAR_MONTHS * 30:
            return say("plan.when_now", by=day(entry.by))
        case Status.NOW:
            return say("plan.when_now_far" if today < entry.by else "plan.when_soon")
        case Status.ASK:
            return say("plan.when_ask")
    return Say(f"plan.open_{entry.item.kind.value}")


def _by_age(entry: Entry) -> Say:
    """Without a day: the birth date is only known to the year."""
    if entry.status is Status.COMING:
        return say("plan.when_at", age=age_words(entry.item.opens.months))
    if entry.status is Status.NOW:
        return say("plan.when_now_far")
    return say("plan.when_ask") if entry.status is Status.ASK else Say(f"plan.open_{entry.item.kind.value}")


def line(entry: Entry, plan: Plan, language: Language, *, detail: bool = False) -> Say:
    name, when = text_of(entry.item.name, language), when_words(entry, plan)
    if detail and entry.item.detail is not None:
        return say("plan.line_detail", name=name, when=when, detail=text_of(entry.item.detail, language))
    return say("plan.line", name=name, when=when)


def title(plan: Plan, number: int = 0) -> Say:
    months = age_in_months(plan.birth.day, plan.today)
    if plan.birth.weeks_early and months < FAR_MONTHS:
        return say(
            "plan.title_corrected",
            age=age(plan, number),
            corrected=age_words(age_in_months(plan.birth.due, plan.today)),
        )
    return say("plan.title", age=age(plan, number))


def age(plan: Plan, number: int = 0) -> Say:
    """How old the child is; which one of twins, by `number`."""
    return numbered(age_words(age_in_months(plan.birth.day, plan.today)), number)


def numbered(age: Say, number: int) -> Say:
    return say("plan.twin", age=age, number=number) if number else age


def number_of(child_id: str, children: Sequence[Child]) -> int:
    """Which one of those born on the same day, from 1; 0 for a child that its age tells apart."""
    born = {c.id: c.birth_date for c in children}
    same = sorted(c.id for c in children if c.birth_date == born.get(child_id))
    return same.index(child_id) + 1 if len(same) > 1 else 0


def is_vaccine(entries: Sequence[Entry]) -> bool:
    return any(e.item.kind is ItemKind.VACCINE for e in entries)
