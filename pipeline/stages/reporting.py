"""What a text without a date of publication speaks from, where its own dates decide it: a year, or a day.

Evidence, strongest first: a dateline with its year; a year or day annotated beside its word (今（2024）年, 昨天（2024年4月28日）); a review of a
year that the text then calls last year; the latest told month or day with a year, if nothing tells a later year, at once where
what was made public on that day opens a paragraph. Dates in passing, plans, founding years and spans of years are none. What
stays open stays empty: never the day of the run.

Only text that can speak for the rest decides: the head of a piece of text, and its foot. A dateline that opens a paragraph far
down, or one at the foot of a report, parts one piece from the next. So what is appended to a text doesn't date what stood before.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipeline.calendar.dateparts import offset_of, whole
from pipeline.calendar.edtf import When, bounds, point_of
from pipeline.model import Article, Date

__all__ = ["Piece", "Reporting", "in_year", "opens", "paragraph_at", "pieces", "reporting", "year_alone", "year_of"]

SOON = 45  # days within which the news of a month or day are told
HEAD = 1000  # characters at the beginning of a piece whose dates speak for it
TOP = 3  # paragraphs of a piece among which its dateline may stand, below title and byline
FOOT = 40  # characters of a last line that signs and dates the piece
BYLINE = 40  # characters before the date of a dateline that opens a paragraph
LATER = 100  # … those of a quarter or half-year
FINE = frozenset({"day", "month", "quarter", "half", "hour", "minute"})
YEARS = ("year", "roc_year", "era_year", "compact")
ASIDE = frozenset({"aside", "apart", "plan", "term", "festival", "ago", "past", "next"})


@dataclass(frozen=True, slots=True)
class Reporting:
    """The year that a text speaks from, and the day where that is known too."""

    year: int
    day: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of dates, by their numbers, that are told from one time."""

    first: int
    last: int  # exclusive
    told: Reporting | None


def pieces(article: Article, dates: Sequence[Date], whens: Sequence[When]) -> list[Piece]:
    """The text in pieces that speak from one time each; a piece that leaves it open goes on with the one before."""
    out: list[Piece] = []
    for first, last in parted(article, dates):
        head = article.text.rfind("\n", 0, dates[first].start) + 1 + HEAD if first else HEAD
        seen = [
            i for i in range(first, last) if dates[i].start <= head or (i == last - 1 and at_foot(article, dates[i]))
        ]
        told = reporting(article, [dates[i] for i in seen], [whens[i] for i in seen]) if seen else None
        if told is None and last == len(dates):
            told = signed(article, dates[-1], whens[-1])
        known = bool(out) and out[-1].told is not None
        found = [Piece(first, last, told)]
        if told is None and not known:
            found = from_here(article, dates, whens, found[0])
        if out and found[0].told is None:
            out[-1] = replace(out[-1], last=found.pop(0).last)
        out += found
    return out


def from_here(article: Article, dates: Sequence[Date], whens: Sequence[When], piece: Piece) -> list[Piece]:
    """A piece whose head leaves it open, parted where a year is written beside its word (今（2024）年): from that paragraph on it is known."""
    for i in range(piece.first, piece.last):
        year = annotated(dates[i].parts, whens[i])
        if year is not None:
            line = article.text.rfind("\n", 0, dates[i].start) + 1
            begin = next(j for j in range(piece.first, i + 1) if dates[j].start >= line)
            opened = [Piece(piece.first, begin, None)] if begin > piece.first else []
            return [*opened, Piece(begin, piece.last, Reporting(year))]
    return [piece]


def parted(article: Article, dates: Sequence[Date]) -> Iterator[tuple[int, int]]:
    """From which date to which every piece of text runs, cut before datelines far down and behind those at a foot."""
    first, top = 0, 0
    for i, date in enumerate(dates):
        if date.parts.get("news") != "dateline":
            continue
        line = article.text.rfind("\n", 0, date.start) + 1
        here = paragraph_at(article, date.start)
        if here - top > TOP and date.start - line <= BYLINE:
            begin = next(j for j in range(first, i + 1) if dates[j].start >= line)
            if begin > first:
                yield first, begin
                first = begin
            top = here
        elif ends_line(date, article) and not opens(date, article):
            yield first, i + 1
            first, top = i + 1, here + 1
    if first < len(dates):
        yield first, len(dates)


def at_foot(article: Article, date: Date) -> bool:
    """Whether the last date of a piece signs it: a dateline at the end of its line, or the end of a short last line."""
    if not ends_line(date, article):
        return False
    if date.parts.get("news") == "dateline":
        return True
    line = article.text.rfind("\n", 0, date.start) + 1
    return date.end - line <= FOOT and not article.text[date.end :].strip()


def signed(article: Article, date: Date, when: When) -> Reporting | None:
    """The day that stands alone in the last line, as notices and letters are signed."""
    alone = opens(date, article) and not article.text[date.end :].strip() and article.text[: date.start].strip()
    if not alone or not named(date.parts) or when.granularity != "day" or not evident(date.parts, when):
        return None
    return Reporting(year_of(when), dt.date.fromisoformat(when.value))


def ends_line(date: Date, article: Article) -> bool:
    """Whether nothing but marks stands between a date and the end of its line."""
    end = article.text.find("\n", date.end)
    return not article.text[date.end : end if end >= 0 else len(article.text)].strip(" \u3000\t。）)")


def reporting(article: Article, dates: Sequence[Date], whens: Sequence[When]) -> Reporting | None:
    """What the text speaks from, by its dates in order and what they mean without it; None if they leave it open."""
    dated = next(
        (
            when
            for date, when in zip(dates, whens, strict=True)
            if date.parts.get("news") == "dateline" and evident(date.parts, when)
        ),
        None,
    )
    if dated is not None and dated.granularity in ("day", "hour", "minute"):
        return Reporting(year_of(dated), dt.date.fromisoformat(dated.value[:10]))
    noted = {year for date, when in zip(dates, whens, strict=True) if (year := annotated(date.parts, when)) is not None}
    if len(noted) > 1:
        return None
    if noted:
        year = noted.pop()
        return Reporting(year, day_in(year, dates, None, article))
    if (year_reviewed := reviewed(dates, whens)) is not None:
        return Reporting(year_reviewed)
    told = [(date, when) for date, when in zip(dates, whens, strict=True) if evident(date.parts, when)]
    if not told:
        year_ahead = before_next(article, dates, whens)
        if year_ahead is None:
            year_ahead = year_after(article, dates, whens)
        return Reporting(year_ahead) if year_ahead is not None else None
    newest, latest = max(told, key=lambda pair: pair[1].latest[:10])
    last, year = dt.date.fromisoformat(latest.latest[:10]), int(latest.latest[:4])
    if any(year_of(w) > year for d, w in zip(dates, whens, strict=True) if w.value and counts(d.parts)):
        return None
    if "news" in newest.parts and opens(newest, article) and latest.granularity in ("day", "hour", "minute"):
        return Reporting(year, last)
    within = SOON if latest.granularity in ("month", "day", "hour", "minute") else LATER
    day = day_in(year, dates, last, article, within) or day_of_line(dates, latest, last)
    if day is not None:
        return Reporting(day.year, day)
    if (fitting := by_weekday(dates, year)) is not None:
        return Reporting(fitting)
    if any(is_news(date, article) for date in dates):
        return None  # a day of news that doesn't fit: the latest date is background
    return Reporting(year) if corroborated(article, dates, told, year) else None


def by_weekday(dates: Sequence[Date], year: int) -> int | None:
    """The year, the latest told or the one after it, in which every 1月26日（星期一） is that day of the week."""
    marks = [d.parts for d in dates if d.parts.keys() >= {"month", "day", "weekday"} and not named(d.parts)]
    try:
        days = [tuple(whole(parts[name]) for name in ("month", "day", "weekday")) for parts in marks]
        years = [y for y in (year, year + 1) if all(dt.date(y, m, d).isoweekday() == w for m, d, w in days)]
    except ValueError:
        return None
    return years[0] if days and len(years) == 1 else None


def corroborated(article: Article, dates: Sequence[Date], told: Sequence[tuple[Date, When]], year: int) -> bool:
    """Whether the latest year told is more than background: a period of it told twice or at once, or its month again without the year."""
    own = [(date, when) for date, when in told if year_of(when) == year]
    first = paragraph_at(article, dates[0].start)
    periods = [date for date, when in own if when.granularity in ("quarter", "half", "interval")]
    words = next((date.start for date in dates if str(date.parts.get("rel", "")).startswith("year")), len(article.text))
    if periods and (
        len(own) > 1 or any(paragraph_at(article, date.start) == first and date.start < words for date in periods)
    ):
        return True
    months = {str(date.parts["month"]) for date, when in own if when.granularity == "month" and "month" in date.parts}
    return any(
        str(date.parts.get("month", "")) in months
        for date in dates
        if not named(date.parts) and "day" not in date.parts
    )


def day_of_line(dates: Sequence[Date], latest: When, last: dt.date) -> dt.date | None:
    """The day that a dateline without a month (北京10日电) means: the first one after the month or day told last."""
    days = [date.parts["day"] for date in dates if date.parts.get("news") == "dateline" and "month" not in date.parts]
    if not days or latest.granularity not in ("month", "day"):
        return None
    try:
        day = whole(days[0])
    except ValueError:
        return None
    return next((d for n in range(31) if (d := last + dt.timedelta(days=n)).day == day), None)


def annotated(parts: Mapping[str, Any], when: When) -> int | None:
    """The year that 今（2024）年, 去（2023）年 or 昨天（2024年4月28日） is told in."""
    year = year_of(when)
    if "rel" not in parts or not named(parts) or "begin" in parts or not 1900 <= year <= 2100:
        return None
    try:
        unit, offset = offset_of(parts, "rel")
    except ValueError:
        return None
    if unit not in ("year", "day"):
        return None
    return year - offset if unit == "year" else year


def reviewed(dates: Sequence[Date], whens: Sequence[When]) -> int | None:
    """The year after the one that a text reviews and then calls 去年."""
    for i, date in enumerate(dates):
        if "reviewed" in date.parts and 1900 <= year_of(whens[i]) <= 2100:
            words = [str(d.parts.get("rel", "")) for d in dates[i + 1 :]]
            following = [word for word in words if word.startswith("year")]
            if following[:1] == ["year-1"]:
                return year_of(whens[i]) + 1
    return None


def before_next(article: Article, dates: Sequence[Date], whens: Sequence[When]) -> int | None:
    """The year before the one that a paragraph calls 明年 and then names as the end of what is planned."""
    for i, date in enumerate(dates):
        if str(date.parts.get("rel", "")) == "year+1":
            here = paragraph_at(article, date.start)
            for later, when in zip(dates[i + 1 :], whens[i + 1 :], strict=True):
                if (
                    "bound" in later.parts
                    and named(later.parts)
                    and 1900 <= year_of(when) <= 2100
                    and paragraph_at(article, later.start) == here
                ):
                    return year_of(when) - 1
    return None


def year_after(article: Article, dates: Sequence[Date], whens: Sequence[When]) -> int | None:
    """The year of a bare quarter or month that a paragraph compares with an earlier one: 第一季度…从2023年第四季度的… is of 2024."""
    for i, date in enumerate(dates):
        unit = next((name for name in ("quarter", "month") if date.parts.keys() == {name}), "")
        here = paragraph_at(article, date.start)
        for later, when in zip(dates[i + 1 :], whens[i + 1 :], strict=True) if unit else ():
            if paragraph_at(article, later.start) != here:
                break
            if "aside" in later.parts and "year" in later.parts and when.granularity == unit:
                try:
                    return year_of(when) + (whole(date.parts[unit]) <= whole(later.parts[unit]))
                except ValueError:
                    break
    return None


def named(parts: Mapping[str, Any]) -> bool:
    return any(name in parts for name in YEARS)


def counts(parts: Mapping[str, Any]) -> bool:
    """Whether a date with a year of its own is told, not said in passing, planned, or a span."""
    spans = any(name in parts for name in ("year_to", "begin", "bound"))
    return named(parts) and not spans and not parts.keys() & ASIDE


def evident(parts: Mapping[str, Any], when: When) -> bool:
    """Whether a date can show the year of the text: told, and finer than a year."""
    fine = when.granularity in FINE or (when.granularity == "interval" and ("first_n" in parts or "month_to" in parts))
    return fine and counts(parts) and len(when.latest) >= 10 and "1900" <= when.latest[:4] <= "2100"


def is_news(date: Date, article: Article) -> bool:
    """Whether a month and day without year is that of a dateline or an announcement, or opens a paragraph."""
    parts = date.parts
    if (
        "month" not in parts
        or "day" not in parts
        or named(parts)
        or "month_to" in parts
        or "day_to" in parts
        or "begin" in parts
    ):
        return False
    if "news" in parts or str(parts.get("rel", "")).startswith("day"):
        return True
    return opens(date, article)


def opens(date: Date, article: Article) -> bool:
    """Whether a paragraph begins with a date."""
    at = date.start
    while at and article.text[at - 1] in " \u3000\t":
        at -= 1
    return at == 0 or article.text[at - 1] == "\n"


def day_in(
    year: int, dates: Sequence[Date], after: dt.date | None, article: Article, within: int = SOON
) -> dt.date | None:
    """The day of the news: in a year, or soon after the latest date told."""
    for date in dates:
        if not is_news(date, article):
            continue
        try:
            unit, offset = offset_of(date.parts, "rel") if "rel" in date.parts else ("day", 0)
            if unit != "day":
                continue
            month, day = whole(date.parts["month"]), whole(date.parts["day"])
            days = [
                dt.date(y, month, day) - dt.timedelta(days=offset)
                for y in ((year,) if after is None else (year, year + 1))
            ]
        except (ValueError, OverflowError):
            continue
        if after is None:
            return days[0]
        fitting = [d for d in days if 0 <= (d - after).days <= within]
        if fitting:
            return fitting[0]
    return None


def paragraph_at(article: Article, offset: int) -> int:
    """The number of the paragraph that holds an offset."""
    at = bisect_right(article.sentences, offset, key=lambda s: s.start) - 1
    return article.sentences[at].paragraph if at >= 0 else -1


def year_of(when: When) -> int:
    """The last year that a time names, 0 if none."""
    point = point_of(when.value) if when.value else None
    return point[0] if point else 0


def in_year(parts: Mapping[str, Any], year: int) -> dict[str, Any]:
    """Parts with 今年, 去年, 明年 as years counted from one.

    >>> in_year({"rel": "year-1", "month": 8}, 2024)
    {'month': 8, 'year': 2023}
    """
    out = {
        name: in_year(value, year) if name in ("begin", "finish") and isinstance(value, Mapping) else value
        for name, value in parts.items()
    }
    for name, target in (("rel", "year"), ("rel_to", "year_to")):
        if str(out.get(name, "")).startswith("year"):
            offset = offset_of({"rel": out[name], "offset": out.get("offset", 0)}, "rel")[1]
            del out[name]
            out.setdefault(target, year + offset)
    return out


def year_alone(year: int) -> When:
    """A year as the context of dates that leave theirs out."""
    value = f"{year:04d}"
    return replace(When(value, *bounds(value), "year"), anchor=value)
