"""Two at the same moment, on real databases with real threads: one wins, the other is told, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

from sqlalchemy import func, select

from bot.core.db import Database
from knowledge import service
from knowledge.editing import drafting, reviewing
from knowledge.editing.revisions import ChangedMeanwhile, newest_edit
from knowledge.editing.store import EditRow
from knowledge.model import Article, article_from_json
from knowledge.store import ArticleRow, RevisionRow
from tests.conftest import NOW
from tests.editing.conftest import ADMIN, FANG, HONEY, LI, SUN, TODAY, edited


def together(database: Database, *calls: Callable[[Any], Any]) -> list[Any]:
    """Each call in a transaction and a thread of its own, started at once; what it gave or raised."""
    barrier = Barrier(len(calls))

    def one(call: Callable[[Any], Any]) -> Any:
        barrier.wait()
        try:
            with database.begin() as session:
                return call(session)
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


def begun(database: Database) -> tuple[str, int, Article]:
    with database.begin() as session:
        revision = drafting.draft(session, FANG, HONEY, NOW)
        edit = newest_edit(session, revision.id)
        assert edit is not None
        return revision.id, edit.number, article_from_json(revision.body)


def test_of_many_saves_at_once_one_counts_and_the_others_are_kept(shelf: Database) -> None:
    revision_id, number, article = begun(shelf)

    def save(place: int) -> Callable[[Any], drafting.Saved]:
        return lambda session: drafting.save(
            session, (FANG, SUN, ADMIN)[place % 3], HONEY, edited(article, f"第{place}个标题"),
            revision_id=revision_id, based_on=number, now=NOW, tab=f"t{place}",
        )  # fmt: skip

    found = together(shelf, *(save(place) for place in range(6)))
    assert [type(f) for f in found] == [drafting.Saved] * 6
    assert sum(not f.refused for f in found) == 1
    with shelf.read() as session:
        kept = {row.body["texts"]["zh"]["title"] for row in session.scalars(select(EditRow))}
        assert kept >= {f"第{place}个标题" for place in range(6)}


def test_two_approve_at_once_and_it_is_published_once(shelf: Database) -> None:
    revision_id, number, article = begun(shelf)
    with shelf.begin() as session:
        drafting.save(session, FANG, HONEY, edited(article), revision_id=revision_id, based_on=number, now=NOW)
        version = session.get_one(ArticleRow, HONEY).version
        reviewing.submit(session, FANG, HONEY, version=version, now=NOW, today=TODAY)
        seen = session.get_one(ArticleRow, HONEY).version
        before = service.library_version(session)

    def approve(who: Any) -> Callable[[Any], None]:
        return lambda session: reviewing.approve(session, who, HONEY, version=seen, now=NOW, today=TODAY)

    found = together(shelf, approve(LI), approve(SUN))
    assert [type(f) for f in found if f is not None] == [ChangedMeanwhile]
    with shelf.read() as session:
        assert service.library_version(session) == before + 1


def test_two_clocks_publish_once(shelf: Database) -> None:
    revision_id, number, article = begun(shelf)
    with shelf.begin() as session:
        drafting.save(session, FANG, HONEY, edited(article), revision_id=revision_id, based_on=number, now=NOW)
        version = session.get_one(ArticleRow, HONEY).version
        reviewing.submit(session, FANG, HONEY, version=version, now=NOW, today=TODAY)
        version = session.get_one(ArticleRow, HONEY).version
        at = NOW + timedelta(hours=1)
        reviewing.approve(session, LI, HONEY, version=version, now=NOW, today=TODAY, publish_at=at)
    later = NOW + timedelta(hours=2)
    found = together(shelf, *[lambda session: reviewing.publish_due(session, later)] * 3)
    assert sorted(found) == [[], [], [HONEY]]


def test_two_start_a_draft_at_once_and_share_it(shelf: Database) -> None:
    found = together(
        shelf,
        lambda session: drafting.draft(session, FANG, HONEY, NOW).id,
        lambda session: drafting.draft(session, SUN, HONEY, NOW).id,
    )
    assert found[0] == found[1]
    with shelf.read() as session:
        assert session.scalar(select(func.count(RevisionRow.id)).where(RevisionRow.status == "draft")) == 1
