"""Where a noun phrase that ends with a run of words begins at the earliest: behind what no phrase runs over.

Verbs are the hard case: 可获得率 and 人均拥有道路面积 are names of measures, 出动的消防车 is a clause with 的 before its
noun, but 出动|消防车 is a verb and what is counted.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.model import Date, Quantity
from pipeline.phrases.nouns import is_estimate
from pipeline.phrases.pieces import CLOSING, OPENING, ROUND, Piece, has, is_de, is_sign, nominal
from pipeline.phrases.roles import changes, roles

__all__ = ["last_barrier", "last_object"]


def last_barrier(run: Sequence[Piece], relative: bool = False) -> int:
    """Where the phrase starts at the earliest; in a clause that 的 makes a modifier (``relative``) verbs are part of it."""
    depth = 0
    noted = in_notes(run)
    for i in range(len(run) - 1, -1, -1):
        piece = run[i]
        if i in noted:
            continue
        if piece.text in CLOSING:
            depth += 1
        elif piece.text in OPENING:
            if depth == 0:
                return i + 1
            depth -= 1
        elif isinstance(piece.mention, Date) or (
            not names_measure(run, i) and (parts(run, i) or (not relative and bars(run, i)) or is_other_number(run, i))
        ):
            return i + 1
    return 0


def in_notes(run: Sequence[Piece]) -> frozenset[int]:
    """Where the pieces of notes stand that belong to the noun before them, brackets and all: 基金|（含甲类）|规模."""
    opening, closing = ROUND
    out: list[int] = []
    for end in [i for i, p in enumerate(run) if p.text in closing]:
        start = next((i for i in range(end - 1, 0, -1) if run[i].text in opening), 0)
        inside = run[start + 1 : end]
        if start and nominal(run[start - 1]) and not any(isinstance(p.mention, Date | Quantity) for p in inside):
            out += range(start, end + 1)
    return frozenset(out)


def last_object(run: Sequence[Piece], start: int) -> int:
    """Where the object of the last verb of a list begins (排查安全隐患、调解|矛盾纠纷), ``start`` when it is no such list."""
    joined = [i for i in range(start, len(run) - 2) if has(run[i], "comma") and has(run[i + 1], "transitive")]
    return joined[-1] + 1 if joined else start


def names_measure(run: Sequence[Piece], i: int) -> bool:
    """Whether a piece is part of the name of a measure, whatever it is elsewhere: 可获得|率, 人均|拥有|道路面积, 费用为|每分钟."""
    if i + 1 == len(run):
        return False
    per = i + 2 == len(run) and run[i + 1].text[:1] in roles()["per"]
    if per or has(run[i + 1], "suffix"):
        return True
    return i > 0 and has(run[i - 1], "average") and run[i].mention is None and not is_sign(run[i])


def parts(run: Sequence[Piece], i: int) -> bool:
    """Whether a piece parts what is measured from a word before it: 日照长、|年气温, 东湖跌、|西湖, 记录|到|余震, 旅客|中|大陆旅客."""
    if i and has(run[i], "comma"):
        adjective = i > 1 and run[i - 1].tag == "a"
        return adjective or any(p.text in changes() for p in run[:i])
    if not 0 < i < len(run) - 1:
        return False
    if has(run[i], "complement"):
        return has(run[i - 1], "perceives")
    return has(run[i], "among") and run[i - 1].text[-1:] in roles()["persons"]


def bars(run: Sequence[Piece], i: int) -> bool:
    """Whether a piece is a verb or connective that no phrase runs over; 农田流失|估计|损失 is one phrase."""
    if i and has(run[i - 1], "altogether") and run[i].tag == "v" and any(nominal(p) for p in run[i + 1 :]):
        return True  # 全省共|接报|火灾
    if is_estimate(run[: i + 1]):
        return False
    if describes(run, i):
        return False
    if not has(run[i], "barrier"):
        return has(run[i], "transitive") and relates_no_noun(run, i)
    return not (0 < i < len(run) - 1 and has(run[i + 1], "estimated") and nominal(run[i - 1]))


def describes(run: Sequence[Piece], i: int) -> bool:
    """Whether a verb at ``i`` begins what is said with 的 of the people that the run ends with: 获得|收入的|司机."""
    if not has(run[i], "describes") or run[-1].text[-1:] not in roles()["persons"]:
        return False
    return any(is_de(p) for p in run[i + 1 : -1])


def relates_no_noun(run: Sequence[Piece], i: int) -> bool:
    """Whether a verb at ``i`` has its object behind it (出动|消防车) and is no part of a clause with 的 (出动的消防车)."""
    behind = run[i + 1 :]
    real = i > 0 or (len(behind) > 1 and has(behind[0], "complement"))  # 挖|出|铜鼎
    return real and any(nominal(p) for p in behind) and not any(is_de(p) or has(p, "head") for p in behind)


def is_other_number(run: Sequence[Piece], i: int) -> bool:
    """Whether a piece is a number of its own; an age, a bound (以上) or a count before its noun at the start belong to the phrase."""
    quantity = run[i].mention
    if not isinstance(quantity, Quantity):
        return False
    after = run[i + 1] if i + 1 < len(run) else None
    if after is None:
        return True
    if quantity.kind == "age" or has(after, "bound"):
        return False
    listed = i > 1 and has(run[i - 1], "list") and nominal(run[i - 2])  # 粗钢和十种有色金属产量
    counts = (i <= 1 or listed) and quantity.kind in ("count", "duration")
    return not (counts and nominal(after) and not has(after, "versus"))
