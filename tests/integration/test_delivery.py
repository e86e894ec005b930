"""The post room, on both databases: nothing lost, nothing twice, a chat in order."""

from __future__ import annotations

import threading
from datetime import timedelta

from sqlalchemy import select

from bot.core.db import Database
from bot.core.language import Language
from bot.delivery import inbox, outbox
from bot.delivery.letters import from_payload, to_payload
from bot.delivery.outbox import Priority
from bot.delivery.store import InboxRow, OutboxRow
from bot.dialogue.reply import Attachment, Venue
from bot.texts import ButtonText, Message
from tests.conftest import NOW


def letter(text: str = "hello") -> Message:
    return Message(text, language=Language.EN)


def put(database: Database, key: str, address: str = "1") -> tuple[int, bool]:
    with database.begin() as session:
        return inbox.put(session, channel="test", key=key, address=address, payload={"text": key}, now=NOW)


def test_the_same_update_twice_is_one_row(database: Database) -> None:
    first, second = put(database, "7"), put(database, "7")
    assert first == (second[0], True)
    assert second[1] is False


def test_a_chat_is_handled_in_order(database: Database) -> None:
    ids = [put(database, str(n))[0] for n in range(3)]
    with database.begin() as session:
        for expected in ids:
            row = inbox.next_of(session, "test", "1")
            assert row is not None
            assert row.id == expected
            inbox.finish(session, row.id, NOW)
            session.expire_all()
        assert inbox.next_of(session, "test", "1") is None


def test_waiting_chats_are_named_oldest_first(database: Database) -> None:
    put(database, "a", "2")
    put(database, "b", "1")
    put(database, "c", "2")
    with database.read() as session:
        assert inbox.waiting_chats(session) == [("test", "2"), ("test", "1")]


def test_two_processes_never_handle_one_chat_at_once(database: Database) -> None:
    inside, most = 0, 0
    counting = threading.Lock()

    def work() -> None:
        nonlocal inside, most
        with inbox.chat_turn(database, "test", "1"):
            with counting:
                inside += 1
                most = max(most, inside)
            threading.Event().wait(0.02)
            with counting:
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert most == 1


def write(database: Database, *texts: str, address: str = "1", **how: object) -> list[int]:
    with database.begin() as session:
        rows = outbox.write(
            session,
            [letter(t) for t in texts],
            channel="test",
            address=address,
            now=NOW,
            **how,  # type: ignore[arg-type]
        )
        return [r.id for r in rows]


def claim(database: Database, *, after: float = 0) -> list[str]:
    with database.begin() as session:
        now = NOW + timedelta(seconds=after)
        return [r.payload["html"] for r in outbox.claim(session, "test", now)]


def state(database: Database, row_id: int) -> str:
    with database.read() as session:
        return session.get_one(OutboxRow, row_id).state


def test_a_chat_gets_one_message_at_a_time(database: Database) -> None:
    ids = write(database, "first", "second")
    write(database, "other", address="2")
    assert sorted(claim(database)) == ["first", "other"]
    assert claim(database) == []
    with database.begin() as session:
        outbox.sent(session, ids[0], NOW)
    assert claim(database) == ["second"]


def test_danger_goes_before_tips(database: Database) -> None:
    write(database, "tip", address="2", priority=Priority.TIP)
    write(database, "danger", address="3", priority=Priority.DANGER)
    assert claim(database) == ["danger", "tip"]


def test_what_the_channel_put_off_comes_back_later(database: Database) -> None:
    (row,) = write(database, "patience")
    claim(database)
    with database.begin() as session:
        outbox.later(session, row, NOW, 30, "retry_after")
    assert claim(database, after=10) == []
    assert claim(database, after=31) == ["patience"]


def test_an_expired_message_is_never_sent(database: Database) -> None:
    (row,) = write(database, "too late", expires_at=NOW + timedelta(seconds=5))
    assert claim(database, after=6) == []
    assert state(database, row) == "expired"


def test_after_a_crash_a_reply_is_repeated_once_and_a_reminder_is_not(database: Database) -> None:
    (reply,) = write(database, "reply")
    (reminder,) = write(database, "reminder", address="2", kind="reminder")
    claim(database)
    with database.begin() as session:
        assert outbox.recover(session, "test", NOW) == 2
    assert state(database, reminder) == "ambiguous"
    assert claim(database) == ["reply"]
    with database.begin() as session:
        outbox.recover(session, "test", NOW)
    assert state(database, reply) == "ambiguous"


def test_the_same_key_is_never_queued_twice(database: Database) -> None:
    write(database, "once", key="booking:1:24h")
    try:
        write(database, "twice", key="booking:1:24h")
        refused = False
    except Exception:
        refused = True
    assert refused
    with database.read() as session:
        assert len(session.scalars(select(OutboxRow)).all()) == 1


def test_a_cancelled_message_stays(database: Database) -> None:
    (row,) = write(database, "never mind", key="booking:2:24h")
    with database.begin() as session:
        assert outbox.cancel(session, "booking:2:") == 1
    assert claim(database) == []
    assert state(database, row) == "cancelled"


def test_a_message_survives_its_row() -> None:
    message = Message(
        "<b>x</b> &amp; y",
        buttons=((ButtonText("a", press="b:c"), ButtonText("link", url="https://example.org/x")),),
        venue=Venue("宝宝屋", "一路1号", 31.2, 121.4),
        attachment=Attachment("document", "a.ics", "text/calendar", b"\x00BEGIN"),
        ask_location=True,
        language=Language.ZH,
    )
    assert from_payload(to_payload(message)) == message


def test_nothing_of_a_rolled_back_turn_remains(database: Database) -> None:
    put(database, "1")
    try:
        with inbox.chat_turn(database, "test", "1") as session:
            row = inbox.next_of(session, "test", "1")
            assert row is not None
            inbox.finish(session, row.id, NOW)
            outbox.write(session, [letter()], channel="test", address="1", now=NOW)
            raise RuntimeError
    except RuntimeError:
        pass
    with database.read() as session:
        assert session.scalars(select(InboxRow.state)).all() == ["new"]
        assert session.scalars(select(OutboxRow)).all() == []
