"""kill -9 while reminders are written and sent: none lost, doubled only what was in doubt, none after a cancel.

At full size by hand: python -m tests.reminders.crashes --rows 20000 --kills 30 [--processes 2 --url postgresql+...]
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.telegram.sender import MOST_IN_FLIGHT
from tests.reminders.crashes import Crashes
from tests.telegram.emulator import Telegram

KILLS = 3


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "processes"), [("sqlite_url", 1), ("postgres_url", 2)])
def test_killed_processes_lose_no_reminder(request: pytest.FixtureRequest, kind: str, processes: int) -> None:
    with Telegram() as telegram:
        crashes = Crashes(telegram, request.getfixturevalue(kind), rows=300, phones=20, processes=processes)
        crashes.plan()
        crashes.weather(0.02)
        count = crashes.run(kills=KILLS, pause=(0.8, 2.0), blocks=1, cancels=6, patience=60)
    assert count.rows == 300
    assert count.lost == 0
    assert count.wrong_state == 0
    assert count.doubled_without_doubt == 0
    assert count.doubts_of_crashes <= KILLS * MOST_IN_FLIGHT
    assert count.shown_after_cancel == 0
    assert count.shown_at_night == 0
    assert set(count.states) <= {"sent", "ambiguous", "cancelled", "suspended"}
    assert count.states["sent"] > 200


@pytest.mark.slow
def test_when_night_falls_the_rest_waits_for_the_morning(sqlite_url: str) -> None:
    nine = datetime.fromisoformat("2026-11-18T21:00:00+08:00")
    with Telegram() as telegram:
        crashes = Crashes(
            telegram, sqlite_url, rows=900, phones=40, processes=1, starts=nine - timedelta(seconds=9), pace=40
        )
        crashes.plan()
        count = crashes.run(kills=1, pause=(3.0, 4.0), blocks=0, cancels=0, patience=60)
    assert count.shown_at_night == 0
    assert count.lost == count.wrong_state == count.doubled_without_doubt == 0
    assert count.states["pending"] > 100
    assert count.states["sent"] > 100
