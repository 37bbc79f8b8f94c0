"""One template walked part by part over the symbols: every way through it, and how far the best one came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.rulekit.lexicons import Lexicon
from pipeline.rulekit.symbols import Symbols
from pipeline.rulekit.template import CLAUSE_END, MEMBERS, RUN_LIMIT, Node

__all__ = ["Part", "Walk", "spell"]

MAX_STEPS = 20_000


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a template and the text it matched (text offsets)."""

    template: str
    start: int
    end: int
    text: str


class Walk:
    """One attempt to match a tree from a position: every way through it, and how far the best one came."""

    def __init__(self, symbols: Symbols, lexicons: Mapping[str, Lexicon]) -> None:
        self.symbols, self.text, self.lexicons = symbols, symbols.text, lexicons
        self.trail: list[tuple[Node, int, int]] = []
        self.far = -1
        self.far_parts: tuple[tuple[Node, int, int], ...] = ()
        self.expected: dict[str, None] = {}
        self.left = MAX_STEPS

    def reached(self) -> tuple[int, int]:
        return len(self.far_parts), self.far

    def parts(self) -> tuple[Part, ...]:
        return self.spelled(tuple(self.trail))

    def spelled(self, trail: Sequence[tuple[Node, int, int]]) -> tuple[Part, ...]:
        out = []
        for node, start, end in trail:
            span = (
                self.symbols.span(start, end)
                if end > start
                else (self.symbols.offset(min(start, len(self.text) - 1)),) * 2
            )
            out.append(Part(spell(node), span[0], span[1], self.symbols.shadow[span[0] : span[1]]))
        return tuple(out)

    def fail(self, node: Node, position: int) -> None:
        """A part didn't match. Behind a gap or run, that counts from where the gap began: it could have ended anywhere."""
        what = spell(node)
        if self.trail and wide(self.trail[-1][0]):
            loose, position, _ = self.trail[-1]
            what = f"{what} behind {spell(loose)}"
        if position > self.far:
            self.far, self.far_parts, self.expected = position, (), {}
        if position == self.far:
            self.expected[what] = None
            if len(self.trail) > len(self.far_parts):
                self.far_parts = tuple(self.trail)

    def steps(self, node: Node, position: int) -> Iterator[int]:
        """Every position where a match of the node that starts here can end."""
        self.left -= 1
        if self.left <= 0:
            return
        match node.kind:
            case "seq":
                yield from self.sequence(node.items, position)
            case "alt":
                for item in node.items:
                    yield from self.steps(item, position)
            case "opt":
                yield from self.steps(node.items[0], position)
                yield position
            case "capture" if node.items:
                yield from self.steps(node.items[0], position)
            case _:
                yield from self.leaf(node, position)

    def sequence(self, items: Sequence[Node], position: int) -> Iterator[int]:
        if not items:
            yield position
            return
        for middle in self.steps(items[0], position):
            yield from self.sequence(items[1:], middle)

    def leaf(self, node: Node, position: int) -> Iterator[int]:
        ends = self.ends(node, position)
        if not ends:
            self.fail(node, position)
        for end in ends:
            self.trail.append((node, position, end))
            yield end
            self.trail.pop()

    def ends(self, node: Node, position: int) -> list[int]:
        match node.kind:
            case "literal":
                return [position + len(node.text)] if self.text.startswith(node.text, position) else []
            case "lexicon":
                lexicon = self.lexicons[node.name]
                entries = lexicon.entries
                return [
                    position + n
                    for n in range(lexicon.longest, 0, -1)
                    if self.text[position : position + n] in entries and position + n <= len(self.text)
                ]
            case "gap":
                line = self.text.find("\n", position)
                return list(range(position, min(position + node.size, line if line >= 0 else len(self.text)) + 1))
            case _:
                return self.typed(node, position)

    def typed(self, node: Node, position: int) -> list[int]:
        here = self.text[position : position + 1]
        if node.type in ("text", "phrase"):
            stop = position
            while stop < len(self.text) and stop - position < RUN_LIMIT and self.text[stop] not in CLAUSE_END:
                stop += 1
            return list(range(position + 1, stop + 1))
        return [position + 1] if here and here in MEMBERS[node.type] else []


def wide(node: Node) -> bool:
    """Whether a part matches any characters at all, so that having matched it says little."""
    return node.kind == "gap" or node.type in ("text", "phrase")


def spell(node: Node) -> str:
    """A part as its author wrote it."""
    if node.kind == "lexicon":
        return "@" + node.name
    if node.kind == "gap":
        return f"...{node.size}"
    if node.kind == "capture":
        return "{" + f"{node.name}:{node.type}" + "}"
    return node.text
