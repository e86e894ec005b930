"""The editor's form: an article as values of inputs, and back. Nothing that was entered is dropped.

Bands of age are rows that both languages share; a row counts as soon as anything stands in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from bot.core.language import Language
from bot.web.console.forms import Form
from knowledge.editing.fields import MOST_CHARACTERS, from_fields, to_fields
from knowledge.model import AgeBand, AgeVariant, Article, ArticleText, Claim, Domain, Urgency

EMPTY_ROWS = 2  # of bands and claims, for people without scripts
MOST_ROWS = 30
CHECKS = ("seen", "from_guideline_knowledge")
ONE_LINE = ("title",)
SOME_LINES = ("short", "steps", *Urgency, "phrasings")


@dataclass(frozen=True, slots=True)
class BandRow:
    start: str
    end: str
    zh: str
    en: str


def band_rows(article: Article) -> list[BandRow]:
    """One row a band, in the order of age, and some empty ones."""
    by_band: dict[AgeBand, dict[Language, str]] = {}
    for language, text in article.texts.items():
        for variant in text.by_age:
            by_band.setdefault(variant.band, {})[language] = variant.text
    rows = [
        BandRow(f"{band.start:g}", f"{band.end:g}", own.get(Language.ZH, ""), own.get(Language.EN, ""))
        for band, own in sorted(by_band.items(), key=lambda item: (item[0].start, item[0].end))
    ]
    return rows + [BandRow("", "", "", "")] * EMPTY_ROWS


def claim_rows(article: Article) -> list[Claim]:
    return [*article.claims, *[Claim("", (), CHECKS[0])] * EMPTY_ROWS]


def texts_of(article: Article) -> dict[str, str]:
    """Values of the text areas by their names."""
    return to_fields(article)


def read(form: Form, before: Article) -> Article:
    """The article as entered; a number or day that cannot be read keeps what it was."""
    fields = to_fields(before)
    for language in Language:
        for name in (*ONE_LINE, *SOME_LINES):
            key = f"{language}.{name}"
            if key in form:
                fields[key] = form[key]
        fields[f"{language}.by_age"] = ""
    fields["claims"] = ""
    fields["ask_age"] = form["ask_age"]
    fields["sources"] = "\n".join([*form.all("source"), *form["source_add"].split()])
    fields["related"] = "\n".join([*form.all("related"), *form["related_add"].split()])
    if form["domain"] in set(Domain):
        fields["domain"] = form["domain"]
    fields["review_by"] = _day(form["review_by"], before.review_by).isoformat()
    ages = AgeBand(_months(form["ages.from"], before.ages.start), _months(form["ages.to"], before.ages.end))
    article = replace(from_fields(before.id, fields), ages=ages, claims=_claims(form))
    return replace(article, texts={k: _with_bands(t, k, form) for k, t in article.texts.items()})


def _with_bands(text: ArticleText, language: Language, form: Form) -> ArticleText:
    found = []
    for number in range(MOST_ROWS):
        start, end = form[f"band.{number}.from"], form[f"band.{number}.to"]
        both = [_folded(form[f"{other}.by_age.{number}"]) for other in Language]
        if not (start.strip() or end.strip() or any(both)):
            continue
        found.append(AgeVariant(AgeBand(_months(start, 0), _months(end, 0)), both[list(Language).index(language)]))
    return replace(text, by_age=tuple(sorted(found, key=lambda v: (v.band.start, v.band.end))))


def _claims(form: Form) -> tuple[Claim, ...]:
    found = []
    for number in range(MOST_ROWS):
        claim, where = _folded(form[f"claim.{number}.text"]), _folded(form[f"claim.{number}.where"])
        sources = tuple(form[f"claim.{number}.sources"].replace(",", " ").split())
        if claim or where or sources:
            check = form[f"claim.{number}.check"]
            found.append(Claim(claim, sources, check if check in CHECKS else CHECKS[0], where))
    return tuple(found)


def _folded(text: str) -> str:
    return " ".join(text[:MOST_CHARACTERS].split())


def _months(entered: str, otherwise: float) -> float:
    try:
        months = float(entered.strip().replace(",", "."))
    except ValueError:
        return otherwise
    return months if 0 <= months <= 1000 else otherwise


def _day(entered: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(entered.strip())
    except ValueError:
        return otherwise
