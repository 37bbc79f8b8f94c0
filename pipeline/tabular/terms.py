"""The words that headers are made of, ``rules/words/table_words.csv`` by role, and the patterns made of them.

All texts here are parts of the shadow: simplified, half-width.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from pipeline.rulekit.template import alternation
from pipeline.words import read_words

__all__ = [
    "HIDDEN",
    "SPACED",
    "bases",
    "change",
    "close_up",
    "ending",
    "is_projected",
    "is_title",
    "is_word",
    "is_year",
    "list_mark",
    "nothing",
    "one_of",
    "period",
    "words",
    "year_of",
]

HIDDEN = "\0"  # in place of a date
SPACED = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_FIRST_OF_REPUBLIC = 1911


@cache
def words(role: str) -> dict[str, str]:
    """The terms of a role with their codes."""
    return {row["term"]: row["code"] for row in read_words("table_words") if row["role"] == role}


@cache
def bases() -> dict[str, str]:
    """What a change is measured against, with codes: 同比 is yoy."""
    return {row["term"]: row["code"] for row in read_words("claim_basis")}


def close_up(text: str) -> str:
    """A text whose characters aren't set apart: 项 目 is 项目."""
    return SPACED.sub("", text.strip())


def is_word(role: str, text: str) -> bool:
    """Whether a text is a term of a role, spaced out or not."""
    return close_up(text) in words(role)


def ending(role: str, text: str) -> str | None:
    """The code of the longest term of a role that a text ends with, None when there is none."""
    terms = words(role)
    return next((terms[text[n:]] for n in range(len(text)) if text[n:] in terms), None)


def one_of(terms: Iterable[str]) -> str:
    """An expression for a set of terms that may be repeated or left out, the longest first."""
    return f"(?:{alternation(sorted(terms))})"


# --- years ------------------------------------------------------------------------------------


@cache
def _year() -> re.Pattern[str]:
    return re.compile(rf"(?:19|20)\d\d{one_of(words('year_suffix'))}?|1[0-3]\d{one_of(words('year_of_republic'))}")


def is_year(text: str) -> bool:
    """Whether a text is a year as headers have them: 2023, 2023A, 2025E, 2023实际; 112年 is one of the Republic."""
    return bool(_year().fullmatch(text))


def year_of(text: str) -> int:
    """The year of such a text.

    >>> year_of("2025E"), year_of("112年度")
    (2025, 2023)
    """
    return int(text[:4]) if text[:4].isdecimal() else _FIRST_OF_REPUBLIC + int(text[:3])


def is_projected(text: str) -> bool:
    """Whether what stands behind a bare year says that its figures are expected: 2025E."""
    return text[4:].strip() in words("projected")


# --- parts of a header ------------------------------------------------------------------------


@cache
def list_mark() -> re.Pattern[str]:
    """The number or mark that a name may begin with: 一、, （二）, 1.2., •."""
    ordinals = "".join(words("ordinal"))
    return re.compile(
        rf"[{ordinals}]{{1,3}}、|[(（][{ordinals}\d]{{1,3}}[)）]|\d{{1,2}}(?:\.\d{{1,2}})*[.、．](?!\d)\s*|[①-⑳#＃·•△▲*-]\s*"
    )


@cache
def _title() -> re.Pattern[str]:
    ordinals = "".join(words("ordinal"))
    return re.compile(
        rf"{one_of(words('table'))}\s?(?:[A-Za-z]?\d{{1,3}}(?:[-.]\d{{1,2}}){{0,2}}|[{ordinals}]{{1,3}})(?!\d)[^。；！？]*"
    )


def is_title(line: str) -> bool:
    """Whether a line is the numbered title of a table: 表3 …, 表2-1：…; no sentence about it."""
    return bool(_title().fullmatch(line))


@cache
def change() -> re.Pattern[str]:
    """The words of change at the end of a header, with what they are measured against: 本年比上年增减, 同比, 增长率."""
    when = one_of([*words("period"), HIDDEN])
    changes = one_of({*words("change"), *bases()})
    adverb, tail = one_of(words("adverb")), one_of(words("tail"))
    against = f"(?:{when}?{one_of(words('versus'))}{when}{{1,2}})?"
    return re.compile(f"{against}{adverb}{{0,2}}(?P<change>{changes})(?:{changes}|{adverb}|{tail}){{0,4}}$")


@cache
def period() -> re.Pattern[str]:
    """A word for a time that doesn't say which: 期末, 上年同期."""
    return re.compile(one_of(words("period")))


@cache
def nothing() -> re.Pattern[str]:
    """A header that names nothing: words like 金额 and 期末, times, signs."""
    word = one_of([*words("generic"), *words("period"), *words("share"), HIDDEN])
    return re.compile(rf"(?:{word}|[^\w{HIDDEN}]){{0,8}}")
