"""The unit of a figure, and which header gives it: the nearer goes before the farther, two that differ are none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pipeline.tabular.amounts import PERCENTAGE, Amount, read_unit
from pipeline.tabular.cell import UNKNOWN, Cell
from pipeline.tabular.fitting import fits, own, pick, settled
from pipeline.tabular.labels import NUMBER
from pipeline.tabular.layout import CAPTION
from pipeline.tabular.place import COLUMN, ROW, Place

__all__ = ["unit_of"]

UNITS = "table.units"  # a column of units
SECTION = "table.section"  # a row that names those below it


def unit_of(place: Place) -> tuple[Amount | None, str]:
    """The unit of a figure, written as its header has it, and which header that is."""
    unit, why = _unit(place)
    if unit is None:
        return None, why
    labels = [label for label in (place.own, place.row, place.measured) if label]
    return settled(_as_written(place, unit, why), labels, place.section.page.region), why


def _unit(place: Place) -> tuple[Amount | None, str]:
    over = next((own(label) for label in place.stack if label.units), None)
    beside, why = _unit_beside(place)
    special = any((label.change or label.share) and label.kinds <= {PERCENTAGE} for label in place.stack)
    if place.own and place.own.kinds == {NUMBER} and not special:
        over = None  # P值 below 手术时间（min）
    if over and not special and place.measured is None and place.own and not fits(over, place.own):
        if beside is None:
            return None, ""  # 每股盈利 below 百万元
        over = None
    if over and (special or beside is None):
        return over, COLUMN
    if beside and not special:
        differs = over and place.measured and not (place.own and (place.own.change or place.own.share))
        return (None, "") if differs else (beside, why)
    if place.cell.column == UNKNOWN and place.own is None:
        return None, ""  # nobody knows what it is a figure of
    return pick(place.section.caption.units, [*place.stack, *place.beside]), CAPTION


def _unit_beside(place: Place) -> tuple[Amount | None, str]:
    """The unit that a row gives: in its name, in the column of units, in the name of the rows it belongs to."""
    page = place.section.page
    if place.own and place.own.units:
        return own(place.own), ROW
    if cell := _unit_cell(place):
        return read_unit(page.text(cell), page.region), UNITS
    above = place.section.above[place.number].label
    if above and above.units:
        return pick(above.units, [above, *place.beside]), SECTION
    return None, ""


def _unit_cell(place: Place) -> Cell | None:
    """The cell of the row in the column of units."""
    column = place.section.columns.of_units
    return None if column is None else place.section.names.at[place.number].get(column)


def _as_written(place: Place, unit: Amount, why: str) -> Amount:
    """A unit as the header writes it; what was read is in simplified characters."""
    written, column = place.section.written, place.cell.column
    key = (why, column, unit.text) if why in (COLUMN, CAPTION) else (why, column, unit.text, place.number)
    if key not in written:
        written[key] = next(_writings(place, unit, why), unit.text)
    return replace(unit, text=written[key])


def _writings(place: Place, unit: Amount, why: str) -> Iterator[str]:
    """How the header that gives a unit writes it: the highest one that does."""
    page = place.section.page
    for cell in reversed([cell for cell in _givers(place, why) if cell]):
        if (at := page.shadow.find(unit.text, cell.start, cell.end)) >= 0:
            yield page.article.text[at : at + len(unit.text)]


def _givers(place: Place, why: str) -> list[Cell | None]:
    """The cells of the header that gives a unit, behind the line that gives one to the whole table."""
    section, number, column = place.section, place.number, place.cell.column
    if why == SECTION:
        return [section.above[number].cell]
    line: list[Cell | None] = [section.caption.cell]
    if why == COLUMN:
        return line + section.columns.header_cells.get(column, [])
    if why == ROW:
        return [*line, section.names.measure(number, column) or section.names.cell(number, column)]
    return [*line, _unit_cell(place)] if why == UNITS else line
