r"""Tables in a text: lines whose cells are parted by tabs, upright strokes or several spaces. Layout only, no word is read.

A cell knows its column where the layout says it: by tabs, where it is the number of tabs before it (`markup` sees to
that for HTML), by strokes, and by order where all rows have as many cells. Rows parted by spaces alone lose empty
cells, so that only rows with as many cells as others say what stands below what.

>>> text = "单位：元\n项目\t2023年\n收入\t5\n成本\t3\n完"
>>> [[text[c.start : c.end] for c in row] for row in grids(text)[0].rows]
[['项目', '2023年'], ['收入', '5'], ['成本', '3']]
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from pipeline.model import record

__all__ = ["BREAK", "UNKNOWN", "Cell", "Grid", "Row", "grids"]

BREAK = "\u2002"
"""Parts the lines of one cell of a web page (`markup`): a newline would end its row."""

_LINE = re.compile(r"[^\r\n\x0b\x0c\x85\u2028\u2029]+")
_TABLE = re.compile(r"[^\s|](?:[ \u3000\xa0]{2,}[^\s|]|[ \u3000\xa0]*[\t|])")  # a line that may be a row
_TABS = re.compile(r"\t")
_STROKES = re.compile(r"(?<!\\)\|")
_SPACES = re.compile(r"[ \u3000\xa0]{2,}|\t[ \u3000\xa0\t]*|[ \u3000\xa0]\t[ \u3000\xa0\t]*")
_RULE = re.compile(r"[\s|:+=_-]*-{2,}[\s|:+=_-]*")  # |---|:--:|
_DIGIT = re.compile(r"\d")
_EDGE = " \t\u3000\xa0*`" + BREAK  # of a cell: white space, marks of bold type
_ABOVE = 3  # lines above a table that may speak of it
_LONGEST = 2_000  # characters of a row
_HEAD_ROWS = 3  # above a line of strokes
_FEW = 3  # rows before a blank line
_BLANK = re.compile(r"(?:\r\n?|\n)[ \t\u3000\xa0]*(?:\r\n?|\n)")
_TITLE = 30  # characters of a line within a table that names what follows

UNKNOWN = -1
"""The column of a cell in a row that has more or fewer cells than the others."""

Row = tuple["Cell", ...]


@record(frozen=True, slots=True)
class Cell:
    """A cell that isn't empty, trimmed of white space."""

    start: int
    end: int
    column: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: at least two rows, some with several cells. A row of one cell names the rows below it."""

    rows: tuple[Row, ...]
    above: tuple[tuple[int, int], ...] = ()  # lines above that may speak of it, the nearest first
    head: int = 0  # rows above a line of strokes: those that are surely headers


@dataclass(slots=True)
class _Lines:
    """The rows of one table so far."""

    rows: list[Row] = field(default_factory=list)
    above: tuple[tuple[int, int], ...] = ()
    head: int = 0
    spaced: bool = False  # by spaces alone
    title: Row = ()  # a line of one cell, of this table if a row follows that goes on with it
    blank: int = 0  # lines since the last row


def grids(text: str) -> list[Grid]:
    """The tables of a text, in order. One search for a text without tables, else linear in its length."""
    if not _TABLE.search(text):
        return []
    out: list[Grid] = []
    before: list[tuple[int, int]] = []  # lines since the last table
    open_: _Lines | None = None
    for line in _LINE.finditer(text):
        start, end = line.span()
        if open_ and "|" in line[0] and _RULE.fullmatch(text, start, end):
            open_ = _headed(text, open_, out)
            continue
        row, spaced = _row(text, start, end)
        if not row:
            continue
        if open_ and not _goes_on(open_, row, bool(spaced), text):
            before += _close(text, open_, out)
            open_ = None
        if open_:
            open_.rows += [open_.title] if open_.title and len(row) > 1 else []
            open_.title = ()
        if len(row) > 1 or (open_ and spaced is None and "\t" in line[0]):
            if open_ is None:
                open_ = _Lines(above=tuple(reversed(before[-_ABOVE:])))
                before = []
            open_.rows.append(row)
            open_.spaced = bool(spaced)
        elif open_:
            open_.title = row
        else:
            before.append((row[0].start, row[0].end))
    if open_:
        _close(text, open_, out)
    return out


def _headed(text: str, table: _Lines, out: list[Grid]) -> _Lines:
    """A table below whose first rows a line of strokes stands; of one that goes on for longer the last row begins another."""
    if len(table.rows) == 1 or (not table.head and len(table.rows) < _HEAD_ROWS):
        table.head = len(table.rows)
        return table
    table.title = ()
    first = table.rows.pop()
    return _Lines(rows=[first], above=tuple(reversed(_close(text, table, out)[-_ABOVE:])), head=1)


def _goes_on(table: _Lines, row: Row, spaced: bool, text: str) -> bool:
    """Whether a line belongs to the table before it: a row, also behind a short line of one cell when it has numbers."""
    if len(row) == 1:
        return not table.title and row[0].end - row[0].start <= _TITLE
    if spaced != table.spaced:
        return False
    if not table.rows or (
        row[0].start - table.rows[-1][-1].end > 1 and _BLANK.search(text, table.rows[-1][-1].end, row[0].start)
    ):
        return _has_figures(text, row) or not any(_has_figures(text, above) for above in table.rows[-_FEW:])
    if not table.title:
        return True
    last = table.rows[-1]
    fits = len(row) == len(last) if table.spaced else row[-1].column == last[-1].column
    return fits and _has_figures(text, row)


def _has_figures(text: str, row: Row) -> bool:
    return any(_DIGIT.search(text, cell.start, cell.end) for cell in row[1:])


def _close(text: str, table: _Lines, out: list[Grid]) -> list[tuple[int, int]]:
    """Adds a finished table to those found; returns the lines that turned out not to belong to it."""
    rows = table.rows
    if len(rows) > 1:
        out.append(Grid(tuple(_aligned(text, rows, table.spaced)), table.above, table.head))
        left = []
    else:
        left = [(row[0].start, row[-1].end) for row in rows]
    return left + [(cell.start, cell.end) for cell in table.title]


def _aligned(text: str, rows: Sequence[Row], spaced: bool) -> Iterator[Row]:
    """The rows with columns by order, where all have as many cells; of those parted by spaces, the others have none.

    Above them a row with one cell less that is indented lacks the first. Cells of one Chinese character each are a
    word that was spaced out (合    计) where the row has as many cells as others only then.
    """
    if spaced:
        joined = [tuple(_joined(text, row)) for row in rows]
        one, other = (rows, joined) if _lengths(rows) <= _lengths(joined) else (joined, rows)
        usual = _usual(one)
        rows = [b if len(a) != usual == len(b) else a for a, b in zip(one, other, strict=True)]
    usual = _usual(rows)
    if _lengths(rows) > 1 and not spaced:
        yield from rows
        return
    above = True
    for row in rows:
        above = above and len(row) != usual
        indented = row[0].start > 0 and text[row[0].start - 1] in " \u3000\xa0"
        first = 1 if above and len(row) == usual - 1 and indented else 0
        known = len(row) == usual or len(row) == 1 or first
        yield tuple(replace(cell, column=i + first if known else UNKNOWN) for i, cell in enumerate(row))


def _lengths(rows: Sequence[Row]) -> int:
    """How many numbers of cells the rows have."""
    return len({len(row) for row in rows if len(row) > 1})


def _usual(rows: Sequence[Row]) -> int:
    """How many cells most rows have."""
    counts = Counter(len(row) for row in rows if len(row) > 1)
    return max(counts, key=lambda n: (counts[n], n), default=1)


def _row(text: str, start: int, end: int) -> tuple[Row, bool | None]:
    """The cells of a line, and what parts them: None tabs or strokes, True spaces, False nothing."""
    if end - start > _LONGEST:
        return (), False
    if (at := text.find("|", start, end)) >= 0:
        first = start
        while first < end and text[first] in _EDGE:
            first += 1
        return tuple(_cells(text, first + (at == first), end, _STROKES)), None
    if text.find("\t", start, end) >= 0:
        return tuple(_cells(text, start, end, _TABS)), None
    row = tuple(_cells(text, start, end, _SPACES))
    return row, len(row) > 1


def _cells(text: str, start: int, end: int, sign: re.Pattern[str]) -> Iterator[Cell]:
    """The cells between signs that aren't empty; the column counts those that are."""
    borders = [(start, start), *(found.span() for found in sign.finditer(text, start, end)), (end, end)]
    for column, ((_, low), (high, _)) in enumerate(itertools.pairwise(borders)):
        while low < high and text[low] in _EDGE:
            low += 1
        while low < high and text[high - 1] in _EDGE:
            high -= 1
        if low < high:
            yield Cell(low, high, column)


def _joined(text: str, cells: Sequence[Cell]) -> Iterator[Cell]:
    """Cells of one Chinese character each are a word that was spaced out: 合    计."""
    last: Cell | None = None
    for cell in cells:
        if last and cell.end - cell.start == 1 and text[cell.start] > "\u2fff" and _is_spaced(text, last):
            last = replace(last, end=cell.end)
            continue
        if last:
            yield last
        last = cell
    if last:
        yield last


def _is_spaced(text: str, cell: Cell) -> bool:
    return all(text[n] > "\u2fff" or text[n].isspace() for n in range(cell.start, cell.end)) and (
        cell.end - cell.start == 1 or text[cell.start + 1].isspace()
    )
