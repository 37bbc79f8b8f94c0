"""A match of a date rule → `Date` with its parts; then, in order of the text, parts → EDTF values.

The names of parts that a rule captures or sets are the vocabulary of `timex.py`, and three that hold the
parts of whole dates: ``begin`` and ``finish`` (a range: ``{begin:date}至{finish:date}``) and ``date``
(``{date:date}以前``, which ``bound:`` or other parts then change).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipeline.calendar.dateparts import extent, whole
from pipeline.calendar.edtf import bounds, iso, point_of
from pipeline.match import Match
from pipeline.model import Article, Date
from pipeline.stages.reporting import Reporting, in_year, opens, paragraph_at, pieces, year_alone, year_of
from pipeline.timex import PARTS, When, resolve

__all__ = ["build_date", "settle_dates"]

DAY = re.compile(r"\d{4}-\d\d-\d\d")
LATELY = 45  # days before publication within which a bare month and day of a new paragraph is taken for a recent one
SOON = 190  # days ahead that notices name without their year
NAMES_A_YEAR = frozenset(
    {
        "year",
        "roc_year",
        "era_year",
        "cycle",
        "animal",
        "compact",
        "rel",
        "same",
        "festival",
        "lunar_month",
        "century",
        "decade",
        "later",
    }
)


CLOCK = frozenset({"hour", "minute", "second", "ampm", "hour_to", "minute_to", "bound"})
OF_A_WEEK = frozenset({"rel", "same", "month", "day", "week", "nth"})


def build_date(match: Match, article: Article) -> Date | None:
    """The date of a match, its value still open: it may depend on dates before it."""
    parts: dict[str, Any] = {}
    own: dict[str, Any] = {}
    for name, capture in match.captures.items():
        if not isinstance(capture.mention, Date):
            if name.removesuffix("_to") in PARTS:  # other captures only serve the rule's conditions
                own[name] = capture.value()
        elif name in ("begin", "finish"):
            own[name] = dict(capture.mention.parts)
        elif name in ("date", "time"):  # as if their parts stood in this rule: rules may ask for them
            parts = {**parts, **capture.mention.parts} if name == "time" else {**capture.mention.parts, **parts}
    parts |= own
    parts |= {name: value for name, value in match.given.items() if value != ""}
    return Date(match.start, match.end, rule=match.rule.id, stage="figures", parts=parts, extent=extent(parts))


def settle_dates(article: Article, dates: Sequence[Date]) -> Iterator[Date]:
    """The dates with value, bounds and granularity, resolved in order of the text.

    The context of a date is the last date before it that the text tells, not one it compares with or
    counts from publication: 同年8月 counts from there. A day or month that names no year and opens a new
    paragraph is publication's, where that makes it a day of the weeks before. Where no day of publication
    is known, the text's own dates may show it (`reporting`): then those of that piece are resolved again from there.
    """
    ordered = sorted(dates, key=lambda d: d.start)
    whens = list(Settling(article, article.published).all(ordered))
    for piece in pieces(article, ordered, whens) if article.published is None else ():
        if piece.told:
            settling = Settling(article, piece.told.day, piece.told)
            whens[piece.first : piece.last] = settling.all(ordered[piece.first : piece.last])
    for date, when in zip(ordered, whens, strict=True):
        yield replace(
            date,
            value=when.value,
            earliest=when.earliest,
            latest=when.latest,
            granularity=when.granularity,
            calendar=when.calendar,
            relative=when.relative,
            anchor=when.anchor,
        )


@dataclass(slots=True)
class Settling:
    """One pass over the dates of an article: what it has told so far."""

    article: Article
    published: dt.date | None
    told: Reporting | None = None
    context: When | None = None
    passing: When | None = None  # what was last told in passing: 次年 counts from it where nothing else is told
    day: When | None = None  # the last day told in this paragraph
    paragraph: int = -1
    week: str = ""  # what the last 下周三 counts from,
    week_end: int = -1  # and where it ends
    forecast: int = -1  # the paragraph whose week days are those to come
    counted: bool = False  # whether the context is itself counted from publication: 去年下半年

    def all(self, dates: Sequence[Date]) -> Iterator[When]:
        """What each date means; dates in order of the text."""
        if self.told:
            self.context = year_alone(self.told.year)
        here = -1
        for date in dates:
            before, here = here, paragraph_at(self.article, date.start)
            if here != before:
                self.day = None
            parts = in_year(date.parts, self.told.year) if self.told and not self.told.day else date.parts
            when = self.meaning(parts, date, here)
            if str(parts.get("rel", "")).startswith("week"):
                self.week, self.week_end = str(parts["rel"]), date.end
            if when.value and "aside" in date.parts:
                self.passing = when
            if when.value and tells(date.parts) and not self.ahead(parts, when):
                self.context, self.paragraph = lasting(parts, when), here
                self.counted = str(date.parts.get("rel", "")).startswith("year-")
                if len(when.value) >= 10 and DAY.match(when.value):
                    self.day = when
            elif not when.value and str(date.parts.get("rel", "")) == "year+0" and tells(date.parts):
                self.context = self.day = (
                    None  # 今年 of a text without a year: what follows is not of the time told before
                )
            if self.told and when.anchor == "published":
                when = replace(when, anchor=self.told.day.isoformat() if self.told.day else "")
            yield when

    def ahead(self, parts: Mapping[str, Any], when: When) -> bool:
        """Whether a time is the end of something planned for a later year: 2030年前 in a text of 2024."""
        now = self.published.year if self.published else self.told.year if self.told else None
        return now is not None and str(parts.get("bound", "")) in ("before", "until") and year_of(when) > now

    def meaning(self, parts: Mapping[str, Any], date: Date, here: int) -> When:
        """What parts mean here."""
        if (
            "news" in parts
            and yearless(parts)
            and (parts["news"] == "dateline" or (here != self.paragraph and self.told))
        ):
            return self.resolved(parts, year_alone(self.told.year) if self.told else None)
        if (
            here != self.paragraph
            and self.told
            and self.told.day is None
            and opens(date, self.article)
            and yearless(parts)
        ):
            return self.resolved(parts, year_alone(self.told.year) if "month" in parts else self.context)
        if "aside" in parts and self.context and (compared := counted_back(parts, self.context)):
            return self.resolved(compared, self.context)
        if parts.keys() & {"weekday"} and not parts.keys() & OF_A_WEEK and (week := self.week_before(date)):
            return self.resolved({**parts, "rel": week}, self.context)
        if "ahead" in parts:
            self.forecast = here
        elif "weekday" in parts and here == self.forecast:
            parts = {**parts, "ahead": "yes"}
        when = self.resolved(parts, self.context)
        if clock_only(parts) and self.context and self.context.value.startswith("../"):
            return self.resolved(parts, self.day)
        if self.counted and self.published and parts.keys() <= {"month"} and self.just_past(parts):
            return self.resolved(parts, None)
        if self.counted and self.published and here != self.paragraph and parts.keys() <= {"quarter"}:
            recent = self.resolved(parts, None)  # 去年第四季…: the next paragraph tells of this year again
            return recent if recent.earliest <= self.published.isoformat() else when
        if self.published and yearless(parts) and (here != self.paragraph or self.goes_back(when)):
            recent = self.resolved(parts, None)
            following = year_of(recent) == year_of(when) + 1
            if following and "day" in parts and self.goes_back(when) and soon(recent, self.published):
                return recent  # 2024年11月收购…6月18日除净, told in March 2025
            return recent if (here != self.paragraph or following) and lately(recent, self.published) else when
        if (
            not when.value
            and self.day
            and (parts.keys() & {"hour", "ampm"} or str(parts.get("same", "")).startswith("day"))
        ):
            return self.resolved(parts, self.day)
        if not when.value and self.context is None and self.passing and "same" in parts:
            return self.resolved(parts, self.passing)
        if not when.value and self.context is None and self.published and clock_only(parts):
            return replace(self.resolved({**parts, "rel": "day+0"}, None), relative=False)
        return when

    def goes_back(self, when: When) -> bool:
        """Whether a month without year, read in the year told before, lies before what was told: 2023年10月…1月."""
        told = self.context.earliest[:10] if self.context else ""
        return bool(told and when.latest) and not told.startswith("-") and when.latest[:10] < told

    def week_before(self, date: Date) -> str:
        """What a week day counts from that stands behind one of a named week in its sentence: 下周一和周三."""
        between = self.article.text[self.week_end : date.start] if self.week else "。"
        return "" if set(between) & set("。！？!?；;\n") else self.week

    def just_past(self, parts: Mapping[str, Any]) -> bool:
        """Whether a month alone is the one that news report on: the last before publication, or this one."""
        recent = self.resolved(parts, None)
        return bool(
            self.published and recent.latest and lately(replace(recent, earliest=recent.latest), self.published)
        )

    def resolved(self, parts: Mapping[str, Any], context: When | None) -> When:
        return resolve(parts, published=self.published, context=context, region=self.article.region)


def clock_only(parts: Mapping[str, Any]) -> bool:
    """Whether parts name a time of some day and no day, or two such times."""
    if parts.keys() == {"begin", "finish"}:
        finish = parts["finish"]
        of_next_day = str(finish.get("same", "")) == "day+1"  # 23:00至次日7:00
        own = {name: value for name, value in finish.items() if name != "same"} if of_next_day else finish
        return clock_only(parts["begin"]) and clock_only(own)
    return bool(parts) and parts.keys() <= CLOCK


def counted_back(parts: Mapping[str, Any], context: When) -> dict[str, Any] | None:
    """Parts of 较上月, 比上季度 counted from the month or quarter that the text compares; None for other dates."""
    rel = str(parts.get("rel", ""))
    if rel not in ("month-1", "quarter-1") or context.granularity not in ("month", "quarter", "interval"):
        return None
    point = point_of(context.latest)
    if point is None or point[1] is None:
        return None
    return {**{name: value for name, value in parts.items() if name != "rel"}, "same": rel}


def lasting(parts: Mapping[str, Any], when: When) -> When:
    """The context that a date leaves: 截至6月30日止六个月 leaves the six months, 9月2日24时 that day, other dates themselves."""
    if midnight(parts) and len(when.latest) >= 10:
        day = (dt.date.fromisoformat(when.latest[:10]) - dt.timedelta(days=1)).isoformat()
        return replace(when, value=day, earliest=day, latest=day, granularity="day")
    point = point_of(when.value)
    if "lasting" not in parts or point is None or point[1] is None:
        return when
    try:
        first = point[0] * 12 + point[1] - whole(parts["lasting"])
    except ValueError:
        return when
    value = f"{iso(first // 12, first % 12 + 1)}/{iso(point[0], point[1])}"
    return replace(when, value=value, earliest=bounds(value)[0], latest=bounds(value)[1], granularity="interval")


def midnight(parts: Mapping[str, Any]) -> bool:
    """Whether a time ends with 24时: later dates count from the day that ends there, not from the one that begins."""
    last = parts.get("finish", parts)
    return str(last.get("hour_to", last.get("hour", ""))) == "24"


def tells(parts: Mapping[str, Any]) -> bool:
    """Whether later dates count from this one: 三年前, 去年, 比2019年, 90年代 are told in passing."""
    if parts.keys() & {
        "past",
        "next",
        "ago",
        "aside",
        "century",
        "decade",
        "roc_decade",
        "plan",
        "vague",
        "animal",
        "cycle",
    }:
        return False
    if str(parts.get("same", "")).startswith("period"):
        return False
    return parts.get("rel", "year+0") == "year+0" or "day" in parts or extent(parts)[1] in range(1, 6)


def yearless(parts: Mapping[str, Any]) -> bool:
    """Whether parts name a month or day whose year only the context can give."""
    names = parts.keys() if "begin" not in parts else parts["begin"].keys()
    return bool(names & {"month", "day"}) and not names & NAMES_A_YEAR


def soon(when: When, published: dt.date) -> bool:
    """Whether a time lies in the months after publication."""
    return len(when.earliest) >= 10 and 0 <= (dt.date.fromisoformat(when.earliest[:10]) - published).days <= SOON


def lately(when: When, published: dt.date) -> bool:
    """Whether a time lies in the weeks before publication, or on the day."""
    if len(when.earliest) < 10 or when.earliest.startswith("-"):
        return False
    return 0 <= (published - dt.date.fromisoformat(when.earliest[:10])).days <= LATELY
