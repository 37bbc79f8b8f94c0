"""Feasts that other calendars set: the Hebrew one, by its arithmetic, and the Islamic one, by the tables of the civil count.

Muslims begin a month when they see its moon: the civil count is a day off now and then, so such a day is about that date.
"""

from __future__ import annotations

import datetime as dt

__all__ = ["hebrew_day", "islamic_days"]

_HEBREW_EPOCH = -1373427  # 1 Tishri of the year 1, counted like `date.toordinal`
_ISLAMIC_EPOCH = 227015  # 16 July 622 of the Julian calendar


def _elapsed(year: int) -> int:
    """Days before the new moon of Tishri, put off from the week days on which no year may begin."""
    months = (235 * year - 234) // 19
    days = 29 * months + (12084 + 13753 * months) // 25920
    return days + (3 * (days + 1) % 7 < 3)


def _tishri(year: int) -> int:
    before, here, behind = (_elapsed(year + n) for n in (-1, 0, 1))
    late = 2 if behind - here == 356 else int(here - before == 382)
    return _HEBREW_EPOCH + here + late


def hebrew_day(year: int, month: str, days: int) -> dt.date:
    """So many days after the first of Nisan, Tishri or Kislev that lies in a Gregorian year.

    >>> hebrew_day(2024, "nisan", 14), hebrew_day(2023, "tishri", 9), hebrew_day(2024, "kislev", 24)
    (datetime.date(2024, 4, 23), datetime.date(2023, 9, 25), datetime.date(2024, 12, 26))
    """
    first = _tishri(year + 3761)
    if month == "nisan":
        first -= 177
    elif month == "kislev":
        first += 60 if _tishri(year + 3762) - first in (355, 385) else 59
    return dt.date.fromordinal(first + days)


def islamic_days(year: int, month: int, day: int | None) -> tuple[dt.date, dt.date] | None:
    """The day or the days of an Islamic month that begin in a Gregorian year, the first where it has two; None if it has none.

    >>> islamic_days(2024, 10, 1)[0], islamic_days(2024, 9, None)
    (datetime.date(2024, 4, 10), (datetime.date(2024, 3, 11), datetime.date(2024, 4, 9)))
    """
    about = (year - 622) * 33 // 32
    for count in range(max(about - 1, 1), about + 4):
        before = _ISLAMIC_EPOCH + (count - 1) * 354 + (3 + 11 * count) // 30
        first = dt.date.fromordinal(before + 29 * (month - 1) + month // 2 + (day or 1) - 1)
        if first.year == year:
            return first, first if day else first + dt.timedelta(days=28 + month % 2)
    return None
