"""The inbox: two nurses at once, nothing lost, nothing sent twice, notes that stay inside, hours that are kept."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import select

from bot.core import audit
from bot.core.families import privacy
from bot.core.families import service as families
from bot.core.hand_off import service as hand_offs
from bot.core.hand_off.hours import HoursOdd, keep_hours, team_hours
from bot.core.hand_off.model import TeamHours
from bot.core.hand_off.store import HandOffRow
from bot.core.language import Language
from bot.core.staff.model import Actor, NotPermitted, Role
from bot.delivery import history, inbox, outbox
from bot.delivery.store import OutboxRow
from bot.house import House
from bot.texts import Message
from bot.web.console.inbox import chats
from knowledge import service as knowledge
from tests.conftest import NOW, StandingClock
from tests.console.conftest import Come

NURSE = Actor("n1", "陈护士", frozenset({Role.NURSE_ON_CALL}))
OTHER = Actor("n2", "陈护士", frozenset({Role.NURSE_ON_CALL}))  # the same name, another person
AUTHOR = Actor("a1", "王芳", frozenset({Role.AUTHOR}))
one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def wait(house: House) -> Callable[..., str]:
    """A function: a parent at this address asks for a person; the id of the chat."""

    def asks(address: str = "1", words: str = "宝宝一直哭", now: datetime = NOW, level: str = "") -> str:
        with house.database.begin() as session:
            parent = families.parent_at(session, "web", address, now=now, zone="Asia/Shanghai")
            row_id, _ = inbox.put(
                session, channel="web", key=f"{address}:{now}:{words}", address=address, now=now,
                payload={"kind": "text", "text": words},
            )  # fmt: skip
            inbox.finish(session, row_id, now, outcome={"danger": {"level": level, "signs": []}} if level else {})
            return hand_offs.hand_over(session, parent.id, words, TeamHours(), now).id

    return asks


def told(house: House, address: str = "1") -> list[str]:
    with house.database.read() as session:
        rows = session.scalars(select(OutboxRow).where(OutboxRow.address == address).order_by(OutboxRow.id))
        return [row.payload["html"] for row in rows]


def test_of_two_nurses_at_once_one_gets_the_chat_and_the_parent_hears_of_one(
    house: House, wait: Callable[..., str]
) -> None:
    for n in range(5):
        chat, outcomes, start = wait(str(n)), [], threading.Barrier(2)

        def claim(actor: Actor, chat: str = chat, outcomes: list[str] = outcomes, start: Any = start) -> None:
            start.wait()
            try:
                with house.database.begin() as session:
                    chats.claim(house, session, actor, chat, NOW)
                outcomes.append("mine")
            except hand_offs.AlreadyClaimed:
                outcomes.append("a colleague's")

        threads = [threading.Thread(target=claim, args=(actor,)) for actor in (NURSE, OTHER)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes) == ["a colleague's", "mine"]
        assert len(told(house, str(n))) == 1


def test_taking_a_chat_twice_tells_the_parent_once(house: House, wait: Callable[..., str]) -> None:
    chat = wait()
    for _ in range(2):
        with house.database.begin() as session:
            chats.claim(house, session, NURSE, chat, NOW)
    assert len(told(house)) == 1


def test_who_comes_second_is_told_who_was_first_and_keeps_what_was_written(
    house: House, come: Come, wait: Callable[..., str]
) -> None:
    chat = wait()
    first, second = come("min"), come("hong")
    for person in (first, second):
        person.post("/console/language", {"language": "en", "back": "/console/"})
        person.get(f"/console/inbox/{chat}")
    assert first.post(f"/console/inbox/{chat}/claim").status_code == 200
    late = second.post(f"/console/inbox/{chat}/claim")
    assert late.status_code == 409
    assert "陈敏 has taken this chat" in late.text
    answer = second.post(f"/console/inbox/{chat}/answer", {"text": "多喝水 <b>"})
    assert answer.status_code == 409
    assert "多喝水 &lt;b&gt;</textarea>" in answer.text
    assert len(told(house)) == 1


def test_a_chat_is_taken_over_when_a_shift_ends(house: House, wait: Callable[..., str]) -> None:
    chat = wait()
    with house.database.begin() as session:
        chats.claim(house, session, NURSE, chat, NOW)
        chats.take_over(house, session, OTHER, chat, NOW)
        with pytest.raises(hand_offs.AlreadyClaimed):
            chats.answer(house, session, NURSE, chat, "还在吗", NOW)
        chats.answer(house, session, OTHER, chat, "在的", NOW)


@one_database
def test_only_a_nurse_on_call_may(house: House, wait: Callable[..., str]) -> None:
    chat = wait()
    steps: list[Callable[[Any], Any]] = [
        lambda s: chats.open_chats(house, s, AUTHOR, NOW),
        lambda s: chats.closed_chats(house, s, AUTHOR, NOW),
        lambda s: chats.chat(house, s, AUTHOR, chat, NOW),
        lambda s: chats.claim(house, s, AUTHOR, chat, NOW),
        lambda s: chats.take_over(house, s, AUTHOR, chat, NOW),
        lambda s: chats.answer(house, s, AUTHOR, chat, "x", NOW),
        lambda s: chats.add_note(s, AUTHOR, chat, "x", NOW),
        lambda s: chats.release(house, s, AUTHOR, chat, NOW),
        lambda s: keep_hours(s, AUTHOR, NOW, week={0: (time(8), time(9))}, within_minutes=30),
    ]
    for step in steps:
        with house.database.begin() as session, pytest.raises(NotPermitted):
            step(session)
    assert told(house) == []


def test_a_note_stays_inside_but_the_family_may_ask_for_it(house: House, wait: Callable[..., str]) -> None:
    chat = wait()
    with house.database.begin() as session:
        chats.add_note(session, NURSE, chat, "问过妈妈了", NOW)
        lines = chats.talk(house, session, chats.chat(house, session, NURSE, chat, NOW), NOW)
    assert told(house) == []
    assert [(line.who, line.html) for line in lines] == [("parent", "宝宝一直哭"), ("note", "问过妈妈了")]
    with house.database.read() as session:
        parent = families.known_at(session, "web", "1")
        assert parent is not None
        assert "问过妈妈了" in str(privacy.export(session, parent))


@one_database
def test_a_talk_reads_in_order_even_within_one_moment(house: House, wait: Callable[..., str]) -> None:
    wait("1", "一")
    chat = wait("1", "二")
    with house.database.begin() as session:
        first, second = (row.id for row in history.heard(session, "web", "1"))
        for inbox_id, words in ((second, "答二"), (first, "答一")):
            outbox.write(
                session, [Message(words, language=Language.ZH)], channel="web", address="1", now=NOW, inbox_id=inbox_id
            )
        chats.add_note(session, NURSE, chat, "记", NOW)
        lines = chats.talk(house, session, chats.chat(house, session, NURSE, chat, NOW), NOW)
    assert [line.html for line in lines] == ["一", "答一", "二", "答二", "记"]


def test_an_article_is_an_answer(house: House, wait: Callable[..., str]) -> None:
    chat = wait()
    with house.database.begin() as session:
        knowledge.import_content(session, NOW)
    article = house.library.articles()[0]
    with house.database.begin() as session:
        chats.answer(house, session, NURSE, chat, "请看：", NOW, article_id=article.article.id)
    (html,) = told(house)
    assert html.startswith("陈护士")
    assert "请看：" in html
    assert next(iter(article.article.texts.values())).title in html


@one_database
def test_an_article_that_is_not_live_is_refused_and_an_empty_answer_too(
    house: House, come: Come, wait: Callable[..., str]
) -> None:
    chat = wait()
    nurse = come("min")
    nurse.get(f"/console/inbox/{chat}")
    assert nurse.post(f"/console/inbox/{chat}/answer", {"text": "x", "article": "no-such"}).status_code == 400
    assert nurse.post(f"/console/inbox/{chat}/answer", {"text": "  "}).status_code == 400
    assert told(house) == []


def test_a_released_chat_is_the_bots_again_and_the_parent_is_told_once(house: House, wait: Callable[..., str]) -> None:
    chat = wait()
    with house.database.begin() as session:
        chats.claim(house, session, NURSE, chat, NOW)
        with pytest.raises(hand_offs.AlreadyClaimed):
            chats.release(house, session, OTHER, chat, NOW)
    for _ in range(2):
        with house.database.begin() as session:
            chats.release(house, session, NURSE, chat, NOW)
    assert len(told(house)) == 2
    with house.database.begin() as session:
        with pytest.raises(hand_offs.NotOpen):
            chats.answer(house, session, NURSE, chat, "还有一句", NOW)
        assert chats.open_chats(house, session, NURSE, NOW) == []
        assert len(chats.closed_chats(house, session, NURSE, NOW)) == 1


def test_danger_comes_first_then_what_is_late(house: House, wait: Callable[..., str]) -> None:
    soon, late = wait("1", "湿疹", NOW - timedelta(minutes=20)), wait("2", "发烧", NOW - timedelta(hours=2))
    danger = wait("3", "抽搐", NOW, "emergency_now")
    with house.database.read() as session:
        found = chats.open_chats(house, session, NURSE, NOW)
    assert [(c.id, c.danger) for c in found] == [(danger, "emergency_now"), (late, ""), (soon, "")]
    assert [c.late for c in found] == [False, True, False]


@one_database
def test_what_a_parent_writes_is_never_markup_on_the_page(come: Come, wait: Callable[..., str]) -> None:
    chat = wait("1", "<script>alert(1)</script>")
    nurse = come("min")
    for path in ("/console/inbox", f"/console/inbox/{chat}", f"/console/inbox/{chat}/talk", "/console/"):
        assert "<script>alert" not in nurse.get(path).text
    assert "&lt;script&gt;" in nurse.get(f"/console/inbox/{chat}").text


@one_database
@pytest.mark.parametrize("piece", ["", "/talk"])
def test_who_read_a_talk_is_in_the_audit_log_once(
    house: House, come: Come, wait: Callable[..., str], piece: str
) -> None:
    chat = wait()
    nurse = come("min")
    for _ in range(2):
        nurse.get(f"/console/inbox/{chat}{piece}")
    with house.database.read() as session:
        rows = session.scalars(select(audit.AuditRow).where(audit.AuditRow.action == "hand_off.read")).all()
    assert [row.subject for row in rows] == [chat]


@one_database
def test_the_home_page_shows_what_waits_to_those_who_may_answer(come: Come, wait: Callable[..., str]) -> None:
    wait("1", now=NOW - timedelta(hours=2))
    assert "card urgent" in come("min").get("/console/").text
    assert "/console/inbox" not in come("fang").get("/console/").text


@one_database
def test_ready_words_begin_an_answer_without_scripts(house: House, come: Come, wait: Callable[..., str]) -> None:
    chat = wait()
    nurse, colleague = come("min"), come("hong")
    nurse.get("/console/inbox/words")
    nurse.post("/console/inbox/words", {"title": "喝水", "text": "请多喝温水。", "language": "zh"})
    nurse.post(f"/console/inbox/{chat}/claim")
    page = nurse.get(f"/console/inbox/{chat}").text
    link = page.split('data-words="请多喝温水。"')[0].rsplit('href="', 1)[1].split("#")[0]
    assert "请多喝温水。</textarea>" in nurse.get(link).text
    assert "请多喝温水" not in colleague.get("/console/inbox/words").text
    assert nurse.post("/console/inbox/words", {"title": " ", "text": "x"}).status_code == 400


# Hours


spans = some.tuples(some.integers(0, 22), some.integers(1, 23)).filter(lambda s: s[0] < s[1])
weeks = some.dictionaries(some.integers(0, 6), spans, min_size=1)


@given(weeks, some.integers(0, 2 * 365 * 24 * 60), some.integers(5, 240))
def test_a_promise_is_never_in_the_past_and_within_the_time_said_from_when_the_team_is_there(
    week: dict[int, tuple[int, int]], after_minutes: int, minutes: int
) -> None:
    hours = TeamHours(week={day: (time(a), time(b)) for day, (a, b) in week.items()}, within=timedelta(minutes=minutes))
    now = NOW + timedelta(minutes=after_minutes)
    begins = hours.reply_by(now) - hours.within
    assert begins >= now
    assert hours.open_at(begins)
    assert hours.open_at(now) is (begins == now)
    assert begins - now <= timedelta(days=7)


def test_hours_of_the_console_hold_from_the_next_chat_on(house: House, come: Come, wait: Callable[..., str]) -> None:
    before = wait("1")
    nurse = come("min")
    page = nurse.get("/console/inbox/hours").text
    assert page.count('value="yes" checked') == 7
    form = {f"opens_{d}": "09:00" for d in range(7)} | {f"closes_{d}": "17:00" for d in range(7)}
    assert nurse.post("/console/inbox/hours", {**form, "open_3": "yes", "within": "9" * 5000}).status_code == 400
    nurse.post("/console/inbox/hours", {**form, "open_3": "yes", "within": "60"})  # Thursdays only
    with house.database.begin() as session:
        kept = team_hours(session, house.team_hours)
        assert not kept.open_at(NOW)  # a Wednesday
        assert kept.words_at(NOW) == "09:00-17:00"
        parent = families.parent_at(session, "web", "9", now=NOW, zone="Asia/Shanghai")
        row = hand_offs.hand_over(session, parent.id, "x", kept, NOW)
        assert row.reply_by.astimezone(house.zone).strftime("%a %H:%M") == "Thu 10:00"
        assert session.get_one(HandOffRow, before).reply_by == NOW + timedelta(minutes=30)


@one_database
@pytest.mark.parametrize(
    "form",
    [
        {"within": "60"},
        {"open_0": "yes", "opens_0": "17:00", "closes_0": "09:00", "within": "60"},
        {"open_0": "yes", "opens_0": "late", "closes_0": "09:00", "within": "60"},
        {"open_0": "yes", "opens_0": "08:00", "closes_0": "09:00", "within": "0"},
    ],
)
def test_odd_hours_are_refused_and_the_old_ones_stay(house: House, come: Come, form: dict[str, str]) -> None:
    nurse = come("min")
    nurse.get("/console/inbox/hours")
    assert nurse.post("/console/inbox/hours", form).status_code == 400
    with house.database.read() as session:
        assert team_hours(session, house.team_hours) == house.team_hours


def test_odd_hours_are_an_error_of_the_rules(house: House) -> None:
    with house.database.begin() as session, pytest.raises(HoursOdd):
        keep_hours(session, NURSE, NOW, week={}, within_minutes=30)


@one_database
def test_the_list_is_live_and_the_bell_counts_those_that_wait(
    come: Come, wait: Callable[..., str], clock: StandingClock
) -> None:
    nurse = come("min")
    assert 'data-waiting=""' in nurse.get("/console/inbox/bell?poll=1").text
    chat = wait()
    assert f'data-waiting="{chat}"' in nurse.get("/console/inbox/bell?poll=1").text
    assert "<html" not in nurse.get("/console/inbox/list").text
    clock.now = NOW + timedelta(minutes=42)
    assert "12" in nurse.get("/console/inbox/list").text
