"""Group sessions: meetings of parents with a host, single or in a course, repeated by a rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from dateutil.rrule import rruleset, rrulestr

from scheduler.care.model.centre import Money


class GroupKind(StrEnum):
    PARENTING_GROUP = "parenting_group"  # 养育照护小组活动
    PARENT_CHILD = "parent_child"  # 亲子小屋
    TRIAL_VISIT = "trial_visit"  # 体验活动
    ACCOMPANIMENT = "accompaniment"  # 家长渐进式陪伴


@dataclass(frozen=True, slots=True)
class GroupSeries:
    """A repeated meeting. `first` is local wall-clock time without a zone; exceptions likewise.

    `rule` is an RRULE (RFC 5545) and counts on the wall clock: ten o'clock stays ten o'clock over clock changes.
    A course is booked as one: all its meetings that are still to come.
    """

    id: int
    kind: GroupKind
    domain: str
    titles: Mapping[str, str]
    zone: str
    first: datetime
    minutes: int
    families: int
    from_months: int = 0
    to_months: int = 36
    rule: str = ""
    left_out: tuple[datetime, ...] = ()
    added: tuple[datetime, ...] = ()
    course: bool = False
    host: str = ""
    about: Mapping[str, str] = field(default_factory=dict)
    place: str = ""
    address: str = ""
    lat: float | None = None
    lon: float | None = None
    centre_id: int | None = None
    languages: tuple[str, ...] = ()
    price: Money | None = None
    lead_minutes: int = 0

    def meetings(self, since: datetime, until: datetime) -> list[datetime]:
        """When meetings begin in [since, until), in UTC, in order."""
        zone = ZoneInfo(self.zone)
        rules = rruleset()
        if self.rule:
            rules.rrule(rrulestr(self.rule, dtstart=self.first))  # type: ignore[arg-type]
        else:
            rules.rdate(self.first)
        for moment in self.added:
            rules.rdate(moment)
        for moment in self.left_out:
            rules.exdate(moment)
        low = since.astimezone(zone).replace(tzinfo=None) - timedelta(hours=3)
        high = until.astimezone(zone).replace(tzinfo=None) + timedelta(hours=3)
        found = (m.replace(tzinfo=zone).astimezone(UTC) for m in rules.between(low, high, inc=True))
        return [m for m in found if since <= m < until]

    def titled(self, language: str) -> str:
        return self.titles.get(language) or next(iter(self.titles.values()))


@dataclass(frozen=True, slots=True)
class GroupSession:
    """One meeting. `metres` is from the asking family; None when unknown."""

    id: int
    series: GroupSeries
    starts_at: datetime
    ends_at: datetime
    families: int
    places_left: int
    metres: float | None = None
    meetings: tuple[datetime, ...] = ()
    """For a course: when its coming meetings begin, this one among them."""

    @property
    def local_start(self) -> datetime:
        return self.starts_at.astimezone(ZoneInfo(self.series.zone))

    @property
    def local_end(self) -> datetime:
        return self.ends_at.astimezone(ZoneInfo(self.series.zone))
