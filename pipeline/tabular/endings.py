"""Where a name ends and its unit begins: 营业收入（万元）, 产量/万吨, 金额 万元; and the captions that give one to a whole table.

A unit stands in brackets at the end, behind a slash or comma, behind a space, or is all there is (%).
"""

from __future__ import annotations

import re
from functools import cache

from pipeline.model import record
from pipeline.tabular.amounts import MONEY, PERCENTAGE, Amount, read_unit, read_units
from pipeline.tabular.terms import ending, one_of, words
from pipeline.units import standard_units

__all__ = ["BRACKETED", "LONGEST", "Ending", "alone", "captioned", "titled", "unit_at_end"]

LONGEST = 60  # characters of a header
BRACKETED = re.compile(r"\s*[(（\[【]([^()（）\[\]【】]*(?:[(（][^()（）]*[)）])?[^()（）\[\]【】]*)[)）\]】]\s*$")
_BRACKETS = 3  # at the end of a name that are looked at
_INNER = re.compile(r"(.*)[(（]([^()（）]+)[)）]")
_BEHIND = re.compile(r"[/,，:：;；]\s*([^/,，:：;；]+(?:/[^/,，:：;；]+)?)$|\s([^\s]+)$")
_SIGNS = frozenset("%‰")
_SAID = re.compile(r"[)）\]】。]|\s{2,}")  # where a caption ends


@record(frozen=True, slots=True)
class Ending:
    """What stands behind a name that ends at ``stop``."""

    stop: int
    units: tuple[Amount, ...] = ()
    inner: Amount | None = None  # the unit of the second number of a cell: 45（75.0）
    counts: bool = False  # the first number counts things


def alone(text: str, region: str) -> Amount | None:
    """The unit that is a whole header. 人, 年 and 月 alone are headers of their own."""
    inside = BRACKETED.fullmatch(text)
    unit = read_unit(inside[1] if inside else text, region)
    if unit and (inside or unit.factor != 1 or unit.kind in (PERCENTAGE, MONEY) or "/" in unit.code):
        return unit
    return None


def unit_at_end(shadow: str, start: int, end: int, region: str) -> Ending:
    """Where a name ends, and the units behind it."""
    bracketed = _in_brackets(shadow, start, end, region)
    if bracketed.units or bracketed.inner:
        return bracketed
    stop = start + len(shadow[start : bracketed.stop].rstrip())
    if stop - start > 1 and shadow[stop - 1] in _SIGNS:
        unit = read_unit(shadow[stop - 1], region)  # 为预算的%
        return Ending(stop - 1, (unit,) if unit else (), unit)
    if (behind := _BEHIND.search(shadow, start, bracketed.stop)) and behind.start() > start:
        written = behind[1] or behind[2]
        unit = read_unit(written, region)
        if unit and (behind[1] or alone(written, region)):
            return Ending(behind.start(), (unit,), unit)
    return Ending(stop)


def _in_brackets(shadow: str, start: int, end: int, region: str) -> Ending:
    """The units in brackets at the end; the name ends there or before brackets with notes."""
    stop = end
    for _ in range(_BRACKETS):
        found = BRACKETED.search(shadow, start, stop)
        if not found or found.start() == start:
            break
        inside = found[1].strip()
        if units := read_units(_without_caption(inside), region):
            return Ending(found.start(), units, units[0] if len(units) == 1 else None)
        if pair := _pair(found.start(), inside, region):
            return pair
        if not any(inside.startswith(note) or inside.endswith(note) for note in words("note")):
            break
        stop = found.start()
    return Ending(stop)


def _pair(stop: int, inside: str, region: str) -> Ending | None:
    """The units of two numbers: 例(%), n(%)."""
    pair = _INNER.fullmatch(inside)
    unit = read_unit(pair[2], region) if pair else None
    if not pair or not unit:
        return None
    first, counts = read_unit(pair[1], region), ending("number", pair[1].strip()) is not None
    return Ending(stop, (first,) if first else (), unit, counts) if first or counts else None


# --- lines above a table ----------------------------------------------------------------------


@cache
def _unit_is() -> re.Pattern[str]:
    return re.compile(rf"{one_of(words('unit'))}\s*(?:[:：]|{one_of(words('is'))})\s*")


@cache
def _currency_is() -> re.Pattern[str]:
    return re.compile(rf"\s*{one_of(words('currency'))}\s*[:：]\s*(\S+)")


@cache
def _currency() -> re.Pattern[str]:
    return re.compile(one_of(words("currency")))


def _without_caption(inside: str) -> str:
    """What stands in brackets, without 单位：."""
    found = _unit_is().match(inside)
    return inside[found.end() :] if found else inside


def captioned(text: str, region: str) -> tuple[Amount, ...]:
    """The units that a line says figures are in (单位：万元 币种：美元); empty when it says none.

    >>> captioned("单位:万元 币种:美元", "")[0].code
    'USD'
    """
    found = _unit_is().search(text)
    if not found:
        return ()
    said = _SAID.split(text[found.end() :], maxsplit=1)[0]
    currency = _currency_is().search(text)
    if not currency:
        return read_units(said, region)
    name = standard_units().lookup(currency[1].rstrip(")）"))
    if name is None or name.kind != MONEY:
        return ()
    units = read_units(_currency().split(said, maxsplit=1)[0], region)
    if len(units) == 1 and units[0].kind == MONEY:
        return (Amount(name.code, MONEY, units[0].factor, units[0].text),)
    return units


def titled(text: str, region: str) -> Ending:
    """The units in brackets at the end of a title: 疗效[n(%)]."""
    return unit_at_end(text, 0, len(text), region) if len(text) <= LONGEST else Ending(len(text))
