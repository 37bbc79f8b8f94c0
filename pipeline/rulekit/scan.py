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

import regex
from daachorse import CharwiseDoubleArrayAhoCorasick

from pipeline.rulekit.later import compiled
from pipeline.rulekit.lexicons import Lexicon
from pipeline.rulekit.template import MEMBERS, NUMBERS, Node
from pipeline.rules import Rule

__all__ = ["Scanner", "openings", "scanner"]

LENGTH = 4  # characters of an opening; more would tell little more
MOST = 3_000  # openings of one part before it stops growing longer
KEPT = 64  # scanners for as many groups of rules
ANY_NUMBER = NUMBERS[0]  # stands for every number symbol in openings: what kind it is, a look at the text tells
NUMBER = re.compile(f"[{NUMBERS[1]}-{NUMBERS[-1]}]")
LOOK = re.compile(r"(?:\(\?<!\\d\))?\(\?=[^()|]+\)")  # at the beginning of a regex: (?=\d)
ALONE = re.compile(r"\\[1-9gK]|\(\?(?:R|[0-9&+|(]|[a-zA-Z-]+[):])")  # in a regex: that no other may stand beside

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
    """Without those that another one begins: where that one stands, the rule is tried anyway.

    >>> sorted(shortest(["约", "约合", "大约"]))
    ['大约', '约']
    """
    kept: list[str] = []
    for text in sorted(texts):  # what begins another sorts right before all that it begins
        if not kept or not text.startswith(kept[-1]):
            kept.append(text)
    return frozenset(kept)


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
            if "" in going and (more is None or len(more) > 10 * MOST):
                return None
            begun = [text for text in going if text]
            longer = self.prolonged(begun, more) if more is not None else frozenset((text, False) for text in begun)
            if more is not None and "" in going:
                longer |= more
            now = longer | frozenset((text, on) for text, on in now if not on)
        return now

    def prolonged(self, begun: Sequence[str], more: Openings) -> Openings:
        """Texts with what may follow them, with its first character where that were too many, or as they are."""
        if len(begun) * len(more) > MOST:
            more = frozenset((text[:1], not text) for text, _ in more)
        if len(begun) * len(more) > MOST:
            return frozenset((text, False) for text in begun)
        size = self.length
        joined = ((a + b, on) for a in begun for b, on in more)
        return frozenset((text[:size], on and len(text) < size) for text, on in joined)


class Scanner:
    """Where a group of rules can begin: the openings of templates in one automaton, `regex:` rules that begin alike in one expression."""

    def __init__(self, rules: Sequence[Rule], lexicons: Mapping[str, Lexicon]) -> None:
        self.rules = tuple(rules)  # held, so that their identity stays theirs
        wanted: dict[str, list[tuple[int, frozenset[str] | None]]] = {}
        self.scanning: list[int] = []  # rules of which nothing is known
        alike: dict[str, list[int]] = {}  # `regex:` rules that begin with the same look-ahead are scanned for together
        for number, rule in enumerate(rules):
            texts = openings(rule, lexicons)
            if texts is None:
                ahead = (
                    LOOK.match(rule.search.pattern) if rule.plain and not ALONE.search(rule.search.pattern) else None
                )
                (alike.setdefault(ahead[0], []) if ahead else self.scanning).append(number)
                continue
            first = beginnings(rule, lexicons)
            for text in texts:
                wanted.setdefault(text, []).append((number, first))
        self.texts = sorted(wanted)
        shared = Shared()
        self.owners = [shared[tuple(wanted[text])] for text in self.texts]
        self.automaton = CharwiseDoubleArrayAhoCorasick(self.texts) if self.texts else None
        self.unions = [(numbers, union(ahead, [rules[n] for n in numbers])) for ahead, numbers in alike.items()]

    def starts(self, text: str, seconds: float) -> dict[int, list[int] | None]:
        """The positions at which each rule can begin, in order, by number of the rule; None for one that has to scan.

        Rules that can begin nowhere are left out. ``seconds`` is what scanning for the `regex:` rules together may take;
        where that isn't enough, each scans for itself.
        """
        out: dict[int, list[int] | None] = dict.fromkeys(self.scanning)
        out.update(self.by_openings(text))
        for numbers, expression in self.unions:
            try:
                found = expression.finditer(text, overlapped=True, timeout=seconds) if seconds > 0 else None
                positions = None if found is None else [match.start() for match in found]
            except TimeoutError:
                positions = None
            if positions != []:
                out.update(dict.fromkeys(numbers, positions))
        return {number: out[number] for number in sorted(out)}

    def by_openings(self, text: str) -> dict[int, list[int]]:
        """The positions of the openings of each rule, in order."""
        out: dict[int, list[int]] = {}
        if self.automaton is None:
            return out
        for start, _, number in self.automaton.find_overlapping(NUMBER.sub(ANY_NUMBER, text)):
            for rule in self.owners[number][text[start]]:
                if rule in out:
                    out[rule].append(start)
                else:
                    out[rule] = [start]
        for positions in out.values():
            positions.sort()  # the automaton goes by where an opening ends
        return out


class ByFirst(dict[str, list[int]]):
    """The rules of an opening by the character that really stands there: one number or another. Worked out when met."""

    def __init__(self, owners: Sequence[tuple[int, frozenset[str] | None]]) -> None:
        super().__init__()
        self.all = owners

    def __missing__(self, char: str) -> list[int]:
        told = char in NUMBERS  # of other characters, the opening has told all there is to tell
        rules = self[char] = [number for number, some in self.all if not (told and some) or char in some]
        return rules


class Shared(dict[tuple[tuple[int, frozenset[str] | None], ...], ByFirst]):
    """Openings that begin the same rules have one table: most openings of a rule are no other's."""

    def __missing__(self, owners: tuple[tuple[int, frozenset[str] | None], ...]) -> ByFirst:
        table = self[owners] = ByFirst(owners)
        return table


def union(ahead: str, rules: Sequence[Rule]) -> regex.Pattern[str]:
    """One expression that matches wherever one of the rules does; all begin with the same look-ahead.

    Rules that go on with the same second look-ahead (``(?=\\d)(?=\\d{4}[-/])``) share that too: where it fails, none is tried.
    """
    branches: dict[str, list[str]] = {}
    for rule in rules:
        rest = rule.search.pattern[len(ahead) :]
        second = LOOK.match(rest)
        look = second[0] if second else ""
        branches.setdefault(look, []).append(f"(?:{rest[len(look) :]})")
    return compiled(ahead + "(?:" + "|".join(f"{look}(?:{'|'.join(rests)})" for look, rests in branches.items()) + ")")


_scanners: OrderedDict[tuple[int, ...], Scanner] = OrderedDict()


def scanner(rules: Sequence[Rule], lexicons: Mapping[str, Lexicon]) -> Scanner:
    """The scanner of a group of rules, made once."""
    key = tuple(map(id, rules))
    if key not in _scanners:
        _scanners[key] = Scanner(rules, lexicons)
        while len(_scanners) > KEPT:
            _scanners.popitem(last=False)
    return _scanners[key]
