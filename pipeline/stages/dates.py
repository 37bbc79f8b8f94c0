"""A match of a date rule → `Date` with its parts; then, in order of the text, parts → EDTF values.

The names of parts that a rule captures or sets are the vocabulary of `timex.py`, and three that hold the
parts of whole dates: ``begin`` and ``finish`` (a range: ``{begin:date}至{finish:date}``) and ``date``
(``{date:date}以前``, which ``bound:`` or other parts then change).
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pipeline.dateparts import extent
from pipeline.match import Match
from pipeline.model import Article, Date
from pipeline.timex import PARTS, When, resolve

__all__ = ["build_date", "settle_dates"]

LATELY = 45  # days before publication within which a bare month and day of a new paragraph is taken for a recent one
NAMES_A_YEAR = frozenset({"year", "roc_year", "era_year", "compact", "rel", "same", "festival", "lunar_month", "century", "decade", "later"})


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
    return Date(match.start, match.end, rule=match.rule.id, stage="figures", parts=parts)


def settle_dates(article: Article, dates: Sequence[Date]) -> Iterator[Date]:
    """The dates with value, bounds and granularity, resolved in order of the text.

    The context of a date is the last date before it that the text tells, not one it compares with or
    counts from publication: 同年8月 counts from there. A day or month that names no year and opens a new
    paragraph is publication's, where that makes it a day of the weeks before.
    """
    context: When | None = None
    paragraph = -1
    for date in sorted(dates, key=lambda d: d.start):
        here = paragraph_of(article, date.start)
        when = resolve(date.parts, published=article.published, context=context, region=article.region)
        if here != paragraph and article.published and yearless(date.parts):
            recent = resolve(date.parts, published=article.published, context=None, region=article.region)
            when = recent if lately(recent, article.published) else when
        if when.value and tells(date.parts):
            context, paragraph = when, here
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


def paragraph_of(article: Article, offset: int) -> int:
    """The number of the paragraph that holds an offset."""
    at = bisect_right(article.sentences, offset, key=lambda s: s.start) - 1
    return article.sentences[at].paragraph if at >= 0 else -1


def tells(parts: Mapping[str, Any]) -> bool:
    """Whether later dates count from this one: 三年前, 去年, 比2019年, 90年代 are told in passing."""
    if parts.keys() & {"past", "next", "ago", "aside", "century", "decade", "roc_decade", "plan"}:
        return False
    if str(parts.get("same", "")).startswith("period"):
        return False
    return parts.get("rel", "year+0") == "year+0" or extent(parts)[1] in range(1, 6)


def yearless(parts: Mapping[str, Any]) -> bool:
    """Whether parts name a month or day whose year only the context can give."""
    names = parts.keys() if "begin" not in parts else parts["begin"].keys()
    return bool(names & {"month", "day"}) and not names & NAMES_A_YEAR


def lately(when: When, published: dt.date) -> bool:
    """Whether a time lies in the weeks before publication, or on the day."""
    if len(when.earliest) < 10 or when.earliest.startswith("-"):
        return False
    return 0 <= (published - dt.date.fromisoformat(when.earliest[:10])).days <= LATELY
