"""Use cases of reminders. They take a Session and never commit."""

from scheduler.reminders.service.planning import cancel_about, put, replace_about

__all__ = ["cancel_about", "put", "replace_about"]
