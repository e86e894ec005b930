"""An answer as the public JSON, read by `sprout ask`, `POST /api/chat` and the evaluations. Add, never rename."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.assistant import Answer, danger_json
from bot.dialogue.reply import Route
from nlu.interpreter import Intent
from nlu.phrases.times import When, meant

FIELDS = (
    "text", "lang", "route", "intent", "confidence", "danger", "article", "candidates", "entities", "reply", "buttons",
    "ms",
)  # fmt: skip


def answer_json(answer: Answer, *, text: str, ms: float) -> dict[str, Any]:
    """One object a message; times are local ISO, ages months."""
    how = outcome_json(answer, ms=ms)
    texts = {
        "text": text,
        "reply": [m.plain for m in answer.messages],
        "buttons": [b.label for m in answer.messages for row in m.buttons for b in row],
    }
    return {key: texts.get(key, how.get(key)) for key in FIELDS}


def outcome_json(answer: Answer, *, ms: float) -> dict[str, Any]:
    """The same without any text of parent or bot: what the inbox keeps beside an answered message."""
    parse, outcome = answer.understood.parse, answer.outcome
    return {
        "lang": answer.language.value,
        "route": outcome.route.value,
        "intent": _intent(answer).value,
        "confidence": round(parse.confidence, 3),
        "danger": danger_json(answer.danger),
        "article": outcome.article,
        "candidates": [{"article": a, "score": round(s, 3)} for a, s in outcome.candidates[:5]],
        "entities": _entities(answer),
        "ms": round(ms, 1),
    }


def _intent(answer: Answer) -> Intent:
    """What the house found an article for was a question about a child, whatever the intent model thought of it."""
    said = answer.understood.intent
    found = answer.outcome.route in (Route.GUIDANCE, Route.ASK_AGE, Route.DID_YOU_MEAN)
    return Intent.ASK_GUIDANCE if said is Intent.OUT_OF_SCOPE and found else said


def _entities(answer: Answer) -> dict[str, Any]:
    found: dict[str, Any] = {}
    understood = answer.understood
    if understood.when is not None:
        found |= _times(meant(understood.when))
    if understood.age is not None:
        found["age_months"] = round(understood.age.months, 2)
    for kind in ("care_type", "place"):
        value = understood.parse.entity(kind)
        if value is not None:
            found[kind] = value
    count = understood.parse.entity("child_count")
    if count is not None and count.isdigit():
        found["child_count"] = int(count)
    return found


def _times(when: When) -> dict[str, Any]:
    """A start that has to be asked about (past, or of two weeks) is not told as if it were known."""
    found: dict[str, Any] = {}
    if when.question in ("past", "ambiguous"):
        pass
    elif when.start is not None:
        found["start"] = _local_iso(when.start)
    elif when.day is not None:
        found["start"] = when.day.isoformat()
    if when.end is not None:
        found["end"] = _local_iso(when.end)
    if when.duration is not None:
        found["duration_minutes"] = int(when.duration.total_seconds() // 60)
    return found


def _local_iso(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes" if moment.second == 0 else "seconds")
