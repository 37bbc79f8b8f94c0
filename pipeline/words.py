"""Where the rules lie, and how a table of words in ``rules/words/`` is read.

Chinese knowledge is data: a CSV that a spreadsheet opens, with a header row, UTF-8 with or without a
byte-order mark. A row whose first cell starts with ``#`` is a comment.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

__all__ = ["RULES", "read_words"]

_PACKAGE = Path(__file__).resolve().parent

RULES = _PACKAGE / "_rules" if (_PACKAGE / "_rules").is_dir() else _PACKAGE.parent / "rules"
"""The rules that come with the program: inside the installed package, or beside it in the repository."""


@cache
def read_words(name: str) -> tuple[dict[str, str], ...]:
    """The rows of ``rules/words/<name>.csv``, cells stripped, in file order.

    >>> read_words("glyphs")[0]["simplified"]
    '铺'

    Raises ``OSError`` when there is no such file.
    """
    with (RULES / "words" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [{key: (cell or "").strip() for key, cell in row.items() if key} for row in csv.DictReader(file)]
    return tuple(row for row in rows if any(row.values()) and not next(iter(row.values())).startswith("#"))
