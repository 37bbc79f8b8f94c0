"""The words of a run of the clause, and what they do there: tokens with jieba's tags, and the `roles` of words.

A piece is a token or a mention. What jieba's tags don't say, or say wrongly, the roles do: no word stands in this file.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from pipeline.model import Article, Date, Institution, Mention, Quantity, Reject, record
from pipeline.phrases.roles import roles
from pipeline.rulekit.symbols import Symbols
from pipeline.rulekit.template import CLAUSE_END

__all__ = [
    "CLOSING",
    "FUNCTION_TAGS",
    "OPENING",
    "QUOTES",
    "ROUND",
    "Piece",
    "has",
    "is_de",
    "is_sign",
    "nominal",
    "pieces",
]

OPENING, CLOSING = frozenset("(（[［{「『《〈“‘【"), frozenset(")）]］}」』》〉”’】")
ROUND = "(（", ")）"
REFERENCE = frozenset("[〔")  # opens a reference to the literature, and no entry of a list
QUOTES = "“”「」『』‘’《》"
FUNCTION_TAGS = frozenset({"p", "c", "d", "y", "e", "o", "ul", "ug", "uz", "uv", "ud"})
NOMINAL_TAGS = ("n", "zg", "vn", "an", "l", "i", "j", "eng", "s", "x", "b", "t", "g")


@record(frozen=True, slots=True)
class Piece:
    """A token or a mention of a run, in positions of `Symbols.text`."""

    start: int
    end: int
    text: str
    tag: str
    mention: Mention | None = None


def is_sign(piece: Piece) -> bool:
    """Whether a piece holds no letter, digit or Chinese character: punctuation, a dash, an emoji."""
    return piece.mention is None and not any(char.isalnum() for char in piece.text)


def is_de(piece: Piece) -> bool:
    """Whether a piece is the particle between a modifier and its noun (的)."""
    return piece.tag == "uj"


def has(piece: Piece, role: str) -> bool:
    """Whether a piece is a word of a role."""
    return piece.text in roles()[role]


@lru_cache(maxsize=4096)
def cut(segment: Callable[[str], list[tuple[str, str]]], text: str) -> tuple[tuple[str, str], ...]:
    """The tokens of a stretch, unknown words freed of the function characters that jieba glues to them (率为, 较术)."""
    out: list[tuple[str, str]] = []
    glue = roles()["glue"]
    for word, tag in rejoined(segment(text)):
        if word in roles()["split"]:
            out += [(char, "v") for char in word]
            continue
        if (parts := two_tails(word, tag)) is not None:
            out += [(part, "v") for part in parts]
            continue
        if tag or len(word) == 1 or word.isascii() or word in roles()["whole"] or word in roles()["tail"]:
            out.append((word, tag))
            continue
        first = next((i for i, char in enumerate(word) if char not in glue), len(word))
        last = next((i for i in range(len(word), first, -1) if word[i - 1] not in glue), first)
        out += [(char, "v") for char in word[:first]]
        out += [(word[first:last], tag)] if first < last else []
        out += [(char, "v") for char in word[last:]]
    return tuple(out)


def rejoined(tokens: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The tokens with words of the tail that jieba doesn't know put together again (减|列, 改|列为)."""
    out: list[tuple[str, str]] = []
    for word, tag in tokens:
        if out and len(out[-1][0]) == 1 and len(word) <= 2 and out[-1][0] + word in roles()["tail"]:
            out[-1] = (out[-1][0] + word, "v")
        else:
            out.append((word, tag))
    return out


@lru_cache(maxsize=65536)
def two_tails(word: str, tag: str) -> tuple[str, str] | None:
    """The two words of the tail that jieba takes for one word or name (同比|增加, 是|从), None when it is a word."""
    known = roles()
    if len(word) < 2 or any(word in terms for terms in known.values()):
        return None
    for i in range(1, len(word)):
        first, second = word[:i], word[i:]
        if (
            first in known["tail"]
            and second in known["tail"]
            and (not tag.startswith("n") or min(len(first), len(second)) > 1)
        ):
            return first, second
    return None


def pieces(article: Article, symbols: Symbols, first: int, last: int) -> list[Piece]:
    """The tokens and mentions that overlap symbol positions ``first:last``, cut where mentions and clauses end."""
    text, out = symbols.text, list[Piece]()
    at = first
    while at > 0 and at not in symbols.mentions and text[at - 1] not in CLAUSE_END and (at - 1) not in symbols.mentions:
        at -= 1
    while at < last:
        if at in symbols.mentions:
            mention = symbols.mentions[at]
            if not (isinstance(mention, Reject) and symbols.shadow[mention.start] in REFERENCE):
                out.append(Piece(at, at + 1, text[at], "mention", mention))
            at += 1
            continue
        end = at
        while end < len(text) and end not in symbols.mentions and text[end] not in CLAUSE_END:
            end += 1
        if end == at:
            end += 1
        for word, tag in cut(article.segment, text[at:end]):
            if at < last and at + len(word) > first:
                out.append(Piece(at, at + len(word), word, tag))
            at += len(word)
    return unmarked(out)


def unmarked(found: list[Piece]) -> list[Piece]:
    """The pieces of the entry of a list in which they end, without its mark; behind a phrase (有效率(3)为) it is none."""
    last = max((i for i, piece in enumerate(found) if isinstance(piece.mention, Reject)), default=-1)
    if last < 0:
        return found
    entry = found[last + 1 :]
    return entry if any(map(nominal, entry)) else [p for p in found if not isinstance(p.mention, Reject)]


def nominal(piece: Piece) -> bool:
    """Whether a piece can be (part of) the head of a noun phrase; an unknown word is one."""
    if piece.mention is not None:
        return isinstance(piece.mention, Institution) or not isinstance(piece.mention, Date | Quantity)
    if is_sign(piece):
        return False
    if piece.tag == "f":  # jieba has 初中, 高端 among the words of place
        return (
            len(piece.text) > 1 and not has(piece, "localizer") and not has(piece, "stop") and not has(piece, "bound")
        )
    return piece.tag == "" or piece.tag.startswith(NOMINAL_TAGS) or has(piece, "nominal")
