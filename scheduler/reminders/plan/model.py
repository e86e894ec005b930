"""A child's plan, pure: birth date and what the family marked -> what is done, due now, coming, or still open.

    coming --(its day)--> now --(a month)--> open --(past `until`)--> ask
    a family marks: done, later (with a day), unwanted; a mark can be taken back

Vaccines and check-ups count from the birth date, development from the due date until the second birthday. A dose given
late moves what has to wait for it; two live vaccines on different days keep 28 days between them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from scheduler.reminders.plan.schedule import Age, Item, ItemKind, Schedule

A_WEEK, A_MONTH = timedelta(days=7), timedelta(days=31)
LIVE_APART = timedelta(days=28)
NOT_CORRECTED_FROM = 25  # months: a child of two has caught up with the calendar
SHIFTED = timedelta(days=3)  # a dose that is moved by more is no longer part of its visit


class MarkState(StrEnum):
    DONE = "done"
    LATER = "later"
    UNWANTED = "unwanted"


class Status(StrEnum):
    DONE = "done"
    UNWANTED = "unwanted"
    COMING = "coming"
    NOW = "now"
    OPEN = "open"  # its time began more than a month ago, and nothing was marked: it can still be caught up
    ASK = "ask"  # the programme gives something else at this age: the clinic says what


@dataclass(frozen=True, slots=True)
class Mark:
    """What the family said about an item. `day`: when it was done, if told; until when it is put off."""

    state: MarkState
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Birth:
    """`precision` is day, week, month or year: a date made of a told age is only so good."""

    day: date
    precision: str = "day"
    weeks_early: int = 0

    @property
    def due(self) -> date:
        """When the child would have been born at 40 weeks."""
        return self.day + timedelta(weeks=self.weeks_early)


@dataclass(frozen=True, slots=True)
class Entry:
    """One item for one child. `opens`: its first day; `by`: when it is best done; `until`: the end of catching up."""

    item: Item
    opens: date
    by: date
    until: date | None
    reminds: date | None
    shifted: bool
    status: Status
    mark: Mark | None = None

    @property
    def put_off(self) -> date | None:
        return self.mark.day if self.mark is not None and self.mark.state is MarkState.LATER else None

    @property
    def is_settled(self) -> bool:
        return self.status in (Status.DONE, Status.UNWANTED)

    @property
    def turn(self) -> date:
        """The day that puts it in order: when it opens, when it is reminded of, or until when it is put off."""
        return max(self.opens, self.put_off or self.reminds or self.opens)


@dataclass(frozen=True, slots=True)
class Plan:
    """Entries in the order of their days."""

    birth: Birth
    today: date
    schedule: Schedule
    entries: tuple[Entry, ...]

    @property
    def is_approximate(self) -> bool:
        return self.birth.precision != "day"

    def entry(self, item_id: str) -> Entry | None:
        return next((e for e in self.entries if e.item.id == item_id), None)

    def _mostly_done(self, entry: Entry) -> bool:
        """What the ward does, so that nobody is reminded of it, a week after its day."""
        return entry.status is Status.NOW and entry.reminds is None and self.today > entry.opens + A_WEEK

    def next(self, most: int = 3) -> tuple[Entry, ...]:
        """What to do now or next."""
        due = [e for e in self.entries if e.status in (Status.NOW, Status.COMING) or (e.put_off and not e.is_settled)]
        due = [e for e in due if e.put_off or not self._mostly_done(e)]
        return tuple(sorted((e for e in due if e.item.kind is not ItemKind.OPTIONAL), key=lambda e: e.turn)[:most])

    def earlier(self) -> tuple[Entry, ...]:
        """What began long ago and is not marked, or belongs to the maternity ward: mostly done and never told."""
        left = [
            e for e in self.entries if (e.status in (Status.OPEN, Status.ASK) or self._mostly_done(e)) and not e.put_off
        ]
        return tuple(e for e in left if e.item.kind is not ItemKind.OPTIONAL)


def build(schedule: Schedule, birth: Birth, marks: Mapping[str, Mark], today: date) -> Plan:
    """The plan as of `today`. The same facts give the same plan."""
    days: dict[str, date] = {}
    live = {
        item.id: mark.day
        for item in schedule.items
        if item.live and (mark := marks.get(item.id)) is not None and mark.state is MarkState.DONE and mark.day
    }
    for item in schedule.items:
        opens = _opens(item, birth, marks, days)
        if item.live:
            others = [d for i, d in live.items() if i != item.id]
            opens = _apart(opens, others, today, done=item.id in live)
        days[item.id] = opens
    entries = [_entry(item, birth, marks.get(item.id), days[item.id], today) for item in schedule.items]
    return Plan(birth, today, schedule, tuple(sorted(entries, key=lambda e: e.opens)))


def _start(item: Item, birth: Birth) -> date:
    return birth.due if item.from_due and item.opens.months < NOT_CORRECTED_FROM else birth.day


def _opens(item: Item, birth: Birth, marks: Mapping[str, Mark], days: Mapping[str, date]) -> date:
    """The minimum age, or later when the dose before it was given late or is put off."""
    opens = item.opens.after(_start(item, birth))
    for before, apart in item.after:
        opens = max(opens, apart.after(_given(marks.get(before), days[before])))
    return opens


def _given(mark: Mark | None, opens: date) -> date:
    """The day on which a dose was given, or the first on which it can be: one put off is not given before it opens."""
    if mark is None or mark.day is None or mark.state is MarkState.UNWANTED:
        return opens
    return mark.day if mark.state is MarkState.DONE else max(mark.day, opens)


def _apart(opens: date, given: list[date], today: date, *, done: bool) -> date:
    """The day, kept 28 days away from other live vaccines that were given shortly before.

    One that could have been given with them and is not marked waits too; when it opened long before, it was mostly
    given then and never told. On the first day of both it may still be marked.
    """
    for day in sorted(given):
        missed = not done and day - A_MONTH < opens <= day and not opens == day == today
        if missed or day < opens < day + LIVE_APART:
            opens = day + LIVE_APART
    return opens


def _entry(item: Item, birth: Birth, mark: Mark | None, opens: date, today: date) -> Entry:
    start = _start(item, birth)
    nominal = item.opens.after(start)
    by = item.by.after(start) if item.by is not None else Age(1).after(nominal)
    until = item.until.after(start) if item.until is not None else None
    reminds = max(opens, item.remind.after(start)) if item.remind is not None else None
    entry = Entry(
        item, opens, max(by, opens + A_MONTH) if opens > nominal else by, until, reminds, opens - nominal > SHIFTED,
        Status.COMING, mark,
    )  # fmt: skip
    return replace(entry, status=_status(entry, today))


def _status(entry: Entry, today: date) -> Status:
    if entry.mark is not None and entry.mark.state is MarkState.DONE:
        return Status.DONE
    if entry.mark is not None and entry.mark.state is MarkState.UNWANTED:
        return Status.UNWANTED
    if today < entry.opens:
        return Status.COMING
    if entry.until is not None and today >= entry.until:
        return Status.ASK
    return Status.NOW if today < max(entry.opens, entry.reminds or entry.opens) + A_MONTH else Status.OPEN
