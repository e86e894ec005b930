"""The plan of a child holds for every birth date, whatever the family marks and however the schedule is edited."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.db import Base, Database
from bot.core.families import privacy
from bot.core.families import service as families
from bot.core.families.store import ChildRow
from bot.core.language import Language
from bot.migrations import tables
from scheduler.reminders.model import Kind, State
from scheduler.reminders.plan import service as plans
from scheduler.reminders.plan.model import Birth, Mark, MarkState, Plan, Status, build
from scheduler.reminders.plan.reminding import AT, Reader, reminders
from scheduler.reminders.plan.schedule import Age, ItemKind, Schedule, ScheduleError, read, schedule
from scheduler.reminders.service import choices
from scheduler.reminders.store import ReminderRow
from scheduler.reminders.tips import service as tips
from tests.conftest import NOW

ZONE = "Asia/Shanghai"
MARCH = Birth(date(2026, 3, 18))
TODAY = date(2026, 11, 18)
DAY, THREE_DAYS = timedelta(days=1), timedelta(days=3)

BIRTH_DAYS = st.one_of(
    st.dates(date(2020, 1, 1), date(2027, 12, 31)),
    st.sampled_from([date(2024, 2, 29), date(2023, 8, 31), date(2025, 1, 31), date(2025, 5, 31), date(2025, 12, 31)]),
)
BIRTHS = st.builds(Birth, BIRTH_DAYS, st.sampled_from(["day", "day", "month", "week"]), st.integers(0, 17))


@st.composite
def marked(draw: st.DrawFn, birth: Birth) -> dict[str, Mark]:
    items = draw(st.lists(st.sampled_from([i.id for i in schedule().items]), unique=True, max_size=12))
    marks = {}
    for item in items:
        state = draw(st.sampled_from(list(MarkState)))
        day = birth.day + draw(st.integers(0, 1200)) * DAY
        marks[item] = Mark(state, None if state is MarkState.UNWANTED else day)
    return marks


@st.composite
def edited(draw: st.DrawFn) -> Schedule:
    """The schedule with items gone and others later."""
    made = schedule()
    gone = set(draw(st.lists(st.sampled_from([i.id for i in made.items]), max_size=4)))
    later = draw(st.dictionaries(st.sampled_from([i.id for i in made.items]), st.integers(1, 90), max_size=4))
    items = tuple(
        replace(
            i,
            opens=Age(i.opens.months, i.opens.days + later.get(i.id, 0)),
            remind=Age(i.remind.months, i.remind.days + later.get(i.id, 0)) if i.remind else None,
            after=tuple((before, apart) for before, apart in i.after if before not in gone),
            by=None if i.id in later else i.by,
        )
        for i in made.items
        if i.id not in gone
    )
    return replace(made, items=items, edition=f"{draw(st.integers(0, 10**6)):012}")


@given(st.data(), BIRTHS, st.integers(-30, 1400), edited())
def test_nothing_opens_before_its_age_and_the_doses_keep_their_order(
    data: st.DataObject, birth: Birth, days: int, of: Schedule
) -> None:
    marks = data.draw(marked(birth))
    plan = build(of, birth, {k: m for k, m in marks.items() if of.item(k)}, birth.day + timedelta(days=days))
    opens = {e.item.id: e.opens for e in plan.entries}
    assert len(plan.entries) == len(of.items)
    assert [e.opens for e in plan.entries] == sorted(e.opens for e in plan.entries)
    for entry in plan.entries:
        item = entry.item
        start = birth.due if item.from_due and item.opens.months < 25 else birth.day
        assert entry.opens >= item.opens.after(start)
        assert entry.by > item.opens.after(start)
        for before, apart in item.after:
            mark = marks.get(before)
            if mark is not None and mark.state is MarkState.DONE and mark.day is not None:
                assert entry.opens >= apart.after(mark.day)
            else:
                assert entry.opens >= (apart.after(opens[before]) if mark is None else opens[before])
        for other in of.items:
            given_on = marks.get(other.id)
            if item.live and other.live and other is not item and given_on and given_on.state is MarkState.DONE:
                assert given_on.day is None or not given_on.day < entry.opens < given_on.day + timedelta(days=28)


@given(st.data(), BIRTHS, st.integers(0, 1400), st.integers(0, 400), edited())
def test_each_reminder_has_its_own_key_and_lies_between_its_day_and_its_end(
    data: st.DataObject, birth: Birth, days: int, known: int, of: Schedule
) -> None:
    marks = data.draw(marked(birth))
    today = birth.day + timedelta(days=days)
    plan = build(of, birth, {k: m for k, m in marks.items() if of.item(k)}, today)
    reader = Reader("p" * 32, "c" * 32, ZONE, birth.day + timedelta(days=known))
    planned = reminders(plan, reader)
    assert len({p.key for p in planned}) == len(planned)
    for one in planned:
        entries = [plan.entry(i) for i in one.payload["items"]]
        local = one.due_at.astimezone(ZoneInfo(ZONE))
        assert one.due_at < one.expires_at
        assert local.time() == AT
        assert len(one.key) <= 160
        assert len(one.about) <= 120
        for entry in entries:
            assert entry is not None
            assert not entry.is_settled
            assert entry.reminds is not None
            assert local.date() >= min(e.opens for e in entries if e) - THREE_DAYS
            assert entry.until is None or local.date() < entry.until or entry.put_off
        if one.payload["stage"] != "later":
            assert local.date() >= reader.known_since
    tomorrow = build(of, birth, {k: m for k, m in marks.items() if of.item(k)}, today + DAY)
    assert reminders(tomorrow, reader) == planned  # what is planned hangs on what the family told, not on the day


@given(BIRTHS)
def test_every_item_that_is_reminded_of_is_in_one_reminder_of_each_stage(birth: Birth) -> None:
    plan = build(schedule(), birth, {}, birth.day)
    planned = reminders(plan, Reader("p", "c", ZONE, birth.day - 9 * DAY))
    for stage in ("first", "again"):
        named = [item for p in planned if p.payload["stage"] == stage for item in p.payload["items"]]
        wanted = [e.item.id for e in plan.entries if e.reminds is not None]
        assert sorted(named) == sorted(wanted)


@pytest.mark.parametrize(
    ("born", "months", "day"),
    [
        (date(2024, 2, 29), 12, date(2025, 3, 1)),
        (date(2024, 2, 29), 24, date(2026, 3, 1)),
        (date(2025, 8, 31), 6, date(2026, 3, 1)),
        (date(2025, 10, 31), 1, date(2025, 12, 1)),
        (date(2025, 3, 18), 8, date(2025, 11, 18)),
        (date(2025, 12, 31), 2, date(2026, 3, 1)),
    ],
)
def test_a_month_that_is_too_short_never_cuts_a_minimum_age(born: date, months: int, day: date) -> None:
    assert Age(months).after(born) == day


def status(plan: Plan, item: str) -> Status:
    entry = plan.entry(item)
    assert entry is not None
    return entry.status


def opens(plan: Plan, item: str) -> date:
    entry = plan.entry(item)
    assert entry is not None
    return entry.opens


def test_at_eight_months_measles_is_due_and_what_was_before_is_left_open_without_a_word_of_blame() -> None:
    plan = build(schedule(), MARCH, {}, TODAY)
    assert [e.item.id for e in plan.next(2)] == ["mmr-1", "je-1"]
    assert status(plan, "hepb-3") is Status.OPEN
    assert status(plan, "bcg") is Status.ASK
    assert status(plan, "mena-2") is Status.COMING
    assert "flu" not in {e.item.id for e in plan.earlier()}


def test_after_the_ward_what_comes_next_is_not_what_the_ward_has_done() -> None:
    plan = build(schedule(), Birth(date(2026, 10, 27)), {}, date(2026, 11, 22))
    assert [e.item.id for e in plan.next(3)] == ["vitamin-d", "hearing-newborn", "check-1"]
    assert {e.item.id for e in plan.earlier()} == {"hepb-1", "bcg", "check-home", "heel-prick"}


def test_a_dose_given_late_moves_the_next_one() -> None:
    late = {"hepb-2": Mark(MarkState.DONE, date(2026, 10, 8))}
    plan = build(schedule(), MARCH, late, TODAY)
    assert opens(plan, "hepb-3") == date(2026, 12, 7)  # 60 days
    assert opens(build(schedule(), MARCH, {"hepb-2": Mark(MarkState.DONE)}, TODAY), "hepb-3") == date(2026, 9, 18)


def test_a_series_that_began_late_keeps_the_time_between_all_of_its_doses() -> None:
    late = {"polio-1": Mark(MarkState.DONE, date(2026, 11, 10))}
    plan = build(schedule(), MARCH, late, TODAY)
    assert opens(plan, "polio-2") == date(2026, 12, 8)
    assert opens(plan, "polio-3") == date(2027, 1, 5)  # not on the day of the second


def test_what_is_put_off_is_reminded_of_on_the_day_that_was_said_and_never_before_its_age() -> None:
    said = {
        "teeth-1": Mark(MarkState.LATER, TODAY + 7 * DAY),  # usually reminded of at eleven months
        "mena-2": Mark(MarkState.LATER, TODAY + DAY),  # not before nine months
    }
    plan = build(schedule(), MARCH, said, TODAY)
    days = {
        p.payload["items"][0]: p.due_at.astimezone(ZoneInfo(ZONE)).date()
        for p in reminders(plan, Reader("p", "c", ZONE, MARCH.day))
        if p.payload["stage"] == "later"
    }
    assert days == {"teeth-1": TODAY + 7 * DAY, "mena-2": date(2026, 12, 18)}


def test_a_dose_put_off_to_a_day_before_it_opens_does_not_draw_the_next_one_forward() -> None:
    later = tuple(replace(i, opens=Age(7)) if i.id == "dtap-2" else i for i in schedule().items)
    of = replace(schedule(), items=later)
    put_off = build(of, MARCH, {"dtap-2": Mark(MarkState.LATER, MARCH.day)}, MARCH.day)
    assert opens(put_off, "dtap-3") == opens(build(of, MARCH, {}, MARCH.day), "dtap-3") > opens(put_off, "dtap-2")


def test_live_vaccines_are_given_together_or_four_weeks_apart() -> None:
    one = build(schedule(), MARCH, {"mmr-1": Mark(MarkState.DONE, date(2026, 11, 10))}, TODAY)
    assert opens(one, "je-1") == date(2026, 12, 8)
    same_day = build(schedule(), MARCH, {"mmr-1": Mark(MarkState.DONE, date(2026, 11, 18))}, TODAY)
    assert opens(same_day, "je-1") == date(2026, 11, 18)
    later = build(schedule(), MARCH, {"mmr-1": Mark(MarkState.DONE, date(2026, 11, 25))}, date(2026, 11, 26))
    assert opens(later, "je-1") == date(2026, 12, 23)  # it was not given with the other one
    never_told = build(schedule(), MARCH, {"mmr-2": Mark(MarkState.DONE, date(2027, 9, 20))}, date(2027, 9, 21))
    assert opens(never_told, "je-1") == date(2026, 11, 18)


def test_born_early_vaccines_keep_the_birth_date_and_development_waits() -> None:
    early = build(schedule(), replace(MARCH, weeks_early=8), {}, TODAY)
    assert opens(early, "mmr-1") == date(2026, 11, 18)
    assert opens(early, "check-8") == date(2026, 11, 18)
    assert opens(early, "development-8") == date(2027, 1, 13)
    assert opens(early, "development-30") == date(2028, 9, 18)


def test_a_family_that_comes_when_a_visit_is_almost_due_hears_of_it_the_next_morning() -> None:
    birth = Birth(date(2026, 10, 27))
    for known, told in ((date(2026, 11, 21), date(2026, 11, 21)), (date(2026, 11, 22), date(2026, 11, 23)),
                        (date(2026, 11, 24), date(2026, 11, 25)), (date(2026, 11, 25), None)):  # fmt: skip
        planned = reminders(build(schedule(), birth, {}, known), Reader("p", "c", ZONE, known))
        at = [p.due_at.astimezone(ZoneInfo(ZONE)).date() for p in planned if ":1m:first:" in p.key]
        assert at == ([told] if told else [])


def test_a_birth_date_known_to_the_year_gives_no_reminders() -> None:
    plan = build(schedule(), replace(MARCH, precision="year"), {}, TODAY)
    assert reminders(plan, Reader("p", "c", ZONE, MARCH.day)) == []


def test_the_schedule_says_everything_in_both_languages_and_names_its_sources() -> None:
    for item in schedule().items:
        for words in (item.name, item.short, *([item.detail] if item.detail else [])):
            assert set(words) == set(Language)
            assert all(words.values())
        assert item.sources
        assert len(f"pday:{'c' * 32}:{item.id}:t:l".encode()) <= 60
    assert all(p.url.startswith("http") for p in schedule().publications)


def test_the_ages_of_the_free_vaccines_are_those_of_the_2026_programme() -> None:
    by_age: dict[int, set[str]] = {}
    for item in schedule().items:
        if item.kind is ItemKind.VACCINE:
            by_age.setdefault(item.opens.months, set()).add(item.id)
    assert by_age == {
        0: {"hepb-1", "bcg"}, 1: {"hepb-2"}, 2: {"polio-1", "dtap-1"}, 3: {"polio-2"}, 4: {"polio-3", "dtap-2"},
        6: {"hepb-3", "dtap-3", "mena-1"}, 8: {"mmr-1", "je-1"}, 9: {"mena-2"}, 18: {"dtap-4", "mmr-2", "hepa-1"},
        24: {"je-2"}, 36: {"menac-1"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "with_", "why"),
    [
        ("after: {hepb-1: 28d}", "after: {nothing: 28d}", "does not stand above"),
        ("sources: [cma-vitad-2024]", "sources: [nobody]", "no such source"),
        ("by: 42d\n    name", "by: 20d\n    name", "ends before it begins"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused(wrong: str, with_: str, why: str) -> None:
    text = (Path(plans.__file__).parents[1] / "schedules" / "cn.yaml").read_text(encoding="utf-8")
    assert wrong in text
    with pytest.raises(ScheduleError, match=why):
        read(text.replace(wrong, with_, 1))


# with rows


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """An empty SQLite with all tables; `read()` undoes at its end what a test did."""
    assert tables.plan
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('plan') / 'plan.db'}")
    Base.metadata.create_all(database.engine)
    yield database
    database.close()


def child_of(session: Session, born: date, *, told: datetime = NOW, adults: int = 1) -> tuple[list[str], str]:
    first = families.parent_at(session, "test", "1", now=told, zone=ZONE)
    parents = [first.id]
    for number in range(1, adults):
        other = families.parent_at(session, "test", str(number + 1), now=told, zone=ZONE)
        session.get_one(tables.families.ParentRow, other.id).family_id = first.family_id
        parents.append(other.id)
    for parent in parents:
        families.give_consent(session, parent, told)
    child = families.add_child(session, first.family_id, birth_date=born, precision="day", now=told)
    plans.replan(session, child, told)
    return parents, child


def rows(session: Session) -> list[ReminderRow]:
    return list(session.scalars(select(ReminderRow).where(ReminderRow.kind == Kind.PLAN.value)))


EDITS = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.integers(1, 120)),
        st.tuples(st.sampled_from(["done", "later", "unwanted", "undo"]), st.integers(0, 46)),
        st.tuples(st.just("born"), st.integers(-40, 40)),
        st.tuples(st.just("early"), st.integers(0, 14)),
        st.tuples(st.just("schedule"), st.integers(1, 60)),
        st.tuples(st.just("earlier"), st.just(0)),
        st.tuples(st.just("off"), st.booleans()),
    ),
    max_size=14,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(born=BIRTH_DAYS, edits=EDITS)
def test_whatever_is_edited_no_reminder_is_doubled_early_late_or_about_what_is_done(
    quick: Database, born: date, edits: list[tuple[str, int]]
) -> None:
    with quick.read() as session:
        now = datetime.combine(born + 5 * DAY, time(4), tzinfo=UTC)
        (parent,), child = child_of(session, born, told=now)
        of, sent = schedule(), dict[str, datetime]()
        for what, value in edits:
            item = schedule().items[value % len(schedule().items)].id if isinstance(value, int) else ""
            today = now.astimezone(ZoneInfo(ZONE)).date()
            match what:
                case "wait":
                    now += timedelta(days=value)
                    _send(session, now, sent)
                case "done" | "unwanted":
                    plans.mark(session, child, item, MarkState(what), now, day=today if what == "done" else None)
                case "later":
                    plans.mark(session, child, item, MarkState.LATER, now, day=today + 7 * DAY)
                case "undo":
                    plans.mark(session, child, item, None, now)
                case "born":
                    session.get_one(ChildRow, child).birth_date += timedelta(days=value)
                case "early":
                    session.get_one(ChildRow, child).weeks_early = value
                case "schedule":
                    of = _edition(value)
                case "earlier":
                    plans.mark_earlier_done(session, child, today, now)
                case "off":
                    choices.turn(session, parent, Kind.PLAN, on=not value)
            plans.replan(session, child, now, of)
            before = {(r.key, r.state, r.due_at) for r in rows(session)}
            assert plans.replan(session, child, now, of) == 0
            assert {(r.key, r.state, r.due_at) for r in rows(session)} == before
            _check(session, child, today, of, wants=choices.choice_of(session, parent).wants(Kind.PLAN))


def _edition(days: int) -> Schedule:
    """Every seventh item is due so many days later."""
    items = [
        replace(i, opens=Age(i.opens.months, i.opens.days + days)) if n % 7 == days % 7 else i
        for n, i in enumerate(schedule().items)
    ]
    return replace(schedule(), items=tuple(items), edition=f"{days:012}")


def _send(session: Session, now: datetime, sent: dict[str, datetime]) -> None:
    """What the sender would do: everything that is due and not over, each once."""
    for row in rows(session):
        if row.state != State.PENDING:
            continue
        if row.expires_at <= now:
            row.state = State.EXPIRED.value
        elif row.due_at <= now:
            assert row.key not in sent
            of_visit = [at for key, at in sent.items() if key.partition("~")[0] == row.key.partition("~")[0]]
            assert all(row.due_at > at + 7 * DAY for at in of_visit)
            sent[row.key] = row.due_at
            row.state = State.SENT.value
    session.flush()


def _check(session: Session, child: str, today: date, of: Schedule, *, wants: bool) -> None:
    plan = plans.plan_of(session, child, today, of)
    assert plan is not None
    waiting = [r for r in rows(session) if r.state == State.PENDING]
    assert wants or not waiting
    for row in waiting:
        entries = [plan.entry(item) for item in row.payload["items"]]
        assert all(e is not None and not e.is_settled for e in entries)
        assert row.due_at < row.expires_at
        first = min(e.opens for e in entries if e is not None)
        assert row.due_at.astimezone(ZoneInfo(ZONE)).date() >= first - THREE_DAYS


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(right=BIRTH_DAYS, wrong_by=st.integers(-90, 90), noticed=st.integers(0, 60))
def test_a_visit_that_was_told_for_a_wrong_day_is_told_again_only_when_its_right_day_is_over_a_week_later(
    quick: Database, right: date, wrong_by: int, noticed: int
) -> None:
    with quick.read() as session:
        now = datetime.combine(right + timedelta(days=wrong_by + 2), time(4), tzinfo=UTC)
        _, child = child_of(session, right + timedelta(days=wrong_by), told=now)
        sent = dict[str, datetime]()
        while not any(":3m:first:" in key for key in sent):
            now += DAY
            _send(session, now, sent)
        corrected = now = now + timedelta(days=noticed)
        _send(session, now, sent)
        session.get_one(ChildRow, child).birth_date = right
        for _ in range(260):
            plans.replan(session, child, now)
            now += DAY
            _send(session, now, sent)
        told = sorted(at for key, at in sent.items() if ":3m:first:" in key)
        due = Reader("p", "c", ZONE, right).at(Age(3).after(right) - THREE_DAYS)
        again = due > told[0] + 7 * DAY and due + timedelta(days=24) > corrected
        assert told[1:] == ([due] if again else [])


def test_every_adult_who_agreed_is_reminded_and_nobody_else(quick: Database) -> None:
    with quick.read() as session:
        parents, child = child_of(session, date(2026, 11, 1), adults=2)
        assert {r.parent_id for r in rows(session)} == set(parents)
        session.get_one(tables.families.ParentRow, parents[1]).consent_at = None
        plans.replan(session, child, NOW)
        assert {r.parent_id for r in rows(session) if r.state == State.PENDING} == {parents[0]}


def test_a_new_edition_of_the_schedule_plans_anew(quick: Database) -> None:
    with quick.read() as session:
        _, child = child_of(session, date(2026, 11, 1))
        assert plans.out_of_date(session) == []
        plans.replan(session, child, NOW, replace(schedule(), edition="another"))
        assert plans.out_of_date(session) == [child]


def test_after_a_reported_loss_nothing_waits_and_a_misunderstanding_brings_it_back(quick: Database) -> None:
    with quick.read() as session:
        (parent,), child = child_of(session, date(2026, 11, 1))
        planned = {r.key for r in rows(session) if r.state == State.PENDING}
        assert planned
        families.told_of_loss(session, parent, NOW, told=True)
        plans.replan(session, child, NOW)
        assert not [r for r in rows(session) if r.state == State.PENDING]
        families.told_of_loss(session, parent, NOW, told=False)
        plans.replan(session, child, NOW)
        assert {r.key for r in rows(session) if r.state == State.PENDING} == planned


def test_a_family_that_leaves_leaves_nothing_of_its_plan_and_sees_all_of_it_before(database: Database) -> None:
    with database.begin() as session:
        (parent,), child = child_of(session, date(2026, 3, 18))
        plans.mark(session, child, "mmr-1", MarkState.DONE, NOW, day=TODAY)
        plans.open_feed(session, parent, child, NOW)
        tips.tell(session, child, "tantrums", "responsive_care", NOW)
        tips.like(session, parent, "safety")
        owner = families.parent_by_id(session, parent)
        assert owner is not None
        kept = ("plan_mark", "plan_feed", "plan_edition", "tip_told", "tip_taste", "reminder")
        found = privacy.export(session, owner)
        assert all(found[name] for name in kept)
        privacy.forget(session, owner)
        for name in (*kept, "child"):
            assert not session.execute(select(Base.metadata.tables[name])).all(), name


def test_two_adults_who_mark_at_the_same_moment_both_succeed(database: Database) -> None:
    with database.begin() as session:
        _, child = child_of(session, date(2026, 3, 18), adults=2)
    together, failed = threading.Barrier(2), list[Exception]()

    def press(item: str) -> None:
        together.wait()
        try:
            for one in (item, "je-1", "check-8", "hepb-3"):
                with database.begin() as session:
                    plans.mark(session, child, one, MarkState.DONE, NOW, day=TODAY)
        except Exception as error:
            failed.append(error)

    adults = [threading.Thread(target=press, args=(item,)) for item in ("mmr-1", "mena-1")]
    for adult in adults:
        adult.start()
    for adult in adults:
        adult.join()
    assert failed == []
    with database.read() as session:
        assert len(session.scalars(select(tables.plan.PlanMarkRow)).all()) == 5
        assert len({r.key for r in rows(session)}) == len(rows(session))


def test_what_is_marked_goes_with_the_child(database: Database) -> None:
    with database.begin() as session:
        _, child = child_of(session, date(2026, 3, 18))
        plans.mark(session, child, "mmr-1", MarkState.DONE, NOW, day=TODAY)
        assert session.scalars(select(tables.plan.PlanMarkRow)).all()
        session.delete(session.get_one(ChildRow, child))
        session.flush()
        session.expire_all()
        assert not session.scalars(select(tables.plan.PlanMarkRow)).all()
        assert not rows(session)
