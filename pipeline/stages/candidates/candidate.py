"""The candidate: a stretch that may be a name, and how its borders were found."""

from __future__ import annotations

from dataclasses import field

from pipeline.match import Match
from pipeline.model import Mention, record
from pipeline.names.borders import Grown
from pipeline.names.leftward import Piece

__all__ = ["STAGE", "Candidate", "made"]

STAGE = "institutions"


@record(frozen=True, slots=True)
class Candidate(Mention):
    """A possible name. ``grown`` is how its border was found: known, left, brand or team; ``head`` where its head begins.

    ``kinds`` are the classes of its parts before the head (see `pipeline.names.nameparts`); ``firm``: it begins as names begin.
    """

    itype: str = ""
    grown: str = ""
    head: int = 0
    kinds: str = ""
    firm: bool = True
    priority: int = 50
    pieces: tuple[Piece, ...] = field(default=(), repr=False)


def made(match: Match, start: int, end: int, how: str, grown: Grown | None = None) -> Candidate:
    """The candidate from ``start`` to ``end`` that a match gives; ``grown`` are its parts where it was grown from its head."""
    return Candidate(
        start,
        end,
        rule=match.rule.id,
        stage=STAGE,
        itype=str(match.get("itype")),
        grown=how,
        head=match.start,
        kinds=grown.kinds if grown else "",
        firm=grown.firm if grown else True,
        priority=match.rule.priority,
        pieces=grown.pieces if grown else (),
    )
