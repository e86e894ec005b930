"""Small groups are hidden, and so much beside them that nobody can work them out from the totals.

A table is numbers with a total for each row and column. A number of 1 to 4 is hidden. With one hidden number in a row,
the total less the others would give it away: so others are hidden too, until every hidden number stands in a circle of
hidden numbers (row, column, row, ... and back) and the hidden ones of a line add up to five or more. In the graph of
rows and columns that the hidden numbers make, a number can be worked out exactly when it is a bridge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

FEWEST = 5

Cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` x `columns` numbers with the totals as a last row and column; None where it is hidden."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[int | None, ...], ...]

    def row(self, number: int) -> tuple[int | None, ...]:
        """Without its total."""
        return self.cells[number][:-1]

    @property
    def row_totals(self) -> tuple[int | None, ...]:
        return tuple(line[-1] for line in self.cells[:-1])

    @property
    def totals(self) -> tuple[int | None, ...]:
        """Of the columns."""
        return self.cells[-1][:-1]

    @property
    def total(self) -> int | None:
        return self.cells[-1][-1]

    @property
    def is_empty(self) -> bool:
        return all(value == 0 for line in self.cells for value in line)


def hidden_table(
    rows: Sequence[str],
    columns: Sequence[str],
    numbers: Sequence[Sequence[int]],
    *,
    shown_totals: Sequence[int | None] | None = None,
) -> Table:
    """The table with its totals, small groups hidden.

    `shown_totals`: totals of the columns and of all, as another page shows them already (None: hidden there): tables
    of the same people have to hide the same totals.
    """
    whole = [[*line, sum(line)] for line in numbers]
    whole.append([sum(line[place] for line in whole) for place in range(len(columns) + 1)])
    fixed: set[Cell] = set()
    hidden = {(r, c) for r, line in enumerate(whole) for c, value in enumerate(line) if 0 < value < FEWEST}
    if shown_totals is not None:
        last = len(whole) - 1
        for place, shown in enumerate(shown_totals):
            if shown is None:
                hidden.add((last, place))
            else:
                hidden.discard((last, place))
                fixed.add((last, place))
    while (more := _next_to_hide(whole, hidden, fixed)) is not None:
        hidden.add(more)
    cells = tuple(
        tuple(None if (r, c) in hidden else value for c, value in enumerate(line)) for r, line in enumerate(whole)
    )
    return Table(tuple(rows), tuple(columns), cells)


def hidden_row(numbers: Sequence[int]) -> tuple[list[int | None], int | None]:
    """The numbers of one line and their total, small ones hidden."""
    table = hidden_table([""], [str(place) for place in range(len(numbers))], [numbers])
    return list(table.cells[0][:-1]), table.cells[0][-1]


def _next_to_hide(whole: list[list[int]], hidden: set[Cell], fixed: set[Cell]) -> Cell | None:
    """The smallest number beside one that could be worked out; None when none can be."""
    for place in sorted(_given_away(whole, hidden)):
        open_ones = [cell for cell in _beside(whole, place) if cell not in hidden and cell not in fixed]
        if open_ones:
            return min(open_ones, key=lambda cell: (whole[cell[0]][cell[1]] == 0, whole[cell[0]][cell[1]], cell))
    return None


def _beside(whole: list[list[int]], place: Cell) -> list[Cell]:
    """The other numbers of the same row and column."""
    row, column = place
    across = [(row, c) for c in range(len(whole[0])) if c != column]
    down = [(r, column) for r in range(len(whole)) if r != row]
    return across + down


def _given_away(whole: list[list[int]], hidden: set[Cell]) -> set[Cell]:
    """Hidden numbers that the shown ones determine, and those of lines whose hidden numbers are too few together."""
    found = _bridges(hidden)
    last_row, last_column = len(whole) - 1, len(whole[0]) - 1
    lines = [[(r, c) for c in range(last_column + 1)] for r in range(last_row + 1)]
    lines += [[(r, c) for r in range(last_row + 1)] for c in range(last_column + 1)]
    for line in lines:
        own = [cell for cell in line if cell in hidden]
        total = line[-1]
        if own and total not in hidden and 0 < sum(whole[r][c] for r, c in own) < FEWEST:
            found |= set(own)
    return found


def _bridges(edges: set[Cell]) -> set[Cell]:
    """Edges of the graph of rows and columns that are in no circle."""
    found = set()
    for edge in edges:
        row, column = edge
        seen, waiting = {("row", row)}, [("row", row)]
        while waiting:
            kind, number = waiting.pop()
            for r, c in edges - {edge}:
                if (r if kind == "row" else c) == number:
                    other = ("column", c) if kind == "row" else ("row", r)
                    if other not in seen:
                        seen.add(other)
                        waiting.append(other)
        if ("column", column) not in seen:
            found.add(edge)
    return found
