"""What goes wrong between the bot and Telegram: nothing is lost, and nothing is said twice without need."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from bot.core.families.store import ParentRow
from bot.core.language import Language
from bot.delivery import inbox, outbox
from bot.delivery.outbox import Priority
from bot.delivery.store import InboxRow, OutboxRow
from bot.dialogue.reply import Attachment, Venue
from bot.house import House
from bot.telegram.incoming import CHANNEL
from bot.texts import ButtonText, Message
from tests.telegram.emulator import Phone, Telegram, faults
from tests.telegram.running import TELEGRAM, Running, running_clock


@pytest.fixture
def bot(house: House) -> Iterator[Running]:
    """On both databases; a call may take half a second."""
    with Running(house, patience=0.5) as running:
        yield running


def post(bot: Running, phone: Phone, *messages: Message, **how: object) -> list[int]:
    """Put messages into the outbox, as a reminder or a colleague's answer would."""
    with bot.house.database.begin() as session:
        rows = outbox.write(
            session,
            messages,
            channel=CHANNEL,
            address=str(phone.chat_id),
            now=running_clock(),
            **how,  # type: ignore[arg-type]
        )
        return [row.id for row in rows]


def letter(text: str, **more: object) -> Message:
    return Message(text, language=Language.EN, **more)  # type: ignore[arg-type]


def row(bot: Running, row_id: int) -> OutboxRow:
    with bot.house.database.read() as session:
        found = session.get_one(OutboxRow, row_id)
        session.expunge(found)
        return found


def becomes(bot: Running, row_id: int, state: str, within: float = 12) -> OutboxRow:
    until = time.monotonic() + within
    while (found := row(bot, row_id)).state != state:
        assert time.monotonic() < until, (found.state, found.error, found.attempts)
        time.sleep(0.05)
    return found


def is_blocked(bot: Running, phone: Phone) -> bool:
    with bot.house.database.read() as session:
        blocked_at = select(ParentRow.blocked_at).where(ParentRow.address == str(phone.chat_id))
        return session.scalars(blocked_at).one() is not None


def test_what_was_sent_is_recorded_with_telegrams_id(bot: Running, phone: Phone) -> None:
    (sent,) = post(bot, phone, letter("hello"))
    seen = phone.sees("hello")
    assert becomes(bot, sent, "sent").remote_id == str(seen.message_id)


def test_when_telegram_says_wait_nobody_is_written_to_until_then(
    bot: Running, telegram: Telegram, phone: Phone
) -> None:
    telegram.fails(faults.too_many(2))
    (first,) = post(bot, phone, letter("first"))
    telegram.wait_for("sendMessage")
    refused = telegram.calls("sendMessage")[0].at
    becomes(bot, first, "pending")
    other = telegram.phone()
    post(bot, other, letter("other"))
    other.sees("other", within=10)
    phone.sees("first", within=10)
    again = [c.at - refused for c in telegram.calls("sendMessage")[1:]]
    assert min(again) >= 2
    assert becomes(bot, first, "sent").doubts == 0


def test_a_parent_who_blocked_the_bot_gets_nothing_until_back(bot: Running, telegram: Telegram, phone: Phone) -> None:
    phone.command("menu")
    phone.sees()
    telegram.fails(faults.forbidden(), chat=phone)
    refused, waiting = post(bot, phone, letter("refused"), letter("waiting"))
    becomes(bot, refused, "failed")
    phone.sees_nothing(1.5)
    assert row(bot, waiting).state == "pending"
    phone.command("help")
    phone.sees("waiting")
    phone.sees("/privacy")


def test_blocking_and_unblocking_in_telegram_suspends_and_resumes(bot: Running, phone: Phone) -> None:
    phone.says("hello")
    phone.sees()
    phone.blocks()
    until = time.monotonic() + 5
    while not is_blocked(bot, phone):
        assert time.monotonic() < until
        time.sleep(0.05)
    (waiting,) = post(bot, phone, letter("a reminder"), kind="booking")
    time.sleep(1.3)
    assert row(bot, waiting).attempts == 0
    phone.unblocks()
    phone.sees("a reminder")


def test_a_reply_whose_fate_is_unknown_is_repeated_once(bot: Running, telegram: Telegram, phone: Phone) -> None:
    telegram.fails(faults.slow(1.5), times=2)
    (reply,) = post(bot, phone, letter("maybe"))
    found = becomes(bot, reply, "ambiguous")
    assert (found.attempts, found.doubts) == (2, 2)
    assert [m.text for m in phone.screen] == ["maybe", "maybe"]


def test_a_reply_that_came_through_at_the_second_attempt_keeps_its_doubt(
    bot: Running, telegram: Telegram, phone: Phone
) -> None:
    telegram.fails(faults.reply_lost())
    (reply,) = post(bot, phone, letter("maybe"))
    assert becomes(bot, reply, "sent").doubts == 1


def test_a_tip_whose_fate_is_unknown_is_not_repeated(bot: Running, telegram: Telegram, phone: Phone) -> None:
    telegram.fails(faults.reply_lost())
    (tip,) = post(bot, phone, letter("tip"), kind="tip")
    assert becomes(bot, tip, "ambiguous").attempts == 1
    phone.sees("tip")
    phone.sees_nothing()


def test_a_server_error_is_tried_again(bot: Running, telegram: Telegram, phone: Phone) -> None:
    telegram.fails(faults.server_error(502), times=1)
    telegram.fails(faults.server_error(500), times=1)
    (tip,) = post(bot, phone, letter("tip"), kind="tip")
    phone.sees("tip", within=15)
    assert becomes(bot, tip, "sent").attempts == 3


def test_a_message_that_is_as_it_should_be_counts_as_sent(bot: Running, telegram: Telegram, phone: Phone) -> None:
    telegram.fails(faults.not_modified())
    (same,) = post(bot, phone, letter("same"))
    becomes(bot, same, "sent")


def test_what_telegram_refuses_does_not_hold_up_the_next(bot: Running, telegram: Telegram, phone: Phone) -> None:
    telegram.fails(faults.bad_request("something is wrong"))
    bad, _ = post(bot, phone, letter("bad"), letter("good"))
    phone.sees("good")
    assert becomes(bot, bad, "failed").error == "400"


def test_tags_that_telegram_cannot_read_are_left_out(bot: Running, phone: Phone) -> None:
    post(bot, phone, letter("<b>bold</i> &amp; <b>open"))
    assert phone.sees().text == "bold & open"


def test_a_long_message_comes_in_parts_with_the_buttons_under_the_last(
    bot: Running, telegram: Telegram, phone: Phone
) -> None:
    telegram.fails(faults.server_error(), times=1, chat=phone)
    text = "<b>" + "\n".join(f"line {n} &amp; more" for n in range(700)) + "</b>"
    (long,) = post(bot, phone, letter(text, buttons=((ButtonText("ok", "menu"),),)))
    becomes(bot, long, "sent", within=20)
    parts = phone.screen
    assert len(parts) == 3
    assert [p.labels for p in parts] == [[], [], ["ok"]]
    assert "\n".join(p.text for p in parts) == "\n".join(f"line {n} & more" for n in range(700))


def test_files_places_and_the_request_for_a_place(bot: Running, phone: Phone) -> None:
    button = ((ButtonText("ok", "menu"),),)
    post(
        bot,
        phone,
        letter("your data", attachment=Attachment("document", "a.json", "application/json", b"{}"), buttons=button),
        letter("your plan", attachment=Attachment("photo", "p.png", "image/png", b"\x89PNG")),
        letter("here", venue=Venue("宝宝屋", "一路1号", 31.2, 121.4), buttons=button),
        letter("where are you", ask_location=True),
        letter("where", ask_location=True, buttons=button),
    )
    file = phone.sees("your data")
    assert (file.kind, file.extra, file.labels) == ("document", {"name": "a.json", "content": b"{}"}, ["ok"])
    assert phone.sees("your plan").kind == "photo"
    assert phone.sees("here").labels == ["ok"]
    assert phone.sees().extra["title"] == "宝宝屋"
    assert phone.sees("where are you").keyboard[0][0]["request_location"] is True
    assert phone.sees("where").labels == ["ok"]
    assert phone.sees().keyboard[0][0]["request_location"] is True


def press(bot: Running, phone: Phone, message_id: int, answer: Message) -> int:
    """A press that has been handled, with this answer."""
    now = running_clock()
    with bot.house.database.begin() as session:
        payload = {"kind": "press", "text": "x", "pressed": message_id}
        where = {"channel": CHANNEL, "address": str(phone.chat_id), "now": now}
        asked, _ = inbox.put(session, key=f"press{message_id}", payload=payload, **where)  # type: ignore[arg-type]
        inbox.finish(session, asked, now)
        (found,) = outbox.write(session, [answer], inbox_id=asked, **where)  # type: ignore[arg-type]
        return found.id


def test_an_answer_that_replaces_takes_the_place_of_the_pressed_message(bot: Running, phone: Phone) -> None:
    post(bot, phone, letter("which day?", buttons=((ButtonText("Monday", "day:1"),),)))
    asked = phone.sees("which day?")
    press(bot, phone, asked.message_id, letter("Monday it is", replaces=True))
    assert phone.sees("Monday it is").message_id == asked.message_id
    assert [(m.text, m.labels, m.edits) for m in phone.screen] == [("Monday it is", [], 1)]


def test_an_answer_that_cannot_replace_is_a_new_message(bot: Running, phone: Phone) -> None:
    sent = press(bot, phone, 99, letter("Monday it is", replaces=True))
    phone.sees("Monday it is")
    becomes(bot, sent, "sent")


def test_links_open_from_buttons_and_previews_are_off(bot: Running, telegram: Telegram, phone: Phone) -> None:
    links = ((ButtonText("web", url="https://example.org/"), ButtonText("phone", url="tel:120")),)
    post(bot, phone, letter("see", buttons=links))
    assert phone.sees("see").buttons == [[{"text": "web", "url": "https://example.org/"}]]
    assert telegram.calls("sendMessage")[0].parameters["link_preview_options"] == {"is_disabled": True}


def test_the_urgent_goes_first(bot: Running, telegram: Telegram) -> None:
    bot.stop()
    phones = [telegram.phone() for _ in range(4)]
    for phone, priority in zip(phones, (Priority.TIP, Priority.BOOKING, Priority.REPLY, Priority.DANGER), strict=True):
        post(bot, phone, letter(priority.name), priority=priority)
    slow = TELEGRAM.__class__(per_second=5, burst=1, chat_seconds=1)
    with Running(bot.house, pace=slow):
        telegram.wait_for("sendMessage", 4)
    assert [c.parameters["text"] for c in telegram.calls("sendMessage")] == ["DANGER", "REPLY", "BOOKING", "TIP"]


def test_an_update_that_could_not_be_stored_is_fetched_again(bot: Running, telegram: Telegram, phone: Phone) -> None:
    with bot.house.database.begin() as session:
        session.connection().exec_driver_sql("ALTER TABLE inbox RENAME TO inbox_away")
    phone.command("help")
    time.sleep(1.5)
    assert telegram.cloud.updates
    with bot.house.database.begin() as session:
        session.connection().exec_driver_sql("ALTER TABLE inbox_away RENAME TO inbox")
    phone.sees("/privacy", within=15)


def test_an_update_that_comes_twice_is_answered_once(bot: Running, telegram: Telegram, phone: Phone) -> None:
    phone.command("help")
    update = dict(telegram.cloud.updates[0]) if telegram.cloud.updates else None
    phone.sees("/privacy")
    if update is None:
        with bot.house.database.read() as session:
            key = session.scalars(select(InboxRow.key)).one()
        update = {"update_id": int(key.partition(":")[0]), "message": phone._last}
    with telegram.cloud.changed:
        telegram.cloud.updates.append(update)
        telegram.cloud.changed.notify_all()
    phone.sees_nothing(1.5)
