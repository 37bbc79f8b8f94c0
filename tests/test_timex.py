"""Parts of dates to EDTF: what each way of writing a date must come to, and that nothing raises."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.calendar.dateparts import CODES, PARTS
from pipeline.timex import UNKNOWN, When, bounded, bounds, complete, resolve, span, validate

DAY = dt.date(2025, 6, 15)  # a Sunday


def when(value: str) -> When:
    """A date of the text, as a context."""
    granularity = {4: "year", 7: "month", 10: "day"}.get(len(value), "interval")
    return When(value, *bounds(value), granularity)


def read(parts: dict[str, Any], **given: Any) -> str:
    return resolve(parts, **{"published": DAY, **given}).value


# --- no value where there is none -----------------------------------------------------------------


@pytest.mark.parametrize(
    "parts",
    [
        {"year": 2023, "month": 2, "day": 30},
        {"year": 2019, "month": 2, "day": 29},
        {"year": 2024, "month": 13},
        {"year": 2024, "month": 0},
        {"year": 2024, "day": 3},
        {"year": 2024, "month": 6, "day": 31},
        {"year": 2024, "quarter": 5},
        {"year": 2024, "month": 1, "day": 1, "hour": 25},
        {"year": 2024, "month": 1, "day": 1, "hour": 24, "minute": 30},
        {"year": 2024, "month": 1, "day": 1, "hour": 3, "minute": 60},
        {"year": 2024, "month": 1, "hour": 3},
        {"year": Decimal("2024.5")},
        {"year": Decimal("NaN")},
        {"year": Decimal("1e1000000")},
        {"year": 66_000_000},
        {"year": "二〇二四"},
        {"ago": 66_000_000, "unit": "year"},
        {"ago": 5000, "unit": "year"},
        {"ago": 2, "unit": "hour"},
        {"ago": 2},
        {"rel": "last_year"},
        {"rel": "hour-1"},
        {"hour": 15},
        {"season": "sommer", "year": 2024},
        {"festival": "L13-01"},
        {"festival": "02-30"},
        {"festival": "L08-31", "year": 2024},
        {"lunar_month": 5, "leap": 1, "year": 2024},
        {"era_year": 5},
        {"compact": "20241301"},
        {"compact": "123"},
        {"first_n": 5, "unit": "quarter", "year": 2024},
        {"year": 2016, "year_to": 2014},
        {"decade": 95},
        {"plan": 0},
        {},
    ],
)
def test_impossible(parts: dict[str, Any]) -> None:
    """An invented day, or an exception out of a weird number."""
    got = resolve(parts, published=DAY)
    assert (got.value, got.earliest, got.latest) == ("", "", "")


@pytest.mark.parametrize(
    "parts",
    [
        {"rel": "year-1"},
        {"rel": "day-1"},
        {"rel": "week-1", "weekday": 5},
        {"same": "year+0"},
        {"same": "period-1"},
        {"ago": 3, "unit": "year"},
        {"past": 3, "unit": "year"},
        {"later": 3, "unit": "day"},
        {"month": 5},
        {"month": 8, "day": 5},
        {"day": 29},
        {"weekday": 3},
        {"half": 2},
        {"hour": 15, "minute": 30},
        {"festival": "L08-15"},
    ],
)
def test_nothing_to_count_from(parts: dict[str, Any]) -> None:
    """Counting from today, or from a year nobody gave."""
    got = resolve(parts)
    assert (got.value, got.earliest, got.latest, got.anchor) == ("", "", "", "")


def test_deictic_words_ignore_the_text() -> None:
    """去年 in a text without a date of publication, counted from a date it tells about."""
    assert read({"rel": "year-1"}, published=None, context=when("1995")) == ""


# --- written dates ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "value", "earliest", "latest"),
    [
        ({"year": 2025}, "2025", "2025-01-01", "2025-12-31"),
        ({"year": "2025", "month": "04"}, "2025-04", "2025-04-01", "2025-04-30"),
        ({"year": Decimal(2024), "month": Decimal(2)}, "2024-02", "2024-02-01", "2024-02-29"),
        ({"year": 2025, "month": 10, "day": 29}, "2025-10-29", "2025-10-29", "2025-10-29"),
        ({"year": 98}, "1998", "1998-01-01", "1998-12-31"),
        ({"year": 8}, "2008", "2008-01-01", "2008-12-31"),
        ({"year": 27, "month": 7, "day": 3}, "2027-07-03", "2027-07-03", "2027-07-03"),
        ({"year": 367, "month": 1, "day": 1}, "0367-01-01", "0367-01-01", "0367-01-01"),
        ({"year": 221, "bc": 1}, "-0220", "-0220-01-01", "-0220-12-31"),
        ({"compact": Decimal("20240307")}, "2024-03-07", "2024-03-07", "2024-03-07"),
        ({"compact": "1121208"}, "2023-12-08", "2023-12-08", "2023-12-08"),
        ({"year": 2024, "quarter": 1}, "2024-33", "2024-01-01", "2024-03-31"),
        ({"year": 2024, "quarter": 4}, "2024-36", "2024-10-01", "2024-12-31"),
        ({"year": 2017, "half": 2}, "2017-41", "2017-07-01", "2017-12-31"),
        ({"year": 2023, "season": "winter"}, "2023-24", "2023-12-01", "2024-02-29"),
        ({"century": 20, "decade": 90}, "199X", "1990-01-01", "1999-12-31"),
        ({"decade": 1950, "part": "early"}, "195X", "1950-01-01", "1953-12-31"),
        ({"decade": 50}, "195X", "1950-01-01", "1959-12-31"),
        ({"decade": 20}, "202X", "2020-01-01", "2029-12-31"),
        ({"century": 21}, "20XX", "2000-01-01", "2099-12-31"),
        ({"century": 21, "first_n": 20, "unit": "year"}, "2000/2019", "2000-01-01", "2019-12-31"),
        ({"plan": 14}, "2021/2025", "2021-01-01", "2025-12-31"),
        ({"plan": 1}, "1953/1957", "1953-01-01", "1957-12-31"),
        ({"plan": 14, "part": "end"}, "2025", "2025-01-01", "2025-12-31"),
        ({"year": 2024, "first_n": 3, "unit": "quarter"}, "2024-01/2024-09", "2024-01-01", "2024-09-30"),
        ({"year": 2024, "first_n": 5, "unit": "month"}, "2024-01/2024-05", "2024-01-01", "2024-05-31"),
        ({"year": 2021, "first_n": 2, "unit": "week"}, "2021-01-04/2021-01-17", "2021-01-04", "2021-01-17"),
        ({"year": 2019, "last_n": 3, "unit": "week"}, "2019-12-09/2019-12-29", "2019-12-09", "2019-12-29"),
        ({"year": 2016, "month": 10, "week": 1}, "2016-10-03/2016-10-09", "2016-10-03", "2016-10-09"),
        ({"year": 2025, "part": "end"}, "2025-12", "2025-12-01", "2025-12-31"),
        ({"year": 2025, "part": "start"}, "2025-01", "2025-01-01", "2025-01-31"),
        ({"year": 2024, "month": 3, "part": "late"}, "2024-03", "2024-03-21", "2024-03-31"),
        ({"year": 2024, "month": 2, "part": "first_half"}, "2024-02", "2024-02-01", "2024-02-15"),
        ({"year": 2022, "month": 12, "bound": "since"}, "2022-12/..", "2022-12-01", ""),
        ({"year": 2018, "bound": "before"}, "../2018", "", "2017-12-31"),
        ({"year": 2013, "bound": "approx"}, "2013~", "2013-01-01", "2013-12-31"),
    ],
)
def test_written(parts: dict[str, Any], value: str, earliest: str, latest: str) -> None:
    """One case for each form of GUIDELINES; value and bounds must not drift apart."""
    got = resolve(parts, published=DAY)
    assert (got.value, got.earliest, got.latest) == (value, earliest, latest)
    assert (got.relative, got.anchor) == (False, "")


@pytest.mark.parametrize(
    ("parts", "region", "value", "calendar"),
    [
        ({"roc_year": 112}, "", "2023", "roc"),
        ({"roc_year": 0}, "", "1912", "roc"),
        ({"roc_year": 1}, "", "1912", "roc"),
        ({"roc_year": 5, "bc": 1}, "", "1907", "roc"),
        ({"roc_year": 26, "month": 12}, "", "1937-12", "roc"),
        ({"roc_year": 102, "month": 2, "day": 29}, "", "", ""),
        ({"roc_year": 104, "term": "school"}, "TW", "2015/2016", "roc"),
        ({"roc_year": 112, "part": "end"}, "", "2023-12", "roc"),
        ({"roc_decade": 50}, "TW", "1961/1970", "roc"),
        ({"year": 112}, "TW", "2023", "roc"),
        ({"year": 112, "month": 2, "part": "end"}, "TW", "2023-02", "roc"),
        ({"year": 98}, "TW", "2009", "roc"),
        ({"year": 112}, "CN", "0112", "gregorian"),
        ({"year": 2023}, "TW", "2023", "gregorian"),
        ({"era": "jp:2019", "era_year": 5}, "", "2023", "era"),
        ({"era": "jp:2019", "era_year": 0, "month": 5}, "", "2019-05", "era"),
        ({"era": "jp:1868", "era_year": 2, "month": 5}, "", "1869", "era"),
        ({"era": "1662", "era_year": 20}, "", "1681", "era"),
        ({"era": "1662", "era_year": 20, "month": 9}, "", "1681", "era"),
        ({"era": "1909", "era_year": 3, "month": 8, "day": 19}, "", "1911-10-10", "era"),
    ],
)
def test_other_years(parts: dict[str, Any], region: str, value: str, calendar: str) -> None:
    """ROC years off by one, reign years taken for Gregorian months (宣統三年八月十九 is 10 October 1911)."""
    got = resolve(parts, published=DAY, region=region)
    assert (got.value, got.calendar if got.value else "") == (value, calendar)


@pytest.mark.parametrize(
    ("parts", "value"),
    [
        ({"year": 2015, "calendar": "lunar", "month": 1, "day": 1}, "2015-02-19"),
        ({"year": 2024, "lunar_month": 8, "lunar_day": 15}, "2024-09-17"),
        ({"year": 2025, "lunar_month": 6, "lunar_day": 1, "leap": "leap"}, "2025-07-25"),
        ({"year": 2024, "lunar_month": 8}, "2024-09-03/2024-10-02"),
        ({"year": 2024, "festival": "L08-15"}, "2024-09-17"),
        ({"year": 2024, "festival": "Lnewyear-1"}, "2024-02-09"),
        ({"year": 2024, "festival": "11-4-4"}, "2024-11-28"),
        ({"year": 2024, "festival": "5-2-7"}, "2024-05-12"),
        ({"year": 2024, "festival": "S15"}, "2024-04-04"),
        ({"rel": "year-1", "festival": "10-01"}, "2024-10-01"),
        ({"year": 2023, "festival": "tishri+9"}, "2023-09-25"),
        ({"year": 2023, "festival": "I12-10"}, "2023-06-29~"),
        ({"festival": "Lnewyear"}, "2025-01-29"),
    ],
)
def test_lunar_and_festivals(parts: dict[str, Any], value: str) -> None:
    """A lunar month read as a Gregorian one."""
    assert read(parts) == value


def test_years_written_in_full() -> None:
    """公元25年 read as 2025, 前202年－9年 ending in 2009, the year of an era against the one in figures beside it."""
    assert read({"year": 25, "ce": "yes"}) == "0025"
    assert read({"year": 202, "bc": "前", "year_to": 9, "ce_to": "yes"}) == "-0201/0009"
    assert read({"year": 156, "bc": "前", "year_to": 87, "bc_to": "前"}) == "-0155/-0086"
    assert read({"era": "477", "era_year": 3, "year": 829}) == "0829"


def test_a_week_day_ahead() -> None:
    """周五 of a forecast is the one to come, the day itself included."""
    published = dt.date(2024, 5, 15)  # a Wednesday
    assert [read({"weekday": n, "ahead": "yes"}, published=published)[-2:] for n in (2, 3, 5)] == ["21", "15", "17"]
    assert read({"weekday": 5, "bound": "before"}, published=published) == "../2024-05-17"


def test_terms_of_a_school_year() -> None:
    """第2學期 keeps the value of its year and is the months from February."""
    second = resolve({"roc_year": 112, "term": "school", "half": 2})
    assert (second.value, second.earliest, second.latest) == ("2023/2024", "2024-02-01", "2024-07-31")


def test_nth_weekday_of_a_month() -> None:
    """十月第一个星期一: counted within the month, from its end for the last; no fifth one, no value."""
    assert read({"year": 2025, "month": 3, "weekday": 1, "nth": 2}) == "2025-03-10"
    assert read({"year": 2025, "month": 3, "weekday": 1, "nth": -1}) == "2025-03-31"
    assert read({"year": 2025, "month": 2, "weekday": 1, "nth": 5}) == ""


def test_festival_nearest_to_publication() -> None:
    """元旦 in a December text is the one ahead, not the one 350 days ago."""
    assert read({"festival": "01-01"}, published=dt.date(2024, 12, 20)) == "2025-01-01"


def test_school_year_bounds_follow_the_region() -> None:
    """The school year begins in August in Taiwan, in September elsewhere."""
    at = {region: resolve({"year": 2015, "term": "school"}, region=region) for region in ("TW", "CN")}
    assert (at["TW"].earliest, at["TW"].latest) == ("2015-08-01", "2016-07-31")
    assert (at["CN"].earliest, at["CN"].latest) == ("2015-09-01", "2016-08-31")


# --- clock ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "value"),
    [
        ({"hour": 9}, "2023-04-21T09"),
        ({"hour": 9, "minute": 30}, "2023-04-21T09:30"),
        ({"hour": 17, "minute": 55, "second": 23}, "2023-04-21T17:55:23"),
        ({"hour": 5, "ampm": "pm"}, "2023-04-21T17"),
        ({"hour": 19, "minute": 30, "ampm": "evening"}, "2023-04-21T19:30"),
        ({"hour": 11, "ampm": "evening"}, "2023-04-21T23"),
        ({"hour": 12, "ampm": "evening"}, "2023-04-22T00"),
        ({"hour": 12, "ampm": "noon"}, "2023-04-21T12"),
        ({"hour": 3, "ampm": "dawn"}, "2023-04-21T03"),
        ({"hour": 0}, "2023-04-21T00"),
        ({"hour": 24}, "2023-04-22T00"),
    ],
)
def test_clock(parts: dict[str, Any], value: str) -> None:
    """Twelve o'clock, and what belongs to the next day."""
    assert read({"year": 2023, "month": 4, "day": 21, **parts}) == value


def test_part_of_day_narrows_the_bounds_only() -> None:
    """早间 names no hour: the value stays the day."""
    got = resolve({"year": 2019, "month": 7, "day": 25, "ampm": "am"})
    assert (got.value, got.earliest, got.granularity) == ("2019-07-25", "2019-07-25T08:00:00", "day")


def test_clock_alone_takes_the_day_of_the_text() -> None:
    """A clock time gets a day where the text just gave one, never the publication's."""
    assert read({"hour": 7, "minute": 35, "ampm": "evening"}, context=when("2014-03-23")) == "2014-03-23T19:35"
    assert read({"hour": 7}, context=when("2014-03")) == ""


# --- relative ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "value", "latest"),
    [
        ({"rel": "year-1"}, "2024", "2024-12-31"),
        ({"same": "year-1"}, "2024", "2024-12-31"),
        ({"rel": "year", "offset": Decimal(-2)}, "2023", "2023-12-31"),
        ({"rel": "year-1", "month": 8}, "2024-08", "2024-08-31"),
        ({"rel": "year+1", "quarter": 1}, "2026-33", "2026-03-31"),
        ({"rel": "year+0", "season": "summer"}, "2025-22", "2025-08-31"),
        ({"rel": "year-1", "half": 1}, "2024-40", "2024-06-30"),
        ({"rel": "year+0", "first_n": 3, "unit": "quarter"}, "2025-01/2025-09", "2025-09-30"),
        ({"rel": "year-1", "part": "end"}, "2024-12", "2024-12-31"),
        ({"rel": "year+0", "bound": "since"}, "2025/..", ""),
        ({"rel": "half-1"}, "2024-41", "2024-12-31"),
        ({"rel": "quarter-1"}, "2025-33", "2025-03-31"),
        ({"rel": "month-1"}, "2025-05", "2025-05-31"),
        ({"rel": "month+0", "day": 8}, "2025-06-08", "2025-06-08"),
        ({"rel": "month+0", "part": "first_half"}, "2025-06", "2025-06-15"),
        ({"rel": "week-1"}, "2025-06-02/2025-06-08", "2025-06-08"),
        ({"rel": "week-1", "weekday": 5}, "2025-06-06", "2025-06-06"),
        ({"rel": "week+2", "weekday": 7}, "2025-06-29", "2025-06-29"),
        ({"rel": "week+0", "part": "weekend"}, "2025-06-14/2025-06-15", "2025-06-15"),
        ({"rel": "day-3"}, "2025-06-12", "2025-06-12"),
        ({"rel": "day+1", "hour": 5, "minute": 0, "ampm": "pm"}, "2025-06-16T17:00", "2025-06-16T17:00:59"),
        ({"rel": "century-1", "decade": 90}, "199X", "1999-12-31"),
        ({"rel": "century+0"}, "20XX", "2099-12-31"),
        ({"rel": "decade-1"}, "201X", "2019-12-31"),
        ({"ago": 3, "unit": "year"}, "2022", "2022-12-31"),
        ({"ago": Decimal("1.5"), "unit": "year"}, "2023-12", "2023-12-31"),
        ({"ago": Decimal("0.5"), "unit": "year"}, "2024-12", "2024-12-31"),
        ({"ago": 2, "unit": "month"}, "2025-04", "2025-04-30"),
        ({"ago": 2, "unit": "week"}, "2025-06-01", "2025-06-01"),
        ({"ago": 5, "unit": "day"}, "2025-06-10", "2025-06-10"),
        ({"ago": 48, "unit": "hour"}, "2025-06-13", "2025-06-13"),
        ({"ago": 3, "unit": "year", "month": 5}, "2022-05", "2022-05-31"),
        ({"later": 2, "unit": "year"}, "2027", "2027-12-31"),
        ({"past": 3, "unit": "year"}, "2022/2025", "2025-06-15"),
        ({"past": 1, "unit": "decade"}, "2015/2025", "2025-06-15"),
        ({"past": 2, "unit": "month"}, "2025-04/2025-06", "2025-06-15"),
        ({"past": 5, "unit": "day"}, "2025-06-10/2025-06-15", "2025-06-15"),
        ({"next": 5, "unit": "year"}, "2025/2030", "2030-06-15"),
    ],
)
def test_counted_from_publication(parts: dict[str, Any], value: str, latest: str) -> None:
    """Off by one in any unit, at the turn of years and weeks."""
    got = resolve(parts, published=DAY)
    assert (got.value, got.latest, got.relative, got.anchor) == (value, latest, True, "published")


def test_bounds_of_past_and_next_years() -> None:
    """近三年 runs to the day, 未来五年 begins on the next, and 29 February three years ago is the 28th."""
    got = resolve({"past": 3, "unit": "year"}, published=dt.date(2024, 2, 29))
    assert (got.earliest, got.latest) == ("2021-02-28", "2024-02-29")
    assert resolve({"next": 1, "unit": "year"}, published=dt.date(2017, 3, 22)).earliest == "2017-03-23"


@pytest.mark.parametrize(
    ("parts", "context", "value"),
    [
        ({"same": "year+0", "month": 8}, "2010-06-29", "2010-08"),
        ({"same": "year+0", "month": 8, "day": 17}, "2010-06-29", "2010-08-17"),
        ({"same": "year+1"}, "1995-07", "1996"),
        ({"same": "year-1"}, "2012", "2011"),
        ({"same": "month+0"}, "2013-01-25", "2013-01"),
        ({"same": "month+0", "day": 3}, "2013-01", "2013-01-03"),
        ({"same": "day+1"}, "2012-12-31", "2013-01-01"),
        ({"same": "day+1"}, "2009-07-16/2009-07-26", "2009-07-27"),
        ({"same": "day+1"}, "2009-07", ""),
        ({"same": "day+0"}, "199X", ""),
        ({"same": "quarter+1"}, "2024-33", "2024-34"),
        ({"same": "year+0"}, "2010/..", "2010"),
        ({"same": "period-1"}, "2024-01/2024-09", "2023-01/2023-09"),
        ({"same": "period+0"}, "2024-33", "2024-33"),
        ({"same": "period-1"}, "2024-02-29", "2023-02-28"),
        ({"rel": "year-1", "same": "period+0"}, "2024-33", "2023-33"),
        ({"later": 3, "unit": "day"}, "2013-01-30", "2013-02-02"),
        ({"ago": 3, "unit": "year", "anchor": "context"}, "2010", "2007"),
        ({"past": 10, "unit": "year", "anchor": "context"}, "2010-06", "2000/2010-06"),
    ],
)
def test_counted_from_the_text(parts: dict[str, Any], context: str, value: str) -> None:
    """同年, 次日, 同期: the nearest date of the text decides, not the publication."""
    got = resolve(parts, published=DAY, context=when(context))
    assert got.value == value
    assert got.relative
    assert got.anchor != "published"


@pytest.mark.parametrize(
    ("parts", "value"),
    [
        ({"rel": "year+0", "year": 2024, "month": 5}, "2024-05"),
        ({"rel": "week-1", "weekday": 5, "month": 4, "day": 21}, "2025-04-21"),
        ({"rel": "week-1", "weekday": 5, "date": {"month": 4, "day": 21}}, "2025-04-21"),
        ({"year": 2009, "month": 10, "day": 12, "weekday": 1}, "2009-10-12"),
    ],
)
def test_what_is_written_wins(parts: dict[str, Any], value: str) -> None:
    """今（2024）年5月 and 上周五（4月21日） say both; what is written out decides."""
    assert read(parts) == value


# --- a missing year -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "context", "published", "value", "anchor"),
    [
        ({"month": 10, "day": 20}, "1949-10-17", None, "1949-10-20", "1949-10-17"),
        ({"month": 8}, "1941-05", None, "1941-08", "1941-05"),
        ({"half": 2}, "1942-05", None, "1942-41", "1942-05"),
        ({"day": 28}, "2006-11-27", None, "2006-11-28", "2006-11-27"),
        ({"day": 28}, "2006", None, "", ""),
        ({"month": 6, "day": 5}, "", "2025-06-15", "2025-06-05", "published"),
        ({"month": 8, "day": 5}, "", "2025-06-15", "2025-08-05", "published"),
        ({"month": 12, "day": 28}, "", "2025-01-05", "2024-12-28", "published"),
        ({"quarter": 4}, "", "2025-01-20", "2024-36", "published"),
        ({"day": 29}, "", "2018-02-10", "2018-01-29", "published"),
        ({"day": 29}, "", "2018-01-22", "2018-01-29", "published"),
        ({"day": 29}, "", "2018-03-02", "2018-01-29", "published"),
        ({"weekday": 1}, "", "2018-09-18", "2018-09-17", "published"),
        ({"month": 6, "day": 5}, "2019", "2025-06-15", "2025-06-05", "published"),
        ({"month": 3, "day": 5}, "2019", "2025-06-15", "2019-03-05", "2019"),
        ({"month": 3, "day": 5}, "2030", "2025-06-15", "2025-03-05", "published"),
        ({"month": 3}, "2026-01", "2025-06-15", "2026-03", "2026-01"),
    ],
)
def test_missing_year(parts: dict[str, Any], context: str, published: str | None, value: str, anchor: str) -> None:
    """The text decides before the publication date; news speak of the past at the turn of the year."""
    day = dt.date.fromisoformat(published) if published else None
    got = resolve(parts, published=day, context=when(context) if context else None)
    assert (got.value, got.anchor, got.relative) == (value, anchor, False)


# --- ranges ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "value", "latest"),
    [
        ({"year": 2014, "year_to": 2016}, "2014/2016", "2016-12-31"),
        ({"year": 1999, "year_to": 2}, "1999/2002", "2002-12-31"),
        ({"year": 2019, "month": 3, "month_to": 5}, "2019-03/2019-05", "2019-05-31"),
        ({"year": 2018, "month": 11, "month_to": 2}, "2018-11/2019-02", "2019-02-28"),
        ({"month": 4, "day": 29, "month_to": 5, "day_to": 3}, "2025-04-29/2025-05-03", "2025-05-03"),
        ({"year": 2009, "month": 9, "day": 15, "day_to": 25}, "2009-09-15/2009-09-25", "2009-09-25"),
        ({"rel": "year-1", "month": 3, "month_to": 5}, "2024-03/2024-05", "2024-05-31"),
        ({"year": 2024, "quarter": 1, "quarter_to": 3}, "2024-01/2024-09", "2024-09-30"),
        ({"year": 2019, "year_to": 20, "term": "fiscal"}, "2019/2020", "2020-12-31"),
        ({"year": 2018, "year_to": 19, "term": "school"}, "2018/2019", "2019-08-31"),
        ({"year": 2014, "year_to": 2016, "bound": "approx"}, "2014~/2016~", "2016-12-31"),
        ({"rel": "day+0", "ampm": "pm", "hour": 5, "hour_to": 6}, "2025-06-15T17/2025-06-15T18",
         "2025-06-15T18:00:00"),
        ({"rel": "day+0", "ampm": "pm", "hour": 5, "ampm_to": "dawn", "hour_to": 3}, "2025-06-15T17/2025-06-16T03",
         "2025-06-16T03:00:00"),
        ({"rel": "day+0", "ampm": "am", "hour": 9, "hour_to": 5}, "2025-06-15T09/2025-06-15T17",
         "2025-06-15T17:00:00"),
        ({"begin": {"year": 2000}, "finish": {"year": 2010, "first_n": 6, "unit": "month"}}, "2000/2010-06",
         "2010-06-30"),
        ({"begin": {"month": 9, "day": 21, "ampm": "pm", "hour": 5},
          "finish": {"month": 9, "day": 22, "ampm": "am", "hour": 5}}, "2025-09-21T17/2025-09-22T05",
         "2025-09-22T05:00:00"),
        ({"begin": {"rel": "week-1", "weekday": 1}, "finish": {"weekday": 3}}, "2025-06-02/2025-06-04", "2025-06-04"),
        ({"begin": {"century": 20, "decade": 90}, "finish": {"year": 2005}}, "199X/2005", "2005-12-31"),
    ],
)  # fmt: skip
def test_ranges(parts: dict[str, Any], value: str, latest: str) -> None:
    """Shared parts lost or taken twice, a range that ends before its last year does."""
    got = resolve(parts, published=DAY)
    assert (got.value, got.latest, got.granularity) == (value, latest, "interval")


@pytest.mark.parametrize(
    ("parts", "context", "value"),
    [
        ({"begin": {"month": 10}, "finish": {"year": 2019, "month": 3}}, "2012-05", "2018-10/2019-03"),
        ({"begin": {"month": 3}, "finish": {"year": 2019, "month": 10}}, "2012-05", "2019-03/2019-10"),
        (
            {"begin": {"year": 2018, "month": 3}, "finish": {"same": "year+1", "month": 2}},
            "2012-05",
            "2018-03/2019-02",
        ),
        ({"same": "day+1", "hour": 9, "hour_to": 11}, "2013-01-25", "2013-01-26T09/2013-01-26T11"),
        (
            {"date": {"month": 4, "day": 21}, "time": {"ampm": "am", "hour": 9, "hour_to": 11}},
            "2013-01",
            "2013-04-21T09/2013-04-21T11",
        ),
        ({"month": 11, "month_to": 2}, "2013", "2013-11/2014-02"),
        ({"year": 2023, "quarter": 4, "quarter_to": 1}, "2012-05", "2023-10/2024-03"),
        ({"day": 28, "day_to": 3}, "2012-12", "2012-12-28/2013-01-03"),
        ({"day": 3, "day_to": 28}, "2012-12", "2012-12-03/2012-12-28"),
        ({"month": 5, "part": "mid", "part_to": "late"}, "2012", "2012-05"),
    ],
)
def test_ranges_in_a_text(parts: dict[str, Any], context: str, value: str) -> None:
    """The end counts from the beginning, and a shared 次日 isn't counted twice."""
    assert read(parts, published=None, context=when(context)) == value


def test_captured_date_takes_a_bound() -> None:
    """{date:date}以来: the bound belongs to the rule, the parts to the date inside it."""
    assert read({"date": {"year": 1998, "month": 3}, "bound": "since"}) == "1998-03/.."
    assert read({"date": {"year": 2014, "year_to": 2016}, "bound": "until"}) == "../2016"


def test_complete_keeps_its_input() -> None:
    """Parts come from frozen mentions: completing must not write into them."""
    last, first = {"month": 5}, {"year": 2019, "month": 3}
    assert complete(last, first) == {"year": 2019, "month": 5}
    assert (last, first) == ({"month": 5}, {"year": 2019, "month": 3})


@pytest.mark.parametrize(
    ("value", "bound", "expected"),
    [
        ("2000", "before", ("../2000", "", "1999-12-31")),
        ("2014-09-14", "before", ("../2014-09-14", "", "2014-09-13")),
        ("2013", "until", ("../2013", "", "2013-12-31")),
        ("2018", "after", ("2018/..", "2019-01-01", "")),
        ("2010-01-01", "after", ("2010-01-01/..", "2010-01-01", "")),
        ("1998", "since", ("1998/..", "1998-01-01", "")),
        ("2014/2016", "since", ("2014/..", "2014-01-01", "")),
        ("2014/2016", "until", ("../2016", "", "2016-12-31")),
        ("2010/..", "since", ("2010/..", "2010-01-01", "")),
        ("0001-01-01", "before", ("../0001-01-01", "", "0001-01-01")),
    ],
)
def test_bounded(value: str, bound: str, expected: tuple[str, str, str]) -> None:
    """以前 and 及以前 share a value but not their last day; ends of the calendar must not raise."""
    got = bounded(when(value), bound)
    assert (got.value, got.earliest, got.latest) == expected


def test_unknown_bound_is_an_error() -> None:
    """A misspelt code of a rule must not pass in silence."""
    with pytest.raises(ValueError, match="allowed are before"):
        bounded(when("2010"), "befor")


def test_span_of_unknown() -> None:
    """Half a range is no range."""
    assert span(when("2010"), UNKNOWN).value == ""
    assert span(bounded(when("2010"), "before"), when("2012")).value == ""
    assert span(when("2010"), bounded(when("2012"), "since")).value == ""


def test_validate_names_every_mistake() -> None:
    """Rule authors see all of them at once, in nested parts too."""
    assert validate({"year": 1, "month_to": 2, "begin": {"mnoth": 3}, "finish": {}}) == [
        "part 'mnoth' is unknown, did you mean month?"
    ]
    assert len(validate({"season": "fall", "festival": "5-5", "rel": "yr-1", "nonsense": 1})) == 4
    for name, codes in CODES.items():
        assert validate(dict.fromkeys((name,), codes[0])) == []


# --- whatever comes ---------------------------------------------------------------------------------------

NUMBERS = st.one_of(
    st.integers(-5, 60),
    st.integers(1800, 2200),
    st.integers(),
    st.decimals(),
    st.text(max_size=4),
    st.sampled_from(["05-01", "L08-15", "Lnewyear-1", "S15", "20240307", "jp:2019", "1662"]),
)
RELATIVE = st.builds(lambda unit, n: f"{unit}{n:+d}", st.sampled_from((*CODES["unit"], "period")), st.integers(-99, 99))
ANY_PARTS = st.dictionaries(
    st.sampled_from(sorted(PARTS) + [f"{name}_to" for name in ("year", "month", "day", "hour", "part")]),
    st.one_of(NUMBERS, RELATIVE, st.sampled_from(sorted({c for codes in CODES.values() for c in codes}))),
    max_size=6,
)
DAYS = st.one_of(st.none(), st.dates(), st.dates(dt.date(1990, 1, 1), dt.date(2030, 1, 1)))
CONTEXTS = st.one_of(
    st.none(),
    st.sampled_from(
        ["2024", "2024-02-29", "199X", "2010/..", "../2018", "2024-33", "9999-12-31", "2013~", "-0220", "2024-01/2024-09",
         "0001-01-01", "2023-04-21T09"]
    ).map(when),
)  # fmt: skip


def key(text: str, end: bool) -> tuple[int, ...]:
    sign = -1 if text.startswith("-") else 1
    numbers = [int(n) for n in text.lstrip("-").replace("T", "-").replace(":", "-").split("-")]
    return (sign * numbers[0], *numbers[1:], *((23, 59, 59) if end else (0, 0, 0)))[:6]


@settings(max_examples=400, deadline=None)
@given(ANY_PARTS, DAYS, CONTEXTS, st.sampled_from(["", "CN", "TW"]))
def test_never_raises_and_keeps_order(
    parts: dict[str, Any], published: dt.date | None, context: When | None, region: str
) -> None:
    """Any parts at all: a record comes back, with bounds only beside a value, and in order."""
    got = resolve(parts, published=published, context=context, region=region)
    assert bool(got.value) == bool(got.earliest or got.latest)
    assert bool(got.value) == bool(got.granularity)
    if got.value:
        assert any(bounds(got.value))
    if got.earliest and got.latest:
        assert key(got.earliest, False) <= key(got.latest, True)
    assert resolve(parts, published=published, context=context, region=region) == got


@settings(max_examples=200, deadline=None)
@given(st.dates(), st.sampled_from(["before", "until", "since", "after", "approx"]))
def test_every_day_survives(day: dt.date, bound: str) -> None:
    """A day written out is that day, and a bound keeps exactly the end it names."""
    got = resolve({"year": f"{day.year:04d}" if day.year > 99 else day.year, "month": day.month, "day": day.day})
    if day.year > 99:
        assert (got.value, got.earliest, got.latest) == (day.isoformat(),) * 3
        open_end = bounded(got, bound)
        assert (open_end.earliest == "") == (bound in ("before", "until"))
        assert (open_end.latest == "") == (bound in ("since", "after"))


# --- week days --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "value"),
    [
        (  # 周三晚间至周四清晨: the end follows its beginning
            {"begin": {"weekday": 3, "ampm": "evening"}, "finish": {"weekday": 4, "ampm": "am"}},
            "2025-06-11/2025-06-12",
        ),
        ({"begin": {"weekday": 5}, "finish": {"rel": "week+1", "weekday": 1}}, "2025-06-13/2025-06-16"),  # 周五到下周一
        ({"weekday": 4, "day": 12}, "2025-06-12"),  # 周四(12日)
        ({"weekday": 5, "day": 30}, "2025-05-30"),  # … of the month before
    ],
)
def test_week_days_that_leave_their_week_open(parts: dict[str, Any], value: str) -> None:
    assert read(parts) == value
