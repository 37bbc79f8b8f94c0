"""Numbers without their units: every numeral of the shadow, the first step of the cascade."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.model import Article, Found, Numeral
from pipeline.numerals import find_numerals

__all__ = ["numbers"]


def numbers(article: Article, found: Found) -> Iterator[Numeral]:
    """The numerals of an article, left to right, not overlapping."""
    yield from find_numerals(article.shadow)
