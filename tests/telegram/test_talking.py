"""A parent with a phone: every kind of message, over real HTTP."""

from __future__ import annotations

import pytest

from bot.core.language import Language
from bot.texts import texts
from tests.telegram.emulator import Phone, Telegram
from tests.telegram.running import Running


def words(key: str) -> str:
    return texts(Language.ZH)[key].format(emergency="120")


def test_start_leads_through_language_consent_and_birth_date(bot: Running, phone: Phone) -> None:
    phone.command("start")
    phone.sees("Please choose a language")
    phone.presses("中文")
    phone.sees("萌芽")
    phone.sees()
    phone.presses("同意")
    phone.sees()
    phone.says("8个月")
    assert "8个月" in phone.sees().text


def test_a_question_gets_a_card_with_its_source(bot: Running, phone: Phone) -> None:
    phone.says("宝宝8个月能吃蜂蜜吗")
    card = phone.sees("蜂蜜")
    assert "<a href=" in card.html
    assert card.labels


def test_a_button_is_acknowledged_at_once(bot: Running, telegram: Telegram, phone: Phone) -> None:
    phone.command("menu")
    phone.sees()
    query = phone.presses("问问题")
    phone.sees()
    telegram.wait_for("answerCallbackQuery")
    assert query in telegram.cloud.answered_queries


@pytest.mark.parametrize(
    ("send", "answer"),
    [
        ("voice", "voice"),
        ("photo", "photo"),
        ("video", "video"),
        ("sticker", "sticker"),
        ("dice", "sticker"),
        ("file", "file"),
        ("contact", "contact"),
        ("poll", "other_kind"),
    ],
)
def test_every_kind_of_message_is_answered_with_a_way_on(bot: Running, phone: Phone, send: str, answer: str) -> None:
    getattr(phone, send)()
    assert phone.sees().text == words(f"talk.{answer}")


def test_a_place_is_understood_as_a_place(bot: Running, phone: Phone) -> None:
    phone.location()
    assert phone.sees().text not in {words("talk.other_kind"), words("talk.empty")}


def test_a_picture_is_never_downloaded(bot: Running, telegram: Telegram, phone: Phone) -> None:
    phone.photo()
    phone.file("image/jpeg")
    phone.sees("照片")
    phone.sees("照片")
    assert telegram.calls("getFile") == []


def test_the_words_under_a_picture_are_read_before_it_is_declined(bot: Running, phone: Phone) -> None:
    phone.photo("宝宝抽搐了，叫不醒，嘴唇发紫")
    assert "120" in phone.sees().text
    phone.sees("照片")


def test_an_album_is_declined_once(bot: Running, phone: Phone) -> None:
    for _ in range(4):
        phone.photo(album="7")
    phone.sees("照片")
    phone.sees_nothing()


def test_an_edited_question_is_answered_again(bot: Running, phone: Phone) -> None:
    phone.says("宝宝8个月能吃西瓜吗")
    phone.sees()
    phone.edits("宝宝8个月能吃蜂蜜吗")
    assert phone.sees().text == words("talk.edited")
    phone.sees("蜂蜜")


def test_the_words_after_a_command_are_heard_too(bot: Running, phone: Phone) -> None:
    phone.says("/ask 宝宝8个月能吃蜂蜜吗")
    phone.sees("/help")
    phone.sees("蜂蜜")


def test_danger_goes_first_with_the_number_to_call(bot: Running, phone: Phone) -> None:
    phone.says("宝宝抽搐了，叫不醒，嘴唇发紫")
    first = phone.sees()
    assert "120" in first.text
    phone.presses("120")
    assert "120" in phone.sees().text


def test_html_in_a_message_is_only_text(bot: Running, phone: Phone) -> None:
    phone.says("<b>你好 & <script>alert(1)</script></i>")
    phone.sees()


def test_the_menu_is_there_in_both_languages_and_every_command_is_known(
    bot: Running, telegram: Telegram, phone: Phone
) -> None:
    telegram.wait_for("setMyCommands", 3)
    zh, en = telegram.cloud.commands["zh"], telegram.cloud.commands["en"]
    assert telegram.cloud.commands[""] == zh
    assert [c["command"] for c in zh] == [c["command"] for c in en]
    assert {c["command"] for c in zh} >= {"start", "help", "language", "child", "privacy"}
    for entry in zh:
        phone.command(entry["command"])
        assert "/help" not in phone.sees().text or entry["command"] == "help"


def test_typing_is_shown_while_an_answer_is_made(bot: Running, telegram: Telegram, phone: Phone) -> None:
    phone.says("宝宝8个月能吃蜂蜜吗")
    phone.sees("蜂蜜")
    (call,) = telegram.wait_for("sendChatAction")
    assert call.parameters["action"] == "typing"


def test_nothing_is_typed_while_a_person_has_the_chat(bot: Running, telegram: Telegram, phone: Phone) -> None:
    phone.command("person")
    phone.sees()
    before = len(telegram.calls("sendChatAction"))
    phone.says("你好")
    phone.sees_nothing()
    assert len(telegram.calls("sendChatAction")) == before


def test_in_a_group_only_who_addresses_the_bot_is_answered_and_asked_to_write_in_private(
    bot: Running, telegram: Telegram, phone: Phone
) -> None:
    group = telegram.group()
    phone.says("大家的宝宝都几个月了", in_=group)
    phone.says("/help@another_bot", in_=group)
    phone.says("@someone 你好", in_=group)
    phone.says("@sprout_test_bot 宝宝8个月能吃蜂蜜吗", in_=group)
    telegram.wait_for("sendMessage")
    phone.says("/help@sprout_test_bot", in_=group)
    telegram.wait_for("sendMessage", 2)
    phone.says("谢谢", in_=group, reply_to=group.screen[0])
    telegram.wait_for("sendMessage", 3)
    phone.sees_nothing()
    assert ["私聊" in m.text for m in group.screen] == [True] * 3


def test_danger_in_a_group_is_said_in_the_group(bot: Running, telegram: Telegram, phone: Phone) -> None:
    group = telegram.group()
    phone.says("@sprout_test_bot 宝宝抽搐了，叫不醒，嘴唇发紫", in_=group)
    telegram.wait_for("sendMessage", 2)
    assert "120" in group.screen[0].text


def test_updates_that_are_not_for_us_are_passed_over(bot: Running, telegram: Telegram, phone: Phone) -> None:
    phone.cloud.add_update("channel_post", {"message_id": 1, "date": 1, "chat": {"id": -5, "type": "channel"}})
    phone.sends({"pinned_message": {"message_id": 1, "date": 1, "chat": phone.chat}})
    phone.sends({"new_chat_title": "x"})
    phone.says("你好")
    phone.sees("萌芽")
    phone.sees_nothing()


def test_an_update_that_the_library_cannot_read_does_not_silence_the_bot(bot: Running, phone: Phone) -> None:
    phone.sends({"text": "宝宝8个月能吃蜂蜜吗", "poll": {"question": "no such poll"}})
    phone.sends({"poll": {"question": "no such poll"}})
    phone.cloud.add_update("message", {"nonsense": True})
    phone.sees("蜂蜜")
    phone.command("help")
    phone.sees("/privacy")


def test_a_chat_is_answered_in_order(bot: Running, telegram: Telegram, phone: Phone) -> None:
    phone.command("language")
    for _ in range(8):
        phone.command("help")
        phone.command("menu")
    shown = [phone.sees().text[:12] for _ in range(17)]
    assert shown[1::2] == [shown[1]] * 8
    assert shown[2::2] == [shown[2]] * 8
    assert shown[1] != shown[2]
