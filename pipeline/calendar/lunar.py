"""The Chinese lunisolar calendar, 1900-2100: lunar dates and solar terms to Gregorian dates.

Months follow the astronomy for 120 degrees east that the Hong Kong and Purple Mountain observatories
publish; the table holds their result, because new moons near midnight can't be had from a short
formula. Solar terms can: the sun's apparent longitude (Meeus, *Astronomical Formulae for Calculators*,
chapter 18, with its corrections for the planets and the moon) is good to a few minutes.
"""

from __future__ import annotations

import datetime as dt
import math

__all__ = ["FIRST_YEAR", "LAST_YEAR", "lunar_date", "lunar_month", "new_year", "solar_term"]

FIRST_YEAR, LAST_YEAR = 1900, 2100

# One year a word, from 1900. Lowest 4 bits: the month after which a leap month follows, 0 for none.
# Bits 15 to 4: months 1 to 12, set = 30 days, clear = 29. Bit 16: the same for the leap month.
_YEARS = tuple(
    int(word, 16)
    for word in """
    04bd8 04ae0 0a570 054d5 0d260 0d950 16554 056a0 09ad0 055d2
    04ae0 0a5b6 0a4d0 0d250 1d255 0b540 0d6a0 0ada2 095b0 14977
    04970 0a4b0 0b4b5 06a50 06d40 1ab54 02b60 09570 052f2 04970
    06566 0d4a0 0ea50 16a95 05ad0 02b60 186e3 092e0 1c8d7 0c950
    0d4a0 1d8a6 0b550 056a0 1a5b4 025d0 092d0 0d2b2 0a950 0b557
    06ca0 0b550 15355 04da0 0a5b0 14573 052b0 0a9a8 0e950 06aa0
    0aea6 0ab50 04b60 0aae4 0a570 05260 0f263 0d950 05b57 056a0
    096d0 04dd5 04ad0 0a4d0 0d4d4 0d250 0d558 0b540 0b6a0 195a6
    095b0 049b0 0a974 0a4b0 0b27a 06a50 06d40 0af46 0ab60 09570
    04af5 04970 064b0 074a3 0ea50 06b58 05ac0 0ab60 096d5 092e0
    0c960 0d954 0d4a0 0da50 07552 056a0 0abb7 025d0 092d0 0cab5
    0a950 0b4a0 0baa4 0ad50 055d9 04ba0 0a5b0 15176 052b0 0a930
    07954 06aa0 0ad50 05b52 04b60 0a6e6 0a4e0 0d260 0ea65 0d530
    05aa0 076a3 096d0 04afb 04ad0 0a4d0 1d0b6 0d250 0d520 0dd45
    0b5a0 056d0 055b2 049b0 0a577 0a4b0 0aa50 1b255 06d20 0ada0
    14b63 09370 049f8 04970 064b0 168a6 0ea50 06b20 1a6c4 0aae0
    092e0 0d2e3 0c960 0d557 0d4a0 0da50 05d55 056a0 0a6d0 055d4
    052d0 0a9b8 0a950 0b4a0 0b6a6 0ad50 055a0 0aba4 0a5b0 052b0
    0b273 06930 07337 06aa0 0ad50 14b55 04b60 0a570 054e4 0d160
    0e968 0d520 0daa0 16aa6 056d0 04ae0 0a9d4 0a2d0 0d150 0f252
    0d520
""".split()  # noqa: SIM905 - a table of words reads better than 201 quoted ones
)
_EPOCH = dt.date(1900, 1, 31)  # first day of the lunar year 1900


def _months(year: int) -> list[tuple[int, bool, int]]:
    """``(month, is leap, days)`` of a lunar year in order."""
    code = _YEARS[year - FIRST_YEAR]
    out = []
    for month in range(1, 13):
        out.append((month, False, 29 + (code >> (16 - month) & 1)))
        if month == code & 15:
            out.append((month, True, 29 + (code >> 16 & 1)))
    return out


def _new_years() -> tuple[dt.date, ...]:
    starts = [_EPOCH]
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        starts.append(starts[-1] + dt.timedelta(days=sum(days for _, _, days in _months(year))))
    return tuple(starts)


_NEW_YEAR = _new_years()


def new_year(year: int) -> dt.date | None:
    """The first day of the lunar year that begins in this Gregorian year; None outside the table.

    >>> new_year(2025)
    datetime.date(2025, 1, 29)
    >>> new_year(1644) is None
    True
    """
    return _NEW_YEAR[year - FIRST_YEAR] if FIRST_YEAR <= year <= LAST_YEAR else None


def lunar_month(year: int, month: int, leap: bool = False) -> tuple[dt.date, dt.date] | None:
    """First and last day of a lunar month; None if the table or that year has no such month.

    >>> lunar_month(2025, 6, leap=True)
    (datetime.date(2025, 7, 25), datetime.date(2025, 8, 22))
    >>> lunar_month(2024, 6, leap=True) is None
    True
    """
    first = new_year(year)
    if first is None:
        return None
    for number, is_leap, days in _months(year):
        if (number, is_leap) == (month, leap):
            return first, first + dt.timedelta(days=days - 1)
        first += dt.timedelta(days=days)
    return None


def lunar_date(year: int, month: int, day: int, leap: bool = False) -> dt.date | None:
    """The Gregorian date of a lunar one (农历2024年八月十五 → 2024-09-17); None if there is none.

    >>> lunar_date(2024, 8, 15)
    datetime.date(2024, 9, 17)
    >>> lunar_date(2024, 12, 30) is None
    True
    """
    span = lunar_month(year, month, leap)
    if span is None or not 1 <= day <= (span[1] - span[0]).days + 1:
        return None
    return span[0] + dt.timedelta(days=day - 1)


def _sun(days: float) -> float:
    """Apparent longitude of the sun in degrees, ``days`` of terrestrial time after 1900-01-00 12:00."""
    t = days / 36525

    def sine(start: float, speed: float, square: float = 0.0) -> float:
        return math.sin(math.radians(start + speed * t + square * t * t))

    mean = 279.69668 + 36000.76892 * t + 0.0003025 * t * t
    centre = (
        (1.919460 - 0.004789 * t - 0.000014 * t * t) * sine(358.47583, 35999.04975, -0.00015)
        + (0.020094 - 0.0001 * t) * sine(2 * 358.47583, 2 * 35999.04975, -0.0003)
        + 0.000293 * sine(3 * 358.47583, 3 * 35999.04975)
    )
    pulled = (  # by Venus (two terms), Jupiter, the moon, and a term of long period
        0.00134 * sine(153.23 + 90, 22518.7541)
        + 0.00154 * sine(216.57 + 90, 45037.5082)
        + 0.00200 * sine(312.69 + 90, 32964.3577)
        + 0.00179 * sine(350.74, 445267.1142, -0.00144)
        + 0.00178 * sine(231.19, 20.20)
    )
    return mean + centre + pulled - 0.00569 - 0.00479 * sine(259.18, -1934.142)


def solar_term(year: int, degrees: int) -> dt.date | None:
    """The day, in China's time, on which the sun reaches a longitude in a Gregorian year.

    清明 is 15 degrees, 夏至 90, 冬至 270, 小寒 285, 立春 315, 惊蛰 345. None outside 1900-2100, where
    the formula isn't checked.

    >>> solar_term(2024, 15), solar_term(2023, 15)
    (datetime.date(2024, 4, 4), datetime.date(2023, 4, 5))
    >>> solar_term(2021, 270)
    datetime.date(2021, 12, 21)
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    noon = dt.datetime(1899, 12, 31, 12)
    days = (year - 1900) * 365.2422 + ((degrees + 80) % 360) * 365.2422 / 360
    for _ in range(8):
        short = (degrees - _sun(days) + 180) % 360 - 180
        days += short * 365.2422 / 360
    # terrestrial time runs ahead of the clock: nothing in 1900, about 64 s in 2000, 200 s in 2100
    ahead = max(0.0, 64 + (year - 2000) * (0.6 if year < 2000 else 1.3))
    return (noon + dt.timedelta(days=days, hours=8, seconds=-ahead)).date()
