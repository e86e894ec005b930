"""Every module that has tables, so that the metadata is whole."""

from bot.core import audit
from bot.core.counting import store as counting
from bot.core.families import store as families
from bot.core.hand_off import store as hand_offs
from bot.core.staff import store as staff
from bot.delivery import store as delivery
from bot.push import store as push
from knowledge import store as knowledge
from knowledge.danger_rules import store as danger_rules
from knowledge.editing import store as editing
from nlu.correcting import store as correcting
from scheduler.care import store as care
from scheduler.reminders import store as reminders
from scheduler.reminders.plan import store as plan
from scheduler.reminders.tips import store as tips

__all__ = [
    "audit",
    "care",
    "correcting",
    "counting",
    "danger_rules",
    "delivery",
    "editing",
    "families",
    "hand_offs",
    "knowledge",
    "plan",
    "push",
    "reminders",
    "staff",
    "tips",
]
