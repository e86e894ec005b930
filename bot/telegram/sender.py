"""The sender: takes rows from the outbox at the pace that Telegram bears, and records what became of each.

Every piece of a message is a claim of its own, so a crash leaves at most the pieces in flight in doubt.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar

from sqlalchemy.orm import Session
from telegram import Bot
from telegram.error import TelegramError

from bot.core.families import service as families
from bot.delivery import outbox
from bot.delivery.letters import from_payload
from bot.delivery.pace import TELEGRAM, Pace, chat_rests, hold
from bot.delivery.store import InboxRow, OutboxRow
from bot.house import House
from bot.telegram.incoming import CHANNEL
from bot.telegram.outcomes import Fate, Outcome, of_error
from bot.telegram.pieces import Piece, pieces

log = logging.getLogger("sprout.telegram")

T = TypeVar("T")

MOST_IN_FLIGHT = 5
IDLE_SECONDS = 1.0  # between looks when nothing is due: other processes write to the outbox too
RESTING_SECONDS = 0.05  # when something is due and the pace does not allow it yet
# Where several processes send, the attempts of one that died are taken over when surely nobody waits for their end.
SILENT = timedelta(seconds=60)
REPEATS_AFTER_SERVER_ERROR = 6


@dataclass(frozen=True, slots=True)
class Letter:
    """A claimed row, read out of its transaction: the piece to send now, the `number`-th of `of`."""

    row_id: int
    address: str
    piece: Piece | None
    number: int
    of: int
    attempts: int
    doubts: int


class Sender:
    """One a process; several processes share the work, and the pace, through the database."""

    def __init__(
        self, house: House, bot: Bot, threads: Executor, *, pace: Pace = TELEGRAM, silent: timedelta = SILENT
    ) -> None:
        self._house = house
        self._bot = bot
        self._threads = threads
        self._pace = pace
        self._silent = silent
        self._wake = asyncio.Event()
        self._in_flight: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Something was written to the outbox, or it is time to stop."""
        self._wake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop`; then wait for what is in flight, so that its fate is recorded."""
        while not stop.is_set():
            self._wake.clear()
            pause = IDLE_SECONDS
            try:
                letters, is_due = await self._in_thread(self._claim)
                for letter in letters:
                    task = asyncio.create_task(self._deliver(letter))
                    self._in_flight.add(task)
                    task.add_done_callback(self._landed)
                if is_due:
                    pause = RESTING_SECONDS if len(self._in_flight) < MOST_IN_FLIGHT else IDLE_SECONDS
            except Exception as error:
                log.error("outbox.not_read error=%s", type(error).__name__)
            try:
                await asyncio.wait_for(self._wake.wait(), pause)
            except TimeoutError:
                continue
        if self._in_flight:
            await asyncio.wait(self._in_flight, timeout=15)

    async def recover(self) -> int:
        """What was being sent when a process died is in doubt; returns how many."""
        silent = timedelta() if self._house.database.is_sqlite else self._silent

        def mark() -> int:
            with self._house.database.begin() as session:
                return outbox.recover(session, CHANNEL, self._house.clock(), silent=silent)

        return await self._in_thread(mark)

    # claiming

    def _claim(self) -> tuple[list[Letter], bool]:
        """What to send now, and whether anything is due at all. Looks without a lock first."""
        now, most = self._house.clock(), MOST_IN_FLIGHT - len(self._in_flight)
        with self._house.database.read() as session:
            if not outbox.is_due(session, CHANNEL, now):
                return [], False
        if most <= 0:
            return [], True
        with self._house.database.begin() as session:
            rows = outbox.claim(session, CHANNEL, now, most=most, pace=self._pace)
            return [_letter(session, row) for row in rows], True

    # delivering

    async def _deliver(self, letter: Letter) -> None:
        outcome = await self._attempt(letter)
        try:
            await self._in_thread(lambda: self._record(letter, outcome))
        except Exception as error:
            # The row stays `attempting`; recover() will call it ambiguous.
            log.error("outbox.not_recorded row=%s error=%s", letter.row_id, type(error).__name__)

    async def _attempt(self, letter: Letter) -> Outcome:
        """Send the piece; what Telegram cannot read goes as plain text, what cannot be edited as a new message."""
        piece = letter.piece
        if piece is None:
            return Outcome(Fate.SENT)
        for _ in range(3):
            try:
                return Outcome(Fate.SENT, remote_id=await piece.send(self._bot, int(letter.address)))
            except TelegramError as error:
                outcome = of_error(error)
            if outcome.fate is Fate.NOT_PARSED and not piece.plain:
                log.error("message.not_parsed row=%s", letter.row_id)
                piece = replace(piece, plain=True)
            elif outcome.fate is Fate.EDIT_GONE and piece.edits is not None:
                piece = replace(piece, edits=None)
            else:
                return outcome
        return outcome

    def _record(self, letter: Letter, outcome: Outcome) -> None:
        row, now = letter.row_id, self._house.clock()
        if outcome.fate is not Fate.SENT:
            log.warning("message.%s row=%s code=%s", outcome.fate.value, row, outcome.code)
        with self._house.database.begin() as session:
            if letter.piece is not None and outcome.fate is not Fate.NOT_LEFT:
                chat_rests(session, CHANNEL, letter.address, now, self._pace)
            match outcome.fate:
                case Fate.SENT if letter.number + 1 < letter.of:
                    outbox.piece_sent(session, row, now, letter.number + 1)
                case Fate.SENT:
                    outbox.sent(session, row, now, outcome.remote_id)
                case Fate.WAIT:
                    outbox.later(session, row, now, 0, outcome.code)
                    hold(session, CHANNEL, now, outcome.seconds, self._pace)
                case Fate.NOT_LEFT:
                    outbox.later(session, row, now, min(60, 2 ** min(letter.attempts, 6)), outcome.code)
                case Fate.BLOCKED:
                    outbox.failed(session, row, outcome.code)
                    families.set_blocked(session, CHANNEL, letter.address, now)
                case Fate.SERVER_ERROR:
                    outbox.ambiguous(
                        session, row, now, outcome.code,
                        repeats=REPEATS_AFTER_SERVER_ERROR, seconds=min(30, 2 ** min(letter.doubts, 5)),
                    )  # fmt: skip
                case Fate.UNKNOWN:
                    outbox.ambiguous(session, row, now, outcome.code)
                case _:
                    outbox.failed(session, row, outcome.code)

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._in_flight.discard(task)
        self._wake.set()

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def _letter(session: Session, row: OutboxRow) -> Letter:
    """The piece of this row that is to be sent now; it edits the pressed message when the reply says so."""
    message, pressed = from_payload(row.payload), None
    if message.replaces and row.inbox_id is not None:
        question = session.get(InboxRow, row.inbox_id)
        pressed = question.payload.get("pressed") if question is not None else None
    calls = pieces(message, edits=pressed)
    piece = calls[row.pieces] if row.pieces < len(calls) else None
    return Letter(row.id, row.address, piece, row.pieces, len(calls), row.attempts, row.doubts)
