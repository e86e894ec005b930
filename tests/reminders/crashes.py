"""Killing processes that remind, and the count afterwards. Used by the test and, at full size, by hand:

python -m tests.reminders.crashes --rows 20000 --kills 30 [--processes 2 --url postgresql+psycopg://...]
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from bot.app import migrate, system_clock
from bot.core.db import Database
from bot.core.families import service as families
from bot.core.settings import HOME
from bot.delivery.store import OutboxRow
from scheduler.reminders import service
from scheduler.reminders.model import Kind, State
from scheduler.reminders.quiet import MANNER, Manner, QuietHours
from scheduler.reminders.store import ReminderRow
from tests.conftest import NOW
from tests.reminders.families import planned
from tests.telegram.emulator import TOKEN, Fault, Telegram, faults

KINDS = (Kind.BOOKING, Kind.OWN, Kind.PLAN, Kind.TIP, Kind.FOLLOW_UP, Kind.HOLD)
OPEN = ("pending", "claimed", "handed")
NOT_SENT = (State.CANCELLED, State.SUSPENDED, State.PENDING)
ON_ITS_WAY = timedelta(seconds=3)


@dataclass
class Count:
    """What the phones show against what the rows say."""

    rows: int
    kills: int
    seconds: float
    lost: int  # neither shown nor said to be in doubt, cancelled, or kept from a phone that blocked the bot
    doubled: int
    doubled_without_doubt: int
    doubts_of_crashes: int
    shown_after_cancel: int
    shown_at_night: int  # of the kinds that wait for the morning
    wrong_state: int  # called sent and not shown, or shown and called unsent
    states: dict[str, int]


class Crashes:
    def __init__(
        self, telegram: Telegram, url: str, *, rows: int, phones: int, processes: int, seed: int = 7,
        starts: datetime = NOW, pace: float = 1000,
    ) -> None:  # fmt: skip
        self._telegram, self._url, self._rows = telegram, url, rows
        self._fate = random.Random(seed)
        self._database = Database(url)
        self._phones = [telegram.phone() for _ in range(phones)]
        self._cancelled: set[str] = set()
        self._processes: list[subprocess.Popen[bytes] | None] = [None] * processes
        self._began, self._began_at = system_clock().timestamp(), time.monotonic()
        self._starts, self._pace = starts, pace

    def plan(self) -> None:
        with self._database.begin() as session:
            ids = [
                families.parent_at(session, "telegram", str(p.chat_id), now=NOW, zone="Asia/Shanghai").id
                for p in self._phones
            ]
            for number in range(self._rows):
                kind = KINDS[number % len(KINDS)]
                one = planned(
                    ids[number % len(ids)], f"k{number}", kind=kind, about=f"{kind.value}:{number}",
                    due=NOW - timedelta(minutes=number % 50), ends=NOW + timedelta(hours=30), words=f"R{number:06d}.",
                )  # fmt: skip
                service.put(session, one, NOW)

    def weather(self, share: float) -> None:
        """Faults of all sorts, on a share of the calls."""
        fate = random.Random(3)
        kinds: list[Fault] = [
            faults.too_many(1), faults.server_error(), faults.slow(1.6), faults.reply_lost(), faults.connection_lost(),
        ]  # fmt: skip

        def fault(method: str, chat: int | None) -> Fault | None:
            if method != "sendMessage" or fate.random() >= share:
                return None
            return fate.choice(kinds)

        self._telegram.cloud.weather = fault

    def start(self, number: int) -> None:
        environment = {
            **os.environ, "DATABASE_URL": self._url, "TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_URL": self._telegram.url,
            "STARTS_AT": self._starts.isoformat(), "BEGAN": repr(self._began), "OMP_NUM_THREADS": "1",
            "PACE": str(self._pace),
        }  # fmt: skip
        self._processes[number] = subprocess.Popen(
            [sys.executable, "-m", "tests.reminders.process"], cwd=HOME, env=environment
        )

    def kill(self) -> None:
        number = self._fate.randrange(len(self._processes))
        process = self._processes[number]
        assert process is not None
        assert process.poll() is None, "the process ended by itself"
        process.kill()
        process.wait(10)
        self.start(number)

    def cancel_some(self, count: int) -> None:
        """Take back reminders at random, as a parent who cancels would."""
        for number in self._fate.sample(range(self._rows), count):
            kind = KINDS[number % len(KINDS)]
            with self._database.begin() as session:
                service.cancel_about(session, f"{kind.value}:{number}", NOW)
            with self._database.read() as session:
                state = session.scalar(select(ReminderRow.state).where(ReminderRow.key == f"k{number}"))
            if state == State.CANCELLED:
                self._cancelled.add(f"k{number}")

    def open_rows(self) -> int:
        """Those that are due and not settled; what waits for the morning is neither."""
        now = self._starts + timedelta(seconds=time.monotonic() - self._began_at)
        with self._database.read() as session:
            count = select(func.count()).select_from(ReminderRow).where(ReminderRow.state.in_(OPEN))
            count = count.where(ReminderRow.due_at <= now)
            return session.scalar(count) or 0

    def run(self, *, kills: int, pause: tuple[float, float], blocks: int, cancels: int, patience: float) -> Count:
        began = time.monotonic()
        for phone in self._phones[:blocks]:
            self._telegram.cloud.blocked.add(phone.chat_id)
        for number in range(len(self._processes)):
            self.start(number)
        try:
            for _ in range(kills):
                time.sleep(self._fate.uniform(*pause))
                self.cancel_some(cancels)
                self.kill()
            until = time.monotonic() + patience
            while self.open_rows() and time.monotonic() < until:
                time.sleep(0.3)
        finally:
            for process in self._processes:
                if process is not None:
                    process.send_signal(signal.SIGTERM)
            for process in self._processes:
                if process is not None:
                    process.wait(30)
        return self.count(kills, time.monotonic() - began)

    def _at_night(self, number: int, at: float) -> bool:
        """Whether a message came in the quiet hours that should not; what was on its way at nine may still arrive."""
        then = self._starts + timedelta(seconds=at - self._began_at) - ON_ITS_WAY
        stays = MANNER[KINDS[number % len(KINDS)]] is Manner.STAYS
        return not stays and QuietHours().holds_at(then, "Asia/Shanghai")

    def count(self, kills: int, seconds: float) -> Count:
        shown: Counter[str] = Counter()
        asleep = 0
        for messages in self._telegram.cloud.messages.values():
            for message in messages:
                number = int(message.text.split("R")[1].split(".")[0])
                shown[f"k{number}"] += 1
                asleep += self._at_night(number, message.at)
        with self._database.read() as session:
            rows = [
                (r.key, r.state, letter.doubts if letter is not None else 0, letter.error if letter is not None else "")
                for r, letter in session.execute(
                    select(ReminderRow, OutboxRow).join(OutboxRow, OutboxRow.id == ReminderRow.letter_id, isouter=True)
                )
            ]
        self._database.close()
        lost = [k for k, s, _, _ in rows if not shown[k] and s not in ("ambiguous", *NOT_SENT)]
        doubled = {k for k, count in shown.items() if count > 1}
        surely = {k for k, _, doubts, _ in rows if doubts == 0}
        wrong = [k for k, s, _, _ in rows if (shown[k] and s in NOT_SENT) or (not shown[k] and s == State.SENT)]
        return Count(
            rows=len(rows), kills=kills, seconds=round(seconds, 1), lost=len(lost), doubled=len(doubled),
            doubled_without_doubt=len(doubled & surely),
            doubts_of_crashes=sum(1 for _, _, doubts, error in rows if doubts and error == "crash"),
            shown_at_night=asleep,
            shown_after_cancel=sum(1 for k in self._cancelled if shown[k]),
            wrong_state=len(wrong), states=dict(Counter(s for _, s, _, _ in rows)),
        )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--url", default="")
    options = parser.parse_args()
    url = options.url or f"sqlite:///{tempfile.mkdtemp()}/crash.db"
    migrate(url)
    with Telegram() as telegram:
        crashes = Crashes(telegram, url, rows=options.rows, phones=400, processes=options.processes)
        crashes.plan()
        crashes.weather(0.01)
        count = crashes.run(kills=options.kills, pause=(1.0, 4.0), blocks=8, cancels=5, patience=1200)
    print(asdict(count))


if __name__ == "__main__":
    main()
