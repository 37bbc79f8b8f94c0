"""A claim in the making, and where its number stands: in which clause, in brackets or not, in which paragraph."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import regex

from pipeline.model import Article, Quantity
from pipeline.phrases.pieces import ROUND
from pipeline.rulekit.template import CLAUSE_END

__all__ = ["CLAUSE_STOP", "WINDOW", "Draft", "clause_start", "in_brackets", "paragraph", "same_paragraph"]

CLAUSE_STOP = regex.compile("[" + regex.escape(CLAUSE_END) + "]")
WINDOW = 300  # characters that are looked back at in a sentence without stops


@dataclass(slots=True)
class Draft:
    """A claim in the making: its quantity, where it stands in the symbols, and the fields with the rules that gave them."""

    quantity: Quantity
    at: int  # position in Symbols.text
    sentence: int  # index into Article.sentences
    fields: dict[str, tuple[Any, str]] = field(default_factory=dict)

    def give(self, name: str, value: Any, rule: str) -> None:
        """Set a field that no better frame has given."""
        self.fields.setdefault(name, (value, rule))

    def get(self, name: str, default: Any = None) -> Any:
        return self.fields[name][0] if name in self.fields else default


def clause_start(text: str, position: int) -> int:
    """Where the clause of a position starts, at most `WINDOW` back."""
    ends = clause_ends(text)
    i = bisect_right(ends, position)
    return max(ends[i - 1] if i else 0, position - WINDOW)


@lru_cache(maxsize=2)
def clause_ends(text: str) -> list[int]:
    """Where clauses of a text begin behind a stop, in order; kept, since every draft asks."""
    return [sign.end() for sign in CLAUSE_STOP.finditer(text)]


def in_brackets(article: Article, draft: Draft) -> bool:
    """Whether a bracket is open where a number stands: 2631所（含独立学院265所）."""
    start = max(article.sentences[draft.sentence].start, draft.quantity.start - WINDOW)
    before = article.shadow[start : draft.quantity.start]
    opened, closed = (sum(before.count(sign) for sign in signs) for signs in ROUND)
    return opened > closed


def paragraph(article: Article, draft: Draft) -> int:
    """The number of the paragraph of a draft."""
    return article.sentences[draft.sentence].paragraph


def same_paragraph(article: Article, one: Draft, other: Draft) -> bool:
    """Whether two drafts stand in one paragraph."""
    return paragraph(article, one) == paragraph(article, other)
