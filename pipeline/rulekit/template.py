"""The `match:` language: a template parsed to a small tree, the tree compiled to one regular expression.

==================  ==========================================================================
``超过``             characters match themselves; either script, full-width or not
``[了]``             optional
``(同比|按年)``       either; a longer alternative is tried before a shorter one only if written first
``...6``            a gap of up to 6 characters inside the sentence
``@reach``          any term of the lexicon ``reach``
``{value:money}``   captures a typed mention into the field ``value``; the types are in ``TYPES``
``{by:@agent}``     captures a term of a lexicon, ``{by:(甲|乙)}`` one of these templates
``{range_sign}``    the named pattern ``range_sign``
``\\[``              the character itself
==================  ==========================================================================

Rules never see raw numbers: in the text they match on (`symbols.py`) each mention that an earlier stage
found is one private-use character, so ``{value:money}`` is a single character class.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import regex

__all__ = [
    "BUCKETS",
    "CLASSES",
    "MEMBERS",
    "NUMBERS",
    "QUALITIES",
    "RUN_LIMIT",
    "SYMBOLS",
    "TYPES",
    "Node",
    "TemplateError",
    "alternation",
    "first_chars",
    "parse",
    "walk",
]

RUN_LIMIT = 40  # characters that a text or phrase capture may span
CLAUSE_END = "，,。！？!?；;：:…\n"  # a clause never runs past one of these

SYMBOLS: Mapping[str, str] = {
    "unit": "\ue001",
    "currency": "\ue002",
    "code": "\ue003",
    "share": "\ue004",
    "count": "\ue010",
    "percentage": "\ue011",
    "money": "\ue012",
    "duration": "\ue013",
    "age": "\ue014",
    "fraction": "\ue015",
    "multiple": "\ue016",
    "measurement": "\ue017",
    "date": "\ue020",
    "institution": "\ue030",
    "person": "\ue031",
}
"""The private-use character that stands for a mention of each kind; numbers have several, see ``NUMBERS``."""

BUCKETS: tuple[tuple[int, int], ...] = (
    *((1, 1), (2, 9), (10, 12), (13, 24), (25, 31), (32, 59), (60, 99), (100, 999), (1000, 2100)),
    *((2101, 9_999_999_999), (10_000_000_000, 19_999_999_999)),
    (-(10**30), 9_999_999_999),
)
"""Whole numbers by size, as months, hours, days, minutes, years and telephones ask for, then the other ones below 10 milliards
(1.5, 0, -5); every other number is in one more."""

QUALITIES = ("arabic", "hanzi", "digits", "mixed", "vague", "pointed", "padded")
"""How a number is written: in one of the four shapes; with a decimal point or commas (``pointed``); with a nought before it
(``padded``: 01); ``vague`` says more than one value (30余) or doesn't fit the others."""

NUMBERS = tuple(chr(0xE100 + i) for i in range((len(BUCKETS) + 1) * len(QUALITIES)))
"""The characters that stand for numbers: by bucket, then by quality. A condition such as ``month in 1..12`` is
thus mostly answered by the character alone (`Rule.narrowed`)."""

TYPES: Mapping[str, str] = {
    **{name: f"a {name} found by an earlier stage" for name in SYMBOLS},
    "number": "a number without its unit",
    "unit": "a unit right behind a number, rates included (元/月)",
    "currency": "a currency right before a number (US$, 人民币)",
    "code": "a number glued to Latin letters or too long to be one",
    "share": "a number written as a part of a whole (五分之一, 1/5, 百分之三)",
    "year": "a number of four digits from 1000 to 2100",
    "quantity": "any number with its unit: one of its eight kinds",
    "text": f"a run of 1 to {RUN_LIMIT} characters inside the clause",
    "phrase": "a noun phrase inside the clause, by the tags of its tokens",
}
"""Every type that a capture may have, with what it matches."""

MEMBERS: Mapping[str, tuple[str, ...]] = {
    **{name: (char,) for name, char in SYMBOLS.items()},
    "number": (*NUMBERS, SYMBOLS["code"], SYMBOLS["share"]),
    "year": tuple(
        NUMBERS[BUCKETS.index((1000, 2100)) * len(QUALITIES) + QUALITIES.index(q)] for q in ("arabic", "digits")
    ),
    "quantity": tuple(map(chr, range(0xE010, 0xE018))),
}
"""The characters that a capture of each type may be."""

CLASSES: Mapping[str, str] = {
    name: f"[{''.join(chars)}]" if len(chars) > 1 else chars[0] for name, chars in MEMBERS.items()
}
"""What a capture of each type matches, as a regular expression of one character."""

RUN = f"[^{regex.escape(CLAUSE_END)}]"


class TemplateError(ValueError):
    """A template that can't be read. ``at`` is the offset in the template, ``hint`` what is allowed."""

    def __init__(self, what: str, at: int, hint: str = "") -> None:
        super().__init__(what)
        self.what, self.at, self.hint = what, at, hint


@dataclass(frozen=True, slots=True)
class Node:
    """One part of a template. ``kind``: literal seq opt alt gap lexicon capture pattern."""

    kind: str
    at: int  # offset in the template, for messages
    text: str = ""  # literal text, or the source of the part, for explain
    name: str = ""  # lexicon, pattern or field name
    type: str = ""  # of a capture: one of TYPES, or "" when it wraps `items`
    items: tuple[Node, ...] = field(default_factory=tuple)
    size: int = 0  # of a gap


NAME = regex.compile(r"[a-z][a-z0-9_]*")
SPECIAL = "[](){}|@\\"


class Parser:
    """Recursive descent over one template; deep nesting is an error, not a crash."""

    MAX_DEPTH = 30

    def __init__(self, source: str, normalise: Callable[[str], str]) -> None:
        self.source, self.normalise, self.at, self.depth = source, normalise, 0, 0

    def parse(self) -> Node:
        node = self.alternatives(stop="")
        if self.at < len(self.source):
            raise TemplateError(
                f"'{self.source[self.at]}' closes nothing", self.at, f"write \\{self.source[self.at]} for the character"
            )
        return node

    def alternatives(self, stop: str) -> Node:
        start = self.at
        self.depth += 1
        if self.depth > self.MAX_DEPTH:
            raise TemplateError(f"nested deeper than {self.MAX_DEPTH}", start, "use a named pattern")
        branches = [self.sequence(stop)]
        while self.peek() == "|":
            if not stop:
                raise TemplateError("'|' outside of ( )", self.at, "write (a|b)")
            self.at += 1
            branches.append(self.sequence(stop))
        self.depth -= 1
        if len(branches) == 1:
            return branches[0]
        for branch in branches:
            if branch.kind == "seq" and not branch.items:
                raise TemplateError("an alternative is empty", branch.at, "write [x] for an optional part")
        return Node("alt", start, self.source[start : self.at], items=tuple(branches))

    def sequence(self, stop: str) -> Node:
        start = literal_at = self.at
        items: list[Node] = []
        literal: list[str] = []
        while self.at < len(self.source) and self.peek() not in stop + "|":
            if self.peek() in ")]}":
                break
            if self.peek() in "[({@" or self.source.startswith("...", self.at):
                self.flush(items, literal, literal_at)
                items.append(self.part())
                literal_at = self.at
            else:
                literal.append(self.character())
        self.flush(items, literal, literal_at)
        return items[0] if len(items) == 1 else Node("seq", start, self.source[start : self.at], items=tuple(items))

    def flush(self, items: list[Node], literal: list[str], at: int) -> None:
        if literal:
            items.append(Node("literal", at, self.normalise("".join(literal))))
            literal.clear()

    def character(self) -> str:
        if self.peek() == "\\":
            self.at += 1
            if self.at == len(self.source):
                raise TemplateError("a \\ at the end", self.at - 1, "it must be followed by the character it protects")
        self.at += 1
        return self.source[self.at - 1]

    def part(self) -> Node:
        start, char = self.at, self.peek()
        if char == ".":
            return self.gap(start)
        self.at += 1
        if char == "@":
            return Node("lexicon", start, name=self.name("a lexicon"))
        if char == "[":
            inner = self.alternatives(stop="]")
            self.expect("]", start)
            return Node("opt", start, self.source[start : self.at], items=(inner,))
        if char == "(":
            inner = self.alternatives(stop=")")
            self.expect(")", start)
            return inner
        return self.capture(start)

    def gap(self, start: int) -> Node:
        self.at += 3
        digits = regex.compile(r"[0-9]*").match(self.source, self.at)
        size = int(digits.group() or 0) if digits else 0
        self.at += len(digits.group()) if digits else 0
        if not 1 <= size <= 100:
            raise TemplateError("a gap needs its size", start, "write ...6 for up to 6 characters (1 to 100)")
        return Node("gap", start, self.source[start : self.at], size=size)

    def capture(self, start: int) -> Node:
        name = self.name("a field or pattern")
        if self.peek() != ":":
            self.expect("}", start)
            return Node("pattern", start, self.source[start : self.at], name=name)
        self.at += 1
        inner: tuple[Node, ...] = ()
        kind = ""
        if self.peek() == "@":
            at = self.at
            self.at += 1
            inner = (Node("lexicon", at, name=self.name("a lexicon")),)
        elif self.peek() == "(":
            self.at += 1
            inner = (self.alternatives(stop=")"),)
            self.expect(")", start)
        else:
            kind = self.name("a type")
        self.expect("}", start)
        return Node("capture", start, self.source[start : self.at], name=name, type=kind, items=inner)

    def name(self, what: str) -> str:
        found = NAME.match(self.source, self.at)
        if not found:
            raise TemplateError(f"{what} name is missing", self.at, "names are lower-case letters, digits and _")
        self.at = found.end()
        return str(found.group())

    def expect(self, char: str, opened: int) -> None:
        if self.peek() != char:
            raise TemplateError(f"'{self.source[opened]}' is not closed", opened, f"expected '{char}'")
        self.at += 1

    def peek(self) -> str:
        return self.source[self.at] if self.at < len(self.source) else ""


def parse(source: str, normalise: Callable[[str], str] = lambda s: s) -> Node:
    """The tree of a template; ``normalise`` brings literal text to the shadow's form.

    >>> [n.kind for n in parse("[约]{value:money}以上").items]
    ['opt', 'capture', 'literal']
    >>> parse("(a|b")
    Traceback (most recent call last):
    pipeline.rulekit.template.TemplateError: '(' is not closed
    """
    return Parser(source, normalise).parse()


def walk(node: Node) -> Iterable[Node]:
    """The node and everything below it, in order of the template."""
    yield node
    for item in node.items:
        yield from walk(item)


Trie: TypeAlias = "dict[str, Trie]"


def alternation(terms: Iterable[str]) -> str:
    """A regular expression for a set of terms as a trie, longest term first, backtracking to shorter ones.

    >>> alternation(["达", "达到", "为"])
    '(?:达(?:到)?|为)'
    """
    root: Trie = {}
    for term in terms:
        at = root
        for char in term:
            at = at.setdefault(char, {})
        at[""] = {}
    return trie_expression(root)


def trie_expression(node: Trie) -> str:
    singles = [char for char, below in node.items() if char and below.keys() == {""}]
    branches = [
        regex.escape(char) + trie_expression(below) for char, below in node.items() if char and below.keys() != {""}
    ]
    if len(singles) == 1:
        branches.append(regex.escape(singles[0]))
    elif singles:
        branches.append("[" + "".join(regex.escape(c) for c in sorted(singles)) + "]")
    if not branches:
        return ""
    if "" in node:
        return "(?:" + "|".join(branches) + ")?"
    return branches[0] if len(branches) == 1 else "(?:" + "|".join(branches) + ")"


def first_chars(node: Node, lexicons: Mapping[str, Iterable[str]]) -> set[str] | None:
    """The characters a match of the node can start with, or None when any can (and "" when it may be empty)."""
    match node.kind:
        case "literal":
            return {node.text[0]}
        case "lexicon":
            return {term[0] for term in lexicons.get(node.name, ())}
        case "opt":
            inner = first_chars(node.items[0], lexicons)
            return None if inner is None else inner | {""}
        case "alt":
            found: set[str] = set()
            for item in node.items:
                inner = first_chars(item, lexicons)
                if inner is None:
                    return None
                found |= inner
            return found
        case "seq":
            found = {""}
            for item in node.items:
                if "" not in found:
                    break
                inner = first_chars(item, lexicons)
                if inner is None:
                    return None
                found = (found - {""}) | inner
            return found
        case "capture":
            if node.items:
                return first_chars(node.items[0], lexicons)
            return set(MEMBERS[node.type]) if node.type in MEMBERS else None
        case _:
            return None
