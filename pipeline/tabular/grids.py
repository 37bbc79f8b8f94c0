r"""Tables in a text: lines whose cells are parted by tabs, upright strokes or several spaces. Layout only, no word is read.

A cell knows its column where the layout says it: by tabs, where it is the number of tabs before it (`markup` sees to
that for HTML), by strokes, and by order where all rows have as many cells. Rows parted by spaces alone lose empty
cells: see `spacing`.

>>> text = "单位：元\n项目\t2023年\n收入\t5\n成本\t3\n完"
>>> [[text[c.start : c.end] for c in row] for row in grids(text)[0].rows]
[['项目', '2023年'], ['收入', '5'], ['成本', '3']]
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from pipeline.tabular.cell import BREAK, Cell, Row
from pipeline.tabular.spacing import set_in_columns

__all__ = ["Grid", "grids"]

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


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: at least two rows, some with several cells. A row of one cell names the rows below it."""

    rows: tuple[Row, ...]
    above: tuple[tuple[int, int], ...] = ()  # lines above that may speak of it, the nearest first
    below: tuple[int, int] = (0, 0)  # the line below
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
                _say_below(out, before)
                open_ = _Lines(above=tuple(reversed(before[-_ABOVE:])))
                before = []
            open_.rows.append(row)
            open_.spaced = bool(spaced)
        elif open_:
            open_.title = row
        else:
            before.append((row[0].start, row[0].end))
    if open_:
        before = _close(text, open_, out)
    _say_below(out, before)
    return out


def _say_below(out: list[Grid], lines: Sequence[tuple[int, int]]) -> None:
    """Gives the last table the line below it, of the lines since."""
    if out and lines:
        out[-1] = replace(out[-1], below=lines[0])


def _headed(text: str, table: _Lines, out: list[Grid]) -> _Lines:
    """A table below whose first rows a line of strokes stands; of one that goes on for longer the last row begins another."""
    if len(table.rows) == 1 or (not table.head and len(table.rows) < _HEAD_ROWS):
        table.head = len(table.rows)
        return table
    first = table.rows.pop()
    table.title = table.rows.pop() if len(table.rows[-1]) == 1 else ()
    between = _close(text, table, out)
    _say_below(out, between)
    return _Lines(rows=[first], above=tuple(reversed(between[-_ABOVE:])), head=1)


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
    if table.spaced:
        fits = any(len(row) == len(above) for above in table.rows)
    else:
        fits = row[-1].column == table.rows[-1][-1].column
    return fits and _has_figures(text, row)


def _has_figures(text: str, row: Row) -> bool:
    return any(_DIGIT.search(text, cell.start, cell.end) for cell in row[1:])


def _close(text: str, table: _Lines, out: list[Grid]) -> list[tuple[int, int]]:
    """Adds a finished table to those found; returns the lines that turned out not to belong to it."""
    rows = table.rows
    if len(rows) > 1:
        out.append(Grid(tuple(_aligned(text, table)), table.above, head=table.head))
        left = []
    else:
        left = [(row[0].start, row[-1].end) for row in rows]
    return left + [(cell.start, cell.end) for cell in table.title]


def _aligned(text: str, table: _Lines) -> Iterator[Row]:
    """The rows with columns: of those parted by signs, by order where all have as many cells."""
    rows = table.rows
    if table.spaced:
        yield from set_in_columns(text, rows)
    elif len({len(row) for row in rows if len(row) > 1}) > 1:
        yield from rows
    else:
        yield from (tuple(replace(cell, column=i) for i, cell in enumerate(row)) for row in rows)


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
