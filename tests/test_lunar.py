"""The lunar table and the solar terms against days everybody can look up."""

from __future__ import annotations

import datetime as dt

import pytest

from pipeline.calendar import lunar

SPRING_FESTIVALS = """
1912-02-18 1949-01-29 1950-02-17 1966-01-21 1976-01-31 1978-02-07 1985-02-20 1997-02-07 2000-02-05 2010-02-14
2015-02-19 2016-02-08 2017-01-28 2018-02-16 2019-02-05 2020-01-25 2021-02-12 2022-02-01 2023-01-22 2024-02-10
2025-01-29 2026-02-17 2030-02-03 2033-01-31 2034-02-19
""".split()  # noqa: SIM905 - as in the table itself


@pytest.mark.parametrize("day", SPRING_FESTIVALS)
def test_spring_festival(day: str) -> None:
    """A wrong month length anywhere before it would shift every later year."""
    assert str(lunar.new_year(int(day[:4]))) == day


@pytest.mark.parametrize(
    ("year", "month"), [(2001, 4), (2004, 2), (2006, 7), (2009, 5), (2012, 4), (2014, 9), (2017, 6), (2020, 4),
                        (2023, 2), (2025, 6), (2033, 11)],
)  # fmt: skip
def test_leap_month(year: int, month: int) -> None:
    """A leap month in the wrong place moves the months behind it, though not the next new year."""
    assert [m for m in range(1, 13) if lunar.lunar_month(year, m, leap=True)] == [month]


@pytest.mark.parametrize(
    ("year", "month", "day", "date"),
    [
        (2023, 8, 15, "2023-09-29"),
        (2024, 8, 15, "2024-09-17"),
        (2025, 8, 15, "2025-10-06"),
        (2024, 5, 5, "2024-06-10"),
        (2025, 5, 5, "2025-05-31"),
        (2024, 9, 9, "2024-10-11"),
        (1893, 11, 19, "None"),
        (2024, 1, 30, "None"),
    ],
)
def test_lunar_day(year: int, month: int, day: int, date: str) -> None:
    """Mid-autumn, dragon boat and double ninth; days outside the table or the month must not be invented."""
    assert str(lunar.lunar_date(year, month, day)) == date


def test_months_join_without_gap() -> None:
    """A lunar year must end the day before the next begins, whatever the order of its months."""
    for year in range(lunar.FIRST_YEAR, lunar.LAST_YEAR):
        last = max(
            end
            for month in range(1, 13)
            for leap in (False, True)
            if (span := lunar.lunar_month(year, month, leap))
            for end in span[1:]
        )
        following = lunar.new_year(year + 1)
        assert following is not None
        assert last + dt.timedelta(days=1) == following


@pytest.mark.parametrize(
    ("year", "degrees", "date"),
    [
        (2008, 15, "2008-04-04"),
        (2019, 15, "2019-04-05"),
        (2024, 15, "2024-04-04"),
        (2025, 15, "2025-04-04"),
        (2027, 15, "2027-04-05"),
        (2023, 270, "2023-12-22"),
        (2024, 270, "2024-12-21"),
        (2024, 90, "2024-06-21"),
        (2025, 315, "2025-02-03"),
        (2024, 315, "2024-02-04"),
        (2025, 180, "2025-09-23"),
        (1850, 15, "None"),
    ],
)
def test_solar_term(year: int, degrees: int, date: str) -> None:
    """清明 falls on 4 or 5 April, 立春 2025 on the 3rd: a fixed day or a slip of a time zone shows here."""
    assert str(lunar.solar_term(year, degrees)) == date
