"""The closed vocabulary of date parts: names, codes, how to read their values."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from pipeline.calendar.edtf import When, bounds

UNITS = ("century", "decade", "year", "half", "quarter", "month", "week", "day", "hour", "minute")
CODES: Mapping[str, tuple[str, ...]] = {
    "season": ("spring", "summer", "autumn", "winter"),
    "part": ("start", "end", "early", "mid", "late", "first_half", "second_half", "weekend"),
    "term": ("school", "fiscal"),
    "ampm": ("dawn", "am", "noon", "pm", "evening", "night"),
    "unit": UNITS,
    "anchor": ("published", "context"),
    "bound": ("before", "until", "since", "from", "after", "approx"),
    "calendar": ("gregorian", "roc", "lunar", "era"),
}
FESTIVAL = re.compile(
    r"(?P<lunar>L)?(?P<month>\d\d)-(?P<day>\d\d)|Lnewyear(?P<step>[+-]\d+)?"
    r"|(?P<in>\d\d?)-(?P<nth>-?[1-5])-(?P<weekday>[1-7])(?P<more>\+\d)?|S(?P<sun>\d{1,3})"
    r"|easter(?P<off>[+-]\d{1,2})?|(?P<hebrew>nisan|tishri|kislev)(?P<days>[+-]\d{1,2})?|I(?P<islamic>\d\d)(?:-(?P<of>\d\d))?"
)
# How coarse each part is: 0 year, 1 month, 2 week, 3 day, 4 part of the day, 5 clock; what the end of a
# range leaves out is taken from its beginning by this. 9 is never shared.
_LEVELS = {
    0: "year ce roc_year era era_year cycle animal bc compact decade roc_decade century plan term",
    1: "calendar month lunar_month leap quarter half season festival first_n last_n",
    2: "week",
    3: "day lunar_day weekday ahead nth",
    4: "ampm",
    5: "hour minute second",
    9: "rel same offset ago later past next unit anchor part bound carry aside apart news reviewed lasting begin finish date time vague",
}
PARTS: Mapping[str, int] = {name: level for level, names in _LEVELS.items() for name in names.split()}
# the same for a rel or same by its unit; a day, 3, isn't listed
UNIT_LEVEL = {
    **dict.fromkeys(("century", "decade", "year", "period"), 0),
    **dict.fromkeys(("half", "quarter", "month"), 1),
    "week": 2,
}
NESTED = ("begin", "finish", "date", "time")  # parts that are themselves parts: a captured date
RELATIVE = ("rel", "same", "ago", "later", "past", "next")


class Impossible(ValueError):
    """These parts are no date."""


Parts = Mapping[str, Any]
Point = tuple[int, int | None, int | None]


def number_of(value: Any) -> Decimal:
    """A captured part as a number. Raises Impossible when it is none, or one that no calendar holds."""
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise Impossible(value) from None
    if not number.is_finite() or number.adjusted() > 9:
        raise Impossible(value)
    return number


def whole(value: Any) -> int:
    """A captured part as a whole number. Raises Impossible when it has a fraction."""
    number = number_of(value)
    if number != int(number):
        raise Impossible(value)
    return int(number)


def in_range(parts: Parts, name: str, low: int, high: int) -> int | None:
    """An integer part in its range; None if absent."""
    if name not in parts:
        return None
    number = whole(parts[name])
    if not low <= number <= high:
        raise Impossible(f"{name} {number}")
    return number


def code_of(parts: Parts, name: str) -> str:
    """A captured word by its code. Raises Impossible for a code that the calendar does not know."""
    code = str(parts.get(name, ""))
    if code and code not in CODES[name]:
        raise Impossible(f"{name} {code}")
    return code


def offset_of(parts: Parts, name: str) -> tuple[str, int]:
    """Unit and offset of a `rel` or `same`."""
    form = re.fullmatch(r"([a-z]+)([+-]\d{1,4})?", str(parts[name]))
    if not form or form[1] not in (*UNITS, "period"):
        raise Impossible(parts[name])
    return form[1], int(form[2]) if form[2] else whole(parts.get("offset", 0))


def validate(parts: Parts) -> list[str]:
    """What is wrong with names and codes of parts, as messages that say what is allowed.

    >>> validate({"year": 2024, "quarter": 1, "part": "end"})
    []
    >>> validate({"yaer": 2024})
    ["part 'yaer' is unknown, did you mean year?"]
    >>> validate({"rel": "last_year"})
    ["rel 'last_year': a unit and an offset are expected, as in year-1, month+0, day+1"]
    """
    out = []
    for key, value in parts.items():
        name = key.removesuffix("_to")
        if key in NESTED:
            if isinstance(value, Mapping):
                out += validate(value)
        elif name not in PARTS:
            near = difflib.get_close_matches(name, PARTS, 1)
            out.append(f"part {key!r} is unknown" + (f", did you mean {near[0]}?" if near else ""))
        elif name in CODES and value not in ("", None) and str(value) not in CODES[name]:
            out.append(f"{key} {value!r}: allowed are {' '.join(CODES[name])}")
        elif name in ("rel", "same") and isinstance(value, str):
            try:
                offset_of({name: value}, name)
            except Impossible:
                wanted = "a unit and an offset are expected, as in year-1, month+0, day+1"
                out.append(f"{key} {value!r}: {wanted}")
        elif name == "festival" and isinstance(value, str) and not FESTIVAL.fullmatch(value):
            out.append(
                f"{key} {value!r}: expected are 05-01, L08-15, Lnewyear-1, 5-2-7, S15, easter-2, tishri+9 or I10-01"
            )
    return out


_CLOSED = (
    "part",
    "plan",
    "decade",
    "roc_decade",
    "century",
    "first_n",
    "last_n",
    "term",
    "past",
    "next",
    "bound",
    "begin",
    "finish",
    "vague",
)


def extent(parts: Parts) -> tuple[int, int]:
    """How coarse and how fine the levels are that parts name: 0 year, 1 month, 2 week, 3 day, 4 part of the day, 5 clock.

    The finest is 9 where nothing finer can follow: a range, a decade, the beginning of a month. A date in
    two pieces (去年 | 8月15日) is one where the first's finest lies above the second's coarsest.

    >>> extent({"rel": "year-1"}), extent({"month": 8, "day": 15}), extent({"month": 8, "part": "end"})
    ((0, 0), (1, 3), (1, 9))
    >>> extent({"ago": 3, "unit": "year"}), extent({"part": "end"}), extent({"festival": "05-01"})
    ((0, 0), (1, 9), (3, 3))
    """
    levels = [_extent_of(name, parts) for name in parts]
    levels = [level for level in levels if level < 9]
    closed = any(name in _CLOSED or name.endswith("_to") for name in parts)
    return min(levels, default=9), 9 if closed else max(levels, default=9)


def _extent_of(name: str, parts: Parts) -> int:
    if name in ("rel", "same"):
        return UNIT_LEVEL.get(re.sub(r"[^a-z].*", "", str(parts[name])), 3)
    if name in ("ago", "later", "past", "next"):
        return UNIT_LEVEL.get(str(parts.get("unit", "")), 3)
    if name in ("begin", "finish") and isinstance(parts[name], Mapping):
        return extent(parts[name])[0]
    return {"festival": 3, "part": 1, "calendar": 9, "leap": 9}.get(name, PARTS.get(name.removesuffix("_to"), 9))


def day_parts(date: dt.date) -> dict[str, Any]:
    """A day as the parts of a date."""
    return {"year": date.year, "month": date.month, "day": date.day}


def date_of(point: Point) -> dt.date:
    """A day to count from. Raises Impossible for a bare year or month."""
    year, month, day = point
    if month is None or day is None:
        raise Impossible("a day is needed to count from")
    return dt.date(year, month, day)


def when_of(value: str, granularity: str, calendar: str = "gregorian") -> When:
    """A value in EDTF with the days it can mean. Raises Impossible when it means none."""
    earliest, latest = bounds(value)
    if not earliest and not latest:
        raise Impossible(value)
    return When(value, earliest, latest, granularity, calendar)


def days_of(first: dt.date, last: dt.date, granularity: str, calendar: str = "gregorian") -> When:
    """A day, or the interval between two."""
    if first == last:
        return when_of(first.isoformat(), "day", calendar)
    return when_of(f"{first.isoformat()}/{last.isoformat()}", granularity, calendar)
