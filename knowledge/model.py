"""Articles and their life.

    DRAFT -> IN_REVIEW ------------> PUBLISHED -> RETIRED
    ^  |        |  |                 ^
    |  |        |  +-> SCHEDULED ----+  approved, to be served from a later moment on
    |  +--------|---------|--------------------> RETIRED  set aside
    +-----------+---------+  sent back, withdrawn

An article is a topic; what it says is a revision. Only a published revision is ever served; the newest edit lives in
another one. See knowledge/editing for who may take which step.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter

from bot.core.language import Language


class KnowledgeError(Exception):
    """Something that the rules of the library do not allow."""


class Domain(StrEnum):
    """The five parts of the WHO/UNICEF Nurturing Care Framework."""

    NUTRITION = "nutrition"
    HEALTH = "health"
    RESPONSIVE_CARE = "responsive_care"
    SAFETY = "safety"
    EARLY_LEARNING = "early_learning"


class Urgency(StrEnum):
    """How soon a doctor should see the child."""

    EMERGENCY_NOW = "emergency_now"
    URGENT_TODAY = "urgent_today"
    SOON = "soon"


class Status(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    RETIRED = "retired"


ALLOWED_STEPS: dict[Status, frozenset[Status]] = {
    Status.DRAFT: frozenset({Status.IN_REVIEW, Status.RETIRED}),
    Status.IN_REVIEW: frozenset({Status.DRAFT, Status.SCHEDULED, Status.PUBLISHED}),
    Status.SCHEDULED: frozenset({Status.DRAFT, Status.PUBLISHED}),
    Status.PUBLISHED: frozenset({Status.RETIRED}),
    Status.RETIRED: frozenset(),
}

OPEN = frozenset({Status.DRAFT, Status.IN_REVIEW, Status.SCHEDULED})  # an article has at most one of these
NEVER_OVERDUE = frozenset({Domain.HEALTH, Domain.SAFETY})  # past `review_by` these are not served


@dataclass(frozen=True, slots=True)
class AgeBand:
    """Months since birth, from `start` up to but not including `end`; an end of 36 includes the third birthday."""

    start: float
    end: float

    def holds(self, months: float) -> bool:
        return self.start <= months < self.end or (self.end >= 36 and months >= self.end)

    def apart(self, other: AgeBand) -> bool:
        """Whether no age is in both."""
        return self.end <= other.start or other.end <= self.start


@dataclass(frozen=True, slots=True)
class AgeVariant:
    band: AgeBand
    text: str


@dataclass(frozen=True, slots=True)
class DoctorLine:
    urgency: Urgency
    text: str


@dataclass(frozen=True, slots=True)
class ArticleText:
    """What a parent reads, in one language."""

    title: str
    short: str
    steps: tuple[str, ...]
    doctor: tuple[DoctorLine, ...]
    by_age: tuple[AgeVariant, ...] = ()

    def variant(self, months: float | None) -> AgeVariant | None:
        if months is None:
            return None
        return next((v for v in self.by_age if v.band.holds(months)), None)


@dataclass(frozen=True, slots=True)
class Claim:
    """One checkable statement; `check` is seen or from_guideline_knowledge."""

    claim: str
    sources: tuple[str, ...]
    check: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """Everything one revision says."""

    id: str
    domain: Domain
    ages: AgeBand
    review_by: date
    texts: dict[Language, ArticleText]
    phrasings: dict[Language, tuple[str, ...]]
    sources: tuple[str, ...]
    ask_age: bool = False
    related: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()

    def bands(self) -> tuple[AgeBand, ...]:
        """The age bands to choose from when the age is unknown."""
        text = self.texts.get(Language.ZH) or next(iter(self.texts.values()))
        return tuple(v.band for v in text.by_age)


@dataclass(frozen=True, slots=True)
class Source:
    """A published document that articles rest on."""

    id: str
    title: str
    publisher: str
    url: str
    year: int | None = None
    title_translated: str = ""


@dataclass(frozen=True, slots=True)
class Published:
    """An article as served: the revision that is live, and whether the local health team approved it."""

    article: Article
    revision_id: str
    approved_locally: bool
    sources: tuple[Source, ...] = field(default=())


_ARTICLE = TypeAdapter(Article)


def article_to_json(article: Article) -> dict[str, Any]:
    data: dict[str, Any] = _ARTICLE.dump_python(article, mode="json")
    return data


def article_from_json(data: dict[str, Any]) -> Article:
    return _ARTICLE.validate_python(data, strict=False)
