"""Nobody writes faster than the pace allows, and nobody who keeps to it waits."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.web.pace import Allowance, Gate, Pace
from tests.conftest import NOW

WIDE = Allowance(at_once=10**6, a_minute=10**6)


@given(
    at_once=st.integers(1, 8),
    a_minute=st.integers(1, 120),
    pauses=st.lists(st.floats(0, 90, allow_nan=False), max_size=60),
)
def test_in_any_time_no_more_passes_than_the_store_and_what_refilled(
    at_once: int, a_minute: int, pauses: list[float]
) -> None:
    gate = Gate(Pace(visitor=Allowance(at_once, a_minute), host=WIDE))
    now, passed = NOW, []
    for pause in pauses:
        now += timedelta(seconds=pause)
        if gate.wait(visitor="a", host="h", now=now) == 0:
            passed.append(now)
    for first, start in enumerate(passed):
        for last in range(first, len(passed)):
            minutes = (passed[last] - start).total_seconds() / 60
            assert last - first + 1 <= at_once + minutes * a_minute + 1e-6


@given(at_once=st.integers(1, 5), a_minute=st.integers(1, 60))
def test_who_waits_as_told_passes(at_once: int, a_minute: int) -> None:
    gate = Gate(Pace(visitor=Allowance(at_once, a_minute), host=WIDE))
    for _ in range(at_once):
        assert gate.wait(visitor="a", host="h", now=NOW) == 0
    seconds = gate.wait(visitor="a", host="h", now=NOW)
    assert seconds > 0
    assert gate.wait(visitor="a", host="h", now=NOW + timedelta(seconds=seconds)) == 0


def test_one_visitor_does_not_slow_another_but_their_network_may() -> None:
    gate = Gate(Pace(visitor=Allowance(1, 1), host=Allowance(3, 1)))
    assert gate.wait(visitor="a", host="h", now=NOW) == 0
    assert gate.wait(visitor="a", host="h", now=NOW) == 60
    assert gate.wait(visitor="b", host="h", now=NOW) == 0
    assert gate.wait(visitor="c", host="h", now=NOW) == 0
    assert gate.wait(visitor="d", host="h", now=NOW) == 60
    assert gate.wait(visitor="d", host="elsewhere", now=NOW) == 0
