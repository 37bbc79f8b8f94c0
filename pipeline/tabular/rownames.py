"""The names of the rows of a section of a table: which column holds them for which figures, and what stands beside them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from pipeline.model import Date
from pipeline.tabular.cell import UNKNOWN, Cell, Row
from pipeline.tabular.columnheads import Columns
from pipeline.tabular.labels import Label
from pipeline.tabular.page import FIGURES, TEXT, YEAR, Page

__all__ = ["Names"]


class Names:
    """What the rows below the same headers are named; a row is meant by its number."""

    def __init__(self, page: Page, columns: Columns, body: Sequence[Row]) -> None:
        self.page, self.columns, self.body = page, columns, body
        self.at: list[dict[int, Cell]] = [{cell.column: cell for cell in row} for row in body]

    # columns of names

    @cached_property
    def candidates(self) -> list[int]:
        """The columns of text that may name the rows, from the left."""
        share = self.columns.share
        return [
            column
            for column in sorted(self.columns.cells)
            if column != self.columns.of_units
            and share(column, {TEXT}) > 0.5
            and not share(column, FIGURES)
            and not self.columns.is_reference(column)
        ]

    @cached_property
    def _naming(self) -> dict[int, tuple[int, list[int]]]:
        """For each column the one that names its rows and those that stand with it, where the layout leaves no doubt."""
        found = {column: self._named_by(column) for column in self.columns.cells}
        return {column: naming for column, naming in found.items() if naming}

    def _named_by(self, column: int) -> tuple[int, list[int]] | None:
        left = [name for name in self.candidates if name < column]
        if len(left) > 1 and self._begins_again(column, left):
            return left[-1], []
        leading = self._leading(left)
        if not leading or any(self._distinct(name) for name in left if name not in leading):
            return None
        name = next((name for name in leading if self._distinct(name)), leading[-1])
        return name, [other for other in leading if other != name]

    def column_of(self, column: int) -> int:
        """The column that names the rows of another one, `UNKNOWN` when none does."""
        return self._naming[column][0] if column in self._naming else UNKNOWN

    def _leading(self, left: Sequence[int]) -> list[int]:
        """Those of some columns of names that nothing stands before but others of them and what isn't measured."""
        return [name for name in left if all(c in left or self._idle(c) for c in range(name))]

    def _idle(self, column: int) -> bool:
        """Whether a column holds nothing that is measured: units, running numbers, dates, nothing."""
        columns = self.columns
        return (
            column == columns.of_units
            or column not in columns.cells
            or columns.is_reference(column)
            or not columns.share(column, FIGURES)
        )

    def _begins_again(self, column: int, left: Sequence[int]) -> bool:
        """Whether two tables stand side by side: the header of a column stands also above one before the last column of names."""
        said = self._said(column)
        return bool(said) and any(self._said(c) == said for c in self.columns.cells if left[0] < c < left[-1])

    def _said(self, column: int) -> list[str]:
        return [self.page.text(cell) for cell in self.columns.header_cells.get(column, ())]

    def _distinct(self, column: int) -> bool:
        """Whether a column names every row, and each otherwise."""
        named = [self.page.text(cell) for cell in self.columns.cells[column]]
        return len(named) == len(set(named)) == len(self.body)

    # names of rows

    def cell(self, number: int, column: int) -> Cell | None:
        """The cell that names the row of a figure; of a row whose columns nobody knows the first, where first cells are names."""
        if column == UNKNOWN:
            cell = self.body[number][0] if self._first_names else None
        else:
            cell = self.at[number].get(self.column_of(column))
        return cell if cell and self.page.kind(cell) == TEXT else None

    @cached_property
    def _first_names(self) -> bool:
        """Whether all figures are named by the first column."""
        return {name for name, _ in self._naming.values()} == {min(self.columns.cells, default=UNKNOWN)}

    def label(self, number: int, column: int) -> Label | None:
        """What the name of the row of a figure says."""
        cell = self.cell(number, column)
        return self.page.label(cell) if cell else None

    def measure(self, number: int, column: int) -> Cell | None:
        """A further cell of a row that says what is measured: 江城 | 用电量（亿千瓦时） | 35; not when the name does."""
        name = self.label(number, column)
        beside = self._naming[column][1] if column in self._naming else []
        cells = [cell for c in beside if (cell := self._reaching[number].get(c))]
        for said in ("units", "kinds"):
            if name is None or getattr(name, said):
                return None
            if told := [cell for cell in cells if getattr(self.page.label(cell), said)]:
                return told[-1]
        return None

    @cached_property
    def _reaching(self) -> list[dict[int, Cell]]:
        """For each row the cells of text in its columns, those above an empty one too when one is right of it."""
        out: list[dict[int, Cell]] = []
        for row in self.body:
            named = {c.column: c for c in row if self.page.kind(c) == TEXT and c.column in self.candidates}
            last = max(named, default=0)
            above = {c: cell for c, cell in out[-1].items() if c < last and c not in named} if out else {}
            out.append(above | named)
        return out

    def date(self, number: int, column: int) -> Date | None:
        """The time that stands left of a figure in its row, if one does."""
        dates = list[Date]()
        for cell in self.body[number]:
            if cell.column >= column:
                break
            kind = self.page.kind(cell)
            if kind == YEAR and cell in self.columns.years:
                dates.append(self.columns.years[cell])
            elif kind == TEXT and (date := self.page.label(cell).date):
                dates.append(date)
        return dates[0] if len(dates) == 1 else None
