"""sprout remind --at TIME --dry-run: travel in time and see what would go to whom; nothing is sent, nothing is kept."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from datetime import datetime

from rich.console import Console

from bot.app import build_house
from bot.core.settings import Settings
from bot.house import House
from bot.looking_ahead import Foreseen, foresee


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--at", type=datetime.fromisoformat, help="ISO time (default: now), in SPROUT_ZONE")
    parser.add_argument("--dry-run", action="store_true", help="needed: sending is the business of sprout run")
    parser.add_argument("--most", type=int, default=50, help="reminders shown (default 50)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(options: argparse.Namespace) -> int:
    console = Console(highlight=False)
    if not options.dry_run:
        console.print("This only looks ahead: add --dry-run. Reminders are sent by sprout run and sprout worker.")
        return 2
    house = build_house(Settings())
    at = options.at or house.clock()
    if at.tzinfo is None:
        at = at.replace(tzinfo=house.zone)
    found = foresee(replace(house, clock=lambda: at), at, most=options.most)
    if options.json:
        for each in found:
            print(json.dumps(each.as_json(), ensure_ascii=False))
    else:
        _show(console, house, at, found)
    house.database.close()
    return 0


def _show(console: Console, house: House, at: datetime, found: list[Foreseen]) -> None:
    console.print(f"[bold]{at.astimezone(house.zone):%Y-%m-%d %H:%M %Z}[/]: {len(found)} due and not sent yet\n")
    for each in found:
        local = each.due_at.astimezone(house.zone)
        console.print(f"[bold]{each.kind}[/] due {local:%m-%d %H:%M} -> {each.channel}:{each.address} ({each.what})")
        for line in each.text.splitlines():
            console.print(f"    {line}", markup=False, soft_wrap=True)
        if each.buttons:
            console.print(f"    ({' | '.join(each.buttons)})", markup=False)
        console.print()
