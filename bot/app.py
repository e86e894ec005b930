"""The composition root: the only place that reads clock, environment and random, and wires everything."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.assistant import Assistant
from bot.care_news import care_news
from bot.core.db import Database
from bot.core.hand_off.model import TeamHours
from bot.core.settings import HOME, Settings
from bot.core.staff.demo import seed_demo_accounts
from bot.core.time import Clock
from bot.house import House
from bot.texts import Renderer
from knowledge import service as knowledge
from knowledge.danger_rules import serving as danger_rules
from knowledge.library import Library
from knowledge.triage import meaning
from knowledge.triage.engine import Triage
from nlu.embedding import joint_embedder, use_embedder
from nlu.examples import own_examples
from nlu.interpreter import Interpreter
from nlu.nearest import NearestInterpreter
from nlu.resilient import ResilientInterpreter
from nlu.vector_cache import VectorCache
from scheduler.care.demo_town import SOURCE, seed_demo
from scheduler.care.store import CentreRow

log = logging.getLogger("sprout.app")


def system_clock() -> datetime:
    return datetime.now(UTC)


def build_house(
    settings: Settings | None = None,
    *,
    clock: Clock = system_clock,
    interpreter: Interpreter | None = None,
    progress: Callable[[str], None] | None = None,
) -> House:
    """Everything wired, the database migrated, the content imported, the library loaded."""
    settings = settings or Settings()
    say = progress or (lambda _: None)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    say("database")
    database = Database(settings.database)
    migrate(settings.database)
    library = Library(
        joint_embedder().embed, embed_many=house_vectors(settings).embed, approved_only=settings.approved_only
    )
    say("articles")
    with database.begin() as session:
        knowledge.import_content(session, clock())
    if settings.demo:
        say("demo town")
        with database.begin() as session:
            seed_demo(session, clock())
            seed_demo_accounts(session, clock(), centres=_demo_centres(session))
    say("search index and understanding")
    understanding = interpreter or ResilientInterpreter(NearestInterpreter())
    with ThreadPoolExecutor(1) as beside:  # mostly numpy and reading files, which do not wait for each other
        indexing = beside.submit(_load, library, database, clock().astimezone(ZoneInfo(settings.zone)).date())
        triage = Triage(use_embedder().embed, danger_weights(settings))
        joint_embedder().warm_up()
        understanding.parse("你好")
        indexing.result()
    with database.read() as session:
        danger_rules.Watch().look(session, triage)
    house = House(
        settings=settings,
        clock=clock,
        database=database,
        library=library,
        triage=triage,
        interpreter=understanding,
        renderer=Renderer(settings.numbers),
        team_hours=TeamHours(zone=settings.zone),
        zone=ZoneInfo(settings.zone),
    )
    return replace(house, care_news=partial(care_news, house))


def build_assistant(house: House) -> Assistant:
    return Assistant(house)


def _demo_centres(session: Session) -> list[str]:
    """Where the demo's centre staff work: two of the town's centres, so that there are others that they may not see."""
    rows = session.scalars(select(CentreRow.id).where(CentreRow.source == SOURCE).order_by(CentreRow.id).limit(2))
    return [str(row) for row in rows]


def _load(library: Library, database: Database, today: date) -> None:
    with database.read() as session:
        library.refresh(session, today=today)


def migrate(url: str) -> None:
    """Bring the database to the newest schema; Alembic is only loaded when there is something to do."""
    if is_newest(url):
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(HOME / "bot" / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    command.upgrade(config, "head")


def is_newest(url: str) -> bool:
    """Whether the database has the newest schema: the file names in migrations/versions begin with their number."""
    newest = max(file.name[:4] for file in (HOME / "bot" / "migrations" / "versions").glob("[0-9]*.py"))
    database = Database(url)
    try:
        with database.read() as session:
            return bool(session.scalar(text("SELECT version_num FROM alembic_version")) == newest)
    except SQLAlchemyError:
        return False
    finally:
        database.close()


def house_vectors(settings: Settings) -> VectorCache:
    """Vectors of everything that does not change, kept on disk."""
    return VectorCache(settings.cache / "vectors.db")


def danger_weights(settings: Settings) -> Path:
    """Where the trained weights of the danger check are kept; without the file the rules work alone."""
    return settings.cache / "triage.npz"


def danger_vectors(settings: Settings) -> VectorCache:
    """Vectors of the danger corpus, with the one model that the danger check uses."""
    return VectorCache(settings.cache / "vectors.db", "use")


def prepare_triage(settings: Settings, *, progress: Callable[[str], None] | None = None) -> Path:
    """Train the danger check if its examples or rules have changed since the last time (about half a minute)."""
    ordinary = [example.text for example in own_examples()]
    return meaning.train(danger_vectors(settings).embed, danger_weights(settings), ordinary=ordinary, progress=progress)
