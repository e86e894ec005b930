"""Centres, rooms and care types as the rules see them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.core.families.model import age_in_months
from scheduler.care.model.times import Span, wall

_HAN = re.compile(r"[\u3400-\u9fff]")
UNDER_TWO = 24
FREE_USES_A_YEAR = 12
"""Free uses of temporary care a child and calendar year, as Shanghai's community nurseries grant at least."""


class AgeGroup(StrEnum):
    """The legal groups of China's nurseries: 托育机构设置标准（试行）, 2019."""

    INFANTS = "infants"  # 乳儿班
    TODDLERS = "toddlers"  # 托小班
    OLDER = "older"  # 托大班
    MIXED = "mixed"  # 混合编班


@dataclass(frozen=True, slots=True)
class GroupRule:
    """Ages in months [from, to), the largest group, and how many children one adult may look after."""

    from_months: int
    to_months: int
    largest: int
    children_an_adult: int


LEGAL: Mapping[AgeGroup, GroupRule] = {
    AgeGroup.INFANTS: GroupRule(6, 12, 10, 3),
    AgeGroup.TODDLERS: GroupRule(12, 24, 15, 5),
    AgeGroup.OLDER: GroupRule(24, 36, 20, 7),
    AgeGroup.MIXED: GroupRule(18, 36, 18, 7),
}
"""托育机构设置标准（试行）, 2019: sizes and adult-child ratios; mixed groups from 18 months, at most 18."""


@dataclass(frozen=True, slots=True)
class Room:
    id: int
    centre_id: int
    name: str
    group: AgeGroup
    from_months: int
    to_months: int
    size: int
    adults: int
    same_day_reserve: int = 0
    names: Mapping[str, str] = field(default_factory=dict)  # by language, where there is another

    @property
    def children_an_adult(self) -> int:
        """A mixed room that takes children under two is always staffed for them (1:5), whoever comes that day."""
        if self.group is AgeGroup.MIXED and self.from_months < UNDER_TWO:
            return LEGAL[AgeGroup.TODDLERS].children_an_adult
        return LEGAL[self.group].children_an_adult

    def takes(self, birth_date: date, day: date) -> bool:
        """Whether the child's age on the day of care fits; the age by birth date, never the corrected one."""
        return self.from_months <= age_in_months(birth_date, day) < self.to_months

    def places(self, adults: int | None = None) -> int:
        """How many children may be there with so many adults (the usual number when None)."""
        present = self.adults if adults is None else adults
        return max(0, min(self.size, LEGAL[self.group].largest, present * self.children_an_adult))


class CareKind(StrEnum):
    HOURLY = "hourly"  # 计时托
    TEMPORARY = "temporary"  # 临时托, blocks of two hours
    HALF_DAY = "half_day"  # 半日托
    FULL_DAY = "full_day"  # 全日托
    EXTENDED = "extended"  # 延时托: evening, weekend


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the currency's smallest unit (分, cents)."""

    amount: int
    currency: str = "CNY"

    @property
    def text(self) -> str:
        """`60` or `62.50`, without the currency."""
        return f"{self.amount // 100}" if self.amount % 100 == 0 else f"{self.amount / 100:.2f}"


@dataclass(frozen=True, slots=True)
class Fee:
    """Either a flat amount for each block, or an amount an hour that may rise after some minutes."""

    currency: str = "CNY"
    flat: int | None = None
    per_hour: int | None = None
    rises_after: int | None = None  # minutes
    per_hour_then: int | None = None

    def of(self, start: datetime, end: datetime, blocks: int = 1) -> Money:
        """The price of one child's stay; begun half hours count in full."""
        if self.flat is not None:
            return Money(self.flat * max(1, blocks), self.currency)
        minutes = -(-int((end - start) / timedelta(minutes=1)) // 30) * 30
        usual = min(minutes, self.rises_after) if self.rises_after is not None else minutes
        rate = self.per_hour or 0
        later = self.per_hour_then if self.per_hour_then is not None else rate
        return Money(-(-(usual * rate + (minutes - usual) * later) // 60), self.currency)


@dataclass(frozen=True, slots=True)
class CareType:
    """One way to book a centre. With `blocks`, a stay is one block or several that follow each other."""

    id: int
    centre_id: int
    kind: CareKind
    fee: Fee
    weekdays: frozenset[int] = frozenset(range(7))  # Monday is 0
    window: Span | None = None
    blocks: tuple[Span, ...] = ()
    min_minutes: int = 30
    max_minutes: int = 12 * 60
    lead_minutes: int = 0
    last_booking: tuple[int, int] | None = None  # (days before, minutes after midnight)
    free_uses: bool = False

    def closes_at(self, day: date, start: datetime, zone: str) -> datetime:
        """The last moment to book a stay that begins at `start` on that day."""
        latest = start - timedelta(minutes=self.lead_minutes)
        if self.last_booking is not None:
            days, minutes = self.last_booking
            latest = min(latest, wall(day - timedelta(days=days), minutes, zone))
        return latest


Hours = Mapping[int, tuple[Span, ...]]


@dataclass(frozen=True, slots=True)
class DayChange:
    """One day on which the usual hours do not hold; no spans means closed."""

    day: date
    spans: tuple[Span, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Centre:
    id: int
    name: str
    address: str
    zone: str
    lat: float | None = None
    lon: float | None = None
    names: Mapping[str, str] = field(default_factory=dict)  # by language, where there is another
    registration: str = ""  # 备案 number; empty when none is known
    qualifications: tuple[str, ...] = ()
    phone: str = ""
    website: str = ""
    facilities: tuple[str, ...] = ()
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # of both, by language, where known
    languages: tuple[str, ...] = ()
    photo: str = ""
    routine: Mapping[str, str] = field(default_factory=dict)  # daily routine, by language
    bring: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # what to bring, by language
    rules: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by language
    fever_limit: float | None = None  # °C from which a child is not admitted
    well_for_hours: int | None = None  # how long a child must be well again
    hours: Hours = field(default_factory=dict)
    from_months: int | None = None
    to_months: int | None = None
    bookable: bool = False

    @property
    def time_zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def registered(self) -> bool:
        return bool(self.registration)

    def called(self, language: str) -> str:
        return self.names.get(language, self.name)

    def has(self, language: str) -> tuple[str, ...]:
        """Qualifications and facilities as a reader of the language can read them; a register mostly has one."""
        known = self.translations.get(language, {})
        things = (known.get(thing, thing) for thing in (*self.qualifications, *self.facilities))
        return tuple(thing for thing in things if language == "zh" or not _HAN.search(thing))

    def spans_on(self, day: date, changes: Mapping[date, DayChange]) -> tuple[Span, ...]:
        """When the centre is open on the day, by its own clock."""
        changed = changes.get(day)
        return changed.spans if changed is not None else self.hours.get(day.weekday(), ())
