"""Noun phrases of clauses that have no number: what the numbers of later clauses may be about."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.model import Article, Date, Quantity
from pipeline.phrases.edges import without_opening
from pipeline.phrases.left import left_phrase
from pipeline.phrases.nouns import head, trimmed
from pipeline.phrases.pieces import Piece, has, is_de, is_sign, nominal, pieces
from pipeline.phrases.roles import changes
from pipeline.rulekit.symbols import Symbols

__all__ = ["changed_phrase", "nearest_noun", "opening_list", "opening_phrase", "result_phrase"]

CLAUSE = 12  # characters of a clause that may stand for its subject
NEAREST = 80  # characters before a number in which its nearest noun is looked for


def opening_phrase(article: Article, symbols: Symbols, first: int, last: int) -> tuple[int, int] | None:
    """The phrase that a clause in symbol positions ``first:last`` begins with, its subject; None when it opens with a verb or speech."""
    words = pieces(article, symbols, first, last)
    run = without_opening(words)
    if any(has(p, "speech") for p in run) or includes(words):
        return None
    if cleft := next((i for i in range(1, len(run)) if has(run[i], "cleft") and is_de(run[i - 1])), 0):
        run = run[cleft + 1 :]  # 最强势的是|中国旺旺
    kept = with_age(run) or head(run)
    if kept and len(run) > len(kept) and isinstance(run[len(kept)].mention, Date):
        kept = head(run[len(kept) + 1 :]) or kept  # 美国|2016年|经济成长率
    kept = trimmed(with_owned(run, kept))
    if not kept or (len(kept) == 1 and has(kept[0], "empty")):
        return None
    rest = run[len(kept) :]
    if rest and has(rest[0], "barrier") and not (ranks(rest) or singles_out(rest) or sets_record(rest)):
        return None
    return symbols.span(kept[0].start, kept[-1].end)


def includes(clause: Sequence[Piece]) -> bool:
    """Whether a clause only says what something includes (包括投资收入)."""
    return any(has(p, "includes") for p in clause[:2] if not is_sign(p))


def with_age(run: Sequence[Piece]) -> list[Piece]:
    """The phrase at the start of a run that opens with an age and its bound (30岁|以下|的|申请人); empty when none does."""
    if not run or not isinstance(run[0].mention, Quantity) or run[0].mention.kind != "age":
        return []
    end = next((i for i in range(1, len(run)) if not has(run[i], "bound") and not is_de(run[i])), len(run))
    who = head(run[end:])
    return [*run[:end], *who] if who else []


def with_owned(run: Sequence[Piece], kept: Sequence[Piece]) -> list[Piece]:
    """The pieces ``kept`` of the start of a run with what they own: 居民家庭|的|收入中位数, but not 甲的规模|为 (a clause of its own)."""
    out = list(kept)
    while out and out[-1] is run[len(out) - 1] and len(run) > len(out) + 1 and is_de(run[len(out)]):
        owned = head(run[len(out) + 1 :])
        after = len(out) + 1 + len(owned)
        is_clause = after < len(run) and has(run[after], "barrier")
        if is_clause or not any(nominal(p) and not has(p, "empty") for p in owned):
            break
        out = [*out, run[len(out)], *owned]
    return out


def ranks(run: Sequence[Piece]) -> bool:
    """Whether a clause goes on with what is first in it, and its subject stays (农业损失|以甲县最严重)."""
    return has(run[0], "ranking") and any(has(p, "superlative") for p in run)


def singles_out(run: Sequence[Piece]) -> bool:
    """Whether a clause goes on with what marks its subject off from others (钓鱼案|是骗案中最多的)."""
    return has(run[0], "copula") and is_de(run[-1])


def sets_record(run: Sequence[Piece]) -> bool:
    """Whether a clause goes on with a record that its subject set: 总产量|创历史新高，达3亿吨."""
    return has(run[0], "sets") and any(has(p, "record") for p in run)


def opening_list(article: Article, symbols: Symbols, first: int, last: int) -> tuple[int, int] | None:
    """The phrases joined by 和 or 、 that a clause in symbol positions ``first:last`` begins with (装备制造业和电子制造业|继续…)."""
    run = without_opening(pieces(article, symbols, first, last))
    kept = head(run)
    while kept and len(run) > len(kept) + 1 and has(run[len(kept)], "list"):
        joined = head(run[len(kept) + 1 :])
        if not joined:
            break
        kept = [*kept, run[len(kept)], *joined]
    kept = trimmed(kept)
    return symbols.span(kept[0].start, kept[-1].end) if kept else None


def result_phrase(article: Article, symbols: Symbols, first: int, last: int) -> tuple[int, int] | None:
    """What a clause in symbol positions ``first:last`` says was caused (造成|农业损失), which the next clause may measure."""
    run = pieces(article, symbols, first, last)
    if not any(has(p, "causes") for p in run) or not nominal(run[-1]):
        return None
    return left_phrase(article, symbols, first, last)


def changed_phrase(article: Article, symbols: Symbols, first: int, last: int) -> tuple[int, int] | None:
    """What a clause in symbol positions ``first:last`` that ends with a verb of change says has changed (转售交易量|放缓)."""
    run = pieces(article, symbols, first, last)
    changed = len(run) > 1 and run[-1].text in changes()
    return left_phrase(article, symbols, first, last) if changed else None


def nearest_noun(article: Article, symbols: Symbols, first: int, at: int, last: int) -> tuple[int, int] | None:
    """What may stand for the subject where nothing better does: the nouns before the number, else what its clause goes on with."""
    run = pieces(article, symbols, max(first, at - NEAREST), at)
    while run and (not nominal(run[-1]) or has(run[-1], "tail") or has(run[-1], "versus_sign")):
        run.pop()
    start = len(run)
    while start and nominal(run[start - 1]):
        start -= 1
    if start < len(run):
        return symbols.span(run[start].start, run[-1].end)
    rest = pieces(article, symbols, at + 1, last) if last - at <= CLAUSE else []
    if not rest or any(p.mention is not None or is_sign(p) for p in rest) or rest[-1].tag == "a" or is_de(rest[0]):
        return None
    return symbols.span(rest[0].start, rest[-1].end)
