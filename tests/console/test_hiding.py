"""Small groups are hidden, and what is shown does not give them away: checked by linear algebra."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.statistics.hiding import FEWEST, Table, hidden_table

number = st.one_of(st.integers(0, 8), st.integers(0, 300))
tables = st.integers(1, 6).flatmap(
    lambda columns: st.lists(st.lists(number, min_size=columns, max_size=columns), min_size=1, max_size=8)
)


def names(count: int) -> list[str]:
    return [str(n) for n in range(count)]


def of(numbers: list[list[int]]) -> Table:
    return hidden_table(names(len(numbers)), names(len(numbers[0])), numbers)


def worked_out(table: Table) -> list[tuple[int, int]]:
    """Hidden numbers that follow from the shown ones, because each line adds up to its total."""
    rows, columns = len(table.rows), len(table.columns)
    places = [(r, c) for r in range(rows + 1) for c in range(columns + 1)]
    hidden = [place for place in places if table.cells[place[0]][place[1]] is None]
    equations = []
    for r in range(rows + 1):
        equations.append([(1 if c < columns else -1) if row == r else 0 for row, c in hidden])
    for c in range(columns + 1):
        equations.append([(1 if r < rows else -1) if column == c else 0 for r, column in hidden])
    known = np.array(equations, float).reshape(len(equations), len(hidden))
    rank = np.linalg.matrix_rank(known) if hidden else 0
    found = []
    for place in range(len(hidden)):
        unit = np.zeros((1, len(hidden)))
        unit[0, place] = 1
        if np.linalg.matrix_rank(np.vstack([known, unit])) == rank:
            found.append(hidden[place])
    return found


@settings(max_examples=300, deadline=None)
@given(tables)
def test_no_small_group_is_shown_and_none_can_be_worked_out(numbers: list[list[int]]) -> None:
    table = of(numbers)
    for line in table.cells:
        assert all(value is None or value == 0 or value >= FEWEST for value in line)
    assert worked_out(table) == []


@settings(max_examples=200, deadline=None)
@given(tables)
def test_what_is_hidden_together_is_no_small_group_either(numbers: list[list[int]]) -> None:
    table = of(numbers)
    for place, line in enumerate(table.cells[:-1]):
        gone = [numbers[place][c] for c, value in enumerate(line[:-1]) if value is None]
        if gone and line[-1] is not None and sum(gone):
            assert sum(gone) >= FEWEST


@given(tables)
def test_what_is_shown_is_true(numbers: list[list[int]]) -> None:
    table = of(numbers)
    for shown, true in zip(table.cells[:-1], numbers, strict=True):
        assert all(value is None or value == real for value, real in zip(shown, [*true, sum(true)], strict=True))


def test_large_groups_are_all_shown() -> None:
    assert of([[20, 30], [40, 50]]).cells == ((20, 30, 50), (40, 50, 90), (60, 80, 140))


def test_one_small_group_takes_the_smallest_other_with_it() -> None:
    assert of([[3, 10, 16]]).cells[0] == (None, None, 16, 29)


def test_a_small_total_is_hidden_with_all_that_it_consists_of() -> None:
    assert of([[1, 2]]).cells[0] == (None, None, None)


def test_nothing_counted_is_shown_as_nothing() -> None:
    assert of([[0, 0], [0, 0]]).is_empty


@settings(max_examples=150, deadline=None)
@given(tables)
def test_two_tables_of_the_same_people_hide_the_same_totals(numbers: list[list[int]]) -> None:
    sums = [sum(line[c] for line in numbers) for c in range(len(numbers[0]))]
    first = hidden_table(["all"], names(len(sums)), [sums])
    second = hidden_table(names(len(numbers)), names(len(sums)), numbers, shown_totals=first.cells[-1])
    assert second.cells[-1] == first.cells[-1]
    assert worked_out(second) == []
