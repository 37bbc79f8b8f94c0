"""The noun phrase right of a number: what it counts, up to the first predicate (3000名|学生|参加考试)."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.model import Article, Mention, Quantity
from pipeline.phrases.edges import trails
from pipeline.phrases.nouns import compounds, head, modifier
from pipeline.phrases.pieces import CLOSING, Piece, has, is_de, is_sign, nominal, pieces
from pipeline.phrases.roles import roles
from pipeline.rulekit.symbols import Symbols

__all__ = ["right_phrase"]

SERIES = 6  # numbers before one that are looked at to see whether nouns stand before or behind them
COUNTED = 9  # pieces behind a number that its noun is looked for in
NO_SORT = ("tail", "barrier", "opener", "transitive", "located", "light")


def right_phrase(article: Article, symbols: Symbols, first: int, last: int) -> tuple[int, int] | None:
    """The phrase at the start of symbol positions ``first:last`` that a number before it counts, in text offsets."""
    run = pieces(article, symbols, first, last)
    if not run or run[0].start < first or run[0].text in CLOSING:
        return None
    if has(run[0], "such"):
        run = run[2:] if len(run) > 2 and is_de(run[1]) else run[1:]  # 100例|这样|的|病人
        if not run:
            return None
    kept = run[: counted_end(run)] or counted_nouns(
        run, symbols.mentions.get(first - 1), symbols.text[first - 1 : first]
    )
    if not kept or (len(kept) == 1 and has(kept[0], "empty")):
        return None
    end = min(last, kept[-1].end)
    following = symbols.mentions.get(end)
    if isinstance(following, Quantity) and following.kind != "age" and counted_before(article, symbols, first - 1):
        return None  # 死亡3人受伤5人: the noun belongs to the next number
    return symbols.span(kept[0].start, end)


# --- nouns, before the predicate --------------------------------------------------------------


def counted_nouns(run: Sequence[Piece], counted: Mention | None, before: str) -> list[Piece]:
    """The nouns that a run begins with, of what the number ``counted`` counts; ``before`` is the character before the run."""
    if run[0].text[:1] in roles()["passive"] and not has(run[0], "nominal"):
        return []  # 9人|被裁
    if has(run[0], "preposition") and not any(is_de(p) or has(p, "status") for p in run):
        return []  # 余款38万元|经|原告催讨, but 两宗|在|深水埗区|的|案件
    lead = modified(run, counted, before)
    kept = [*run[:lead], *head(run[lead:])]
    of_persons = isinstance(counted, Quantity) and (counted.unit in roles()["of_people"] or counted.kind == "age")
    if of_persons:
        kept = kept[: what_they_do(kept)]
    while kept and (not nominal(kept[-1]) or (has(kept[-1], "predicate") or is_done(run, kept))):
        kept.pop()
    if not kept or is_predicate(run, kept):
        return []
    kept = without_measure(run, with_second(run, kept))
    return of_people(run, kept) if of_persons else kept


def modified(run: Sequence[Piece], counted: Mention | None, before: str) -> int:
    """How many pieces stand before the nouns of a run and belong to them, though they could be verbs."""
    if length := modifier(run):
        return length
    if len(run) < 2:
        return 0
    if before in roles()["genitive"] and compounds(run[0], run[1]):
        return 1
    person = run[1].text[-1:] in roles()["persons"]  # 5名|外卖|小哥
    if isinstance(counted, Quantity) and (classified(counted) or person) and names_sort(run[0], run[1]):
        return 1  # 4个|集中|供水点
    if has(run[0], "keep") and nominal(run[1]):
        return 1  # 3宗|同|类型案件
    if len(run) > 2 and has(run[0], "preposition") and has(run[1], "status"):
        return 2  # 300名|在|囚|人士
    return 0


def what_they_do(kept: Sequence[Piece]) -> int:
    """Where a verb stands behind a noun for people: 十岁男童|感染甲型流感, 30名运动员|参赛; the length when none does."""
    for i in range(1, len(kept)):
        does = kept[i].tag == "v" or has(kept[i], "does")
        if does and kept[i - 1].text[-1:] in roles()["persons"] and not any(is_de(p) for p in kept[i:]):
            return i
    return len(kept)


def is_done(run: Sequence[Piece], kept: Sequence[Piece]) -> bool:
    """Whether what is counted ends before the last piece: it says where (同伙|台上), or is a verb with its complement (估值|融资|到)."""
    last = kept[-1]
    if len(kept) < 2:
        return False
    if last.tag == "s" and last.text[-1:] in roles()["localizer"]:
        return True
    return last.tag.startswith("v") and len(run) > len(kept) and has(run[len(kept)], "complement")


def without_measure(run: Sequence[Piece], kept: list[Piece]) -> list[Piece]:
    """What is counted, without the measure of it that the next number gives: 15家公司|净利润超过10亿元."""
    size = len(kept) if kept and not kept[-1].text.isascii() else 0
    while size and measures(kept[size - 1]):
        size -= 1
    if 1 < size < len(kept) and kept[size - 1].tag.startswith("v") and kept[size - 2].text[-1:] in roles()["persons"]:
        size -= 1  # 游客|出游距离
    if not 0 < size < len(kept) or kept[size - 1].tag.startswith("v"):
        return kept
    behind = next((p for p in run[len(kept) :] if not trails(p) or p.mention is not None), None)
    return kept[:size] if behind is not None and isinstance(behind.mention, Quantity) else kept


def measures(piece: Piece) -> bool:
    """Whether a piece is the name of something that is measured."""
    if has(piece, "average") or piece.text.isascii():
        return True  # PM2.5|平均|浓度
    named = has(piece, "measure") or has(piece, "head") or has(piece, "suffix") or has(piece, "rate")
    return named and piece.mention is None


def is_predicate(run: Sequence[Piece], kept: Sequence[Piece]) -> bool:
    """Whether the one noun of a run is the verb of an adjective behind it: 两队|竞争|激烈."""
    if len(kept) > 1 or len(run) < 2:
        return False
    return kept[0].tag == "vn" and run[1].tag == "a" and not has(run[1], "tail")


def with_second(run: Sequence[Piece], kept: Sequence[Piece]) -> list[Piece]:
    """What is counted with the noun that 和 joins to it, when nothing follows that one (60个国家|和|地区)."""
    rest = run[len(kept) + 1 :]
    joined = len(run) > len(kept) + 1 and has(run[len(kept)], "and")
    second = head(rest) if joined else []
    plain = len(second) == 1 and second[0].mention is None and nominal(second[0])
    whole = plain and (len(rest) == 1 or is_sign(rest[1]) or is_de(rest[1]))
    return [*kept, run[len(kept)], *second] if whole else list(kept)


def classified(quantity: Quantity) -> bool:
    """Whether a number has a classifier of things: what it counts follows it."""
    return quantity.kind == "count" and bool(quantity.unit) and quantity.unit not in roles()["of_people"]


def names_sort(verb: Piece, noun: Piece) -> bool:
    """Whether a verb behind a classifier says what sort of thing the noun is."""
    plain = not any(has(verb, role) for role in NO_SORT)
    return plain and compounds(verb, noun) and not has(noun, "stop") and not has(noun, "tail")


def of_people(run: Sequence[Piece], kept: Sequence[Piece]) -> list[Piece]:
    """What counts people ends with a noun for people: 独居老人 of 独居老人的联系方式, but all of 参与社区事务的老年人."""
    at = next((i for i, p in enumerate(run) if is_de(p)), 0)
    if not at or at + 1 >= len(run) or len(kept) not in (at, at + 1 + len(head(run[at + 1 :]))):
        return list(kept)
    if run[at - 1].text[-1:] in roles()["persons"]:
        return list(run[:at])
    who = head(run[at + 1 :])
    return [*run[: at + 1], *who] if who and who[-1].text[-1:] in roles()["persons"] else list(kept)


# --- what a noun behind verbs closes ----------------------------------------------------------


def counted_end(run: Sequence[Piece]) -> int:
    """Pieces up to a noun that closes what is counted over verbs: events (求助|个案), who does so (声请|不获|确立|者), what a passive follows."""
    if is_de(run[0]):
        return 0  # 14杯的人
    plain = len(head(run))
    for i, piece in enumerate(run[:COUNTED]):
        if is_sign(piece) or piece.mention is not None:
            return 0
        if is_de(piece) and i > plain > 0 and any(has(p, "copula") for p in run[:i]):
            return i + 1 + len(head(run[i + 1 :]))  # 类别|为|紧急|的|病人
        if has(piece, "doer") or (not piece.tag and piece.text[-1:] in roles()["doer"]):
            return i + 1
        if has(piece, "passive") and i:
            return i if not plain and nominal(run[i - 1]) else 0
        if i >= plain and has(piece, "event") and not any(is_closed(p) for p in run[:i]):
            end = next((j for j in range(i + 1, len(run)) if not has(run[j], "event")), len(run))
            return end + (end < len(run) and has(run[end], "persons"))  # 公诉案件|被告人
    return 0


def is_closed(piece: Piece) -> bool:
    """Whether no event is named across a piece."""
    return has(piece, "stop") or has(piece, "predicate") or has(piece, "barrier")


def counted_before(article: Article, symbols: Symbols, position: int, depth: int = SERIES) -> bool:
    """Whether a noun stands directly before the number at a symbol position and belongs to it: 死亡3人, but not 10个支队116辆."""
    before = pieces(article, symbols, max(0, position - 1), position)
    if not before or before[-1].mention is not None or not nominal(before[-1]) or has(before[-1], "tail"):
        return False
    at = before[-1].start - 1
    if depth and isinstance(symbols.mentions.get(at), Quantity):
        return counted_before(article, symbols, at, depth - 1)  # the noun between two numbers goes with the series
    return True
