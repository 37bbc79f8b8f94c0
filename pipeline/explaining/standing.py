"""What was found, by where it stands and by the rules that made it: asked for at every match of a rule."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict

from pipeline.model import Claim, Found, Mention, Numeral

__all__ = ["Standing"]

REACH = 128  # characters of a shelf; most mentions lie on one
AROUND = 2000  # characters that a cue is from the numbers it speaks of, at most


class Standing:
    """The mentions of a document, on shelves of ``REACH`` characters: a place needn't look through all of them."""

    def __init__(self, found: Found) -> None:
        self.shelves: dict[int, list[tuple[int, Mention]]] = defaultdict(list)
        self.claims: dict[str, list[Claim]] = defaultdict(list)  # by the rules that gave them fields
        for number, mention in enumerate(found.mentions):
            if type(mention) is not Numeral:
                for shelf in range(mention.start // REACH, max(mention.start, mention.end - 1) // REACH + 1):
                    self.shelves[shelf].append((number, mention))
            if type(mention) is Claim:
                for rule in dict.fromkeys(mention.because.values()):
                    self.claims[rule].append(mention)
        for claims in self.claims.values():
            claims.sort(key=lambda c: c.start)

    def at(self, start: int, end: int) -> list[Mention]:
        """The mentions that overlap a span, but numerals, in the order in which they were found."""
        shelves = range(start // REACH, max(start, end - 1) // REACH + 1)
        near = {n: m for shelf in shelves for n, m in self.shelves.get(shelf, ()) if m.start < end and m.end > start}
        return [near[number] for number in sorted(near)]

    def claims_by(self, rule: str, start: int, end: int) -> list[Claim]:
        """The claims that a rule gave fields, not far from a span."""
        claims = self.claims.get(rule, [])
        first = bisect_left(claims, start - AROUND, key=lambda c: c.start)
        return claims[first : bisect_left(claims, end + AROUND, key=lambda c: c.start)]
