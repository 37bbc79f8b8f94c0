"""A match of a quantity rule → `Quantity`.

Fields a rule may capture or set: ``value`` (number, or ``= expression``), ``low`` and ``high`` (numbers of a
range), ``unit`` (a unit lexicon term, or a code), ``per`` (the unit after a slash), ``kind``, ``comparator``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pipeline.match import Capture, Match, as_decimal
from pipeline.model import Article, Numeral, Quantity, UnitWord

__all__ = ["build_quantity"]

KINDS = frozenset({"count", "percentage", "money", "duration", "age", "fraction", "multiple", "measurement"})


def build_quantity(match: Match, article: Article) -> Quantity | None:
    """The quantity of a match, None when it has no number."""
    value, low, high, comparator = numbers_of(match)
    factor = factor_of(match)
    if factor != 1:
        value, low, high = (None if n is None else n * factor for n in (value, low, high))
    if value is None and low is None and high is None:
        return None
    unit = match.captures.get("unit")
    kind = str(match.given.get("kind") or (unit.attribute("kind") if unit else "") or "count")
    return Quantity(
        match.start,
        match.end,
        rule=match.rule.id,
        stage="figures",
        value=value,
        low=low,
        high=high,
        unit=unit_code(match, article),
        unit_text=unit_text(match, article),
        kind=kind if kind in KINDS else "count",
        comparator=str(match.given.get("comparator") or comparator),
    )


def factor_of(match: Match) -> Decimal:
    """What a unit multiplies a number by to reach its code (角 → CNY: 0.1); 1 when the rule computed the value."""
    unit = match.captures.get("unit")
    if unit and isinstance(unit.mention, UnitWord) and not match.given.keys() & {"value", "low", "high", "unit"}:
        return unit.mention.factor
    return Decimal(1)


def numbers_of(match: Match) -> tuple[Decimal | None, Decimal | None, Decimal | None, str]:
    """value, low, high and the comparator that the numeral itself says."""
    numeral = captured_numeral(match.captures.get("value"))
    value = as_decimal(match.get("value", None))
    low, high = as_decimal(match.get("low", None)), as_decimal(match.get("high", None))
    if numeral is not None and low is None and high is None:
        low, high = numeral.low, numeral.high
    return value, low, high, numeral.comparator if numeral else "="


def captured_numeral(capture: Capture | None) -> Numeral | None:
    return capture.mention if capture and isinstance(capture.mention, Numeral) else None


def unit_code(match: Match, article: Article) -> str:
    """UCUM or ISO 4217 code, or classifier; ``unit/per`` when the rule captured a second unit."""
    code: Any = match.get("unit", "")
    per = match.get("per", "")
    return f"{code}/{per}" if per else str(code)


def unit_text(match: Match, article: Article) -> str:
    unit = match.captures.get("unit")
    per = match.captures.get("per")
    if unit is None:
        return ""
    return article.text[unit.start : per.end if per else unit.end]
