"""A party as an .ics file: one event a stay or meeting, in the zone of the place."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, vGeo

from scheduler.care.model.booking import Party, State


def calendar_file(
    party: Party,
    *,
    title: str,
    place: str,
    now: datetime,
    description: str = "",
    geo: tuple[float, float] | None = None,
    reminder: str = "",
) -> bytes:
    """The file's bytes. The same booking keeps its UID, so a newer file replaces the older one in a calendar.

    Children who come together share one event. Words (title, place, description) are the caller's.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Sprout//care//")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    seen = set()
    for booking in party:
        if (booking.starts_at, booking.ends_at) in seen:
            continue
        seen.add((booking.starts_at, booking.ends_at))
        zone = ZoneInfo(booking.zone)
        event = Event()
        event.add("uid", f"{booking.party_id}-{booking.line}@sprout")
        event.add("dtstamp", now)
        event.add("dtstart", booking.starts_at.astimezone(zone))
        event.add("dtend", booking.ends_at.astimezone(zone))
        event.add("summary", title)
        event.add("location", place)
        if description:
            event.add("description", description)
        if geo is not None:
            event["geo"] = vGeo(geo)
        event.add("status", "CANCELLED" if booking.state is State.CANCELLED else "CONFIRMED")
        if reminder:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", reminder)
            alarm.add("trigger", timedelta(hours=-1))
            event.add_component(alarm)
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())
