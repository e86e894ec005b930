"""Small groups are hidden, and so much beside them that nobody can work them out from the totals.

A table is numbers with a total for each row and column. A number of 1 to 4 is hidden. With one hidden number in a row,
the total less the others would give it away: so others are hidden too, until every hidden number stands in a circle of
hidden numbers (row, column, row, ... and back) and the hidden ones of a line add up to five or more. In the graph of
rows and columns that the hidden numbers make, a number can be worked out exactly when it is a bridge.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

FEWEST = 5

_TRIED = 12  # numbers that are considered before one more is hidden

Cell = tuple[int, int]
Node = tuple[bool, int]  # a row, or a column


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
    if len(rows) == 1 or len(columns) == 1:
        return _one_line(rows, columns, numbers, shown_totals)
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


def _one_line(
    rows: Sequence[str], columns: Sequence[str], numbers: Sequence[Sequence[int]], shown: Sequence[int | None] | None
) -> Table:
    """Numbers of one row, or of one column, with their total."""
    line = [value for part in numbers for value in part]
    total = sum(line)
    hides_total = 0 < total < FEWEST if shown is None else shown[-1] is None
    hidden = {place for place, value in enumerate(line) if 0 < value < FEWEST}
    if not hides_total:
        while hidden and (len(hidden) == 1 or sum(line[place] for place in hidden) < FEWEST):
            rest = [place for place, value in enumerate(line) if place not in hidden and value > 0]
            rest = rest or [place for place in range(len(line)) if place not in hidden]
            if not rest:
                break
            hidden.add(min(rest, key=lambda place: line[place]))
    own = tuple(None if place in hidden else value for place, value in enumerate(line))
    whole = None if hides_total else total
    if len(rows) == 1:
        return Table(tuple(rows), tuple(columns), ((*own, whole), (*own, whole)))
    cells = tuple((value, value) for value in own)
    return Table(tuple(rows), tuple(columns), (*cells, (whole, whole)))


def _next_to_hide(whole: list[list[int]], hidden: set[Cell], fixed: set[Cell]) -> Cell | None:
    """Beside the numbers that could be worked out, the one that saves most; None when none can be worked out."""
    beside = {cell for place in _given_away(whole, hidden) for cell in _beside(whole, place)} - hidden - fixed
    cheapest = sorted(beside, key=lambda cell: _price(whole, cell))[:_TRIED]
    if not cheapest:
        return None
    return min(cheapest, key=lambda cell: (_price(whole, cell)[0], len(_given_away(whole, {*hidden, cell}))))


def _price(whole: list[list[int]], cell: Cell) -> tuple[bool, bool, int, Cell]:
    """What is lost by hiding it: totals last, and a zero hides less than it seems."""
    row, column = cell
    is_total = row == len(whole) - 1 or column == len(whole[0]) - 1
    return is_total, whole[row][column] == 0, whole[row][column], cell


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
    """Edges of the graph of rows and columns that are in no circle (Tarjan's low links, without recursion)."""
    near: dict[Node, list[tuple[Node, Cell]]] = {}
    for edge in edges:
        row, column = (False, edge[0]), (True, edge[1])
        near.setdefault(row, []).append((column, edge))
        near.setdefault(column, []).append((row, edge))
    entered: dict[Node, int] = {}
    low: dict[Node, int] = {}
    found: set[Cell] = set()
    for start in near:
        if start in entered:
            continue
        entered[start] = low[start] = len(entered)
        path: list[tuple[Node, Cell | None, Iterator[tuple[Node, Cell]]]] = [(start, None, iter(near[start]))]
        while path:
            node, came_by, rest = path[-1]
            step = next(((other, edge) for other, edge in rest if edge != came_by), None)
            if step is None:
                path.pop()
                if path:
                    before = path[-1][0]
                    low[before] = min(low[before], low[node])
                    if low[node] > entered[before] and came_by is not None:
                        found.add(came_by)
            elif step[0] in entered:
                low[node] = min(low[node], entered[step[0]])
            else:
                entered[step[0]] = low[step[0]] = len(entered)
                path.append((step[0], step[1], iter(near[step[0]])))
    return found
