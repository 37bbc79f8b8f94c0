"""Parts of a date, captured by rules, to EDTF. Knows calendars and arithmetic, reads no text.

A rule captures fields under these names (``set:`` gives constants); numbers may be int, Decimal or
strings of digits, codes are strings. Whatever can't be a date (month 13, 2月30日, a fraction of a day)
gives an empty value, never an exception. ``PARTS`` is this table for programs; ``validate`` checks
names and codes when rules are loaded.

=============  ==================================================================================
part           what it holds (an example of the words → the value)
=============  ==================================================================================
year           2024年 → 2024. Two digits: the century that ends at most 20 years after publication
               (98 → 1998). 10-199 in a text from TW counts from 1911 (112年 → 2023)
roc_year       民國112年 → 112; 0 and 1 are 元年 (1912); with bc: 民國前
era            start year of an era, `jp:2019` 令和 (Gregorian months) or `1662` 康熙 (lunar months)
era_year       年 of that era; 0 and 1 are 元年
bc             any value: the year is before Christ (公元前)
compact        20240307, 202403, 1130307 (seven digits: a ROC year)
month, day     1-12, 1-31
weekday        1 (Monday) - 7. Alone: the last one up to publication; ignored beside month and day
week           第N周 of the year (ISO) or of the month (from its first Monday)
quarter, half  1-4, 1-2
season         spring summer autumn winter
decade         90 (with century, or the last one begun), or 1950 (1950年代)
roc_decade     民國50年代 → 50 (1961-1970)
century        21 → 20XX; with decade 20世纪90年代 → 199X
plan           N-th five-year plan, 十四五 → 14 → 2021/2025
term           school (104学年度 → 2015/2016) or fiscal (2019/20财年: year 2019, year_to 20)
part           start 初, end 底/末, early 早/上旬, mid 中(旬), late 晚/下旬, first_half 上半(月), second_half,
               weekend: of what the other parts name. 年底 → December, 年初 → January, else it narrows
               earliest and latest only
first, last    N units at the beginning or end of a year (month): 前三季度 → first 3, unit quarter;
               unit: year quarter month week day
calendar       lunar: month and day are lunar (as lunar_month, lunar_day)
lunar_month, lunar_day, leap   农历闰六月初一: 6, 1, any value
festival       `05-01` · `L08-15` lunar · `Lnewyear` · `Lnewyear-1` its eve · `11-4-4` fourth Thursday of
               November, `5-1--1` last Monday of May · `S15` sun at 15° (清明; 冬至 is S270)
hour, minute, second           0-24, 0-59, 0-59
ampm           dawn 凌晨, am 上午/早, noon 中午, pm 下午, evening 晚上/傍晚, night 深夜: shifts the hour (下午5点 →
               17); without an hour it narrows the day
rel            unit and offset from the publication date: `year-1` 去年, `month+0` 本月, `week-1` 上周, `day+1`
               明天; units century decade year half quarter month week day. Also rel `year`, offset -1
same           likewise, from the nearest date of the text: `year+0` 同年, `day+1` 次日; `period+0` 同期 (去年同期:
               same `period-1`)
offset         for a rel or same that is a unit only
ago, later     N units away: 三年前 → ago 3, unit year; 两周后 → later 2, unit week
past, next     the N units up to the anchor, or from it on: 近三年 → past 3, 未来五年 → next 5
unit           of ago, later, past, next, first, last: century decade year quarter month week day hour
anchor         published or context: overrules what ago, later, past, next are counted from
bound          before until since from after approx (see edtf.bounded); 今年以来 is rel year+0, bound since
carry          years to add (complete sets it: 11月至2月)
<part>_to      the same part of the end of a range: 1-5月 → month 1, month_to 5. What the end leaves out is
               taken from the beginning
=============  ==================================================================================

Explicit parts win over relative ones, so 今（2024）年5月 may pass both.

What relative times count from: ``rel``, ``ago`` and ``past``/``next`` from the publication date;
``same`` from the context; ``later`` from the context, else from publication. Nothing to count from: no
value. Only 本世纪 and 上世纪 need no date: digital text speaks from the 21st century.

A missing year is the context's, else publication's (the year before if the date would otherwise lie
more than 240 days ahead). Publication also wins over a context that is a bare year, when that year
lies in the future or when a full month and day falls in the last 31 days. A day alone takes the
month in the same way (the last month when it would lie more than 14 days ahead).
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from pipeline import lunar
from pipeline.edtf import UNKNOWN, When, bounded, bounds, days_in, iso, point_of, span

__all__ = ["PARTS", "UNKNOWN", "When", "bounded", "bounds", "complete", "resolve", "span", "validate"]

_UNITS = ("century", "decade", "year", "half", "quarter", "month", "week", "day", "hour", "minute")
_CODES: Mapping[str, tuple[str, ...]] = {
    "season": ("spring", "summer", "autumn", "winter"),
    "part": ("start", "end", "early", "mid", "late", "first_half", "second_half", "weekend"),
    "term": ("school", "fiscal"),
    "ampm": ("dawn", "am", "noon", "pm", "evening", "night"),
    "unit": _UNITS,
    "anchor": ("published", "context"),
    "bound": ("before", "until", "since", "from", "after", "approx"),
    "calendar": ("gregorian", "roc", "lunar", "era"),
}
# part -> how coarse it is: 0 year, 1 month, 2 week, 3 day, 4 part of the day, 5 clock; 9 is never shared
PARTS: Mapping[str, int] = {
    **dict.fromkeys("year roc_year era era_year bc compact decade roc_decade century plan term".split(), 0),
    **dict.fromkeys("calendar month lunar_month leap quarter half season festival first last".split(), 1),
    **dict.fromkeys(("week",), 2),
    **dict.fromkeys("day lunar_day weekday".split(), 3),
    **dict.fromkeys(("ampm",), 4),
    **dict.fromkeys("hour minute second".split(), 5),
    **dict.fromkeys("rel same offset ago later past next unit anchor part bound carry".split(), 9),
}
_UNIT_LEVEL = {"century": 0, "decade": 0, "year": 0, "period": 0, "half": 1, "quarter": 1, "month": 1, "week": 2}
_RELATIVE = ("rel", "same", "ago", "later", "past", "next")


class _Impossible(ValueError):
    """These parts are no date."""


Parts = Mapping[str, Any]
Point = tuple[int, int | None, int | None]


# --- reading parts ----------------------------------------------------------------------------


def _number(value: Any) -> Decimal:
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise _Impossible(value) from None
    if not number.is_finite() or number.adjusted() > 9:
        raise _Impossible(value)
    return number


def _int(value: Any) -> int:
    number = _number(value)
    if number != int(number):
        raise _Impossible(value)
    return int(number)


def _get(parts: Parts, name: str, low: int, high: int) -> int | None:
    """An integer part in its range; None if absent."""
    if name not in parts:
        return None
    number = _int(parts[name])
    if not low <= number <= high:
        raise _Impossible(f"{name} {number}")
    return number


def _code(parts: Parts, name: str) -> str:
    code = str(parts.get(name, ""))
    if code and code not in _CODES[name]:
        raise _Impossible(f"{name} {code}")
    return code


def _offset(parts: Parts, name: str) -> tuple[str, int]:
    """Unit and offset of a `rel` or `same`."""
    form = re.fullmatch(r"([a-z]+)([+-]\d{1,4})?", str(parts[name]))
    if not form or form[1] not in (*_UNITS, "period"):
        raise _Impossible(parts[name])
    return form[1], int(form[2]) if form[2] else _int(parts.get("offset", 0))


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
        if name not in PARTS:
            near = difflib.get_close_matches(name, PARTS, 1)
            out.append(f"part {key!r} is unknown" + (f", did you mean {near[0]}?" if near else ""))
        elif name in _CODES and value not in ("", None) and str(value) not in _CODES[name]:
            out.append(f"{key} {value!r}: allowed are {' '.join(_CODES[name])}")
        elif name in ("rel", "same") and isinstance(value, str):
            try:
                _offset({name: value}, name)
            except _Impossible:
                wanted = "a unit and an offset are expected, as in year-1, month+0, day+1"
                out.append(f"{key} {value!r}: {wanted}")
        elif name == "festival" and isinstance(value, str) and not _FESTIVAL.fullmatch(value):
            out.append(f"{key} {value!r}: expected are 05-01, L08-15, Lnewyear-1, 11-4-4 or S15")
    return out


# --- relative parts to absolute ones ------------------------------------------------------------


def _date(point: Point) -> dt.date:
    year, month, day = point
    if month is None or day is None:
        raise _Impossible("a day is needed to count from")
    return dt.date(year, month, day)


def _shift(point: Point, unit: str, n: int) -> dict[str, Any]:
    """Absolute parts of the unit that lies ``n`` units from the one that holds ``point``.

    >>> _shift((2025, 1, 3), "month", -1), _shift((2025, 1, 3), "quarter", -1)
    ({'year': 2024, 'month': 12}, {'year': 2024, 'quarter': 4})
    >>> _shift((2017, 3, 22), "week", 1)
    {'monday': datetime.date(2017, 3, 27)}
    """
    year, month, _ = point
    if unit == "century":
        return {"century": year // 100 + 1 + n}
    if unit == "decade":
        return {"decade": (year // 10 + n) * 10}
    if unit == "year":
        return {"year": year + n}
    if unit in ("half", "quarter", "month"):
        if month is None:
            raise _Impossible("a month is needed to count from")
        size = {"half": 6, "quarter": 3, "month": 1}[unit]
        index = (year * 12 + month - 1) // size + n
        return {"year": index * size // 12, unit: index % (12 // size) + 1}
    date = _date(point)
    if unit == "week":
        return {"monday": date + dt.timedelta(days=7 * n - date.weekday())}
    if unit != "day":
        raise _Impossible(f"{unit}: a publication date has no clock")
    return _day_parts(date + dt.timedelta(days=n))


def _day_parts(date: dt.date) -> dict[str, Any]:
    return {"year": date.year, "month": date.month, "day": date.day}


def _amount(parts: Parts, name: str) -> tuple[int, str]:
    """N units as a whole number of years, months or days: 1.5 years → 18 months, 2 weeks → 14 days."""
    number, unit = _number(parts[name]), _code(parts, "unit")
    for coarse, fine, factor in (
        ("century", "year", 100), ("decade", "year", 10), ("half", "month", 6), ("quarter", "month", 3),
        ("week", "day", 7),
    ):  # fmt: skip
        if unit == coarse:
            number, unit = number * factor, fine
    if unit == "year" and number != int(number):
        number, unit = number * 12, "month"
    if unit == "month" and number != int(number):
        number, unit = number * 30, "day"
    if unit == "hour" and number % 24 == 0:
        number, unit = number / 24, "day"
    if unit not in ("year", "month", "day") or not 0 <= number < 100_000:
        raise _Impossible(unit)
    return _int(number), unit


def _moved(point: Point, unit: str, n: int) -> dt.date:
    """The same day ``n`` units away, the last of the month where that one is shorter."""
    date = _date(point)
    if unit == "day":
        return date + dt.timedelta(days=n)
    index = date.year * 12 + date.month - 1 + (12 * n if unit == "year" else n)
    year, month = index // 12, index % 12 + 1
    return dt.date(year, month, min(date.day, days_in(year, month)))


def _interval(parts: Parts, point: Point, anchor: str) -> When:
    """The N units up to the anchor (近三年) or after it (未来五年), as precise as the unit."""
    back = "past" in parts
    n, unit = _amount(parts, "past" if back else "next")
    sign = -1 if back else 1
    depth = {"year": 1, "month": 2, "day": 3}[unit]
    near = point if anchor != "published" else point[:depth]
    far = iso(*_as_parts(_shift(point, unit, sign * n)))
    ends = (far, iso(*near)) if back else (iso(*near), far)
    earliest, latest = bounds("/".join(ends))
    if point[2] is not None:
        moved = _moved(point, unit, sign * n).isoformat()
        earliest = moved if back else (_date(point) + dt.timedelta(days=1)).isoformat()
        latest = _date(point).isoformat() if back else moved
    return When("/".join(ends), earliest, latest, "interval", "gregorian", True, anchor)


def _as_parts(parts: Parts) -> tuple[int, ...]:
    return tuple(parts[name] for name in ("year", "month", "day") if name in parts)


def _same_period(context: When, years: int, anchor: str) -> When:
    """The context's own period, some years away (去年同期)."""

    def moved(end: str) -> str:
        if end == "..":
            return end
        form = re.match(r"(-?\d{4})(.*)", end)
        if not form:
            raise _Impossible(end)
        value = iso(int(form[1]) + years) + form[2]
        return value if bounds(value)[0] else value.replace("-02-29", "-02-28")

    value = "/".join(map(moved, context.value.split("/")))
    shifted = (moved(context.earliest) if context.earliest else "", moved(context.latest) if context.latest else "")
    if shifted[1].endswith("-02-28") and re.search(r"-02(/|$)|-02-28$", value) is None:
        shifted = bounds(value)
    return replace(context, value=value, earliest=shifted[0], latest=shifted[1], relative=True, anchor=anchor)


def _counted_from(parts: Parts, published: dt.date | None, context: When | None) -> tuple[Point, str]:
    """The point that relative parts count from, and its name."""
    wanted = _code(parts, "anchor") or ("context" if "same" in parts or "later" in parts else "published")
    point = point_of(context.value) if context and context.value else None
    if wanted == "context" and point and context:
        unit = str(parts.get("same", ""))
        if point[1] is None and unit.startswith(("quarter", "half")) and context.latest:
            point = (point[0], int(context.latest.lstrip("-")[5:7]), None)
        return point, iso(*(n for n in point if n is not None))
    if published and (wanted == "published" or "later" in parts):
        return (published.year, published.month, published.day), "published"
    if str(parts.get("rel", "")).startswith("century"):
        return (2001, None, None), ""
    raise _Impossible("nothing to count from")


def _grounded(parts: Parts, point: Point) -> dict[str, Any]:
    """Relative parts replaced by absolute ones; explicit parts win."""
    if "ago" in parts or "later" in parts:
        n, unit = _amount(parts, "ago" if "ago" in parts else "later")
        base = _shift(point, unit, -n if "ago" in parts else n)
    else:
        base = _shift(point, *_offset(parts, "rel" if "rel" in parts else "same"))
    if "monday" in base and "weekday" in parts:
        base = _day_parts(base["monday"] + dt.timedelta(days=(_get(parts, "weekday", 1, 7) or 1) - 1))
    elif "monday" in base and "month" in parts and "day" in parts:
        base = {"year": base["monday"].year}
    out = {**base, **{k: v for k, v in parts.items() if k not in (*_RELATIVE, "offset")}}
    if "ago" in parts or "later" in parts:
        out.pop("unit", None)
    return out


# --- a missing year or month ---------------------------------------------------------------------


def _complete_year(
    parts: dict[str, Any], published: dt.date | None, context: When | None
) -> tuple[dict[str, Any], str]:
    """Parts with the year (and month) they leave out, and where that came from."""
    point = point_of(context.value) if context and context.value else None
    if not any(name in parts for name in _DATED):
        raise _Impossible("no date")
    if set(parts) & {"hour", "ampm"} and not set(parts) & _DATED.difference({"hour", "ampm"}):
        if not point or point[2] is None:
            raise _Impossible("a clock time without a day")
        return {**parts, **_day_parts(_date(point))}, iso(*point)
    if "weekday" in parts and not set(parts) & {"month", "day", "week"}:
        if not published:
            raise _Impossible("a week day alone")
        back = (published.isoweekday() - (_get(parts, "weekday", 1, 7) or 1)) % 7
        return {**parts, **_day_parts(published - dt.timedelta(days=back))}, "published"
    if point and not _rather_published(parts, point, published):
        year, month, _ = point
        if "day" in parts and "month" not in parts:
            if month is None:
                raise _Impossible("a day without a month")
            parts = {**parts, "month": month}
        return {**parts, "year": year}, iso(*(n for n in point if n is not None))
    if not published:
        raise _Impossible("no year")
    return {**parts, **_near(parts, published)}, "published"


_DATED = {
    "month", "day", "weekday", "week", "quarter", "half", "season", "lunar_month", "lunar_day", "festival",
    "hour", "ampm", "first", "last", "term", "part",
}  # fmt: skip


def _rather_published(parts: Parts, point: Point, published: dt.date | None) -> bool:
    """Whether a bare year of the text is no context for this date."""
    if published is None or point[1] is not None:
        return False
    if point[0] > published.year or ("day" in parts and "month" not in parts):
        return True
    if "month" not in parts or "day" not in parts or point[0] == published.year:
        return False
    near = _near(parts, published)
    value = iso(near["year"], _int(parts["month"]), _int(parts["day"]))
    return bool(bounds(value)[0]) and 0 <= (published - dt.date.fromisoformat(value)).days <= 31


def _near(parts: Parts, published: dt.date) -> dict[str, Any]:
    """The year (and month) a text of that day means when it names none."""
    if "day" in parts and "month" not in parts:
        day, year, month = _get(parts, "day", 1, 31) or 1, published.year, published.month
        if day > published.day + 14 or day > days_in(year, month):
            year, month = (year, month - 1) if month > 1 else (year - 1, 12)
        return {"year": year, "month": month}
    if "festival" in parts or "lunar_month" in parts:
        distance = {}
        for year in (published.year, published.year - 1, published.year + 1):
            try:
                when = _absolute({**parts, "year": year}, "")
            except ValueError:
                continue
            distance[year] = abs((dt.date.fromisoformat(when.earliest[:10]) - published).days)
        return {"year": min(distance, key=lambda year: distance[year]) if distance else published.year}
    try:
        earliest = _absolute({**parts, "year": published.year}, "").earliest[:10]
    except ValueError:  # 2月29日 in a common year
        return {"year": published.year}
    return {"year": published.year - ((dt.date.fromisoformat(earliest) - published).days > 240)}


# --- absolute parts to a value -------------------------------------------------------------------


def _when(value: str, granularity: str, calendar: str = "gregorian") -> When:
    earliest, latest = bounds(value)
    if not earliest and not latest:
        raise _Impossible(value)
    return When(value, earliest, latest, granularity, calendar)


def _days(first: dt.date, last: dt.date, granularity: str, calendar: str = "gregorian") -> When:
    if first == last:
        return _when(first.isoformat(), "day", calendar)
    return _when(f"{first.isoformat()}/{last.isoformat()}", granularity, calendar)


def _full_year(year: int, published: dt.date | None) -> int:
    """Two digits to four (98 → 1998, 27 → 2027).

    >>> _full_year(98, None), _full_year(27, dt.date(2016, 11, 7)), _full_year(789, None)
    (1998, 2027, 789)
    """
    if year >= 100:
        return year
    last = published.year + 20 if published else 2049
    return last - (last - year) % 100


def _with_year(parts: Parts, published: dt.date | None, region: str) -> dict[str, Any]:
    """Parts whose year, however written, stands as `year` with its `calendar`."""
    out = dict(parts)
    if "compact" in out:
        out.update(_compact(str(out.pop("compact"))))
    if "roc_year" in out:
        count = _get(out, "roc_year", 0, 999) or 0
        before = "bc" in out
        out.pop("bc", None)
        out.update(year=1912 - count if before else 1911 + max(count, 1), calendar="roc")
    elif "era_year" in out:
        start = _int(re.sub(r"^[a-z]+:", "", str(out.get("era", ""))))
        out.update(year=start - 1 + max(_get(out, "era_year", 0, 200) or 0, 1), calendar="era")
    elif "bc" in out and "year" in out:
        out["year"] = 1 - (_get(out, "year", 1, 9999) or 1)
    elif "year" in out:
        year = _get(out, "year", -9999, 9999) or 0
        if region == "TW" and 10 <= year <= 199 and 1911 + year <= (published.year if published else 2040) + 10:
            out.update(year=1911 + year, calendar=out.get("calendar", "roc"))
        elif 0 <= year < 100:
            out["year"] = _full_year(year, published)
    return out


def _compact(digits: str) -> dict[str, Any]:
    """
    >>> _compact("20240307"), _compact("1130307"), _compact("202403")
    ({'year': '2024', 'month': '03', 'day': '07'}, {'roc_year': '113', 'month': '03', 'day': '07'}, ...)
    """
    form = re.fullmatch(r"([12]\d{3})(\d\d)(\d\d)?|(1\d\d)(\d\d)(\d\d)", digits)
    if not form:
        raise _Impossible(digits)
    if form[4]:
        return {"roc_year": form[4], "month": form[5], "day": form[6]}
    return {"year": form[1], "month": form[2], **({"day": form[3]} if form[3] else {})}


def _absolute(parts: Parts, region: str, published: dt.date | None = None) -> When:
    """Parts that need no anchor any more. Raises _Impossible where they are no date."""
    if "monday" in parts:
        when = _days(parts["monday"], parts["monday"] + dt.timedelta(days=6), "week")
    elif "plan" in parts:
        when = _plan(_get(parts, "plan", 1, 99) or 1)
    elif "roc_decade" in parts:
        first = 1911 + (_get(parts, "roc_decade", 0, 190) or 0)
        when = _when(f"{max(first, 1912)}/{first + 9}", "decade", "roc")
    elif "decade" in parts or ("century" in parts and "first" not in parts):
        when = _decade(parts, published)
    elif "first" in parts or "last" in parts:
        when = _beginning(parts)
    else:
        year = _get(parts, "year", -9999, 9999)
        if year is None:
            raise _Impossible("no year")
        when = _in_year(parts, year + (_get(parts, "carry", -9, 9) or 0), region)
    when = _narrowed(when, _code(parts, "part"))
    return _clocked(when, parts)


def _plan(n: int) -> When:
    """The n-th five-year plan; 1963-65 lay between the second and the third.

    >>> _plan(14).value, _plan(3).value, _plan(2).value
    ('2021/2025', '1966/1970', '1958/1962')
    """
    first = 1953 + 5 * (n - 1) + (3 if n > 2 else 0)
    return _when(f"{first}/{first + 4}", "interval")


def _decade(parts: Parts, published: dt.date | None) -> When:
    century = _get(parts, "century", 1, 99)
    decade = _get(parts, "decade", 0, 9990)
    if decade is None:
        return _when(f"{(century or 1) - 1:02d}XX", "century")
    if decade % 10:
        raise _Impossible(decade)
    if decade < 100:
        if century:
            decade += (century - 1) * 100
        else:
            last = published.year if published else 2029
            decade = (last - (last - decade) % 100) // 10 * 10
    return _when(f"{decade // 10:03d}X", "decade")


def _monday(year: int, month: int | None, week: int) -> dt.date:
    """The Monday of a week of a year (ISO) or of a month (its first Monday begins the first)."""
    if month is None:
        return dt.date.fromisocalendar(year, week, 1)
    first = dt.date(year, month, 1)
    return first + dt.timedelta(days=-first.weekday() % 7 + 7 * (week - 1))


def _beginning(parts: Parts) -> When:
    """The first or last N units of a century, a year or a month, as months, weeks or days."""
    name = "first" if "first" in parts else "last"
    n, unit = _get(parts, name, 1, 366) or 1, _code(parts, "unit") or "month"
    if unit == "year" and "century" in parts:
        first = ((_get(parts, "century", 1, 99) or 1) - 1) * 100
        return _when(f"{first:04d}/{first + n - 1:04d}", "interval")
    year, month = _get(parts, "year", 1, 9999), _get(parts, "month", 1, 12)
    if year is None:
        raise _Impossible("no year")
    size = {"month": 1, "quarter": 3, "half": 6}.get(unit)
    if size:
        if n * size > 12:
            raise _Impossible(n)
        low, high = (1, n * size) if name == "first" else (13 - n * size, 12)
        if low == high:
            return _when(iso(year, low), "month")
        return _when(f"{iso(year, low)}/{iso(year, high)}", "interval")
    first_day = dt.date(year, month or 1, 1)
    last_day = dt.date(year, month or 12, days_in(year, month or 12))
    if unit == "week":
        first_day = _monday(year, month, 1)
        last_day -= dt.timedelta(days=(last_day.weekday() + 1) % 7)
    elif unit != "day":
        raise _Impossible(unit)
    length = dt.timedelta(days=n * (7 if unit == "week" else 1) - 1)
    if name == "first":
        return _days(first_day, first_day + length, "interval")
    return _days(last_day - length, last_day, "interval")


def _in_year(parts: Parts, year: int, region: str) -> When:
    """What the parts below the year say."""
    calendar = str(parts.get("calendar", "gregorian"))
    if not -9999 <= year <= 9999:
        raise _Impossible(year)
    month, day, week = _get(parts, "month", 1, 12), _get(parts, "day", 1, 31), _get(parts, "week", 1, 53)
    if "festival" in parts:
        return _festival(str(parts["festival"]), year)
    if calendar == "lunar" or "lunar_month" in parts or _lunar_era(parts):
        return _lunar(parts, year)
    if "term" in parts:
        return _term(_code(parts, "term"), year, calendar, region)
    if year <= 0:
        return _when(iso(year), "year", calendar)
    if week is not None:
        monday = _monday(year, month, week)
        weekday = _get(parts, "weekday", 1, 7)
        if weekday:
            return _when((monday + dt.timedelta(days=weekday - 1)).isoformat(), "day")
        return _days(monday, monday + dt.timedelta(days=6), "week")
    if month is not None:
        return _when(iso(year, month, day), "day" if day else "month", calendar)
    if day is not None:
        raise _Impossible("a day without a month")
    for name, first, count in (("quarter", 33, 4), ("half", 40, 2)):
        number = _get(parts, name, 1, count)
        if number is not None:
            return _when(f"{iso(year)}-{first + number - 1}", name, calendar)
    if "season" in parts:
        return _when(f"{iso(year)}-{21 + _CODES['season'].index(_code(parts, 'season'))}", "season", calendar)
    return _when(iso(year), "year", calendar)


def _term(term: str, year: int, calendar: str, region: str) -> When:
    """A school year takes two calendar years; a fiscal year named by one year is that year."""
    if term == "fiscal" or year < 1:
        return _when(iso(year), "year", calendar)
    first = 8 if region == "TW" else 9
    when = _when(f"{iso(year)}/{iso(year + 1)}", "interval", calendar)
    latest = iso(year + 1, first - 1, days_in(year + 1, first - 1))
    return replace(when, earliest=iso(year, first, 1), latest=latest)


# --- lunar dates and festivals ---------------------------------------------------------------------


def _lunar_era(parts: Parts) -> bool:
    return parts.get("calendar") == "era" and not str(parts.get("era", "")).startswith("jp")


def _lunar(parts: Parts, year: int) -> When:
    """A lunar month or day as Gregorian days; before the table the year alone is known."""
    calendar = "era" if "era_year" in parts else "lunar"
    month = _get(parts, "lunar_month", 1, 12) or _get(parts, "month", 1, 12)
    day = _get(parts, "lunar_day", 1, 30) or _get(parts, "day", 1, 30)
    if month is None or (calendar == "era" and not lunar.FIRST_YEAR <= year <= lunar.LAST_YEAR):
        return _when(iso(year), "year", calendar)
    if day is not None:
        date = lunar.lunar_date(year, month, day, "leap" in parts)
        if date is None:
            raise _Impossible("no such lunar day")
        return _when(date.isoformat(), "day", calendar)
    days = lunar.lunar_month(year, month, "leap" in parts)
    if days is None:
        raise _Impossible("no such lunar month")
    return _days(*days, "month", calendar)


_FESTIVAL = re.compile(
    r"(?P<lunar>L)?(?P<month>\d\d)-(?P<day>\d\d)|Lnewyear(?P<step>[+-]\d+)?"
    r"|(?P<in>\d\d?)-(?P<weekday>[1-7])-(?P<nth>-?[1-5])|S(?P<sun>\d{1,3})"
)


def _festival(code: str, year: int) -> When:
    """
    >>> [_festival(c, 2024).value for c in ("10-01", "L08-15", "Lnewyear", "Lnewyear-1")]
    ['2024-10-01', '2024-09-17', '2024-02-10', '2024-02-09']
    >>> [_festival(c, 2024).value for c in ("11-4-4", "5-7-2", "5-1--1", "S15", "S270")]
    ['2024-11-28', '2024-05-12', '2024-05-27', '2024-04-04', '2024-12-21']
    """
    form = _FESTIVAL.fullmatch(code)
    if not form or not 1 <= year <= 9999:
        raise _Impossible(code)
    date: dt.date | None
    if form["lunar"]:
        date = lunar.lunar_date(year, int(form["month"]), int(form["day"]))
    elif form["month"]:
        return _when(f"{iso(year)}-{code}", "day")
    elif form["in"]:
        month, weekday, nth = int(form["in"]), int(form["weekday"]), int(form["nth"])
        if nth > 0:
            first = dt.date(year, month, 1)
            date = first + dt.timedelta(days=(weekday - first.isoweekday()) % 7 + 7 * (nth - 1))
        else:
            final = dt.date(year, month, days_in(year, month))
            date = final - dt.timedelta(days=(final.isoweekday() - weekday) % 7 - 7 * (nth + 1))
        date = date if date.month == month else None
    elif form["sun"]:
        date = lunar.solar_term(year, int(form["sun"]) % 360)
    else:
        first_day = lunar.new_year(year)
        date = first_day and first_day + dt.timedelta(days=int(form["step"] or 0))
    if date is None:
        raise _Impossible(code)
    return _when(date.isoformat(), "day", "lunar" if code.startswith("L") else "gregorian")


# --- part of a period, clock ---------------------------------------------------------------------

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


def _narrowed(when: When, part: str) -> When:
    """The beginning, middle or end of a period: earliest and latest, and the value where that is a month.

    >>> year, month, decade = _when("2025", "year"), _when("2024-02", "month"), _when("199X", "decade")
    >>> _narrowed(year, "end").value, _narrowed(year, "start").value, _narrowed(year, "mid").earliest
    ('2025-12', '2025-01', '2025-05-01')
    >>> late = _narrowed(month, "late")
    >>> late.value, late.earliest, late.latest, _narrowed(decade, "early").latest
    ('2024-02', '2024-02-21', '2024-02-29', '1993-12-31')
    >>> _narrowed(_plan(14), "end").value
    '2025'
    """
    if not part or when.earliest.startswith("-"):
        return when
    if when.granularity == "year" and part in ("start", "end"):
        value = when.value + ("-01" if part == "start" else "-12")
        return replace(_when(value, "month"), calendar=when.calendar)
    fraction = _NARROW.get(when.granularity, {}).get(part)
    if fraction is None:
        return when
    low, high = fraction
    first, last = dt.date.fromisoformat(when.earliest), dt.date.fromisoformat(when.latest)
    if when.granularity in ("month", "week"):
        earliest = first + dt.timedelta(days=low - 1)
        latest = min(last, first + dt.timedelta(days=high - 1))
        if part in ("weekend", "end") and when.granularity == "week":
            return _days(earliest, latest, "interval", when.calendar)
        return replace(when, earliest=earliest.isoformat(), latest=latest.isoformat())
    if when.granularity in ("year", "half", "quarter", "season"):
        at = first.year * 12 + first.month - 1
        year, month = divmod(at + low - 1, 12)
        until_year, until_month = divmod(at + high - 1, 12)
        until = iso(until_year, until_month + 1, days_in(until_year, until_month + 1))
        return replace(when, earliest=iso(year, month + 1, 1), latest=until)
    if when.granularity == "interval" and part in ("start", "end") and len(when.value) == 9:
        return _when(iso(first.year + low - 1), "year")
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


def _clocked(when: When, parts: Parts) -> When:
    """A day with its clock time or part of the day."""
    ampm, hour = _code(parts, "ampm"), _get(parts, "hour", 0, 24)
    if hour is None and not ampm:
        return when
    if when.granularity != "day":
        raise _Impossible("a clock time without a day")
    if hour is None:
        first, last = _DAYPART[ampm]
        return replace(when, earliest=f"{when.value}T{first}", latest=f"{when.value}T{last}")
    minute, second = _get(parts, "minute", 0, 59), _get(parts, "second", 0, 59)
    if _int(parts["hour"]) == 24 and (minute or second):
        raise _Impossible("after 24:00")
    hour, more = _hour24(hour, ampm)
    date = dt.date.fromisoformat(when.value) + dt.timedelta(days=more)
    value, granularity = f"{date.isoformat()}T{hour:02d}", "hour"
    if minute is not None:
        value, granularity = f"{value}:{minute:02d}", "minute"
        if second is not None:
            value, granularity = f"{value}:{second:02d}", "second"
    return _when(value, granularity, when.calendar)


# --- the whole ------------------------------------------------------------------------------------


def resolve(
    parts: Parts, *, published: dt.date | None = None, context: When | None = None, region: str = ""
) -> When:
    """The time that captured parts mean (module docstring: their names); value "" if none or unknown.

    ``published`` is the day the text speaks from, ``context`` the nearest date it gives before,
    ``region`` its jurisdiction (CN TW HK MO SG or "").

    >>> day = dt.date(2025, 6, 15)
    >>> def value(context=None, region="", **parts):
    ...     return resolve(parts, published=day, context=context, region=region).value
    >>> value(year=2025, month=4), value(year=2023, month=2, day=30), value(roc_year=112, month=2, part="end")
    ('2025-04', '', '2023-02')
    >>> value(rel="year-1", month=8), value(rel="week-1", weekday=5), value(rel="month+0", day=8)
    ('2024-08', '2025-06-06', '2025-06-08')
    >>> value(month=4, day=21, hour=5, ampm="pm", minute=30), value(rel="year+0", bound="since")
    ('2025-04-21T17:30', '2025/..')
    >>> value(ago=3, unit="year"), value(past=3, unit="year"), value(next=5, unit="year")
    ('2022', '2022/2025', '2025/2030')
    >>> value(rel="year+0", first=3, unit="quarter"), value(year=2019, month=3, month_to=5)
    ('2025-01/2025-09', '2019-03/2019-05')
    >>> told = resolve({"year": 1995, "month": 7})
    >>> value(told, same="year+1"), value(told, month=12), value(told, same="period-1")
    ('1996', '1995-12', '1994-07')
    >>> resolve({"rel": "year-1"}).value, resolve({"month": 5}).value
    ('', '')
    """
    parts = {name: value for name, value in parts.items() if value is not None and value != ""}
    relative = any(name in parts for name in _RELATIVE)
    try:
        when = _resolve(parts, published, context, region)
        if "bound" in parts:
            when = bounded(when, _code(parts, "bound"))
        return when
    except (ValueError, OverflowError, TypeError):
        return replace(UNKNOWN, relative=relative)


def _resolve(parts: dict[str, Any], published: dt.date | None, context: When | None, region: str) -> When:
    end = {name.removesuffix("_to"): value for name, value in parts.items() if name.endswith("_to")}
    if end:
        first = {name: value for name, value in parts.items() if not name.endswith("_to") and name != "bound"}
        return _range(first, end, lambda p: _resolve(dict(p), published, context, region))
    relative, anchor = any(name in parts for name in _RELATIVE), ""
    parts = _with_year(parts, published, region)
    calendar = str(parts.get("calendar", "gregorian"))
    explicit = "year" in parts
    if relative and not (explicit and set(parts) & {"rel", "same"}):
        point, anchor = _counted_from(parts, published, context)
        if "past" in parts or "next" in parts:
            return _interval(parts, point, anchor)
        if "same" in parts and str(parts["same"]).startswith("period") and context:
            return _same_period(context, _offset(parts, "same")[1], anchor)
        parts = _grounded(parts, point)
    else:
        parts = {name: value for name, value in parts.items() if name not in (*_RELATIVE, "offset")}
    if not set(parts) & {"year", "century", "decade", "roc_decade", "plan", "monday"}:
        parts, anchor = _complete_year(parts, published, context)
    when = _absolute(parts, region, published)
    if when.calendar == "gregorian" and calendar in ("roc", "era"):
        when = replace(when, calendar=calendar)
    return replace(when, relative=relative, anchor=anchor)


def _range(first: Parts, last: Parts, find: Callable[[Parts], When]) -> When:
    """A range given by its two ends in one set of parts."""
    last = complete(last, first)
    if first.get("term") and "year" in first and "year" in last and _int(last["year"]) == _int(first["year"]) + 1:
        one, value = find({**first, "term": "school"}), f"{_int(first['year'])}/{_int(last['year'])}"
        if first["term"] == "fiscal":
            return _when(value, "interval")
        return replace(one, value=value)
    return span(find(first), find(last))


def _level(name: str, parts: Parts) -> int:
    if name in ("rel", "same"):
        return _UNIT_LEVEL.get(re.sub(r"[^a-z].*", "", str(parts[name])), 3)
    if name in ("ago", "later"):
        return _UNIT_LEVEL.get(str(parts.get("unit", "")), 3)
    return PARTS.get(name, 9)


def complete(parts: Parts, from_parts: Parts) -> dict[str, Any]:
    """The parts of the end of a range with what they leave to its beginning.

    Everything coarser than what the end says itself is taken over; a year, a month or a half of the day
    is carried on where the range would otherwise run backwards.

    >>> complete({"month": 5}, {"year": 2019, "month": 3})
    {'year': 2019, 'month': 5}
    >>> complete({"month": 2}, {"year": 2018, "month": 11})
    {'year': 2018, 'month': 2, 'carry': 1}
    >>> complete({"year": 19}, {"year": 2018}), complete({"day": 3}, {"month": 4, "day": 29})
    ({'year': 2019}, {'month': 5, 'day': 3})
    >>> complete({"hour": 6}, {"rel": "day+0", "ampm": "pm", "hour": 5})
    {'rel': 'day+0', 'ampm': 'pm', 'hour': 6}
    """
    own = {name: value for name, value in parts.items() if value is not None and value != ""}
    given = {name: value for name, value in from_parts.items() if value is not None and value != ""}
    coarsest = min((_level(name, own) for name in own), default=9)
    shared = {name: value for name, value in given.items() if _level(name, given) < coarsest}
    if "ago" in shared or "later" in shared:
        shared["unit"] = given.get("unit", "")
    if set(shared) & {"rel", "same"} and "offset" in given:
        shared["offset"] = given["offset"]
    if given.get("calendar") == "lunar":
        shared["calendar"] = "lunar"
    out = {**shared, **own}
    try:
        return _carried(out, own, given)
    except ValueError:
        return out  # resolve will find no value


def _carried(out: dict[str, Any], own: Parts, given: Parts) -> dict[str, Any]:
    if "year" in own and "year" in given:
        year, before = _int(own["year"]), _int(given["year"])
        if 0 <= year < 100 <= before:
            year += before - before % 100
            out["year"] = year + 100 if year < before else year
    elif "month" in own and "month" in given and not set(own) & {"rel", "same"}:
        if _int(own["month"]) < _int(given["month"]):
            out["carry"] = 1
    elif "day" in own and "month" in given and "day" in given and _int(own["day"]) < _int(given["day"]):
        month = _int(given["month"])
        out["month"] = month % 12 + 1
        if month == 12:
            out["carry"] = 1
    elif "hour" in own and "ampm" not in own and given.get("ampm") == "am" and "hour" in given:
        if _int(own["hour"]) < _int(given["hour"]):
            out["ampm"] = "pm"
    return out
