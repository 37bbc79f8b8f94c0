"""The columns of a section of a table, and the headers above each: what it measures, at what time, which hold units or years."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property

from pipeline.model import Date
from pipeline.tabular.amounts import read_unit
from pipeline.tabular.cell import Cell, Row
from pipeline.tabular.labels import Label
from pipeline.tabular.page import EMPTY, FIGURES, STAGE, YEAR, Page
from pipeline.tabular.terms import is_projected, is_word, year_of

__all__ = ["Columns"]

_MOSTLY = 0.6  # of the cells of a column that is one of figures
_FEW = 3  # columns that headers without a unit, kind or date make sure


class Columns:
    """The columns of rows below the same headers; ``sure`` when the layout itself marks the headers."""

    def __init__(self, page: Page, head: Sequence[Row], body: Sequence[Row], sure: bool) -> None:
        self.page, self.head, self.body, self.sure = page, head, body, sure

    @cached_property
    def cells(self) -> dict[int, list[Cell]]:
        """The cells of each column, below the headers."""
        out: dict[int, list[Cell]] = {}
        for row in self.body:
            for cell in row:
                if cell.column >= 0:
                    out.setdefault(cell.column, []).append(cell)
        return out

    def share(self, column: int, kinds: Iterable[str]) -> float:
        """How many of a column's cells are of some kinds; those that say that there is no figure don't count."""
        told = self._told.get(column, Counter())
        total = told.total()
        return sum(told[kind] for kind in kinds) / total if total else 0.0

    @cached_property
    def _told(self) -> dict[int, Counter[str]]:
        """How many cells of each kind a column has."""
        kind = self.page.kind
        return {
            column: Counter(k for cell in cells if (k := kind(cell)) != EMPTY) for column, cells in self.cells.items()
        }

    # headers

    @cached_property
    def header_cells(self) -> dict[int, list[Cell]]:
        """The header cells above each column, the lowest first; one above several columns is above each of them."""
        lower: set[int] = set()
        out: dict[int, list[Cell]] = {}
        for row in reversed(self.head):
            at = {cell.column: cell for cell in row if cell.column >= 0}
            last: Cell | None = None
            for column in sorted({*at, *lower, *self.cells}):
                last = at.get(column, last if column in lower and last and last.column in lower else None)
                if last:
                    out.setdefault(column, []).append(last)
            lower |= at.keys()
        return out

    @cached_property
    def headers(self) -> dict[int, list[Label]]:
        """What the headers above each column say, the lowest first."""
        return {column: [self._header(cell) for cell in stack] for column, stack in self.header_cells.items()}

    def _header(self, cell: Cell) -> Label:
        if self.page.kind(cell) == YEAR:
            date = self.years.get(cell)
            return Label(date=date, dates=1 if date else 0, projected=is_projected(self.page.text(cell)))
        return self.page.label(cell)

    def is_reference(self, column: int) -> bool:
        """Whether the numbers of a column count nothing: those of rows, notes, telephones."""
        return any(label.reference for label in self.headers.get(column, ()))

    @cached_property
    def of_units(self) -> int | None:
        """The column that holds the unit of each row."""
        for column, stack in self.header_cells.items():
            if any(is_word("unit", self.page.text(cell)) for cell in stack):
                below = self.cells.get(column, [])
                read = sum(bool(read_unit(self.page.text(cell), self.page.region)) for cell in below)
                if below and 2 * read > len(below):
                    return column
        return None

    # times

    @cached_property
    def years(self) -> dict[Cell, Date]:
        """The cells that are bare years: several in a row of headers, or a column below 年份."""
        kind = self.page.kind
        rows = [[cell for cell in row if kind(cell) == YEAR] for row in self.head]
        stacks = [
            [cell for cell in cells if kind(cell) == YEAR] for c, cells in self.cells.items() if self._of_years(c)
        ]
        out: dict[Cell, Date] = {}
        for line in (*rows, *stacks):
            named = [year_of(self.page.text(cell)) for cell in line]
            if len(named) > 1 and named in (sorted(set(named)), sorted(set(named), reverse=True)):
                out.update({cell: _year(self.page, cell) for cell in line})
        return out

    def _of_years(self, column: int) -> bool:
        """Whether a column holds years and nothing else: its header says so, or it has none and they follow each other."""
        if self.share(column, {YEAR}) < 1:
            return False
        stack = [self.page.text(cell) for cell in self.header_cells.get(column, ())]
        if stack or column != min(self.cells):
            return any(is_word("years", text) for text in stack)
        years = sorted(year_of(self.page.text(cell)) for cell in self.cells[column] if self.page.kind(cell) == YEAR)
        return len(years) > 2 and years == list(range(years[0], years[-1] + 1))

    @cached_property
    def dates(self) -> dict[int, Date]:
        """The time that each column's headers name, if one."""
        return {column: date for column, stack in self.headers.items() if (date := _time(stack))}

    @cached_property
    def has_dates(self) -> bool:
        """Whether any header names a time."""
        return any(label.dates for stack in self.headers.values() for label in stack if not label.change)

    # what is measured

    @cached_property
    def changes(self) -> list[int]:
        """The columns of changes, from the left."""
        changing = (c for c, stack in self.headers.items() if any(label.change for label in stack))
        return sorted(c for c in changing if self.share(c, FIGURES))

    @cached_property
    def nouns(self) -> dict[int, Label | None]:
        """What each column measures: what its header names, of a change without a name what the figures before it measure."""
        return {column: self._measured(column) for column in self.cells}

    def _measured(self, column: int) -> Label | None:
        label = self._noun(column)
        if label or column not in self.changes:
            return label
        for before in sorted((c for c in self.cells if c < column), reverse=True):
            stack = self.headers.get(before, ())
            if self.share(before, FIGURES) and not any(other.share or other.change for other in stack):
                return self._noun(before)
        return None

    def _noun(self, column: int) -> Label | None:
        """The lowest header of a column that names what it measures; none where the column is not one of figures."""
        stack = self.headers.get(column, ())
        label = next((label for label in stack if label.noun), None)
        if label is None or self.share(column, FIGURES) <= _MOSTLY:
            return None
        plain = len(self.cells) < _FEW and not self.sure
        return None if plain and not (label.units or label.kinds or label.date or label.number) else label


def _time(stack: Sequence[Label]) -> Date | None:
    """The time that headers above each other name: one, or the finer of two that agree."""
    dates = [label.date for label in stack if label.date]
    if len(dates) == 1:
        return dates[0]
    if len(dates) == 2 and dates[0].extent[0] == 0 < dates[1].extent[0]:
        return dates[0]  # 截至12月31日止年度, 2022年
    if len(dates) == 2 and dates[0].value[:4] == dates[1].value[:4] and not any(label.change for label in stack):
        return dates[0]
    return None


def _year(page: Page, cell: Cell) -> Date:
    """The date that a bare year is."""
    text = page.text(cell)
    year, is_roc = year_of(text), not text[:4].isdecimal()
    return Date(
        cell.start,
        cell.end if is_roc else cell.start + 4,
        "table.year",
        STAGE,
        str(year),
        f"{year}-01-01",
        f"{year}-12-31",
        "year",
        "roc" if is_roc else "gregorian",
    )
