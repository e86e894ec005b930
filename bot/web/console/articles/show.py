"""What several pages of articles share: the chat's own card, words for remarks and fields, who is named how."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.language import Language
from bot.core.staff.store import StaffRow
from bot.dialogue.reply import Card, Reply
from bot.texts import Message
from bot.web.answers import number_of
from bot.web.console.frame import Console
from bot.web.talk import Letter
from knowledge.content_rules import SHORT_ANSWER, STEP, Remark, length
from knowledge.model import Article, Published, Source
from knowledge.store import SourceRow

T = Callable[..., str]


def today_of(console: Console) -> date:
    return console.now().astimezone(console.house.zone).date()


def sources_of(session: Session, ids: Iterable[str]) -> tuple[Source, ...]:
    """Those of the library of sources, in the order asked for."""
    wanted = list(ids)
    rows = {row.id: row for row in session.scalars(select(SourceRow).where(SourceRow.id.in_(wanted)))}
    found = [rows[key] for key in wanted if key in rows]
    return tuple(Source(r.id, r.title, r.publisher, r.url, r.year, r.title_translated) for r in found)


def as_published(session: Session, article: Article, *, approved: bool = True) -> Published:
    """A draft as if it were live."""
    return Published(article, "draft", approved, sources=sources_of(session, article.sources))


def names_of(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """Staff ids to names; who is no longer there keeps the beginning of the id."""
    wanted = {key for key in ids if key}
    rows = session.execute(select(StaffRow.id, StaffRow.name).where(StaffRow.id.in_(wanted)))
    found = {row[0]: row[1] for row in rows}
    return {key: found.get(key, key[:8]) for key in wanted}


def letter(console: Console, published: Published, language: Language, age_months: float | None = None) -> Letter:
    """The card as the chat shows it."""
    message = console.house.renderer.render(Reply((Card(published, age_months),)), language)
    return Letter(0, message, console.now())


def letters(console: Console, messages: Iterable[Message]) -> list[Letter]:
    return [Letter(0, message, console.now()) for message in messages]


def chat_words(console: Console) -> dict[str, Any]:
    """What the chat's letter.html needs beside the letter."""
    dialled = console.house.settings.numbers

    def texts(language: Language) -> T:
        own = console.texts(language)
        return lambda key, **blanks: own(f"web.{key}", **blanks)

    def time_of(moment: Any) -> dict[str, str]:
        local = moment.astimezone(console.house.zone)
        return {
            "iso": local.isoformat(timespec="seconds"),
            "short": f"{local:%H:%M}",
            "full": f"{local:%Y-%m-%d %H:%M}",
        }

    return {
        "chat_texts": texts,
        "time_of": time_of,
        "number_of": lambda button: number_of(button, dialled),
        "is_picture": lambda file: False,
    }


@dataclass(frozen=True, slots=True)
class Said:
    """A remark in words, at its field."""

    field: str
    words: str
    is_error: bool


_FIELD_OF = {"zh.doctor": "zh.emergency_now", "en.doctor": "en.emergency_now"}


def said(remarks: Iterable[Remark], t: T) -> dict[str, list[Said]]:
    """Remarks by the field at which the editor shows them."""
    found: dict[str, list[Said]] = {}
    for remark in remarks:
        field = _FIELD_OF.get(remark.field, remark.field)
        if field.startswith("phrasings."):
            field = f"{field.removeprefix('phrasings.')}.phrasings"
        words = t(f"console_articles.rule_{remark.code}", **remark.blanks)
        found.setdefault(field, []).append(Said(field, words, remark.is_error))
    return found


@dataclass(frozen=True, slots=True)
class Count:
    """How long a text is: of the limit, or of the longest line."""

    size: int
    most: int

    @property
    def is_over(self) -> bool:
        return self.size > self.most


def counts(article: Article) -> dict[str, Count]:
    """Characters (zh) or words (en) against the limits, by field; for steps that of the longest."""
    found = {}
    for language, text in article.texts.items():
        found[f"{language}.short"] = Count(length(text.short, language), SHORT_ANSWER[language])
        steps = [length(step, language) for step in text.steps]
        found[f"{language}.steps"] = Count(max(steps, default=0), STEP[language])
    return found
