"""Where rules can begin: one pass over the symbols for all of them.

Two hundred expressions that each scan a document are two hundred scans. Here the first few characters that a
match of each rule can begin with (its *openings*: 第□, 民国, □年) go into one automaton; one pass says which rule
is worth trying where, and the rule's own expression then decides. A rule with no such openings scans for itself.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from daachorse import CharwiseDoubleArrayAhoCorasick

from pipeline.rulekit.lexicons import Lexicon
from pipeline.rulekit.template import MEMBERS, NUMBERS, Node
from pipeline.rules import Rule

__all__ = ["Scanner", "openings", "scanner"]

LENGTH = 4  # characters of an opening; more would tell little more
MOST = 3_000  # openings of one part before it stops growing longer
KEPT = 64  # scanners for as many groups of rules
ANY_NUMBER = NUMBERS[0]  # stands for every number symbol in openings: what kind it is, a look at the text tells
NUMBER = re.compile(f"[{NUMBERS[1]}-{NUMBERS[-1]}]")

Openings: TypeAlias = frozenset[tuple[str, bool]]  # text, and whether the part may go on behind it
EMPTY: Openings = frozenset({("", True)})


def openings(rule: Rule, lexicons: Mapping[str, Lexicon]) -> frozenset[str] | None:
    """What every match of a rule begins with, one of these texts; None when there is no such set."""
    found = Reader(lexicons, rule.narrowed, LENGTH, coarse=True).opening(rule)
    return None if found is None else shortest(found)


def beginnings(rule: Rule, lexicons: Mapping[str, Lexicon]) -> frozenset[str] | None:
    """The characters that a match of a rule can begin with, where not every number is among them; else None."""
    found = Reader(lexicons, rule.narrowed, 1, coarse=False).opening(rule)
    return None if found is None or found.isdisjoint(NUMBERS) or found.issuperset(NUMBERS) else found


def shortest(texts: Iterable[str]) -> frozenset[str]:
    """Without those that another one begins: where that one stands, the rule is tried anyway."""
    every = set(texts)
    return frozenset(t for t in every if not any(t[:n] in every for n in range(1, len(t))))


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads from templates what their matches begin with: ``length`` characters, numbers all alike when ``coarse``."""

    lexicons: Mapping[str, Lexicon]
    narrowed: Mapping[str, str]
    length: int
    coarse: bool

    def opening(self, rule: Rule) -> frozenset[str] | None:
        """What matches begin with; None when that is no set of texts."""
        if rule.tree is None:
            return None
        tree = Node("seq", rule.tree.at, items=rule.tree.items[1:]) if rule.lead else rule.tree
        found = self.node(tree)
        if found is None or any(not text for text, _ in found):
            return None
        return frozenset(text for text, _ in found)

    def node(self, node: Node) -> Openings | None:
        match node.kind:
            case "literal":
                return frozenset({self.cut(node.text)})
            case "lexicon":
                return frozenset(self.cut(term) for term in self.lexicons[node.name].entries)
            case "opt":
                inner = self.node(node.items[0])
                return None if inner is None else inner | EMPTY
            case "alt":
                parts = [self.node(item) for item in node.items]
                return None if any(part is None for part in parts) else frozenset().union(*(p for p in parts if p))
            case "seq":
                return self.sequence(node.items)
            case "capture" if node.items:
                return self.node(node.items[0])
            case "capture" if node.type in MEMBERS:
                chars = "".join(self.narrowed.get(node.name, MEMBERS[node.type]))
                return frozenset((char, True) for char in (NUMBER.sub(ANY_NUMBER, chars) if self.coarse else chars))
            case _:
                return None

    def cut(self, text: str) -> tuple[str, bool]:
        return text[: self.length], len(text) < self.length

    def sequence(self, items: Sequence[Node]) -> Openings | None:
        """Openings of parts in a row: those of the first, prolonged by those of the next as long as that pays."""
        now = EMPTY
        for item in items:
            going = [text for text, on in now if on]
            if not going:
                break
            more = self.node(item)
            if more is not None and len(going) * len(more) > MOST:
                more = frozenset((text[:1], not text) for text, _ in more)
            if more is None or len(going) * len(more) > MOST:
                if "" in going and more is not None and len(more) <= 10 * MOST:
                    longer = more  # a long lexicon at the very beginning
                    now = frozenset(longer | {(t, on) for t, on in now if t})
                    continue
                return None if "" in going else frozenset((text, False) for text, _ in now)
            longer = frozenset((self.cut(a + b)[0], on and self.cut(a + b)[1]) for a in going for b, on in more)
            now = longer | frozenset((text, on) for text, on in now if not on)
        return now


class Scanner:
    """The openings of a group of rules in one automaton."""

    def __init__(self, rules: Sequence[Rule], lexicons: Mapping[str, Lexicon]) -> None:
        self.rules = tuple(rules)  # held, so that their identity stays theirs
        wanted: dict[str, list[tuple[int, frozenset[str] | None]]] = {}
        found = [openings(rule, lexicons) for rule in rules]
        self.scanning: frozenset[int] = frozenset(number for number, texts in enumerate(found) if texts is None)
        for number, (rule, texts) in enumerate(zip(rules, found, strict=True)):
            first = beginnings(rule, lexicons) if texts else None
            for text in texts or ():
                wanted.setdefault(text, []).append((number, first))
        self.texts = sorted(wanted)
        self.owners = [wanted[text] for text in self.texts]
        self.automaton = CharwiseDoubleArrayAhoCorasick(self.texts) if self.texts else None

    def starts(self, text: str) -> dict[int, list[int]]:
        """The positions at which each rule can begin, in order, by number of the rule; rules that can nowhere are left out."""
        out: dict[int, list[int]] = {number: [] for number in sorted(self.scanning)}
        if self.automaton is None:
            return out
        for start, _, number in self.automaton.find_overlapping(NUMBER.sub(ANY_NUMBER, text)):
            for rule, first in self.owners[number]:
                if first is None or text[start] in first:
                    if rule in out:
                        out[rule].append(start)
                    else:
                        out[rule] = [start]
        return {rule: sorted(out[rule]) for rule in sorted(out)}  # the automaton goes by where an opening ends


_scanners: OrderedDict[tuple[int, ...], Scanner] = OrderedDict()


def scanner(rules: Sequence[Rule], lexicons: Mapping[str, Lexicon]) -> Scanner:
    """The scanner of a group of rules, made once."""
    key = tuple(map(id, rules))
    if key not in _scanners:
        _scanners[key] = Scanner(rules, lexicons)
        while len(_scanners) > KEPT:
            _scanners.popitem(last=False)
    return _scanners[key]
