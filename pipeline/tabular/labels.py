"""What the header of a column or the name of a row says: its noun, its unit, its time, a change, a share, a plan."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.model import Date, record
from pipeline.tabular.amounts import COUNT, PERCENTAGE, Amount
from pipeline.tabular.endings import BRACKETED, LONGEST, alone, unit_at_end
from pipeline.tabular.terms import HIDDEN, SPACED, bases, change, ending, is_word, list_mark, nothing, period, words

__all__ = ["NUMBER", "Label", "read_label"]

NUMBER = "number"  # the kind of figures without a unit: indices, scores, values of a test
_MARKS = 3  # numbers and words like 其中： before a name
_LEAD = 6  # characters before the colon of such a word, and one more
_LETTER = re.compile(r"[A-Za-zμΩ℃°/]")
_HAN = re.compile(r"[\u3400-\u9fff]")


@record(frozen=True, slots=True)
class Label:
    """What a header says. ``noun`` is a span of the text, () when it names nothing that is measured."""

    noun: tuple[int, ...] = ()
    units: tuple[Amount, ...] = ()
    inner: Amount | None = None  # of the second number in 45（75.0）
    date: Date | None = None
    dates: int = 0
    change: bool = False
    trend: str = ""  # up_by, down_by; of a change, empty: the sign of the figure says
    basis: str = ""
    share: bool = False
    kinds: frozenset[str] = frozenset()  # of figures of that name, as far as the name says
    number: bool = False  # counts things: 人数
    each: bool = False
    total: bool = False
    reference: bool = False
    projected: bool = False
    earlier: bool = False  # a time before the one that a table is of: 期初, 上年同期
    unclear: bool = False  # brackets at the end that may hold a unit, but none that is known


def read_label(
    shadow: str, start: int, end: int, dates: Sequence[Date], region: str, breaks: Sequence[int] = ()
) -> Label:
    """What a header or the name of a row says; ``dates`` are those within it, ``breaks`` where its lines end."""
    borders = [start, *(at for n in breaks for at in (n, n + 1)), end]
    parts = list(zip(borders[::2], borders[1::2], strict=True))
    if len(parts) < 2:
        return _read(shadow, start, end, dates, region)
    said = [_read(shadow, a, b, [d for d in dates if a <= d.start < b], region) for a, b in parts]
    first = next((label for label in said if label.noun or label.change), said[0])
    units = next((label.units for label in said if label.units), ())
    dated = [label.date for label in said if label.date]
    date = dated[0] if len(dated) == 1 else None
    return replace(first, units=units, date=date, dates=sum(label.dates for label in said))


def _read(shadow: str, start: int, end: int, dates: Sequence[Date], region: str) -> Label:
    """What one line says."""
    if end - start > LONGEST:
        return Label(dates=len(dates))
    start = _without_lead(shadow, start, end)
    if (unit := alone(shadow[start:end], region)) is not None:
        return Label(units=(unit,), inner=unit)
    behind = unit_at_end(shadow, start, end, region)
    plain, at = _plain(shadow, start, behind.stop, dates)
    found = None if ending("whole", plain) is not None else change().search(plain)
    share = is_word("share", plain) or plain.startswith(tuple(words("share_of")))
    noun: tuple[int, ...] = _undated(start, at[-1], dates)
    if share or nothing().fullmatch(plain[: found.start()] if found else plain):
        noun = ()
    elif found and all(unit.kind == PERCENTAGE for unit in behind.units):
        noun = _span(shadow, noun[0], at[found.start()])
    kinds = _kinds(plain, share, behind.counts, bool(noun))
    return Label(
        noun=noun,
        units=behind.units,
        inner=behind.inner,
        date=_date(start, dates, found is not None),
        dates=len(dates),
        change=found is not None,
        trend=_trend(found[0]) if found else "",
        basis=_basis_of(shadow[start : at[-1]]) if found else "",
        share=share,
        kinds=kinds,
        number=kinds == {COUNT},
        each=any(word in plain for word in words("each")),
        total=is_word("total", plain),
        reference=not behind.units and ending("reference", plain) is not None,
        unclear=not behind.units and _is_unclear(shadow, start, end),
        projected=(bool(dates) or not noun) and any(word in plain for word in words("projected")),
        earlier=not found and any(words("period")[time[0]] for time in period().finditer(plain)),
    )


# --- the parts of a line ----------------------------------------------------------------------


def _without_lead(shadow: str, start: int, end: int) -> int:
    """Where a name starts behind its number and words like 其中：."""
    for _ in range(_MARKS):
        while start < end and shadow[start].isspace():
            start += 1
        if found := list_mark().match(shadow, start, end):
            start = found.end()
            continue
        colon = next((n for n in range(start + 1, min(start + _LEAD, end)) if shadow[n] in ":："), 0)
        if not colon or not is_word("lead", shadow[start:colon]):
            break
        start = colon + 1
    return start


def _plain(shadow: str, start: int, stop: int, dates: Sequence[Date]) -> tuple[str, list[int]]:
    """A name without spaces between its characters and with a sign for each date, and where each character stands.

    A date in brackets behind it is left out: 比重（2020年）.
    """
    hidden = list(shadow[start:stop])
    for date in dates:
        low, high = max(date.start, start) - start, min(date.end, stop) - start
        hidden[low:high] = [HIDDEN] * max(0, high - low)
    written = "".join(hidden)
    while (found := BRACKETED.search(written)) and found.start() and not found[1].strip(HIDDEN + " "):
        written = written[: found.start()]
    spaces = {n for found in SPACED.finditer(written) for n in range(*found.span())}
    keep = [
        n for n, char in enumerate(written) if n not in spaces and not (char == HIDDEN and n and written[n - 1] == char)
    ]
    return "".join(written[n] for n in keep), [*(start + n for n in keep), start + len(written)]


def _undated(start: int, stop: int, dates: Sequence[Date]) -> tuple[int, int]:
    """A name without the date it begins or ends with: 2023年|销售额."""
    for date in dates:
        if date.start <= start < date.end < stop:
            start = date.end
        elif start < date.start < stop <= date.end:
            stop = date.start
    return start, stop


def _span(shadow: str, start: int, stop: int) -> tuple[int, ...]:
    """A name without signs at its end; () when nothing is left."""
    while stop > start and not shadow[stop - 1].isalnum() and shadow[stop - 1] not in ")）":
        stop -= 1
    return (start, stop) if stop > start else ()


# --- what it means ----------------------------------------------------------------------------


def _kinds(plain: str, share: bool, counts: bool, named: bool) -> frozenset[str]:
    """The kinds of quantities that figures of a name may be; empty when it doesn't say. 预算数 counts nothing, 人数 does."""
    measured = ending("measure", plain)
    of_things = ending("number", plain) is not None and (measured is None or COUNT in measured)
    if counts or (of_things and (named or is_word("number", plain))):
        return frozenset({COUNT})
    if share:
        return frozenset({PERCENTAGE})
    kinds = NUMBER if is_word("statistical", plain) else measured
    return frozenset(kinds.split("|")) if kinds else frozenset()


def _date(start: int, dates: Sequence[Date], is_change: bool) -> Date | None:
    """The time that a header names, if only one; of a change the one it opens with, not the one it is measured against."""
    absolute = [date for date in dates if not date.relative]
    if is_change:
        return absolute[0] if absolute and absolute[0].start <= start else None
    named = absolute or list(dates)
    return named[0] if len(named) == 1 else None


def _trend(written: str) -> str:
    """Which way the words of a change go; empty when they leave it to the figure (增减)."""
    codes = {code for word, code in words("change").items() if word in written}
    return codes.pop() if len(codes) == 1 else ""


def _basis_of(text: str) -> str:
    """The code of the longest term for what a change is measured against."""
    return bases().get(max((word for word in bases() if word in text), key=len, default=""), "")


def _is_unclear(shadow: str, start: int, end: int) -> bool:
    """Whether a name ends in letters or signs in brackets: 规模（MWac）; 净利润（扣非） and 净利润（注1） don't."""
    found = BRACKETED.search(shadow, start, end)
    return bool(found and _LETTER.search(found[1]) and not _HAN.search(found[1]))
