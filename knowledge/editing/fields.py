"""An article as named fields of plain text: what a form shows, a diff compares, and a merge puts together.

Lists are one entry a line. `from_fields(to_fields(article))` is the article again, except that lines of 'see a doctor
when' are ordered by urgency and blanks within a line are folded.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeVar

from bot.core.language import Language
from knowledge.model import (
    AgeBand,
    AgeVariant,
    Article,
    ArticleText,
    Claim,
    DoctorLine,
    Domain,
    KnowledgeError,
    Urgency,
)

Read = TypeVar("Read")

TEXT_FIELDS = ("title", "short", "steps", "by_age", "emergency_now", "urgent_today", "soon", "phrasings")
SHARED_FIELDS = ("domain", "ages", "ask_age", "review_by", "sources", "related", "claims")
FIELDS = (*(f"{language}.{name}" for name in TEXT_FIELDS for language in Language), *SHARED_FIELDS)
MOST_CHARACTERS = 20_000  # of one field


class FieldUnreadable(KnowledgeError):
    """What was entered in `field` cannot be read, e.g. a day that is none."""

    def __init__(self, field: str, entered: str) -> None:
        super().__init__(f"{field}: {entered[:40]!r}")
        self.field = field
        self.entered = entered


def to_fields(article: Article) -> dict[str, str]:
    """By the names of FIELDS."""
    found: dict[str, str] = {}
    for language in Language:
        text = article.texts.get(language) or ArticleText("", "", (), ())
        found[f"{language}.title"] = text.title
        found[f"{language}.short"] = text.short
        found[f"{language}.steps"] = "\n".join(text.steps)
        found[f"{language}.by_age"] = "\n".join(f"{_band(v.band)}: {v.text}" for v in text.by_age)
        for urgency in Urgency:
            lines = [line.text for line in text.doctor if line.urgency is urgency]
            found[f"{language}.{urgency}"] = "\n".join(lines)
        found[f"{language}.phrasings"] = "\n".join(article.phrasings.get(language, ()))
    found["domain"] = article.domain.value
    found["ages"] = _band(article.ages)
    found["ask_age"] = "yes" if article.ask_age else ""
    found["review_by"] = article.review_by.isoformat()
    found["sources"] = "\n".join(article.sources)
    found["related"] = "\n".join(article.related)
    found["claims"] = "\n".join(
        json.dumps([c.claim, list(c.sources), c.check, c.where], ensure_ascii=False) for c in article.claims
    )
    return {name: found[name] for name in FIELDS}


def from_fields(article_id: str, fields: Mapping[str, str]) -> Article:
    """The article; fields that are missing are empty. Raises FieldUnreadable."""
    return Article(
        id=article_id,
        domain=_read("domain", fields, Domain),
        ages=_read("ages", fields, _read_band),
        review_by=_read("review_by", fields, date.fromisoformat),
        texts={language: _text(language, fields) for language in Language},
        phrasings={language: tuple(_unique(_lines(fields, f"{language}.phrasings"))) for language in Language},
        sources=tuple(_unique(_lines(fields, "sources"))),
        ask_age=bool(fields.get("ask_age", "")),
        related=tuple(_unique(_lines(fields, "related"))),
        claims=_read("claims", fields, _claims),
    )


def _text(language: Language, fields: Mapping[str, str]) -> ArticleText:
    def one(name: str) -> str:
        return " ".join(_lines(fields, f"{language}.{name}"))

    return ArticleText(
        title=one("title"),
        short=one("short"),
        steps=tuple(_lines(fields, f"{language}.steps")),
        doctor=tuple(DoctorLine(u, line) for u in Urgency for line in _lines(fields, f"{language}.{u}")),
        by_age=_read(f"{language}.by_age", fields, _variants),
    )


def _variants(entered: str) -> tuple[AgeVariant, ...]:
    """`0-6: text`, one a line."""
    found = []
    for line in _folded(entered):
        band, _, text = line.partition(":")
        found.append(AgeVariant(_read_band(band), text.strip()))
    return tuple(found)


def _claims(entered: str) -> tuple[Claim, ...]:
    found = []
    for line in entered.splitlines():
        if line.strip():
            claim, sources, check, where = json.loads(line)
            found.append(Claim(str(claim), tuple(str(s) for s in sources), str(check), str(where)))
    return tuple(found)


def _band(band: AgeBand) -> str:
    return f"{band.start:g}-{band.end:g}"


def _read_band(entered: str) -> AgeBand:
    start, _, end = entered.partition("-")
    band = AgeBand(float(start), float(end))
    if not (0 <= band.start <= 1000 and 0 <= band.end <= 1000):
        raise ValueError(entered)
    return band


def _read(name: str, fields: Mapping[str, str], read: Callable[[str], Read]) -> Read:
    entered = fields.get(name, "")
    try:
        return read(entered)
    except (ValueError, TypeError) as error:
        raise FieldUnreadable(name, entered) from error


def _lines(fields: Mapping[str, str], name: str) -> list[str]:
    return _folded(fields.get(name, ""))


def _folded(entered: str) -> list[str]:
    lines = (" ".join(line.split()) for line in entered[:MOST_CHARACTERS].splitlines())
    return [line for line in lines if line]


def _unique(lines: list[str]) -> list[str]:
    return list(dict.fromkeys(lines))
