"""Many machines over PostgreSQL: jobs of Procrastinate call the same function, and rows stay the truth."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select, text

from bot import reminding
from bot.commands import worker as command
from bot.core.db import Database
from bot.delivery.store import OutboxRow
from bot.house import House
from bot.telegram.sending import send_only
from bot.worker import NeedsPostgreSQL, jobs_app, run_worker
from scheduler.reminders import service
from scheduler.reminders.model import State
from scheduler.reminders.service.claiming import LEASE
from tests.conftest import NOW, StandingClock
from tests.reminders.families import parent, planned, states
from tests.reminders.process import plain_house
from tests.telegram.emulator import Telegram
from tests.telegram.running import running_clock, telegram_house


def plan(database: Database, count: int) -> None:
    with database.begin() as session:
        mei = parent(session).id
        for number in range(count):
            service.put(session, planned(mei, f"k{number}", words=f"{number}."), NOW)


async def work_until(houses: list[House], letters: int) -> None:
    """Workers side by side, until so many letters are written."""
    stop = asyncio.Event()
    working = [asyncio.create_task(run_worker(house, stop)) for house in houses]
    for _ in range(200):
        await asyncio.sleep(0.1)
        with houses[0].database.read() as session:
            if (session.scalar(select(func.count()).select_from(OutboxRow)) or 0) >= letters:
                break
    stop.set()
    await asyncio.gather(*working)


async def test_two_workers_write_each_letter_once(postgres_url: str, clock: StandingClock, plain_words: None) -> None:
    houses = [plain_house(postgres_url, clock) for _ in range(2)]
    plan(houses[0].database, 60)
    await work_until(houses, 60)
    with houses[0].database.read() as session:
        assert set(states(session).values()) == {State.HANDED}
        assert session.scalar(select(func.count()).select_from(OutboxRow)) == 60
        assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 0
    for house in houses:
        house.database.close()


async def test_a_queue_that_is_thrown_away_loses_nothing(
    postgres_url: str, clock: StandingClock, plain_words: None
) -> None:
    house = plain_house(postgres_url, clock)
    plan(house.database, 10)
    with house.database.begin() as session:
        service.claim_due(session, NOW, most=10)  # claimed, and their jobs are lost
    clock.now = NOW + LEASE
    await work_until([house], 10)
    with house.database.read() as session:
        assert set(states(session).values()) == {State.HANDED}
    house.database.close()


def test_sqlite_belongs_to_one_process(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NeedsPostgreSQL):
        jobs_app("sqlite:///x.db")
    monkeypatch.setenv("DATABASE_URL", "sqlite:///x.db")
    assert command.run(None) == 1  # type: ignore[arg-type]
    assert "DATABASE_URL=postgresql" in capsys.readouterr().err


async def test_a_machine_that_only_sends_brings_the_reminder_to_the_phone(database_url: str, plain_words: None) -> None:
    with Telegram() as telegram:
        phone = telegram.phone()
        house = telegram_house(plain_house(database_url, running_clock), telegram)
        with house.database.begin() as session:
            mei = parent(session, str(phone.chat_id)).id
            service.put(session, planned(mei, words="R1."), NOW)
        stop = asyncio.Event()
        sending = asyncio.create_task(send_only(house, stop))
        reminding.look(house)
        await asyncio.to_thread(phone.sees, "R1.")
        stop.set()
        await sending
        reminding.look(house)
        with house.database.read() as session:
            assert states(session) == {"k": State.SENT}
        house.database.close()
