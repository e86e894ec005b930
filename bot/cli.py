"""sprout: the one command. Each subcommand lives in bot/commands/ and is imported only when it is called."""

from __future__ import annotations

import argparse
import importlib
import logging
import sys
from collections.abc import Sequence
from threading import Thread

from bot.core.logs import configure
from nlu.embedding import joint_embedder

COMMANDS = {
    "run": "start everything: the chat page, Telegram, Rasa, reminders",
    "ask": "one question, or a file of them, as JSON",
    "chat": "talk to the bot in the terminal",
    "setup": "prepare what is missing: database, content, models",
    "doctor": "say what is missing or wrong, and how to mend it",
    "content": "check, import and export articles",
    "centres": "import a register of centres",
    "evaluate": "measure understanding, retrieval, danger signs, times and ages",
    "bench": "measure speed",
    "staff": "the people of the console: list, invite, a new password",
    "remind": "look ahead: which reminders would go to whom",
    "worker": "write and send reminders on one more machine, over PostgreSQL",
    "inbox": "chats that were handed to the health team",
}

TALKING = ("run", "ask", "chat")  # need the models at once: a second and a half sooner when they load beside the rest


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="sprout", description="Sprout 萌芽")
    parser.add_argument("-v", "--verbose", action="store_true", help="log more")
    commands = parser.add_subparsers(dest="command", metavar="command")
    chosen = next((a for a in (arguments or sys.argv[1:]) if not a.startswith("-")), None)
    if chosen in TALKING:
        Thread(target=joint_embedder().warm_up, name="models", daemon=True).start()
    for name, help_text in COMMANDS.items():
        sub = commands.add_parser(name, help=help_text, description=help_text)
        if name == chosen:
            importlib.import_module(f"bot.commands.{name}").arguments(sub)
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return 2
    configure(logging.INFO if options.verbose else logging.WARNING)
    return _run(options)


def _run(options: argparse.Namespace) -> int:
    """What a person can mend is said in a sentence; anything else is a fault of ours and shown with its place."""
    command = importlib.import_module(f"bot.commands.{options.command}")
    from pydantic import ValidationError
    from sqlalchemy.exc import OperationalError

    from knowledge.content_files import ContentBroken

    try:
        return int(command.run(options) or 0)
    except KeyboardInterrupt:
        return 130
    except ContentBroken as broken:
        print(f"The content has a mistake:\n  {broken}", file=sys.stderr)
    except ValidationError as error:
        wrong = ", ".join(".".join(str(part) for part in e["loc"]) + f" ({e['msg']})" for e in error.errors())
        print(f"A setting is wrong: {wrong}. All settings stand in bot/core/settings.py.", file=sys.stderr)
    except OperationalError as error:
        print(
            f"The database cannot be used ({type(error.orig).__name__}). './sprout doctor' says more.", file=sys.stderr
        )
    return 1


if __name__ == "__main__":
    sys.exit(main())
