"""Figures in tables: the unit, the subject and the time of each, from the headers that the layout puts beside it.

A figure is in the unit of its column's header (营业收入（万元）), of its row (基本每股收益（元）, a column 单位) or of the line
above the table (单位：万元). It measures what its row or its column names, at the time that either names. The span of
the figure stays what stands in the cell. Where the layout doesn't say what belongs together nothing is given, and
the figure stays what the rules made of it. How a table is read stands in `pipeline.tabular`.

`claims` takes what a `Placed` says before any rule: ``because`` names the header, ``table.row``, ``table.column``,
``table.units`` (a column of units), ``table.section`` (a row that names those below) or ``table.caption``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field

from pipeline.model import Article, Found, Mention, record
from pipeline.stages.drafts import Draft
from pipeline.tabular.cell import Cell
from pipeline.tabular.fields import Field, fields, trend
from pipeline.tabular.grids import Grid, grids
from pipeline.tabular.layout import Section, captions, parted, refuse_unit, sections
from pipeline.tabular.page import FIGURE, FIGURES, STAGE, YEAR, Page
from pipeline.tabular.place import COLUMN, place
from pipeline.tabular.unit import unit_of
from pipeline.tabular.values import quantities

__all__ = ["Placed", "cells", "give", "stage"]


@record(frozen=True, slots=True)
class Placed(Mention):
    """A figure in a cell, by the place of its number, and the fields that its headers give."""

    fields: Mapping[str, Field] = field(default_factory=dict)


def stage(rules: object, ner: str) -> Callable[[Article, Found], Found]:
    """The stage; it depends on no rule."""
    return cells


def cells(article: Article, found: Found) -> Found:
    """What was found, with the figures of tables in the units of their headers, and a `Placed` for each."""
    layouts = grids(article.text)
    if not layouts:
        return found
    page = Page(article, found)
    tables = [table for grid in layouts for table in parted(page, grid)]
    for grid, lines in zip(tables, list(captions(page, tables)), strict=True):
        _read(page, grid, lines)
    return page.found()


def give(found: Found, drafts: Sequence[Draft]) -> None:
    """Gives drafts of claims what the headers of their tables say."""
    placed = {mention.start: mention for mention in found.of(Placed)}
    if placed:
        for draft in drafts:
            mention = placed.get(draft.quantity.start)
            for name, (value, rule) in mention.fields.items() if mention else ():
                draft.give(name, value, rule)


def _read(page: Page, grid: Grid, lines: Sequence[Cell]) -> None:
    """Adds what a table says to a page; ``lines`` are its captions."""
    for section in sections(page, grid, lines):
        years = section.columns.years
        for date in years.values():
            page.take(date.start, date.end, date)
        for cell in (cell for row in section.head for cell in row):
            refuse_unit(page, cell, page.label(cell).units)
        for number, row in enumerate(section.body):
            for cell in row:
                kind = page.kind(cell)
                if kind in FIGURES or (kind == YEAR and cell not in years and page.text(cell).isdecimal()):
                    _place(section, number, cell)


def _place(section: Section, number: int, cell: Cell) -> None:
    """Gives a figure its unit, and the claim on it its fields."""
    page = section.page
    there = page.inside(page.quantities, cell)
    if section.columns.is_reference(cell.column):
        for quantity in there:
            page.refuse(quantity, "a number in a column of references", COLUMN)
        return
    at = place(section, number, cell)
    given = fields(at)
    if "subject" not in given and (len(there) != 1 or there[0].unit):
        return  # a figure that nothing names isn't made one
    unit, why = unit_of(at)
    for quantity, plain in quantities(at, unit):
        of_value = trend(at, quantity) if plain else {}
        of_unit = {"unit": (unit.text, why)} if unit and quantity.unit_text == unit.text else {}
        page.add(Placed(quantity.start, quantity.end, FIGURE, STAGE, given | of_value | of_unit))
