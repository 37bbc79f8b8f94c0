"""Which of overlapping candidates stands: the longest, but a known name beats one that only adds common words before it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from pipeline.names.intervals import Intervals
from pipeline.names.leftward import Piece
from pipeline.names.nameparts import words_of
from pipeline.stages.candidates.candidate import Candidate

__all__ = ["chained", "choose"]

CHAIN_LENGTH = 40
BELOW = frozenset(f"institution.{name}" for name in ("campus", "centre", "subunit", "unit_group", "office"))


def chained(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Each candidate with the whole name of its parent: 鄂州市中级人民法院 + 人民法院刑事审判庭, 环境管理署 + 中区管理中心."""
    by_end: dict[int, Candidate] = {}
    out: list[Candidate] = []
    for candidate in sorted(candidates, key=lambda c: (c.end, c.start)):
        above = by_end.get(_parent_end(candidate))
        if above and above.start < candidate.start and candidate.end - above.start <= CHAIN_LENGTH:
            inside = tuple(p for p in candidate.pieces if p.start >= above.end)
            pieces = (Piece(above.start, above.end, "", "G"), *inside)
            kinds = "".join(p.kind for p in pieces)
            candidate = replace(candidate, start=above.start, kinds=kinds, pieces=pieces)
        out.append(candidate)
        longest = by_end.get(candidate.end)
        if candidate.grown in ("left", "known") and (longest is None or candidate.start < longest.start):
            by_end[candidate.end] = candidate
    return out


def _parent_end(candidate: Candidate) -> int:
    """Where the parent ends that a candidate begins with, or that must stand before it; -1 for one that has none."""
    if candidate.pieces and candidate.pieces[0].kind == "G":
        return candidate.pieces[0].end
    below = candidate.rule in BELOW or (candidate.rule == "institution.bureau" and set(candidate.kinds) <= set("SCVKL"))
    return candidate.start if below and candidate.grown == "left" else -1


def choose(candidates: Sequence[Candidate]) -> tuple[list[Candidate], list[tuple[Candidate, Candidate]]]:
    """Those that stand, and each other with the one it lost to.

    The longest first, then by priority, then the longer head (科学院 before 学院); those that only pad a known name last.
    """
    known: dict[int, list[int]] = defaultdict(list)
    for candidate in candidates:
        if candidate.grown == "known":
            known[candidate.end].append(candidate.start)
    kept = Intervals[Candidate]([], lambda c: (c.start, c.end))
    lost: list[tuple[Candidate, Candidate]] = []
    for candidate in sorted(
        candidates, key=lambda c: (_pads(c, known[c.end]), c.start - c.end, -c.priority, c.head, c.start)
    ):
        winners = kept.over(candidate.start, candidate.end)
        if not winners:
            kept.add(candidate)
        elif (winners[0].start, winners[0].end) != (candidate.start, candidate.end):
            lost.append((candidate, winners[0]))
    return list(kept), lost


def _pads(candidate: Candidate, known: Sequence[int]) -> bool:
    """Whether a grown name is a known one with common words before it; ``known``: where known names with its end begin."""
    if candidate.grown == "known":
        return False
    for start in known:
        before = [p for p in candidate.pieces if p.end <= start]
        if start > candidate.start and before:
            aligned = {p.text for p in before} <= words_of("aligned")
            common = aligned or not {p.kind for p in before} & set("PRGNO")
            return common and not any(p.text in words_of("conjunction") for p in candidate.pieces)
    return False
