"""Thousands of open questions in groups, for the benchmark of the console; and what one more question costs."""

from __future__ import annotations

import random
from argparse import Namespace
from datetime import timedelta
from time import perf_counter

import numpy as np
from sqlalchemy import insert

from bot import team
from bot.core.ids import new_id
from bot.core.language import Language
from bot.house import House
from knowledge import question_groups, service
from knowledge.question_groups import WHYS
from knowledge.store import QuestionGroupRow, QuestionRow

QUESTIONS = 10_000
PAGES = [
    ("hong", "/console/questions"),
    ("hong", "/console/questions?page=50"),
    ("hong", "/console/questions?why=unsure&language=zh"),
    ("hong", "/console/questions?words=发烧"),
    ("hong", "/console/questions/{group}"),
]


def fill_questions(house: House, options: Namespace) -> None:
    """Phrasings of the shipped articles as questions, four groups an article, as if they had come in over a month."""
    dice = random.Random(1)
    now = house.clock()
    groups: dict[tuple[str, int], str] = {}
    rows = []
    asked = [(a.article.id, language, text) for a in house.library.articles()
             for language, texts in a.article.phrasings.items() for text in texts]  # fmt: skip
    for number in range(QUESTIONS):
        article, language, text = asked[number % len(asked)]
        group = groups.setdefault((article, dice.randrange(4)), new_id())
        rows.append(
            {
                "id": new_id(), "text": text, "language": language.value, "age_months": dice.uniform(0, 36),
                "why": WHYS[number % 3], "parent_id": None, "candidates": [[article, 0.4]], "state": "open",
                "asked_at": now - timedelta(minutes=dice.randrange(40_000)), "group_id": group,
            }
        )  # fmt: skip
    width = house.library.embed(["1"]).shape[1]
    chance = np.random.default_rng(1)
    with house.database.begin() as session:
        for start in range(0, len(rows), 1000):
            session.execute(insert(QuestionRow), rows[start : start + 1000])
        vectors = [
            {"id": group, "vector": _unit(chance, width).astype(np.float16).tobytes()} for group in groups.values()
        ]
        session.execute(insert(QuestionGroupRow), vectors)


def any_group(house: House) -> str:
    with house.database.read() as session:
        return question_groups.listed(session, question_groups.Filters(), size=1).groups[0].id


def one_more_ms(house: House, times: int) -> float:
    """Median milliseconds to put one new question to its group, its embedding included."""
    spent = []
    for number in range(times):
        with house.database.begin() as session:
            service.keep_question(
                session, text=f"宝宝第{number}次发烧怎么办", language=Language.ZH, age_months=8.0, why="unsure",
                parent_id=None, candidates=[], now=house.clock(),
            )  # fmt: skip
        started = perf_counter()
        team.group_new_questions(house)
        spent.append((perf_counter() - started) * 1000)
    return sorted(spent)[len(spent) // 2]


def _unit(chance: np.random.Generator, width: int) -> np.ndarray:
    vector = chance.standard_normal(width)
    return np.asarray(vector / np.linalg.norm(vector))
