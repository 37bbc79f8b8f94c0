"""Figures in tables: the unit, the subject and the time of each, from the headers that the layout puts beside it.

A figure is in the unit of its column's header (营业收入（万元）), of its row (基本每股收益（元）, a column 单位) or of the line
above the table (单位：万元). It measures what its row or its column names, at the time that either names. The span of
the figure stays what stands in the cell. Where the layout doesn't say what belongs together nothing is given, and
the figure stays what the rules made of it.

`claims` takes what a `Placed` says before any rule: ``because`` names the header, ``table.row``, ``table.column``,
``table.units`` (a column of units), ``table.section`` (a row that names those below) or ``table.caption``.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Context, Decimal
from functools import cached_property
from typing import Any

from pipeline.model import Article, Date, Found, Mention, Numeral, Quantity, Reject, record
from pipeline.stages.drafts import Draft
from pipeline.stages.grids import UNKNOWN, Cell, Grid, Row, grids
from pipeline.stages.headers import (
    COUNT,
    PERCENTAGE,
    Amount,
    Label,
    captioned,
    fits,
    is_projected,
    is_word,
    is_year,
    own,
    pick,
    read_label,
    read_unit,
    settled,
    titled,
    year_of,
)
from pipeline.stages.markup import BREAK

__all__ = ["Placed", "cells", "give", "stage"]

ROW, COLUMN, UNITS, SECTION, CAPTION = "table.row", "table.column", "table.units", "table.section", "table.caption"
FIGURE = "table.figure"
STAGE = "cells"

_NUMBER = re.compile(
    r"(?P<open>\()?(?P<sign>[-−–+])?\s?(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?(open)\))(?P<mark>\s?[*†‡#①-⑳]{1,3})?"
)
_PAIR = re.compile(r"(?P<first>\d[\d,]*(?:\.\d+)?)\s?\((?P<second>-?\d+(?:\.\d+)?)\)")
_LONGEST_FIGURE = 24  # characters of a cell that is a figure with words
_TITLE = 45  # characters of a line that is the title of a table
_SENTENCE = re.compile(r"[。；，！？]")
_NOTE = re.compile(r"[(（\[【][^()（）\[\]【】]*[)）\]】]")
_HEAD_ROWS = 4
_PRODUCT = Context(prec=28)

Field = tuple[Any, str]
"""What a claim is given, and the header it comes from."""


@record(frozen=True, slots=True)
class Placed(Mention):
    """A figure in a cell, by the place of its number, and the fields that its headers give."""

    fields: Mapping[str, Field] = field(default_factory=dict)


def stage(rules: object, ner: str) -> Callable[[Article, Found], Found]:
    """The stage; it depends on no rule."""
    return cells


def cells(article: Article, found: Found) -> Found:
    """What was found, with the figures of tables in the units of their headers, and a `Placed` for each."""
    tables = grids(article.text)
    if not tables:
        return found
    page = _Page(article, found)
    for grid in tables:
        _read(page, grid)
    return page.found()


def give(found: Found, drafts: Sequence[Draft]) -> None:
    """Gives drafts of claims what the headers of their tables say."""
    placed = {mention.start: mention for mention in found.of(Placed)}
    if placed:
        for draft in drafts:
            mention = placed.get(draft.quantity.start)
            for name, (value, rule) in mention.fields.items() if mention else ():
                draft.give(name, value, rule)


# --- what is known of the text ----------------------------------------------------------------


class _Page:
    """The article, what stands in a span of it, and what the tables add."""

    def __init__(self, article: Article, found: Found) -> None:
        self.article, self.shadow, self.region = article, article.shadow, article.region
        self.before = found
        self.dates: list[Date] = sorted(found.of(Date), key=lambda d: d.start)
        self.quantities: list[Quantity] = sorted(found.of(Quantity), key=lambda q: q.start)
        self.numerals = {(n.start, n.end): n for n in found.of(Numeral)}
        self.new: list[Mention] = []
        self.taken: list[tuple[int, int]] = []

    def inside(self, mentions: Sequence[Any], cell: Cell) -> list[Any]:
        """The mentions that lie in a cell."""
        low = bisect_left(mentions, cell.start, key=lambda m: m.start)
        high = bisect_left(mentions, cell.end, key=lambda m: m.start)
        return [m for m in mentions[low:high] if m.end <= cell.end]

    def text(self, cell: Cell) -> str:
        return self.shadow[cell.start : cell.end]

    def label(self, cell: Cell) -> Label:
        text, dates = self.article.text, self.inside(self.dates, cell)
        breaks = [n for n in range(cell.start, cell.end) if text[n] == BREAK]
        return read_label(self.shadow, cell.start, cell.end, dates, self.region, breaks)

    def take(self, start: int, end: int, mention: Mention) -> None:
        """Puts a mention in the place of what stands in a span."""
        self.taken.append((start, end))
        self.new.append(mention)

    def refuse(self, q: Quantity, why: str, winner: str) -> None:
        """Makes a quantity a reject."""
        made = Reject(q.start, q.end, q.rule, STAGE, q.value, q.low, q.high, q.unit, q.comparator, why, winner)
        self.take(q.start, q.end, made)

    def found(self) -> Found:
        if not self.new:
            return self.before
        spans = sorted(self.taken)
        starts = [start for start, _ in spans]

        def replaced(m: Mention) -> bool:
            i = bisect_right(starts, m.start) - 1
            over = (i >= 0 and spans[i][1] > m.start) or (i + 1 < len(spans) and starts[i + 1] < m.end)
            return over and isinstance(m, Quantity | Date | Reject)

        return Found((*(m for m in self.before.mentions if not replaced(m)), *self.new))


# --- rows and their kinds ---------------------------------------------------------------------

NUMBER, PAIR, FIGURED, YEAR, EMPTY, TEXT = "number", "pair", "figured", "year", "empty", "text"
FIGURES = frozenset({NUMBER, PAIR, FIGURED})


def _kind(page: _Page, cell: Cell) -> str:
    """What a cell holds: a number, two (45（75.0）), a quantity with words or a unit of its own, a year, nothing, text."""
    text = page.text(cell)
    if is_year(text):
        return YEAR
    if _NUMBER.fullmatch(text):
        return NUMBER
    if _PAIR.fullmatch(text):
        return PAIR
    if is_word("empty", text):
        return EMPTY
    if len(text) <= _LONGEST_FIGURE and any(c.isdecimal() for c in text):
        quantities = page.inside(page.quantities, cell)
        if cell.column and len(quantities) == 1 and 2 * (quantities[0].end - quantities[0].start) >= len(text):
            return FIGURED  # in the first column it is a name: 60岁及以上
    return TEXT


@dataclass(slots=True)
class _Body:
    """A row of figures, and the row above it that names it and others."""

    row: Row
    above: Label | None = None
    span: tuple[int, int] = (0, 0)  # of that row
    at: dict[int | None, Cell] = field(default_factory=dict)  # the cells by column

    def __post_init__(self) -> None:
        self.at = {cell.column: cell for cell in self.row}


@dataclass
class _Section:
    """Rows of figures below the same headers."""

    page: _Page
    kinds: Mapping[Cell, str]
    head: list[Row] = field(default_factory=list)
    body: list[_Body] = field(default_factory=list)
    units: tuple[Amount, ...] = ()  # of the caption
    inner: Amount | None = None
    counts: bool = False  # the caption says that first numbers count
    date: Date | None = None  # of the title
    spoken: tuple[int, int] = (0, 0)  # the caption
    sure: bool = False  # the layout marks the headers
    labels: dict[Cell, Label] = field(default_factory=dict)  # of rows, when asked for
    written: dict[tuple[str | int, ...], str] = field(default_factory=dict)  # units, as the text has them
    beside: dict[int, list[int]] = field(default_factory=dict)  # further columns of text left of a column

    # columns

    @cached_property
    def columns(self) -> dict[int, list[Cell]]:
        out: dict[int, list[Cell]] = {}
        for body in self.body:
            for cell in body.row:
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
        kinds = self.kinds
        return {
            column: Counter(kind for cell in cells if (kind := kinds[cell]) != EMPTY)
            for column, cells in self.columns.items()
        }

    @cached_property
    def header_cells(self) -> dict[int, list[Cell]]:
        """The header cells above each column, the lowest first; one above several columns is above each of them."""
        lower: set[int] = set()
        out: dict[int, list[Cell]] = {}
        for row in reversed(self.head):
            at = {cell.column: cell for cell in row if cell.column >= 0}
            last: Cell | None = None
            for column in sorted({*at, *lower, *self.columns}):
                last = at.get(column, last if column in lower and last and last.column in lower else None)
                if last:
                    out.setdefault(column, []).append(last)
            lower |= at.keys()
        return out

    @cached_property
    def headers(self) -> dict[int, list[Label]]:
        read: dict[Cell, Label] = {}
        for stack in self.header_cells.values():
            for cell in stack:
                if cell not in read:
                    read[cell] = self._header(cell)
        return {column: [read[cell] for cell in stack] for column, stack in self.header_cells.items()}

    def _header(self, cell: Cell) -> Label:
        if self.kinds[cell] == YEAR:
            date = self.years.get(cell)
            return Label(date=date, dates=1 if date else 0, projected=is_projected(self.page.text(cell)))
        return self.page.label(cell)

    @cached_property
    def years(self) -> dict[Cell, Date]:
        """The cells that are bare years: several in a row of headers, or a column below 年份."""
        out: dict[Cell, Date] = {}
        rows = [[cell for cell in row if self.kinds[cell] == YEAR] for row in self.head]
        stacks = [self.columns[c] for c in self.columns if self._of_years(c)]
        for line in (*rows, *stacks):
            named = [year_of(self.page.text(cell)) for cell in line if self.kinds[cell] == YEAR]
            if len(named) > 1 and named in (sorted(set(named)), sorted(set(named), reverse=True)):
                out.update({cell: _year(self.page, cell) for cell in line if self.kinds[cell] == YEAR})
        return out

    def _of_years(self, column: int) -> bool:
        """Whether a column holds years and nothing else: its header says so, or it has none and they follow each other."""
        if self.share(column, {YEAR}) < 1:
            return False
        stack = [self.page.text(cell) for cell in self.header_cells.get(column, ())]
        if stack or column != min(self.columns):
            return any(is_word("years", text) for text in stack)
        years = sorted(year_of(self.page.text(cell)) for cell in self.columns[column] if self.kinds[cell] == YEAR)
        return len(years) > 2 and years == list(range(years[0], years[-1] + 1))

    @cached_property
    def unit_column(self) -> int | None:
        """The column that holds the unit of each row."""
        for column, stack in self.header_cells.items():
            if any(is_word("unit", self.page.text(cell)) for cell in stack):
                below = self.columns.get(column, [])
                read = sum(bool(read_unit(self.page.text(cell), self.page.region)) for cell in below)
                if below and 2 * read > len(below):
                    return column
        return None

    @cached_property
    def names(self) -> list[int]:
        """The columns of text that may name the rows, from the left."""
        return [
            column
            for column in sorted(self.columns)
            if column != self.unit_column
            and self.share(column, {TEXT}) > 0.5
            and not self.share(column, FIGURES)
            and not any(label.reference for label in self.headers.get(column, ()))
        ]

    @cached_property
    def name_of(self) -> dict[int, int]:
        """For each column of figures the one that names its rows, where the layout leaves no doubt."""
        out: dict[int, int] = {}
        for column in self.columns:
            left = [name for name in self.names if name < column]
            if len(left) > 1 and self._again(column, left):
                out[column] = left[-1]  # two tables side by side
                continue
            leading = [
                name for name in left if all(c in (*left, self.unit_column) or self._idle(c) for c in range(name))
            ]
            keys = [name for name in leading if self._distinct(name)]
            between = [name for name in left if name not in leading and self._distinct(name)]
            if leading and not between:
                out[column] = keys[0] if keys else leading[-1]
                self.beside[column] = [name for name in leading if name != out[column]]
        return out

    def _idle(self, column: int) -> bool:
        """Whether a column holds nothing that is measured: running numbers, dates, nothing."""
        return (
            column not in self.columns
            or any(label.reference for label in self.headers.get(column, ()))
            or not self.share(column, FIGURES)
        )

    def _again(self, column: int, left: Sequence[int]) -> bool:
        """Whether the header of a column stands also above one before the last column of names."""

        def said(c: int) -> list[str]:
            return [self.page.text(cell) for cell in self.header_cells.get(c, ())]

        own = said(column)
        return bool(own) and any(said(c) == own for c in self.columns if left[0] < c < left[-1])

    def _distinct(self, column: int) -> bool:
        """Whether a column names every row, and each otherwise."""
        named = [self.page.text(cell) for cell in self.columns[column]]
        return len(named) == len(set(named)) == len(self.body)

    @cached_property
    def head_dates(self) -> dict[int, Date]:
        """The time that each column's headers name, if one."""
        return {column: date for column, stack in self.headers.items() if (date := _time(stack))}

    @cached_property
    def has_dates(self) -> bool:
        return any(label.dates for stack in self.headers.values() for label in stack if not label.change)

    @cached_property
    def changes(self) -> list[int]:
        return sorted(
            c for c, stack in self.headers.items() if any(label.change for label in stack) and self.share(c, FIGURES)
        )

    # rows

    def name_cell(self, number: int, column: int) -> Cell | None:
        """The cell that names the row of a figure."""
        name = self.name_of.get(column)
        cell = self.body[number].at.get(name)
        return cell if cell and name is not None and self.kinds[cell] == TEXT else None

    def label(self, cell: Cell) -> Label:
        if cell not in self.labels:
            self.labels[cell] = self.page.label(cell)
        return self.labels[cell]

    def row_label(self, number: int, column: int) -> Label | None:
        cell = self.name_cell(number, column)
        return self.label(cell) if cell else None

    @cached_property
    def reaching(self) -> list[dict[int, Cell]]:
        """For each row the cells of text in its columns, those above an empty one too when one is right of it."""
        out: list[dict[int, Cell]] = []
        for body in self.body:
            named = {cell.column: cell for cell in body.row if self.kinds[cell] == TEXT and cell.column in self.names}
            last = max(named, default=0)
            above = {c: cell for c, cell in out[-1].items() if c < last and c not in named} if out else {}
            out.append(above | named)
        return out

    def measure(self, number: int, column: int) -> Cell | None:
        """A further cell of a row that says what is measured: 江城 | 用电量（亿千瓦时） | 35; not when the name does."""
        name = self.row_label(number, column)
        cells = [cell for c in self.beside.get(column, ()) if (cell := self.reaching[number].get(c))]
        for said in ("units", "kinds"):
            if name is None or getattr(name, said):
                return None
            if told := [cell for cell in cells if getattr(self.label(cell), said)]:
                return told[-1]
        return None

    def row_date(self, number: int, column: int) -> Date | None:
        """The time that stands left of a figure in its row, if one does."""
        dates = []
        for cell in self.body[number].row:
            if cell.column >= column:
                break
            if self.kinds[cell] == YEAR and cell in self.years:
                dates.append(self.years[cell])
            elif self.kinds[cell] == TEXT:
                date = self.label(cell).date
                dates += [date] if date else []
        return dates[0] if len(dates) == 1 else None

    @cached_property
    def nouns(self) -> dict[int, Label | None]:
        """What each column measures: what its header names, of a change without a name what the figures before it measure."""
        return {column: self._measured(column) for column in self.columns}

    def _measured(self, column: int) -> Label | None:
        label = self._noun(column)
        if label or column not in self.changes:
            return label
        for before in sorted((c for c in self.columns if c < column), reverse=True):
            stack = self.headers.get(before, ())
            if self.share(before, FIGURES) and not any(other.share or other.change for other in stack):
                return self._noun(before)
        return None

    def _noun(self, column: int) -> Label | None:
        """The lowest header of a column that names what it measures; none where the column is not one of figures."""
        stack = self.headers.get(column, ())
        label = next((label for label in stack if label.noun), None)
        if label is None or self.share(column, FIGURES) <= 0.6:
            return None
        plain = len(self.columns) < 3 and not self.sure
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


def _year(page: _Page, cell: Cell) -> Date:
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


# --- sections ---------------------------------------------------------------------------------


def _read(page: _Page, grid: Grid) -> None:
    """Adds what a table says to a page."""
    kinds = {cell: _kind(page, cell) for row in grid.rows for cell in row}
    for section in _sections(page, grid, kinds):
        for date in section.years.values():
            page.take(date.start, date.end, date)
        for cell in (cell for row in section.head for cell in row):
            _no_figures(page, cell.start, cell.end, page.label(cell).units)
        for number, body in enumerate(section.body):
            for cell in body.row:
                if kinds[cell] in FIGURES or (
                    kinds[cell] == YEAR and cell not in section.years and _is_number(page, cell)
                ):
                    _place(section, number, cell)


def _no_figures(page: _Page, start: int, end: int, units: Sequence[Amount]) -> None:
    """Rejects what the rules read in a header or caption and is its unit: 百万港元."""
    for q in page.inside(page.quantities, Cell(start, end, 0)):
        if any(page.shadow[q.start : q.end] in unit.text for unit in units):
            page.refuse(q, "the unit of a table", CAPTION)


def _is_number(page: _Page, cell: Cell) -> bool:
    return page.text(cell).isdecimal()


def _sections(page: _Page, grid: Grid, kinds: Mapping[Cell, str]) -> Iterator[_Section]:
    """The rows of a table below their headers: a row of headers after figures begins anew."""
    now = _Section(page, kinds, sure=grid.head > 0)
    for start, end in grid.above:
        _caption(now, start, end)
    above: Label | None = None
    over = Cell(0, 0, 0)
    for number, row in enumerate(grid.rows):
        if any(captioned(page.text(cell), page.region) for cell in row):
            if now.body:
                yield now
                now = _Section(page, kinds)
            for cell in row:
                _caption(now, cell.start, cell.end)
        elif len(row) == 1:
            if now.body or now.head:
                above, over = (page.label(row[0]), row[0]) if kinds[row[0]] == TEXT else (above, over)
            else:
                _caption(now, row[0].start, row[0].end)
        elif not now.body and (number < grid.head or (len(now.head) < _HEAD_ROWS and _is_head(now, row))):
            now.head.append(row)
        elif now.body and _begins(now, row):
            yield now
            now = replace(_Section(page, kinds), units=now.units, inner=now.inner, counts=now.counts, spoken=now.spoken)
            now.head.append(row)
            above = None
        else:
            now.body.append(_Body(row, above, (over.start, over.end)))
    if now.body:
        yield now


def _caption(section: _Section, start: int, end: int) -> None:
    """Takes units and date from a line above the table, if it is a caption or a title; the nearest line counts."""
    page = section.page
    text = page.shadow[start:end]
    spoken = captioned(text, page.region)
    title = len(text) <= _TITLE and not _SENTENCE.search(_NOTE.sub("", text))
    inner, counts = None, False
    if not spoken and title:
        spoken, inner, counts = titled(text, page.region)
    _no_figures(page, start, end, spoken)
    if not (section.units or section.inner) and (spoken or inner):
        section.units, section.inner, section.counts, section.spoken = (
            spoken,
            inner,
            counts,
            (start, end),
        )
    dates = [d for d in page.inside(page.dates, Cell(start, end, 0)) if not d.relative]
    if title and section.date is None and len(dates) == 1:
        section.date = dates[0]


def _is_head(section: _Section, row: Row) -> bool:
    """Whether a row above all figures holds headers: no figures, years only in the first row or beside no name."""
    kinds = [section.kinds[cell] for cell in row]
    if any(kind in FIGURES for kind in kinds) or all(kind == EMPTY for kind in kinds):
        return False
    if YEAR not in kinds:
        return True
    first = section.page.text(row[0])
    named = section.kinds[row[0]] == TEXT and row[0].column == 0
    return not section.head or not named or is_word("generic", first) or is_word("years", first)


def _begins(section: _Section, row: Row) -> bool:
    """Whether a row below figures is one of headers: it repeats the first header, or names times, units, changes."""
    kinds = [section.kinds[cell] for cell in row]
    if any(kind in FIGURES or kind == EMPTY for kind in kinds) or len(row) < 2:
        return False
    if section.head and section.page.text(row[0]) == section.page.text(section.head[0][0]):
        return True
    if YEAR in kinds[1:] and TEXT not in kinds[1:]:
        return kinds.count(YEAR) > 1 and is_word("generic", section.page.text(row[0]))
    labels = [section.page.label(cell) for cell in row[1:]]
    return all(label.units or label.dates or label.change or label.share for label in labels)


# --- figures ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Named:
    """What the headers of a figure say."""

    row: Label | None  # the name of its row; beside a change without a name that of a row above
    own: Label | None  # what stands beside it
    column: Label | None  # what its column measures; of a change without a name the column before
    stack: Sequence[Label]  # the headers above it, the lowest first
    whose: Label | None = None  # the name of the row, where another cell of it is `row`

    @property
    def change(self) -> tuple[Label | None, str]:
        label = next((label for label in self.stack if label.change), None)
        return (label, COLUMN) if label else (self.own, ROW) if self.own and self.own.change else (None, "")


def _place(section: _Section, number: int, cell: Cell) -> None:
    """Gives a figure its unit, and the claim on it its fields."""
    stack = section.headers.get(cell.column, ())
    if any(label.reference for label in stack):
        _refer(section.page, cell)
        return
    row, own = _row_names(section, number, cell.column)
    measure, whose = section.measure(number, cell.column), None
    if measure:
        row, own, whose = section.label(measure), section.label(measure), own
    named = _Named(row, own, section.nouns.get(cell.column), stack, whose)
    fields = _subject(section, number, cell.column, named) | _when(section, number, cell.column, named)
    if any(label.projected for label in (*stack, *([own] if own else []))):
        fields["modality"] = ("projected", COLUMN if any(label.projected for label in stack) else ROW)
    there = section.page.inside(section.page.quantities, cell)
    if "subject" not in fields and (len(there) != 1 or there[0].unit):
        return  # a figure that nothing names isn't made one
    unit, why = _unit(section, number, named)
    if unit:
        labels = [label for label in (named.own, named.row, named.column) if label]
        unit = settled(_as_written(section, number, cell.column, unit, why), labels, section.page.region)
    for quantity, plain in _figures(section, cell, named, unit):
        given = fields | (_trend(named, quantity) if plain else {})
        if unit and quantity.unit_text == unit.text:
            given["unit"] = (unit.text, why)
        section.page.new.append(Placed(quantity.start, quantity.end, FIGURE, STAGE, given))


def _refer(page: _Page, cell: Cell) -> None:
    """The number of a note or a row measures nothing."""
    for quantity in page.inside(page.quantities, cell):
        page.refuse(quantity, "a number in a column of references", COLUMN)


# what names it


def _row_names(section: _Section, number: int, column: int) -> tuple[Label | None, Label | None]:
    """The name of a figure's row, and what stands beside it: 增长（%） goes on with the row above."""
    own = section.row_label(number, column)
    if own is None or own.noun or not (own.change or own.share):
        return own, own
    for before in range(number - 1, max(-1, number - 4), -1):
        label = section.row_label(before, column)
        if label is None or label.noun:
            return label, own
    return None, own


def _subject(section: _Section, number: int, column: int, named: _Named) -> dict[str, Field]:
    """What is measured: what the row names or the column; the other is the group, unless it names a measure too."""
    row = named.row if named.row and named.row.noun else None
    col = named.column
    if row is None and col is None:
        cell = section.name_cell(number, column)
        return {"subject": ((cell.start, cell.end), ROW)} if cell and named.own and named.own.total else {}
    if row is None or (col and _measures(section, column, row, col)):
        assert col
        out: dict[str, Field] = {"subject": (col.noun, COLUMN)}
        other, why = (row, ROW) if row and not row.total else (None, "")
    else:
        out = {"subject": (row.noun, ROW)}
        other, why = (col, COLUMN) if col and not (col.kinds or col.units or col.change) else (None, "")
    if named.whose:
        other, why = named.whose, ROW
    if other and other.noun:
        out["group"] = (section.page.shadow[slice(*other.noun)], why)
    return out


def _measures(section: _Section, column: int, row: Label, col: Label) -> bool:
    """Whether the column says what is measured, and the row of what: the unit stands with the measure."""
    of_row = bool(row.units) or (section.unit_column is not None and not col.units)
    if of_row != bool(col.units):
        return bool(col.units)
    if bool(col.kinds) != bool(row.kinds):
        return bool(col.kinds)
    corner = section.headers.get(section.name_of.get(column, UNKNOWN), ())
    return any(label.noun for label in corner)  # 地区, 组别: the rows are whose; 项目: what


# in what unit


def _unit(section: _Section, number: int, named: _Named) -> tuple[Amount | None, str]:
    """The unit of a figure and the header that gives it: the nearer goes before the farther, two that differ are none."""
    labels = [*named.stack, *([named.own] if named.own else [])]
    above = next((label for label in named.stack if label.units), None)
    over = own(above) if above else None
    beside, why = _unit_beside(section, number, named)
    special = any((label.change or label.share) and label.kinds <= {PERCENTAGE} for label in named.stack)
    if over and not special and named.column is None and named.own and not fits(over, named.own):
        over, above = None, None
        if beside is None:
            return None, ""  # 每股盈利 below 百万元
    if over and (special or beside is None):
        return over, COLUMN
    if beside and not special:
        doubt = over and named.column and not (named.own and (named.own.change or named.own.share))
        return (None, "") if doubt else (beside, why)
    return pick(section.units, labels), CAPTION


def _unit_beside(section: _Section, number: int, named: _Named) -> tuple[Amount | None, str]:
    """The unit that a row gives: in its name, in the column of units, in the name of the rows it belongs to."""
    page, body = section.page, section.body[number]
    if named.own and named.own.units:
        return own(named.own), ROW
    cell = body.at.get(section.unit_column)
    if cell:
        unit = read_unit(page.text(cell), page.region)
        return unit, UNITS
    if body.above and body.above.units:
        return pick(body.above.units, [body.above, *([named.own] if named.own else [])]), SECTION
    return None, ""


def _as_written(section: _Section, number: int, column: int, unit: Amount, why: str) -> Amount:
    """A unit as the header writes it; what was read is in simplified characters."""
    key = (why, column, unit.text) if why in (COLUMN, CAPTION) else (why, column, unit.text, number)
    if key not in section.written:
        section.written[key] = next(_places(section, number, column, unit, why), unit.text)
    return replace(unit, text=section.written[key])


def _places(section: _Section, number: int, column: int, unit: Amount, why: str) -> Iterator[str]:
    """How the header that gives a unit writes it."""
    page, body = section.page, section.body[number]
    name = section.measure(number, column) or section.name_cell(number, column)
    cells: Iterable[Cell | None] = {
        COLUMN: section.header_cells.get(column, ()),
        ROW: (name,),
        UNITS: (body.at.get(section.unit_column),),
    }.get(why, ())
    spans = [body.span if why == SECTION else section.spoken, *((cell.start, cell.end) for cell in cells if cell)]
    for start, end in reversed(spans):
        if (at := page.shadow.find(unit.text, start, end)) >= 0:
            yield page.article.text[at : at + len(unit.text)]


# when


def _when(section: _Section, number: int, column: int, named: _Named) -> dict[str, Field]:
    """The time of a figure; a change without one of its own has that of the latest column, or of the one before it."""
    over, beside = section.head_dates.get(column), section.row_date(number, column)
    if over and beside:
        one, other = sorted((over, beside), key=lambda date: len(date.value))
        agree = bool(one.value) and other.value.startswith(one.value)
        return {"time": (other, ROW if other is beside else COLUMN) if agree else (None, "")}
    if over or beside:
        return {"time": (over, COLUMN) if over else (beside, ROW)}
    if column in section.changes and section.head_dates:
        left = [c for c in section.head_dates if c < column and c not in section.changes]
        if len(section.changes) > 1:
            return {"time": (section.head_dates[max(left)], COLUMN) if left else (None, "")}
        dates = [date for c, date in section.head_dates.items() if not date.relative]
        return {"time": (max(dates, key=lambda d: (d.latest, d.earliest)), COLUMN) if dates else (None, "")}
    if section.has_dates:
        return {"time": (None, "")}
    return {"time": (section.date, CAPTION)} if section.date else {}


# the figure


def _trend(named: _Named, quantity: Quantity) -> dict[str, Field]:
    """Which way a change goes, as its header and the sign of the figure say; any other figure is none."""
    label, why = named.change
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


def _figures(section: _Section, cell: Cell, named: _Named, unit: Amount | None) -> Iterator[tuple[Quantity, bool]]:
    """The quantities of a cell, and whether each is all there is of it."""
    page, kind = section.page, section.kinds[cell]
    there: list[Quantity] = page.inside(page.quantities, cell)
    if kind == PAIR:
        yield from _pair(section, cell, named, unit, there)
    elif kind == FIGURED:
        (quantity,) = there
        if not quantity.unit and unit and unit.factor == 1 and quantity.kind == COUNT:
            quantity = replace(quantity, unit=unit.code, unit_text=unit.text, kind=unit.kind, rule=FIGURE, stage=STAGE)
            page.take(quantity.start, quantity.end, quantity)
        yield quantity, quantity.end - quantity.start == cell.end - cell.start
    else:
        found = _NUMBER.fullmatch(page.shadow, cell.start, cell.end)
        assert found
        if unit is None and _is_count(named) and found["number"].isdecimal() and not (found["sign"] or found["open"]):
            unit = Amount("", COUNT, Decimal(1), "")
        if unit:
            yield _made(page, found, unit), True
        elif len(there) == 1:
            yield there[0], not found["open"]


def _is_count(named: _Named) -> bool:
    """Whether the header that names a figure says that it is a number of things (人数)."""
    return any(label.number for label in named.stack[:1]) or bool(named.own and named.own.number)


def _made(page: _Page, found: re.Match[str], unit: Amount, group: str = "number") -> Quantity:
    """The quantity of a number in a unit, put in the place of what the rules made of the cell. (5) is less than nothing."""
    value = Decimal(found[group].replace(",", ""))
    start, end = found.span(group)
    if group == "number":
        less = bool(found["open"]) != (found["sign"] in ("-", "−", "–"))
        value = -value if less else value
        start = found.start("open") if found["open"] else found.start("sign") if found["sign"] else start
        end += bool(found["open"])
    quantity = Quantity(
        start,
        end,
        FIGURE,
        STAGE,
        value=_PRODUCT.multiply(value, unit.factor),
        unit=unit.code,
        unit_text=unit.text,
        kind=unit.kind,
    )
    page.take(start, end, quantity)
    return quantity


def _pair(
    section: _Section, cell: Cell, named: _Named, unit: Amount | None, there: Sequence[Quantity]
) -> Iterator[tuple[Quantity, bool]]:
    """The two numbers of 45（75.0）, each in its own unit; without one it stays what it is."""
    page = section.page
    found = _PAIR.fullmatch(page.shadow, cell.start, cell.end)
    assert found
    label = next((label for label in named.stack if label.inner or label.units), None)
    inner = label.inner if label else section.inner
    counts = label.number if label and label.inner else section.counts
    first = None if unit and inner and (unit.code, unit.factor) == (inner.code, inner.factor) else unit
    if first is None and counts:
        first = Amount("", COUNT, Decimal(1), "")
    for group, amount in (("first", first), ("second", inner)):
        if amount:
            yield _made(page, found, amount, group), False
        else:
            yield from ((q, False) for q in there if found.start(group) <= q.start < found.end(group))
