"""The stock Rasa pipeline (jieba, CountVectors, DIET, ResponseSelector), trained on the same data in the same run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from bot.benchmarks.load import press
from bot.benchmarks.process import resident_mb
from nlu.examples import training_examples
from nlu.server import RasaServer

QUICK_EPOCHS = 2
QUICK_EVERY = 4  # of the examples one in four; all of them need 5 GB and many minutes even for two epochs
_START_SECONDS = 300.0


def measure(texts: Sequence[str], folder: Path, *, quick: bool, say: Callable[[str], None]) -> dict[str, Any]:
    """Train, serve and press it. It only understands: no danger check, no age, no database, no card."""
    from tests.benchmarks.stock_rasa.train import train_stock  # there in a checkout, not in an installed package

    examples = training_examples()[:: QUICK_EVERY if quick else 1]
    how = f"{len(examples)} examples, {QUICK_EPOCHS} epochs only" if quick else f"{len(examples)} examples, long"
    say(f"training the stock pipeline ({how})")
    started = perf_counter()
    model = train_stock(folder / "stock.tar.gz", examples=examples, epochs=QUICK_EPOCHS if quick else None)
    trained = perf_counter() - started
    started = perf_counter()
    server = RasaServer(model, deadline_seconds=30.0)
    server.start()
    try:
        if not server.wait_ready(_START_SECONDS) or server.interpreter is None:
            raise RuntimeError("the stock Rasa did not start")
        server.interpreter.answer(texts[0])
        first = perf_counter() - started
        say("asking the stock pipeline")
        return {
            "training_seconds": round(trained, 1),
            "examples": len(examples),
            "epochs": QUICK_EPOCHS if quick else "as in its config.yml",
            "first_answer_seconds": round(first, 2),
            "concurrency_1": press(server.interpreter.answer, texts, 1)[0],
            "concurrency_8": press(server.interpreter.answer, texts, 8)[0],
            "memory_mb": resident_mb(server.pid),
        }
    finally:
        server.stop()
