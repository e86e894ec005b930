"""sprout ask: what the bot says to one message, or to each line of a file; every message is a talk of its own."""

from __future__ import annotations

import argparse
import json
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tqdm import tqdm

from bot.app import build_assistant, build_house
from bot.ask import answer_json
from bot.assistant import Assistant, Utterance
from bot.core.ids import new_id
from bot.core.language import Language
from bot.core.settings import Settings
from bot.house import House


class Asker:
    """Asks without leaving a trace: every question is a stranger's, and its transaction is rolled back."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._assistant: Assistant = build_assistant(house)

    def ask(
        self,
        text: str,
        *,
        age_months: float | None = None,
        language: Language | None = None,
        now: datetime | None = None,
    ) -> dict[str, Any]:
        """The public JSON (bot/ask.py) for one message."""
        started = time.perf_counter()
        now = now or self._house.clock()
        utterance = Utterance(text=text)
        understood = self._assistant.understand(utterance, now=now, age_months=age_months)
        with self._house.database.undone() as session:
            answer = self._assistant.hear(
                session, utterance, understood, channel="ask", address=new_id(), now=now,
                language=language, age_months=age_months,
            )  # fmt: skip
        return answer_json(answer, text=text, ms=(time.perf_counter() - started) * 1000)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", nargs="?", help="the message")
    parser.add_argument("--age-months", type=float, help="the child's age")
    parser.add_argument("--lang", choices=["zh", "en"], help="the language of the reply (default: that of the message)")
    parser.add_argument("--now", help="the time of the message, ISO, local when without an offset")
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of the words")
    parser.add_argument("--file", type=Path, help="JSON lines {text, age_months?, lang?, now?}")
    parser.add_argument("--out", type=Path, help="where the answers go, a JSON line each (default: standard output)")


def run(options: argparse.Namespace) -> int:
    if (options.text is None) == (options.file is None):
        print("sprout ask: give a TEXT or --file FILE", file=sys.stderr)
        return 2
    settings = Settings()
    zone = ZoneInfo(settings.zone)
    rows = _rows(options, zone)
    if rows is None:
        return 2
    house = build_house(settings)
    asker = Asker(house)
    if options.file is None:
        result = asker.ask(**rows[0])
        print(json.dumps(result, ensure_ascii=False) if options.json else _words(result))
        return 0
    out = options.out.open("w", encoding="utf-8") if options.out else sys.stdout
    try:
        for row in tqdm(rows, unit="message", disable=None, file=sys.stderr):
            out.write(json.dumps(asker.ask(**row), ensure_ascii=False) + "\n")
    finally:
        if options.out:
            out.close()
    return 0


def _rows(options: argparse.Namespace, zone: ZoneInfo) -> list[dict[str, Any]] | None:
    try:
        now = _moment(options.now, zone) if options.now else None
    except ValueError:
        print(f"sprout ask: --now {options.now} is no time like 2026-11-18T10:00", file=sys.stderr)
        return None
    language = Language(options.lang) if options.lang else None
    base = {"age_months": options.age_months, "language": language, "now": now}
    if options.file is None:
        return [{**base, "text": options.text}]
    rows = []
    try:
        lines = options.file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        print(f"sprout ask: cannot read {options.file}: {reason}", file=sys.stderr)
        return None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            raw = json.loads(line)
            row = {**base, "text": str(raw["text"])}
            if raw.get("age_months") is not None:
                row["age_months"] = float(raw["age_months"])
            if raw.get("lang") in ("zh", "en"):
                row["language"] = Language(raw["lang"])
            if raw.get("now"):
                row["now"] = _moment(raw["now"], zone)
        except (ValueError, KeyError, TypeError) as error:
            print(f"sprout ask: {options.file}:{number}: needs a JSON object with 'text' ({error})", file=sys.stderr)
            return None
        rows.append(row)
    return rows


def _moment(text: str, zone: ZoneInfo) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _words(result: dict[str, Any]) -> str:
    lines = list(result["reply"])
    if result["buttons"]:
        lines.append("  ".join(f"[{b}]" for b in result["buttons"]))
    return "\n\n".join(lines)
