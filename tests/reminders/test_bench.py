"""sprout bench reminders, with a few rows."""

from __future__ import annotations

import json

import pytest

from bot.cli import main


@pytest.mark.slow
def test_the_bench_loses_and_doubles_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "reminders", "--rows", "600", "--waiting", "300", "--against", "20", "--json"]) == 0
    result = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert (result["rows"], result["lost"], result["doubled"]) == (600, 0, 0)
    assert result["seconds"] > 0
    assert [step["waiting"] for step in result["sqlite"]["ticks"]["steps"]] == [0, 30, 300]
    assert (result["against"]["lost"], result["against"]["doubled"]) == (0, 0)
