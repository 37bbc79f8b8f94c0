"""What stands around numerals and decides how they are read: ``rules/words/numeral_context.csv``.

A row says with its ``terms`` (| between them) or with a ``pattern`` (an expression of the module `re`) what a role is played by,
such as the characters before 负 that make it no minus. Which role counts where is the grammar's: ``hanzi``, ``reading``, ``numerals``.
"""

from __future__ import annotations

from functools import cache

from pipeline.words import read_words

__all__ = ["expression", "terms"]


@cache
def _rows() -> dict[str, dict[str, str]]:
    return {row["role"]: row for row in read_words("numeral_context")}


def terms(role: str) -> frozenset[str]:
    """The words of a role. Raises ``KeyError`` for one that the table doesn't have.

    >>> "正" in terms("no_minus")
    True
    """
    return frozenset(_rows()[role]["terms"].split("|"))


def expression(role: str) -> str:
    """The regular expression of a role: its pattern, or any of its terms, the longest first.

    >>> expression("whole_coin")
    '元|圆|块'
    """
    row = _rows()[role]
    return row["pattern"] or "|".join(sorted(row["terms"].split("|"), key=lambda term: (-len(term), term)))
