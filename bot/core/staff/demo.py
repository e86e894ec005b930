"""The people of a demo: one for every role, all with the password that the login page shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.language import Language
from bot.core.staff.model import Role
from bot.core.staff.service import create_demo
from bot.core.staff.store import StaffRow

DEMO_PASSWORD = "sprout-demo-town"  # noqa: S105  shown on the login page; only a demo takes it

_PEOPLE = (
    ("fang", "王芳", (Role.AUTHOR,)),
    ("jing", "李静", (Role.REVIEWER,)),
    ("qian", "孙倩", (Role.AUTHOR, Role.REVIEWER)),
    ("min", "陈敏", (Role.NURSE_ON_CALL,)),
    ("hong", "刘红", (Role.NURSE_ON_CALL, Role.AUTHOR)),
    ("yan", "赵燕", (Role.CENTRE_STAFF,)),
    ("lei", "周磊", (Role.CITY_VIEWER,)),
    ("admin", "吴强", (Role.ADMIN,)),
)


def seed_demo_accounts(session: Session, now: datetime, *, centres: Sequence[str]) -> None:
    """Makes those that are missing; `centres`: where the demo's centre staff work."""
    known = set(session.scalars(select(StaffRow.login)))
    for login, name, roles in _PEOPLE:
        if login not in known:
            create_demo(
                session, now, login=login, name=name, password=DEMO_PASSWORD, roles=roles,
                centres=centres if Role.CENTRE_STAFF in roles else (), language=Language.ZH,
            )  # fmt: skip


def demo_accounts(session: Session) -> list[StaffRow]:
    """What the login page of a demo lists."""
    order = {login: place for place, (login, _, _) in enumerate(_PEOPLE)}
    rows = session.scalars(select(StaffRow).where(StaffRow.demo, StaffRow.active))
    return sorted(rows, key=lambda row: order.get(row.login, len(order)))
