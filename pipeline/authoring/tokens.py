"""What stands beside a place on its line, in words: the context that gaps are grouped by."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.rulekit.template import CLAUSE_END

__all__ = ["beside"]

Segment = Callable[[str], list[tuple[str, str]]]


def beside(segment: Segment, text: str, start: int, end: int, before: int = 1, after: int = 1) -> tuple[str, str]:
    """The last words before ``text[start:end]`` and the first behind it, inside the clause.

    >>> beside(lambda s: [(c, "") for c in s], "甲，乙丙5丁", 4, 5, 1, 1)
    ('丙', '丁')
    """
    low = max((text.rfind(char, 0, start) for char in CLAUSE_END), default=-1) + 1
    stops = [at for char in CLAUSE_END if (at := text.find(char, end)) >= 0]
    left = [word for word, _ in segment(text[low:start])][-before:]
    right = [word for word, _ in segment(text[end : min(stops, default=len(text))])][:after]
    return "".join(left).strip(), "".join(right).strip()
