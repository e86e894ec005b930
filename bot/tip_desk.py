"""The desk of tips, over one Session: the next one for the age, and what the parent likes."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.core.families import service as families
from bot.core.families.model import Child
from bot.plan_desk import PlanHouseDesk
from knowledge.model import Domain, Published
from knowledge.tips import choose, tips
from scheduler.reminders.model import Kind
from scheduler.reminders.plan import service as plans
from scheduler.reminders.tips import service

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class TipHouseDesk(PlanHouseDesk):
    """Implements bot.dialogue.desk.TipDesk."""

    def next_tip(self, reminder_id: int | None = None) -> tuple[Published, float] | None:
        children = service.young_children(self.parent(), self._now)
        last = service.last_told(self._session, children)
        for child in sorted(children, key=lambda c: last.get(c.id, _NEVER)):  # siblings take turns
            found = self._tip_for(child)
            if found is not None:
                article = found.article
                service.tell(self._session, child.id, article.id, article.domain.value, self._now, reminder_id)
                return found, child.months(self._today)
        return None

    def _tip_for(self, child: Child) -> Published | None:
        told = service.told(self._session, child.id)
        live = {tip.article: self._house.library.article(tip.article) for tip in tips() if tip.article not in told}
        open_to = [
            (tip, published.article.domain)
            for tip in tips()
            if (published := live.get(tip.article)) is not None
            and tip.suits(self._age_for(child, published.article.domain))
        ]
        counts: dict[Domain, int] = {}
        for domain in told.values():
            counts[Domain(domain)] = counts.get(Domain(domain), 0) + 1
        likes = {Domain(d): n for d, n in service.likes(self._session, self._parent.id).items()}
        chosen = choose(open_to, likes, counts, child.months(self._today))
        return live[chosen.article] if chosen is not None else None

    def _age_for(self, child: Child, domain: Domain) -> float:
        """What a child born early learns comes by its due date."""
        if domain is Domain.EARLY_LEARNING:
            return child.corrected_months(self._today)
        return child.months(self._today)

    def like_tips(self, domain: Domain) -> None:
        service.like(self._session, self._parent.id, domain.value)

    def mourning(self, *, told: bool) -> bool:
        families.told_of_loss(self._session, self._parent.id, self._now, told=told)
        plans.replan_family(self._session, self._parent.family_id, self._now)
        for adult in families.adults_of(self._session, self._parent.family_id):
            service.plan_tips(self._session, adult, self._now)
        if not self.own_reminders():
            return False
        self.turn_reminders(Kind.OWN, on=not told)
        return True

    # what changes the tips to come

    def tips_changed(self) -> None:
        service.plan_tips(self._session, self._parent.id, self._now)

    def set_tips(self, a_week: int) -> None:
        super().set_tips(a_week)
        self.tips_changed()

    def turn_reminders(self, kind: Kind, *, on: bool) -> None:
        super().turn_reminders(kind, on=on)
        if kind is Kind.TIP and on:
            self.set_tips(max(1, self.reminder_choice().tips_a_week))

    def plan_changed(self, child_id: str) -> None:
        super().plan_changed(child_id)
        self.tips_changed()

    def plans_changed(self) -> None:
        super().plans_changed()
        self.tips_changed()
