"""Articles as files: `<domain>/<id>/{article.yaml, zh.md, en.md}` and `sources.yaml`, read and written.

Every problem names its file and line, so that a health worker can mend it without a programmer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

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
    Source,
    Urgency,
)

CONTENT = Path(__file__).resolve().parent / "content"

HEADINGS = {
    Language.ZH: {"steps": "怎么做", "by_age": "分月龄", "doctor": "什么时候看医生"},
    Language.EN: {"steps": "What to do", "by_age": "By age", "doctor": "See a doctor when"},
}
_BAND = re.compile(r"^### (\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)\s*$")
_DOCTOR = re.compile(r"^- (emergency_now|urgent_today|soon): (.+)$")


@dataclass(frozen=True, slots=True)
class Problem:
    file: Path
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


class ContentBroken(KnowledgeError):
    """A content file does not follow the format."""

    def __init__(self, file: Path, line: int, text: str) -> None:
        self.problem = Problem(file, line, text)
        super().__init__(str(self.problem))


def article_folders(root: Path = CONTENT) -> Iterator[Path]:
    """Every article folder, in a stable order."""
    return iter(sorted(p.parent for p in (root / "articles").glob("*/*/article.yaml")))


def read_sources(root: Path = CONTENT) -> dict[str, Source]:
    """All sources by id; raises ContentBroken."""
    file = root / "sources.yaml"
    raw = _yaml(file)
    if not isinstance(raw.get("sources"), list):
        raise ContentBroken(file, 1, "missing: sources")
    return {source.id: source for source in (_source(file, entry) for entry in raw["sources"])}


def _source(file: Path, raw: dict[str, Any]) -> Source:
    try:
        return Source(
            id=raw["id"],
            title=raw["title"],
            publisher=raw["publisher"],
            url=raw["url"],
            year=raw.get("year"),
            title_translated=raw.get("title_translated", ""),
        )
    except (KeyError, TypeError, AttributeError) as error:
        name = raw.get("id", "") if isinstance(raw, dict) else ""
        line = _line_of(file, f"- id: {name}") if name else 1
        raise ContentBroken(file, line, f"a source without {error}") from error


def read_article(folder: Path) -> Article:
    """One article from its folder; raises ContentBroken."""
    file = folder / "article.yaml"
    raw = _yaml(file)
    missing = {"id", "domain", "age_months", "review_by", "sources", "phrasings"} - raw.keys()
    if missing:
        raise ContentBroken(file, 1, f"missing: {', '.join(sorted(missing))}")
    if raw["id"] != folder.name:
        raise ContentBroken(file, _line_of(file, "id:"), f"id is {raw['id']!r}, the folder is {folder.name!r}")
    if raw["domain"] != folder.parent.name:
        raise ContentBroken(
            file, _line_of(file, "domain:"), f"domain {raw['domain']!r} in folder {folder.parent.name!r}"
        )
    try:
        return Article(
            id=raw["id"],
            domain=Domain(raw["domain"]),
            ages=AgeBand(float(raw["age_months"][0]), float(raw["age_months"][1])),
            review_by=_date(file, raw["review_by"]),
            texts={language: read_text(folder / f"{language}.md", language) for language in Language},
            phrasings={lang: tuple(str(p) for p in raw["phrasings"].get(lang.value, ())) for lang in Language},
            sources=tuple(s["id"] if isinstance(s, dict) else s for s in raw["sources"]),
            ask_age=bool(raw.get("ask_age", False)),
            related=tuple(raw.get("related", ())),
            claims=tuple(
                Claim(str(c["claim"]), tuple(c["sources"]), c["check"], c.get("where") or "")
                for c in raw.get("claims", ())
            ),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ContentBroken(file, 1, f"not in the form of knowledge/content/README.md: {error}") from error


def read_text(file: Path, language: Language) -> ArticleText:
    """The Markdown of one language; raises ContentBroken."""
    if not file.exists():
        raise ContentBroken(file, 1, "the file is missing")
    headings = {v: k for k, v in HEADINGS[language].items()}
    title, section = "", "short"
    lines: dict[str, list[tuple[int, str]]] = {"short": [], "steps": [], "by_age": [], "doctor": []}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("## "):
            heading = line[3:].strip()
            if heading not in headings:
                raise ContentBroken(file, number, f"unknown heading {heading!r}; known: {', '.join(headings)}")
            section = headings[heading]
        elif line.startswith("# ") and not title:
            title = line[2:].strip()
        elif line.strip():
            lines[section].append((number, line.strip()))
    if not title or not lines["short"]:
        raise ContentBroken(file, 1, "needs a title line '# ...' and a short answer below it")
    for section in ("steps", "doctor"):
        if not lines[section]:
            raise ContentBroken(file, 1, f"needs a section '## {HEADINGS[language][section]}'")
    return ArticleText(
        title=title,
        short=" ".join(text for _, text in lines["short"]),
        steps=tuple(_bullet(file, n, text) for n, text in lines["steps"]),
        doctor=tuple(_doctor_line(file, n, text) for n, text in lines["doctor"]),
        by_age=tuple(_variants(file, lines["by_age"])),
    )


def _bullet(file: Path, number: int, text: str) -> str:
    if not text.startswith("- "):
        raise ContentBroken(file, number, "a step starts with '- '")
    return text[2:].strip()


def _doctor_line(file: Path, number: int, text: str) -> DoctorLine:
    match = _DOCTOR.match(text)
    if match is None:
        raise ContentBroken(file, number, "write '- emergency_now: ...', '- urgent_today: ...' or '- soon: ...'")
    return DoctorLine(Urgency(match[1]), match[2].strip())


def _variants(file: Path, lines: list[tuple[int, str]]) -> Iterator[AgeVariant]:
    band: AgeBand | None = None
    text: list[str] = []
    for number, line in lines:
        match = _BAND.match(line)
        if match:
            if band is not None:
                yield AgeVariant(band, " ".join(text))
            band, text = AgeBand(float(match[1]), float(match[2])), []
        elif band is None:
            raise ContentBroken(file, number, "a text by age stands below a line such as '### 0-6'")
        else:
            text.append(line)
    if band is not None:
        yield AgeVariant(band, " ".join(text))


def _yaml(file: Path) -> dict[str, Any]:
    try:
        data = yaml.load(file.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except FileNotFoundError as error:
        raise ContentBroken(file, 1, "the file is missing") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ContentBroken(file, line, f"not valid YAML: {error.problem}") from error
    if not isinstance(data, dict):
        raise ContentBroken(file, 1, "expected 'key: value' lines")
    return data


def _line_of(file: Path, start: str) -> int:
    lines = file.read_text(encoding="utf-8").splitlines()
    return next((n for n, line in enumerate(lines, 1) if line.lstrip().startswith(start)), 1)


def _date(file: Path, value: object) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise ContentBroken(file, _line_of(file, "review_by:"), f"not a date: {value}") from error
