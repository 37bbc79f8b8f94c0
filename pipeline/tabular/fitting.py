"""Which unit figures of a name can be in: money in yuan, a rate in no yuan, a figure per head in no 10,000 yuan."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from pipeline.tabular.amounts import COUNT, MONEY, PERCENTAGE, SCALE, Amount
from pipeline.tabular.labels import Label
from pipeline.units import bare_yuan

__all__ = ["fits", "own", "pick", "settled"]


def own(label: Label) -> Amount | None:
    """The unit that a header gives to its own figures."""
    return label.units[0] if len(label.units) == 1 else pick(label.units, [label])


def fits(unit: Amount, label: Label) -> bool:
    """Whether figures of a name can be in a unit."""
    if label.unclear or (label.each and unit.factor != 1):
        return False
    kinds = label.kinds or ({PERCENTAGE} if label.change else set())
    return not kinds or unit.kind in kinds or (unit.kind == SCALE and PERCENTAGE not in kinds)


def pick(units: Sequence[Amount], labels: Collection[Label]) -> Amount | None:
    """The one of a caption's units that figures under these headers can be in.

    None when a header names figures of another kind, or several units would do.
    """
    if len(units) == 1 and any(label.change and not label.kinds for label in labels):
        return None  # 增减: of what, or by how many per cent?
    fitting = [unit for unit in units if all(fits(unit, label) for label in labels)]
    if len(units) > 1 and not any(label.kinds or label.change for label in labels):
        fitting = [unit for unit in fitting if unit.kind != PERCENTAGE]
    return fitting[0] if len(fitting) == 1 else None


def settled(unit: Amount, labels: Collection[Label], region: str) -> Amount:
    """A unit that is a scale alone, made one: of the name of an amount it is the region's money (市值（亿）)."""
    if unit.kind != SCALE:
        return unit
    is_money = any(MONEY in label.kinds for label in labels)
    return replace(unit, code=bare_yuan(region) if is_money else "", kind=MONEY if is_money else COUNT)
