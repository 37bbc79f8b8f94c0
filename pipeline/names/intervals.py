"""Spans that don't overlap, kept sorted: who stands where, in logarithmic time.

>>> row = Intervals([(0, 3), (5, 9)], lambda s: s)
>>> row.over(2, 6), row.over(3, 5)
([(0, 3), (5, 9)], [])
>>> row.add((3, 5))
>>> list(row)
[(0, 3), (3, 5), (5, 9)]
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

__all__ = ["Intervals"]

Item = TypeVar("Item")


class Intervals(Generic[Item]):
    """Items with a span each (``span`` says which, half-open); none may overlap another."""

    def __init__(self, items: Iterable[Item], span: Callable[[Item], tuple[int, int]]) -> None:
        self.span = span
        self.items = sorted(items, key=lambda item: span(item)[0])
        self.starts = [span(item)[0] for item in self.items]

    def __iter__(self) -> Iterator[Item]:
        return iter(self.items)

    def over(self, start: int, end: int) -> list[Item]:
        """The items that share a character with ``start`` to ``end``, in order."""
        first = bisect_right(self.starts, start) - 1
        if first < 0 or self.span(self.items[first])[1] <= start:
            first += 1
        return self.items[first : max(first, bisect_left(self.starts, end))]

    def add(self, item: Item) -> None:
        """Puts in an item; the caller knows that ``over`` its span is empty."""
        at = bisect_left(self.starts, self.span(item)[0])
        self.starts.insert(at, self.span(item)[0])
        self.items.insert(at, item)

    def swap(self, old: Item, new: Item) -> None:
        """``new`` in place of ``old``, whose span it covers or equals."""
        at = bisect_left(self.starts, self.span(old)[0])
        self.items[at], self.starts[at] = new, self.span(new)[0]
