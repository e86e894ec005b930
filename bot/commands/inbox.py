"""sprout inbox: chats that were handed to the health team, from the terminal: list, read, answer, release."""

from __future__ import annotations

import argparse
import getpass

from rich.console import Console
from rich.table import Table

from bot import team
from bot.app import build_house
from bot.core.hand_off import service as hand_offs
from bot.core.settings import Settings
from bot.house import House


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", nargs="?", default="list", choices=["list", "read", "claim", "answer", "release"])
    parser.add_argument("id", nargs="?", help="of the chat; its first characters are enough")
    parser.add_argument("text", nargs="?", help="of the answer")
    parser.add_argument("--as", dest="who", default=getpass.getuser(), help="the name that the parent sees")


def run(options: argparse.Namespace) -> int:
    house = build_house(Settings())
    console = Console(highlight=False)
    if options.what == "list":
        return _list(house, console)
    if not options.id or (options.what == "answer" and not options.text):
        console.print(f"sprout inbox {options.what}: needs the id of a chat, and 'answer' a text")
        return 2
    now = house.clock()
    with house.database.begin() as session:
        rows = [r for r in hand_offs.open_hand_offs(session) if r.id.startswith(options.id)]
        if len(rows) != 1:
            console.print(f"{len(rows)} open chats begin with {options.id}")
            return 1
        chat = rows[0].id
        try:
            match options.what:
                case "read":
                    for line in hand_offs.lines_of(session, chat):
                        console.print(f"{line.at.astimezone(house.zone):%m-%d %H:%M} {line.author}: {line.text}")
                case "claim":
                    team.claim(house, session, chat, options.who, now)
                case "answer":
                    team.answer(house, session, chat, options.who, options.text, now)
                case "release":
                    team.release(house, session, chat, options.who, now)
        except hand_offs.AlreadyClaimed as error:
            console.print(f"{error} has this chat already")
            return 1
    return 0


def _list(house: House, console: Console) -> int:
    table = Table("chat", "state", "since", "reply by", "with", box=None)
    with house.database.read() as session:
        for row in hand_offs.open_hand_offs(session):
            late = " (late)" if row.first_reply_at is None and row.reply_by < house.clock() else ""
            opened, by = row.opened_at.astimezone(house.zone), row.reply_by.astimezone(house.zone)
            table.add_row(row.id[:8], row.state, f"{opened:%m-%d %H:%M}", f"{by:%m-%d %H:%M}{late}", row.claimed_by)
    console.print(table if table.row_count else "No open chats.")
    return 0
