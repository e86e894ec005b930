"""Train the stock pipeline: jieba, counted words, DIET, and a ResponseSelector that picks the article.

Takes many minutes where Sprout's own training takes one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import yaml

from nlu.examples import ARTICLES, Example, to_training_line, training_examples
from nlu.training import train_rasa

CONFIG = Path(__file__).with_name("config.yml")
LONGEST_SECONDS = 3600.0


def train_stock(
    model_file: Path, *, examples: Sequence[Example] | None = None, epochs: int | None = None, articles: Path = ARTICLES
) -> Path:
    """Write a stock model to `model_file`; phrasings of an article become faq/<id>. `epochs` overrides config.yml."""
    stock = as_faq(list(training_examples() if examples is None else examples), articles)
    config, domain = model_file.with_suffix(".config.yml"), model_file.with_suffix(".domain.yml")
    model_file.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(_config(epochs), encoding="utf-8")
    domain.write_text(_domain({example.intent for example in stock}), encoding="utf-8")
    try:
        train_rasa(stock, config, model_file, domain=domain, at_most_seconds=LONGEST_SECONDS)
    finally:
        config.unlink()
        domain.unlink()
    return model_file


def as_faq(examples: list[Example], articles: Path = ARTICLES) -> list[Example]:
    """The same texts; those that are a phrasing of an article get the retrieval intent of that article."""
    owner = {}
    for path in sorted(articles.glob("*/*/article.yaml")):
        phrasings = (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("phrasings") or {}
        for texts in phrasings.values():
            owner.update({to_training_line(str(text)): path.parent.name for text in texts})
    return [
        Example(e.text, e.language, f"faq/{owner[e.text]}", e.origin)
        if e.intent == "ask_guidance" and e.text in owner
        else e
        for e in examples
    ]


def _config(epochs: int | None) -> str:
    text = CONFIG.read_text(encoding="utf-8")
    return text if epochs is None else re.sub(r"epochs: \d+", f"epochs: {epochs}", text)


def _domain(intents: set[str]) -> str:
    articles = sorted(name for name in intents if name.startswith("faq/"))
    plain = sorted({name.split("/")[0] for name in intents})
    responses = {f"utter_{name}": [{"text": name.removeprefix("faq/")}] for name in articles}
    return yaml.safe_dump({"version": "3.1", "intents": plain, "responses": responses}, allow_unicode=True)
