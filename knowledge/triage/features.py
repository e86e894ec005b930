"""A message as numbers for the meaning check: structure, rule hits and hashed pieces of words beside the embedding.

Reassurance ("feeding well") and denied words ("no fever") are counted; denied words are left out of the pieces, so
that "no blood" does not read as blood. The whole costs about a millisecond; the embedding comes from the caller.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import sparse

from knowledge.triage import clauses, rules
from knowledge.triage.clauses import Kind, cue
from knowledge.triage.model import Level
from knowledge.triage.rules import Hit, Message
from knowledge.triage.signs import read_signs

Vectors = npt.NDArray[np.float32]

BUCKETS = 1 << 16
_WORD = re.compile(r"[a-z0-9']+")
_LONGEST = 1500  # characters whose pieces are counted
_AGES = (0.5, 1, 2, 3, 6, 12, 18, 24, 37)
_TEMPERATURES = (37.3, 38.0, 38.5, 39.0, 40.0)
_LEVELS = (Level.SOON, Level.URGENT_TODAY, Level.EMERGENCY_NOW)
_QUESTION = re.compile(r"[?？吗呢]|怎么|\b(?:should|can|how|what|is it)\b", re.I)
_URGENCY = re.compile(r"[!！]|救|急|快|\bhelp\b|\bnow\b", re.I)


def structure(message: Message, found: Sequence[Hit]) -> Vectors:
    """Numbers from 0 to about 2: age, temperature, kinds of clauses, reassurance, rules by level and sign.

    Not the length: authors write danger longer than everyday questions, parents do not.
    """
    facts, age, text = message.facts, message.age_months, message.text
    temperature = facts.temperature
    kinds = [c.kind for c in message.clauses]
    count = max(len(kinds), 1)
    denied, reassuring = len(cue("denied").findall(text)), len(cue("reassuring").findall(text))
    numbers: list[float] = [
        age is None,
        facts.older,
        *(age is not None and age < limit for limit in _AGES),
        temperature is None,
        *(temperature is not None and temperature >= limit for limit in _TEMPERATURES),
        temperature is not None and temperature < 35.6,
        temperature is not None and temperature >= 38 and age is not None and age < 3,
        (facts.fever_days or 0) >= 3,
        (facts.fever_days or 0) >= 4,
        (facts.dry_hours or 0) >= 6,
        (facts.dry_hours or 0) >= 8,
        facts.breaths is not None and facts.breaths >= rules.fast_from(age),
        *(sum(bool(k & kind) for k in kinds) / count for kind in Kind),
        *(any(k & kind for k in kinds) for kind in Kind),
        clauses.tells_of_now(text),
        bool(_QUESTION.search(text)),
        bool(_URGENCY.search(text)),
        min(denied, 4) / 2,
        min(reassuring, 4) / 2,
        denied > 0,
        reassuring > 0,
    ]  # fmt: skip
    return np.concatenate([np.array(numbers, np.float32), _rule_numbers(found)])


def _rule_numbers(found: Sequence[Hit]) -> Vectors:
    signs = {name: i for i, name in enumerate(read_signs())}
    numbers = np.zeros(2 * len(signs) + 8, np.float32)
    rest = 2 * len(signs)
    for hit in found:
        level = _LEVELS.index(hit.rule.level)
        numbers[signs[hit.rule.sign] + (0 if hit.live else len(signs))] = 1
        numbers[rest + level + (0 if hit.live else 3)] = 1
        if hit.live:
            numbers[rest + 6] += 0.5 if level == 2 and hit.rule.sure else 0
            numbers[rest + 7] += 0.3
    return numbers


def pieces(text: str) -> dict[int, int]:
    """Buckets of character pieces (1 to 4 long, within words) and of Latin words and word pairs, with their counts."""
    words = cue("denied").sub(" ¬ ", text.lower()[:_LONGEST])
    found: dict[int, int] = {}

    def add(piece: str) -> None:
        bucket = zlib.crc32(piece.encode()) % BUCKETS
        found[bucket] = found.get(bucket, 0) + 1

    for token in words.split():
        padded = f" {token} "
        for size in range(1, 5):
            for i in range(len(padded) - size + 1):
                add(padded[i : i + size])
    latin = _WORD.findall(words)
    for first, second in zip(latin, [*latin[1:], ""], strict=False):
        add("w:" + first)
        add(f"w:{first} {second}")
    return found


def piece_rows(counts: Sequence[dict[int, int]], weights: Vectors) -> sparse.csr_matrix:
    """Rows of length 1 over the buckets: log counts times `weights` (rarity)."""
    columns: list[npt.NDArray[np.int64]] = []
    values: list[Vectors] = []
    for row in counts:
        where = np.fromiter(row.keys(), np.int64, len(row))
        number = (1 + np.log(np.fromiter(row.values(), np.float32, len(row)))) * weights[where]
        columns.append(where)
        values.append(number / max(float(np.linalg.norm(number)), 1e-9))
    starts = np.concatenate([[0], np.cumsum([len(c) for c in columns])]).astype(np.int64)
    data = np.concatenate(values) if values else np.zeros(0, np.float32)
    where = np.concatenate(columns) if columns else np.zeros(0, np.int64)
    return sparse.csr_matrix((data, where, starts), shape=(len(counts), BUCKETS), dtype=np.float32)


def rarity(counts: Sequence[dict[int, int]], *, at_least: int = 3) -> Vectors:
    """Weight of each bucket: inverse document frequency; 0 for those in fewer than `at_least` messages."""
    seen = np.zeros(BUCKETS, np.float32)
    for row in counts:
        seen[list(row)] += 1
    weights = np.log((1 + len(counts)) / (1 + seen)) + 1
    return np.where(seen >= at_least, weights, 0).astype(np.float32)
