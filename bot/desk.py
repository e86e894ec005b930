"""The desk of the dialogues, over one Session: the only place where dialogue and services meet."""

from __future__ import annotations

import json
from datetime import date, datetime

from sqlalchemy.orm import Session

from bot.core import audit
from bot.core.families import privacy
from bot.core.families import service as families
from bot.core.families.model import Parent
from bot.core.hand_off import service as hand_offs
from bot.core.hand_off.hours import team_hours
from bot.core.language import Language
from bot.core.staff.linking import CodeNotValid, link_chat
from bot.dialogue.desk import Found, HandOff
from bot.house import House
from bot.tip_desk import TipHouseDesk
from knowledge import service as knowledge
from knowledge.model import Published
from knowledge.search import Question, Verdict
from knowledge.triage.model import Danger, Sign
from scheduler.care import service as care


class HouseDesk(TipHouseDesk):
    """Implements bot.dialogue.desk.Desk."""

    def __init__(self, house: House, session: Session, parent: Parent, now: datetime) -> None:
        super().__init__(house, session, parent, now)
        self.forgotten = False  # the family deleted everything in this turn

    def link_staff(self, code: str) -> str:
        """A colleague of the team sent the code of their account: notices come here. The key of what to say."""
        try:
            link_chat(self._house.settings, self._session, code, self._parent.address, self._now)
        except CodeNotValid:
            return "console_account.telegram_code_over"
        return "console_account.telegram_linked"

    # guidance

    def find(self, text: str, language: Language, age_months: float | None) -> Found:
        question = Question(text, language, age_months)
        ranking = self._house.library.find(question)
        if ranking.verdict is not Verdict.SURE:
            parted = self._house.library.by_parts(question)
            if parted is not None:
                clear, also = parted
                return Found(clear.verdict.value, tuple((c.article, c.score) for c in clear.candidates), also)
        candidates = tuple((c.article, c.score) for c in ranking.candidates)
        also = self._house.library.also_asked(question, ranking) if ranking.verdict is Verdict.SURE else ()
        return Found(ranking.verdict.value, candidates, also)

    def article(self, article_id: str) -> Published | None:
        return self._house.library.article(article_id)

    def keep_question(self, text: str, language: Language, age_months: float | None, why: str, found: Found) -> bool:
        if not self._parent.consented:
            return False
        knowledge.keep_question(
            self._session,
            text=text,
            language=language,
            age_months=age_months,
            why=why,
            parent_id=self._parent.id,
            candidates=found.candidates,
            now=self._now,
        )
        return True

    def record_feedback(self, revision_id: str, *, helped: bool) -> None:
        knowledge.record_feedback(
            self._session, parent_id=self._parent.id, revision_id=revision_id, helped=helped, now=self._now
        )

    def sign(self, sign_id: str) -> Sign:
        return self._house.triage.sign(sign_id)

    def danger_in(self, text: str, age_months: float | None) -> Danger | None:
        return self._house.danger_in(text, age_months)

    # family

    def choose_language(self, language: Language) -> None:
        families.choose_language(self._session, self._parent.id, language)

    def welcome(self) -> None:
        families.welcome(self._session, self._parent.id)

    def give_consent(self) -> None:
        families.give_consent(self._session, self._parent.id, self._now)
        self._audit("consent.given")
        self.plans_changed()

    def withdraw_consent(self) -> None:
        for child in self._parent.children:
            self.forget_plan(child.id)
        privacy.withdraw(self._session, self._parent)
        care.delete_health_forms(self._session, self._parent.family_id)
        self._audit("consent.withdrawn")

    def add_child(self, birth_date: date, precision: str) -> Parent:
        child_id = families.add_child(
            self._session, self._parent.family_id, birth_date=birth_date, precision=precision, now=self._now
        )
        self.plan_changed(child_id)
        return self.parent()

    def remove_child(self, child_id: str) -> None:
        self.forget_plan(child_id)
        families.remove_child(self._session, self._parent.family_id, child_id)

    def export(self) -> bytes:
        data = privacy.export(self._session, self._parent)
        return json.dumps(data, ensure_ascii=False, indent=2, default=str).encode()

    def forget(self) -> None:
        if families.is_alone(self._session, self._parent):
            care.forget_family(self._session, self._parent.family_id, self._now, self._tell)
        privacy.forget(self._session, self._parent)
        audit.record(self._session, at=self._now, actor="parent", action="data.deleted")
        self.forgotten = True

    def _audit(self, action: str) -> None:
        audit.record(self._session, at=self._now, actor=f"parent:{self._parent.id}", action=action)

    # a person

    def hand_over(self, text: str) -> HandOff:
        hours = team_hours(self._session, self._house.team_hours)
        row = hand_offs.hand_over(self._session, self._parent.id, text, hours, self._now)
        by = row.reply_by.astimezone(self._house.zone)
        return HandOff(row.id, by, hours.open_at(self._now), hours.words_at(self._now), row.claimed_by)

    def take_back(self, hand_off_id: str) -> None:
        row = hand_offs.open_for(self._session, self._parent.id)
        if row is not None and row.id == hand_off_id:
            hand_offs.release(self._session, row.id, self._now)
