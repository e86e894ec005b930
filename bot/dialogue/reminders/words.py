"""The words of a parent's own reminder and of a follow-up; times and rules as parents read them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.dialogue.care.words import day_words
from bot.dialogue.desk import Desk
from bot.dialogue.reply import Button, Reply, Say, rows, say
from bot.dialogue.turn import Turn
from knowledge.triage.model import Sign
from scheduler.reminders.own import OwnReminder

SNOOZES = (10, 60)  # minutes
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEKDAYS = frozenset(_DAYS[:5])


def own_words(turn: Turn, desk: Desk, payload: dict[str, Any]) -> Reply | None:
    """What the parent asked to be reminded of; None when it was ended meanwhile."""
    own = desk.own_reminder(str(payload["own"]))
    if own is None:
        return None
    snooze = [Button(say(f"reminders.snooze_{m}"), f"snooze:{payload['id']}:{m}") for m in SNOOZES]
    end = [Button(say("reminders.end_repeat"), f"unown:{own.id}")] if own.rule else []
    return Reply((say("reminders.own", words=own.words),), (tuple(snooze), *rows(*end)))


def follow_up_words(turn: Turn, desk: Desk, payload: dict[str, Any]) -> Reply | None:
    """'Yesterday you wrote about a fever. How is your child today?'"""
    sign = known_sign(desk, str(payload["sign"]))
    if sign is None:
        return None
    answers = [Button(say(f"reminders.{how}"), f"howis:{how}:{sign.id}") for how in ("better", "same", "worse")]
    return Reply((say("reminders.follow_up", sign=sign.words[turn.language].name),), rows(*answers, width=3))


def known_sign(desk: Desk, sign_id: str) -> Sign | None:
    """None: taken out of the list since, or never in it."""
    try:
        return desk.sign(sign_id)
    except KeyError:
        return None


def moment_words(moment: datetime, zone: str) -> Say:
    """Thu 19 Nov, 09:00."""
    local = moment.astimezone(ZoneInfo(zone))
    return say("reminders.moment", day=day_words(local.date()), clock=f"{local:%H:%M}")


def times_words(own: OwnReminder) -> Say:
    """Once: the moment. Else the rule: every day at 09:00."""
    if not own.rule:
        return moment_words(own.starts_at, own.zone)
    parts = dict(part.split("=", 1) for part in own.rule.split(";"))
    every, local = int(parts.get("INTERVAL", "1")), own.starts_at.astimezone(ZoneInfo(own.zone))
    clock = f"{local:%H:%M}"
    match parts["FREQ"]:
        case "HOURLY":
            return say("reminders.every_hours" if every > 1 else "reminders.every_hour", count=every, clock=clock)
        case "DAILY":
            return say("reminders.every_days" if every > 1 else "reminders.every_day", count=every, clock=clock)
        case "WEEKLY":
            return _weekly(parts.get("BYDAY", _DAYS[local.weekday()]), every, clock)
    day = parts.get("BYMONTHDAY", str(local.day))
    return say("reminders.every_months" if every > 1 else "reminders.every_month", count=every, day=day, clock=clock)


def _weekly(days: str, every: int, clock: str) -> Say:
    if frozenset(days.split(",")) == _WEEKDAYS and every == 1:
        return say("reminders.every_weekday", clock=clock)
    named = [Say(f"booking.weekday_{_DAYS.index(d)}") for d in days.split(",") if d in _DAYS]
    return say("reminders.every_weeks" if every > 1 else "reminders.every_week", count=every, days=named, clock=clock)
