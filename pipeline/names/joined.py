"""Names that hold 和, 与, 及 or quotation marks between their place and a strong ending.

石家庄市大气和水污染防治指挥部, 天津市材料复合与功能化重点实验室, 某县“7·20”山洪灾害应急指挥部: only a place, a root or a
parent at the left, and neither side of 和 a name by itself, make such a stretch one name.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence

from pipeline.model import Token
from pipeline.names.leftward import Piece
from pipeline.names.nameparts import classes, word_class, words_of

__all__ = ["whole_before"]

MAX_LENGTH = 36
MAX_QUOTED = 12
QUOTES = {"”": "“", '"': '"', "」": "「"}
INNER_TAGS = ("n", "v", "a", "b", "f", "s", "z", "j", "g", "l", "i")


def whole_before(tokens: Sequence[Token], position: int, ends_name: Callable[[int], bool]) -> list[Piece]:
    """The pieces of a joined name left of ``position``, left to right; empty when there is none."""
    pieces: list[Piece] = []
    joined = False
    i = bisect_right(tokens, position - 1, key=lambda t: t.start) - 1
    while i >= 0 and position - tokens[i].start <= MAX_LENGTH:
        token = tokens[i]
        if token.text in QUOTES and (opened := _opened(tokens, i)) >= 0:
            pieces.append(Piece(tokens[opened].start, token.end, "".join(t.text for t in tokens[opened : i + 1]), "N"))
            joined, i = True, opened - 1
            continue
        kind = _kind(token, min(token.end, position), ends_name)
        if (
            token.text in words_of("conjunction")
            and pieces
            and pieces[-1].kind not in "PRG"
            and i > 0
            and _kind(tokens[i - 1], tokens[i - 1].end, ends_name) not in "PRG."
        ):
            joined, kind = True, "K"
        if kind == ".":
            break
        pieces.append(Piece(token.start, min(token.end, position), token.text[: position - token.start], kind))
        i -= 1
    return _named(pieces[::-1]) if joined else []


def _kind(token: Token, end: int, ends_name: Callable[[int], bool]) -> str:
    """The letter of a token; a verb that no list knows is a common word here (抢险, 复合), what ends names is a dot."""
    text = token.text[: end - token.start]
    listed = classes().get(text, "")
    if listed in (".", "K", "Z") and text not in words_of("inside_joined"):
        return "."
    if ends_name(end) and len(text) > 1:
        return "G"
    kind = word_class(text, token.tag if end == token.end else "n")
    return "C" if kind in ".V" and token.tag[:1] in INNER_TAGS and len(text) > 1 else kind


def _named(pieces: list[Piece]) -> list[Piece]:
    """The pieces from the first place, root or parent on, when a joint stands behind it; else with a parent behind the joint."""
    joints = [i for i, p in enumerate(pieces) if p.kind == "K" or p.text[0] in QUOTES.values()]
    first = next((i for i, p in enumerate(pieces) if p.kind in "PRG"), len(pieces))
    if joints and first < joints[-1]:
        return pieces[first:]
    if joints and pieces[-1].text in words_of("state") and 0 < joints[-1] < len(pieces) - 2:
        return pieces  # 电子薄膜与集成器件 国家 重点实验室
    behind = any(p.kind == "G" for p in pieces[joints[-1] :]) if joints else False
    return pieces if behind and pieces[0].kind != "K" and joints[-1] <= 3 else []


def _opened(tokens: Sequence[Token], index: int) -> int:
    """The token with the mark that opens a quotation that ends at a token, -1 without one near."""
    mark = QUOTES[tokens[index].text]
    for i in range(index - 1, -1, -1):
        if tokens[index].end - tokens[i].start > MAX_QUOTED:
            return -1
        if tokens[i].text == mark:
            return i
    return -1
