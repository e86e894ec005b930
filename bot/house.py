"""What the application is made of, wired once by bot/app.py and handed to whoever needs it."""

from __future__ import annotations

import contextlib
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bot.core.db import Database
from bot.core.hand_off.model import TeamHours
from bot.core.language import Language
from bot.core.logs import places
from bot.core.settings import Settings
from bot.core.time import Clock
from bot.texts import Renderer
from knowledge.library import Library
from knowledge.search import Question
from knowledge.triage.engine import Triage
from knowledge.triage.model import Danger
from nlu.interpreter import Interpreter
from scheduler.care.model.events import Tell, tell_nobody

log = logging.getLogger("sprout.house")


class CareNews(Protocol):
    """Who hears what happened to bookings, in the transaction in which it happened; `by` is the parent who did it."""

    def __call__(self, session: Session, now: datetime, by: str = "") -> Tell: ...


def no_care_news(session: Session, now: datetime, by: str = "") -> Tell:
    return tell_nobody


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
    care_news: CareNews = no_care_news

    def danger_in(self, text: str, age_months: float | None) -> Danger | None:
        """What the danger check says. Fails closed: an error in it is itself a reason to ask."""
        try:
            return self.triage.assess(text, age_months=age_months)
        except Exception as error:
            log.error("triage.failed error=%s\n%s", type(error).__name__, places(error))
            return self.triage.in_doubt

    def warm_up(self) -> None:
        """Load every model now, by one message in each language, and not in the middle of a parent's question."""
        for text, language in (("宝宝发烧怎么办", Language.ZH), ("my baby has a fever", Language.EN)):
            self.interpreter.parse(text)
            self.library.find(Question(text, language))
            with contextlib.suppress(Exception):  # a broken danger check fails closed in the assistant; start anyway
                self.triage.assess(text)
