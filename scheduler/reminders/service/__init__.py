"""Use cases of reminders. They take a Session and never commit."""

from scheduler.reminders.service.booking import cancel_for, plan_booking, plan_hold, quiet_hours_changed
from scheduler.reminders.service.claiming import (
    claim_due,
    claimed_row,
    close,
    expire,
    expire_letters,
    free_leases,
    handed,
    is_due,
    later,
    record,
    resume,
    settle,
    suspend,
    until_when,
)
from scheduler.reminders.service.planning import cancel_about, cancel_child, put, replace_about, withhold

__all__ = [
    "cancel_about", "cancel_child", "cancel_for", "claim_due", "claimed_row", "close", "expire",
    "expire_letters", "free_leases", "handed", "is_due", "later", "plan_booking", "plan_hold", "put",
    "quiet_hours_changed", "record", "replace_about", "resume", "settle", "suspend", "until_when", "withhold",
]  # fmt: skip
