"""sprout centres: import a register of centres through a map of its columns."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bot.app import migrate
from bot.core.db import Database
from bot.core.settings import Settings
from scheduler.care.importing import MapBroken, import_centres, read_map

ERRORS_SHOWN = 20


def arguments(parser: argparse.ArgumentParser) -> None:
    sub = parser.add_subparsers(dest="what", metavar="import", required=True)
    own = sub.add_parser("import", help="add or update centres from a CSV or JSON lines file")
    own.add_argument("file", type=Path)
    own.add_argument("--map", required=True, help="which column is what: singapore, toronto, or a YAML file")
    own.add_argument("--dry-run", action="store_true", help="say what would happen, and change nothing")


def run(options: argparse.Namespace) -> int:
    try:
        columns = read_map(options.map)
    except MapBroken as broken:
        print(f"sprout centres: {broken}", file=sys.stderr)
        return 2
    settings = Settings()
    migrate(settings.database)
    database = Database(settings.database)
    try:
        with database.undone() if options.dry_run else database.begin() as session:
            report = import_centres(session, options.file, columns)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        print(f"sprout centres: cannot read {options.file}: {reason}", file=sys.stderr)
        return 2
    finally:
        database.close()
    for line, mistake in report.errors[:ERRORS_SHOWN]:
        print(f"line {line}: {mistake}")
    if len(report.errors) > ERRORS_SHOWN:
        print(f"... and {len(report.errors) - ERRORS_SHOWN} more")
    counts = f"{report.added} added, {report.changed} changed, {report.same} the same, {len(report.errors)} left out"
    print(f"{counts} (dry run: nothing was changed)" if options.dry_run else counts)
    return 1 if report.errors else 0
