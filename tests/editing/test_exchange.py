"""Out and in again: all shipped articles, exactly; files that still say the same keep every byte."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.core.language import Language
from bot.core.staff.model import NotPermitted
from knowledge.content_files import CONTENT, article_folders, read_article, read_sources
from knowledge.content_writing import write_content
from knowledge.editing import exchange
from knowledge.editing.fields import from_fields, to_fields
from knowledge.model import Article, Source
from knowledge.store import RevisionRow, SourceRow
from tests.conftest import NOW
from tests.editing.conftest import FANG, HONEY, LI, edited

SOURCES = list(read_sources(CONTENT).values())


def test_json_gives_every_article_back(articles: list[Article]) -> None:
    assert exchange.from_json(exchange.to_json(articles, SOURCES)) == (articles, SOURCES)


def test_files_written_anew_are_read_as_the_same_articles(articles: list[Article], tmp_path: Path) -> None:
    write_content(articles, SOURCES, tmp_path, kept=None)
    assert [read_article(folder) for folder in article_folders(tmp_path)] == articles
    assert list(read_sources(tmp_path).values()) == SOURCES


def test_files_of_unchanged_articles_keep_every_byte(articles: list[Article], tmp_path: Path) -> None:
    changed = [edited(a, "新标题") if a.id == HONEY else a for a in articles]
    assert write_content(changed, SOURCES, tmp_path) == 1
    for file in (p for p in tmp_path.rglob("*") if p.is_file()):
        same = file.read_bytes() == (CONTENT / file.relative_to(tmp_path)).read_bytes()
        assert same or HONEY in file.parts, file
    again = read_article(tmp_path / "articles" / "nutrition" / HONEY)
    assert again == edited(next(a for a in articles if a.id == HONEY), "新标题")


def test_a_new_source_is_added_below_the_others(articles: list[Article], tmp_path: Path) -> None:
    new = Source("new-2026", "A: title", "Somebody", "https://example.org/a", 2026)
    write_content([], [*SOURCES, new], tmp_path)
    shipped = (CONTENT / "sources.yaml").read_text(encoding="utf-8")
    assert (tmp_path / "sources.yaml").read_text(encoding="utf-8").startswith(shipped)
    assert read_sources(tmp_path)["new-2026"] == new


def test_a_zip_comes_back(articles: list[Article]) -> None:
    some = articles[:20]
    packed = exchange.to_zip(some, SOURCES)
    assert packed == exchange.to_zip(some, SOURCES), "the same content is the same file"
    assert exchange.from_zip(packed) == (some, SOURCES)


def test_a_zip_cannot_write_outside(articles: list[Article]) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("../../articles/health/x/article.yaml", "id: x")
        packed.writestr("/etc/passwd", "x")
    with pytest.raises(exchange.NotReadable):
        exchange.from_zip(out.getvalue())


def test_phrasings_come_back_from_a_spreadsheet(articles: list[Article]) -> None:
    text = exchange.to_csv(articles)
    assert exchange.from_csv(text, {a.id: a for a in articles}) == articles


@given(st.text())
def test_no_cell_begins_like_a_formula_and_every_cell_comes_back(cell: str) -> None:
    escaped = exchange.escaped(cell)
    assert not escaped.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
    assert exchange.unescaped(escaped) == cell


line = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=30)


@settings(max_examples=60, deadline=None)
@given(words=st.lists(line, min_size=1, max_size=4, unique=True), title=line, short=line)
def test_any_words_survive_the_files(words: list[str], title: str, short: str, tmp_path_factory: object) -> None:
    base = read_article(CONTENT / "articles" / "nutrition" / HONEY)
    text = replace(base.texts[Language.EN], title=title, short="x" + short, steps=tuple(words))
    article = replace(
        base,
        texts={**base.texts, Language.EN: text},
        phrasings={**base.phrasings, Language.EN: tuple(words)},
        claims=(replace(base.claims[0], claim=title, where=short),),
    )
    root = tmp_path_factory.mktemp("files")  # type: ignore[attr-defined]
    write_content([article], SOURCES, root, kept=None)
    assert read_article(root / "articles" / "nutrition" / HONEY) == article
    assert from_fields(article.id, to_fields(article)) == article


def test_the_form_gives_every_article_back(articles: list[Article]) -> None:
    assert [from_fields(a.id, to_fields(a)) for a in articles] == articles


def test_what_comes_in_is_a_draft_and_open_drafts_are_left_alone(session: Session) -> None:
    known = exchange.stored_articles(session)
    changed = [edited(a) if a.id == HONEY else a for a in known]
    new = replace(known[0], id="brand-new")
    source = Source("new-2026", "Title", "Somebody", "https://example.org/a", 2026)
    brought = exchange.bring_in(session, FANG, [*changed, new], [source], NOW)
    assert (brought.new, brought.changed, brought.sources) == (("brand-new",), (HONEY,), ("new-2026",))
    assert len(brought.same) == len(known) - 1
    assert exchange.stored_articles(session) == known, "nothing is published"
    assert edited(next(a for a in known if a.id == HONEY)) in exchange.stored_articles(session, drafts=True)
    third = exchange.bring_in(session, FANG, [edited(a, "别的") for a in known if a.id == HONEY], [], NOW)
    assert third.left_alone == (HONEY,)


def test_a_broken_file_brings_nothing_in(session: Session) -> None:
    before = session.scalar(select(func.count(RevisionRow.id)))
    for text in ("", "[]", '{"format": "sprout-articles-1", "articles": [{"id": 3}]}', "{"):
        with pytest.raises(exchange.NotReadable):
            exchange.from_json(text)
    with pytest.raises(exchange.NotReadable):
        exchange.from_csv("a,b\n", {})
    with pytest.raises(NotPermitted):
        exchange.bring_in(session, LI, [], [], NOW)
    assert session.scalar(select(func.count(RevisionRow.id))) == before
    assert session.scalar(select(func.count(SourceRow.id))) == len(SOURCES)
