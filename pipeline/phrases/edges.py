"""What is no part of a noun phrase at its two ends: verbs of reaching and comparisons behind it, connectives before it."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.model import Date, Quantity
from pipeline.phrases.nouns import is_estimate
from pipeline.phrases.pieces import CLOSING, FUNCTION_TAGS, OPENING, ROUND, Piece, has, is_de, is_sign, nominal
from pipeline.phrases.roles import changes, comparison, rate, roles
from pipeline.rulekit.symbols import Symbols

__all__ = ["trails", "without_bracket", "without_comparison", "without_open_quote", "without_opening", "without_tail"]

WHEN = 5  # pieces at the start of a clause in which a word for a time (治疗后) may stand


# --- behind it --------------------------------------------------------------------------------


def without_tail(run: Sequence[Piece]) -> Sequence[Piece]:
    """The run without verbs of reaching, adverbs, particles and comparisons at its end."""
    while run:
        last = run[-1]
        if (versus := compared_at(run)) >= 0:
            run = run[:versus]
        elif last.mention is not None and not isinstance(last.mention, Date):
            if not isinstance(last.mention, Quantity) or last.mention.kind == "age":
                return run
            if last.mention.kind != "duration":
                return ()
            run = run[:-1]  # 公司三年来累计投入, 时隔3年后
        elif is_estimate(run):
            return run
        elif trails(last) or (len(run) > 1 and says_per(last)):
            outside = without_bracket(run)
            run = outside if len(outside) < len(run) else run[:-1]
        else:
            return run
    return run


def trails(piece: Piece) -> bool:
    """Whether a piece can only stand between a phrase and its number."""
    if isinstance(piece.mention, Date) or is_sign(piece) or is_de(piece) or has(piece, "tail") or has(piece, "barrier"):
        return True
    return piece.tag in FUNCTION_TAGS and not has(piece, "nominal")


def says_per(piece: Piece) -> bool:
    """Whether a piece says for what a number is (每桶; 发病率为|每|10万人)."""
    return piece.text[:1] in roles()["per"]


def compared_at(run: Sequence[Piece]) -> int:
    """Where a comparison begins that goes on to the end of the run, -1 when none does (施打率较低的台北市 is none)."""
    for i in range(len(run) - 1, -1, -1):
        if has(run[i], "versus") and (i + 1 < len(run) or len(run[i].text) > 1):
            return i  # 收入|比 at the end is a ratio
        if i + 1 < len(run) and run[i].text + run[i + 1].text in roles()["versus"]:
            return i  # 快|于
        if is_de(run[i]) or isinstance(run[i].mention, Quantity):
            return -1
    return -1


def without_comparison(run: Sequence[Piece], symbols: Symbols) -> Sequence[Piece]:
    """The run before what the number is compared with (患者水平|较术前|增加)."""
    found = next(comparison().finditer(symbols.text, run[0].start, run[-1].end), None) if run else None
    if not found:
        return run
    versus = found[0][0] in roles()["versus_sign"]
    if not versus and (
        rate().search(symbols.text, found.start(), run[-1].end) or extent_changed(run, found.end(), symbols)
    ):
        return run  # 年增率, 同比增长率 are measures
    before = [p for p in run if p.end <= found.start()]
    if not any(nominal(p) or p.tag.startswith("v") for p in before):
        before = []  # 第2季|按美元计价
    if not before and found[0][0] in roles()["reckoned"]:
        return [p for p in run if p.start >= found.end()] or run  # 按学历统计|大学毕业者
    return before if before or versus else run


def extent_changed(run: Sequence[Piece], start: int, symbols: Symbols) -> bool:
    """Whether a run names from a position on a rise or fall that changed itself: 环比|涨幅|回落."""
    named = next((p for p in run if p.start >= start and any(part in p.text for part in roles()["extent"])), None)
    return named is not None and symbols.text.startswith(tuple(changes()), named.end)


def without_bracket(run: Sequence[Piece]) -> Sequence[Piece]:
    """The run without a bracket that closes at its end: an explanation (CPI), not the phrase."""
    opening, closing = ROUND
    while run and run[-1].text in closing:
        depth = 0
        for i in range(len(run) - 1, -1, -1):
            depth += (run[i].text in closing) - (run[i].text in opening)
            if depth == 0:
                break
        if depth or i == 0:
            return run
        run = run[:i]
    return run


def without_open_quote(run: Sequence[Piece]) -> Sequence[Piece]:
    """The run before a quotation that its end cuts off (粮食生产|“八连)."""
    last = max((i for i, p in enumerate(run) if p.text in OPENING), default=0)
    return run[:last] if last and not any(p.text in CLOSING for p in run[last:]) else run


# --- before it --------------------------------------------------------------------------------


def without_opening(run: Sequence[Piece]) -> Sequence[Piece]:
    """The run without connectives, dates and prepositional phrases at its start."""
    while run and (lead := opening(run)):
        run = run[lead:]
    return run


def opening(run: Sequence[Piece]) -> int:
    """How many pieces at the start of a run that isn't empty are no part of the phrase behind them."""
    first = run[0]
    if first.mention is not None and not isinstance(first.mention, Date):
        return 0
    if has(first, "located") and (ending := next((i for i, p in enumerate(run) if is_de(p)), 0)):
        return ending + 1  # 位于河套盆地|的|油田
    status = len(run) > 1 and has(run[1], "status")  # 在|园|儿童 is no place
    if has(first, "preposition") and not status:
        place = max((i for i, p in enumerate(run) if has(p, "localizer")), default=0)
        return place + 1 if place + 1 < len(run) else 1  # 在园区内|企业
    when = next((i for i, p in enumerate(run[:WHEN]) if i and has(p, "when")), 0)
    if when and any(nominal(p) for p in run[when + 1 :]) and not has(first, "adjusted"):
        return when + 1  # 治疗后|患者水平
    if len(run) > 2 and has(first, "pronoun") and is_de(run[1]):
        return 2  # 它|的|体积
    return int(opens_nothing(first) and not status)


def opens_nothing(piece: Piece) -> bool:
    """Whether a piece at the start of a clause is no part of the phrase behind it."""
    if isinstance(piece.mention, Date) or has(piece, "opener") or has(piece, "light") or has(piece, "bound"):
        return True
    if is_sign(piece):
        return piece.text not in OPENING
    if has(piece, "keep") or has(piece, "nominal"):
        return False
    return piece.tag in FUNCTION_TAGS or piece.tag in ("u", "uj") or (piece.tag == "f" and not nominal(piece))
