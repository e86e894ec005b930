"""From a message to its reply: inbox, danger, intent, search, database, words, outbox; with and without Rasa."""

from __future__ import annotations

import argparse
import itertools
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter, thread_time
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from bot.app import build_assistant, build_house
from bot.assistant import Utterance
from bot.benchmarks import stock
from bot.benchmarks.load import percentile, press
from bot.benchmarks.process import first_answer_seconds, resident_mb
from bot.benchmarks.stages import StageClock, timed
from bot.core.ids import new_id
from bot.core.settings import Settings
from bot.delivery import inbox
from bot.delivery.clerk import Clerk, to_payload
from bot.house import House
from nlu import training
from nlu.embedding import e5_embedder, use_embedder
from nlu.examples import article_examples, danger_examples, own_examples
from nlu.nearest import NearestInterpreter
from nlu.resilient import ResilientInterpreter
from nlu.server import ModelMissing, RasaNotInstalled, RasaServer

AIM = {"p50_ms": 50, "p99_ms": 150, "per_second": 40}
CHANNEL = "bench"
CHATS = 40
_CPU = "cpu"  # of this process alone, Rasa works in another; steadier than the clock on a shared machine


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--messages", type=int, default=200, help="messages of each load (default: 200)")
    parser.add_argument("--no-rasa", action="store_true", help="leave the Rasa child out")
    parser.add_argument("--stock", action="store_true", help="also train and press a stock Rasa pipeline: many minutes")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="with --stock: train it on a quarter of the data for two epochs, for its speed alone",
    )
    parser.add_argument("--database", default="", help="an empty database's URL (default: SQLite in a new folder)")


def run(options: argparse.Namespace) -> dict[str, Any]:
    real = Settings()
    texts = sample(4 * options.messages)
    with tempfile.TemporaryDirectory(prefix="sprout-bench-") as folder:
        settings = real.model_copy(
            update={"data_dir": Path(folder), "cache_dir": real.cache, "database_url": options.database, "demo": False}
        )
        _say("setting up a house of its own")
        interpreter = ResilientInterpreter(NearestInterpreter())
        house = build_house(settings, interpreter=interpreter)
        house.warm_up()
        parts = [texts[i::4] for i in range(4)]
        _say("nearest-example understanding")
        result: dict[str, Any] = {
            "aim": AIM,
            "nearest": {**_measure(house, parts[0], parts[1]), "memory_mb": resident_mb()},
            "embedding_ms": _embedding(texts),
            "first_answer_seconds": first_answer_seconds(settings),
        }
        if not options.no_rasa:
            result["rasa"] = _with_rasa(house, interpreter, parts[2], parts[3])
        house.database.close()
        if options.stock:
            result["stock"] = stock.measure(parts[0], Path(folder), quick=options.quick, say=_say)
            result["ratios"] = {
                name: ratios(result, result[name], result["stock"]) for name in ("nearest", "rasa") if result.get(name)
            }
    return result


def sample(many: int) -> list[str]:
    """Different messages, always the same ones: seven of ten ask, two want something else, one is about danger."""
    kinds = [article_examples(at_most=10**6), own_examples(), danger_examples()]
    shares = (0.7, 0.2, 0.1)
    chosen: list[str] = []
    for examples, part in zip(kinds, shares, strict=True):
        texts = sorted({e.text for e in examples})
        order = np.random.default_rng(7).permutation(len(texts))
        chosen += [texts[i] for i in order[: round(many * part)]]
    return [chosen[i] for i in np.random.default_rng(11).permutation(len(chosen))]


def _measure(house: House, alone: Sequence[str], together: Sequence[str]) -> dict[str, Any]:
    """Messages of `CHATS` families in turn, so that no chat has two at once."""
    clock = StageClock()
    watched = timed(house, clock)
    clerk = Clerk(watched, build_assistant(watched))

    turns = itertools.count()

    def hear(text: str) -> dict[str, float]:
        key, address, now = new_id(), f"family-{next(turns) % CHATS}", house.clock()
        started, cpu = perf_counter(), thread_time()
        with watched.database.begin() as session:
            payload = to_payload(Utterance(text=text))
            inbox.put(session, channel=CHANNEL, key=key, address=address, payload=payload, now=now)
        clerk.handle_next(CHANNEL, address)
        spent = clock.take()
        spent["rest"] = (perf_counter() - started) * 1000 - sum(spent.values())
        return {**spent, _CPU: (thread_time() - cpu) * 1000}

    for _ in range(CHATS):
        hear("你好")
    first, stages = press(hear, alone, 1)
    cpu = [one.pop(_CPU) for one in stages]
    first |= {"cpu_p50_ms": percentile(cpu, 50), "cpu_p99_ms": percentile(cpu, 99)}
    second, _ = press(hear, together, 8)
    return {"concurrency_1": first, "concurrency_8": second, "stages": _shares(stages)}


def _shares(stages: Sequence[dict[str, float]]) -> dict[str, dict[str, float]]:
    """Of concurrency 1: the mean milliseconds of each stage, and its share of all."""
    names = sorted({name for one in stages for name in one})
    means = {name: float(np.mean([one.get(name, 0.0) for one in stages])) for name in names}
    whole = sum(means.values()) or 1.0
    return {name: {"ms": round(ms, 2), "share": round(ms / whole, 3)} for name, ms in means.items()}


def _embedding(texts: Sequence[str]) -> dict[str, dict[str, float]]:
    """Of texts that no stage has seen: danger, intent and search share one vector, the first of them pays for it."""
    found = {}
    for embedder in (use_embedder(), e5_embedder()):
        figures, _ = press(lambda text, model=embedder: model.embed([text]), [f"{t} 。" for t in texts[:100]], 1)  # type: ignore[misc]
        found[embedder.name] = {"p50": figures["p50_ms"], "p99": figures["p99_ms"]}
    return found


def _with_rasa(
    house: House, interpreter: ResilientInterpreter, alone: Sequence[str], together: Sequence[str]
) -> dict[str, Any] | None:
    model = training.current_model()
    if model is None:
        _say("no trained Rasa model: left out (sprout setup trains one)")
        return None
    try:
        server = RasaServer(model, on_change=interpreter.use_rasa)
    except (RasaNotInstalled, ModelMissing):
        _say("no Rasa environment: left out")
        return None
    _say("starting Rasa")
    started = perf_counter()
    server.start()
    try:
        if not server.wait_ready() or server.interpreter is None:
            _say("Rasa did not start: left out")
            return None
        ready = round(perf_counter() - started, 1)
        _say("understanding by Rasa")
        measured = _measure(house, alone, together)
        return {**measured, "ready_seconds": ready, "memory_mb": _sum(resident_mb(), resident_mb(server.pid))}
    finally:
        server.stop()
        interpreter.use_rasa(None)


def ratios(result: dict[str, Any], own: dict[str, Any], other: dict[str, Any]) -> dict[str, float]:
    """Ours divided by the stock pipeline's: below 1 is less, so better for all but messages a second."""
    pairs = {
        f"{level}.{name}": (own[level][name], other[level][name])
        for level in ("concurrency_1", "concurrency_8")
        for name in ("p50_ms", "p99_ms", "per_second")
    }
    pairs["first_answer"] = (result["first_answer_seconds"], other["first_answer_seconds"])
    pairs["memory"] = (own["memory_mb"], other["memory_mb"])
    return {name: round(a / b, 3) for name, (a, b) in pairs.items() if a is not None and b}


def show(console: Console, result: dict[str, Any]) -> None:
    table = Table(title="Message to reply", title_justify="left")
    for column in ("", "at once", "p50 ms", "p99 ms", "messages/s"):
        table.add_column(column)
    table.add_row("aim", "1", f"<= {AIM['p50_ms']}", f"<= {AIM['p99_ms']}", f">= {AIM['per_second']}")
    for name in ("nearest", "rasa", "stock"):
        for level in ("concurrency_1", "concurrency_8"):
            if own := (result.get(name) or {}).get(level):
                row = (str(own[key]) for key in ("p50_ms", "p99_ms", "per_second"))
                table.add_row(name, level[-1], *row)
    console.print(table)
    for name in ("nearest", "rasa"):
        if result.get(name):
            stages = sorted(result[name]["stages"].items(), key=lambda pair: -pair[1]["ms"])
            words = ", ".join(f"{stage} {own['ms']} ms ({own['share']:.0%})" for stage, own in stages)
            cpu = result[name]["concurrency_1"]
            console.print(
                f"{name}: CPU p50 {cpu['cpu_p50_ms']} ms, p99 {cpu['cpu_p99_ms']} ms; {words}; "
                f"memory {result[name]['memory_mb']} MB"
            )
    console.print(f"Embedding alone: {result['embedding_ms']}; fresh process to first answer "
                  f"{result['first_answer_seconds']} s")  # fmt: skip
    if "stock" in result:
        other = result["stock"]
        trained = f"{other['examples']} examples, epochs: {other['epochs']}"
        console.print(
            f"Stock Rasa ({trained}): trained in {other['training_seconds']} s, "
            f"first answer {other['first_answer_seconds']} s, memory {other['memory_mb']} MB"
        )
        for name, own in result["ratios"].items():
            console.print(f"{name} / stock: " + ", ".join(f"{key} {value}" for key, value in own.items()))


def _sum(*values: float | None) -> float | None:
    return None if any(v is None for v in values) else round(sum(v for v in values if v is not None), 1)


def _say(step: str) -> None:
    Console(stderr=True, highlight=False).print(f"· {step}")
