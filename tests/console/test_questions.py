"""Questions by meaning, on both databases: grouped as they come in, settled once, families told once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import team
from bot.core.families import privacy
from bot.core.families import service as families
from bot.core.language import Language
from bot.core.staff.model import Actor, NotPermitted, Role
from bot.delivery.store import OutboxRow
from bot.house import House
from knowledge import question_groups, settling
from knowledge import service as knowledge
from knowledge.editing.revisions import open_revision
from knowledge.model import Domain, article_from_json
from knowledge.question_groups import Filters
from knowledge.settling import QuestionSettled
from knowledge.store import ArticleRow, QuestionGroupRow, QuestionRow
from tests.conftest import NOW
from tests.console.conftest import Come

YOGURT = ("宝宝八个月能喝酸奶吗", "8个月宝宝可以喝酸奶么")
Somebody = Callable[..., Actor]


@pytest.fixture
def nurse(actor: Somebody) -> Actor:
    return actor(Role.NURSE_ON_CALL, Role.AUTHOR, name="陈敏")


def asks(house: House, text: str, *, who: str = "1", why: str = "unanswered", age: float = 8.0) -> str:
    with house.database.begin() as session:
        parent = families.parent_at(session, "test", who, now=NOW, zone="Asia/Shanghai")
        return knowledge.keep_question(
            session, text=text, language=Language.ZH, age_months=age, why=why, parent_id=parent.id, candidates=[],
            now=NOW,
        )  # fmt: skip


def groups(house: House, filters: Filters | None = None) -> list[tuple[int, str]]:
    with house.database.read() as session:
        found = question_groups.listed(session, filters or Filters())
        return [(group.count, group.lead.text) for group in found.groups]


def with_content(house: House) -> None:
    with house.database.begin() as session:
        knowledge.import_content(session, NOW)


def only_group(house: House) -> str:
    team.group_new_questions(house)
    with house.database.read() as session:
        (group,) = question_groups.listed(session, Filters()).groups
        return group.id


def told(house: House, who: str = "1") -> list[str]:
    with house.database.read() as session:
        rows = session.scalars(select(OutboxRow).where(OutboxRow.address == who).order_by(OutboxRow.id))
        return [row.payload["html"] for row in rows]


def test_questions_of_one_meaning_are_one_group_and_others_are_not(house: House) -> None:
    for place, text in enumerate((*YOGURT, "孩子打人怎么教")):
        asks(house, text, who=str(place))
    assert {count for count, _ in groups(house)} == {1}, "before they are grouped each stands for itself"
    assert team.group_new_questions(house) == 3
    assert [count for count, _ in groups(house)] == [2, 1]
    asks(house, "宝宝酸奶几个月能喝", who="9")
    assert team.group_new_questions(house) == 1
    assert groups(house)[0][0] == 3
    assert team.group_new_questions(house) == 0


def test_a_list_can_be_narrowed_by_how_it_was_answered_and_by_words(house: House) -> None:
    asks(house, YOGURT[0], who="1", why="unsure")
    asks(house, YOGURT[1], who="2", why="did_not_help")
    asks(house, "孩子打人怎么教", who="3")
    team.group_new_questions(house)
    assert [count for count, _ in groups(house, Filters(why="unsure"))] == [1]
    assert [text for _, text in groups(house, Filters(words="打人"))] == ["孩子打人怎么教"]
    assert groups(house, Filters(words="50%_")) == []


def test_linking_adds_the_phrasing_to_a_draft_and_tells_each_family_once(house: House, nurse: Actor) -> None:
    with_content(house)
    asks(house, YOGURT[0], who="1")
    asks(house, YOGURT[1], who="1")
    asks(house, YOGURT[1], who="2")
    group = only_group(house)
    with house.database.begin() as session:
        done = settling.link_group(session, nurse, group, "honey-botulism", NOW, phrasing="八个月喝不喝酸奶呢")
    assert (done.questions, done.phrasing, done.busy) == (3, True, False)
    with house.database.read() as session:
        row = session.get_one(ArticleRow, "honey-botulism")
        draft = open_revision(session, row)
        assert draft is not None
        assert "八个月喝不喝酸奶呢" in article_from_json(draft.body).phrasings[Language.ZH]
        assert draft.status == "draft", "nothing goes live without review"
    assert groups(house) == []
    with house.database.begin() as session:
        assert team.tell_of_new_answers(house, session, NOW) == 2
        assert team.tell_of_new_answers(house, session, NOW) == 0
    assert len(told(house, "1")) == len(told(house, "2")) == 1


def test_two_people_on_one_group_the_second_is_told_and_nothing_happens_twice(house: House, nurse: Actor) -> None:
    with_content(house)
    asks(house, YOGURT[0])
    group = only_group(house)
    with house.database.begin() as session:
        settling.dismiss_group(session, nurse, group, "test", NOW)
    with pytest.raises(QuestionSettled), house.database.begin() as session:
        settling.link_group(session, nurse, group, "honey-botulism", NOW)
    with house.database.begin() as session:
        assert settling.reopen_group(session, nurse, group, NOW) == 1
    assert [count for count, _ in groups(house)] == [1]


def test_dismissing_wants_a_reason_and_reading_alone_is_not_enough(house: House, nurse: Actor, actor: Somebody) -> None:
    asks(house, YOGURT[0])
    group = only_group(house)
    with pytest.raises(settling.DismissedWithoutReason), house.database.begin() as session:
        settling.dismiss_group(session, nurse, group, "  ", NOW)
    with pytest.raises(NotPermitted), house.database.begin() as session:
        settling.dismiss_group(session, actor(Role.CITY_VIEWER), group, "test", NOW)


def test_a_question_becomes_the_first_phrasing_of_a_new_article(house: House, nurse: Actor) -> None:
    asks(house, YOGURT[0])
    group = only_group(house)
    with house.database.begin() as session:
        settling.draft_from_group(session, nurse, group, article_id="yogurt-start", domain=Domain.NUTRITION, now=NOW)
    with house.database.read() as session:
        row = session.get_one(ArticleRow, "yogurt-start")
        draft = open_revision(session, row)
        assert draft is not None
        assert article_from_json(draft.body).phrasings[Language.ZH] == (YOGURT[0],)
        assert session.scalars(select(QuestionRow.state)).all() == ["linked"]


def test_a_persons_answer_reaches_the_parent_once_with_a_way_to_ask_back(house: House, nurse: Actor) -> None:
    asked = asks(house, YOGURT[0])
    with house.database.begin() as session:
        team.answer_question(house, session, nurse, asked, "可以少量吃<原味>酸奶。", NOW + timedelta(hours=1))
    (words,) = told(house)
    assert "陈敏" in words
    assert YOGURT[0] in words
    assert "可以少量吃&lt;原味&gt;酸奶。" in words
    with pytest.raises(QuestionSettled), house.database.begin() as session:
        team.answer_question(house, session, nurse, asked, "again", NOW)
    assert len(told(house)) == 1


def test_an_author_does_not_write_to_parents(house: House, actor: Somebody) -> None:
    asked = asks(house, YOGURT[0])
    with pytest.raises(NotPermitted), house.database.begin() as session:
        team.answer_question(house, session, actor(Role.AUTHOR), asked, "x", NOW)
    assert told(house) == []


def test_what_a_family_takes_back_leaves_no_trace_in_the_groups(house: House) -> None:
    asks(house, YOGURT[0])
    team.group_new_questions(house)
    with house.database.begin() as session:
        parent = families.parent_at(session, "test", "1", now=NOW, zone="Asia/Shanghai")
        privacy.withdraw(session, parent)
    asks(house, "孩子打人怎么教", who="2")
    team.group_new_questions(house)
    with house.database.read() as session:
        assert len(session.scalars(select(QuestionGroupRow.id)).all()) == 1


def test_from_the_list_to_the_answer_without_javascript(house: House, come: Come) -> None:
    with_content(house)
    asked = asks(house, YOGURT[0])
    group = only_group(house)
    nurse = come("hong")
    assert YOGURT[0] in nurse.get("/console/questions").text
    page = nurse.get(f"/console/questions/{group}")
    assert 'name="article_id"' in page.text
    assert asked in page.text
    done = nurse.post(f"/console/questions/{group}/link", {"article_id": "honey-botulism", "after": "", "kept": ""})
    assert done.url.path == "/console/questions"
    again = nurse.post(f"/console/questions/{group}/dismiss", {"reason": "test"}, follow=False)
    assert again.status_code == 409


def test_a_reader_sees_questions_but_no_forms(house: House, come: Come) -> None:
    asks(house, YOGURT[0])
    group = only_group(house)
    admin = come("admin")
    page = admin.get(f"/console/questions/{group}")
    assert page.status_code == 200
    assert f"/questions/{group}/dismiss" not in page.text
    assert admin.post(f"/console/questions/{group}/dismiss", {"reason": "test"}).status_code == 403
    assert come("lei").get("/console/questions").status_code == 403
