"""Conversations as data: each YAML file of this folder holds talks that must go as written.

A talk: name, child {age_months}?, language?, consent? and a health card? (card:) for
the child (default true), approved? and turns. A turn is what the parent
does (`parent:` a text, `presses:` a part of a button's label, `command:`, `shares: [latitude, longitude]`), or that
days go by (`after_days:` what came by itself is read); and what the bot must do (`bot:` route, article, danger, sign,
says, not_says, buttons, no_button, picture, file, nothing, waits, intent, entities).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import select

from bot import reminding
from bot.app import build_assistant
from bot.ask import answer_json
from bot.assistant import Answer, Utterance
from bot.core.families import service as families
from bot.core.families.model import born_at_age
from bot.core.language import Language
from bot.delivery import outbox
from bot.delivery.letters import from_payload
from bot.delivery.store import OutboxRow
from bot.house import House
from bot.texts import Message
from scheduler.care import service as care
from scheduler.reminders.plan.service import replan_family
from scheduler.reminders.tips.service import plan_tips
from tests.conftest import NOW

FOLDER = Path(__file__).parent


def talks() -> list[Any]:
    found = []
    for file in sorted(FOLDER.glob("*.yaml")):
        for talk in yaml.safe_load(file.read_text(encoding="utf-8")):
            found.append(pytest.param(talk, id=f"{file.stem}: {talk['name']}"))
    return found


@dataclass
class Talk:
    """A parent at the keyboard: says, presses, and remembers the buttons of the last answer."""

    house: House
    address: str
    now: datetime = NOW

    def __post_init__(self) -> None:
        self.house = replace(self.house, clock=lambda: self.now)
        self.assistant = build_assistant(self.house)
        self.buttons: dict[str, str] = {}
        self.last: Answer | None = None

    def prepare(self, talk: dict[str, Any]) -> None:
        with self.house.database.begin() as session:
            parent = families.parent_at(session, "test", self.address, now=self.now, zone=self.house.zone.key)
            if talk.get("language"):
                families.choose_language(session, parent.id, Language(talk["language"]))
            if talk.get("consent", True):
                families.give_consent(session, parent.id, self.now)
            for child in [talk["child"]] if "child" in talk else talk.get("children", []):
                born = born_at_age(child["age_months"], self.now.astimezone(self.house.zone).date())
                child_id = families.add_child(session, parent.family_id, birth_date=born, precision="day", now=self.now)
                if talk.get("card", True):
                    care.keep_health_form(
                        session, child_id, parent.family_id, self.now, allergies="", medicines="", collectors=[],
                        consent_by=parent.id,
                    )  # fmt: skip

    def does(self, turn: dict[str, Any]) -> Answer:
        if "after_minutes" in turn:
            self.now += timedelta(minutes=turn["after_minutes"])
        if "presses" in turn:
            wanted = str(turn["presses"])
            label = next((b for b in self.buttons if wanted in b), None)
            assert label is not None, f"no button with {wanted!r}; there are {list(self.buttons)}"
            utterance = Utterance("press", self.buttons[label])
        elif "command" in turn:
            utterance = Utterance("command", turn["command"])
        elif "shares" in turn:
            utterance = Utterance("location", location=tuple(turn["shares"]))
        elif "sends" in turn:
            utterance = Utterance(turn["sends"])
        else:
            utterance = Utterance("text", str(turn["parent"]))
        understood = self.assistant.understand(utterance, now=self.now)
        with self.house.database.begin() as session:
            answer = self.assistant.hear(
                session, utterance, understood, channel="test", address=self.address, now=self.now
            )
        if answer.messages:
            self.buttons = buttons_of(answer.messages)
        self.last = answer
        return answer

    def reads(self, days: int) -> list[Message]:
        """What came by itself in so many days, looked at every evening; its buttons can be pressed."""
        letters = select(OutboxRow).where(OutboxRow.channel == "test", OutboxRow.address == self.address)
        with self.house.database.begin() as session:
            parent = families.parent_at(session, "test", self.address, now=self.now, zone=self.house.zone.key)
            replan_family(session, parent.family_id, self.now)
        found: list[Message] = []
        for _ in range(days):
            self.now += timedelta(days=1)
            with self.house.database.begin() as session:
                plan_tips(session, parent.id, self.now)
            reminding.look(self.house)
            with self.house.database.begin() as session:
                for row in session.scalars(letters.where(OutboxRow.state == "pending").order_by(OutboxRow.id)).all():
                    outbox.sent(session, row.id, self.now)
                    found.append(from_payload(row.payload))
        self.buttons = buttons_of(found)
        return found

    def leaves(self) -> None:
        """The places that this talk took are free again for the next one."""
        with self.house.database.begin() as session:
            parent = families.parent_at(session, "test", self.address, now=self.now, zone=self.house.zone.key)
            care.forget_family(session, parent.family_id, self.now)


def buttons_of(messages: Sequence[Message]) -> dict[str, str]:
    return {b.label: b.press for m in messages for row in m.buttons for b in row if b.press}


def check_words(messages: Sequence[Message], expected: dict[str, Any]) -> dict[str, Any]:
    """The demands on what is read; returns those on how it was answered."""
    said = "\n".join(m.plain for m in messages)
    labels = [b.label for m in messages for row in m.buttons for b in row]
    others = {}
    for key, want in expected.items():
        match key:
            case "says":
                for part in [want] if isinstance(want, str) else want:
                    assert part in said, said
            case "not_says":
                for part in [want] if isinstance(want, str) else want:
                    assert part not in said, said
            case "buttons":
                for part in [want] if isinstance(want, str) else want:
                    assert any(part in label for label in labels), labels
            case "no_button":
                assert not any(want in label for label in labels), labels
            case "picture":
                assert any(m.picture and want in m.picture.alt for m in messages), [m.picture for m in messages]
            case "file":
                assert any(m.attachment and want in m.attachment.name for m in messages), said
            case "nothing":
                assert not messages, said
            case _:
                others[key] = want
    return others


def check(answer: Answer, expected: dict[str, Any], text: str) -> None:
    """Every key of `bot:` is one demand; an unknown key is an error in the YAML."""
    result = answer_json(answer, text=text, ms=0)
    for key, want in check_words(answer.messages, expected).items():
        match key:
            case "route":
                assert result["route"] in ([want] if isinstance(want, str) else want), result
            case "article":
                assert result["article"] in ([want] if isinstance(want, str) else want), result
            case "among":
                assert want in [c["article"] for c in result["candidates"]], result["candidates"]
            case "danger":
                level = result["danger"]["level"] if result["danger"] else None
                assert level in ([want] if isinstance(want, str) or want is None else want), result["danger"]
            case "sign":
                assert want in (result["danger"] or {"signs": []})["signs"], result["danger"]
            case "intent":
                assert result["intent"] in ([want] if isinstance(want, str) else want), result
            case "waits":
                assert answer.outcome.conversation.waiting == want, answer.outcome.conversation
            case "entities":
                for name, value in want.items():
                    assert result["entities"].get(name) == value, result["entities"]
            case "language":
                assert result["lang"] == want
            case _:
                raise AssertionError(f"unknown demand {key!r}")


@pytest.mark.parametrize("talk", talks())
def test_the_talk_goes_as_written(talk: dict[str, Any], shared_house: House, request: pytest.FixtureRequest) -> None:
    parent = Talk(shared_house, request.node.nodeid[-70:])
    if "at" in talk:
        parent.now = datetime.fromisoformat(talk["at"])
    parent.prepare(talk)
    try:
        for turn in talk["talk"]:
            if "after_days" in turn:
                assert not check_words(parent.reads(turn["after_days"]), turn.get("bot", {}))
                continue
            answer = parent.does(turn)
            if "bot" in turn:
                check(answer, turn["bot"], str(turn.get("parent", "")))
    finally:
        parent.leaves()
