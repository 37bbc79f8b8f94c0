"""Rows whose cells are parted by several spaces: which cells stand below each other, where empty ones leave no trace.

A row with fewer cells than others has its cells in the columns that they stand in, if the columns are set in line: the
figures of each begin, end or meet at the same place, as a page is printed (a Chinese character takes two places) or as
characters are counted. Where neither is so, or all gaps are alike, nobody can say which cell is missing.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.tabular.cell import UNKNOWN, Cell, Row

__all__ = ["set_in_columns"]

_SPACE = " \u3000\xa0"
_WIDE = frozenset("WF")
_DIGIT = re.compile(r"\d")
_OFF = 1  # places that figures may stand out of line

Extents = Sequence[tuple[int, int]]
"""Where the cells of a row begin and end, in places of the line."""


def set_in_columns(text: str, rows: Sequence[Row]) -> Iterator[Row]:
    """The rows with columns: by order where a row has as many cells as most, else by what it stands below.

    Above them a row with one cell less that is indented lacks the first.
    """
    rows = _spelled(text, rows)
    if len({len(row) for row in rows if len(row) > 1}) < 2:
        yield from (_numbered(row, range(len(row))) for row in rows)
        return
    lines = [_Line(text, row) for row in rows]
    readings = _readings(lines)
    usual = len(readings[0].starts) if readings else _usual(rows)
    above = True
    for line in lines:
        size = len(line.row)
        above = above and size != usual
        columns: Sequence[int] = range(size)
        if 1 < size != usual:
            columns = _below(readings, line)
            if not columns and above and size == usual - 1 and line.indented:
                columns = range(1, usual)
        yield _numbered(line.row, columns)


def _numbered(row: Row, columns: Sequence[int]) -> Row:
    """A row with its columns, unknown without any."""
    return tuple(replace(cell, column=columns[i] if columns else UNKNOWN) for i, cell in enumerate(row))


def _usual(rows: Sequence[Row]) -> int:
    """How many cells most rows have."""
    counts = Counter(len(row) for row in rows if len(row) > 1)
    return max(counts, key=lambda n: (counts[n], n), default=1)


# --- places -----------------------------------------------------------------------------------


class _Line:
    """A row as it stands in its line: the places of its cells, and what parts them."""

    def __init__(self, text: str, row: Row) -> None:
        self.text, self.row = text, row
        start = row[0].start
        while start > 0 and text[start - 1] in _SPACE:
            start -= 1
        self.start = start
        self.indented = start < row[0].start
        self.gaps = {after.start - before.end for before, after in pairwise(row)}
        self.has_figures = any(_DIGIT.search(text, cell.start, cell.end) for cell in row[1:])

    def extents(self, width: Callable[[str], int]) -> Extents:
        out, place, at = list[tuple[int, int]](), 0, self.start
        for cell in self.row:
            first = place + width(self.text[at : cell.start])
            place, at = first + width(self.text[cell.start : cell.end]), cell.end
            out.append((first, place))
        return out


def _printed(written: str) -> int:
    """The places that a text takes on a printed page."""
    return sum(2 if unicodedata.east_asian_width(char) in _WIDE else 1 for char in written)


class _Reading:
    """Columns set in line: where each begins and ends when places are counted one way."""

    def __init__(self, full: Sequence[_Line], width: Callable[[str], int]) -> None:
        self.width = width
        self.gaps = set[int]().union(*(line.gaps for line in full))
        places = [line.extents(width) for line in full]
        self.starts = [min(start for start, _ in column) for column in zip(*places, strict=True)]
        self.ends = [max(end for _, end in column) for column in zip(*places, strict=True)]
        figures = [extents for extents, line in zip(places, full, strict=True) if line.has_figures]
        apart = all(end < start for end, start in zip(self.ends, self.starts[1:], strict=False))
        self.holds = apart and all(_in_line(column) for column in list(zip(*figures, strict=True))[1:])

    def below(self, line: _Line) -> tuple[int, ...]:
        """The columns that the cells of a line stand in, () when one stands in none or in two; a long name may reach on."""
        if len(self.gaps | line.gaps) < 2:
            return ()
        found = list[int]()
        for start, end in line.extents(self.width):
            named = not found and start < self.ends[0]
            low, high = bisect_right(self.ends, start), bisect_left(self.starts, end)
            over = range(low, min(high, low + 1) if named else high)
            if len(over) != 1 or (found and over[0] <= found[-1]):
                return ()
            found += over
        return tuple(found)


def _in_line(cells: Extents) -> bool:
    """Whether figures below each other begin or end at the same place, or one place is in all of them."""
    starts, ends = zip(*cells, strict=True)
    return max(starts) < min(ends) or any(max(edge) - min(edge) <= _OFF for edge in (starts, ends))


def _readings(lines: Sequence[_Line]) -> list[_Reading]:
    """The ways to count places in which the rows with most cells are set in line."""
    counts = Counter(len(line.row) for line in lines)
    most = max((n for n, rows in counts.items() if n > 1 < rows), default=0)
    full = [line for line in lines if len(line.row) == most > 0]
    readings = [_Reading(full, width) for width in (_printed, len)] if full else []
    return [reading for reading in readings if reading.holds]


def _below(readings: Sequence[_Reading], line: _Line) -> tuple[int, ...]:
    """The columns of a line, () where readings differ or none says."""
    found = {columns for reading in readings if (columns := reading.below(line))}
    return found.pop() if len(found) == 1 else ()


# --- words that are spaced out ----------------------------------------------------------------


def _spelled(text: str, rows: Sequence[Row]) -> Sequence[Row]:
    """The rows with words that are spaced out (合    计) as one cell, where a row has as many cells as others only then."""
    joined = [tuple(_joined(text, row)) for row in rows]
    one, other = (rows, joined) if _lengths(rows) <= _lengths(joined) else (joined, rows)
    usual = _usual(one)
    return [b if len(a) != usual == len(b) else a for a, b in zip(one, other, strict=True)]


def _lengths(rows: Sequence[Row]) -> int:
    """How many numbers of cells the rows have."""
    return len({len(row) for row in rows if len(row) > 1})


def _joined(text: str, cells: Sequence[Cell]) -> Iterator[Cell]:
    """Cells of one Chinese character each are one word."""
    last, spaced = cells[0], _is_spaced(text, cells[0])
    for cell in cells[1:]:
        if spaced and cell.end - cell.start == 1 and text[cell.start] > "\u2fff":
            last = replace(last, end=cell.end)
            continue
        yield last
        last, spaced = cell, _is_spaced(text, cell)
    yield last


def _is_spaced(text: str, cell: Cell) -> bool:
    """Whether a cell is one Chinese character, or several that single spaces part."""
    return all(text[n] > "\u2fff" or text[n].isspace() for n in range(cell.start, cell.end)) and (
        cell.end - cell.start == 1 or text[cell.start + 1].isspace()
    )
