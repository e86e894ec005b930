"""sprout doctor: what is missing or wrong, in plain words, and how to mend it."""

from __future__ import annotations

import argparse
import asyncio
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError
from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot.app import danger_weights
from bot.core.db import Database
from bot.core.settings import HOME, Settings
from bot.core.staff.sealing import KeyLost, Seal, seal_of
from bot.core.staff.store import StaffRow
from knowledge import service as knowledge
from nlu import training
from nlu.server import RasaNotInstalled, rasa_python

FREE_DISK_GB = 1.0
TELEGRAM_SECONDS = 8


@dataclass(frozen=True, slots=True)
class Finding:
    what: str
    ok: bool
    says: str
    mend: str = ""
    needed: bool = True  # without it the bot cannot run at all


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--audit", action="store_true", help="also recount every bookable cell from the bookings")


def run(options: argparse.Namespace) -> int:
    settings = Settings()
    findings = [check(settings) for check in CHECKS]
    if options.audit:
        findings.append(_audit(settings))
    for finding in findings:
        mark = "✓" if finding.ok else ("✗" if finding.needed else "–")
        print(f"{mark} {finding.what}: {finding.says}")
        if not finding.ok and finding.mend:
            print(f"    {finding.mend}")
    return 1 if any(not f.ok and f.needed for f in findings) else 0


def _python(_: Settings) -> Finding:
    version = platform.python_version()
    ok = sys.version_info[:2] >= (3, 11)
    return Finding("Python", ok, version, "Sprout needs 3.11 or newer: install it and run 'make setup'.")


def _disk(settings: Settings) -> Finding:
    folder = settings.data_dir if settings.data_dir.exists() else HOME
    free = shutil.disk_usage(folder).free / 1e9
    return Finding("Disk", free >= FREE_DISK_GB, f"{free:.1f} GB free", f"Less than {FREE_DISK_GB:g} GB: make room.")


def _database(settings: Settings) -> Finding:
    database = Database(settings.database)
    kind = "SQLite" if database.is_sqlite else "PostgreSQL"
    try:
        with database.read() as session:
            session.execute(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError as error:
        reason = "cannot be reached" if "connect" in str(error).lower() else "has not been set up"
        mend = "Run 'make setup'." if database.is_sqlite else "Check DATABASE_URL, then run 'make setup'."
        return Finding("Database", False, f"{kind} {reason}", mend)
    finally:
        database.close()
    return Finding("Database", True, f"{kind}, set up")


def _second_factors(settings: Settings) -> Finding:
    database = Database(settings.database)
    try:
        with database.read() as session:
            rows = session.scalars(select(StaffRow).where(StaffRow.totp_since.is_not(None), StaffRow.active)).all()
    except SQLAlchemyError:
        rows = []
    finally:
        database.close()
    lost = [row.login for row in rows if not _opens(seal_of(settings), row)]
    if not lost:
        return Finding("Second factors", True, "their key fits", needed=False)
    mend = "Put back SPROUT_SECOND_FACTOR_KEY or the file second_factor_key, or run './sprout staff password LOGIN'."
    return Finding("Second factors", False, f"the key does not fit for {', '.join(lost)}", mend, needed=False)


def _opens(seal: Seal, row: StaffRow) -> bool:
    try:
        return bool(seal.open(row.totp_secret, row.id))
    except KeyLost:
        return False


def _content(settings: Settings) -> Finding:
    database = Database(settings.database)
    try:
        with database.read() as session:
            count = len(knowledge.published(session))
    except SQLAlchemyError:
        return Finding("Articles", False, "the database could not be read", "Run 'make setup'.")
    finally:
        database.close()
    return Finding("Articles", count > 0, f"{count} published", "Run './sprout content import'.")


def _danger_check(settings: Settings) -> Finding:
    ok = danger_weights(settings).exists()
    says = "rules and meaning" if ok else "rules alone: its weights are not trained"
    return Finding("Danger check", ok, says, "Run 'make setup'.", needed=False)


def _rasa(_: Settings) -> Finding:
    try:
        rasa_python()
    except RasaNotInstalled:
        mend = (
            "Install Python 3.10 (for example 'pyenv install 3.10') and run 'make setup'; until then it runs without."
        )
        return Finding("Rasa environment", False, "missing (Python 3.10)", mend, needed=False)
    return Finding("Rasa environment", True, "installed")


def _model(_: Settings) -> Finding:
    model = training.current_model()
    if model is None:
        return Finding("Rasa model", False, "not trained", "Run 'make setup'.", needed=False)
    if not training.is_up_to_date():
        return Finding("Rasa model", False, "older than its training data", "Run 'make setup'.", needed=False)
    return Finding("Rasa model", True, "trained and up to date")


def _telegram(settings: Settings) -> Finding:
    if settings.telegram_token is None:
        return Finding("Telegram", False, "no token", "Set TELEGRAM_BOT_TOKEN (from @BotFather) to turn it on.", False)
    token = settings.telegram_token.get_secret_value()
    number, _, secret = token.partition(":")
    if not number.isdigit() or len(secret) < 30:
        return Finding(
            "Telegram", False, "the token is not in the form 123456:ABC...", "Copy it again from @BotFather."
        )
    says, ok = asyncio.run(_ask_telegram(settings, token))
    return Finding("Telegram", ok, says, "Copy the token again from @BotFather, or check the way to Telegram.")


async def _ask_telegram(settings: Settings, token: str) -> tuple[str, bool]:
    """Whether Telegram knows the token; errors hold the token and are not shown."""
    base = settings.telegram_base_url.rstrip("/")
    bot = Bot(token, base_url=f"{base}/bot") if base else Bot(token)
    try:
        async with asyncio.timeout(TELEGRAM_SECONDS):
            me = await bot.get_me()
    except InvalidToken:
        return "Telegram does not accept the token", False
    except (TelegramError, TimeoutError):
        return "the token looks right, but Telegram cannot be reached", False
    return f"the token is that of @{me.username}", True


def _assets(_: Settings) -> Finding:
    ok = (HOME / "node_modules" / ".installed").exists()
    return Finding("Front-end packages", ok, "installed" if ok else "missing", "Run 'make setup'.", needed=False)


def _pictures(_: Settings) -> Finding:
    from bot.pictures.sheet import family

    name = family()
    mend = "Install the package fonts-noto-cjk; until then Chinese pictures come as words."
    return Finding("Font for pictures", name is not None, name or "none with Chinese letters", mend, needed=False)


def _audit(settings: Settings) -> Finding:
    from scheduler.care.audit import audit_cells

    database = Database(settings.database)
    try:
        with database.read() as session:
            differences = audit_cells(session)
    finally:
        database.close()
    return Finding("Places", not differences, f"{len(differences)} cells differ from their bookings")


CHECKS: tuple[Callable[[Settings], Finding], ...] = (
    _python, _disk, _database, _second_factors, _content, _danger_check, _rasa, _model, _telegram, _assets, _pictures,
)  # fmt: skip
