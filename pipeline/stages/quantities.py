"""A match of a quantity rule → `Quantity`.

Fields a rule may capture or set: ``value`` (number, or ``= expression``), ``low`` and ``high`` (the ends of a
range), ``plus`` (what is added to the value: the 3 months of 两年零三个月), ``unit`` (a unit, or a code), ``per``
(the unit after a slash, or before the number: 每公斤5元), ``last`` (the end of a list), ``kind``, ``comparator``. Where ``value``, ``high`` or ``low`` captures a quantity
that an earlier round made, unit and kind come from it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Context, Decimal
from functools import cache
from typing import Any

from pipeline.match import Capture, Match, as_decimal
from pipeline.model import Article, Mention, Numeral, Quantity, UnitWord
from pipeline.numerals import complete_scale, parse
from pipeline.units import bare_yuan
from pipeline.words import read_words

__all__ = ["build_quantity"]

LOCAL = "local"  # a unit that a rule may set: the money of the text's region
KINDS = frozenset({"count", "percentage", "money", "duration", "age", "fraction", "multiple", "measurement"})
DOSE, CLASSIFIER = "[U]", "个"
DOSE_CONTEXT = 40  # characters on either side that say whether 单位 is a dose
SCALES = "十百千万亿兆"
POWER = re.compile(r"(\d[\d.]*) ?[×xX*✕·] ?10[\^⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹]")
SUM = Context(prec=12)  # 二十天 of a year has to stop somewhere


def build_quantity(match: Match, article: Article) -> Quantity | None:
    """The quantity of a match, None when it has no number or what it adds doesn't fit."""
    value, low, high, comparator = numbers_of(match)
    factor = factor_of(match)
    if factor != 1:
        value, low, high = (None if n is None else n * factor for n in (value, low, high))
    unit, model = match.capture("unit"), model_of(match)
    code = unit_code(match, model)
    if code == LOCAL:
        code = bare_yuan(article.region)
    if plus := match.capture("plus"):
        more = added(plus.mention, code)
        if more is None or value is None:
            return None
        value = SUM.add(value, more)
    if value is None and low is None and high is None:
        return None
    if low is not None and high is not None and low > high:
        return None  # 1到0例 is no range
    kind = str(
        match.given.get("kind") or (unit.attribute("kind") if unit else "") or (model.kind if model else "") or "count"
    )
    found = Quantity(
        match.start,
        match.end,
        rule=match.rule.id,
        stage="figures",
        value=value,
        low=low,
        high=high,
        unit=code,
        unit_text=unit_text(match, article, model),
        kind=kind if kind in KINDS else "count",
        comparator=str(match.given.get("comparator") or comparator),
    )
    if code == DOSE and unit is not None and counts_premises(article, unit.start):
        end = unit.start + 1  # 9500个|单位
        return replace(found, end=end, unit=CLASSIFIER, unit_text=article.text[unit.start : end], kind="count")
    return found


def counts_premises(article: Article, start: int) -> bool:
    """Whether 个单位 counts flats or offices, not the doses of a medicine: nothing medical stands near."""
    near = article.shadow[max(0, start - DOSE_CONTEXT) : start + DOSE_CONTEXT]
    return article.shadow[start] == CLASSIFIER and not any(word in near for word in dose_cues())


@cache
def dose_cues() -> tuple[str, ...]:
    return tuple(row["term"] for row in read_words("dose_cue"))


@cache
def sizes() -> dict[str, tuple[str, int]]:
    """Unit → dimension and size in the smallest unit of it, for amounts in two units; a year has 365 days, else 12 months."""
    return {row["unit"]: (row["dimension"], int(row["size"])) for row in read_words("unit_sizes")}


def added(mention: Mention | None, code: str) -> Decimal | None:
    """A quantity in units of ``code``, None when it isn't a smaller part of the same dimension."""
    if not isinstance(mention, Quantity) or mention.value is None:
        return None
    (whole, size), (part, part_size) = sizes().get(code, ("", 0)), sizes().get(mention.unit, (" ", 0))
    if whole != part or part_size >= size:
        return None
    if (code, mention.unit) == ("a", "mo"):
        return SUM.divide(mention.value, Decimal(12))
    return SUM.divide(mention.value * part_size, Decimal(size))


def factor_of(match: Match) -> Decimal:
    """What a unit multiplies a number by to reach its code (角 → CNY: 0.1); 1 when the rule computed the value."""
    unit = match.capture("unit")
    if unit and isinstance(unit.mention, UnitWord) and not match.rule.set.keys() & {"value", "low", "high", "unit"}:
        return unit.mention.factor
    return Decimal(1)


def numbers_of(match: Match) -> tuple[Decimal | None, Decimal | None, Decimal | None, str]:
    """value, low, high and the comparator that the number itself says."""
    numeral = captured_number(match.capture("value"))
    value = as_decimal(match.get("value", None))
    if value is not None and "value" in match.rule.set:
        value = SUM.plus(value)
    elif numeral is not None:
        value = numeral.value
        if value is not None and (behind := match.capture("last")):
            value = value * shared_scale(numeral, behind)
    low, high = as_decimal(match.get("low", None)), as_decimal(match.get("high", None))
    if numeral is not None and low is None and high is None and "value" not in match.rule.set:
        low, high = numeral.low, numeral.high
    low, high = ends(match, low, high)
    return value, low, high, numeral.comparator if numeral else "="


def ends(match: Match, low: Decimal | None, high: Decimal | None) -> tuple[Decimal | None, Decimal | None]:
    """The ends of a range, with what only one of them says: 15至20万, 10万分之20-28, 4-10×10⁹, 零下5至8度."""
    first, second = match.capture("low"), match.capture("high")
    if not (first and second and low is not None and high is not None) or match.rule.set.keys() & {"low", "high"}:
        return low, high
    if isinstance(second.mention, Numeral) and second.mention.high is not None:
        high = second.mention.high
    if isinstance(first.mention, Numeral) and isinstance(second.mention, Numeral):
        if first.text.startswith("零下") and 0 > low >= -high and second.text[0] != "零":
            high = -high  # 零下20至30摄氏度
        if (stem := POWER.match(second.text)) and not POWER.match(first.text):
            base = parse(stem[1])
            low = SUM.multiply(low, SUM.divide(high, base.value)) if base and base.value else low
        if second.text[-1] in "kK" and first.text[-1] not in "kK" and low * 1000 < high:
            low *= 1000  # 15-20K
        low = complete_scale(first.text.replace(" ", ""), second.text.replace(" ", "")) or low
        if "分之" in first.text and first.mention.shape == "fraction" and second.mention.shape != "fraction":
            top = parse(first.text.rpartition("分之")[2].strip())
            high = SUM.divide(high * low, top.value) if top and top.value else high
    return (high, low) if high < low < 0 else (low, high)  # -10至-15℃


def shared_scale(numeral: Numeral | Quantity, behind: Capture) -> Decimal:
    """The scale that a number of a list shares with the last one: 12.5、13.6和14.8万 are all 万."""
    last = behind.mention
    if not (
        isinstance(numeral, Numeral)
        and isinstance(last, Numeral)
        and last.value
        and last.shape == "mixed"
        and numeral.shape == "arabic"
    ):
        return Decimal(1)
    stem = parse(behind.text.rstrip(SCALES))
    return SUM.divide(last.value, stem.value) if stem and stem.value and stem.shape == "arabic" else Decimal(1)


def captured_number(capture: Capture | None) -> Numeral | Quantity | None:
    return capture.mention if capture and isinstance(capture.mention, Numeral | Quantity) else None


def model_of(match: Match) -> Quantity | None:
    """The captured quantity that lends unit and kind."""
    captures = (match.capture(name) for name in ("value", "high", "low", "model"))
    return next((c.mention for c in captures if c and isinstance(c.mention, Quantity)), None)


def unit_code(match: Match, model: Quantity | None) -> str:
    """UCUM or ISO 4217 code, or classifier; ``unit/per`` when the rule captured a second unit."""
    code: Any = match.get("unit", "") or (model.unit if model and "unit" not in match.rule.set else "")
    per = str(match.get("per", ""))
    return f"{code}/({per})" if "." in per else f"{code}/{per}" if per else str(code)


def unit_text(match: Match, article: Article, model: Quantity | None) -> str:
    unit, per = match.capture("unit"), match.capture("per")
    if unit is None:
        return model.unit_text if model else ""
    return article.text[unit.start : max(unit.end, per.end) if per else unit.end]
