"""A cell of a table, and the signs that part what is in it."""

from __future__ import annotations

from pipeline.model import record

__all__ = ["BREAK", "UNKNOWN", "Cell", "Row"]

BREAK = "\u2002"
"""Parts the lines of one cell of a web page (`markup`): a newline would end its row."""

UNKNOWN = -1
"""The column of a cell in a row that has more or fewer cells than the others."""


@record(frozen=True, slots=True)
class Cell:
    """A cell that isn't empty, trimmed of white space."""

    start: int
    end: int
    column: int


Row = tuple[Cell, ...]
