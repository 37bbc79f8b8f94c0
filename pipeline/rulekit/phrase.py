"""Noun phrases beside a number: what a ``{subject:phrase}`` capture keeps of a run of characters.

Left of the number a phrase is what remains of the clause when its tail (verbs of reaching, adverbs, what it is
compared with) and its opening (connectives, dates, prepositional phrases) are taken off; right of it, what comes
before the first predicate. `pieces` says what the words are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import regex

from pipeline.model import Article, Date, Quantity
from pipeline.rulekit.pieces import (
    CLOSING,
    FUNCTION_TAGS,
    OPENING,
    QUOTES,
    Piece,
    has,
    is_sign,
    nominal,
    pieces,
    roles,
)
from pipeline.rulekit.symbols import Symbols
from pipeline.rulekit.template import alternation
from pipeline.words import read_words

__all__ = [
    "changed_phrase",
    "left_phrase",
    "nearest_noun",
    "opening_list",
    "opening_phrase",
    "result_phrase",
    "right_phrase",
]

RATE = regex.compile(alternation(sorted(roles()["rate"])))
COMMAS = ("，", ",")
CLAUSE = 12  # characters of a clause that may stand for its subject
NEAREST = 80  # characters before a number in which its nearest noun is looked for
SERIES = 6  # numbers before one that are looked at to see whether nouns stand before or behind them
LISTED = ("和", "与", "及", "以及", "、")
COUNTED = 9  # pieces behind a number that its noun is looked for in


@cache
def comparisons() -> regex.Pattern[str]:
    """What a number is compared with (较术前, 比上年): the words of ``claim_basis.csv`` that open with a word of comparison."""
    terms = [row["term"] for row in read_words("claim_basis")]
    return regex.compile(
        alternation(terms)
        + "|(?:按|以(?![上下内外来前后及]))[^，,。按]{1,12}(?:计算|计价|口径|统计|划分)|(?<![占同环对])比(?![例重率值赛分])[^，,。]{1,16}(?:贵|便宜|快|慢|长|短|重|轻|早|晚|高|低|多|少|大|小)$"
    )


# --- left of the number -----------------------------------------------------------------------


def left_phrase(article: Article, symbols: Symbols, first: int, last: int) -> tuple[int, int] | None:
    """The phrase in symbol positions ``first:last`` that a number behind it measures, in text offsets."""
    run: Sequence[Piece] = pieces(article, symbols, first, last)
    words = run
    if run and (has(run[0], "than") or (symbols.text[last : last + 1] in COMMAS and has(run[-1], "when"))):
        return None  # 比去年的人数|多, 计入税收后|，从5降至4
    if run and run[-1].end > last and (has(run[-1], "tail") or (run[-1].end == last + 1 and run[-1].tag)):
        return None  # the run ends inside a word: what follows is no verb of its own (行|为), as it is in 价格|上涨
    if run and run[-1].end > last:
        cut_off = symbols.text[run[-1].start : last]
        run = [*run[:-1], replace(run[-1], end=last, text=cut_off)]
    if run and isinstance(run[0].mention, Quantity) and run[-1].text in ("(", "（"):
        return None  # 880万人死亡（22%）: a share of what so many are of
    relative = bool(run) and run[-1].tag == "uj"  # 需要援助的1050万人: the verb describes who is counted
    run = without_tail(without_bracket(without_comparison(run, symbols)))
    if run and has(run[-1], "factor") and any(has(p, "void") for p in run):
        return None  # 扣除价格因素
    cut = last_barrier(run, relative)
    if cut and has(run[cut - 1], "transitive"):
        cut = max((i + 1 for i in range(cut, len(run) - 1) if joins_action(run, i)), default=cut)
    run = without_tail(without_opening(run[cut:]))
    run = without_open_quote(run)
    per = next((i for i, p in enumerate(run) if p.text[:1] == "每"), None)
    if per and not without_tail(run[:per]):
        return None  # 收于每桶
    if not run or not any(nominal(p) or p.tag.startswith(("v", "a")) for p in run) or names_nothing(run, cut > 0):
        return None
    if is_place(words, run, symbols.text[last : last + 1]):
        return None
    if symbols.text[run[0].start : run[-1].end].startswith(tuple(roles()["anaphor"])):
        return None  # 这一数字: what was measured before
    return symbols.span(max(first, run[0].start), min(last, run[-1].end))


def without_open_quote(run: Sequence[Piece]) -> Sequence[Piece]:
    """The run before a quotation that its end cuts off (粮食生产|“八连)."""
    opened = [i for i, p in enumerate(run) if p.text and p.text in OPENING]
    last = opened[-1] if opened else 0
    return run[:last] if last and not any(p.text and p.text in CLOSING for p in run[last:]) else run


def is_place(words: Sequence[Piece], run: Sequence[Piece], following: str) -> bool:
    """Whether a phrase only says where something was done to the number (在|城北区|将3万元交给…)."""
    start = next((i for i, p in enumerate(words) if p.start >= run[0].start), 0)
    after = next((p.text for p in words if p.start >= run[-1].end), following)
    return start > 0 and has(words[start - 1], "place_word") and after in roles()["object_marker"]


def names_nothing(run: Sequence[Piece], cut: bool) -> bool:
    """Whether a run is no more than empty words (平均|每), or the first verb of its clause, whose object is the number (组织|742人, 建议|增拨)."""
    if all(has(p, "empty") or trails(p) for p in run):
        return True
    if len(run) > 1 or has(run[0], "nominal") or (cut and not has(run[0], "supplies")):
        return False
    return has(run[0], "speech") or has(run[0], "supplies") or (has(run[0], "transitive") and run[0].tag == "v")


def without_comparison(run: Sequence[Piece], symbols: Symbols) -> Sequence[Piece]:
    """The run before what the number is compared with (患者水平|较术前|增加)."""
    if not run:
        return run
    found = next(comparisons().finditer(symbols.text, run[0].start, run[-1].end), None)
    if (
        found
        and found.group()[0] not in roles()["versus_sign"]
        and RATE.search(symbols.text, found.start(), run[-1].end)
    ):
        return run  # 年增率, 同比增长率 are measures
    before = [p for p in run if p.end <= found.start()] if found else run
    if before and not any(nominal(p) or p.tag.startswith("v") for p in before) and found:
        before = []  # 第2季|按美元计价
    if found and not before and found.group()[0] in "按以":
        return [p for p in run if p.start >= found.end()] or run  # 按学历统计|大学毕业者
    return before if before or (found and found.group()[0] in roles()["versus_sign"]) else run


def without_bracket(run: Sequence[Piece]) -> Sequence[Piece]:
    """The run without a bracket that closes at its end: an explanation (CPI), not the phrase."""
    while run and run[-1].text in ")）":
        depth = 0
        for i in range(len(run) - 1, -1, -1):
            depth += (run[i].text in ")）") - (run[i].text in "(（")
            if depth == 0:
                break
        if depth or i == 0:
            return run
        run = run[:i]
    return run


def without_tail(run: Sequence[Piece]) -> Sequence[Piece]:
    """The run without verbs of reaching, adverbs, particles and comparisons at its end."""
    while run:
        versus = compared_at(run)
        if versus >= 0:
            run = run[:versus]
            continue
        last = run[-1]
        if last.mention is not None and not isinstance(last.mention, Date):
            if isinstance(last.mention, Quantity) and last.mention.kind == "duration":
                run = run[:-1]  # 公司三年来累计投入, 时隔3年后
                continue
            return () if isinstance(last.mention, Quantity) and last.mention.kind != "age" else run
        if trails(last) or (len(run) > 1 and last.text[:1] == "每" and len(last.text) > 1):
            outside = without_bracket(run)
            run = outside if len(outside) < len(run) else run[:-1]
            continue
        return run
    return run


def compared_at(run: Sequence[Piece]) -> int:
    """Where a comparison begins that goes on to the end of the run, -1 when none does (施打率较低的台北市 is none)."""
    for i in range(len(run) - 1, -1, -1):
        if has(run[i], "versus") and (i + 1 < len(run) or len(run[i].text) > 1):
            return i  # 收入|比 at the end is a ratio
        if i + 1 < len(run) and run[i].text + run[i + 1].text in roles()["versus"]:
            return i  # 快|于
        if run[i].tag == "uj" or isinstance(run[i].mention, Quantity):
            return -1
    return -1


def trails(piece: Piece) -> bool:
    """Whether a piece can only stand between a phrase and its number."""
    if (
        isinstance(piece.mention, Date)
        or is_sign(piece)
        or piece.tag == "uj"
        or has(piece, "tail")
        or has(piece, "barrier")
    ):
        return True
    return piece.tag in FUNCTION_TAGS and not has(piece, "nominal")


def last_barrier(run: Sequence[Piece], relative: bool = False) -> int:
    """Where the phrase starts at the earliest: behind the last piece that no such phrase runs over."""
    depth = 0
    for i in range(len(run) - 1, -1, -1):
        piece = run[i]
        if piece.text and piece.text in CLOSING:
            depth += 1
        elif piece.text and piece.text in OPENING:
            if depth == 0:
                return i + 1
            depth -= 1
        elif isinstance(piece.mention, Date):
            return i + 1
        elif i + 1 < len(run) and (has(run[i + 1], "suffix") or (run[i + 1].text[:1] == "每" and i + 2 == len(run))):
            continue  # 可获得|率: the verb is part of the name of a measure; 等候费为|每分钟
        elif i > 1 and piece.text == "、" and run[i - 1].tag == "a":
            return i + 1  # 日照长、|年平均气温
        elif i and piece.text == "、" and any(p.text in changes() for p in run[:i]):
            return i + 1  # 东湖跌、|西湖; 领跌成份股、|东湖
        elif 0 < i < len(run) - 1 and has(run[i - 1], "average") and piece.mention is None and not is_sign(piece):
            continue  # 人均|拥有|道路面积: the verb is part of the name of a measure
        elif 0 < i < len(run) - 1 and parts_from(run[i - 1], piece):
            return i + 1
        elif i and has(piece, "barrier") and i + 1 < len(run) and has(run[i + 1], "estimated") and nominal(run[i - 1]):
            continue  # 农田流失|估计|损失
        elif not relative and (has(piece, "barrier") or (has(piece, "transitive") and relates_no_noun(run, i))):
            return i + 1
        if isinstance(piece.mention, Quantity) and not inside_phrase(run, i):
            return i + 1
    return 0


def parts_from(before: Piece, piece: Piece) -> bool:
    """Whether a piece parts what is measured from what stands before it: 记录|到|余震, 旅客|中|大陆旅客."""
    if has(piece, "complement"):
        return has(before, "perceives")
    return has(piece, "among") and before.text[-1:] in roles()["persons"]


def joins_action(run: Sequence[Piece], i: int) -> bool:
    """Whether a comma of a list at ``i`` joins another verb and its object (排查安全隐患、调解矛盾纠纷)."""
    return run[i].text == "、" and has(run[i + 1], "transitive") and i + 2 < len(run)


def relates_no_noun(run: Sequence[Piece], i: int) -> bool:
    """Whether a verb at ``i`` has its object behind it (出动|消防车) and is no part of a clause with 的 (出动的消防车)."""
    behind = run[i + 1 :]
    real = i > 0 or (len(behind) > 1 and has(behind[0], "complement"))  # 挖|出|铜鼎
    return real and any(nominal(p) for p in behind) and not any(p.tag == "uj" or has(p, "head") for p in behind)


def inside_phrase(run: Sequence[Piece], i: int) -> bool:
    """Whether the number at ``i`` belongs to the phrase: an age, a bound (以上), or a count before its noun at the start."""
    quantity = run[i].mention
    after = run[i + 1] if i + 1 < len(run) else None
    if after is None or not isinstance(quantity, Quantity):
        return False
    if quantity.kind == "age" or has(after, "bound"):
        return True
    listed = i > 1 and run[i - 1].text in LISTED and nominal(run[i - 2])  # 粗钢和十种有色金属产量
    return (i <= 1 or listed) and quantity.kind in ("count", "duration") and nominal(after) and not has(after, "versus")


def without_opening(run: Sequence[Piece]) -> Sequence[Piece]:
    """The run without connectives, dates and prepositional phrases at its start."""
    while run:
        first = run[0]
        if first.mention is not None and not isinstance(first.mention, Date):
            return run
        if has(first, "located") and (ending := next((i for i, p in enumerate(run) if p.tag == "uj"), 0)):
            run = run[ending + 1 :]  # 位于河套盆地|的|油田
        elif has(first, "preposition") and not (len(run) > 1 and has(run[1], "status")):  # 在|园|儿童 is no place
            places = [i for i, p in enumerate(run) if has(p, "localizer")]
            run = run[places[-1] + 1 :] if places and places[-1] + 1 < len(run) else run[1:]
        elif (
            (when := next((i for i, p in enumerate(run[1:5], 1) if has(p, "when")), 0))
            and any(nominal(p) for p in run[when + 1 :])
            and not has(first, "adjusted")
        ):
            run = run[when + 1 :]  # 治疗后|患者水平
        elif len(run) > 2 and has(first, "pronoun") and run[1].tag == "uj":
            run = run[2:]  # 它|的|体积
        elif opens_nothing(first) and not (len(run) > 1 and has(run[1], "status")):
            run = run[1:]
        else:
            return run
    return run


def opens_nothing(piece: Piece) -> bool:
    """Whether a piece at the start of a clause is no part of the phrase behind it."""
    if isinstance(piece.mention, Date) or has(piece, "opener") or has(piece, "light") or has(piece, "bound"):
        return True
    if is_sign(piece):
        return piece.text not in OPENING
    if has(piece, "keep") or has(piece, "nominal"):
        return False
    return piece.tag in FUNCTION_TAGS or piece.tag in ("u", "uj") or (piece.tag == "f" and not nominal(piece))


def nearest_noun(article: Article, symbols: Symbols, first: int, at: int, last: int) -> tuple[int, int] | None:
    """What may stand for the subject where nothing better does: the nouns before the number, else what its clause goes on with."""
    run = list(pieces(article, symbols, max(first, at - NEAREST), at))
    while run and (not nominal(run[-1]) or has(run[-1], "tail")):
        run.pop()
    start = len(run)
    while start and nominal(run[start - 1]):
        start -= 1
    if start < len(run):
        return symbols.span(run[start].start, run[-1].end)
    rest = pieces(article, symbols, at + 1, last) if last - at <= CLAUSE else []
    short = rest and not any(p.mention is not None or is_sign(p) for p in rest) and rest[-1].tag != "a"
    return symbols.span(rest[0].start, rest[-1].end) if short and rest[0].tag != "uj" else None


# --- right of the number ----------------------------------------------------------------------


def right_phrase(article: Article, symbols: Symbols, first: int, last: int) -> tuple[int, int] | None:
    """The phrase at the start of symbol positions ``first:last`` that a number before it counts, in text offsets."""
    run = pieces(article, symbols, first, last)
    if not run or run[0].start < first or (run[0].text and run[0].text in CLOSING):
        return None
    if has(run[0], "such"):
        run = run[2:] if len(run) > 2 and run[1].tag == "uj" else run[1:]  # 100例|这样|的|病人
        if not run:
            return None
    closed = counted_end(run)
    if not closed and run[0].text[:1] in roles()["passive"] and not has(run[0], "nominal"):
        return None  # 9人|被裁
    kept = run[:closed] or run[: modifier(run)]
    if not kept and symbols.text[first - 1 : first] == "的" and len(run) > 1 and compounds(run[0], run[1]):
        kept = run[:1]
    counted = symbols.mentions.get(first - 1)
    if (
        not kept
        and isinstance(counted, Quantity)
        and classified(counted)
        and len(run) > 1
        and names_sort(run[0], run[1])
    ):
        kept = run[:1]  # 4个|集中|供水点
    if not kept and len(run) > 1 and has(run[0], "keep") and nominal(run[1]):
        kept = run[:1]  # 3宗|同|类型案件
    if not kept and len(run) > 2 and has(run[0], "preposition") and has(run[1], "status"):
        kept = run[:2]  # 300名|在|囚|人士
    kept += head(run[len(kept) :]) if not closed else []
    while kept and not closed and (not nominal(kept[-1]) or has(kept[-1], "predicate")):
        kept.pop()
    if (
        len(kept) == 1 < len(run)
        and not closed
        and kept[0].tag == "vn"
        and run[1].tag == "a"
        and not has(run[1], "tail")
    ):
        return None  # 两队|竞争|激烈
    if kept and not closed:
        kept = with_second(run, kept)
    if isinstance(counted, Quantity) and counted.unit in roles()["of_people"] and not closed:
        kept = of_people(run, kept)
    if not kept or (len(kept) == 1 and has(kept[0], "empty")):
        return None
    end = min(last, kept[-1].end)
    following = symbols.mentions.get(end)
    if isinstance(following, Quantity) and following.kind != "age" and counted_before(article, symbols, first - 1):
        return None  # 死亡3人受伤5人: the noun belongs to the next number
    return symbols.span(kept[0].start, end)


def with_second(run: Sequence[Piece], kept: Sequence[Piece]) -> list[Piece]:
    """What is counted with the noun that 和 joins to it, when nothing follows that one (60个国家|和|地区)."""
    rest = run[len(kept) + 1 :]
    joined = len(run) > len(kept) + 1 and run[len(kept)].text in roles()["and"]
    second = head(rest) if joined else []
    plain = len(second) == 1 and second[0].mention is None and nominal(second[0])
    whole = plain and (len(rest) == 1 or is_sign(rest[1]) or rest[1].tag == "uj")
    return [*kept, run[len(kept)], *second] if whole else list(kept)


def classified(quantity: Quantity) -> bool:
    """Whether a number has a classifier of things: what it counts follows it."""
    return quantity.kind == "count" and bool(quantity.unit) and quantity.unit not in roles()["of_people"]


def names_sort(verb: Piece, noun: Piece) -> bool:
    """Whether a verb behind a classifier says what sort of thing the noun is."""
    plain = not any(has(verb, role) for role in ("tail", "barrier", "opener", "transitive", "located", "light"))
    return plain and compounds(verb, noun) and not has(noun, "stop") and not has(noun, "tail")


def of_people(run: Sequence[Piece], kept: Sequence[Piece]) -> list[Piece]:
    """What counts people ends with a noun for people: 独居老人 of 独居老人的联系方式, but all of 参与社区事务的老年人."""
    at = next((i for i, p in enumerate(run) if p.tag == "uj"), 0)
    if not at or at + 1 >= len(run) or len(kept) not in (at, at + 1 + len(head(run[at + 1 :]))):
        return list(kept)
    if run[at - 1].text[-1:] in roles()["persons"]:
        return list(run[:at])
    who = head(run[at + 1 :])
    return [*run[: at + 1], *who] if who and who[-1].text[-1:] in roles()["persons"] else list(kept)


def counted_end(run: Sequence[Piece]) -> int:
    """Pieces up to a noun that closes what is counted over verbs: events (求助|个案), who does so (声请|不获|确立|者), what a passive follows."""
    if run[0].tag == "uj":
        return 0  # 14杯的人
    plain = len(head(run))
    for i, piece in enumerate(run[:COUNTED]):
        if is_sign(piece) or piece.mention is not None:
            return 0
        if piece.tag == "uj" and i > plain > 0 and any(has(p, "copula") for p in run[:i]):
            return i + 1 + len(head(run[i + 1 :]))  # 类别|为|紧急|的|病人
        if piece.text in roles()["doer"] or (not piece.tag and piece.text[-1:] in roles()["doer"]):
            return i + 1
        if has(piece, "passive") and i:
            return i if not plain and i and nominal(run[i - 1]) else 0
        if (
            i >= plain
            and has(piece, "event")
            and not any(has(p, "stop") or has(p, "predicate") or has(p, "barrier") for p in run[:i])
        ):
            return next((j for j in range(i + 1, len(run)) if not has(run[j], "event")), len(run))
    return 0


def counted_before(article: Article, symbols: Symbols, position: int, depth: int = SERIES) -> bool:
    """Whether a noun stands directly before the number at a symbol position and belongs to it: 死亡3人, but not 10个支队116辆."""
    before = pieces(article, symbols, max(0, position - 1), position)
    if not before or before[-1].mention is not None or not nominal(before[-1]) or has(before[-1], "tail"):
        return False
    at = before[-1].start - 1
    if depth and isinstance(symbols.mentions.get(at), Quantity):
        return counted_before(article, symbols, at, depth - 1)  # the noun between two numbers goes with the series
    return True


def opening_phrase(article: Article, symbols: Symbols, first: int, last: int) -> tuple[int, int] | None:
    """The phrase that a clause in symbol positions ``first:last`` begins with, its subject; None when it opens with a verb or speech."""
    run = without_opening(pieces(article, symbols, first, last))
    if any(has(p, "speech") for p in run) or includes(article, symbols, first, last):
        return None
    if cleft := next((i for i in range(1, len(run)) if run[i].text == "是" and run[i - 1].tag == "uj"), 0):
        run = run[cleft + 1 :]  # 最强势的是|中国旺旺
    kept = with_age(run) or head(run)
    if kept and len(run) > len(kept) and isinstance(run[len(kept)].mention, Date):
        kept = head(run[len(kept) + 1 :]) or kept  # 美国|2016年|经济成长率
    kept = with_owned(run, kept)
    while kept and not nominal(kept[-1]):
        kept.pop()
    if (
        not kept
        or (len(kept) == 1 and has(kept[0], "empty"))
        or (len(kept) < len(run) and has(run[len(kept)], "barrier") and not ranks(run[len(kept) :]))
    ):
        return None
    return symbols.span(kept[0].start, kept[-1].end)


def includes(article: Article, symbols: Symbols, first: int, last: int) -> bool:
    """Whether a clause only says what something includes (包括投资收入)."""
    opening = [p for p in pieces(article, symbols, first, last)[:2] if not is_sign(p)]
    return any(has(p, "includes") for p in opening)


def with_age(run: Sequence[Piece]) -> list[Piece]:
    """The phrase at the start of a run that opens with an age and its bound (30岁|以下|的|申请人); empty when none does."""
    if not run or not isinstance(run[0].mention, Quantity) or run[0].mention.kind != "age":
        return []
    end = next((i for i in range(1, len(run)) if not has(run[i], "bound") and run[i].tag != "uj"), len(run))
    who = head(run[end:])
    return [*run[:end], *who] if who else []


def with_owned(run: Sequence[Piece], kept: Sequence[Piece]) -> list[Piece]:
    """The pieces ``kept`` of the start of a run with what they own: 居民家庭|的|收入中位数, but not 甲的规模|为 (a clause of its own)."""
    out = list(kept)
    while out and out[-1] is run[len(out) - 1] and len(run) > len(out) + 1 and run[len(out)].tag == "uj":
        owned = head(run[len(out) + 1 :])
        after = len(out) + 1 + len(owned)
        if not any(nominal(p) and not has(p, "empty") for p in owned) or (
            after < len(run) and has(run[after], "barrier")
        ):
            break
        out = [*out, run[len(out)], *owned]
    return out


def ranks(run: Sequence[Piece]) -> bool:
    """Whether a clause goes on with what is first in it, and its subject stays (农业损失|以甲县最严重)."""
    return has(run[0], "ranking") and any(has(p, "superlative") for p in run)


def result_phrase(article: Article, symbols: Symbols, first: int, last: int) -> tuple[int, int] | None:
    """What a clause in symbol positions ``first:last`` says was caused (造成|农业损失), which the next clause may measure."""
    run = pieces(article, symbols, first, last)
    if not any(has(p, "causes") for p in run) or not run or not nominal(run[-1]):
        return None
    return left_phrase(article, symbols, first, last)


def changed_phrase(article: Article, symbols: Symbols, first: int, last: int) -> tuple[int, int] | None:
    """What a clause in symbol positions ``first:last`` that ends with a verb of change says has changed (转售交易量|放缓)."""
    run = pieces(article, symbols, first, last)
    changed = len(run) > 1 and run[-1].text in changes()
    return left_phrase(article, symbols, first, last) if changed else None


@cache
def changes() -> frozenset[str]:
    """The words of ``claim_change.csv``."""
    return frozenset(row["term"] for row in read_words("claim_change"))


def opening_list(article: Article, symbols: Symbols, first: int, last: int) -> tuple[int, int] | None:
    """The phrases joined by 和 or 、 that a clause in symbol positions ``first:last`` begins with (装备制造业和电子制造业|继续…)."""
    run = without_opening(pieces(article, symbols, first, last))
    kept = head(run)
    while kept and len(run) > len(kept) + 1 and run[len(kept)].text in LISTED:
        joined = head(run[len(kept) + 1 :])
        if not joined:
            break
        kept = [*kept, run[len(kept)], *joined]
    while kept and not nominal(kept[-1]):
        kept.pop()
    return symbols.span(kept[0].start, kept[-1].end) if kept else None


def compounds(verb: Piece, noun: Piece) -> bool:
    """Whether a verb behind 的 begins a compound noun (70%的|增值服务收入)."""
    return (
        verb.tag == "v" and len(verb.text) > 1 and nominal(noun) and not has(verb, "stop") and not opens_predicate(verb)
    )


def modifier(run: Sequence[Piece]) -> int:
    """How many pieces a modifier with 的 takes at the start of the run: a clause that opens with a verb, or adjectives."""
    end = next((i for i, p in enumerate(run[:12]) if p.tag == "uj" or (p.mention is not None and not nominal(p))), -1)
    if end <= 0 or run[end].tag != "uj" or end + 1 == len(run) or not head(run[end + 1 :]):
        return 0
    inside = run[:end]
    if any(is_sign(p) or (has(p, "stop") and p.tag != "p" and i) for i, p in enumerate(inside)):
        return 0
    return end + 1 if inside[0].tag.startswith(("v", "p", "a", "b", "d")) and not has(inside[0], "light") else 0


def head(run: Sequence[Piece]) -> list[Piece]:
    """The pieces before the predicate: nouns, and verbs that stand as nouns (研究中心)."""
    out: list[Piece] = []
    nouns = False
    for i, piece in enumerate(run):
        if piece.mention is not None:
            if nouns or not nominal(piece):
                break
        elif ends_head(piece) and not (nouns and i + 1 < len(run) and has(run[i + 1], "compound")):
            break  # but not in 土地流转|金
        out.append(piece)
        nouns = nouns or (nominal(piece) and piece.tag not in ("b", "t"))
    return out


def ends_head(piece: Piece) -> bool:
    """Whether a noun phrase can't run over a piece: a stop, a closed-class word, a sign, a predicate."""
    if has(piece, "stop") or (is_sign(piece) and piece.text not in QUOTES):
        return True
    if (piece.tag in FUNCTION_TAGS and not has(piece, "nominal")) or (
        has(piece, "tail") and not has(piece, "nominal") and not has(piece, "keep")
    ):
        return True
    return not has(piece, "nominal") and (piece.tag in ("v", "vd", "vi", "vg") or opens_predicate(piece))


def opens_predicate(piece: Piece) -> bool:
    """Whether a word is a predicate, or a set phrase that opens with one (参加考试, 表示满意)."""
    return has(piece, "predicate") or (len(piece.text) >= 4 and piece.text[:2] in roles()["predicate"])
