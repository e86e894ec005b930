"""Who may approve what: four eyes without a way around, whatever the roles."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.audit import AuditRow
from bot.core.language import Language
from bot.core.staff.model import Actor, NotPermitted
from knowledge import service
from knowledge.editing import catalogue, drafting, exchange, reviewing
from knowledge.editing.revisions import ChangedMeanwhile, StepNotAllowed, newest_edit, open_revision
from knowledge.model import Domain, Status, article_from_json
from knowledge.store import ArticleRow, RevisionRow
from tests.conftest import NOW
from tests.editing.conftest import ADMIN, FANG, HONEY, LI, NURSE, SUN, TODAY, edited


def row_of(session: Session) -> ArticleRow:
    return session.get_one(ArticleRow, HONEY)


def write(session: Session, who: Actor, words: str = "改过的标题") -> RevisionRow:
    revision = drafting.draft(session, who, HONEY, NOW)
    edit = newest_edit(session, revision.id)
    article = edited(article_from_json(revision.body), words)
    saved = drafting.save(
        session, who, HONEY, article, revision_id=revision.id, based_on=edit.number if edit else 0, now=NOW
    )
    assert not saved.refused
    return revision


def submit(session: Session, who: Actor) -> None:
    reviewing.submit(session, who, HONEY, version=row_of(session).version, now=NOW, today=TODAY)


def approve(session: Session, who: Actor, **more: object) -> None:
    reviewing.approve(session, who, HONEY, version=row_of(session).version, now=NOW, today=TODAY, **more)  # type: ignore[arg-type]


def live_title(session: Session) -> str:
    return next(p for p in service.published(session) if p.article.id == HONEY).article.texts["zh"].title  # type: ignore[index]


def test_a_second_person_approves_and_it_is_live(session: Session) -> None:
    before = service.library_version(session)
    write(session, FANG)
    assert live_title(session) != "改过的标题", "a draft is not live"
    submit(session, FANG)
    approve(session, LI)
    assert live_title(session) == "改过的标题"
    assert service.library_version(session) == before + 1
    statuses = [r.status for r in catalogue.revisions(session, HONEY)]
    assert statuses == ["published", "retired"]
    actions = session.scalars(select(AuditRow.action).where(AuditRow.subject == HONEY)).all()
    assert {"article.submitted", "article.published"} <= set(actions)


@pytest.mark.parametrize("who", [SUN, ADMIN])
def test_nobody_approves_their_own_work_whatever_their_roles(session: Session, who: Actor) -> None:
    write(session, who)
    submit(session, who)
    with pytest.raises(reviewing.OwnWork):
        approve(session, who)


def test_two_who_both_edited_cannot_approve_each_other(session: Session) -> None:
    write(session, SUN, "孙的标题")
    write(session, ADMIN, "吴的标题")
    submit(session, SUN)
    for who in (SUN, ADMIN):
        with pytest.raises(reviewing.OwnWork):
            approve(session, who)
    approve(session, LI)


def test_restoring_a_colleagues_text_does_not_let_them_approve_it(session: Session) -> None:
    first = write(session, SUN, "孙的标题")
    drafting.set_aside(session, SUN, HONEY, version=row_of(session).version, now=NOW)
    drafting.restore_revision(session, FANG, first.id, NOW)
    submit(session, FANG)
    with pytest.raises(reviewing.OwnWork):
        approve(session, SUN)


def test_importing_counts_as_writing(session: Session) -> None:
    article = article_from_json(session.get_one(RevisionRow, row_of(session).live_revision_id).body)
    importer = replace(ADMIN, id="importer")
    exchange.bring_in(session, importer, [edited(article)], [], NOW)
    submit(session, FANG)
    with pytest.raises(reviewing.OwnWork):
        approve(session, importer)
    approve(session, LI)


def test_an_author_alone_may_not_approve_and_a_nurse_may_not_write(session: Session) -> None:
    write(session, SUN)
    submit(session, SUN)
    with pytest.raises(NotPermitted):
        approve(session, FANG)
    with pytest.raises(NotPermitted):
        drafting.draft(session, NURSE, HONEY, NOW)


def test_what_was_changed_after_the_reviewer_looked_is_not_approved(session: Session) -> None:
    write(session, FANG)
    submit(session, FANG)
    seen = row_of(session).version
    reviewing.withdraw(session, FANG, HONEY, version=seen, now=NOW)
    write(session, FANG, "悄悄又改")
    submit(session, FANG)
    with pytest.raises(ChangedMeanwhile):
        reviewing.approve(session, LI, HONEY, version=seen, now=NOW, today=TODAY)


def test_steps_that_are_not_in_the_table_are_refused(session: Session) -> None:
    with pytest.raises(StepNotAllowed):
        submit(session, FANG)  # nothing is open
    write(session, FANG)
    with pytest.raises(StepNotAllowed):
        approve(session, LI)  # not handed in
    submit(session, FANG)
    with pytest.raises(StepNotAllowed):
        drafting.draft(session, FANG, HONEY, NOW)  # in review
    with pytest.raises(StepNotAllowed):
        drafting.set_aside(session, FANG, HONEY, version=row_of(session).version, now=NOW)


def test_sending_back_needs_a_reason_and_keeps_it(session: Session) -> None:
    write(session, FANG)
    submit(session, FANG)
    with pytest.raises(reviewing.ReasonMissing):
        reviewing.send_back(session, LI, HONEY, version=row_of(session).version, comment=" ", now=NOW)
    reviewing.send_back(session, LI, HONEY, version=row_of(session).version, comment="出处太旧", now=NOW)
    opened = open_revision(session, row_of(session))
    assert opened is not None
    assert opened.status == Status.DRAFT.value
    assert [(c.kind, c.text) for c in catalogue.comments(session, HONEY)] == [("sent_back", "出处太旧")]


def test_an_article_with_mistakes_is_neither_handed_in_nor_approved(session: Session) -> None:
    revision = write(session, FANG, "")
    with pytest.raises(reviewing.NotReady) as refused:
        submit(session, FANG)
    assert {r.code for r in refused.value.remarks} == {"empty"}
    assert revision.status == Status.DRAFT.value


def test_a_phrasing_of_another_article_is_refused(session: Session) -> None:
    from bot.core.language import Language

    revision = drafting.draft(session, FANG, HONEY, NOW)
    article = article_from_json(revision.body)
    taken = {**article.phrasings, Language.ZH: (*article.phrasings[Language.ZH], "儿童心肺复苏")}
    other = {r.code for r in reviewing.remarks_on(session, replace(article, phrasings=taken), TODAY)}
    assert "phrasing_taken" in other


def test_a_shipped_article_is_taken_over_by_a_reviewer(session: Session) -> None:
    assert not service.published(session, approved_only=True)
    version = row_of(session).version
    with pytest.raises(NotPermitted):
        reviewing.accept_seed(session, FANG, HONEY, version=version, now=NOW)
    reviewing.accept_seed(session, LI, HONEY, version=version, now=NOW)
    assert [p.article.id for p in service.published(session, approved_only=True)] == [HONEY]
    done = {p.domain.value: p.done for p in catalogue.progress(session)}
    assert done["nutrition"] == 1


def test_approved_for_later_goes_live_when_the_moment_comes(session: Session) -> None:
    write(session, FANG)
    submit(session, FANG)
    with pytest.raises(reviewing.DayMissing):
        approve(session, LI, publish_at=NOW - timedelta(minutes=1))
    approve(session, LI, publish_at=NOW + timedelta(hours=2))
    assert reviewing.publish_due(session, NOW + timedelta(hours=1)) == []
    assert live_title(session) != "改过的标题"
    assert reviewing.publish_due(session, NOW + timedelta(hours=2)) == [HONEY]
    assert live_title(session) == "改过的标题"
    assert reviewing.publish_due(session, NOW + timedelta(hours=3)) == []


def test_withdrawing_undoes_an_approval_for_later(session: Session) -> None:
    write(session, FANG)
    submit(session, FANG)
    approve(session, LI, publish_at=NOW + timedelta(hours=2))
    reviewing.withdraw(session, FANG, HONEY, version=row_of(session).version, now=NOW)
    assert reviewing.publish_due(session, NOW + timedelta(hours=3)) == []


def test_confirming_a_live_article_is_not_for_its_writers(session: Session) -> None:
    write(session, SUN)
    submit(session, SUN)
    approve(session, LI)
    new_day = date(2028, 1, 1)
    with pytest.raises(reviewing.OwnWork):
        reviewing.still_right(
            session, SUN, HONEY, version=row_of(session).version, review_by=new_day, now=NOW, today=TODAY
        )
    reviewing.still_right(session, LI, HONEY, version=row_of(session).version, review_by=new_day, now=NOW, today=TODAY)
    live = next(p for p in service.published(session) if p.article.id == HONEY)
    assert live.article.review_by == new_day


def test_who_wrote_what_a_colleague_merges_does_not_approve_it(session: Session) -> None:
    revision = write(session, FANG)
    stale = edited(article_from_json(revision.body), "孙的标题")
    kept_aside = drafting.save(session, SUN, HONEY, stale, revision_id=revision.id, based_on=0, now=NOW, tab="t")
    assert kept_aside.refused
    last = newest_edit(session, revision.id)
    assert last is not None
    merged = drafting.merge(session, FANG, kept_aside.refused, stale, based_on=last.number, now=NOW)
    assert not merged.refused
    submit(session, FANG)
    with pytest.raises(reviewing.OwnWork):
        approve(session, SUN)
    approve(session, LI)
    assert live_title(session) == "孙的标题"


def test_a_text_that_was_set_aside_stays_the_work_of_its_writer_in_the_next_draft(session: Session) -> None:
    key = "sleeping-bags"
    first = drafting.new_article(session, SUN, article_id=key, domain=Domain.SAFETY, now=NOW)
    body = replace(article_from_json(session.get_one(RevisionRow, live_id(session)).body), id=key, phrasings={
        Language.ZH: ("睡袋怎么选大小",), Language.EN: ("which size of sleeping bag",)})  # fmt: skip
    last = newest_edit(session, first.id)
    drafting.save(session, SUN, key, body, revision_id=first.id, based_on=last.number if last else 0, now=NOW)
    drafting.set_aside(session, SUN, key, version=session.get_one(ArticleRow, key).version, now=NOW)
    second = drafting.draft(session, FANG, key, NOW)
    assert second.id != first.id
    assert SUN.id in second.writers


def live_id(session: Session) -> str:
    return row_of(session).live_revision_id or ""
