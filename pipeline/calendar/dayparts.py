"""The beginning, middle or end of a period, and the clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from pipeline.calendar.dateparts import Impossible, Parts, code_of, days_of, in_range, when_of, whole
from pipeline.calendar.edtf import When, days_in, iso

# granularity -> part -> (first, last) of its months, days or years, counted from 1
_NARROW: Mapping[str, Mapping[str, tuple[int, int]]] = {
    "year": {"early": (1, 4), "mid": (5, 8), "late": (9, 12), "first_half": (1, 6), "second_half": (7, 12)},
    "half": {"start": (1, 1), "early": (1, 2), "mid": (3, 4), "late": (5, 6), "end": (6, 6)},
    "quarter": {"start": (1, 1), "early": (1, 1), "mid": (2, 2), "late": (3, 3), "end": (3, 3)},
    "season": {"start": (1, 1), "early": (1, 1), "mid": (2, 2), "late": (3, 3), "end": (3, 3)},
    "month": {"start": (1, 10), "early": (1, 10), "mid": (11, 20), "late": (21, 31), "end": (21, 31),
              "first_half": (1, 15), "second_half": (16, 31)},
    "week": {"weekend": (6, 7), "end": (6, 7), "start": (1, 1), "early": (1, 2), "mid": (3, 4), "late": (5, 7)},
    "decade": {"start": (1, 3), "early": (1, 4), "mid": (4, 7), "late": (7, 10), "end": (8, 10),
               "first_half": (1, 5), "second_half": (6, 10)},
    "century": {"start": (1, 10), "early": (1, 33), "mid": (34, 66), "late": (67, 100), "end": (91, 100),
                "first_half": (1, 50), "second_half": (51, 100)},
    "interval": {"start": (1, 1), "early": (1, 2), "mid": (3, 3), "late": (4, 5), "end": (5, 5)},
}  # fmt: skip


def narrowed(when: When, part: str) -> When:
    """The beginning, middle or end of a period: earliest and latest, and the value where that is a month.

    >>> year, month, decade = when_of("2025", "year"), when_of("2024-02", "month"), when_of("199X", "decade")
    >>> narrowed(year, "end").value, narrowed(year, "start").value, narrowed(year, "mid").earliest
    ('2025-12', '2025-01', '2025-05-01')
    >>> narrowed(when_of("2024-34", "quarter"), "end").value
    '2024-06'
    >>> late = narrowed(month, "late")
    >>> late.value, late.earliest, late.latest, narrowed(decade, "early").latest
    ('2024-02', '2024-02-21', '2024-02-29', '1993-12-31')
    >>> narrowed(when_of("2021/2025", "interval"), "end").value
    '2025'
    """
    if not part or when.earliest.startswith("-"):
        return when
    if when.granularity == "year" and part in ("start", "end"):
        value = when.value + ("-01" if part == "start" else "-12")
        return replace(when_of(value, "month"), calendar=when.calendar)
    if when.granularity == "quarter" and part in ("start", "end"):
        edge = (when.earliest if part == "start" else when.latest)[:7]
        return replace(when_of(edge, "month"), calendar=when.calendar)
    fraction = _NARROW.get(when.granularity, {}).get(part)
    if fraction is None:
        return when
    low, high = fraction
    first, last = dt.date.fromisoformat(when.earliest), dt.date.fromisoformat(when.latest)
    if when.granularity in ("month", "week"):
        earliest = first + dt.timedelta(days=low - 1)
        latest = min(last, first + dt.timedelta(days=high - 1))
        if part in ("weekend", "end") and when.granularity == "week":
            return days_of(earliest, latest, "interval", when.calendar)
        return replace(when, earliest=earliest.isoformat(), latest=latest.isoformat())
    if when.granularity in ("year", "half", "quarter", "season"):
        at = first.year * 12 + first.month - 1
        year, month = divmod(at + low - 1, 12)
        until_year, until_month = divmod(at + high - 1, 12)
        until = iso(until_year, until_month + 1, days_in(until_year, until_month + 1))
        return replace(when, earliest=iso(year, month + 1, 1), latest=until)
    if when.granularity == "interval" and part in ("start", "end") and len(when.value) == 9:
        return when_of(iso(first.year + low - 1), "year")
    until = iso(min(first.year + high - 1, last.year), 12, 31)
    return replace(when, earliest=iso(first.year + low - 1, 1, 1), latest=until)


_DAYPART = {
    "dawn": ("00:00:00", "05:59:59"), "am": ("08:00:00", "11:59:59"), "noon": ("11:00:00", "13:59:59"),
    "pm": ("12:00:00", "17:59:59"), "evening": ("18:00:00", "23:59:59"), "night": ("20:00:00", "23:59:59"),
}  # fmt: skip


def _hour24(hour: int, ampm: str) -> tuple[int, int]:
    """Hour of the day and days to add (晚上12点 is 0 o'clock of the next day).

    >>> [_hour24(*h) for h in ((5, "pm"), (11, "evening"), (12, "evening"), (12, "noon"), (12, "dawn"))]
    [(17, 0), (23, 0), (0, 1), (12, 0), (0, 0)]
    >>> [_hour24(*h) for h in ((1, "noon"), (1, "evening"), (3, "dawn"), (19, "evening"), (24, ""))]
    [(13, 0), (1, 1), (3, 0), (19, 0), (0, 1)]
    """
    if hour == 24:
        return 0, 1
    if hour == 12:
        return (0, 1) if ampm in ("evening", "night") else (0 if ampm == "dawn" else 12, 0)
    if hour > 12 or not ampm:
        return hour, 0
    if ampm == "pm" or (ampm == "noon" and hour < 4) or (ampm in ("evening", "night") and hour > 4):
        return hour + 12, 0
    return hour, int(ampm == "evening")


def clocked(when: When, parts: Parts) -> When:
    """A day with its clock time or part of the day."""
    ampm, hour = code_of(parts, "ampm"), in_range(parts, "hour", 0, 24)
    if hour is None and not ampm:
        return when
    if when.granularity != "day":
        raise Impossible("a clock time without a day")
    if hour is None:
        first, last = _DAYPART[ampm]
        return replace(when, earliest=f"{when.value}T{first}", latest=f"{when.value}T{last}")
    minute, second = in_range(parts, "minute", 0, 59), in_range(parts, "second", 0, 59)
    if whole(parts["hour"]) == 24 and (minute or second):
        raise Impossible("after 24:00")
    hour, more = _hour24(hour, ampm)
    date = dt.date.fromisoformat(when.value) + dt.timedelta(days=more)
    value, granularity = f"{date.isoformat()}T{hour:02d}", "hour"
    if minute is not None:
        value, granularity = f"{value}:{minute:02d}", "minute"
        if second is not None:
            value, granularity = f"{value}:{second:02d}", "second"
    return when_of(value, granularity, when.calendar)
