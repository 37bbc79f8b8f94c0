"""Every numeral of the shadow, and the unit word beside it: the first step of the cascade."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from pipeline.model import Article, Found, Mention, Reject, UnitWord
from pipeline.numerals import NumeralWords, find_numerals, vague_numbers
from pipeline.rules import RuleSet
from pipeline.units import standard_units
from pipeline.words import read_words

__all__ = ["numbers", "stage"]

SPACES = 4  # that may stand between a number and its unit


def stage(rules: RuleSet, ner: str) -> Callable[[Article, Found], Iterator[Mention]]:
    """The stage; it depends on no rule."""
    return numbers


def numbers(article: Article, found: Found) -> Iterator[Mention]:
    """The numerals of an article and the units that touch them, left to right; no two of a kind overlap."""
    units, text, last = standard_units(), article.shadow, 0
    for numeral in find_numerals(text, words=not_numbers(), units=units.prefixed, written=article.text):
        if numeral.start < last:  # the 2 of m2
            continue
        if prefix := units.prefix(text, numeral.start, last, article.region):
            yield UnitWord(prefix[1], numeral.start, code=prefix[0], kind="money", before=True)
        yield numeral
        last = numeral.end
        start = last + 1 if text.startswith(")", last) else last  # (12.3±3.4)天
        while start < last + SPACES and text.startswith(" ", start):
            start += 1
        if unit := units.match(text, start, region=article.region):
            word, last = unit
            yield UnitWord(start, last, code=word.code, kind=word.kind, factor=word.factor, rate=word.rate)
    for start, end in vague_numbers(text):
        yield Reject(start, end, rule="numbers", stage="numbers", reason="several, but not how many")


@cache
def not_numbers() -> NumeralWords:
    """Words that hold a numeral character and say no number: 四川, 统一."""
    return NumeralWords((row["term"] for row in read_words("numeral_words")), standard_units().words)
