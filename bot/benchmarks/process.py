"""What a process costs: the time from its start to its first answer, and its memory."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from time import perf_counter

from bot.core.settings import HOME, Settings

_LONGEST_SECONDS = 300


def first_answer_seconds(settings: Settings, text: str = "宝宝发烧怎么办") -> float:
    """A fresh process over a house that was set up before (database imported, vectors at hand)."""
    environment = {
        **os.environ,
        "DATABASE_URL": settings.database,
        "SPROUT_DATA_DIR": str(settings.data_dir),
        "SPROUT_CACHE_DIR": str(settings.cache),
        "SPROUT_RASA": "false",
    }
    started = perf_counter()
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "bot.cli", "ask", text, "--json"],
        cwd=HOME, env=environment, capture_output=True, timeout=_LONGEST_SECONDS, check=True,
    )  # fmt: skip
    json.loads(done.stdout)
    return round(perf_counter() - started, 2)


def resident_mb(pid: int | None = None) -> float | None:
    """Memory of a process (default: this one) in MB; of others only where /proc tells."""
    status = Path(f"/proc/{pid or 'self'}/status")
    try:
        line = next(row for row in status.read_text().splitlines() if row.startswith("VmRSS"))
        return round(int(line.split()[1]) / 1024, 1)
    except (OSError, StopIteration):
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return round(most / (1024 * 1024 if sys.platform == "darwin" else 1024), 1) if pid is None else None
