"""Date parts that need no anchor any more, to a value: years, weeks, plans, lunar dates, festivals."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import Any

from pipeline.calendar import faiths, lunar
from pipeline.calendar.dateparts import CODES, FESTIVAL, Impossible, Parts, code_of, days_of, in_range, when_of, whole
from pipeline.calendar.dayparts import clocked, narrowed
from pipeline.calendar.edtf import When, bounded, days_in, iso


def _full_year(year: int, published: dt.date | None) -> int:
    """Two digits to four (98 → 1998, 27 → 2027).

    >>> _full_year(98, None), _full_year(27, dt.date(2016, 11, 7)), _full_year(789, None)
    (1998, 2027, 789)
    """
    if year >= 100:
        return year
    last = published.year + 20 if published else 2049
    return last - (last - year) % 100


def with_year(parts: Parts, published: dt.date | None, region: str) -> dict[str, Any]:
    """Parts whose year, however written, stands as `year` with its `calendar`."""
    out = dict(parts)
    if "compact" in out:
        out.update(_compact(str(out.pop("compact"))))
    if "roc_year" in out:
        count = in_range(out, "roc_year", 0, 999) or 0
        before = "bc" in out
        out.pop("bc", None)
        out.update(year=1912 - count if before else 1911 + max(count, 1), calendar="roc")
    elif "era_year" in out and "year" in out:  # 嘉庆九年（1804年）: the year in figures decides
        year = in_range(out, "year", 1, 9999) or 1
        out.update(year=1 - year if "bc" in out else year, calendar="era")
    elif "era_year" in out:
        start = whole(re.sub(r"^[a-z]+:", "", str(out.get("era", ""))))
        out.update(year=start - 1 + max(in_range(out, "era_year", 0, 200) or 0, 1), calendar="era")
    elif "bc" in out and "year" in out:
        out["year"] = 1 - (in_range(out, "year", 1, 9999) or 1)
    elif "ce" in out and "year" in out:
        out["year"] = in_range(out, "year", 1, 9999)
    elif "year" in out:
        year = in_range(out, "year", -9999, 9999) or 0
        if region == "TW" and 38 <= year <= 199 and 1911 + year <= (published.year if published else 2040) + 10:
            out.update(year=1911 + year, calendar=out.get("calendar", "roc"))
        elif 0 <= year < 100:
            out["year"] = _full_year(year, published)
    return out


def _compact(digits: str) -> dict[str, Any]:
    """
    >>> _compact("20240307"), _compact("1130307"), _compact("202403")
    ({'year': '2024', 'month': '03', 'day': '07'}, {'roc_year': '113', 'month': '03', 'day': '07'}, {'year': '2024', 'month': '03'})
    """
    form = re.fullmatch(r"([12]\d{3})(\d\d)(\d\d)?|(1\d\d)(\d\d)(\d\d)", digits)
    if not form:
        raise Impossible(digits)
    if form[4]:
        return {"roc_year": form[4], "month": form[5], "day": form[6]}
    return {"year": form[1], "month": form[2], **({"day": form[3]} if form[3] else {})}


def absolute(parts: Parts, region: str, published: dt.date | None = None) -> When:
    """Parts that need no anchor any more. Raises Impossible where they are no date."""
    if "monday" in parts:
        when = days_of(parts["monday"], parts["monday"] + dt.timedelta(days=6), "week")
    elif "plan" in parts:
        when = _plan(in_range(parts, "plan", 1, 99) or 1)
    elif "roc_decade" in parts:
        first = 1911 + (in_range(parts, "roc_decade", 0, 190) or 0)
        when = when_of(f"{max(first, 1912)}/{first + 9}", "decade", "roc")
    elif "decade" in parts or ("century" in parts and "first_n" not in parts):
        when = _decade(parts, published)
    elif "first_n" in parts or "last_n" in parts:
        when = _beginning(parts)
    else:
        year = in_range(parts, "year", -9999, 9999)
        if year is None:
            raise Impossible("no year")
        when = _in_year(parts, year + (in_range(parts, "carry", -150, 150) or 0), region)
    when = narrowed(when, code_of(parts, "part"))
    return clocked(when, parts)


def _plan(n: int) -> When:
    """The n-th five-year plan; 1963-65 lay between the second and the third.

    >>> _plan(14).value, _plan(3).value, _plan(2).value
    ('2021/2025', '1966/1970', '1958/1962')
    """
    first = 1953 + 5 * (n - 1) + (3 if n > 2 else 0)
    return when_of(f"{first}/{first + 4}", "interval")


def _decade(parts: Parts, published: dt.date | None) -> When:
    century = in_range(parts, "century", 1, 99)
    decade = in_range(parts, "decade", 0, 9990)
    if decade is None:
        return when_of(f"{'-' if 'bc' in parts else ''}{(century or 1) - 1:02d}XX", "century")
    if decade % 10:
        raise Impossible(decade)
    if decade < 100:
        if century:
            decade += (century - 1) * 100
        else:
            last = published.year if published else 2029
            decade = (last - (last - decade) % 100) // 10 * 10
    return when_of(f"{decade // 10:03d}X", "decade")


def _monday(year: int, month: int | None, week: int) -> dt.date:
    """The Monday of a week of a year (ISO) or of a month (its first Monday begins the first)."""
    if month is None:
        return dt.date.fromisocalendar(year, week, 1)
    first = dt.date(year, month, 1)
    return first + dt.timedelta(days=-first.weekday() % 7 + 7 * (week - 1))


def _beginning(parts: Parts) -> When:
    """The first or last N units of a century, a year or a month, as months, weeks or days."""
    name = "first_n" if "first_n" in parts else "last_n"
    n, unit = in_range(parts, name, 1, 366) or 1, code_of(parts, "unit") or "month"
    if unit == "year" and "century" in parts:
        first = ((in_range(parts, "century", 1, 99) or 1) - 1) * 100
        return when_of(f"{first:04d}/{first + n - 1:04d}", "interval")
    year, month = in_range(parts, "year", 1, 9999), in_range(parts, "month", 1, 12)
    if year is None:
        raise Impossible("no year")
    size = {"month": 1, "quarter": 3, "half": 6}.get(unit)
    if size:
        if n * size > 12:
            raise Impossible(n)
        low, high = (1, n * size) if name == "first_n" else (13 - n * size, 12)
        if low == high:
            return when_of(iso(year, low), "month")
        if n == 1 and unit in ("quarter", "half"):
            name_of = {"quarter": 33 + (low - 1) // 3, "half": 40 + (low - 1) // 6}[unit]
            return when_of(f"{iso(year)}-{name_of}", unit)
        return when_of(f"{iso(year, low)}/{iso(year, high)}", "interval")
    first_day = dt.date(year, month or 1, 1)
    last_day = dt.date(year, month or 12, days_in(year, month or 12))
    if unit == "week":
        first_day = _monday(year, month, 1)
        last_day -= dt.timedelta(days=(last_day.weekday() + 1) % 7)
    elif unit != "day":
        raise Impossible(unit)
    length = dt.timedelta(days=n * (7 if unit == "week" else 1) - 1)
    if name == "first_n":
        return days_of(first_day, first_day + length, "interval")
    return days_of(last_day - length, last_day, "interval")


def _in_year(parts: Parts, year: int, region: str) -> When:
    """What the parts below the year say."""
    calendar = str(parts.get("calendar", "gregorian"))
    if not -9999 <= year <= 9999:
        raise Impossible(year)
    month, day, week = (
        in_range(parts, "month", 1, 12),
        in_range(parts, "day", 1, 31),
        in_range(parts, "week", 1, 53),
    )
    if "festival" in parts:
        return _festival(str(parts["festival"]), year)
    if calendar == "lunar" or "lunar_month" in parts or _lunar_era(parts, year):
        return _lunar(parts, year)
    if "term" in parts:
        return _term(code_of(parts, "term"), year, calendar, region, in_range(parts, "half", 1, 2))
    if year <= 0:
        return when_of(iso(year), "year", calendar)
    if month is not None and "nth" in parts:
        nth, weekday = in_range(parts, "nth", -5, 5) or 0, in_range(parts, "weekday", 1, 7)
        date = _nth_weekday(year, month, weekday, nth) if nth and weekday else None
        if date is None:
            raise Impossible("no such week day")
        return when_of(date.isoformat(), "day", calendar)
    if week is not None:
        monday = _monday(year, month, week)
        weekday = in_range(parts, "weekday", 1, 7)
        if weekday:
            return when_of((monday + dt.timedelta(days=weekday - 1)).isoformat(), "day")
        return days_of(monday, monday + dt.timedelta(days=6), "week")
    if month is not None:
        return when_of(iso(year, month, day), "day" if day else "month", calendar)
    if day is not None:
        raise Impossible("a day without a month")
    for name, first, count in (("quarter", 33, 4), ("half", 40, 2)):
        number = in_range(parts, name, 1, count)
        if number is not None:
            return when_of(f"{iso(year)}-{first + number - 1}", name, calendar)
    if "season" in parts:
        return when_of(f"{iso(year)}-{21 + CODES['season'].index(code_of(parts, 'season'))}", "season", calendar)
    return when_of(iso(year), "year", calendar)


def _term(term: str, year: int, calendar: str, region: str, half: int | None = None) -> When:
    """A school year takes two calendar years, one of its terms the months up to or from February; a fiscal year named by one year is that year.

    >>> _term("school", 2024, "roc", "TW", 2).earliest, _term("school", 2024, "", "").latest
    ('2025-02-01', '2025-08-31')
    """
    if term == "fiscal" or year < 1:
        return when_of(iso(year), "year", calendar)
    first = 8 if region == "TW" or calendar == "roc" else 9
    when = when_of(f"{iso(year)}/{iso(year + 1)}", "interval", calendar)
    begin, turn = iso(year, first, 1), iso(year + 1, 2, 1)
    latest = iso(year + 1, first - 1, days_in(year + 1, first - 1))
    if half == 1:
        latest = iso(year + 1, 1, 31)
    return replace(when, earliest=turn if half == 2 else begin, latest=latest)


def _lunar_era(parts: Parts, year: int) -> bool:
    """Whether an era's months are lunar: all but Japan's from 1873 on."""
    japanese = str(parts.get("era", "")).startswith("jp")
    return parts.get("calendar") == "era" and not (japanese and year >= 1873)


def _lunar(parts: Parts, year: int) -> When:
    """A lunar month or day as Gregorian days; before the table the year alone is known."""
    calendar = "era" if "era_year" in parts else "lunar"
    month = in_range(parts, "lunar_month", 1, 12) or in_range(parts, "month", 1, 12)
    day = in_range(parts, "lunar_day", 1, 30) or in_range(parts, "day", 1, 30)
    if month is None or (calendar == "era" and not lunar.FIRST_YEAR <= year <= lunar.LAST_YEAR):
        return when_of(iso(year), "year", calendar)
    if day is not None:
        date = lunar.lunar_date(year, month, day, "leap" in parts)
        if date is None:
            raise Impossible("no such lunar day")
        return when_of(date.isoformat(), "day", calendar)
    days = lunar.lunar_month(year, month, "leap" in parts)
    if days is None:
        raise Impossible("no such lunar month")
    return days_of(*days, "month", calendar)


def _nth_weekday(year: int, month: int, weekday: int, nth: int) -> dt.date | None:
    """The nth Monday (1) to Sunday (7) of a month, counted from its end if negative; None where it has no such day.

    >>> _nth_weekday(2024, 11, 4, 4), _nth_weekday(2024, 5, 1, -1), _nth_weekday(2024, 2, 1, 5)
    (datetime.date(2024, 11, 28), datetime.date(2024, 5, 27), None)
    """
    if nth > 0:
        first = dt.date(year, month, 1)
        date = first + dt.timedelta(days=(weekday - first.isoweekday()) % 7 + 7 * (nth - 1))
    else:
        final = dt.date(year, month, days_in(year, month))
        date = final - dt.timedelta(days=(final.isoweekday() - weekday) % 7 - 7 * (nth + 1))
    return date if date.month == month else None


def _easter(year: int) -> dt.date:
    """Easter Sunday of the Gregorian calendar (Butcher's rule).

    >>> _easter(2024), _easter(2025)
    (datetime.date(2024, 3, 31), datetime.date(2025, 4, 20))
    """
    century, of_century = divmod(year, 100)
    epact = (19 * (year % 19) + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    week = (32 + 2 * (century % 4) + 2 * (of_century // 4) - epact - of_century % 4) % 7
    after = epact + week - 7 * ((year % 19 + 11 * epact + 22 * week) // 451) + 114
    return dt.date(year, after // 31, after % 31 + 1)


def _festival(code: str, year: int) -> When:
    """
    >>> [_festival(c, 2024).value for c in ("10-01", "L08-15", "Lnewyear", "Lnewyear-1")]
    ['2024-10-01', '2024-09-17', '2024-02-10', '2024-02-09']
    >>> [_festival(c, 2024).value for c in ("11-4-4", "5-2-7", "5--1-1", "S15", "S270")]
    ['2024-11-28', '2024-05-12', '2024-05-27', '2024-04-04', '2024-12-21']
    >>> [_festival(c, 2024).value for c in ("easter", "easter-2", "11-4-4+1")]
    ['2024-03-31', '2024-03-29', '2024-11-29']
    >>> [_festival(c, 2024).value for c in ("nisan+14", "I10-01", "I09")]
    ['2024-04-23', '2024-04-10~', '2024-03-11~/2024-04-09~']
    """
    form = FESTIVAL.fullmatch(code)
    if not form or not 1 <= year <= 9999:
        raise Impossible(code)
    date: dt.date | None
    if form["islamic"]:
        days = faiths.islamic_days(year, int(form["islamic"]), int(form["of"] or 0) or None)
        if days is None:
            raise Impossible(code)
        return bounded(days_of(*days, "month"), "approx")
    if form["lunar"]:
        date = lunar.lunar_date(year, int(form["month"]), int(form["day"]))
    elif form["month"]:
        return when_of(f"{iso(year)}-{code}", "day")
    elif form["in"]:
        date = _nth_weekday(year, int(form["in"]), int(form["weekday"]), int(form["nth"]))
        date = date and date + dt.timedelta(days=int(form["more"] or 0))
    elif form["sun"]:
        date = lunar.solar_term(year, int(form["sun"]) % 360)
    elif form["hebrew"]:
        date = faiths.hebrew_day(year, form["hebrew"], int(form["days"] or 0))
    elif code.startswith("easter"):
        date = _easter(year) + dt.timedelta(days=int(form["off"] or 0))
    else:
        first_day = lunar.new_year(year)
        date = first_day and first_day + dt.timedelta(days=int(form["step"] or 0))
    if date is None and form["sun"] is None and not lunar.FIRST_YEAR <= year <= lunar.LAST_YEAR:
        return when_of(iso(year), "year", "lunar")  # before the table the year alone is known
    if date is None:
        raise Impossible(code)
    return when_of(date.isoformat(), "day", "lunar" if code.startswith("L") else "gregorian")
