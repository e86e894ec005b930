"""Finding the article: by leave-one-out over the phrasings, and on labelled messages.

`top1`, `in3`, `in5` ask for the labelled topic; with `accepted_` one of `also` will do as well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.evaluation.rows import Row
from bot.evaluation.shares import share, words
from knowledge.evaluation.retrieval import score_left_out, score_retrieval
from knowledge.library import Library
from knowledge.search import Embed, read_elsewhere
from nlu.phrases.ages import child_age

_PLACES = ("top1", "in3", "in5", "accepted_top1", "accepted_in3", "accepted_in5")


def measure(
    rows: Sequence[Row], library: Library, embed: Embed, *, now: datetime, say: Callable[[str], None]
) -> dict[str, Any]:
    """`left_out` over the shelf (a minute with vectors at hand), and `messages` when there are labelled rows."""
    ages = stated_ages(now)
    shelf = library.articles()
    say(f"leave-one-out over {len(shelf)} articles")
    result = {"left_out": score_left_out(shelf, embed, read_elsewhere(), ages=ages)}
    if rows:
        say("labelled questions")
        result["messages"] = score_retrieval(rows, library.finder, shelf, ages)
    return result


def stated_ages(now: datetime) -> Callable[[str], float | None]:
    """The age in a message, as the talk reads it."""

    def months(text: str) -> float | None:
        age = child_age(text, today=now.date())
        return age.months if age else None

    return months


def score(rows: Sequence[tuple[Row, dict[str, Any]]]) -> dict[str, Any]:
    """Rows with the public JSON of their answer. A card shown without asking is a confident one.

    Counted are rows with a topic; those that went to danger or to another route too, for the parent asked a question.
    """
    asked = [(row, answer) for row, answer in rows if row.get("topic")]
    languages = sorted({row["lang"] for row, _ in asked})
    groups = {"all": asked} | {lang: [p for p in asked if p[0]["lang"] == lang] for lang in languages}
    elsewhere = [answer for row, answer in rows if row.get("intent") == "out_of_scope"]
    return {
        "by_language": {
            group: {place: share(_placed(place, own)) for place in _PLACES} for group, own in groups.items()
        },
        "card": {
            "shown": share(_card(answer) for _, answer in asked),
            "right_when_shown": share(answer["article"] in _accepted(row) for row, answer in asked if _card(answer)),
        },
        "out_of_scope_card": share(_card(answer) for answer in elsewhere),
    }


def _placed(place: str, rows: Sequence[tuple[Row, dict[str, Any]]]) -> list[bool]:
    most = int(place[-1])
    return [
        any(c["article"] in (_accepted(row) if place.startswith("accepted") else {row["topic"]}) for c in found[:most])
        for row, answer in rows
        for found in [answer["candidates"]]
    ]


def _accepted(row: Row) -> set[str]:
    return {row["topic"], *(row.get("also") or ())}


def _card(answer: dict[str, Any]) -> bool:
    return answer["route"] in ("guidance", "ask_age") and answer["article"] is not None


def show(console: Console, result: dict[str, Any]) -> None:
    for name, scores in result.items():
        table = Table(title=f"Retrieval ({name.replace('_', ' ')})", title_justify="left")
        for column in ("", "N", "topic first", "among 3", "among 5", "or acceptable first", "among 3", "among 5"):
            table.add_column(column)
        for group, own in scores["by_language"].items():
            table.add_row(group, str(own["count"]), *(_percent(own.get(place)) for place in _PLACES))
        console.print(table)
        sure = scores["confidence"]
        if sure.get("count"):
            console.print(
                f"A card without asking: {_percent(sure['sure'])}, right then {_percent(sure['sure_and_accepted'])}; "
                f"three buttons: {_percent(sure['unsure'])}, right among them {_percent(sure['unsure_in3'])}; "
                f"nothing: {_percent(sure['nothing'])}"
            )
        if scores.get("out_of_scope", {}).get("count"):
            elsewhere = scores["out_of_scope"]
            console.print(f"Out of scope ({elsewhere['count']}): a confident card for {_percent(elsewhere['sure'])}")
        if scores.get("not_on_shelf"):
            console.print(f"{scores['not_on_shelf']} rows have a topic that is not on the shelf; they are left out")
        pairs = [f"{c['right']} → {c['found']} ({c['count']})" for c in scores["confusions"][:10]]
        if pairs:
            console.print("Taken for each other: " + ", ".join(pairs))


def show_score(console: Console, result: dict[str, Any]) -> None:
    table = Table("", "topic first", "among 3", "among 5", "or acceptable first", "among 3", "among 5",
                  title="Articles as answered", title_justify="left")  # fmt: skip
    for group, own in result["by_language"].items():
        table.add_row(group, *(words(own[place]) for place in _PLACES))
    console.print(table)
    console.print(
        f"A card without asking: {words(result['card']['shown'])}; acceptable then: "
        f"{words(result['card']['right_when_shown'])}; of out-of-scope messages: {words(result['out_of_scope_card'])}"
    )


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"
