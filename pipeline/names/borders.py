"""Where a name of an organisation begins: which of the parts before its head belong to it.

The rules in ``rules/institutions.yaml`` find the head, which is the right border; `pipeline.names.leftward` gives the parts
left of it, each with the letter of its kind.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipeline.model import record
from pipeline.names.leftward import Piece
from pipeline.names.nameparts import LATIN, classes, ends_in, is_country, is_province, places, row_of, words_of

__all__ = ["Grown", "grow"]

IsPerson = Callable[[int, int], bool]


@record(frozen=True, slots=True)
class Grown:
    """A left border: ``kinds`` are the classes inside from left to right, ``firm`` says that it starts as names start."""

    start: int
    kinds: str
    firm: bool
    pieces: tuple[Piece, ...]


def grow(pieces: Sequence[Piece], person: IsPerson, company: bool = False, research: bool = False) -> Grown | None:
    """The left border among the pieces before a head; ``None`` when nothing is left. ``person`` knows names of people.

    Going left, a place or root ends the walk unless what stands before it belongs: another place, a parent's end,
    附属. Without any of them the name begins at its first proper word; common words before it are not part of it.
    """
    run = _described(list(pieces[_reach(pieces, person, company, research) :]), company)
    while run and (run[0].kind == "V" or (len(run) > 1 and run[1].kind == "V" and person(run[0].start, run[0].end))):
        run.pop(0)
    if not run or any(piece.kind == "Z" for piece in run):
        return None
    run, firm = _firm(run, research)
    while run and (run[0].text in "·•-— ，" or (run[0].kind in "XZ" and not _coined(run))):
        run.pop(0)
    return Grown(run[0].start, "".join(piece.kind for piece in run), firm, tuple(run)) if run else None


def _reach(pieces: Sequence[Piece], person: IsPerson, company: bool, research: bool) -> int:
    """The piece as far left as a name may begin: no person stands before a place, no second place before a province."""
    first = len(pieces)
    while first > 0 and _may_precede(pieces, first, company, research):
        before = pieces[first - 1]
        if first < len(pieces) and pieces[first].kind in "PRGLO" and person(before.start, before.end):
            break
        first -= 1
    return first


def _described(run: list[Piece], company: bool) -> list[Piece]:
    """The pieces without those that only say what the body behind them is."""
    while run and run[0].kind in "XZ" and not _coined(run):
        run.pop(0)
    while run and run[0].kind == "G" and classes().get(run[0].text) == "X":
        run.pop(0)  # 公司 北京…: a bare head without its name is no parent
    kinds = [i for i, piece in enumerate(run[:-1]) if piece.kind in "GX" and piece.text in words_of("kind_before")]
    if company and kinds and any(_unknown(piece) for piece in run[kinds[-1] + 1 :]):
        run = run[kinds[-1] + 1 :]  # 电商公司冬海集团
    bodies = [i for i, piece in enumerate(run[:-2]) if piece.text in words_of("body_before")]
    if bodies and not any(piece.kind in "PRGN" for piece in run[: bodies[-1]]):
        run = run[bodies[-1] + 1 :]  # 环保团体河川保护联盟
    return run


def _firm(run: list[Piece], research: bool) -> tuple[list[Piece], bool]:
    """The pieces from the one on that begins as names do, and whether there is such a one."""
    if run[0].kind in "PRGLO" or (run[0].kind == "N" and len(run[0].text) > 1):
        return run, True
    at = next((i for i, piece in enumerate(run) if piece.kind in "NPRG"), None)
    if at is None or (research and at == len(run) - 1 and run[-1].text in words_of("state")):
        return run, False  # 光电物理国家重点实验室
    if run[at].kind == "G" and len(run[at].text) <= 2:
        return run, False  # 世卫 组织 驻华代表处: the parent is a bare head, what stands before it is its name
    placed = run[0].kind in "CXS" and len(run[at].text) > 1 and run[at].kind in "PR"
    if placed or (run[0].kind in "CX" and not _coined(run)):
        return run[at:], True
    return run, False


def _unknown(piece: Piece) -> bool:
    return piece.kind == "N" or (piece.kind == "P" and piece.text not in places())


def _coined(run: Sequence[Piece]) -> bool:
    """Whether single characters stand together, as in 新韩: a name, not an adjective."""
    return len(run) > 1 and len(run[0].text) == len(run[1].text) == 1 and run[0].kind == "X" and run[1].kind == "N"


def _may_precede(pieces: Sequence[Piece], first: int, company: bool, research: bool) -> bool:
    """Whether the piece before ``first`` may belong to a name that so far begins at ``first``."""
    if first == len(pieces):
        return True
    before, here = pieces[first - 1], pieces[first]
    if here.kind in "PR":
        return _before_place(before, here, company, research, first == len(pieces) - 1)
    if here.kind == "G" or (here.kind == "L" and here.text in words_of("attached")):
        return before.kind in "PRLNGOS" or (before.kind == "C" and len(here.text) <= 2)
    return True


def _before_place(before: Piece, here: Piece, company: bool, research: bool, nearest: bool) -> bool:
    """Whether a piece may stand before a place or root, ``here``; ``nearest``: that one stands right before the head."""
    if ends_in(here.text, "legal_body"):
        return before.kind == "G"
    if here.text in words_of("root_inside") and before.kind == "N" and len(before.text) > 1:
        return True  # 关丹中华中学, 格林威治皇家天文台
    if here.text in words_of("homeland", "state") and before.kind not in "PG":
        if research and nearest and here.text in words_of("state"):
            return before.kind in "SCN"  # 红外物理国家重点实验室
        return before.text in words_of("full_state") or ((company or research) and before.kind == "N")
    if before.kind == "P" and is_province(here.text) and not is_country(before.text):
        return False  # 邯郸市河北…公司: where it is, and its name
    if before.kind in "PRLG" or LATIN.fullmatch(before.text):
        return True
    if here.text in places():
        return False
    numbered = before.kind == "O" and before.text.startswith(row_of("ordinal_mark"))  # 第三河川分署
    return numbered or (company and before.kind == "N" and len(before.text) == 1)  # 兴|登堡
