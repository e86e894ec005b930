"""What is served and for how long: approved only, health and safety not past their review day, live within a second."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from time import perf_counter

import numpy as np
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.core.db import Base, Database
from bot.core.language import Language
from knowledge import service
from knowledge.editing import catalogue, drafting, due, reviewing
from knowledge.editing.revisions import newest_edit
from knowledge.library import Library
from knowledge.model import NEVER_OVERDUE, Domain, Published, article_from_json
from knowledge.search import Question, Vectors
from knowledge.store import ArticleRow, RevisionRow
from tests.conftest import NOW, StandingClock
from tests.editing.conftest import FANG, HONEY, LI, TODAY, edited


def letters(texts: list[str]) -> Vectors:
    """Texts as counts of their characters: a stand-in for no model, only a cheap space."""
    found = np.zeros((len(texts), 512), np.float32)
    for row, text in zip(found, texts, strict=True):
        for character in text:
            row[ord(character) % 512] += 1
    rows: Vectors = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)
    return rows


def library(*, approved_only: bool = False) -> Library:
    return Library(lambda texts: letters(list(texts)), approved_only=approved_only)


def ids(books: Library) -> set[str]:
    return {p.article.id for p in books.articles()}


def test_health_and_safety_are_not_served_past_their_day_without_a_restart(session: Session) -> None:
    books = library()
    books.refresh(session, today=TODAY)
    kept = {p.article.id for p in books.articles() if p.article.domain not in NEVER_OVERDUE}
    assert kept < ids(books)
    last = max(p.article.review_by for p in books.articles())
    assert books.refresh(session, today=last)
    assert ids(books) == kept
    assert not books.refresh(session, today=last + timedelta(days=1)), "nothing more to leave out"


def test_the_day_before_it_is_still_served(session: Session) -> None:
    books = library()
    first = min(p.article.review_by for p in service.published(session) if p.article.domain in NEVER_OVERDUE)
    books.refresh(session, today=first - timedelta(days=1))
    assert len(ids(books)) == 6


def test_a_confirmed_article_is_served_again(session: Session) -> None:
    row = session.get_one(ArticleRow, "cpr-child")
    day = date(2029, 1, 1)
    books = library()
    books.refresh(session, today=day)
    assert "cpr-child" not in ids(books)
    reviewing.still_right(session, LI, "cpr-child", version=row.version, review_by=date(2030, 1, 1), now=NOW, today=day)
    assert books.refresh(session, today=day)
    assert "cpr-child" in ids(books)


def test_production_serves_what_was_approved_here_only(session: Session) -> None:
    books = library(approved_only=True)
    books.refresh(session, today=TODAY)
    assert ids(books) == set()
    version = session.get_one(ArticleRow, HONEY).version
    reviewing.accept_seed(session, LI, HONEY, version=version, now=NOW)
    books.refresh(session, today=TODAY)
    assert ids(books) == {HONEY}


def test_owners_are_told_once_a_stage(session: Session) -> None:
    live = session.get_one(RevisionRow, session.get_one(ArticleRow, "cpr-child").live_revision_id)
    day = live.review_by
    session.get_one(ArticleRow, "cpr-child").owner = FANG.id

    def told(today: date) -> list[tuple[str, str]]:
        return [(n.kind, n.owner) for n in due.tell(session, today) if n.article_id == "cpr-child"]

    assert told(day - timedelta(days=31)) == []
    assert told(day - timedelta(days=30)) == [("due", FANG.id)]
    assert told(day - timedelta(days=29)) == []
    assert told(day) == [("not_served", FANG.id)]
    assert told(day + timedelta(days=1)) == []
    assert catalogue.counts(session, day, staff_id=FANG.id)["mine_due"] == 1


def test_a_domain_that_may_be_overdue_is_flagged_and_stays(session: Session) -> None:
    line = catalogue.line(session, HONEY)
    assert line is not None
    assert line.review_by is not None
    assert line.is_overdue(line.review_by)
    assert not line.is_left_out(line.review_by)
    assert line.domain == Domain.NUTRITION


def test_what_is_published_in_one_process_is_served_in_another(shelf: Database) -> None:
    """Two libraries stand for two processes; only the database is between them."""
    here, there = library(), library()
    with shelf.read() as session:
        here.refresh(session, today=TODAY)
        there.refresh(session, today=TODAY)
    with shelf.begin() as session:
        revision = drafting.draft(session, FANG, HONEY, NOW)
        edit = newest_edit(session, revision.id)
        assert edit is not None
        article = edited(article_from_json(revision.body), "蜂蜜的新标题")
        drafting.save(session, FANG, HONEY, article, revision_id=revision.id, based_on=edit.number, now=NOW)
        version = session.get_one(ArticleRow, HONEY).version
        reviewing.submit(session, FANG, HONEY, version=version, now=NOW, today=TODAY)
    started = perf_counter()
    with shelf.begin() as session:
        version = session.get_one(ArticleRow, HONEY).version
        reviewing.approve(session, LI, HONEY, version=version, now=NOW, today=TODAY)
    with shelf.read() as session:
        assert there.refresh(session, today=TODAY)
    assert perf_counter() - started < 1
    served = there.article(HONEY)
    assert served is not None
    assert served.article.texts[Language.ZH].title == "蜂蜜的新标题"
    assert served.approved_locally


def test_a_draft_is_tried_without_being_served(session: Session) -> None:
    books = library()
    books.refresh(session, today=TODAY)
    live = books.article(HONEY)
    assert live is not None
    draft = replace(edited(live.article, "草稿"), phrasings={Language.ZH: ("枇杷膏蜜炼",), Language.EN: ()})
    trial = books.with_draft(Published(draft, "draft", True))
    assert trial.article(HONEY) is not None
    assert trial.find(Question("枇杷膏蜜炼", Language.ZH)).candidates[0].article == HONEY
    assert books.article(HONEY) == live
    service.bump_version(session)
    assert not trial.refresh(session, today=TODAY), "a trial stays as it is"


@pytest.mark.parametrize(
    "text", ["宝宝8个月能吃蜂蜜吗", "宝宝抽搐了嘴唇发紫叫不醒", "帮我转人工", "明天下午托两个小时"]
)
def test_trying_leaves_no_row_anywhere(house_on: object, sqlite_url: str, text: str, clock: StandingClock) -> None:
    from bot.trial import tried

    house = house_on(sqlite_url)  # type: ignore[operator]

    def rows() -> dict[str, int]:
        with house.database.read() as session:
            tables = Base.metadata.sorted_tables
            return {t.name: session.scalar(select(func.count()).select_from(t)) or 0 for t in tables}

    before = rows()
    live = house.library.article(HONEY)
    trial = tried(house, text, draft=Published(edited(live.article), "draft", True))
    assert rows() == before
    assert trial.live.answer.messages
    assert trial.draft is not None
    assert trial.draft.answer.danger == trial.live.answer.danger, "a draft changes nothing about danger"
    if "抽搐" in text:
        assert trial.evidence.hits
