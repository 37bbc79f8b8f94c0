"""Alignment: what would send a row to the wrong place in the file."""

from __future__ import annotations

import doctest
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import align
from pipeline.align import Alignment, line_of, line_starts


@st.composite
def alignments(draw: st.DrawFn, length: int | None = None) -> Alignment:
    """Any alignment whose source has at most ``length`` characters; insertions and deletions included."""
    source, text, pieces = 0, 0, []
    for _ in range(draw(st.integers(0, 6))):
        source += draw(st.integers(0, 2))  # dropped
        wide, long = draw(st.integers(0, 3)), draw(st.integers(0, 3))
        if draw(st.booleans()):
            long = wide
        if length is not None and source + wide > length:
            break
        pieces.append((text, text + long, source, source + wide))
        text, source = text + long, source + wide
    return Alignment.from_pieces(pieces)


@st.composite
def stacks(draw: st.DrawFn, height: int) -> list[Alignment]:
    """Alignments that fit on each other, the one nearest the file last."""
    stack = [draw(alignments())]
    while len(stack) < height:
        stack.insert(0, draw(alignments(length=stack[0].length)))
    return stack


def spans(alignment: Alignment) -> list[tuple[int, int]]:
    return [(i, j) for i in range(alignment.length + 1) for j in range(i, alignment.length + 1)]


def characters(alignment: Alignment) -> list[set[int]]:
    """The source characters of each text character, by the definition instead of by search."""
    out: list[set[int]] = []
    ends = [*alignment.text_starts[1:], alignment.length]
    for i, (start, end) in enumerate(zip(alignment.text_starts, ends, strict=False)):
        source = range(alignment.source_starts[i], alignment.source_ends[i])
        for k in range(end - start):
            out.append({source[k]} if alignment.exact[i] else set(source))
    return out


@given(alignments())
def test_source_span_is_the_smallest_that_covers(alignment: Alignment) -> None:
    each = characters(alignment)
    for start, end in spans(alignment):
        low, high = alignment.to_source(start, end)
        covered = set().union(*each[start:end])
        if covered:
            assert (low, high) == (min(covered), max(covered) + 1)
        else:
            assert start == end or low == high


@given(alignments())
def test_source_spans_nest_as_text_spans_do(alignment: Alignment) -> None:
    for start, end in spans(alignment):
        if end - start > 1:
            low, high = alignment.to_source(start, end)
            inner = alignment.to_source(start + 1, end)
            assert inner[0] == inner[1] or (low <= inner[0] and inner[1] <= high)


@given(alignments())
def test_text_of_the_source_of_a_span_holds_the_span(alignment: Alignment) -> None:
    each = characters(alignment)
    for start, end in spans(alignment):
        low, high = alignment.to_source(start, end)
        if low < high and each[start] and each[end - 1]:
            back = alignment.to_text(low, high)
            assert back[0] <= start
            assert end <= back[1]
            assert alignment.to_source(*back) == (low, high)


@given(stacks(2))
def test_composition_covers_what_its_parts_say_in_turn_and_no_more(stack: list[Alignment]) -> None:
    upper, lower = stack
    both = upper.then(lower)
    assert both.length == upper.length
    below = characters(lower)
    each = [set().union(*(below[i] for i in middle)) for middle in characters(upper)]
    for start, end in spans(upper):
        low, high = both.to_source(start, end)
        covered = set().union(*each[start:end])
        if covered and each[start] and each[end - 1]:
            assert (low, high) == (min(covered), max(covered) + 1)
            in_turn = lower.to_source(*upper.to_source(start, end))
            assert in_turn[0] <= low
            assert high <= in_turn[1]


@given(stacks(3))
def test_composition_is_associative(stack: list[Alignment]) -> None:
    a, b, c = stack
    left, right = characters(a.then(b).then(c)), characters(a.then(b.then(c)))
    # what was inserted into a whole comes out as a point or as that whole
    assert all(x == y or not x or not y for x, y in zip(left, right, strict=True))


@given(stacks(3))
def test_sources_never_run_backwards_even_composed(stack: list[Alignment]) -> None:
    alignment = stack[0].then(stack[1]).then(stack[2])
    assert list(alignment.source_starts) == sorted(alignment.source_starts)
    assert list(alignment.source_ends) == sorted(alignment.source_ends)


@given(alignments())
def test_identity_is_neutral(alignment: Alignment) -> None:
    assert Alignment.identity(alignment.length).then(alignment) == alignment


@given(stacks(2))
def test_pickles_and_hashes(stack: list[Alignment]) -> None:
    alignment = stack[0].then(stack[1])
    copy = pickle.loads(pickle.dumps(alignment))
    assert copy == alignment
    assert hash(copy) == hash(alignment)


def test_whole_that_is_as_long_as_its_source_stays_whole() -> None:
    # 2 characters of 3 of 2: mapping them one by one would cut a phrase that no longer lines up
    both = Alignment.from_pieces([(0, 2, 0, 3)]).then(Alignment.from_pieces([(0, 3, 0, 2)]))
    assert both.to_source(0, 1) == (0, 2)


@pytest.mark.parametrize(
    "pieces",
    [
        [(1, 2, 0, 1)],  # text not covered from its start
        [(0, 1, 0, 1), (2, 3, 1, 2)],  # gap in the text
        [(0, 1, 5, 6), (1, 2, 0, 1)],  # source out of order
        [(0, 1, 0, 2), (1, 2, 1, 3)],  # source used twice
        [(0, 1, 3, 2)],  # backwards
        [(0, 1, -1, 0)],
    ],
)
def test_bad_pieces_are_refused(pieces: list[tuple[int, int, int, int]]) -> None:
    with pytest.raises(ValueError, match="piece at"):
        Alignment.from_pieces(pieces)


@pytest.mark.parametrize("span", [(-1, 0), (0, 4), (2, 1)])
def test_spans_outside_the_text_are_refused(span: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="outside"):
        Alignment.identity(3).to_source(*span)


def test_composition_of_texts_that_do_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="outside"):
        Alignment.identity(4).then(Alignment.identity(3))


def test_exact_neighbours_are_joined() -> None:
    assert len(Alignment.from_pieces((i, i + 1, i, i + 1) for i in range(1000)).pieces()) == 1


@given(st.text(alphabet="字\r\n\u2028\x0b"))
def test_lines_are_counted_as_an_editor_does(text: str) -> None:
    starts = line_starts(text)
    plain = text.replace("\r\n", "\0\n").replace("\r", "\n")
    for offset in range(len(text)):
        assert line_of(starts, offset) == plain[:offset].count("\n") + 1


def test_doctests() -> None:
    assert doctest.testmod(align).failed == 0
