"""A plan as a calendar: one whole-day event for each open item, on its first day. It holds no birth date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from scheduler.reminders.plan.model import Entry, Plan, Status

FETCH_AGAIN = timedelta(hours=12)


def plan_calendar(
    plan: Plan, *, of: str, title: str, words: Callable[[Entry], tuple[str, str]], now: datetime
) -> bytes:
    """The bytes of the .ics. `of` keeps the events apart from another child's; `words` gives summary and description.

    What is settled is left out, so that it disappears from a calendar that fetches again.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Sprout//plan//")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", title)
    calendar.add("name", title)
    calendar.add("refresh-interval", FETCH_AGAIN)
    calendar.add("x-published-ttl", "PT12H")
    for entry in plan.entries:
        if entry.is_settled or entry.status is Status.ASK or entry.reminds is None:
            continue
        summary, description = words(entry)
        event = Event()
        event.add("uid", f"plan-{of}-{entry.item.id}@sprout")
        event.add("dtstamp", now)
        event.add("dtstart", entry.turn)
        event.add("dtend", entry.turn + timedelta(days=1))
        event.add("summary", summary)
        event.add("description", description)
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
