"""The quantities of a cell: what the rules found there, or its numbers in the unit that its headers give."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Context, Decimal

from pipeline.model import Quantity
from pipeline.tabular.amounts import COUNT, Amount
from pipeline.tabular.page import FIGURE, FIGURED, NUMBER_SIGNS, PAIR, PAIR_SIGNS, STAGE, Page
from pipeline.tabular.place import Place

__all__ = ["quantities"]

_PRODUCT = Context(prec=28)
_MINUS = frozenset("-−–")
_THINGS = Amount("", COUNT, Decimal(1), "")


def quantities(place: Place, unit: Amount | None) -> Iterator[tuple[Quantity, bool]]:
    """The quantities of a cell, and whether each is all there is of it."""
    page, cell = place.section.page, place.cell
    there: list[Quantity] = page.inside(page.quantities, cell)
    kind = page.kind(cell)
    if kind == PAIR:
        yield from _pair(place, unit, there)
    elif kind == FIGURED:
        quantity = _with_unit(page, there[0], unit)
        yield quantity, quantity.end - quantity.start == cell.end - cell.start
    else:
        found = NUMBER_SIGNS.fullmatch(page.shadow, cell.start, cell.end)
        assert found
        signed = found["sign"] or found["open"]
        if unit is None and _is_count(place) and found["number"].isdecimal() and not signed:
            unit = _THINGS
        if unit:
            yield _signed(page, found, unit), True
        elif len(there) == 1:
            yield there[0], not found["open"]


def _is_count(place: Place) -> bool:
    """Whether the header that names a figure says that it is a number of things (人数)."""
    return any(label.number for label in (*place.stack[:1], *place.beside))


def _with_unit(page: Page, quantity: Quantity, unit: Amount | None) -> Quantity:
    """A quantity with words; a bare one in the unit of its header (158.2±10.3)."""
    if quantity.unit or not unit or unit.factor != 1 or quantity.kind != COUNT:
        return quantity
    made = replace(quantity, unit=unit.code, unit_text=unit.text, kind=unit.kind, rule=FIGURE, stage=STAGE)
    page.take(made.start, made.end, made)
    return made


def _signed(page: Page, found: re.Match[str], unit: Amount) -> Quantity:
    """The quantity of a number with its sign; (5) is less than nothing."""
    first = "open" if found["open"] else "sign" if found["sign"] else "number"
    less = bool(found["open"]) != (found["sign"] in _MINUS)
    value = _number(found["number"])
    return _made(page, found.start(first), found.end("number") + bool(found["open"]), -value if less else value, unit)


def _number(digits: str) -> Decimal:
    return Decimal(digits.replace(",", ""))


def _made(page: Page, start: int, end: int, number: Decimal, unit: Amount) -> Quantity:
    """The quantity of a number in a unit, put in the place of what the rules made of the cell."""
    value = _PRODUCT.multiply(number, unit.factor)
    quantity = Quantity(start, end, FIGURE, STAGE, value=value, unit=unit.code, unit_text=unit.text, kind=unit.kind)
    page.take(start, end, quantity)
    return quantity


def _pair(place: Place, unit: Amount | None, there: Sequence[Quantity]) -> Iterator[tuple[Quantity, bool]]:
    """The two numbers of 45（75.0）, each in its own unit; without one it stays what it is."""
    page, caption = place.section.page, place.section.caption
    found = PAIR_SIGNS.fullmatch(page.shadow, place.cell.start, place.cell.end)
    assert found
    label = next((label for label in place.stack if label.inner or label.units), None)
    inner = label.inner if label else caption.inner
    counts = label.number if label and label.inner else caption.counts
    first = None if unit and inner and (unit.code, unit.factor) == (inner.code, inner.factor) else unit
    if first is None and counts:
        first = _THINGS
    for group, amount in (("first", first), ("second", inner)):
        if amount:
            yield _made(page, *found.span(group), _number(found[group]), amount), False
        else:
            yield from ((q, False) for q in there if found.start(group) <= q.start < found.end(group))
