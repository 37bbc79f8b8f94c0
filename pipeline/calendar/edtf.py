"""An interval of calendar time as EDTF (ISO 8601-2, level 2), with the days it can mean.

The forms in use here, and nothing else::

    2025  2025-04  2025-10-29  -0220        year, month, day; years before Christ, astronomical (0 = 1 BC)
    2023-04-21T09  T09:30  T09:30:15        clock times
    2024-21 … -24                           spring, summer, autumn, winter (December to February)
    2024-33 … -36  2024-40 -41              quarters, halves
    199X  19XX  -02XX                       decade, century (1900-1999; 300 to 201 BC)
    2013~                                   approximate
    2014/2016  2022-12/..  ../2018          from, to and with; open ends
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace

__all__ = ["UNKNOWN", "When", "bounded", "bounds", "days_in", "iso", "point_of", "span"]


@dataclass(frozen=True, slots=True)
class When:
    """An interval of calendar time with its precision. All fields are empty when nothing is known."""

    value: str  # EDTF, "" = unknown or impossible (2月30日)
    earliest: str  # ISO date, or date-time where a clock decides; inclusive; "" = open or unknown
    latest: str  # likewise, inclusive
    granularity: str  # century decade year half quarter season month week day hour minute second interval
    calendar: str = "gregorian"  # gregorian roc lunar era
    relative: bool = False  # the words name an offset (去年), not merely an incomplete date (5月)
    anchor: str = ""  # what it was counted from or completed by: "published", an ISO date of the text, ""


UNKNOWN = When("", "", "", "")

_SEASON = {21: (3, 5), 22: (6, 8), 23: (9, 11), 24: (12, 14)}  # month 14 = February of the next year
_FORM = re.compile(
    r"(?P<year>-?\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?:T(?P<hour>\d\d)(?::(?P<minute>\d\d)(?::(?P<second>\d\d))?)?)?)?)?"
)


def days_in(year: int, month: int) -> int:
    """Days of a month in the proleptic Gregorian calendar, for any year.

    >>> days_in(2024, 2), days_in(1900, 2), days_in(-4, 2)
    (29, 28, 29)
    """
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def iso(year: int, month: int | None = None, day: int | None = None) -> str:
    """A calendar point as EDTF, as precise as it is given.

    >>> iso(367, 1), iso(2025, 4, 9), iso(-220)
    ('0367-01', '2025-04-09', '-0220')
    """
    text = f"{year:05d}" if year < 0 else f"{year:04d}"
    if month is not None:
        text += f"-{month:02d}"
        if day is not None:
            text += f"-{day:02d}"
    return text


def _months(year: int, first: int, last: int) -> tuple[str, str]:
    if last > 12:
        return iso(year, first, 1), iso(year + 1, last - 12, days_in(year + 1, last - 12))
    return iso(year, first, 1), iso(year, last, days_in(year, last))


def _point_bounds(point: str) -> tuple[str, str]:
    """`bounds` of one end of an interval."""
    point = point.rstrip("~?%")
    if re.fullmatch(r"-\d\dXX", point):  # before Christ the first year has the larger number
        return point.replace("X", "9") + "-01-01", point.replace("X", "0").replace("-0000", "0000") + "-12-31"
    if re.fullmatch(r"\d{3}X|\d\dXX", point):
        return point.replace("X", "0") + "-01-01", point.replace("X", "9") + "-12-31"
    form = _FORM.fullmatch(point)
    if not form:
        return "", ""
    year, month, day, hour, minute, second = (None if g is None else int(g) for g in form.groups())
    assert year is not None
    if month is None:
        return _months(year, 1, 12)
    if day is not None:
        if not (1 <= month <= 12 and 1 <= day <= days_in(year, month)):
            return "", ""
        if hour is None:
            return point, point
        if hour > 23 or (minute or 0) > 59 or (second or 0) > 59:
            return "", ""
        return point + ":00:00"[3 * (len(point) - 13) // 3 :], point + ":59:59"[3 * (len(point) - 13) // 3 :]
    if 1 <= month <= 12:
        return _months(year, month, month)
    if 33 <= month <= 36:
        return _months(year, 3 * (month - 33) + 1, 3 * (month - 32))
    if month in (40, 41):
        return _months(year, 6 * (month - 40) + 1, 6 * (month - 39))
    return _months(year, *_SEASON[month]) if month in _SEASON else ("", "")


def bounds(edtf: str) -> tuple[str, str]:
    """First and last day (or second) an EDTF value can mean, both inclusive; "" where open or not a value.

    >>> bounds("2024"), bounds("2024-02"), bounds("2024-02-30")
    (('2024-01-01', '2024-12-31'), ('2024-02-01', '2024-02-29'), ('', ''))
    >>> bounds("199X"), bounds("20XX"), bounds("2013~")
    (('1990-01-01', '1999-12-31'), ('2000-01-01', '2099-12-31'), ('2013-01-01', '2013-12-31'))
    >>> bounds("2024-36"), bounds("2024-40"), bounds("2023-24")
    (('2024-10-01', '2024-12-31'), ('2024-01-01', '2024-06-30'), ('2023-12-01', '2024-02-29'))
    >>> bounds("2014/2016"), bounds("2022-12/.."), bounds("../2018")
    (('2014-01-01', '2016-12-31'), ('2022-12-01', ''), ('', '2018-12-31'))
    >>> bounds("2023-04-21T09"), bounds("2023-04-21T09:30")
    (('2023-04-21T09:00:00', '2023-04-21T09:59:59'), ('2023-04-21T09:30:00', '2023-04-21T09:30:59'))
    >>> bounds("2023-04-21T09:30:15"), bounds("2023-04-21T25"), bounds("")
    (('2023-04-21T09:30:15', '2023-04-21T09:30:15'), ('', ''), ('', ''))
    >>> bounds("-0220"), bounds("-02XX")
    (('-0220-01-01', '-0220-12-31'), ('-0299-01-01', '-0200-12-31'))
    """
    first, _, last = edtf.partition("/")
    if not last:
        return _point_bounds(first)
    return _point_bounds(first)[0], _point_bounds(last)[1]


def point_of(edtf: str, last: bool = True) -> tuple[int, int | None, int | None] | None:
    """Year, month and day of an end of a value, as precise as written; None where it holds no year.

    The other end is taken where that one is open.

    >>> point_of("2009-07-16/2009-07-26"), point_of("2024-33"), point_of("2010/..")
    ((2009, 7, 26), (2024, None, None), (2010, None, None))
    >>> point_of("199X") is None
    True
    """
    ends = [end for end in edtf.split("/") if end != ".."]
    form = _FORM.match(ends[-1 if last else 0]) if ends else None
    if not form:
        return None
    month = int(form["month"] or 0)
    day = int(form["day"]) if form["day"] else None
    return (int(form["year"]), month, day) if 1 <= month <= 12 else (int(form["year"]), None, None)


def _moment(text: str, end: bool = False) -> tuple[int, ...]:
    """A sortable form of an ISO date or date-time of any year."""
    sign = -1 if text.startswith("-") else 1
    numbers = [int(n) for n in re.findall(r"\d+", text)]
    numbers[0] *= sign
    return (*numbers, *((23, 59, 59) if end else (0, 0, 0)))[:6]


def _end(value: str, last: bool) -> str:
    """One end of a value, quarters and halves as months (an interval of `2024-33` reads badly)."""
    end = value.split("/")[-1 if last else 0]
    if re.search(r"^-?\d{4}-(3[3-6]|4[01])", end):
        mark = "~" if end.endswith("~") else ""
        return bounds(end)[last][:-3] + mark
    return end


def span(first: When, last: When) -> When:
    """From one time to another, both included (2014年至2016年 → 2014/2016, latest 2016-12-31).

    Unknown if either is, or if it would run backwards; only a clock time that runs past midnight takes
    the next day. A clock time that ends a span is a moment: 8点到9点 ends at 9:00:00. An open beginning
    and end close each other (6月14日起到9月14日之前).

    >>> year = lambda n: When(n, *bounds(n), "year")
    >>> both = span(year("2014"), year("2016"))
    >>> both.value, both.latest, both.granularity
    ('2014/2016', '2016-12-31', 'interval')
    >>> span(year("2016"), year("2014")).value
    ''
    >>> both = span(bounded(year("2014"), "since"), bounded(year("2016"), "before"))
    >>> both.value, both.latest
    ('2014/2016', '2015-12-31')
    >>> span(year("2024-33"), year("2024-35")).value
    '2024-01/2024-09'
    >>> clock = lambda n: When(n, *bounds(n), "hour")
    >>> span(clock("2024-05-01T17"), clock("2024-05-01T03")).value
    '2024-05-01T17/2024-05-02T03'
    """
    relative = first.relative or last.relative
    anchor = first.anchor or last.anchor
    calendar = first.calendar if first.calendar == last.calendar else "gregorian"
    unknown = replace(UNKNOWN, relative=relative, calendar=calendar)
    first = replace(first, value=first.value.removesuffix("/.."))
    last = replace(last, value=last.value.removeprefix("../"))
    if not first.value or not last.value or ".." in first.value + last.value:
        return unknown
    if first.value == last.value and first.earliest and last.latest:  # 5月中下旬 is one month
        ordered = _moment(first.earliest) <= _moment(last.latest, end=True)
        return replace(first, latest=last.latest) if ordered else unknown
    last = _past_midnight(first, last)
    latest = last.latest
    if re.search(r"T[\d:]+$", last.value):
        latest = bounds(last.value)[0]
    backwards = first.earliest and latest and _moment(latest, end=True) < _moment(first.earliest)
    if backwards or (first.earliest and last.earliest and _moment(last.earliest) < _moment(first.earliest)):
        return unknown
    value = f"{_end(first.value, False)}/{_end(last.value, True)}"
    return When(value, first.earliest, latest, "interval", calendar, relative, anchor)


def _past_midnight(first: When, last: When) -> When:
    clock = re.compile(r"(\d{4}-\d\d-\d\d)(T[\d:]+)")
    one, two = clock.fullmatch(first.value), clock.fullmatch(last.value)
    if not one or not two or one[1] != two[1] or two[2] >= one[2] or one[1] == "9999-12-31":
        return last
    value = (dt.date.fromisoformat(two[1]) + dt.timedelta(days=1)).isoformat() + two[2]
    earliest, latest = bounds(value)
    return replace(last, value=value, earliest=earliest, latest=latest)


def _neighbour(day: str, step: int) -> str:
    """The day before or after an ISO date; the date itself at the ends of the calendar and before Christ."""
    try:
        return (dt.date.fromisoformat(day[:10]) + dt.timedelta(days=step)).isoformat()
    except (ValueError, OverflowError):
        return day


def bounded(when: When, bound: str) -> When:
    """A time as the end of an open interval, or approximate.

    | bound    | words                 | value     | means                                     |
    |----------|-----------------------|-----------|-------------------------------------------|
    | `before` | 2018年以前, 之前       | `../2018` | latest: the day before it begins          |
    | `until`  | 截至2018年, 2018年及以前 | `../2018` | latest: its last day                      |
    | `since`, `from` | 1998年以来, 起  | `1998/..` | earliest: its first day                   |
    | `after`  | 2018年以后, 之后       | `2018/..` | earliest: the day after it; a day, itself |
    | `approx` | 2013年左右, 约2013年   | `2013~`   |                                           |

    >>> year = When("2018", *bounds("2018"), "year")
    >>> [(w.value, w.earliest, w.latest) for w in (bounded(year, "before"), bounded(year, "until"))]
    [('../2018', '', '2017-12-31'), ('../2018', '', '2018-12-31')]
    >>> [(w.value, w.earliest, w.latest) for w in (bounded(year, "since"), bounded(year, "after"))]
    [('2018/..', '2018-01-01', ''), ('2018/..', '2019-01-01', '')]
    >>> bounded(year, "approx").value, bounded(UNKNOWN, "since") == UNKNOWN
    ('2018~', True)

    Raises ValueError for any other bound.
    """
    if bound not in ("before", "until", "since", "from", "after", "approx"):
        raise ValueError(f"bound {bound!r}: allowed are before, until, since, from, after, approx")
    if not when.value or ".." in when.value:
        return when
    if bound == "approx":
        ends = (end if end.endswith("~") else end + "~" for end in when.value.split("/"))
        return replace(when, value="/".join(ends))
    clocked = "T" in when.value
    if bound in ("before", "until"):
        latest = when.latest
        if bound == "before":
            latest = when.earliest if clocked else _neighbour(when.earliest, -1)
        value = "../" + when.value.split("/")[0 if bound == "before" else -1]
        return replace(when, value=value, earliest="", latest=latest, granularity="interval")
    earliest = when.earliest
    if bound == "after" and when.granularity not in ("day", "hour", "minute", "second"):
        earliest = _neighbour(when.latest, 1)
    value = when.value.split("/")[-1 if bound == "after" else 0] + "/.."
    return replace(when, value=value, earliest=earliest, latest="", granularity="interval")
