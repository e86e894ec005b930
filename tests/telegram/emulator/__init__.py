"""A stand-in for the Telegram Bot API over HTTP, with phones that write to the bot. Only for tests.

with Telegram() as telegram:          # telegram.url goes into settings.telegram_base_url
    phone = telegram.phone()
    phone.says("宝宝8个月能吃蜂蜜吗")
    phone.sees("蜂蜜")
    phone.presses("有帮助")
    telegram.fails(faults.too_many(2))
"""

from tests.telegram.emulator import faults
from tests.telegram.emulator.cloud import Call, Shown
from tests.telegram.emulator.faults import Fault
from tests.telegram.emulator.phone import Group, Phone
from tests.telegram.emulator.server import TOKEN, Telegram

__all__ = ["TOKEN", "Call", "Fault", "Group", "Phone", "Shown", "Telegram", "faults"]
