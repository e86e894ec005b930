"""A country's schedule of vaccines, check-ups and screening, read from schedules/*.yaml (the fields are told there)."""

from __future__ import annotations

import hashlib
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.core.language import Language

FOLDER = Path(__file__).resolve().parents[1] / "schedules"
COUNTRY = "cn"
Words = dict[Language, str]


class ItemKind(StrEnum):
    VACCINE = "vaccine"
    CHECK = "check"
    SCREENING = "screening"
    TEETH = "teeth"
    CARE = "care"  # at home
    OPTIONAL = "optional"  # self-paid, never reminded of


@dataclass(frozen=True, slots=True)
class Age:
    """Whole months and days."""

    months: int = 0
    days: int = 0

    def after(self, day: date) -> date:
        """That long after a day. Where the month is too short, the first of the next: no minimum age is ever cut."""
        years, month = divmod(day.month - 1 + self.months, 12)
        year, month = day.year + years, month + 1
        if day.day > monthrange(year, month)[1]:
            first = date(year + month // 12, month % 12 + 1, 1)
            return first + timedelta(days=self.days)
        return date(year, month, day.day) + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Item:
    """One dose, check-up or test. `opens` is the earliest age; the other fields are told in schedules/cn.yaml."""

    id: str
    kind: ItemKind
    visit: str
    opens: Age
    by: Age | None
    until: Age | None
    after: tuple[tuple[str, Age], ...]
    live: bool
    from_due: bool
    remind: Age | None  # None: nobody needs reminding
    name: Words
    short: Words
    detail: Words | None
    article: str
    sources: tuple[str, ...]

    @property
    def row(self) -> str:
        """What the doses of one vaccine, or the check-ups, have in common."""
        return self.id.partition("-")[0]

    @property
    def number(self) -> str:
        """Of the dose; empty when there is only one."""
        number = self.id.rpartition("-")[2]
        return number if number.isdigit() else ""


@dataclass(frozen=True, slots=True)
class Publication:
    id: str
    title: Words
    by: Words
    url: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """`edition` changes with every edit of the file; `version` is for people."""

    id: str
    version: str
    edition: str
    country: Words
    rows: tuple[tuple[str, Words], ...]
    items: tuple[Item, ...]
    publications: tuple[Publication, ...]

    @property
    def whole(self) -> Publication:
        """The publication that most of it rests on: it stands first in the file."""
        return self.publications[0]

    def item(self, item_id: str) -> Item | None:
        return next((i for i in self.items if i.id == item_id), None)


class ScheduleError(ValueError):
    """A schedule file says something that cannot be."""


@cache
def schedule(country: str = COUNTRY) -> Schedule:
    """The schedule as it stands in its file."""
    return read((FOLDER / f"{country}.yaml").read_text(encoding="utf-8"))


def read(text: str) -> Schedule:
    """Raises ScheduleError."""
    data = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - the safe loader, in C
    items = tuple(_item(key, fields) for key, fields in data["items"].items())
    publications = tuple(
        Publication(key, _words(p["title"]), _words(p["by"]), str(p["url"])) for key, p in data["sources"].items()
    )
    made = Schedule(
        str(data["id"]), str(data["version"]), hashlib.sha256(text.encode()).hexdigest()[:12],
        _words(data["country"]), tuple((key, _words(name)) for key, name in data["rows"].items()), items, publications,
    )  # fmt: skip
    _check(made)
    return made


def _item(key: str, fields: dict[str, Any]) -> Item:
    opens = _age(fields["from"])
    remind = fields.get("remind", fields["from"])
    return Item(
        id=key,
        kind=ItemKind(fields["kind"]),
        visit=str(fields["visit"]),
        opens=opens,
        by=_age(fields["by"]) if "by" in fields else None,
        until=_age(fields["until"]) if "until" in fields else None,
        after=tuple((before, _age(time)) for before, time in fields.get("after", {}).items()),
        live=bool(fields.get("live", False)),
        from_due=bool(fields.get("from_due", False)),
        remind=None if remind == "no" else _age(remind),
        name=_words(fields["name"]),
        short=_words(fields["short"]),
        detail=_words(fields["detail"]) if "detail" in fields else None,
        article=str(fields.get("article", "")),
        sources=tuple(fields["sources"]),
    )


def _age(value: object) -> Age:
    text = str(value)
    if text.endswith("d"):
        return Age(days=int(text[:-1]))
    return Age(months=int(text.removesuffix("m")))


def _words(value: dict[str, str]) -> Words:
    return {language: str(value[language.value]) for language in Language}


def _check(made: Schedule) -> None:
    known = {p.id for p in made.publications}
    seen: set[str] = set()
    for item in made.items:
        if len(item.id) > 18:
            raise ScheduleError(f"{item.id}: too long for a button")
        if missing := set(item.sources) - known:
            raise ScheduleError(f"{item.id}: no such source {sorted(missing)}")
        if missing := {before for before, _ in item.after} - seen:
            raise ScheduleError(f"{item.id}: {sorted(missing)} does not stand above it")
        birth = date(2024, 1, 31)
        for end in (item.by, item.until):
            if end is not None and end.after(birth) <= item.opens.after(birth):
                raise ScheduleError(f"{item.id}: ends before it begins")
        seen.add(item.id)
