"""Noun phrases by the tags of tokens: what a ``{subject:phrase}`` capture keeps of a run of characters.

A phrase reads towards the number: left of it the longest suffix that is a noun phrase, right of it the longest
prefix. Only the tags of the tokens decide (jieba's tag set); words belong into the rules.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from pipeline.model import Article, Token

__all__ = ["left_phrase", "right_phrase", "sentence_at"]

NEVER = ("p", "c", "d", "y", "e", "o", "w", "ul", "ug", "uz", "uv", "ud", "k")
"""Tags that end a noun phrase: prepositions, conjunctions, adverbs, particles but 的, punctuation."""

NOT_FIRST = ("uj", "u", "f", "k", "v", "m", "q")
NOT_LAST = ("uj", "u", "v", "a", "d", "r")


def sentence_at(article: Article, offset: int) -> int:
    """Index of the sentence that holds a text offset."""
    starts = [s.start for s in article.sentences]
    return max(0, bisect_right(starts, offset) - 1)


def tokens_in(article: Article, start: int, end: int) -> Sequence[Token]:
    return [t for t in article.tokens(sentence_at(article, start)) if t.end > start and t.start < end]


def blocks(token: Token) -> bool:
    """Whether a token ends a noun phrase: a closed-class word, or a one-character verb (达 为 使 占)."""
    return token.tag in NEVER or (token.tag == "v" and len(token.text) == 1)


def left_phrase(article: Article, start: int, end: int) -> tuple[int, int] | None:
    """The longest noun phrase that ends at ``end`` and starts at or after ``start``, in text offsets."""
    tokens = list(tokens_in(article, start, end))
    first = len(tokens)
    while first > 0 and not blocks(tokens[first - 1]):
        first -= 1
    while first < len(tokens) and tokens[first].tag in NOT_FIRST:
        first += 1
    if first == len(tokens):
        return None
    return max(start, tokens[first].start), end


def right_phrase(article: Article, start: int, end: int) -> tuple[int, int] | None:
    """The longest noun phrase that starts at ``start`` and ends at or before ``end``, in text offsets."""
    tokens = list(tokens_in(article, start, end))
    last = 0
    while last < len(tokens) and not blocks(tokens[last]):
        last += 1
    while last > 0 and tokens[last - 1].tag in NOT_LAST:
        last -= 1
    if last == 0:
        return None
    return start, min(end, tokens[last - 1].end)
