"""The noun phrase left of a number: what remains of its clause when both ends are cut off (其中|女性人口|约为 520万)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.model import Article, Quantity
from pipeline.phrases.barriers import last_barrier, last_object
from pipeline.phrases.edges import (
    trails,
    without_bracket,
    without_comparison,
    without_open_quote,
    without_opening,
    without_tail,
)
from pipeline.phrases.pieces import ROUND, Piece, has, is_de, nominal, pieces
from pipeline.phrases.roles import COMMAS, roles
from pipeline.rulekit.symbols import Symbols
from pipeline.rulekit.template import CLAUSE_END

__all__ = ["left_phrase"]

NOTE = 60  # characters of a bracket with commas that are looked back over
NOTE_STOP = "(（)）。；;\n"


def left_phrase(article: Article, symbols: Symbols, first: int, last: int) -> tuple[int, int] | None:
    """The phrase in symbol positions ``first:last`` that a number behind it measures, in text offsets."""
    first = before_note(symbols.text, first, last)
    words = last_item(pieces(article, symbols, first, last))
    following = symbols.text[last : last + 1]
    if not words or measures_nothing(words, last, following):
        return None
    clause = cut_at(words, symbols, last)
    if isinstance(clause[0].mention, Quantity) and clause[-1].text in ROUND[0]:
        return None  # 880万人死亡（22%）: a share of what so many are of
    run, is_cut = between_edges(clause, symbols)
    if not any(nominal(p) or p.tag.startswith(("v", "a")) for p in run) or names_nothing(run, is_cut):
        return None
    if is_place(words, run, following):
        return None
    if symbols.text[run[0].start : run[-1].end].startswith(tuple(roles()["anaphor"])):
        return None  # 这一数字: what was measured before
    return symbols.span(max(first, run[0].start), min(last, run[-1].end))


def before_note(text: str, first: int, last: int) -> int:
    """Where the clause begins whose bracket ends in a run, though a comma inside cuts it (试验组（甲药，A组）|89例)."""
    opening, closing = ROUND
    end = max(text.rfind(sign, first, last) for sign in closing)
    if end < 0 or any(text.find(sign, first, end) >= 0 for sign in opening):
        return first
    start = next((i for i in range(first - 1, max(-1, first - NOTE), -1) if text[i] in NOTE_STOP), -1)
    if start < 0 or text[start] not in opening:
        return first
    while start and text[start - 1] not in CLAUSE_END:
        start -= 1
    return start


def last_item(words: Sequence[Piece]) -> Sequence[Piece]:
    """The words behind the last item of a list that ends with a number: 比上年增长44%、|营业利润."""
    ends = [
        i for i in range(1, len(words) - 1) if has(words[i], "comma") and isinstance(words[i - 1].mention, Quantity)
    ]
    return words[ends[-1] + 1 :] if ends else words


def measures_nothing(words: Sequence[Piece], last: int, following: str) -> bool:
    """Whether a run of words is no subject of what follows it: it is compared with, says when, or ends inside a word."""
    if has(words[0], "than") or (following in COMMAS and has(words[-1], "when")):
        return True  # 比去年的人数|多, 计入税收后|，从5降至4
    if len(words) > 1 and is_de(words[-2]) and has(words[-1], "provisional"):
        return True  # 销货价值的临时|估计为
    end = words[-1].end
    if end <= last:
        return False
    # what follows is no verb of its own (行|为), as it is in 价格|上涨
    return has(words[-1], "tail") or (end == last + 1 and bool(words[-1].tag))


def cut_at(words: Sequence[Piece], symbols: Symbols, last: int) -> Sequence[Piece]:
    """The words with the last one cut where the run ends."""
    end = words[-1]
    if end.end <= last:
        return words
    return [*words[:-1], replace(end, end=last, text=symbols.text[end.start : last])]


def between_edges(clause: Sequence[Piece], symbols: Symbols) -> tuple[Sequence[Piece], bool]:
    """The phrase that a clause ends with, and whether it begins behind a word that no phrase runs over."""
    relative = is_de(clause[-1])  # 需要援助的1050万人: the verb describes who is counted
    run = without_tail(without_bracket(without_comparison(clause, symbols)))
    if run and has(run[-1], "factor") and any(has(p, "void") for p in run):
        return (), False  # 扣除价格因素
    start = last_barrier(run, relative)
    if start and has(run[start - 1], "transitive"):
        start = last_object(run, start)
    run = without_open_quote(without_tail(without_opening(run[start:])))
    per = next((i for i, p in enumerate(run) if p.text[:1] in roles()["per"]), 0)
    if per and not without_tail(run[:per]):
        return (), False  # 收于每桶
    return run, start > 0


def names_nothing(run: Sequence[Piece], is_cut: bool) -> bool:
    """Whether a run is no more than empty words (平均|每), or the first verb of its clause, whose object is the number (组织|742人, 每天能|卖出)."""
    said = [p for p in run if not (has(p, "empty") or trails(p))]
    if not said:
        return True
    verb = said[0]
    if len(said) > 1 or has(verb, "nominal") or (is_cut and not has(verb, "supplies")):
        return False
    return has(verb, "speech") or has(verb, "supplies") or (has(verb, "transitive") and verb.tag == "v")


def is_place(words: Sequence[Piece], run: Sequence[Piece], following: str) -> bool:
    """Whether a phrase only says where something was done to the number (在|城北区|将3万元交给…)."""
    start = next((i for i, p in enumerate(words) if p.start >= run[0].start), 0)
    after = next((p.text for p in words if p.start >= run[-1].end), following)
    return start > 0 and has(words[start - 1], "place_word") and after in roles()["object_marker"]
