"""What a claim on a figure gets from its place: subject and group, time, modality, trend and basis.

Each field comes with the header that gives it: ``table.row``, ``table.column`` or ``table.caption``.
"""

from __future__ import annotations

from typing import Any

from pipeline.model import Quantity
from pipeline.tabular.labels import Label
from pipeline.tabular.layout import CAPTION
from pipeline.tabular.place import COLUMN, ROW, Place

__all__ = ["Field", "fields", "trend"]

Field = tuple[Any, str]
"""What a claim is given, and the header it comes from."""

NO_TIME: dict[str, Field] = {"time": (None, "")}
"""The headers leave open which of their times a figure is of: none is carried to it from elsewhere either."""


def fields(place: Place) -> dict[str, Field]:
    """What headers say of a figure, whatever its value."""
    return _subject(place) | _time(place) | _modality(place)


# --- what is measured -------------------------------------------------------------------------


def _subject(place: Place) -> dict[str, Field]:
    """What is measured: what the row names or the column; the other is the group, unless it names a measure too."""
    row = place.row if place.row and place.row.noun else None
    column = place.measured
    if column and (row is None or _measures(place, row, column)):
        out: dict[str, Field] = {"subject": (column.noun, COLUMN)}
        other, why = (row, ROW) if row and not row.total else (None, "")
    elif row:
        out = {"subject": (row.noun, ROW)}
        plain = column and not (column.kinds or column.units or column.change)
        other, why = (column, COLUMN) if plain else (None, "")
    else:
        return _total(place)
    if place.whose:
        other, why = place.whose, ROW
    if other and other.noun:
        out["group"] = (place.section.page.shadow[slice(*other.noun)], why)
    return out


def _total(place: Place) -> dict[str, Field]:
    """The subject of a row that is a total of what nothing names: 合计."""
    cell = place.section.names.cell(place.number, place.cell.column)
    return {"subject": ((cell.start, cell.end), ROW)} if cell and place.own and place.own.total else {}


def _measures(place: Place, row: Label, column: Label) -> bool:
    """Whether the column says what is measured, and the row of what: the unit stands with the measure."""
    columns, names = place.section.columns, place.section.names
    of_row = bool(row.units) or (columns.of_units is not None and not column.units)
    if of_row != bool(column.units):
        return bool(column.units)
    if bool(column.kinds) != bool(row.kinds):
        return bool(column.kinds)
    corner = columns.headers.get(names.column_of(place.cell.column), ())
    return any(label.noun for label in corner)  # 地区, 组别: the rows are whose; 项目: what


# --- when -------------------------------------------------------------------------------------


def _time(place: Place) -> dict[str, Field]:
    """The time of a figure: the header's or the row's, the finer of two that agree, else that of the title."""
    section, column = place.section, place.cell.column
    over, beside = section.columns.dates.get(column), section.names.date(place.number, column)
    if over and beside and beside.value:  # 年内溢利 names no other time
        one, other = sorted((over, beside), key=lambda date: len(date.value))
        agree = bool(one.value) and other.value.startswith(one.value)
        return {"time": (other, ROW if other is beside else COLUMN)} if agree else NO_TIME
    if over or beside:
        return {"time": (over, COLUMN) if over else (beside, ROW)}
    if column in section.columns.changes and section.columns.dates:
        return _time_of_change(place)
    if section.columns.has_dates or any(label.earlier for label in (*place.stack, *place.beside)):
        return NO_TIME
    return {"time": (section.caption.date, CAPTION)} if section.caption.date else {}


def _time_of_change(place: Place) -> dict[str, Field]:
    """The time of a change without one of its own: that of the latest column, or of the one before it where there are several."""
    columns = place.section.columns
    if len(columns.changes) > 1:
        left = [c for c in columns.dates if c < place.cell.column and c not in columns.changes]
        return {"time": (columns.dates[max(left)], COLUMN)} if left else NO_TIME
    dates = [date for date in columns.dates.values() if not date.relative]
    return {"time": (max(dates, key=lambda d: (d.latest, d.earliest)), COLUMN)} if dates else NO_TIME


# --- how sure, which way ----------------------------------------------------------------------


def _modality(place: Place) -> dict[str, Field]:
    """Figures of a plan or forecast are projected."""
    if any(label.projected for label in place.stack):
        return {"modality": ("projected", COLUMN)}
    return {"modality": ("projected", ROW)} if place.own and place.own.projected else {}


def trend(place: Place, quantity: Quantity) -> dict[str, Field]:
    """Which way a change goes, as its header and the sign of the figure say; any other figure is none."""
    label, why = place.change
    value = quantity.value
    if label is None or value is None:
        return {"trend": ("", ""), "basis": ("", "")}
    way = label.trend or ("down_by" if value < 0 else "up_by")
    if value < 0 and label.trend:
        way = "down_by" if label.trend == "up_by" else ""
    return {
        "trend": (way if value else "", why if value and way else ""),
        "basis": (label.basis, why if label.basis else ""),
    }
