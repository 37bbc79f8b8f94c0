"""Where a noun phrase that begins with a run of words ends: before its predicate, and what may stand in front of its nouns."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.phrases.pieces import FUNCTION_TAGS, QUOTES, Piece, has, is_de, is_sign, nominal
from pipeline.phrases.roles import roles

__all__ = ["compounds", "head", "is_estimate", "modifier", "trimmed"]

CLAUSE = 12  # pieces that a modifier may have
VERBS = ("v", "vd", "vi", "vg")
NAMES = ("nt", "nz", "nr", "ns")  # 上市公司 is no predicate, 参加考试 is one
SET_PHRASE = 4  # characters of a word that may hold a verb and its object


def head(run: Sequence[Piece]) -> list[Piece]:
    """The pieces before the predicate: nouns, and verbs that stand as nouns (研究中心)."""
    out: list[Piece] = []
    nouns = False
    for i, piece in enumerate(run):
        if piece.mention is not None:
            if nouns or not nominal(piece):
                break
        elif ends_head(piece) and not (nouns and i + 1 < len(run) and joins(run[i - 1], piece, run[i + 1])):
            break
        out.append(piece)
        nouns = nouns or (nominal(piece) and piece.tag not in ("b", "t"))
    return out


def joins(before: Piece, piece: Piece, noun: Piece) -> bool:
    """Whether a word that ends a phrase elsewhere is inside a noun: 土地流转|金, 癌|前|病变."""
    if has(noun, "compound"):
        return True
    return has(piece, "localizer") and len(before.text) == len(piece.text) == 1 and nominal(noun)


def ends_head(piece: Piece) -> bool:
    """Whether a noun phrase can't run over a piece: a stop, a closed-class word, a sign, a predicate."""
    if has(piece, "stop") or (is_sign(piece) and piece.text not in QUOTES):
        return True
    if has(piece, "nominal"):
        return False
    if piece.tag in FUNCTION_TAGS or (has(piece, "tail") and not has(piece, "keep")):
        return True
    return piece.tag in VERBS or opens_predicate(piece)


def opens_predicate(piece: Piece) -> bool:
    """Whether a word is a predicate, or a set phrase that opens with one (参加考试, 表示满意)."""
    if has(piece, "predicate"):
        return True
    return len(piece.text) >= SET_PHRASE and piece.text[:2] in roles()["predicate"] and piece.tag not in NAMES


def trimmed(kept: list[Piece]) -> list[Piece]:
    """A phrase up to its last noun."""
    while kept and not nominal(kept[-1]):
        kept.pop()
    return kept


def compounds(verb: Piece, noun: Piece) -> bool:
    """Whether a verb behind 的 begins a compound noun (70%的|增值服务收入)."""
    if verb.tag != "v" or len(verb.text) < 2 or not nominal(noun):
        return False
    return not has(verb, "stop") and not opens_predicate(verb)


def modifier(run: Sequence[Piece]) -> int:
    """How many pieces a modifier with 的 takes at the start of the run: a clause that opens with a verb, or adjectives."""
    end = next((i for i, p in enumerate(run[:CLAUSE]) if is_de(p) or (p.mention is not None and not nominal(p))), -1)
    if end <= 0 or not is_de(run[end]) or end + 1 == len(run) or not head(run[end + 1 :]):
        return 0
    inside = run[:end]
    if any(is_sign(p) or (has(p, "stop") and p.tag != "p" and i) for i, p in enumerate(inside)):
        return 0
    return end + 1 if inside[0].tag.startswith(("v", "p", "a", "b", "d")) and not has(inside[0], "light") else 0


def is_estimate(run: Sequence[Piece]) -> bool:
    """Whether a run ends with a noun that a verb makes (销货价值|的|临时|估计, but 损失|初步|估计)."""
    return len(run) > 2 and is_de(run[-3]) and has(run[-2], "provisional") and run[-1].tag.startswith("v")
