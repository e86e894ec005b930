"""Every edit is kept; two people on one article lose nothing; files never win over people."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from bot.core.language import Language
from knowledge import service
from knowledge.editing import catalogue, drafting, presence, reviewing
from knowledge.editing.difference import clashes
from knowledge.editing.fields import to_fields
from knowledge.editing.revisions import edit, newest_edit, text_before
from knowledge.model import Article, Domain, article_from_json
from knowledge.store import ArticleRow, RevisionRow
from tests.conftest import NOW
from tests.editing.conftest import FANG, HONEY, LI, SUN, TODAY, edited


def opened(session: Session) -> tuple[RevisionRow, int, Article]:
    revision = drafting.draft(session, FANG, HONEY, NOW)
    last = newest_edit(session, revision.id)
    assert last is not None
    return revision, last.number, article_from_json(revision.body)


def test_the_slower_of_two_keeps_their_text_and_can_merge_it(session: Session) -> None:
    revision, number, article = opened(session)
    short = replace(article.texts[Language.ZH], short="王芳的回答。")
    mine = replace(article, texts={**article.texts, Language.ZH: short})
    theirs = edited(article, "孙倩的标题")
    first = drafting.save(session, SUN, HONEY, theirs, revision_id=revision.id, based_on=number, now=NOW, tab="s")
    second = drafting.save(session, FANG, HONEY, mine, revision_id=revision.id, based_on=number, now=NOW, tab="f")
    assert not first.refused
    assert second.refused
    assert second.quicker == "孙倩"
    assert article_from_json(revision.body) == theirs, "nothing was overwritten"
    refused = edit(session, second.refused)
    assert article_from_json(refused.body) == mine, "nothing was lost"
    found = clashes(to_fields(text_before(session, refused)), to_fields(theirs), to_fields(mine))
    assert {c.field: c.choice for c in found} == {"zh.title": "theirs", "zh.short": "mine"}
    both = replace(theirs, texts={**theirs.texts, Language.ZH: replace(short, title="孙倩的标题")})
    merged = drafting.merge(session, FANG, refused.id, both, based_on=first.number, now=NOW)
    assert not merged.refused
    assert article_from_json(revision.body) == both
    assert catalogue.refused_edits(session, HONEY, FANG.id) == []
    assert set(revision.writers) == {SUN.id, FANG.id}


def test_a_merge_that_is_late_again_is_kept_again(session: Session) -> None:
    revision, number, article = opened(session)
    drafting.save(
        session, SUN, HONEY, edited(article, "一"), revision_id=revision.id, based_on=number, now=NOW, tab="s"
    )
    late = drafting.save(
        session, FANG, HONEY, edited(article, "二"), revision_id=revision.id, based_on=number, now=NOW, tab="f"
    )
    again = drafting.merge(session, FANG, late.refused, edited(article, "三"), based_on=number, now=NOW, tab="g")
    assert again.refused
    assert again.refused != late.refused


def test_text_saved_after_the_draft_was_handed_in_is_kept_aside(session: Session) -> None:
    revision, number, article = opened(session)
    saved = drafting.save(
        session, FANG, HONEY, edited(article), revision_id=revision.id, based_on=number, now=NOW, tab="f"
    )
    version = session.get_one(ArticleRow, HONEY).version
    reviewing.submit(session, FANG, HONEY, version=version, now=NOW, today=TODAY)
    late = drafting.save(
        session, SUN, HONEY, edited(article, "太晚"), revision_id=revision.id, based_on=saved.number, now=NOW, tab="s"
    )
    assert late.refused
    assert article_from_json(revision.body) == edited(article)


def test_the_same_page_may_save_again_before_it_heard_of_its_first_save(session: Session) -> None:
    revision, number, article = opened(session)
    for words in ("一", "二", "三"):
        saved = drafting.save(
            session, FANG, HONEY, edited(article, words), revision_id=revision.id, based_on=number, now=NOW, tab="f"
        )
        assert not saved.refused


def test_autosaves_of_one_sitting_are_one_edit_unless_a_colleague_looks_on(session: Session) -> None:
    revision, _number, article = opened(session)

    def autosave(words: str, minutes: int) -> None:
        last = newest_edit(session, revision.id)
        assert last is not None
        drafting.save(
            session, FANG, HONEY, edited(article, words), revision_id=revision.id, based_on=last.number,
            now=NOW + timedelta(minutes=minutes), tab="f", kind="autosaved",
        )  # fmt: skip

    for minute in range(5):
        autosave(f"第{minute}稿", minute)
    assert [e.kind for e in catalogue.edits(session, HONEY)] == ["autosaved", "begun"]
    presence.here(session, SUN, HONEY, "s", NOW + timedelta(minutes=5))
    autosave("第五稿", 5)
    assert [e.kind for e in catalogue.edits(session, HONEY)] == ["autosaved", "autosaved", "begun"]
    autosave("第六稿", 30)
    assert len(catalogue.edits(session, HONEY)) == 4


def test_looking_without_changing_makes_nobody_a_writer(session: Session) -> None:
    revision, number, article = opened(session)
    saved = drafting.save(session, LI, HONEY, article, revision_id=revision.id, based_on=number, now=NOW, tab="l")
    assert saved.number == number
    assert revision.writers == []


def test_colleagues_see_each_other_until_they_go(session: Session) -> None:
    assert presence.here(session, FANG, HONEY, "f", NOW) == []
    assert presence.here(session, SUN, HONEY, "s", NOW) == ["王芳"]
    assert presence.here(session, FANG, HONEY, "f2", NOW) == ["孙倩"], "one's own second page is not somebody else"
    assert presence.here(session, SUN, HONEY, "s", NOW + timedelta(minutes=2)) == []


def test_an_older_text_comes_back_as_the_newest_draft(session: Session) -> None:
    revision, number, article = opened(session)
    first = drafting.save(
        session, FANG, HONEY, edited(article, "一"), revision_id=revision.id, based_on=number, now=NOW, tab="f"
    )
    drafting.save(
        session, FANG, HONEY, edited(article, "二"), revision_id=revision.id, based_on=first.number, now=NOW, tab="f"
    )
    older = next(e for e in catalogue.edits(session, HONEY) if e.number == first.number)
    drafting.restore(session, SUN, older.id, NOW)
    assert article_from_json(revision.body) == edited(article, "一")
    assert len(catalogue.edits(session, HONEY)) == 4, "what stood in between is still there"


def test_a_new_article_has_a_good_id_of_its_own(session: Session) -> None:
    for wrong in ("AB", "发烧", "-x-", "a b c", "takeover", "x" * 81):
        with pytest.raises(drafting.NotAnId):
            drafting.new_article(session, FANG, article_id=wrong, domain=Domain.HEALTH, now=NOW)
    with pytest.raises(drafting.ArticleExists):
        drafting.new_article(session, FANG, article_id=HONEY, domain=Domain.HEALTH, now=NOW)
    revision = drafting.new_article(
        session, FANG, article_id="night-terrors", domain=Domain.HEALTH, now=NOW, question="宝宝半夜惊叫怎么办"
    )
    assert article_from_json(revision.body).phrasings[Language.ZH] == ("宝宝半夜惊叫怎么办",)
    assert [line.id for line in catalogue.listed(session, catalogue.Filters(text="惊叫"), TODAY).lines] == [
        "night-terrors"
    ]


def test_an_import_of_the_files_brings_nothing_back_that_a_person_took_down(
    session: Session, small_shelf: Path
) -> None:
    version = session.get_one(ArticleRow, HONEY).version
    reviewing.retire(session, LI, HONEY, version=version, reason="过时", now=NOW)
    assert service.import_content(session, NOW, small_shelf) == 0
    assert HONEY not in {p.article.id for p in service.published(session)}


def test_lists_filter_by_state_domain_text_and_owner(session: Session) -> None:
    def ids(**filters: str) -> set[str]:
        return {line.id for line in catalogue.listed(session, catalogue.Filters(**filters), TODAY).lines}

    opened(session)
    assert ids(state="draft") == {HONEY}
    assert ids(domain="nutrition", state="published") >= {HONEY}
    assert ids(text="HONEY") == {HONEY}
    assert ids(text="100%") == set(), "a percent sign is a percent sign"
    assert ids(state="retired") == set()
    assert ids(missing="zh") == set()
    page = catalogue.listed(session, catalogue.Filters(), TODAY, page=99, size=4)
    assert (page.page, page.pages, page.total, len(page.lines)) == (2, 2, 6, 2)
    counted = catalogue.counts(session, TODAY, staff_id=FANG.id)
    assert (counted["draft"], counted["published"], counted["not_approved"]) == (1, 6, 6)
