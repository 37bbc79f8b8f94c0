"""Where a span of a derived text stands in the text it was derived from.

Whoever changes a text (drops markup, decodes entities, replaces a phrase by a longer one) knows at that
moment which piece became which: it writes the pieces down, and nothing is ever guessed by diffing. Stages
stack: ``shadow_of_text.then(text_of_file)`` maps a span of the shadow straight to the file.

>>> html, seen = "<p>增长5&#37;</p>", "增长5%"
>>> alignment = Alignment.from_pieces([(0, 3, 3, 6), (3, 4, 6, 11)])
>>> start, end = alignment.to_source(2, 4)
>>> html[start:end]
'5&#37;'
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["Alignment", "line_of", "line_starts"]

Piece = tuple[int, int, int, int]
"""text start, text end, source start, source end: code points, half-open."""

_NEWLINE = re.compile(r"\r\n?|\n")


@dataclass(frozen=True, slots=True)
class Alignment:
    """Maps spans of a text to spans of its source; immutable, small when pickled.

    A piece is *exact* (as long as its source: character n is character n) or a *whole* (an entity, a
    replaced phrase: any part of it is all of it). Source between two pieces was dropped; a piece whose
    source is empty was inserted. Starts and ends of the sources never decrease.
    """

    length: int  # of the text
    text_starts: array[int]
    source_starts: array[int]
    source_ends: array[int]
    exact: bytes  # 1 or 0 for each piece; a whole may happen to be as long as its source

    @classmethod
    def identity(cls, length: int) -> Alignment:
        """The alignment of a text with itself.

        >>> Alignment.identity(10).to_source(2, 5)
        (2, 5)
        """
        return cls.from_pieces([(0, length, 0, length)])

    @classmethod
    def from_pieces(cls, pieces: Iterable[Piece]) -> Alignment:
        """Builds an alignment from pieces that cover the text in order, without a gap in the text.

        Pieces as long as their source are exact, others wholes. Pieces without text are skipped (dropped
        source needs no piece); exact neighbours are joined.

        Raises ``ValueError`` when pieces leave a gap in the text, run backwards or overlap in the source.
        """
        builder = _Builder()
        for text_start, text_end, source_start, source_end in pieces:
            if source_start < builder.last_source_end:
                raise ValueError(f"piece at {text_start}: source {source_start} overlaps the piece before it")
            exact = text_end - text_start == source_end - source_start
            builder.add(text_start, text_end, source_start, source_end, exact)
        return builder.build()

    def to_source(self, start: int, end: int) -> tuple[int, int]:
        """The smallest source span that covers text ``[start, end)``.

        Inserted characters at its edges add nothing; a span of nothing else is an empty one, where they
        were inserted. Raises ``ValueError`` for spans outside the text.

        >>> what = Alignment.from_pieces([(0, 1, 0, 1), (1, 3, 1, 4), (3, 5, 4, 6)])
        >>> what.to_source(0, 2), what.to_source(4, 5), what.to_source(3, 3)
        ((0, 4), (5, 6), (4, 4))
        """
        if not 0 <= start <= end <= self.length:
            raise ValueError(f"span {start}:{end} is outside a text of {self.length} characters")
        if start == end:
            return self._point(start)
        first = self._piece_at(start)
        last = first if end <= self._text_end(first) else self._piece_at(end - 1)
        original_start = start
        while first < last and self._is_empty(first):
            first += 1
            start = self.text_starts[first]
        while last > first and self._is_empty(last):
            end = self.text_starts[last]
            last -= 1
        if self._is_empty(first):
            return self._point(original_start)
        low, high = self.source_starts[first], self.source_ends[last]
        if self.exact[first]:
            low += start - self.text_starts[first]
        if self.exact[last]:
            high -= self._text_end(last) - end
        return low, high

    def to_text(self, start: int, end: int) -> tuple[int, int]:
        """The smallest text span that holds all that came from source ``[start, end)``.

        Source that was dropped is an empty span where it was.

        >>> Alignment.from_pieces([(0, 3, 3, 6), (3, 4, 6, 11)]).to_text(5, 7)
        (2, 4)
        >>> Alignment.from_pieces([(0, 3, 3, 6), (3, 4, 6, 11)]).to_text(0, 2)
        (0, 0)
        """
        if not 0 <= start <= end:
            raise ValueError(f"span {start}:{end} is no span")
        first = bisect_right(self.source_ends, start)
        last = bisect_left(self.source_starts, end) - 1
        if start == end or first > last:
            at = self.length if first == len(self.exact) else self.text_starts[first]
            if first < len(self.exact) and start > self.source_starts[first] and self.exact[first]:
                at += start - self.source_starts[first]
            return at, at
        low, high = self.text_starts[first], self._text_end(last)
        if self.exact[first]:
            low += max(0, start - self.source_starts[first])
        if self.exact[last]:
            high -= max(0, self.source_ends[last] - end)
        return low, high

    def then(self, other: Alignment) -> Alignment:
        """Composition: ``self`` maps a text to a middle text, ``other`` the middle text to a source.

        >>> seen = Alignment.from_pieces([(0, 2, 1, 3)])  # 总数 of " 总数"
        >>> file = Alignment.from_pieces([(0, 3, 10, 13)])
        >>> seen.then(file).to_source(0, 2)
        (11, 13)

        Raises ``ValueError`` when ``self`` points outside the text of ``other``.
        """
        builder = _Builder()
        for i, exact in enumerate(self.exact):
            start, end = self.text_starts[i], self._text_end(i)
            low, high = self.source_starts[i], self.source_ends[i]
            if not exact:
                builder.add(start, end, *other.to_source(low, high), False)
                continue
            if high > other.length:
                raise ValueError(f"source {low}:{high} is outside a text of {other.length} characters")
            k = other._piece_at(low)
            while low < high:
                cut = min(high, other._text_end(k))
                source = other.source_starts[k], other.source_ends[k]
                if other.exact[k]:
                    shift = source[0] - other.text_starts[k]
                    source = low + shift, cut + shift
                builder.add(start, start + cut - low, *source, bool(other.exact[k]))
                start, low, k = start + cut - low, cut, k + 1
        return builder.build()

    def pieces(self) -> list[Piece]:
        """The pieces, after exact neighbours were joined."""
        ends = [*self.text_starts[1:], self.length] if self.exact else []
        return list(zip(self.text_starts, ends, self.source_starts, self.source_ends, strict=True))

    def __hash__(self) -> int:
        return hash((self.length, self.exact, self.source_starts.tobytes()))

    def _piece_at(self, offset: int) -> int:
        return bisect_right(self.text_starts, offset) - 1

    def _text_end(self, piece: int) -> int:
        return self.text_starts[piece + 1] if piece + 1 < len(self.exact) else self.length

    def _is_empty(self, piece: int) -> bool:
        return self.source_starts[piece] == self.source_ends[piece]

    def _point(self, offset: int) -> tuple[int, int]:
        """The source of an empty span: a point, but inside a whole the whole."""
        if offset == self.length:
            at = self.source_ends[-1] if self.exact else 0
            return at, at
        piece = self._piece_at(offset)
        low = self.source_starts[piece]
        inside = offset - self.text_starts[piece]
        if not inside:
            return low, max(low, self.source_ends[piece - 1] if piece else low)
        return (low + inside, low + inside) if self.exact[piece] else (low, self.source_ends[piece])


class _Builder:
    """Collects pieces in arrays (a text may have a million), joining exact neighbours."""

    def __init__(self) -> None:
        self.text_starts = array("q")
        self.source_starts = array("q")
        self.source_ends = array("q")
        self.exact = bytearray()
        self.length = self.last_source_end = 0

    def add(self, start: int, end: int, low: int, high: int, exact: bool) -> None:
        if start != self.length:
            raise ValueError(f"piece at {start}: the text before it ends at {self.length}")
        if end < start or high < low or low < 0:
            raise ValueError(f"piece at {start}: {start}:{end} of {low}:{high} runs backwards")
        if start == end:
            return
        if exact and self.exact and self.exact[-1] and self.source_ends[-1] == low:
            self.source_ends[-1] = high
        else:
            self.text_starts.append(start)
            self.source_starts.append(low)
            self.source_ends.append(high)
            self.exact.append(exact)
        self.length, self.last_source_end = end, high

    def build(self) -> Alignment:
        return Alignment(self.length, self.text_starts, self.source_starts, self.source_ends, bytes(self.exact))


def line_starts(original: str) -> Sequence[int]:
    r"""Offsets at which lines begin; a line ends at ``\n``, ``\r\n`` or a lone ``\r``, as editors count.

    >>> list(line_starts("一\r\n二\n\n三"))
    [0, 3, 5, 6]
    """
    return array("q", [0, *(newline.end() for newline in _NEWLINE.finditer(original))])


def line_of(starts: Sequence[int], offset: int) -> int:
    r"""The line number, from 1, of an offset, given ``line_starts``.

    >>> [line_of(line_starts("一\r\n二"), offset) for offset in (0, 2, 3)]
    [1, 1, 2]
    """
    return bisect_right(starts, offset)
