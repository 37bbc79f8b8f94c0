"""A match of a date rule → `Date` with its parts; then, in order of the text, parts → EDTF values.

The names of parts that a rule captures or sets are the vocabulary of `timex.py`, and three that hold the
parts of whole dates: ``begin`` and ``finish`` (a range: ``{begin:date}至{finish:date}``) and ``date``
(``{date:date}以前``, which ``bound:`` or other parts then change).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from pipeline.match import Match
from pipeline.model import Article, Date
from pipeline.timex import PARTS, When, resolve

__all__ = ["build_date", "settle_dates"]


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

    The context of a date is the last date before it that has a value: 同年8月 counts from there.
    """
    context: When | None = None
    for date in sorted(dates, key=lambda d: d.start):
        when = resolve(date.parts, published=article.published, context=context, region=article.region)
        if when.earliest and when.latest:
            context = when
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
