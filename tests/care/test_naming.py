"""Which centre a parent names, on both kinds of database."""

from __future__ import annotations

import pytest

from bot.core.db import Database
from scheduler.care.demo_town import seed_demo
from scheduler.care.service.naming import centre_named_in
from tests.conftest import NOW


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("约蒲公英，明天九点", "蒲公英托育园"),
        ("青禾社区宝宝屋周五还有位吗", "青禾社区宝宝屋"),
        ("what does Dandelion cost", "蒲公英托育园"),
        ("book Little Poplar tomorrow", "小白杨婴幼儿照护中心"),
        ("约明天下午三点，两个小时", None),
        ("青禾几点开门", None),  # two centres are called that
        ("book childcare for my baby at a community centre", None),
        ("", None),
    ],
)
def test_a_centre_is_known_by_its_name_or_its_short_name(database: Database, text: str, name: str | None) -> None:
    with database.begin() as session:
        seed_demo(session, NOW, days=1)
    with database.read() as session:
        found = centre_named_in(session, text)
    assert (found.name if found else None) == name
