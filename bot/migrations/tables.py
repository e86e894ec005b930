"""Every module that has tables, so that the metadata is whole."""

from bot.core import audit
from bot.core.families import store as families
from bot.core.hand_off import store as hand_offs
from bot.delivery import store as delivery
from knowledge import store as knowledge
from scheduler.care import store as care

__all__ = ["audit", "care", "delivery", "families", "hand_offs", "knowledge"]
