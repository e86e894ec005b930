"""sprout setup: prepare what `sprout run` needs, with progress; quick when nothing is missing."""

from __future__ import annotations

import argparse
import sys

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from bot.app import build_house, house_vectors, prepare_triage
from bot.core.settings import Settings
from knowledge.content_files import ContentBroken
from knowledge.search import phrasings_to_embed
from nlu import training
from nlu.server import RasaNotInstalled


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--no-rasa", action="store_true", help="leave the Rasa model as it is")


def run(options: argparse.Namespace) -> int:
    settings = Settings()
    console = Console(highlight=False)
    try:
        _vectors(settings, console)
        prepare_triage(settings, progress=lambda step: console.print(f"· {step}"))
        build_house(settings)
    except ContentBroken as broken:
        print(f"The content has a mistake, nothing was changed:\n  {broken}", file=sys.stderr)
        return 1
    if not options.no_rasa:
        _rasa(console)
    return 0


def _vectors(settings: Settings, console: Console) -> None:
    """The vectors of all phrasings: minutes on the first day, nothing later."""
    columns = (TextColumn("· reading the articles"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=False) as progress:
        task = progress.add_task("vectors", total=None, visible=False)

        def show(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total, visible=True)

        house_vectors(settings).embed(phrasings_to_embed(), progress=show)


def _rasa(console: Console) -> None:
    if training.is_up_to_date():
        return
    console.print("· training the Rasa model (about a minute)")
    try:
        trained = training.train()
    except RasaNotInstalled:
        console.print(
            "  no Rasa environment: the bot will understand by nearest example only ('make rasa-env' mends it)"
        )
    except training.TrainingFailed as error:
        console.print(f"  the training failed, nearest-example understanding only: {error}")
    else:
        console.print(f"  {trained.examples} examples in {trained.seconds:.0f} s")
