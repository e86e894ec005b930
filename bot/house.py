"""What the application is made of, wired once by bot/app.py and handed to whoever needs it."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.core.db import Database
from bot.core.hand_off.model import TeamHours
from bot.core.settings import Settings
from bot.core.time import Clock
from bot.texts import Renderer
from knowledge.library import Library
from knowledge.triage.engine import Triage
from nlu.interpreter import Interpreter


@dataclass(frozen=True, slots=True)
class House:
    settings: Settings
    clock: Clock
    database: Database
    library: Library
    triage: Triage
    interpreter: Interpreter
    renderer: Renderer
    team_hours: TeamHours
    zone: ZoneInfo
