"""The units that headers and captions write: 万元, 人民币千元, HK$'000, 元/股, % → a unit of `units` and a factor.

Spellings that no sentence has are in ``rules/words/table_units.csv``. What can't be read is left out, never guessed.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache, lru_cache

from pipeline.model import record
from pipeline.numerals import parse
from pipeline.tabular.terms import close_up, is_word, words
from pipeline.units import Unit, standard_units
from pipeline.words import read_words

__all__ = ["COUNT", "MONEY", "PERCENTAGE", "SCALE", "Amount", "read_unit", "read_units"]

PERCENTAGE, MONEY, COUNT = "percentage", "money", "count"
SCALE = "scale"  # of a number of things, or of the region's money: what says the header

_LONGEST = 20  # characters of a unit
_LIST = re.compile(r"\s*[,，、;；]\s*|\s+")
_POWER = re.compile(r"10{0,2}(?:[, ]?000)+|0\.0?1(?=[^\d.])")
_CAPITAL = re.compile(r"[A-Z]")


@record(frozen=True, slots=True)
class Amount:
    """A unit that a header gives to figures: a figure times ``factor`` is in ``code``."""

    code: str
    kind: str
    factor: Decimal
    text: str  # as written


@lru_cache(maxsize=1024)
def read_unit(written: str, region: str) -> Amount | None:
    """The unit that a text (of the shadow) is, entirely: 万元, 人民币千元, HK$'000, 元/股, %.

    >>> read_unit("亿千瓦时", "").code, read_unit("人民币百万元", "").factor
    ('kW.h', Decimal('1000000'))
    """
    surface = close_up(written)
    if not surface or len(surface) > _LONGEST or (len(surface) == 1 and _CAPITAL.match(surface)):
        return None
    currency, surface = _without_currency(_spelled().get(surface, surface), region)
    figures = _POWER.match(surface)
    rest = surface[figures.end() :].lstrip() if figures else surface
    if rest in words("scale_alone") and not currency:
        scale = parse("1" + rest)
        return Amount("", SCALE, scale.value, written.strip()) if scale and scale.value else None
    found = _scaled(rest, "" if currency else region)
    if not found:
        return None
    unit, factor = found
    if currency and unit.kind != MONEY:
        return None
    if figures:
        factor *= Decimal(re.sub("[, ]", "", figures[0]))
    code = unit.code.replace("CNY", currency, 1) if currency else unit.code
    return Amount(code, unit.kind, factor, written.strip())


def _without_currency(surface: str, region: str) -> tuple[str, str]:
    """The currency that stands before a unit, and the rest; 人民币元 is a unit."""
    units = standard_units()
    if units.lookup(surface, region):
        return "", surface
    word = next((surface[:n] for n in range(len(surface) - 1, 0, -1) if surface[:n] in units.before), "")
    return units.before.get(word, ""), surface[len(word) :].lstrip()


def _scaled(surface: str, region: str) -> tuple[Unit, Decimal] | None:
    """The unit that a surface is, behind words like 百万, and what a figure in it is to be multiplied by."""
    for n in range(len(surface)):
        if n and surface[n - 1] not in words("scale"):
            return None
        scale = parse("1" + surface[:n]) if n else None
        unit = standard_units().lookup(surface[n:], region)
        if unit and not n:
            return unit, unit.factor
        if unit and scale and scale.value and scale.length == n + 1:
            return unit, unit.factor * scale.value
    return None


@cache
def _spelled() -> dict[str, str]:
    return {row["term"]: row["reads"] for row in read_words("table_units")}


def read_units(written: str, region: str) -> tuple[Amount, ...]:
    """The units that a text is a list of: 亿元、%; 元 人民币 is one. Empty when any part of it is none.

    >>> [unit.code for unit in read_units("亿元、%", "")]
    ['CNY', '%']
    """
    if whole := read_unit(written, region):
        return (whole,)
    units = list[Amount]()
    for part in filter(None, _LIST.split(written.strip())):
        if is_word("statistic", part):
            continue
        unit = read_unit(part, region)
        if unit is None:
            return ()
        units.append(unit)
    return _in_currency(units) or tuple(units)


def _in_currency(units: list[Amount]) -> tuple[Amount, ...]:
    """The unit that an amount of money and the name of its currency are, if that is what two units are."""
    names = [u for u in units if u.text in standard_units().before and u.factor == 1]
    if len(units) != 2 or len(names) != 1 or any(u.kind != MONEY for u in units):
        return ()
    scaled = next(u for u in units if u is not names[0])
    return (Amount(names[0].code, MONEY, scaled.factor, scaled.text),)
