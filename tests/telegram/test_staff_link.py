"""A colleague of the team links a Telegram chat to an account by sending its code."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.core.audit import AuditRow
from bot.core.language import Language
from bot.core.staff import linking
from bot.core.staff.model import Role
from bot.core.staff.service import create_demo
from bot.core.staff.store import StaffRow
from bot.texts import texts
from tests.conftest import NOW
from tests.telegram.emulator import Phone
from tests.telegram.running import Running, running_clock

LINKED, OVER = (texts(Language.ZH)[f"console_account.telegram_{key}"] for key in ("linked", "code_over"))


@pytest.fixture
def nurse(bot: Running) -> str:
    with bot.house.database.begin() as session:
        return create_demo(
            session, NOW, login="linked", name="陈敏", password="sprout-demo-town", roles=(Role.NURSE_ON_CALL,),
            centres=(), language=Language.ZH,
        ).id  # fmt: skip


def chat_of(bot: Running, staff_id: str) -> str:
    with bot.house.database.read() as session:
        return session.get_one(StaffRow, staff_id).telegram_chat


def test_the_code_of_an_account_links_the_chat_that_sends_it(bot: Running, phone: Phone, nurse: str) -> None:
    code = linking.link_code(bot.house.settings, nurse, running_clock())
    assert len(code) <= 64, "as much as a link to a bot carries"
    phone.says(f"/start {code}")
    phone.sees(LINKED[:6])
    assert chat_of(bot, nurse) == str(phone.chat_id)
    assert linking.link_address(bot.house.settings, code).startswith("https://t.me/")
    with bot.house.database.read() as session:
        done = session.scalars(select(AuditRow.subject).where(AuditRow.action == "staff.telegram_linked")).all()
    assert done == [nurse]


def test_an_old_or_changed_code_links_nothing(bot: Running, phone: Phone, nurse: str) -> None:
    old = linking.link_code(bot.house.settings, nurse, running_clock() - linking.LINKS_FOR - timedelta(minutes=1))
    good = linking.link_code(bot.house.settings, nurse, running_clock())
    forged = good[:-8] + ("A" if good[-8] != "A" else "B") + good[-7:]
    for code in (old, forged):
        phone.says(f"/start {code}")
        phone.sees(OVER[:6])
    assert chat_of(bot, nurse) == ""
    phone.says("/start staff-hello")
    phone.sees("Please choose a language")
