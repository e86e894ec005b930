"""What understanding is trained on: our own phrasings, a sample of the articles' and a sample of the danger corpus.

Messages kept for evaluation are never read here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from nlu.traditional import to_simplified

REPOSITORY = Path(__file__).resolve().parents[1]
OWN_DATA = REPOSITORY / "nlu" / "rasa" / "data"
ARTICLES = REPOSITORY / "knowledge" / "content" / "articles"
DANGER_CORPUS = REPOSITORY / "knowledge" / "triage" / "corpus"

FROM_ARTICLES = 2500  # phrasings, both languages together
FROM_DANGER = 800  # messages for each of the two intents, both languages together
# A frightening idiom or a story about somebody else may as well be small talk or out of scope: it teaches no intent.
_DANGER_KINDS_LEFT_OUT = frozenset({"idiom", "third_person"})


@dataclass(frozen=True, slots=True)
class Example:
    """One training message; `intent` is the value of an `Intent`, `origin` is own, console, article or danger."""

    text: str
    language: str
    intent: str
    origin: str = "own"


def training_examples(corrected: Sequence[Example] | None = None) -> list[Example]:
    """All of our own and the samples, each text once, the same every time while the files are the same.

    `corrected`: what people corrected in the console; without it, what the model in service was taught so.
    """
    seen: set[str] = set()
    kept = []
    taught = read_examples(examples_file()) if corrected is None else corrected
    for example in [*taught, *own_examples(), *article_examples(), *danger_examples()]:
        key = example.text.casefold()
        if key not in seen:
            seen.add(key)
            kept.append(example)
    return kept


def own_examples(folder: Path = OWN_DATA) -> list[Example]:
    """Those in data/<language>/*.yml, written by hand. ValueError names a file that does not parse."""
    found = []
    for path in sorted(folder.glob("??/*.yml")):
        for part in _yaml(path).get("nlu", []):
            for line in part["examples"].splitlines():
                text = to_training_line(line.removeprefix("- "))
                if text:
                    found.append(Example(text, path.parent.name, part["intent"]))
    return found


def examples_file(data_dir: Path | None = None) -> Path:
    """Where the examples of the console are kept: with the data of the house, never among the files of the project."""
    if data_dir is None:
        from bot.core.settings import Settings  # not at the top: Rasa's Python reads this module without it

        data_dir = Settings().data_dir
    return data_dir / "nlu" / "examples.jsonl"


def read_examples(file: Path) -> list[Example]:
    """One JSON object a line; none when there is no such file."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    rows = [json.loads(line) for line in lines if line.strip()]
    return [Example(row["text"], row["language"], row["intent"], "console") for row in rows]


def write_examples(file: Path, examples: Sequence[Example]) -> None:
    """In one step."""
    file.parent.mkdir(parents=True, exist_ok=True)
    rows = [{"text": e.text, "language": e.language, "intent": e.intent} for e in examples]
    part = file.with_suffix(".part")
    part.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    part.replace(file)


def article_examples(folder: Path = ARTICLES, at_most: int = FROM_ARTICLES) -> list[Example]:
    """Phrasings of articles as ask_guidance, an equal share from each article and language."""
    by_article: list[list[Example]] = []
    for path in sorted(folder.glob("*/*/article.yaml")):
        for language, phrasings in sorted((_yaml(path).get("phrasings") or {}).items()):
            texts = sorted((to_training_line(str(p)) for p in phrasings), key=_lot)
            by_article.append([Example(t, language, "ask_guidance", "article") for t in texts if t])
    return list(_in_turn(by_article, at_most))


def danger_examples(folder: Path = DANGER_CORPUS, at_most: int = FROM_DANGER) -> list[Example]:
    """emergency_now as emergency; urgent_today, soon and harmless look-alikes as ask_guidance."""
    groups: dict[tuple[str, str, str], list[Example]] = {}
    for path in sorted(folder.glob("*.jsonl")):
        language = "en" if path.stem.endswith("_en") else "zh"
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line.strip() or (row := _row(line)) is None or row.get("kind") in _DANGER_KINDS_LEFT_OUT:
                continue
            intent = "emergency" if row.get("level") == "emergency_now" else "ask_guidance"
            example = Example(to_training_line(str(row["text"])), language, intent, "danger")
            groups.setdefault((intent, language, str(row.get("sign"))), []).append(example)
    found: list[Example] = []
    for intent in ("emergency", "ask_guidance"):
        piles = [sorted(pile, key=lambda e: _lot(e.text)) for key, pile in sorted(groups.items()) if key[0] == intent]
        found.extend(_in_turn(piles, at_most))
    return found


def _in_turn(piles: Iterable[list[Example]], at_most: int) -> Iterator[Example]:
    """One from each pile, then the next from each, until there are enough."""
    rows = list(piles)
    taken = 0
    for depth in range(max(map(len, rows), default=0)):
        for pile in rows:
            if depth < len(pile) and taken < at_most:
                taken += 1
                yield pile[depth]


def _lot(text: str) -> str:
    """An order that is arbitrary but does not move when other texts come or go."""
    return sha256(text.encode()).hexdigest()


def to_training_line(text: str) -> str:
    """One line in simplified characters; square brackets would be read by Rasa as an entity."""
    readable = "".join(c if c.isprintable() else " " for c in text)
    return to_simplified(" ".join(readable.split())).replace("[", "【").replace("]", "】")


def _yaml(path: Path) -> dict[str, Any]:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as error:
        raise ValueError(f"{path.name} is not valid YAML: {error}") from error


def _row(line: str) -> dict[str, Any] | None:
    """A line that does not parse is left out: the corpus has its own checks."""
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return row if isinstance(row, dict) and row.get("text") else None
