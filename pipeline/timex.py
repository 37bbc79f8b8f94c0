"""Parts of a date, captured by rules, to EDTF. Knows calendars and arithmetic, reads no text.

A rule captures fields under these names (``set:`` gives constants); numbers may be int, Decimal or
strings of digits, codes are strings. Whatever can't be a date (month 13, 2月30日, a fraction of a day)
gives an empty value, never an exception. ``PARTS`` holds the names for programs; ``validate`` checks
names and codes when rules are loaded.

| part | what it holds (words → parts, or → the value) |
|---|---|
| `year` | 2024年 → 2024. Two digits: within a century that ends 20 years after publication (98年 → 1998). 38-199 in a text from TW counts from 1911 (112年 → 2023) |
| `ce` | any value: the year counts as it is written, however few its digits (公元25年) |
| `roc_year` | 民國112年 → 112; 0 or 1 is 元年 (1912); with `bc`: 民國前 |
| `era`, `era_year` | the era's first year, `jp:2019` 令和 (Gregorian months) or `1662` 康熙 (lunar months), and its year N; 0 or 1 is 元年 |
| `cycle`, `animal` | place in the cycle of sixty years (甲子 0, 癸亥 59) or of twelve animals (鼠 0, 猪 11): the year of that name in which the context or the publication lies, or right beside it; with `era`, the first of that name in it |
| `bc` | any value: the year is before Christ (公元前221年) |
| `compact` | 20240307, 202403, 1130307 (seven digits: a ROC year) |
| `month`, `day` | 1-12, 1-31 |
| `weekday` | 1 (Monday) - 7 (Sunday). Alone: the last one up to publication; ignored beside month and day |
| `ahead` | any value: a week day alone is the next one, the day of publication itself included |
| `nth` | with month and weekday: 十一月第四个星期四 → 4; -1 is the last |
| `week` | 第N周 of the year (ISO) or of the month (from its first Monday) |
| `quarter`, `half` | 1-4, 1-2 |
| `season` | spring summer autumn winter |
| `decade` | 90 with `century`, or alone the last 90s begun; or 1950 (1950年代) |
| `roc_decade` | 民國50年代 → 50 (1961-1970) |
| `century` | 21世纪 → 21 → `20XX`; with `decade`: 20世纪90年代 → `199X` |
| `plan` | the N-th five-year plan: 十四五 → 14 → `2021/2025` |
| `term` | school: 104学年度 → `2015/2016`, with `half` one of its two terms; fiscal: 2019/20财年 (year 2019, year_to 20) → `2019/2020` |
| `part` | of what the others name: start 初, end 底/末, early 早/上旬, mid 中(旬), late 晚/下旬, first_half 上半(月), second_half, weekend. 年底 → December, 年初 → January; else only earliest and latest get narrower |
| `first_n`, `last_n` | the first or last N `unit`s (year quarter month week day) of a year, a month, a century: 前三季度 → first_n 3, unit quarter → `2024-01/2024-09` |
| `calendar` | lunar: month and day are lunar ones |
| `lunar_month`, `lunar_day`, `leap` | 农历闰六月初一 → 6, 1, any value |
| `festival` | `05-01`; `L08-15` lunar; `Lnewyear` 春节, `Lnewyear-1` 除夕; `5-2-7` May's 2nd Sunday, `5--1-1` its last Monday; `11-4-4+1` the day behind such a day; `easter-2` Good Friday; `tishri+9` so many days after the first of a Hebrew month; `I10-01` Islamic (about that day); `S15` sun at 15° (清明; 冬至 is S270). Without a year: the nearest to publication |
| `hour`, `minute`, `second` | 0-24, 0-59, 0-59 |
| `ampm` | dawn 凌晨, am 上午/早, noon 中午, pm 下午, evening 晚上/傍晚, night 深夜: shifts the hour (下午5点 → 17); without an hour narrows the day to 0-6, 8-12, 11-14, 12-18, 18-24, 20-24 |
| `rel` | unit and offset from publication: `year-1` 去年, `month+0` 本月, `week-1` 上周, `day+1` 明天; units century decade year half quarter month week day. May be followed by finer parts (去年8月, 上周五) |
| `same` | likewise from the nearest date of the text: `year+0` 同年, `day+1` 次日; `period+0` 同期, with rel year-1 (or as `period-1`) 去年同期 |
| `offset` | for a `rel` or `same` that is a bare unit: rel year, offset -1 |
| `ago`, `later` | N `unit`s away: 三年前 → ago 3, unit year; 两周后 → later 2, unit week; fractions are fine (1.5 years) |
| `past`, `next` | the N `unit`s up to the anchor or from it on: 近三年 → past 3, 未来五年 → next 5 |
| `unit` | of ago later past next first_n last_n: century decade year half quarter month week day hour |
| `anchor` | published or context: overrules what relative parts count from |
| `bound` | before until since from after approx (`edtf.bounded` says which words): 今年以来 → rel year+0, bound since |
| `aside` | any value: told in passing (比2019年), no date counts from it |
| `apart` | any value: founding years, plans: they don't show what a text speaks from |
| `news` | dateline or told: the day of a dateline (北京4月27日电) or of an announcement |
| `reviewed` | any value: the year that the text reviews |
| `lasting` | the N months that end with the date: later 同期 is that period (截至6月30日止六个月) |
| `vague` | any value: no calendar says when that is (几年前, 这几天) |
| `carry` | years to add; `complete` sets it (2018年11月至2月) |
| *part*`_to` | that part of a range's end: 1-5月 → month 1, month_to 5. What the end leaves out comes from the beginning |
| `begin`, `finish` | captured dates (`{begin:date}至{finish:date}`), each with parts of its own: the ends of a range |
| `date`, `time` | a captured date or clock time whose parts count as if they stood here: `{date:date}以来` with bound since |

Explicit parts win over relative ones, so 今（2024）年5月 may pass both.

What relative times count from: ``rel``, ``ago`` and ``past``/``next`` from the publication date;
``same`` and ``later`` from the context, from publication while the text has given no date (but for
同期). Nothing to count from: no value. Only 本世纪 and 上世纪 need no date: digital text speaks from the 21st century.

A missing year is the context's, else publication's (the year before if the date would otherwise lie
more than 190 days ahead). Publication also wins over a context that is a bare year, when that year
lies in the future or when a full month and day falls in the last 31 days. A day alone takes the
month in the same way (the last month when it would lie more than 14 days ahead).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from pipeline.calendar.anchored import (
    complete_year,
    counted_from,
    grounded,
    interval,
    named_year,
    same_period,
    same_week,
)
from pipeline.calendar.calendars import absolute, with_year
from pipeline.calendar.dateparts import (
    PARTS,
    RELATIVE,
    UNIT_LEVEL,
    Impossible,
    Parts,
    code_of,
    day_parts,
    in_range,
    offset_of,
    validate,
    when_of,
    whole,
)
from pipeline.calendar.edtf import UNKNOWN, When, bounded, bounds, iso, point_of, span

__all__ = ["PARTS", "UNKNOWN", "When", "bounded", "bounds", "complete", "resolve", "span", "validate"]


def resolve(parts: Parts, *, published: dt.date | None = None, context: When | None = None, region: str = "") -> When:
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
    >>> value(rel="year+0", first_n=3, unit="quarter"), value(year=2019, month=3, month_to=5)
    ('2025-01/2025-09', '2019-03/2019-05')
    >>> told = resolve({"year": 1995, "month": 7})
    >>> value(told, same="year+1"), value(told, month=12), value(told, same="period-1")
    ('1996', '1995-12', '1994-07')
    >>> resolve({"rel": "year-1"}).value, resolve({"month": 5}).value
    ('', '')
    """
    parts = _given(parts)
    if parts.keys() <= _DAY and "year" in parts:  # most dates: nothing to count from or to complete
        try:
            year = whole(parts["year"])
            if 1000 <= year <= 9999:
                return _plain(year, in_range(parts, "month", 1, 12), in_range(parts, "day", 1, 31))
        except ValueError:
            return UNKNOWN
    relative = any(name in parts for name in (*RELATIVE, "vague"))
    try:
        return _bounded(parts, published, context, region)
    except (ValueError, OverflowError, TypeError):
        return replace(UNKNOWN, relative=relative)


_DAY = frozenset({"year", "month", "day"})


@lru_cache(maxsize=4096)
def _plain(year: int, month: int | None, day: int | None) -> When:
    if day is not None and month is None:
        raise Impossible("a day without a month")
    return when_of(iso(year, month, day), "day" if day else "month" if month else "year")


def _given(parts: Parts) -> dict[str, Any]:
    return {name: value for name, value in parts.items() if value is not None and value != ""}


def _bounded(parts: Parts, published: dt.date | None, context: When | None, region: str) -> When:
    when = _resolve(dict(parts), published, context, region)
    return bounded(when, code_of(parts, "bound")) if "bound" in parts else when


def _resolve(parts: dict[str, Any], published: dt.date | None, context: When | None, region: str) -> When:
    parts = _unfolded(parts)
    if "vague" in parts:
        raise Impossible("no calendar says when")
    ends = _ends(parts)
    if ends:
        return _range(*ends, published, context, region)
    relative, anchor = any(name in parts for name in RELATIVE), ""
    parts = with_year(parts, published, region)
    if parts.keys() & {"cycle", "animal"}:
        parts, anchor = named_year(parts, published, context)
    calendar = str(parts.get("calendar", "gregorian"))
    explicit = "year" in parts
    if explicit and context and parts.get("same") == "period+0" and re.match(r"\d{4}", context.value):
        return same_period(context, whole(parts["year"]) - int(context.value[:4]), anchor)  # 2023年同月
    if relative and not (explicit and set(parts) & {"rel", "same"}):
        if "same" in parts and (week := same_week(parts, context)):
            return week
        point, anchor = counted_from(parts, published, context)
        if "past" in parts or "next" in parts:
            return interval(parts, point, anchor)
        if "same" in parts and str(parts["same"]).startswith("period") and context:
            years = offset_of(parts, "rel")[1] if str(parts.get("rel", "")).startswith("year") else 0
            return same_period(context, offset_of(parts, "same")[1] + years, anchor)
        parts = grounded(parts, point)
    else:
        parts = {name: value for name, value in parts.items() if name not in (*RELATIVE, "offset")}
    if not set(parts) & {"year", "century", "decade", "roc_decade", "plan", "monday"}:
        parts, anchor = complete_year(parts, published, context)
    when = absolute(parts, region, published)
    if when.calendar == "gregorian" and calendar in ("roc", "era"):
        when = replace(when, calendar=calendar)
    return replace(when, relative=relative, anchor=anchor)


def _unfolded(parts: dict[str, Any]) -> dict[str, Any]:
    """Parts with those of a captured date and time among them; the rule's own win."""
    for name in ("time", "date"):
        if isinstance(parts.get(name), Mapping):
            parts = {**_unfolded(_given(parts[name])), **{k: v for k, v in parts.items() if k != name}}
    return parts


def _ends(parts: Parts) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """The parts of both ends of a range; what stands outside `begin` and `finish` belongs to the beginning."""
    own = {name: value for name, value in parts.items() if name not in ("begin", "finish", "bound")}
    if isinstance(parts.get("begin"), Mapping) and isinstance(parts.get("finish"), Mapping):
        return {**own, **_unfolded(_given(parts["begin"]))}, _unfolded(_given(parts["finish"]))
    last = {name.removesuffix("_to"): value for name, value in own.items() if name.endswith("_to")}
    return ({name: v for name, v in own.items() if not name.endswith("_to")}, last) if last else None


def _range(first: Parts, last: Parts, published: dt.date | None, context: When | None, region: str) -> When:
    """From one end to the other; what the end counts from or leaves out is the beginning's."""
    counts = "same" in last or "later" in last
    if "bc" in first and "bc" not in last:
        last = {**last, "ce": "yes"}  # 前202年至9年
    last = complete(last, first)
    if "term" in first and "year" in first and "year" in last:
        year, after = whole(first["year"]), whole(last["year"])
        if after == year + 1 and first["term"] == "fiscal":  # 2019/20财年 is one, not two
            return when_of(f"{year}/{after}", "interval")
        if after == year + 1:
            return _resolve(dict(first), published, context, region)
    if _open_week(first) and str(last.get("rel", "")).startswith("week"):
        first = _leading(first, _start_of(_bounded(last, published, context, region)))
    begin = _bounded(_preceding(first, last), published, context, region)
    start = point_of(begin.value, last=False) if "day" in last and "month" not in last else None
    if start and start[1] and start[2] and whole(last["day"]) < start[2]:  # 28日至3日
        last = {**last, "month": start[1] % 12 + 1, "year": start[0] + start[1] // 12}
    last = _following(last, first, _start_of(begin))
    told = begin if begin.value and (counts or not {"same", "later"} & set(last)) else context
    return span(begin, _bounded(last, published, told, region))


def _following(last: dict[str, Any], first: Parts, begin: dt.date | None) -> dict[str, Any]:
    """The end of a range of week days as the first such day from its beginning on: 周三晚间至周四清晨."""
    if begin is None or "weekday" not in first or not _open_week(last):
        return last
    days = (whole(last["weekday"]) - begin.isoweekday()) % 7
    return {**last, **day_parts(begin + dt.timedelta(days=days))}


def _leading(first: Parts, finish: dt.date | None) -> Parts:
    """The beginning of a range of week days as the last such day before its end: 周五到下周一."""
    if finish is None:
        return first
    days = (finish.isoweekday() - whole(first["weekday"])) % 7
    return {**first, **day_parts(finish - dt.timedelta(days=days))}


def _open_week(parts: Parts) -> bool:
    """Whether parts name a week day, and neither its week nor its date."""
    return "weekday" in parts and not {"rel", "same", "month", "day", "nth"} & set(parts)


def _start_of(when: When) -> dt.date | None:
    """The day on which a time begins, where it names one."""
    return dt.date.fromisoformat(when.earliest[:10]) if re.match(r"\d{4}-\d\d-\d\d", when.earliest) else None


def _preceding(first: Parts, last: Parts) -> Parts:
    """The beginning with the year that only the end gives (11月至2019年2月 begins in 2018), with today where that has tomorrow."""
    if first.keys() <= {"hour", "minute", "second", "ampm"} and str(last.get("rel", "")).startswith("day"):
        return {**first, "rel": "day+0"}  # 2:00-明天4:00
    levels = [_level(name, first) for name in first]
    if min(levels, default=0) != 1 or "month" not in first or "year" not in last:
        return first
    later = "month" in last and whole(first["month"]) > whole(last["month"])
    return {**first, "year": last["year"], **({"carry": -1} if later else {})}


def _level(name: str, parts: Parts) -> int:
    if name in ("rel", "same"):
        return UNIT_LEVEL.get(re.sub(r"[^a-z].*", "", str(parts[name])), 3)
    if name in ("ago", "later"):
        return UNIT_LEVEL.get(str(parts.get("unit", "")), 3)
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
    >>> complete({"rel": "year+0", "month": 1, "day": 2}, {"rel": "year-1", "month": 12, "day": 31})
    {'rel': 'year+0', 'month': 1, 'day': 2}
    >>> complete({"hour": 6}, {"rel": "day+0", "ampm": "pm", "hour": 5})
    {'rel': 'day+0', 'ampm': 'pm', 'hour': 6}
    """
    own, given = _given(parts), _given(from_parts)
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
    if "year" in own and {"bc", "ce"} & {*own, *given}:
        return out  # such years are written in full
    if "year" in own and "year" in given:
        year, before = whole(own["year"]), whole(given["year"])
        if 0 <= year < 100 <= before:
            year += before - before % 100
            out["year"] = year + 100 if year < before else year
    elif (name := next((n for n in ("month", "quarter") if n in own and n in given), "")) and all(
        _level(part, own) for part in own
    ):  # no year of its own
        if whole(own[name]) < whole(given[name]):
            out["carry"] = 1
    elif "month" in own:
        return out  # 今年1月2日 says its year itself
    elif "day" in own and "month" in given and "day" in given and whole(own["day"]) < whole(given["day"]):
        month = whole(given["month"])
        out["month"] = month % 12 + 1
        if month == 12:
            out["carry"] = 1
    elif "hour" in own and "ampm" not in own and given.get("ampm") == "am" and "hour" in given:
        out["ampm"] = "pm" if whole(own["hour"]) < whole(given["hour"]) else "am"
    return out
