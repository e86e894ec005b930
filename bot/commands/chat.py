"""sprout chat: the bot in the terminal. Numbers press buttons, /commands work, Ctrl-D leaves."""

from __future__ import annotations

import argparse

from bot.app import build_assistant, build_house
from bot.assistant import Utterance
from bot.core.ids import new_id
from bot.core.settings import Settings
from bot.delivery import inbox, outbox
from bot.delivery.clerk import Clerk, to_payload
from bot.delivery.letters import from_payload
from bot.house import House

CHANNEL = "terminal"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as", dest="address", default="me", help="whose talk this is (kept between calls)")


def run(options: argparse.Namespace) -> int:
    house = build_house(Settings(), progress=lambda step: print(f"· {step}"))
    clerk = Clerk(house, build_assistant(house))
    with house.database.begin() as session:
        outbox.recover(session, CHANNEL, house.clock())  # what an earlier call was printing when it was stopped
    presses: list[str] = []
    print("Ctrl-D 退出 / Ctrl-D to leave\n")
    while True:
        try:
            line = input("> ").strip()
        except EOFError:
            print()
            return 0
        if line.isdigit() and 0 < int(line) <= len(presses):
            utterance = Utterance("press", presses[int(line) - 1])
        elif line.startswith("/"):
            utterance = Utterance("command", line[1:])
        else:
            utterance = Utterance("text", line)
        presses = _say(house, clerk, options.address, utterance)


def _say(house: House, clerk: Clerk, address: str, utterance: Utterance) -> list[str]:
    """Hand the message in, have it answered, print the answer; returns what the numbered buttons press."""
    now = house.clock()
    with house.database.begin() as session:
        inbox.put(session, channel=CHANNEL, key=new_id(), address=address, payload=to_payload(utterance), now=now)
    while clerk.handle_next(CHANNEL, address):
        pass
    presses: list[str] = []
    while True:
        with house.database.begin() as session:
            rows = [r for r in outbox.claim(session, CHANNEL, house.clock()) if r.address == address]
            payloads = [(r.id, r.payload) for r in rows]
        if not payloads:
            return presses
        for row_id, payload in payloads:
            message = from_payload(payload)
            print(f"\n{message.plain}")
            for row in message.buttons:
                for button in row:
                    presses.append(button.press)
                    print(f"  [{len(presses)}] {button.label}")
            with house.database.begin() as session:
                outbox.sent(session, row_id, house.clock())
        print()
