"""What rows and columns of the city's tables are called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.statistics.hiding import Table
from bot.statistics.overview import Overview

Words = Callable[..., str]
Label = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of the page. `key` names its title, its meaning and its file; `chart`: bars, stack, line or heat."""

    key: str
    group: str
    table: Table
    row: Label
    column: Label
    chart: str
    beside: tuple[int, ...] = ()  # numbers about rooms that are shown beside, by row


def sheets(found: Overview, t: Words) -> list[Sheet]:
    """Every table, in the order of the page."""
    talk, care = found.talk, found.care

    def words(prefix: str) -> Label:
        return lambda name: t(f"console_city.{prefix}_{name}") if name else t("console_city.unknown")

    def same(name: str) -> str:
        return name or t("console_city.unknown")

    def domain(name: str) -> str:
        return t(f"console_articles.domain_{name}") if name else t("console_city.unknown")

    def ages(name: str) -> str:
        return t("console_city.ages", band=name.replace("-", "–")) if name else t("console_city.unknown")

    def hour(name: str) -> str:
        return f"{int(name):02d}:00"

    def day(name: str) -> str:
        return name[5:]

    column, none = words("col"), lambda _: t("console_city.in_all")
    return [
        Sheet("outcomes", "questions", talk.outcomes, none, column, "stack"),
        Sheet("by_day", "questions", talk.by_day, day, column, "line"),
        Sheet("by_hour", "questions", talk.by_hour, hour, column, "line"),
        Sheet("by_domain", "questions", talk.by_domain, domain, column, "stack"),
        Sheet("by_ages", "questions", talk.by_ages, ages, column, "stack"),
        Sheet("by_language", "questions", talk.by_language, words("language"), column, "stack"),
        Sheet("chosen", "questions", talk.chosen, none, column, "stack"),
        Sheet("helpful", "questions", talk.helpful, domain, column, "stack"),
        Sheet("danger", "danger", talk.danger, none, words("level"), "stack"),
        *([Sheet("checks", "danger", talk.checks, none, column, "stack")] if talk.checks is not None else []),
        Sheet("calls", "danger", talk.calls, none, column, "stack"),
        Sheet("hand_overs", "danger", talk.hand_overs, none, column, "stack"),
        Sheet("used_by_district", "places", care.used_by_district, same, column, "bars", care.offered_by_district),
        Sheet("used_by_hour", "places", care.used_by_hour, hour, column, "bars", care.offered_by_hour),
        Sheet("searches", "places", care.searches, same, words("search"), "stack"),
        Sheet("full_by_hour", "places", care.full_by_hour, hour, same, "heat"),
        Sheet("bookings", "places", care.bookings, same, words("booking"), "stack"),
        Sheet("reminders", "reminders", care.reminders, words("kind"), words("delivered"), "stack"),
    ]  # fmt: skip
