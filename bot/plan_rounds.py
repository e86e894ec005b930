"""What keeps plans and tips up to date by itself: a new edition of the schedule, and the tips of the coming weeks."""

from __future__ import annotations

from bot.house import House
from scheduler.reminders.plan import service as plans
from scheduler.reminders.tips import service as tips

AT_ONCE = 50  # rows of families that one transaction looks at


def keep_up(house: House) -> int:
    """Plan anew what an older edition of the schedule planned, and tips two weeks ahead; how many were looked at."""
    return _editions(house) + _tips(house)


def _editions(house: House) -> int:
    done = 0
    while True:
        with house.database.read() as session:
            children = plans.out_of_date(session, AT_ONCE)
        if not children:
            return done
        with house.database.begin() as session:
            for child_id in children:
                plans.replan(session, child_id, house.clock())
        done += len(children)


def _tips(house: House) -> int:
    done, after = 0, ""
    while True:
        with house.database.read() as session:
            parents = tips.without_tips(session, after, house.clock(), AT_ONCE)
        if not parents:
            return done
        with house.database.begin() as session:
            for parent_id in parents:
                tips.plan_tips(session, parent_id, house.clock())
        done, after = done + len(parents), parents[-1]
