"""What the end of a name says about its sort, by ``rules/words/org_endings.csv``."""

from __future__ import annotations

from functools import cache

from pipeline.words import read_words

__all__ = ["added_endings", "longest_ending"]


def longest_ending(text: str, group: str) -> str:
    """The sort of a name by its longest ending in a group of the table; "" without one."""
    endings = _endings(group)
    return next((endings[text[i:]] for i in range(len(text)) if text[i:] in endings), "")


@cache
def added_endings() -> dict[str, str]:
    """Sort → what texts add to known names of it: 曼联队, 人民力量党, 八大电视台."""
    return {itype: ending for ending, itype in _endings("added_ending").items()}


@cache
def _endings(group: str) -> dict[str, str]:
    return {row["term"]: row["itype"] for row in read_words("org_endings") if row["group"] == group}
