"""Tips: never more a week than was chosen, never in the night, never twice for a child, always for its age."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from bot import plan_rounds, reminding
from bot.core.families import service as families
from bot.core.language import Language
from bot.delivery.store import OutboxRow
from bot.desk import HouseDesk
from bot.house import House
from bot.migrations import tables
from knowledge.model import AgeBand, Domain
from knowledge.tips import Tip, choose, tips
from scheduler.reminders.model import Kind
from scheduler.reminders.store import ReminderRow
from scheduler.reminders.tips.model import planned_tips
from tests.conftest import NOW, StandingClock

ZONES = st.sampled_from(
    ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Pacific/Auckland", "Australia/Lord_Howe"]
)
MOMENTS = st.integers(0, 4 * 365 * 24).map(lambda h: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=h))


@given(st.uuids().map(lambda u: u.hex), ZONES, st.integers(0, 3), MOMENTS)
def test_there_are_never_more_a_week_than_chosen_and_all_in_the_evening(
    parent: str, zone: str, a_week: int, now: datetime
) -> None:
    planned = planned_tips(parent, zone, a_week, now)
    weeks = Counter(p.due_at.astimezone(ZoneInfo(zone)).date().isocalendar()[:2] for p in planned)
    assert all(count <= a_week for count in weeks.values())
    assert len({p.key for p in planned}) == len(planned)
    for one in planned:
        assert one.due_at.astimezone(ZoneInfo(zone)).hour == 19
        assert now < one.expires_at
    assert planned_tips(parent, zone, a_week, now) == planned


@given(st.uuids().map(lambda u: u.hex), ZONES, MOMENTS, st.lists(st.integers(0, 3), min_size=1, max_size=8))
def test_changing_the_number_in_the_middle_of_a_week_never_sends_more_than_the_largest(
    parent: str, zone: str, now: datetime, numbers: list[int]
) -> None:
    sent: dict[str, datetime] = {}
    for a_week in numbers:
        for one in planned_tips(parent, zone, a_week, now):
            if one.due_at <= now:
                sent.setdefault(one.key, one.due_at)
        now += timedelta(hours=20)
    weeks = Counter(at.astimezone(ZoneInfo(zone)).date().isocalendar()[:2] for at in sent.values())
    assert all(count <= max(numbers) for count in weeks.values())


def test_every_tip_is_a_live_article_that_is_meant_for_its_ages(shared_house: House) -> None:
    assert len(tips()) >= 60
    domains: Counter[Domain] = Counter()
    for tip in tips():
        published = shared_house.library.article(tip.article)
        assert published is not None, tip.article
        ages = published.article.ages
        assert ages.start <= tip.ages.start < tip.ages.end, tip.article
        assert tip.ages.end <= ages.end, tip.article
        domains[published.article.domain] += 1
    assert set(domains) == set(Domain)
    assert min(domains.values()) >= 10


@pytest.mark.parametrize("months", [0, 1, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 33, 34, 35, 35.9])
def test_there_are_tips_of_most_domains_at_every_age(shared_house: House, months: int) -> None:
    found = [shared_house.library.article(t.article) for t in tips() if t.suits(months)]
    assert len(found) >= 12
    domains = Counter(p.article.domain for p in found if p)
    assert len(domains) >= 4
    if months >= 24:
        assert len(found) >= 40
        assert min(domains[d] for d in Domain) >= 6


def test_what_is_best_told_early_is_told_first_and_still_told_late() -> None:
    early, later, wide = Tip("early", AgeBand(6, 36), 13), Tip("later", AgeBand(6, 36), 14), Tip("wide", AgeBand(6, 30))
    left, told = [(tip, Domain.SAFETY) for tip in (later, wide, early)], list[Tip | None]()
    while left:
        told.append(choose(left, {}, {}, 8 if not told else 20))
        left = [(tip, domain) for tip, domain in left if tip != told[-1]]
    assert told == [early, wide, later]
    assert choose([(early, Domain.SAFETY), (later, Domain.SAFETY)], {}, {}, 20) == later
    assert early.suits(35.9)
    assert all(t.best_by is None or t.ages.start < t.best_by < t.ages.end for t in tips())


def test_the_domain_that_is_behind_comes_next_and_a_liked_one_more_often() -> None:
    open_to = [
        (Tip(f"{domain.value}-{n}", AgeBand(0, 10 + n)), domain) for domain in (Domain.NUTRITION, Domain.SAFETY)
        for n in range(20)
    ]  # fmt: skip

    def told(likes: dict[Domain, int], most: int) -> Counter[Domain]:
        counts: Counter[Domain] = Counter()
        left = list(open_to)
        for _ in range(most):
            chosen = choose(left, likes, counts)
            assert chosen is not None
            counts[next(d for t, d in left if t == chosen)] += 1
            left = [(t, d) for t, d in left if t != chosen]
        return counts

    assert told({}, 12) == {Domain.NUTRITION: 6, Domain.SAFETY: 6}
    assert told({Domain.SAFETY: 2}, 12)[Domain.SAFETY] == 9
    assert choose([], {}, {}) is None


class Family:
    def __init__(self, house: House, born: date, *, siblings: tuple[date, ...] = ()) -> None:
        self.house = house
        with house.database.begin() as session:
            parent = families.parent_at(session, "test", "tips", now=NOW, zone="Asia/Shanghai")
            families.give_consent(session, parent.id, NOW)
            families.choose_language(session, parent.id, Language.ZH)
            self.children = [
                families.add_child(session, parent.family_id, birth_date=day, precision="day", now=NOW)
                for day in (born, *siblings)
            ]
            self.id = parent.id

    def told(self) -> list[tuple[str, str]]:
        with self.house.database.read() as session:
            rows = session.scalars(select(tables.tips.TipToldRow).order_by(tables.tips.TipToldRow.told_at))
            return [(row.child_id, row.article) for row in rows]

    def letters(self) -> list[str]:
        with self.house.database.read() as session:
            found = session.scalars(select(OutboxRow).where(OutboxRow.kind == "remind_tip").order_by(OutboxRow.id))
            return [str(row.payload["html"]) for row in found]


@pytest.fixture
def house(house_on: Any, sqlite_url: str) -> House:
    built: House = house_on(sqlite_url)
    return built


def weeks_go_by(house: House, clock: StandingClock, weeks: int, *, fate: str = "sent") -> None:
    """Evening by evening; `fate` is what becomes of each letter."""
    for _ in range(weeks * 7):
        an_evening(house, clock)
        with house.database.begin() as session:
            session.execute(update(OutboxRow).where(OutboxRow.state == "pending").values(state=fate))


def an_evening(house: House, clock: StandingClock) -> None:
    clock.now += timedelta(days=1)
    plan_rounds.keep_up(house)
    clock.now = clock.now.replace(hour=12, minute=5)  # five past eight in Shanghai
    reminding.look(house)


def test_a_family_gets_one_a_week_none_twice_and_each_for_its_age(house: House, clock: StandingClock) -> None:
    family = Family(house, date(2026, 5, 10), siblings=(date(2025, 1, 5),))
    weeks_go_by(house, clock, 8)
    told = family.told()
    assert len(told) == len(set(told)) == len(family.letters()) == 8
    assert Counter(child for child, _ in told) == dict.fromkeys(family.children, 4)  # they take turns
    for child, article in told:
        born = date(2026, 5, 10) if child == family.children[0] else date(2025, 1, 5)
        months = (clock.now.date() - born).days / 30.44
        (tip,) = [t for t in tips() if t.article == article]
        assert tip.ages.start - 0.1 <= months
        assert months - 2.1 <= tip.ages.end


@pytest.mark.parametrize("lost", ["failed", "expired", "cancelled"])
def test_a_tip_that_did_not_arrive_was_not_told(house: House, clock: StandingClock, lost: str) -> None:
    family = Family(house, date(2026, 8, 20))
    weeks_go_by(house, clock, 1, fate=lost)
    (lost_one,) = family.letters()
    weeks_go_by(house, clock, 2)
    assert family.letters()[1] == lost_one != family.letters()[2]
    assert len(family.told()) == 2


def test_a_tip_that_could_not_leave_comes_once_more_and_is_the_same(house: House, clock: StandingClock) -> None:
    family = Family(house, date(2026, 5, 10))
    while not family.letters():
        an_evening(house, clock)
    told = family.told()
    with house.database.begin() as session:
        session.execute(update(OutboxRow).values(state="expired"))  # before anybody was reached
    clock.now += timedelta(minutes=20)
    reminding.look(house)
    first, again = family.letters()
    assert first == again
    assert [article for _, article in family.told()] == [article for _, article in told]


def test_three_a_week_come_from_now_on_and_none_is_none(house: House, clock: StandingClock) -> None:
    family = Family(house, date(2026, 5, 10))
    with house.database.begin() as session:
        parent = families.parent_by_id(session, family.id)
        assert parent is not None
        desk = HouseDesk(house, session, parent, NOW)
        desk.set_tips(3)
        due = sorted(r.due_at for r in session.scalars(select(ReminderRow).where(ReminderRow.kind == Kind.TIP.value)))
        assert all(due_at > NOW for due_at in due)
        assert len([d for d in due if d < NOW + timedelta(days=4)]) == 2  # Wednesday evening and Saturday
        desk.set_tips(0)
        waits = select(ReminderRow).where(ReminderRow.kind == Kind.TIP.value, ReminderRow.state == "pending")
        assert not session.scalars(waits).all()
        desk.set_tips(1)
        assert session.scalars(waits).all()


def test_an_article_that_was_retired_is_no_tip(house: House, clock: StandingClock) -> None:
    family = Family(house, date(2026, 5, 10))
    with house.database.begin() as session:
        parent = families.parent_by_id(session, family.id)
        assert parent is not None
        first = HouseDesk(house, session, parent, NOW).next_tip()
        assert first is not None

        class Emptier:
            def article(self, article_id: str) -> object:
                return None

        nothing = replace(house, library=Emptier())  # type: ignore[arg-type]
        assert HouseDesk(nothing, session, parent, NOW).next_tip() is None


def test_the_list_names_each_article_once() -> None:
    lines = (Path(plan_rounds.__file__).parents[1] / "knowledge" / "tips.yaml").read_text(encoding="utf-8").splitlines()
    named = [line.split(":")[0] for line in lines if line and not line.startswith("#")]
    assert len(named) == len(set(named)) == len(tips())
