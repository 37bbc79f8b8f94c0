"""Relative and incomplete dates: what they are counted from or completed by."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import Any

from pipeline.calendar.calendars import absolute
from pipeline.calendar.dateparts import (
    RELATIVE,
    Impossible,
    Parts,
    Point,
    code_of,
    date_of,
    day_parts,
    days_of,
    in_range,
    number_of,
    offset_of,
    whole,
)
from pipeline.calendar.edtf import When, bounds, days_in, iso, point_of


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
            raise Impossible("a month is needed to count from")
        size = {"half": 6, "quarter": 3, "month": 1}[unit]
        index = (year * 12 + month - 1) // size + n
        return {"year": index * size // 12, unit: index % (12 // size) + 1}
    date = date_of(point)
    if unit == "week":
        return {"monday": date + dt.timedelta(days=7 * n - date.weekday())}
    if unit != "day":
        raise Impossible(f"{unit}: a publication date has no clock")
    return day_parts(date + dt.timedelta(days=n))


def _amount(parts: Parts, name: str) -> tuple[int, str]:
    """N units as a whole number of years, months or days: 1.5 years → 18 months, 2 weeks → 14 days."""
    number, unit = number_of(parts[name]), code_of(parts, "unit")
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
        raise Impossible(unit)
    return whole(number), unit


def _moved(point: Point, unit: str, n: int) -> dt.date:
    """The same day ``n`` units away, the last of the month where that one is shorter."""
    date = date_of(point)
    if unit == "day":
        return date + dt.timedelta(days=n)
    index = date.year * 12 + date.month - 1 + (12 * n if unit == "year" else n)
    year, month = index // 12, index % 12 + 1
    return dt.date(year, month, min(date.day, days_in(year, month)))


def interval(parts: Parts, point: Point, anchor: str) -> When:
    """The N units up to the anchor (近三年) or after it (未来五年), as precise as the unit."""
    back = "past" in parts
    n, unit = _amount(parts, "past" if back else "next")
    if n == 0:
        raise Impossible("no time at all")
    sign = -1 if back else 1
    near: Point = point
    if anchor == "published":  # its own precision says nothing about 近三年
        near = (point[0], point[1] if unit != "year" else None, point[2] if unit == "day" else None)
    far = _edtf(_shift(point, unit, sign * n))
    ends = (far, iso(*near)) if back else (iso(*near), far)
    earliest, latest = bounds("/".join(ends))
    if point[2] is not None:
        moved = _moved(point, unit, sign * n).isoformat()
        earliest = moved if back else (date_of(point) + dt.timedelta(days=1)).isoformat()
        latest = date_of(point).isoformat() if back else moved
    return When("/".join(ends), earliest, latest, "interval", "gregorian", True, anchor)


def _edtf(parts: Parts) -> str:
    return iso(parts["year"], parts.get("month"), parts.get("day"))


def same_period(context: When, years: int, anchor: str) -> When:
    """The context's own period, some years away (去年同期)."""

    def moved(end: str) -> str:
        if end == "..":
            return end
        form = re.match(r"(-?\d{4})(.*)", end)
        if not form:
            raise Impossible(end)
        value = iso(int(form[1]) + years) + form[2]
        return value if bounds(value)[0] else value.replace("-02-29", "-02-28")

    value = "/".join(map(moved, context.value.split("/")))
    earliest = moved(context.earliest) if context.earliest else ""
    latest = moved(context.latest) if context.latest else ""
    if "-02-28" in latest or "-02-29" in latest:  # a February that ends on another day
        latest = max(latest, bounds(value)[1]) if re.search(r"-(02|40|24)$", value) else latest
    return replace(context, value=value, earliest=earliest, latest=latest, relative=True, anchor=anchor)


def same_week(parts: Parts, context: When | None) -> When | None:
    """前一周, 次周 of seven days that the text itself names, on whatever day its weeks begin; None for other parts.

    >>> told = When("2024-01-28/2024-02-03", "2024-01-28", "2024-02-03", "interval")
    >>> same_week({"same": "week-1"}, told).value
    '2024-01-21/2024-01-27'
    """
    if (
        not context
        or not parts.keys() <= {"same", "offset", "aside", "apart"}
        or not re.fullmatch(r"\d{4}-\d\d-\d\d/\d{4}-\d\d-\d\d", context.value)
    ):
        return None
    unit, weeks = offset_of(parts, "same")
    first, last = map(dt.date.fromisoformat, context.value.split("/"))
    if unit != "week" or (last - first).days != 6:
        return None
    step = dt.timedelta(days=7 * weeks)
    return replace(days_of(first + step, last + step, "week"), relative=True, anchor=first.isoformat())


def counted_from(parts: Parts, published: dt.date | None, context: When | None) -> tuple[Point, str]:
    """The point that relative parts count from, and its name."""
    wanted = code_of(parts, "anchor") or ("context" if "same" in parts or "later" in parts else "published")
    point = point_of(context.value) if context and context.value else None
    if wanted == "context" and point and context:
        unit = str(parts.get("same", ""))
        if point[1] is None and unit.startswith(("quarter", "half")) and context.latest:
            point = (point[0], int(context.latest.lstrip("-")[5:7]), None)
        return point, iso(*point)
    if published and (wanted == "published" or "later" in parts or not context):
        return (published.year, published.month, published.day), "published"
    if str(parts.get("rel", "")).startswith("century"):
        return (2001, None, None), ""
    raise Impossible("nothing to count from")


def grounded(parts: Parts, point: Point) -> dict[str, Any]:
    """Relative parts replaced by absolute ones; explicit parts win."""
    if "ago" in parts or "later" in parts:
        n, unit = _amount(parts, "ago" if "ago" in parts else "later")
        base = _shift(point, unit, -n if "ago" in parts else n)
        if base.get("year", 1) < 1 <= point[0]:
            raise Impossible("五千年前 is no year")
    else:
        base = _shift(point, *offset_of(parts, "rel" if "rel" in parts else "same"))
    if "monday" in base and "weekday" in parts:
        base = day_parts(base["monday"] + dt.timedelta(days=(in_range(parts, "weekday", 1, 7) or 1) - 1))
    elif "monday" in base and "month" in parts and "day" in parts:
        base = {"year": base["monday"].year}
    out = {**base, **{k: v for k, v in parts.items() if k not in (*RELATIVE, "offset")}}
    if "ago" in parts or "later" in parts:
        out.pop("unit", None)
    return out


def named_year(parts: dict[str, Any], published: dt.date | None, context: When | None) -> tuple[dict[str, Any], str]:
    """Parts with the number of a year that is named in a cycle (甲辰年, 龙年), and what it was counted from.

    >>> named_year({"cycle": 40}, dt.date(2024, 12, 1), None), named_year({"animal": 5}, dt.date(2024, 12, 1), None)
    (({'year': 2024}, 'published'), ({'year': 2025}, 'published'))
    >>> named_year({"animal": 1, "festival": "Lnewyear-1"}, dt.date(1998, 1, 15), None)[0]["year"]
    1998
    >>> named_year({"cycle": 26, "era": "1875"}, None, None)
    ({'era': '1875', 'calendar': 'era', 'year': 1890}, '')
    """
    size = 60 if "cycle" in parts else 12
    place = in_range(parts, "cycle" if size == 60 else "animal", 0, size - 1) or 0
    rest = {name: value for name, value in parts.items() if name not in ("cycle", "animal")}
    if "year" in parts:
        return rest, ""
    if "era" in parts:
        first = whole(re.sub(r"^[a-z]+:", "", str(parts["era"])))
        return {**rest, "calendar": "era", "year": first + (place + 4 - first) % size}, ""
    point = point_of(context.value) if context and context.value else None
    for year, anchor in (
        (point and point[0], iso(*point) if point else ""),
        (published and published.year, "published"),
    ):
        for near in (year, year + 1, year - 1) if year else ():
            if (near - 4) % size == place:
                eve = str(parts.get("festival", "")).startswith("Lnewyear-")  # 虎年除夕 is its last day
                return {**rest, "year": near + eve}, anchor
    raise Impossible("no such year near")


def complete_year(parts: dict[str, Any], published: dt.date | None, context: When | None) -> tuple[dict[str, Any], str]:
    """Parts with the year (and month) they leave out, and where that came from."""
    point = point_of(context.value) if context and context.value else None
    if not any(name in parts for name in _DATED):
        raise Impossible("no date")
    if set(parts) & {"hour", "ampm"} and not set(parts) & _DATED.difference({"hour", "ampm"}):
        if not point or point[2] is None:
            raise Impossible("a clock time without a day")
        return {**parts, **day_parts(date_of(point))}, iso(*point)
    if "weekday" in parts and not set(parts) & {"month", "day", "week"}:
        if not published:
            raise Impossible("a week day alone")
        back = (published.isoweekday() - (in_range(parts, "weekday", 1, 7) or 1)) % 7
        if back and ("ahead" in parts or parts.get("bound") in ("before", "until")):
            back -= 7  # 周五前, 周五将有雨: the one to come
        return {**parts, **day_parts(published - dt.timedelta(days=back))}, "published"
    if (
        {"weekday", "day"} <= parts.keys()
        and "month" not in parts
        and published
        and (fit := _fitting(parts, published))
    ):
        return {**parts, **day_parts(fit)}, "published"
    if point and not _rather_published(parts, point, published):
        year, month, _ = point
        if "day" in parts and "month" not in parts:
            if month is None:
                raise Impossible("a day without a month")
            parts = {**parts, "month": month}
        return {**parts, "year": year}, iso(*point)
    if not published:
        raise Impossible("no year")
    return {**parts, **_near(parts, published)}, "published"


def _fitting(parts: Parts, published: dt.date) -> dt.date | None:
    """The day of the month nearest to publication that is the week day named with it: 周四(2日).

    >>> _fitting({"weekday": 4, "day": 2}, dt.date(2025, 1, 2)), _fitting({"weekday": 1, "day": 30}, dt.date(2025, 1, 2))
    (datetime.date(2025, 1, 2), datetime.date(2024, 12, 30))
    """
    day, weekday = in_range(parts, "day", 1, 31), in_range(parts, "weekday", 1, 7)
    near = (published + dt.timedelta(days=sign * n) for n in range(_WEEKDAY_NEAR) for sign in (-1, 1))
    return next((date for date in near if date.day == day and date.isoweekday() == weekday), None)


_WEEKDAY_NEAR = 21  # days around publication in which 周四(2日) lies
_DATED = {
    "month", "day", "weekday", "week", "quarter", "half", "season", "lunar_month", "lunar_day", "festival",
    "hour", "ampm", "first_n", "last_n", "term", "part",
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
    value = iso(near["year"], whole(parts["month"]), whole(parts["day"]))
    return bool(bounds(value)[0]) and 0 <= (published - dt.date.fromisoformat(value)).days <= 31


def _near(parts: Parts, published: dt.date) -> dict[str, Any]:
    """The year (and month) a text of that day means when it names none."""
    if "day" in parts and "month" not in parts:
        day, year, month = in_range(parts, "day", 1, 31) or 1, published.year, published.month
        ahead = day > published.day + 14
        while ahead or day > days_in(year, month):
            ahead, year, month = False, year - (month == 1), (month - 2) % 12 + 1
        return {"year": year, "month": month}
    if "festival" in parts or "lunar_month" in parts:
        distance = {}
        for year in (published.year, published.year - 1, published.year + 1):
            try:
                when = absolute({**parts, "year": year}, "")
            except ValueError:
                continue
            distance[year] = abs((dt.date.fromisoformat(when.earliest[:10]) - published).days)
        return {"year": min(distance, key=lambda year: distance[year]) if distance else published.year}
    if set(parts) & _DATED == {"part"}:  # 年底 is this year's, but for January's figures
        return {"year": published.year - (published.month <= 2 and parts["part"] == "end" and "bound" not in parts)}
    try:
        earliest = absolute({**parts, "year": published.year}, "").earliest[:10]
    except ValueError:  # 2月29日 in a common year
        return {"year": published.year}
    days = (dt.date.fromisoformat(earliest) - published).days
    due = parts.get("bound") in ("before", "until") and days < 300  # 12月31日前: by then something is to be done
    return {"year": published.year - (days > 190 and not due)}
