"""Where rules can begin: one pass over the symbols for all of them.

Two hundred expressions that each scan a document are two hundred scans. Here the first few characters that a
match of each rule can begin with (its *openings*: 第□, 民国, □年) go into one automaton; one pass says which rule
is worth trying where, and the rule's own expression then decides. A rule with no such openings scans for itself.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from daachorse import CharwiseDoubleArrayAhoCorasick

from pipeline.rulekit.lexicons import Lexicon
from pipeline.rulekit.template import MEMBERS, Node
from pipeline.rules import Rule

__all__ = ["Scanner", "openings", "scanner"]

LENGTH = 3  # characters of an opening; more would tell little more
MOST = 3_000  # openings of one part before it stops growing longer
KEPT = 64  # scanners for as many groups of rules

Openings: TypeAlias = frozenset[tuple[str, bool]]  # text, and whether the part may go on behind it
EMPTY: Openings = frozenset({("", True)})


def openings(rule: Rule, lexicons: Mapping[str, Lexicon]) -> frozenset[str] | None:
    """What every match of a rule begins with, one of these texts; None when there is no such set."""
    if rule.tree is None:
        return None
    tree = Node("seq", rule.tree.at, items=rule.tree.items[1:]) if rule.lead else rule.tree
    found = of_node(tree, lexicons, rule.narrowed)
    if found is None or any(not text for text, _ in found):
        return None
    return shortest(text for text, _ in found)


def shortest(texts: Iterable[str]) -> frozenset[str]:
    """Without those that another one begins: where that one stands, the rule is tried anyway."""
    every = set(texts)
    return frozenset(t for t in every if not any(t[:n] in every for n in range(1, len(t))))


def of_node(node: Node, lexicons: Mapping[str, Lexicon], narrowed: Mapping[str, str]) -> Openings | None:
    match node.kind:
        case "literal":
            return frozenset({cut(node.text)})
        case "lexicon":
            return frozenset(cut(term) for term in lexicons[node.name].entries)
        case "opt":
            inner = of_node(node.items[0], lexicons, narrowed)
            return None if inner is None else inner | EMPTY
        case "alt":
            parts = [of_node(item, lexicons, narrowed) for item in node.items]
            return None if any(part is None for part in parts) else frozenset().union(*(p for p in parts if p))
        case "seq":
            return of_sequence(node.items, lexicons, narrowed)
        case "capture" if node.items:
            return of_node(node.items[0], lexicons, narrowed)
        case "capture" if node.type in MEMBERS:
            return frozenset((char, True) for char in narrowed.get(node.name, MEMBERS[node.type]))
        case _:
            return None


def cut(text: str) -> tuple[str, bool]:
    return text[:LENGTH], len(text) < LENGTH


def of_sequence(items: Sequence[Node], lexicons: Mapping[str, Lexicon], narrowed: Mapping[str, str]) -> Openings | None:
    """Openings of parts in a row: those of the first, prolonged by those of the next as long as that pays."""
    now = EMPTY
    for item in items:
        going = [text for text, on in now if on]
        if not going:
            break
        more = of_node(item, lexicons, narrowed)
        if more is None or len(going) * len(more) > MOST:
            if "" in going and more is not None and len(more) <= 10 * MOST:
                longer = more  # a long lexicon at the very beginning
                now = frozenset(longer | {(t, on) for t, on in now if t})
                continue
            return None if "" in going else frozenset((text, False) for text, _ in now)
        longer = frozenset((cut(a + b)[0], on and cut(a + b)[1]) for a in going for b, on in more)
        now = longer | frozenset((text, on) for text, on in now if not on)
    return now


class Scanner:
    """The openings of a group of rules in one automaton."""

    def __init__(self, rules: Sequence[Rule], lexicons: Mapping[str, Lexicon]) -> None:
        self.rules = tuple(rules)  # held, so that their identity stays theirs
        wanted: dict[str, list[int]] = {}
        found = [openings(rule, lexicons) for rule in rules]
        self.scanning: frozenset[int] = frozenset(number for number, texts in enumerate(found) if texts is None)
        for number, texts in enumerate(found):
            for text in texts or ():
                wanted.setdefault(text, []).append(number)
        self.texts = sorted(wanted)
        self.owners = [wanted[text] for text in self.texts]
        self.automaton = CharwiseDoubleArrayAhoCorasick(self.texts) if self.texts else None

    def starts(self, text: str) -> list[list[int]]:
        """For each rule, the positions at which it can begin, in order."""
        out: list[list[int]] = [[] for _ in self.rules]
        if self.automaton is None:
            return out
        for start, _, number in self.automaton.find_overlapping(text):
            for rule in self.owners[number]:
                out[rule].append(start)
        for found in out:
            found.sort()  # the automaton goes by where an opening ends
        return out


_scanners: OrderedDict[tuple[int, ...], Scanner] = OrderedDict()


def scanner(rules: Sequence[Rule], lexicons: Mapping[str, Lexicon]) -> Scanner:
    """The scanner of a group of rules, made once."""
    key = tuple(map(id, rules))
    if key not in _scanners:
        _scanners[key] = Scanner(rules, lexicons)
        while len(_scanners) > KEPT:
            _scanners.popitem(last=False)
    return _scanners[key]
