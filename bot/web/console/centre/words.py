"""Times, ages, kinds and prices of a centre as its staff read them, on the centre's own clock."""

from __future__ import annotations

import html
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.core.language import Language
from bot.dialogue.care.words import day_words, kind_words, money
from bot.dialogue.reply import Say, say
from bot.dialogue.words import age_words
from bot.house import House
from scheduler.care.model.booking import Booking
from scheduler.care.model.centre import CareKind, Money, Room
from scheduler.care.model.day import Line
from scheduler.care.model.group import GroupSeries


class CentreWords:
    """Given to the templates of this section as `w`."""

    def __init__(self, house: House, language: Language, zone: str) -> None:
        self._house = house
        self._language = language
        self._zone = ZoneInfo(zone)

    def _said(self, words: Say) -> str:
        return html.unescape(self._house.renderer.sentence(words, self._language))

    def clock(self, moment: datetime | None) -> str:
        return f"{moment.astimezone(self._zone):%H:%M}" if moment is not None else ""

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(self._zone).date()

    def span(self, start: datetime, end: datetime) -> str:
        return f"{self.clock(start)}–{self.clock(end)}"

    def day(self, day: date) -> str:
        return self._said(day_words(day))

    def weekday(self, number: int) -> str:
        return self._said(Say(f"booking.weekday_{number}"))

    def age(self, months: float) -> str:
        return self._said(age_words(months))

    def kind(self, kind: CareKind | None) -> str:
        return self._said(kind_words(kind))

    def money(self, amount: Money) -> str:
        return self._said(money(amount))

    def price(self, booking: Booking) -> str:
        """The price, or which free use of the year it is."""
        if booking.free_use is not None:
            return self._said(say("console_centre.free_use", number=booking.free_use))
        return self.money(booking.price) if booking.price is not None else ""

    def room(self, room: Room) -> str:
        """Its name in this language; in English, where none is written, by its age group."""
        named = room.names.get(self._language.value)
        if named or self._language is Language.ZH:
            return named or room.name
        return self._said(Say(f"booking.room_{room.group.value}"))

    def title(self, series: GroupSeries) -> str:
        return series.titled(self._language.value)

    def child(self, line: Line) -> str:
        """How the child is called here: a label that the family or the door gave, else its age."""
        label = line.booking.guest.label if line.booking.guest else line.child.label if line.child else ""
        if label:
            return label
        return self.age(line.age_months) if line.age_months is not None else line.booking.code
