"""Which rows of a grid are headers, which are figures below them, which lines are captions: a grid → sections.

A section is rows of figures below the same headers. A row of headers after figures begins another one, and so does a
caption within the table; a row of one cell names the rows below it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from pipeline.model import Date
from pipeline.tabular.amounts import Amount
from pipeline.tabular.cell import Cell, Row
from pipeline.tabular.columnheads import Columns
from pipeline.tabular.endings import Ending, captioned, titled
from pipeline.tabular.grids import Grid
from pipeline.tabular.labels import Label
from pipeline.tabular.page import EMPTY, FIGURES, TEXT, YEAR, Page
from pipeline.tabular.rownames import Names
from pipeline.tabular.terms import is_title, is_word

__all__ = ["CAPTION", "Above", "Caption", "Section", "captions", "parted", "refuse_unit", "sections"]

CAPTION = "table.caption"

_TITLE = 45  # characters of a line that is the title of a table
_SENTENCE = re.compile(r"[。；，！？]")
_NOTE = re.compile(r"[(（\[【][^()（）\[\]【】]*[)）\]】]")
_HEAD_ROWS = 4
_NOWHERE = Cell(0, 0, 0)


@dataclass(slots=True)
class Caption:
    """What the lines above a table say of its figures."""

    units: tuple[Amount, ...] = ()
    inner: Amount | None = None  # the unit of second numbers
    counts: bool = False  # first numbers count
    date: Date | None = None  # of the title
    cell: Cell = _NOWHERE  # the line that gives the units

    def without_date(self) -> Caption:
        """What goes on to hold for the next headers of the same table."""
        return Caption(self.units, self.inner, self.counts, None, self.cell)


@dataclass(frozen=True, slots=True)
class Above:
    """A row of one cell that names the rows below it."""

    cell: Cell = _NOWHERE
    label: Label | None = None


@dataclass
class Section:
    """Rows of figures below the same headers; ``above`` has for each the row that names it and others."""

    page: Page
    caption: Caption = field(default_factory=Caption)
    sure: bool = False  # the layout marks the headers
    head: list[Row] = field(default_factory=list)
    body: list[Row] = field(default_factory=list)
    above: list[Above] = field(default_factory=list)
    written: dict[tuple[str | int, ...], str] = field(default_factory=dict)  # units, as the text writes them

    @cached_property
    def columns(self) -> Columns:
        return Columns(self.page, self.head, self.body, self.sure)

    @cached_property
    def names(self) -> Names:
        return Names(self.page, self.columns, self.body)


def sections(page: Page, grid: Grid, captions: Sequence[Cell]) -> Iterator[Section]:
    """The rows of a table below their headers; ``captions`` are the lines outside it that speak of it."""
    now = Section(page, sure=grid.head > 0)
    for line in captions:
        _caption(now, line)
    above = Above()
    for number, row in enumerate(grid.rows):
        if any(captioned(page.text(cell), page.region) for cell in row):
            if now.body:
                yield now
                now = Section(page)
            for cell in row:
                _caption(now, cell)
        elif len(row) == 1 and not (now.body or now.head):
            _caption(now, row[0])
        elif len(row) == 1:
            above = Above(row[0], page.label(row[0])) if page.kind(row[0]) == TEXT else above
        elif not now.body and (number < grid.head or (len(now.head) < _HEAD_ROWS and _is_head(now, row))):
            now.head.append(row)
        elif now.body and _begins(now, row):
            yield now
            now, above = Section(page, now.caption.without_date(), head=[row]), Above()
        else:
            now.body.append(row)
            now.above.append(above)
    if now.body:
        yield now


# --- captions ---------------------------------------------------------------------------------


def parted(page: Page, grid: Grid) -> Iterator[Grid]:
    """The tables of a grid: a row that is a numbered title stands between two."""
    rows, first, above = grid.rows, 0, grid.above
    for n in (n for n, row in enumerate(rows) if len(row) == 1 and is_title(page.text(row[0]))):
        title = (rows[n][0].start, rows[n][0].end)
        if n > first:
            yield Grid(rows[first:n], above, title, grid.head if not first else 0)
        first, above = n + 1, (title, *(above if n == first else ()))
    if first < len(rows):
        yield replace(grid, rows=rows[first:], above=above, head=grid.head if not first else 0)


def captions(page: Page, tables: Sequence[Grid]) -> Iterator[Sequence[Cell]]:
    """For each table the lines that speak of it, the first one that does first: those above, or with numbered titles those below.

    Titles (表1 …) stand below where the last table has one there, and the first one none above.
    """
    below = _has_title(page, [tables[-1].below]) and not _has_title(page, tables[0].above)
    for table in tables:
        lines = [Cell(start, end, 0) for start, end in table.above]
        if below:
            title = Cell(*table.below, 0)
            yield [title, *itertools.takewhile(lambda line: not is_title(page.text(line)), lines)]
        else:
            yield lines


def _has_title(page: Page, lines: Sequence[tuple[int, int]]) -> bool:
    return any(is_title(page.shadow[start:end]) for start, end in lines)


def _caption(section: Section, line: Cell) -> None:
    """Takes units and date from a line above the table, if it is a caption or a title; the nearest line counts."""
    page, caption = section.page, section.caption
    text = page.text(line)
    said = Ending(0, captioned(text, page.region))
    title = len(text) <= _TITLE and not _SENTENCE.search(_NOTE.sub("", text))
    if not said.units and title:
        said = titled(text, page.region)
    refuse_unit(page, line, said.units)
    if not (caption.units or caption.inner) and (said.units or said.inner):
        caption.units, caption.inner, caption.counts, caption.cell = said.units, said.inner, said.counts, line
    dates = [date for date in page.inside(page.dates, line) if not date.relative]
    if title and caption.date is None and len(dates) == 1:
        caption.date = dates[0]


def refuse_unit(page: Page, cell: Cell, units: Sequence[Amount]) -> None:
    """Rejects what the rules read in a header or caption and is its unit: 百万港元."""
    for quantity in page.inside(page.quantities, cell):
        if any(page.shadow[quantity.start : quantity.end] in unit.text for unit in units):
            page.refuse(quantity, "the unit of a table", CAPTION)


# --- headers ----------------------------------------------------------------------------------


def _is_head(section: Section, row: Row) -> bool:
    """Whether a row above all figures holds headers: no figures, years only in the first row or beside no name."""
    page = section.page
    kinds = [page.kind(cell) for cell in row]
    if any(kind in FIGURES for kind in kinds) or all(kind == EMPTY for kind in kinds):
        return False
    if YEAR not in kinds:
        return True
    first = page.text(row[0])
    named = kinds[0] == TEXT and row[0].column == 0
    return not section.head or not named or is_word("generic", first) or is_word("years", first)


def _begins(section: Section, row: Row) -> bool:
    """Whether a row below figures is one of headers: it repeats the first header, or names times, units, changes."""
    page = section.page
    kinds = [page.kind(cell) for cell in row]
    if any(kind in FIGURES or kind == EMPTY for kind in kinds) or len(row) < 2:
        return False
    if section.head and page.text(row[0]) == page.text(section.head[0][0]):
        return True
    bare = row[0].column > 0  # above the names stands nothing
    if YEAR in kinds[1:] and TEXT not in kinds[1:]:
        return kinds.count(YEAR) > 1 and (bare or is_word("generic", page.text(row[0])))
    labels = [page.label(cell) for cell in row[0 if bare else 1 :]]
    return all(label.units or label.dates or label.change or label.share for label in labels)
