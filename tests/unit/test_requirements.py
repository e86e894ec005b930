"""What the app imports is installed with the app, and not only with its tests."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.metadata import packages_distributions

from bot.core.settings import HOME

IMPORT_ALL = """
import importlib, json, pkgutil, sys, bot.commands
for module in pkgutil.iter_modules(bot.commands.__path__):
    importlib.import_module(f"bot.commands.{module.name}")
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""
OWN = {"sprout", "pip", "setuptools"}
OPTIONAL = {"psutil"}  # joblib does without it


def test_every_package_that_a_command_imports_is_among_the_apps_requirements() -> None:
    told = subprocess.run([sys.executable, "-c", IMPORT_ALL], cwd=HOME, capture_output=True, text=True, check=True)
    locked = set(re.findall(r"^([A-Za-z0-9_.-]+)==", (HOME / "requirements.txt").read_text(encoding="utf-8"), re.M))
    known = {re.sub(r"[-_.]+", "-", name).lower() for name in locked}
    owners = packages_distributions()
    missing = {
        name: owners[name]
        for name in json.loads(told.stdout)
        if name in owners and not {re.sub(r"[-_.]+", "-", o).lower() for o in owners[name]} & (known | OWN | OPTIONAL)
    }
    assert missing == {}
