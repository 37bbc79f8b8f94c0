"""A figure's place in its table: the headers above it and the names beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.tabular.cell import Cell
from pipeline.tabular.labels import Label
from pipeline.tabular.layout import Section

__all__ = ["COLUMN", "ROW", "Place", "place"]

ROW, COLUMN = "table.row", "table.column"

_BACK = 3  # rows that a change without a name looks back for one


@dataclass(frozen=True, slots=True)
class Place:
    """What the headers of a figure say."""

    section: Section
    number: int  # of the row
    cell: Cell
    stack: Sequence[Label]  # the headers above it, the lowest first
    row: Label | None  # the name of its row; beside a change without a name that of a row above
    own: Label | None  # what stands beside it
    measured: Label | None  # what its column measures; of a change without a name the column before
    whose: Label | None = None  # the name of the row, where another cell of it is `row`

    @property
    def beside(self) -> Sequence[Label]:
        return [self.own] if self.own else []

    @property
    def change(self) -> tuple[Label | None, str]:
        """The header that makes the figure a change, and which of the two it is."""
        label = next((label for label in self.stack if label.change), None)
        return (label, COLUMN) if label else (self.own, ROW) if self.own and self.own.change else (None, "")


def place(section: Section, number: int, cell: Cell) -> Place:
    """The place of a cell of a section, in the row of a number."""
    columns, names = section.columns, section.names
    stack, measured = columns.headers.get(cell.column, ()), columns.nouns.get(cell.column)
    row, own = _row_names(section, number, cell.column)
    if measure := names.measure(number, cell.column):
        label = section.page.label(measure)
        return Place(section, number, cell, stack, label, label, measured, own)
    return Place(section, number, cell, stack, row, own, measured)


def _row_names(section: Section, number: int, column: int) -> tuple[Label | None, Label | None]:
    """The name of a figure's row, and what stands beside it: 增长（%） goes on with the row above."""
    own = section.names.label(number, column)
    if own is None or own.noun or not (own.change or own.share):
        return own, own
    for before in range(number - 1, max(-1, number - _BACK - 1), -1):
        label = section.names.label(before, column)
        if label is None or label.noun:
            return label, own
    return None, own
