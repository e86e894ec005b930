"""The loop with people, on both databases: hand-offs with a clock, answers that arrive, questions that come back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot import team
from bot.core.families import privacy
from bot.core.families import service as families
from bot.core.hand_off import service as hand_offs
from bot.core.hand_off.model import TeamHours
from bot.core.language import Language
from bot.core.staff.model import Actor, Role
from bot.delivery import inbox, outbox
from bot.delivery.store import OutboxRow
from bot.dialogue.reply import Attachment
from bot.house import House
from bot.texts import Message
from knowledge import service as knowledge
from knowledge import settling
from knowledge.store import QuestionRow
from tests.conftest import NOW, StandingClock

NURSE = Actor("nurse", "李护士", frozenset({Role.NURSE_ON_CALL}))


@pytest.fixture
def house(house_on: Any, database_url: str) -> House:
    built: House = house_on(database_url)
    return built


def stranger(house: House, address: str = "1") -> str:
    with house.database.begin() as session:
        return families.parent_at(session, "test", address, now=NOW, zone="Asia/Shanghai").id


def said_to(house: House, address: str = "1") -> list[str]:
    with house.database.read() as session:
        rows = session.scalars(select(OutboxRow).where(OutboxRow.address == address).order_by(OutboxRow.id))
        return [r.payload["html"] for r in rows]


def test_an_answer_of_the_team_arrives_in_the_parents_channel(house: House) -> None:
    parent = stranger(house)
    with house.database.begin() as session:
        chat = hand_offs.hand_over(session, parent, "孩子一直哭", TeamHours(), NOW)
        team.claim(house, session, chat.id, "李护士", NOW)
        team.answer(house, session, chat.id, "李护士", "多大了？ <有没有发烧>", NOW)
        team.release(house, session, chat.id, "李护士", NOW)
        lines = [(line.author, line.text) for line in hand_offs.lines_of(session, chat.id)]
    assert lines == [("parent", "孩子一直哭"), ("李护士", "多大了？ <有没有发烧>")]
    claimed, answered, released = said_to(house)
    assert "李护士" in claimed
    assert "多大了？ &lt;有没有发烧&gt;" in answered
    assert "我回来了" in released


def test_a_chat_that_a_colleague_has_cannot_be_taken(house: House) -> None:
    parent = stranger(house)
    with house.database.begin() as session:
        chat = hand_offs.hand_over(session, parent, "?", TeamHours(), NOW)
        hand_offs.claim(session, chat.id, "a")
        with pytest.raises(hand_offs.AlreadyClaimed):
            hand_offs.claim(session, chat.id, "b")
        hand_offs.release(session, chat.id, NOW)
        with pytest.raises(hand_offs.NotOpen):
            hand_offs.claim(session, chat.id, "b")


def test_asking_twice_is_one_hand_off(house: House) -> None:
    parent = stranger(house)
    with house.database.begin() as session:
        first = hand_offs.hand_over(session, parent, "a", TeamHours(), NOW)
        second = hand_offs.hand_over(session, parent, "b", TeamHours(), NOW + timedelta(minutes=1))
    assert first.id == second.id


def test_a_linked_question_is_told_once_when_its_article_is_live(house: House) -> None:
    parent = stranger(house)
    with house.database.begin() as session:
        asked = knowledge.keep_question(
            session, text="能吃蜂蜜柚子茶不", language=Language.ZH, age_months=9, why="unanswered",
            parent_id=parent, candidates=[], now=NOW,
        )  # fmt: skip
        settling.link_group(session, NURSE, asked, "honey-botulism", NOW)
        assert team.tell_of_new_answers(house, session, NOW) == 1
        assert team.tell_of_new_answers(house, session, NOW) == 0
        with pytest.raises(settling.QuestionSettled):
            settling.dismiss_group(session, NURSE, asked, "test", NOW)
    (message,) = said_to(house)
    assert "蜂蜜" in message
    assert "审核过的回答" not in message, "nobody here has approved that article yet"


def test_families_are_told_in_the_hours_of_the_team(house: House, clock: StandingClock) -> None:
    parent = stranger(house)
    with house.database.begin() as session:
        asked = knowledge.keep_question(
            session, text="能吃蜂蜜柚子茶不", language=Language.ZH, age_months=9, why="unanswered",
            parent_id=parent, candidates=[], now=NOW,
        )  # fmt: skip
        settling.link_group(session, NURSE, asked, "honey-botulism", NOW)
    clock.now = NOW + timedelta(hours=12)
    assert team.tell_families(house) == 0
    clock.now = NOW + timedelta(hours=24)
    assert team.tell_families(house) == 1
    assert team.tell_families(house) == 0


def test_the_same_question_of_a_parent_is_kept_once(house: House) -> None:
    parent = stranger(house)
    with house.database.begin() as session:
        ids = {
            knowledge.keep_question(
                session, text="怎么报考钢琴", language=Language.ZH, age_months=None, why=why, parent_id=parent,
                candidates=[], now=NOW,
            )
            for why in ("unsure", "unanswered")
        }  # fmt: skip
        row = session.scalars(select(QuestionRow)).one()
    assert ids == {row.id}
    assert row.why == "unanswered"


def test_an_export_holds_the_handed_over_chat_and_no_earlier_export(house: House) -> None:
    with house.database.begin() as session:
        parent = families.parent_at(session, "test", "1", now=NOW, zone="Asia/Shanghai")
        hand_offs.hand_over(session, parent.id, "孩子一直哭", TeamHours(), NOW)
        file = Attachment("document", "sprout-data.json", "application/json", b"all of it")
        outbox.write(session, [Message("Here", attachment=file)], channel="test", address="1", now=NOW)
        exported = privacy.export(session, parent)
    assert [line["text"] for line in exported["hand_off_line"]] == ["孩子一直哭"]
    (letter,) = exported["outbox"]
    assert letter["payload"]["attachment"] == {
        "kind": "document", "name": "sprout-data.json", "media_type": "application/json",
    }  # fmt: skip


def test_an_id_of_the_inbox_is_not_given_again_after_a_family_left(house: House) -> None:
    with house.database.begin() as session:
        parent = families.parent_at(session, "test", "1", now=NOW, zone="Asia/Shanghai")
        old, _ = inbox.put(session, channel="test", key="a", address="1", payload={}, now=NOW)
        privacy.forget(session, parent)
        new, _ = inbox.put(session, channel="test", key="b", address="2", payload={}, now=NOW)
    assert new > old


@pytest.mark.parametrize(
    ("hour", "open_now", "by"), [(9, True, "09:30"), (3, False, "08:30"), (21, False, "08:30"), (19, True, "19:30")]
)
def test_the_clock_promises_only_what_the_team_can_keep(hour: int, open_now: bool, by: str) -> None:
    hours = TeamHours()
    then = NOW.replace(hour=0) + timedelta(hours=hour - 8)
    assert hours.open_at(then) is open_now
    promised = hours.reply_by(then)
    assert promised.strftime("%H:%M") == by
    assert promised > then
