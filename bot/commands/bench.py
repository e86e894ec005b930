"""sprout bench NAME: how fast it is. Each module of bot/benchmarks with `add_arguments` is one NAME."""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
from types import ModuleType

from rich.console import Console

from bot import benchmarks


def arguments(parser: argparse.ArgumentParser) -> None:
    names = parser.add_subparsers(dest="bench", metavar="NAME", required=True)
    for name, module in _benches().items():
        text = (module.__doc__ or "").splitlines()[0]
        sub = names.add_parser(name, help=text, description=text)
        module.add_arguments(sub)
        sub.add_argument("--json", action="store_true", help="end with one JSON object on the last line")


def run(options: argparse.Namespace) -> int:
    bench = _benches()[options.bench]
    result = bench.run(options)
    bench.show(Console(highlight=False, width=140), result)
    if options.json:
        print(json.dumps(result, ensure_ascii=False))
    return 0


def _benches() -> dict[str, ModuleType]:
    found = {
        info.name: importlib.import_module(f"{benchmarks.__name__}.{info.name}")
        for info in pkgutil.iter_modules(benchmarks.__path__)
    }
    return {name: module for name, module in found.items() if hasattr(module, "add_arguments")}
