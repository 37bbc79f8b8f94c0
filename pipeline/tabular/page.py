"""What is known of the cells of an article: what stands in each, what its words say, and what tables add to the mentions."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Any

from pipeline.model import Article, Date, Found, Mention, Quantity, Reject
from pipeline.tabular.cell import BREAK, Cell
from pipeline.tabular.labels import Label, read_label
from pipeline.tabular.terms import is_word, is_year

__all__ = [
    "EMPTY",
    "FIGURE",
    "FIGURED",
    "FIGURES",
    "NUMBER",
    "NUMBER_SIGNS",
    "PAIR",
    "PAIR_SIGNS",
    "STAGE",
    "TEXT",
    "YEAR",
    "Page",
]

STAGE = "cells"
FIGURE = "table.figure"

NUMBER, PAIR, FIGURED, YEAR, EMPTY, TEXT = "number", "pair", "figured", "year", "empty", "text"
"""What a cell holds: a number, two (45（75.0）), a quantity with words or a unit of its own, a year, nothing, text."""

FIGURES = frozenset({NUMBER, PAIR, FIGURED})

NUMBER_SIGNS = re.compile(
    r"(?P<open>\()?(?P<sign>[-−–+])?\s?(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?(open)\))(?P<mark>\s?[*†‡#①-⑳]{1,3})?"
)
PAIR_SIGNS = re.compile(r"(?P<first>\d[\d,]*(?:\.\d+)?)\s?\((?P<second>-?\d+(?:\.\d+)?)\)")
_LONGEST_FIGURE = 24  # characters of a cell that is a figure with words


class Page:
    """The article, what stands in a span of it, and what the tables add."""

    def __init__(self, article: Article, found: Found) -> None:
        self.article, self.shadow, self.region = article, article.shadow, article.region
        self.before = found
        self.dates: list[Date] = sorted(found.of(Date), key=lambda d: d.start)
        self.quantities: list[Quantity] = sorted(found.of(Quantity), key=lambda q: q.start)
        self.new: list[Mention] = []
        self.taken: list[tuple[int, int]] = []
        self._kinds: dict[Cell, str] = {}
        self._labels: dict[Cell, Label] = {}

    # what stands there

    def inside(self, mentions: Sequence[Any], cell: Cell) -> list[Any]:
        """The mentions that lie in a cell."""
        low = bisect_left(mentions, cell.start, key=lambda m: m.start)
        high = bisect_left(mentions, cell.end, key=lambda m: m.start)
        return [m for m in mentions[low:high] if m.end <= cell.end]

    def text(self, cell: Cell) -> str:
        return self.shadow[cell.start : cell.end]

    def kind(self, cell: Cell) -> str:
        """What a cell holds: one of `NUMBER` … `TEXT`."""
        if cell not in self._kinds:
            self._kinds[cell] = self._kind(cell)
        return self._kinds[cell]

    def _kind(self, cell: Cell) -> str:
        text = self.text(cell)
        if is_year(text):
            return YEAR
        if NUMBER_SIGNS.fullmatch(text):
            return NUMBER
        if PAIR_SIGNS.fullmatch(text):
            return PAIR
        if is_word("empty", text):
            return EMPTY
        if len(text) <= _LONGEST_FIGURE and any(c.isdecimal() for c in text):
            quantities = self.inside(self.quantities, cell)
            if cell.column and len(quantities) == 1 and 2 * (quantities[0].end - quantities[0].start) >= len(text):
                return FIGURED  # in the first column it is a name: 60岁及以上
        return TEXT

    def label(self, cell: Cell) -> Label:
        """What a cell says as a header or name."""
        if cell not in self._labels:
            text, dates = self.article.text, self.inside(self.dates, cell)
            breaks = [n for n in range(cell.start, cell.end) if text[n] == BREAK]
            self._labels[cell] = read_label(self.shadow, cell.start, cell.end, dates, self.region, breaks)
        return self._labels[cell]

    # what the tables add

    def add(self, mention: Mention) -> None:
        """Puts a mention beside what is there."""
        self.new.append(mention)

    def take(self, start: int, end: int, mention: Mention) -> None:
        """Puts a mention in the place of what stands in a span."""
        self.taken.append((start, end))
        self.new.append(mention)

    def refuse(self, q: Quantity, why: str, winner: str) -> None:
        """Makes a quantity a reject."""
        made = Reject(q.start, q.end, q.rule, STAGE, q.value, q.low, q.high, q.unit, q.comparator, why, winner)
        self.take(q.start, q.end, made)

    def found(self) -> Found:
        """What was found before, without what tables replace, and what they add."""
        if not self.new:
            return self.before
        spans = sorted(self.taken)
        starts = [start for start, _ in spans]

        def replaced(m: Mention) -> bool:
            i = bisect_right(starts, m.start) - 1
            over = (i >= 0 and spans[i][1] > m.start) or (i + 1 < len(spans) and starts[i + 1] < m.end)
            return over and isinstance(m, Quantity | Date | Reject)

        return Found((*(m for m in self.before.mentions if not replaced(m)), *self.new))
